"""补贴标准: what a month comes to, for whom, by which document. About nobody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from subsidies.api.base import READS
from subsidies.models import Standard, Subsidy
from zalainuoer.common.api.base import Endpoint
from zalainuoer.common.months import month_of


class StandardSerializer(serializers.ModelSerializer[Standard]):
    """One class of a subsidy from a month on; an empty list of conditions asks for nothing."""

    class Meta:
        model = Standard
        fields: tuple[str, ...] = (
            "id",
            "subsidy",
            "name",
            "levels",
            "categories",
            "hukou_type",
            "assistance_kinds",
            "amount_yuan",
            "first_month",
            "last_month",
            "document",
        )
        read_only_fields: tuple[str, ...] = fields


class StandardFilter(filters.FilterSet):
    subsidy = filters.ChoiceFilter(choices=Subsidy.choices, label="补贴：living 生活补贴、nursing 护理补贴")
    in_force = filters.BooleanFilter(method="of_today", label="只要本月执行的")

    class Meta:
        model = Standard
        fields = ()

    def of_today(self, rows: Any, name: str, value: bool) -> Any:
        month = month_of(timezone.localdate())
        current = rows.filter(first_month__lte=month).exclude(last_month__lt=month)
        return current if value else rows


@extend_schema_view(list=extend_schema(summary="补贴标准"), retrieve=extend_schema(summary="一条补贴标准"))
class StandardViewSet(ListModelMixin, RetrieveModelMixin, Endpoint):
    permission_classes = (READS,)
    serializer_class = StandardSerializer
    queryset = Standard.objects.order_by("subsidy", "first_month", "pk")
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = StandardFilter
    lookup_value_converter = "int"
