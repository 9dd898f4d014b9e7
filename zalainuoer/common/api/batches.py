"""Batches: delivering a workbook, looking at its preview, deciding, undoing."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from zalainuoer.common import jobs, services
from zalainuoer.common.api.base import CONFLICT, WORKBOOK, Endpoint, download, granted
from zalainuoer.common.deliveries import Names, may_act
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, BatchState, UploadBatch
from zalainuoer.common.returning import marked_workbook
from zalainuoer.common.sheets.base import sheet_of, sheets_for
from zalainuoer.common.sheets.comparing import Preview
from zalainuoer.common.sheets.delivery import Delivery
from zalainuoer.common.views import previewing

GONE = "文件已超过保存期限并删除，请重新上传。"


class BatchSerializer(serializers.ModelSerializer[UploadBatch]):
    sheet_title = serializers.SerializerMethodField()
    state_label = serializers.SerializerMethodField(help_text="状态；worker 中断时为“处理中断”")
    is_lost = serializers.SerializerMethodField(help_text="处理中断，可以重新处理")
    uploaded_by = serializers.CharField(source="uploaded_by.name", allow_null=True, default=None, read_only=True)

    class Meta:
        model = UploadBatch
        fields = (
            "id",
            "sheet",
            "sheet_title",
            "file_name",
            "uploaded_by",
            "created_at",
            "state",
            "state_label",
            "is_lost",
            "job",
            "stage",
            "done",
            "total",
            "message",
            "rows",
            "new",
            "changed",
            "same",
            "refused",
            "absent",
            "periods",
            "committed_at",
            "undone_at",
        )
        read_only_fields = fields

    def get_sheet_title(self, batch: UploadBatch) -> str:
        return self._names.title(batch)

    def get_state_label(self, batch: UploadBatch) -> str:
        return self._names.state(batch)

    def get_is_lost(self, batch: UploadBatch) -> bool:
        return self._names.is_lost(batch)

    @property
    def _names(self) -> Names:
        return self.context["names"]


class NewBatchSerializer(serializers.Serializer[Any]):
    sheet = serializers.CharField(help_text="报表代号，如 registry")
    file = serializers.FileField(help_text=".xlsx、.xls 或 .ods")


class ConfirmSerializer(serializers.Serializer[Any]):
    withdraws_absent = serializers.BooleanField(default=False, help_text="撤下上次有、本次没有的记录")
    rename_rows = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, help_text="确认属于改名的工作簿行号"
    )


class CellSerializer(serializers.Serializer[Any]):
    heading = serializers.CharField()
    text = serializers.CharField(help_text="本次的值（证号、电话已遮盖）")
    old = serializers.CharField(allow_null=True, help_text="原值；没有变化为 null")
    problem = serializers.CharField(help_text="拒绝的原因")


class RowSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="工作簿中的行号")
    page = serializers.CharField(help_text="工作表；只有一张时为空")
    cells = CellSerializer(many=True)
    problems = serializers.ListField(child=serializers.CharField(), help_text="其他列的问题")


class ProblemSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    message = serializers.CharField()
    rows = serializers.ListField(source="numbers", child=serializers.IntegerField())


class PreviewSerializer(serializers.Serializer[Any]):
    """What is said about the workbook as a whole; the rows themselves are a page at a time at rows/."""

    notes = serializers.ListField(child=serializers.CharField(), help_text="未识别的列、隐藏的行等")
    problems = ProblemSerializer(many=True, help_text="按列和原因归并")
    to_confirm = serializers.ListField(
        child=serializers.IntegerField(), help_text="等待逐行确认的行号：姓名与台账不同，或会撤回已登记的业务"
    )
    absent = serializers.ListField(child=serializers.CharField(), help_text="上次有、本次没有的记录")


class UndoSerializer(serializers.Serializer[Any]):
    undone = serializers.IntegerField(help_text="将恢复的行数")
    kept = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="将保留的记录和原因"
    )


ACCEPTED = {202: BatchSerializer, 409: CONFLICT}
VERDICT = OpenApiParameter("verdict", str, enum=tuple(previewing.VERDICTS), description="默认先看被拒绝的")


@extend_schema_view(list=extend_schema(summary="报送记录"))
class BatchViewSet(ListModelMixin, Endpoint):
    """Deliveries of the person's own department; the federation's district staff see all, decide about their own."""

    permission_classes = (granted("common.upload_sheets"),)
    serializer_class = BatchSerializer
    queryset = UploadBatch.objects.none()
    filter_backends = (DjangoFilterBackend,)
    filterset_fields = ("sheet", "state")
    lookup_value_converter = "int"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return UploadBatch.objects.visible_to(self.user).select_related("uploaded_by")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "names": Names.now()}

    @extend_schema(summary="一次报送")
    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk, status.HTTP_200_OK)

    @extend_schema(summary="报送一份工作簿；随后在后台核对", request=NewBatchSerializer, responses=ACCEPTED)
    def create(self, request: Request) -> Response:
        delivered = NewBatchSerializer(data=request.data)
        delivered.is_valid(raise_exception=True)
        code, file = delivered.validated_data["sheet"], delivered.validated_data["file"]
        if code not in {sheet.code for sheet in sheets_for(self.user)}:
            raise Http404
        batch = services.batch_receive(sheet=sheet_of(code), file_name=file.name, content=file.read(), by=self.user)
        services.batch_queue(batch=batch)
        return self._answer(batch.pk)

    def get_parsers(self) -> list[Any]:
        is_upload = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if is_upload else [JSONParser()]

    @extend_schema(
        summary="预览：问题归类、待确认的改名、上次有本次没有的", responses={200: PreviewSerializer, 409: CONFLICT}
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def preview(self, request: Request, pk: int) -> Response:
        batch, delivery, preview = self._preview(pk)
        self._note_rows(batch, "预览", len(preview.to_confirm) + len(preview.absent))
        found = {
            "notes": delivery.notes,
            "problems": previewing.problem_groups(delivery, preview),
            "to_confirm": [delivery.numbers[index] for index in preview.to_confirm],
            "absent": [text for _, text in preview.absent],
        }
        return Response(PreviewSerializer(found).data)

    @extend_schema(summary="预览的行", parameters=[VERDICT], responses={200: RowSerializer(many=True), 409: CONFLICT})
    @action(detail=True, filter_backends=[])
    def rows(self, request: Request, pk: int) -> Response:
        batch, delivery, preview = self._preview(pk)
        verdict = request.query_params.get("verdict") or previewing.first_worth_showing(preview)
        if verdict not in previewing.VERDICTS:
            raise Http404
        rows = previewing.RowList(sheet_of(batch.sheet), delivery, preview, verdict)
        page: Any = self.paginate_queryset(rows)
        self._note_rows(batch, previewing.LABELS[verdict], len(page))
        headings = [column.heading for column in rows.columns]
        shown = [
            {
                "number": row.number,
                "page": row.page,
                "cells": [{"heading": h, **vars(cell)} for h, cell in zip(headings, row.cells, strict=True)],
                "problems": row.problems,
            }
            for row in page
        ]
        return self.get_paginated_response(RowSerializer(shown, many=True).data)

    @extend_schema(summary="标出问题的工作簿（.xlsx）", responses={**WORKBOOK, 409: CONFLICT})
    @action(detail=True)
    def workbook(self, request: Request, pk: int) -> HttpResponse:
        batch = self._batch(pk, to_act=True)
        marked = marked_workbook(batch)
        if marked is None:
            raise RuleBroken(GONE)
        self._note_rows(batch, "标出问题的工作簿", batch.rows, act=AccessAct.DOWNLOAD)
        stem = batch.file_name.rpartition(".")[0] or batch.file_name
        return download(marked, f"{stem}（标出问题）.xlsx")

    @extend_schema(summary="确认：写入正确的行", request=ConfirmSerializer, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        asked = ConfirmSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._act(pk, services.batch_confirm, **asked.validated_data)

    @extend_schema(summary="放弃：什么都不写入", request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: int) -> Response:
        return self._act(pk, services.batch_discard)

    @extend_schema(summary="取消正在进行的核对", request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        return self._act(pk, services.batch_cancel)

    @extend_schema(summary="重新处理中断的批次", request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def repeat(self, request: Request, pk: int) -> Response:
        return self._act(pk, services.batch_repeat)

    @extend_schema(summary="撤销会恢复什么、保留什么", responses={200: UndoSerializer, 409: CONFLICT})
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def undo(self, request: Request, pk: int) -> Response:
        batch = self._batch(pk, to_act=True)
        if batch.state != BatchState.COMMITTED:
            raise RuleBroken(f"该批次现在的状态是“{batch.get_state_display()}”，不能撤销。")
        return Response(UndoSerializer(jobs.undo_forecast(batch)).data)

    @extend_schema(summary="撤销已入库的批次", request=None, responses=ACCEPTED)
    @undo.mapping.post
    def undo_batch(self, request: Request, pk: int) -> Response:
        return self._act(pk, services.batch_undo)

    def _batch(self, pk: int, *, to_act: bool = False) -> UploadBatch:
        """A batch the person may see; `to_act`: and decide about. Else 404."""
        batch: UploadBatch = get_object_or_404(self.get_queryset(), pk=pk)
        if to_act and not may_act(self.user, batch):
            raise Http404
        return batch

    def _preview(self, pk: int) -> tuple[UploadBatch, Delivery, Preview]:
        batch = self._batch(pk)
        kept = services.batch_preview(batch)
        if kept is None:
            raise RuleBroken(f"现在没有预览：{batch.message or batch.get_state_display()}")
        return batch, *kept

    def _act(self, pk: int, act: Callable[..., None], **options: Any) -> Response:
        act(batch=self._batch(pk, to_act=True), by=self.user, **options)
        return self._answer(pk)

    def _answer(self, pk: int, code: int = status.HTTP_202_ACCEPTED) -> Response:
        """The batch as it stands now; 202, because the work itself is a worker's."""
        return Response(self.get_serializer(self._batch(pk)).data, status=code)

    def _note_rows(self, batch: UploadBatch, which: str, people: int, *, act: AccessAct = AccessAct.LIST) -> None:
        if people:
            title = sheet_of(batch.sheet).title
            self.note(act, f"“{title}”第{batch.pk}号上传，{which}（接口）", people=people)
