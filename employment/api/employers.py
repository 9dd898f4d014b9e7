"""Employers and who works for them: those of one's own area, people masked."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from employment.models import Employer, EmployerKind, EmploymentForm, EmploymentRecord
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class EmployerSerializer(serializers.ModelSerializer[Employer]):
    """A 用人单位; how to reach it stays on its page."""

    kind_text = serializers.CharField(source="get_kind_display", help_text="单位性质")
    street = serializers.CharField(source="street.name", default=None, help_text="所在街道（镇）")

    class Meta:
        model = Employer
        fields = (
            "id", "credit_code", "name", "kind", "kind_text", "level", "is_school", "is_budget_funded", "is_concentrated",
            "street", "established_on", "closed_on",
        )  # fmt: skip
        read_only_fields = fields


class EmployerFilterSet(filters.FilterSet):
    credit_code = filters.CharFilter(label="统一社会信用代码")
    kind = filters.ChoiceFilter(choices=EmployerKind.choices, label="单位性质")

    class Meta:
        model = Employer
        fields = ()


@extend_schema_view(list=extend_schema(summary="用人单位"))
class EmployerViewSet(ListModelMixin, Endpoint):
    """Employers of one's own area."""

    permission_classes = (granted("employment.view_employment"),)
    serializer_class = EmployerSerializer
    queryset = Employer.objects.none()
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = EmployerFilterSet

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return Employer.objects.visible_to(self.user).select_related("street").order_by("name", "pk")


class EmploymentRecordSerializer(serializers.ModelSerializer[EmploymentRecord]):
    """One employment of a person."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")
    form_text = serializers.CharField(source="get_form_display", help_text="就业形式")
    employer = serializers.CharField(source="employer.name", default=None, help_text="用人单位")

    class Meta:
        model = EmploymentRecord
        fields = (
            "id", "person", "name", "community", "form", "form_text", "employer", "workplace", "post", "started_on",
            "ended_on", "contract", "contract_from", "contract_until",
        )  # fmt: skip
        read_only_fields = fields

    def get_name(self, record: EmploymentRecord) -> str:
        return masked_name(record.person.name)


class EmploymentRecordFilterSet(filters.FilterSet):
    form = filters.ChoiceFilter(choices=EmploymentForm.choices, label="就业形式")
    employer = filters.NumberFilter(field_name="employer_id", label="用人单位编号")

    class Meta:
        model = EmploymentRecord
        fields = ()


@extend_schema_view(list=extend_schema(summary="就业登记"))
class EmploymentRecordViewSet(ListModelMixin, Endpoint):
    """Employments of the people of one's own area."""

    permission_classes = (granted("employment.view_employment"),)
    serializer_class = EmploymentRecordSerializer
    queryset = EmploymentRecord.objects.none()
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = EmploymentRecordFilterSet

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        rows = EmploymentRecord.objects.visible_to(self.user).select_related("person__community", "employer")
        return rows.order_by("-started_on", "pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "就业登记（接口）", people=len(answer.data["results"]))
        return answer
