"""What was paid: the rosters a month at a time, and the lines of locked runs."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Value
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from subsidies.api.base import AboutFilter, AboutPeople, AboutSerializer
from subsidies.models import LineKind, LivingPayment, NursingPayment, Payment, PaymentLine, Subsidy
from zalainuoer.common.models import AccessAct


class PaymentSerializer(AboutSerializer):
    """A row of a roster, delivered or put there by a locked run."""

    id = serializers.IntegerField(help_text="名册行编号")
    month = serializers.DateField(help_text="所属月份")
    standard_yuan = serializers.DecimalField(10, 2, help_text="补贴标准（元）")
    amount_yuan = serializers.DecimalField(10, 2, help_text="发放金额（元）")
    paid_on = serializers.DateField(help_text="发放日期")
    is_delivered = serializers.SerializerMethodField(help_text="是否来自上传的名册；否为本系统批次发放")

    def get_is_delivered(self, row: Payment) -> bool:
        return row.row_number is not None


class PaymentFilter(AboutFilter):
    subsidy = None
    month = filters.DateFilter(label="所属月份（当月1日）")
    from_month = filters.DateFilter(field_name="month", lookup_expr="gte", label="所属月份从")
    to_month = filters.DateFilter(field_name="month", lookup_expr="lte", label="所属月份到")


class _Roster(AboutPeople):
    subsidy: str
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    order = ("-month", "pk")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.annotate(subsidy=Value(self.subsidy, output_field=CharField()))


@extend_schema_view(list=extend_schema(summary="困难残疾人生活补贴发放名册"))
class LivingPaymentViewSet(_Roster):
    model, what, subsidy = LivingPayment, "困难残疾人生活补贴发放", Subsidy.LIVING.value
    queryset = LivingPayment.objects.none()


@extend_schema_view(list=extend_schema(summary="重度残疾人护理补贴发放名册"))
class NursingPaymentViewSet(_Roster):
    model, what, subsidy = NursingPayment, "重度残疾人护理补贴发放", Subsidy.NURSING.value
    queryset = NursingPayment.objects.none()


class LineSerializer(AboutSerializer):
    """An amount of a locked run; all are positive, 追回 and 冲销 are never sent to the bank."""

    id = serializers.IntegerField(help_text="明细编号")
    run = serializers.IntegerField(source="run_id", help_text="批次编号")
    run_month = serializers.DateField(source="run.month", help_text="发放月份")
    benefit_month = serializers.DateField(help_text="所属月份")
    kind = serializers.ChoiceField(choices=LineKind.choices, help_text="类型")
    amount_yuan = serializers.DecimalField(10, 2, help_text="金额（元）")
    standard = serializers.IntegerField(source="standard_id", allow_null=True, help_text="补贴标准编号")
    code = serializers.CharField(help_text="追回的情形 T1 至 T11")
    reason = serializers.CharField(help_text="原因")
    of = serializers.IntegerField(source="of_id", allow_null=True, help_text="对应的明细编号")


class LineFilter(AboutFilter):
    run = filters.NumberFilter(field_name="run", label="批次编号")
    kind = filters.MultipleChoiceFilter(choices=LineKind.choices, label="类型，可重复")
    run_month = filters.DateFilter(field_name="run__month", label="发放月份（当月1日）")
    benefit_month = filters.DateFilter(label="所属月份（当月1日）")


@extend_schema_view(list=extend_schema(summary="发放明细：已锁定的批次"))
class LineViewSet(AboutPeople):
    model, what = PaymentLine, "发放明细"
    serializer_class = LineSerializer
    queryset = PaymentLine.objects.none()
    filterset_class = LineFilter
    related = ("person__community__parent", "run")

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_locked=True)

    @extend_schema(summary="一笔发放明细", responses=LineSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found: Any = get_object_or_404(self.get_queryset(), pk=pk)
        self.note(AccessAct.READ, "发放明细（接口）", people=1, person=found.person_id)
        return Response(LineSerializer(found).data)
