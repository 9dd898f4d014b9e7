"""Households: those with a certificate holder in one's own area, and of their holders those alone."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from registry.models import Certificate, Household
from registry.rules import held
from registry.standing import states_of
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import age_on, masked, masked_name
from zalainuoer.common.models import AccessAct


class HolderSerializer(serializers.Serializer[Any]):
    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    is_head = serializers.BooleanField(help_text="是否户主")
    age = serializers.SerializerMethodField(help_text="周岁")
    category = serializers.CharField(source="get_category_display", help_text="残疾类别")
    level = serializers.CharField(source="get_level_display", help_text="残疾等级")
    states = serializers.SerializerMethodField(help_text="证件状态")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")

    def get_name(self, certificate: Certificate) -> str:
        return masked_name(certificate.person.name)

    def get_age(self, certificate: Certificate) -> int:
        return age_on(certificate.person.born_on, timezone.localdate())

    def get_states(self, certificate: Certificate) -> list[str]:
        return states_of(certificate, on=timezone.localdate())


class HouseholdSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="户的编号")
    head_id_number = serializers.SerializerMethodField(help_text="户主身份证号（已遮盖）")
    holders = serializers.IntegerField(help_text="辖区内的持证人数")

    def get_head_id_number(self, household: Household) -> str:
        return masked(household.head_id_number)


class HouseholdDetailSerializer(HouseholdSerializer):
    members = HolderSerializer(many=True, source="seen", help_text="辖区内的持证人")


@extend_schema_view(list=extend_schema(summary="户"))
class HouseholdViewSet(ListModelMixin, Endpoint):
    """Households of one's own area; whoever of a household lives elsewhere is not named and not counted."""

    permission_classes = (granted("registry.view_people"),)
    serializer_class = HouseholdSerializer
    queryset = Household.objects.none()
    lookup_value_converter = "int"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        here = self._certificates()
        found = Household.objects.filter(Exists(here.filter(household=OuterRef("pk"))))
        seen = Q(certificates__in=here.values("pk"))
        return found.annotate(holders=Count("certificates", filter=seen)).order_by("pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "户（接口）", people=sum(each["holders"] for each in answer.data["results"]))
        return answer

    @extend_schema(summary="一户和它的持证人", responses=HouseholdDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        members = self._certificates().select_related("person__community").order_by("person__born_on", "pk")
        households = self.get_queryset().prefetch_related(Prefetch("certificates", members, to_attr="seen"))
        household: Any = get_object_or_404(households, pk=pk)
        for member in household.seen:
            member.is_head = member.person.id_index == household.head_id_index
        self.note(AccessAct.READ, "户（接口）", people=len(household.seen))
        return Response(HouseholdDetailSerializer(household).data)

    def _certificates(self) -> QuerySet[Certificate]:
        """Today's statements about people of one's own area."""
        found: QuerySet[Certificate] = Certificate.objects.visible_to(self.user).filter(held(timezone.localdate()))
        return found
