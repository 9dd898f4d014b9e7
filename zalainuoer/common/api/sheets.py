"""The sheets: what is due, the columns, the blank template, the stored rows."""

import io
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from zalainuoer.common.api.base import WORKBOOK, Endpoint, address_of, download, granted
from zalainuoer.common.deliveries import SheetLine, sheet_lines
from zalainuoer.common.sheets.base import Sheet, sheets_exported_to, sheets_for
from zalainuoer.common.sheets.export import export_workbook
from zalainuoer.common.sheets.template import write_template

CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="报表代号，如 registry")


class DueSerializer(serializers.Serializer[Any]):
    period = serializers.CharField(help_text="应报期间，如 2025年12月")
    deadline = serializers.DateField(help_text="截止日期")


class LastDeliverySerializer(serializers.Serializer[Any]):
    batch = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField(source="created_at")
    by = serializers.CharField(source="uploaded_by.name", allow_null=True, default=None)
    periods = serializers.ListField(child=serializers.CharField())


class ColumnSerializer(serializers.Serializer[Any]):
    heading = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.CharField())
    help = serializers.CharField()


class SheetSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="sheet.code")
    title = serializers.CharField(source="sheet.title")
    department = serializers.CharField(source="sheet.department")
    due = DueSerializer()
    last_delivery = LastDeliverySerializer(source="last", allow_null=True)
    is_delivered = serializers.BooleanField(allow_null=True, help_text="本期是否已报；不分期间的报表为 null")


class SheetDetailSerializer(SheetSerializer):
    columns = ColumnSerializer(source="sheet.columns", many=True)


@extend_schema_view(list=extend_schema(summary="我的报表：应报期间和上次报送"))
class SheetViewSet(Endpoint):
    """The sheets a person delivers."""

    permission_classes = (granted("common.upload_sheets"),)
    serializer_class = SheetSerializer
    lookup_field = "code"
    pagination_class = None

    def list(self, request: Request) -> Response:
        lines = sheet_lines(sheets_for(self.user), today=timezone.localdate())
        return Response(SheetSerializer(lines, many=True).data)

    @extend_schema(summary="一张报表：应报期间和各列的填写要求", parameters=[CODE], responses=SheetDetailSerializer)
    def retrieve(self, request: Request, code: str) -> Response:
        line: SheetLine = sheet_lines([self._sheet(code)], today=timezone.localdate())[0]
        return Response(SheetDetailSerializer(line).data)

    @extend_schema(summary="空白模板（.xlsx）", parameters=[CODE], responses=WORKBOOK)
    @action(detail=True, renderer_classes=[JSONRenderer])
    def template(self, request: Request, code: str) -> HttpResponse:
        sheet, content = self._sheet(code), io.BytesIO()
        write_template(sheet, content)
        return download(content.getvalue(), f"{sheet.title}（模板）.xlsx")

    @extend_schema(summary="辖区内的现有数据（.xlsx，可原样再报）", parameters=[CODE], responses=WORKBOOK)
    @action(detail=True, permission_classes=[granted("common.export_sheets")])
    def export(self, request: Request, code: str) -> HttpResponse:
        sheet = _one(sheets_exported_to(self.user), code)
        content = export_workbook(sheet, self.user, now=timezone.now(), address=address_of(request))
        return download(content, f"{sheet.title}（{timezone.localdate():%Y%m%d}导出）.xlsx")

    def _sheet(self, code: str) -> Sheet:
        return _one(sheets_for(self.user), code)


def _one(sheets: list[Sheet], code: str) -> Sheet:
    """The sheet with a code; another department's is 404."""
    found = next((sheet for sheet in sheets if sheet.code == code), None)
    if found is None:
        raise Http404
    return found
