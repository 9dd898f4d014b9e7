"""补贴申请 and 核定享受: where an application lies, and who has been granted what from which month on."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from subsidies.api.base import AboutFilter, AboutPeople, AboutSerializer
from subsidies.models import Application, ApplicationState, ApplicationStep, Grant, Origin
from zalainuoer.common.models import AccessAct


class ApplicationSerializer(AboutSerializer):
    """An application and its time limit."""

    id = serializers.IntegerField(help_text="申请编号")
    state = serializers.ChoiceField(choices=ApplicationState.choices, help_text="状态")
    applied_on = serializers.DateField(help_text="申请日期：从这个月起计发")
    completed_on = serializers.DateField(allow_null=True, help_text="材料齐全日期")
    arrived_on = serializers.DateField(help_text="到达本环节日期")
    due_on = serializers.DateField(allow_null=True, help_text="本环节办结期限；材料不齐或工作日未维护为 null")
    publicity_from = serializers.DateField(allow_null=True, help_text="公示开始")
    publicity_until = serializers.DateField(allow_null=True, help_text="公示截止")
    amount_yuan = serializers.DecimalField(10, 2, allow_null=True, help_text="审定月标准（元）")
    decided_on = serializers.DateField(allow_null=True, help_text="决定日期")
    notified_on = serializers.DateField(allow_null=True, help_text="告知结果日期")


class StepSerializer(serializers.ModelSerializer[ApplicationStep]):
    """A step as it was done; opinions are for the page."""

    class Meta:
        model = ApplicationStep
        fields: tuple[str, ...] = ("kind", "outcome", "done_on", "due_on")
        read_only_fields: tuple[str, ...] = fields


class ApplicationDetailSerializer(ApplicationSerializer):
    steps = StepSerializer(many=True, help_text="环节，最早的在前")


class ApplicationFilter(AboutFilter):
    state = filters.MultipleChoiceFilter(choices=ApplicationState.choices, label="状态，可重复")
    applied_from = filters.DateFilter(field_name="applied_on", lookup_expr="gte", label="申请日期从")
    applied_to = filters.DateFilter(field_name="applied_on", lookup_expr="lte", label="申请日期到")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt", label="期限早于")


@extend_schema_view(list=extend_schema(summary="补贴申请"))
class ApplicationViewSet(AboutPeople):
    model, what = Application, "补贴申请"
    serializer_class = ApplicationSerializer
    queryset = Application.objects.none()
    filterset_class = ApplicationFilter
    order = ("-applied_on", "-pk")

    @extend_schema(summary="一份申请和它的环节", responses=ApplicationDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found: Any = get_object_or_404(self.get_queryset().prefetch_related("steps"), pk=pk)
        self.note(AccessAct.READ, "补贴申请（接口）", people=1, person=found.person_id)
        return Response(ApplicationDetailSerializer(found).data)


class GrantSerializer(AboutSerializer):
    """A grant has no end of its own: months follow from the facts (docs/decisions/0019)."""

    id = serializers.IntegerField(help_text="享受编号")
    first_month = serializers.DateField(help_text="享受起始月份")
    origin = serializers.ChoiceField(choices=Origin.choices, help_text="来源")
    application = serializers.IntegerField(source="application_id", allow_null=True, help_text="申请编号")
    granted_on = serializers.DateField(help_text="核定日期")


class GrantFilter(AboutFilter):
    origin = filters.ChoiceFilter(choices=Origin.choices, label="来源")
    from_month = filters.DateFilter(field_name="first_month", lookup_expr="gte", label="享受起始月份从")
    to_month = filters.DateFilter(field_name="first_month", lookup_expr="lte", label="享受起始月份到")


@extend_schema_view(list=extend_schema(summary="核定享受"))
class GrantViewSet(AboutPeople):
    model, what = Grant, "核定享受"
    serializer_class = GrantSerializer
    queryset = Grant.objects.none()
    filterset_class = GrantFilter

    @extend_schema(summary="一条核定享受", responses=GrantSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found: Any = get_object_or_404(self.get_queryset(), pk=pk)
        self.note(AccessAct.READ, "核定享受（接口）", people=1, person=found.person_id)
        return Response(GrantSerializer(found).data)
