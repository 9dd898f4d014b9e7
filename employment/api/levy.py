"""残保金测算: the sheets of employers, read-only; figures of employers, of nobody."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin

from employment.models import QuotaSheet
from zalainuoer.common.api.base import Endpoint, granted


class QuotaSheetSerializer(serializers.ModelSerializer[QuotaSheet]):
    """A sheet of one employer's year; figures that could not be reckoned are null and `missing` says why."""

    employer_name = serializers.CharField(source="employer.name", help_text="单位名称")
    credit_code = serializers.CharField(source="employer.credit_code", help_text="统一社会信用代码")
    kind_text = serializers.CharField(source="employer.get_kind_display", help_text="单位性质")

    class Meta:
        model = QuotaSheet
        fields = (
            *("id", "employer", "employer_name", "credit_code", "kind_text", "year", "is_undeclared", "headcount"),
            *("months_existing", "placed_by_month", "placed", "required", "gap", "over", "average_wage_yuan"),
            *("base_yuan", "gross_yuan", "factor", "net_yuan", "missing", "lines", "reckoned_at"),
        )


def _number(text: str | None, name: str) -> int | None:
    if text in (None, ""):
        return None
    if not str(text).isdecimal() or len(str(text)) > 9:
        raise ValidationError({name: "请填写数字。"})
    return int(str(text))


@extend_schema_view(
    list=extend_schema(
        summary="残保金测算",
        parameters=[
            OpenApiParameter("year", int, description="年度"),
            OpenApiParameter("employer", int, description="用人单位编号"),
        ],
    )
)
class QuotaSheetViewSet(ListModelMixin, Endpoint):
    """Sheets of every employer, for whoever sees the levy and has the whole district; nothing for others."""

    permission_classes = (granted("employment.view_levy"),)
    serializer_class = QuotaSheetSerializer
    queryset = QuotaSheet.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False) or not self.user.is_of_whole_district:
            return super().get_queryset()
        asked = self.request.query_params
        rows = QuotaSheet.objects.select_related("employer").order_by("-year", "employer__name", "pk")
        for name in ("year", "employer"):
            if (value := _number(asked.get(name), name)) is not None:
                rows = rows.filter(**{name: value})
        return rows
