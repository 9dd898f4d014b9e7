"""比对结果: what the rosters and the register say against each other."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from subsidies.api.base import AboutFilter, AboutPeople, AboutSerializer
from subsidies.comparison.causes import cause_label
from subsidies.models import Finding, FindingKind, FindingState, Resolution
from zalainuoer.common.models import AccessAct


class FindingSerializer(AboutSerializer):
    """One person, one subsidy, one kind and one cause."""

    id = serializers.IntegerField(help_text="比对结果编号")
    kind = serializers.ChoiceField(choices=FindingKind.choices, help_text="比对类别")
    cause = serializers.CharField(help_text="情形代码")
    cause_label = serializers.SerializerMethodField(help_text="情形")
    clause = serializers.CharField(help_text="条款")
    source = serializers.CharField(help_text="依据")  # type: ignore[assignment]  # a field; DRF takes it off the class
    since_month = serializers.DateField(help_text="起始月份")
    months = serializers.IntegerField(help_text="月数")
    amount_yuan = serializers.DecimalField(10, 2, allow_null=True, help_text="涉及金额（元）；标准未维护为 null")
    state = serializers.ChoiceField(choices=FindingState.choices, help_text="状态")
    resolution = serializers.ChoiceField(choices=Resolution.choices, allow_blank=True, help_text="处理结论")
    holds_until = serializers.DateField(allow_null=True, help_text="结论有效至")
    found_on = serializers.DateField(help_text="首次发现")
    seen_on = serializers.DateField(help_text="最近比对")
    gone_on = serializers.DateField(allow_null=True, help_text="消除日期")

    def get_cause_label(self, row: Finding) -> str:
        return cause_label(row.cause)


class FindingFilter(AboutFilter):
    kind = filters.ChoiceFilter(choices=FindingKind.choices, label="比对类别")
    cause = filters.CharFilter(label="情形代码")
    state = filters.MultipleChoiceFilter(choices=FindingState.choices, label="状态，可重复；不写为全部")
    found_from = filters.DateFilter(field_name="found_on", lookup_expr="gte", label="首次发现从")


@extend_schema_view(list=extend_schema(summary="比对结果"))
class FindingViewSet(AboutPeople):
    model, what = Finding, "补贴比对结果"
    serializer_class = FindingSerializer
    queryset = Finding.objects.none()
    filterset_class = FindingFilter

    @extend_schema(summary="一条比对结果", responses=FindingSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found: Any = get_object_or_404(self.get_queryset(), pk=pk)
        self.note(AccessAct.READ, "补贴比对结果（接口）", people=1, person=found.person_id)
        return Response(FindingSerializer(found).data)
