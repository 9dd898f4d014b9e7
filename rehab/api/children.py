"""Children's cases, read only. Children below 14: names masked, no number, every answer noted (个人信息保护法 第三十一条)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rehab.models import ChildApplication, ChildCase, ChildCategory, ChildStage, ChildStep
from rehab.pipeline import limit_of, turn_of
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters


class ChildCaseSerializer(serializers.ModelSerializer[ChildCase]):
    """A case as it stands today."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    street = serializers.CharField(source="person.community.parent.name", help_text="街道（镇）")
    community = serializers.CharField(source="person.community.name", help_text="社区")
    stage_name = serializers.CharField(source="get_stage_display", help_text="环节")
    category_name = serializers.CharField(source="get_category_display", help_text="救助类别")
    days = serializers.SerializerMethodField(help_text="在本环节已等天数")
    limit = serializers.SerializerMethodField(help_text="办理期限；没有期限为 null")
    turn = serializers.SerializerMethodField(help_text="该谁办")

    class Meta:
        model = ChildCase
        fields: tuple[str, ...] = (
            "id",
            "person",
            "name",
            "street",
            "community",
            "stage",
            "stage_name",
            "since_on",
            "days",
            "limit",
            "turn",
            "category",
            "category_name",
            "screened_on",
            "diagnosed_on",
            "ended_on",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_name(self, case: ChildCase) -> str:
        return masked_name(case.person.name)

    def get_days(self, case: ChildCase) -> int:
        return (timezone.localdate() - case.since_on).days

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_limit(self, case: ChildCase) -> Any:
        return limit_of(case, self.context["parameters"])

    def get_turn(self, case: ChildCase) -> str:
        return turn_of(case)


class ChildStepSerializer(serializers.ModelSerializer[ChildStep]):
    kind_name = serializers.CharField(source="get_kind_display", help_text="事项")
    result_name = serializers.CharField(source="get_result_display", help_text="结果")

    class Meta:
        model = ChildStep
        fields: tuple[str, ...] = ("kind", "kind_name", "happened_on", "result", "result_name", "place")
        read_only_fields: tuple[str, ...] = fields


class ChildGrantSerializer(serializers.ModelSerializer[ChildApplication]):
    state_name = serializers.CharField(source="get_state_display", help_text="状态")

    class Meta:
        model = ChildApplication
        fields: tuple[str, ...] = (
            "year",
            "applied_on",
            "state",
            "state_name",
            "decided_on",
            "reason",
            "cap_yuan",
            "settled_yuan",
        )
        read_only_fields: tuple[str, ...] = fields


class ChildCaseDetailSerializer(ChildCaseSerializer):
    steps = ChildStepSerializer(many=True, help_text="经过，最早的在前")
    applications = ChildGrantSerializer(many=True, help_text="各年度的救助申请")

    class Meta(ChildCaseSerializer.Meta):
        fields = (*ChildCaseSerializer.Meta.fields, "steps", "applications")
        read_only_fields = fields


class ChildCaseFilter(filters.FilterSet):
    stage = filters.ChoiceFilter(choices=ChildStage.choices, label="环节")
    category = filters.ChoiceFilter(choices=ChildCategory.choices, label="救助类别")

    class Meta:
        model = ChildCase
        fields = ()


@extend_schema_view(list=extend_schema(summary="儿童康复个案"))
class ChildCaseViewSet(ListModelMixin, Endpoint):
    """The cases of one's own area."""

    permission_classes = (granted("rehab.view_rehab"),)
    serializer_class = ChildCaseSerializer
    queryset = ChildCase.objects.none()
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ChildCaseFilter
    lookup_value_converter = "int"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        found = ChildCase.objects.visible_to(self.user)
        return found.select_related("person__community__parent", "owner").order_by("since_on", "pk")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "parameters": Parameters(on=timezone.localdate())}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "儿童康复个案（接口）", people=len(answer.data["results"]))
        return answer

    @extend_schema(summary="一份个案的经过和救助", responses=ChildCaseDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        rows = self.get_queryset().prefetch_related("steps", "applications")
        found: ChildCase = get_object_or_404(rows, pk=pk)
        self.note(AccessAct.READ, "儿童康复个案（接口）", people=1, person=found.person_id)
        return Response(ChildCaseDetailSerializer(found, context=self.get_serializer_context()).data)
