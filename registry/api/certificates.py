"""Certificates: the statement that holds today of each holder, and the numbers a holder's certificate has had."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from registry.histories import number_history
from registry.masking import masked_certificate
from registry.models import Category, Certificate, CertificateStatus, Level
from registry.rules import held
from registry.standing import states_of
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """A certificate as it stands today; its address is its holder's."""

    person = serializers.IntegerField(source="person_id", help_text="持证人的人员编号，也是残疾人证的地址")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    number = serializers.SerializerMethodField(help_text="残疾人证号（已遮盖）")
    category = serializers.CharField(source="get_category_display", help_text="残疾类别")
    level = serializers.CharField(source="get_level_display", help_text="残疾等级")
    states = serializers.SerializerMethodField(help_text="证件状态，含推算的过期")
    community = serializers.CharField(source="community.name", help_text="所属社区")
    household = serializers.IntegerField(source="household_id", help_text="户的编号")

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = (
            "person",
            "name",
            "number",
            "category",
            "level",
            "components",
            "states",
            "status_on",
            "status_reason",
            "first_issued_on",
            "issued_on",
            "expires_on",
            "community",
            "household",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_name(self, certificate: Certificate) -> str:
        return masked_name(certificate.person.name)

    def get_number(self, certificate: Certificate) -> str:
        return masked_certificate(certificate.number)

    def get_states(self, certificate: Certificate) -> list[str]:
        return states_of(certificate, on=timezone.localdate())


class NumberSerializer(serializers.Serializer[Any]):
    number = serializers.SerializerMethodField(help_text="残疾人证号（已遮盖）")
    since = serializers.DateField(allow_null=True, help_text="从哪一天起；不详为 null")
    until = serializers.DateField(allow_null=True, help_text="到哪一天止；至今为 null")
    why = serializers.CharField(help_text="换号原因")

    def get_number(self, period: Any) -> str:
        return masked_certificate(period.number)


class CertificateDetailSerializer(CertificateSerializer):
    numbers = serializers.SerializerMethodField(help_text="历次证号，最早的在前")

    class Meta(CertificateSerializer.Meta):
        fields = (*CertificateSerializer.Meta.fields, "numbers")
        read_only_fields = fields

    @extend_schema_field(NumberSerializer(many=True))
    def get_numbers(self, certificate: Certificate) -> Any:
        return NumberSerializer(number_history(certificate.person), many=True).data


class CertificateFilter(filters.FilterSet):
    category = filters.ChoiceFilter(choices=Category.choices, label="残疾类别")
    level = filters.ChoiceFilter(choices=Level.choices, label="残疾等级")
    status = filters.ChoiceFilter(choices=CertificateStatus.choices, label="证件状态")
    expires_before = filters.DateFilter(field_name="expires_on", lookup_expr="lt", label="有效期至早于")

    class Meta:
        model = Certificate
        fields = ()


PERSON = OpenApiParameter("person", int, OpenApiParameter.PATH, description="持证人的人员编号")


@extend_schema_view(list=extend_schema(summary="残疾人证：现在的台账"))
class CertificateViewSet(ListModelMixin, Endpoint):
    """What holds today, of the holders of one's own area."""

    permission_classes = (granted("registry.view_people"),)
    serializer_class = CertificateSerializer
    queryset = Certificate.objects.none()
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = CertificateFilter
    lookup_field = "person"
    lookup_value_converter = "int"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        found = Certificate.objects.visible_to(self.user).filter(held(timezone.localdate()))
        return found.select_related("person", "community").order_by("person__pinyin", "person_id")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "残疾人证（接口）", people=len(answer.data["results"]))
        return answer

    @extend_schema(summary="一个人的残疾人证和历次证号", parameters=[PERSON], responses=CertificateDetailSerializer)
    def retrieve(self, request: Request, person: int) -> Response:
        found: Certificate = get_object_or_404(self.get_queryset(), person=person)
        self.note(AccessAct.READ, "残疾人证（接口）", people=1, person=person)
        return Response(CertificateDetailSerializer(found).data)
