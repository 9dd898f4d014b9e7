"""年审: where each employer's audit of a year stands. About employers; what is due is not told here."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from employment.models import Audit, AuditState
from zalainuoer.common.api.base import Endpoint, granted


class AuditSerializer(serializers.ModelSerializer[Audit]):
    """An audit as it stands."""

    employer = serializers.CharField(source="employer.name", help_text="单位名称")
    credit_code = serializers.CharField(source="employer.credit_code", help_text="统一社会信用代码")
    certificate = serializers.CharField(default=None, help_text="审核确认书编号；没有认证为 null")
    certified_on = serializers.DateField(
        source="certificate.certified_on", default=None, help_text="认证日期；没有认证为 null"
    )

    class Meta:
        model = Audit
        fields = (
            "id", "employer", "credit_code", "year", "state", "declared_on", "complete_by", "certificate",
            "certified_on", "pushed_on",
        )  # fmt: skip
        read_only_fields = fields


class AuditFilterSet(filters.FilterSet):
    year = filters.NumberFilter(field_name="year", label="年审年度")
    state = filters.ChoiceFilter(choices=AuditState.choices, label="状态")

    class Meta:
        model = Audit
        fields = ()


@extend_schema_view(list=extend_schema(summary="按比例就业年审"), retrieve=extend_schema(summary="一份年审"))
class AuditViewSet(ListModelMixin, RetrieveModelMixin, Endpoint):
    """The audits of the reader's area; an employer that has not declared may have none."""

    permission_classes = (granted("employment.view_employment"),)
    serializer_class = AuditSerializer
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = AuditFilterSet
    lookup_value_converter = "int"
    queryset = Audit.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return Audit.objects.visible_to(self.user).select_related("employer", "certificate").order_by("pk")
