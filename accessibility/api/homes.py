"""Homes in the retrofit, as they stand."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accessibility.models import HomeStage, RetrofitHome
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class RetrofitHomeSerializer(serializers.ModelSerializer[RetrofitHome]):
    """One household's way through the retrofit."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    household = serializers.IntegerField(source="household_id", help_text="户编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")
    contractor = serializers.CharField(source="contractor.name", default=None, help_text="施工单位；未签约为 null")

    class Meta:
        model = RetrofitHome
        fields = (
            "id", "person", "household", "name", "community", "year", "stage", "since_on", "due_on", "opened_on",
            "has_several_disabled", "is_old_caring", "hardship", "level", "contractor", "contract_yuan", "works_due_on",
            "end_reason",
        )  # fmt: skip
        read_only_fields = fields

    def get_name(self, row: RetrofitHome) -> str:
        return masked_name(row.person.name)


class RetrofitHomeFilterSet(filters.FilterSet):
    stage = filters.ChoiceFilter(choices=HomeStage.choices, label="环节")
    year = filters.NumberFilter(label="任务年度")

    class Meta:
        model = RetrofitHome
        fields = ()


@extend_schema_view(
    list=extend_schema(summary="家庭无障碍改造办理"), retrieve=extend_schema(summary="一户家庭无障碍改造办理")
)
class RetrofitHomeViewSet(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Homes of the reader's area, each look noted."""

    permission_classes = (granted("accessibility.view_accessibility"),)
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = RetrofitHomeFilterSet
    serializer_class = RetrofitHomeSerializer
    lookup_value_converter = "int"
    queryset = RetrofitHome.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        homes: Any = RetrofitHome.objects.visible_to(self.user)
        return homes.select_related("person__community", "contractor").order_by("pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "家庭无障碍改造办理（接口）", people=len(answer.data["results"]))
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        self.note(AccessAct.READ, "家庭无障碍改造办理（接口）", people=1, person=answer.data["person"])
        return answer
