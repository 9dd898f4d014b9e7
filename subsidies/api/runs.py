"""发放批次: months of the whole district; what they come to is told of one's own area alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from subsidies.api.base import READS
from subsidies.models import LineKind, PaymentLine, PaymentRun, RunState, Subsidy
from zalainuoer.common.api.base import Endpoint


class TotalSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LineKind.choices, help_text="类型")
    lines = serializers.IntegerField(help_text="笔数")
    people = serializers.IntegerField(help_text="人数")
    yuan = serializers.DecimalField(14, 2, help_text="金额（元）")


class RunSerializer(serializers.ModelSerializer[PaymentRun]):
    """A run, and what its lines about people of one's own area come to."""

    code = serializers.CharField(help_text="批次号")
    totals = serializers.SerializerMethodField(help_text="本辖区的各类明细；没有锁定的可能再变")

    class Meta:
        model = PaymentRun
        fields: tuple[str, ...] = (
            "id",
            "code",
            "subsidy",
            "month",
            "state",
            "pay_on",
            "prepared_at",
            "submitted_at",
            "approved_at",
            "totals",
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(TotalSerializer(many=True))
    def get_totals(self, run: PaymentRun) -> Any:
        return TotalSerializer(self.context["totals"].get(run.pk, []), many=True).data


class RunFilter(filters.FilterSet):
    subsidy = filters.ChoiceFilter(choices=Subsidy.choices, label="补贴：living 生活补贴、nursing 护理补贴")
    state = filters.ChoiceFilter(choices=RunState.choices, label="状态")
    year = filters.NumberFilter(field_name="month__year", label="年度")

    class Meta:
        model = PaymentRun
        fields = ()


@extend_schema_view(list=extend_schema(summary="发放批次"))
class RunViewSet(ListModelMixin, Endpoint):
    permission_classes = (READS,)
    serializer_class = RunSerializer
    queryset = PaymentRun.objects.order_by("-month", "subsidy")
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = RunFilter
    lookup_value_converter = "int"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._answer(page))

    @extend_schema(summary="一个发放批次", responses=RunSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._answer([get_object_or_404(self.get_queryset(), pk=pk)])[0])

    def _answer(self, runs: Sequence[PaymentRun]) -> Any:
        """The runs with their totals, which are of all of them in one statement."""
        lines = PaymentLine.objects.visible_to(self.user).filter(run__in=runs).order_by("run", "kind")
        counted = lines.values("run", "kind").annotate(
            lines=Count("pk"), people=Count("person", distinct=True), yuan=Sum("amount_yuan")
        )
        totals: dict[int, list[Any]] = defaultdict(list)
        for row in counted:
            totals[row["run"]].append(row)
        return RunSerializer(runs, many=True, context={"totals": totals}).data
