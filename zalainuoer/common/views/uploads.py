"""Delivering sheets: what is due, uploading, the page of a batch, deciding, undoing."""

import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from zalainuoer.common import jobs, services
from zalainuoer.common.deliveries import DELIVERED, Names, may_act, periods_text, sheet_lines
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import UploadForm
from zalainuoer.common.models import RUNNING, AccessAct, BatchState, Job, StoredFileKind, UploadBatch, User
from zalainuoer.common.returning import marked_workbook
from zalainuoer.common.sheets.base import Sheet, all_sheets, sheet_of, sheets_exported_to, sheets_for
from zalainuoer.common.sheets.export import export_workbook
from zalainuoer.common.sheets.guarded import Unreadable
from zalainuoer.common.sheets.template import write_template
from zalainuoer.common.views import previewing

PAGE = 30
ROWS_PAGE = 50
GROUPS_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = {
    Job.READ: ("排队", "读取文件", "逐列核对", "与已有数据比较", "生成预览"),
    Job.WRITE: ("排队", "写入"),
    Job.UNDO: ("排队", "撤销"),
}
uploads = permission_required("common.upload_sheets", raise_exception=True)
exports = permission_required("common.export_sheets", raise_exception=True)


# What is due


@uploads
def sheet_list(request: HttpRequest) -> HttpResponse:
    """My department's sheets, and what of mine still waits."""
    sheets = sheets_for(request.user)
    waiting = UploadBatch.objects.visible_to(request.user).filter(
        sheet__in=[sheet.code for sheet in sheets], state__in=(*RUNNING, BatchState.QUEUED, BatchState.PREVIEW)
    )
    context = {
        "department": request.user.department,
        "lines": sheet_lines(sheets, today=timezone.localdate()),
        "unfinished": named(waiting.select_related("uploaded_by")[:20]),
    }
    return render(request, "uploads/sheet_list.html", context)


def _sheet(user: User, code: str) -> Sheet:
    """One of the sheets the person may deliver; another department's is 404."""
    found = next((sheet for sheet in sheets_for(user) if sheet.code == code), None)
    if found is None:
        raise Http404
    return found


@uploads
def sheet_template(request: HttpRequest, code: str) -> HttpResponse:
    """The blank workbook of a sheet."""
    sheet = _sheet(request.user, code)
    content = io.BytesIO()
    write_template(sheet, content)
    return _download(content.getvalue(), f"{sheet.title}（模板）.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer


@uploads
def sheet_upload(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a workbook in and leads to its batch, where the work can be watched."""
    sheet = _sheet(request.user, code)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = services.batch_receive(sheet=sheet, file_name=file.name, content=file.read(), by=request.user)
        except RuleBroken as broken:
            form.add_error("file", broken.message)
        else:
            services.batch_queue(batch=batch)
            return redirect("batch", batch.pk)
    context = {"sheet": sheet, "form": form, "max_megabytes": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
    return render(request, "uploads/upload.html", context)


@exports
def export_list(request: HttpRequest) -> HttpResponse:
    """The sheets whose stored rows the person may take out."""
    return render(request, "uploads/export_list.html", {"sheets": sheets_exported_to(request.user)})


@exports
@require_POST
def export_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet's stored rows in the person's area, as a workbook that could be delivered again."""
    sheet = next((found for found in sheets_exported_to(request.user) if found.code == code), None)
    if sheet is None:
        raise Http404
    content = export_workbook(sheet, request.user, now=timezone.now(), address=request.META.get("REMOTE_ADDR"))
    return _download(content, f"{sheet.title}（{timezone.localdate():%Y%m%d}导出）.xlsx")


# Batches


def named(batches: Iterable[UploadBatch]) -> list[UploadBatch]:
    """Batches with what the pages call them: `sheet_title`, and `state_text` where lost work is told apart."""
    names = Names.now()
    found = list(batches)
    for batch in found:
        batch.sheet_title, batch.state_text = names.title(batch), names.state(batch)
        batch.is_interrupted = names.is_lost(batch)
    return found


@uploads
def batch_list(request: HttpRequest) -> HttpResponse:
    """The history of deliveries a person may see, newest first."""
    sheet, state = request.GET.get("sheet", ""), request.GET.get("state", "")
    batches = UploadBatch.objects.visible_to(request.user).select_related("uploaded_by")
    if sheet:
        batches = batches.filter(sheet=sheet)
    if state in BatchState.values:
        batches = batches.filter(state=state)
    page = Paginator(batches, PAGE).get_page(request.GET.get("page"))
    page.object_list = named(page.object_list)
    sees_all = request.user.has_perm("common.view_all_batches")
    context = {
        "page_obj": page,
        "sheets": list(all_sheets()) if sees_all else sheets_for(request.user),
        "states": BatchState.choices,
        "chosen_sheet": sheet,
        "chosen_state": state,
    }
    return render(request, "uploads/batch_list.html", context)


def _batch(user: User, pk: int, *, to_act: bool = False) -> UploadBatch:
    """A batch the person may see; `to_act`: and decide about, which only its department does. Else 404."""
    batches = UploadBatch.objects.visible_to(user).select_related("uploaded_by", "undone_by")
    batch = get_object_or_404(batches, pk=pk)
    if to_act and not may_act(user, batch):
        raise Http404
    found = named([batch])[0]
    if found.is_interrupted:  # or it ended between the look at the batch and the look at the locks
        found.refresh_from_db()
        named([found])
    return found


@uploads
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch as it stands: under way, to be decided, or done. Survives reload, because it only reads."""
    found = _batch(request.user, pk)
    context = _batch_context(request, found)
    if not context["is_running"] and found.state in (BatchState.PREVIEW, *DELIVERED):
        context |= _preview_context(request, found)
    return render(request, "uploads/batch.html", context)


def _batch_context(request: HttpRequest, found: UploadBatch) -> dict[str, Any]:
    acts = may_act(request.user, found)
    has_workbook = found.files.filter(kind=StoredFileKind.WORKBOOK).exists()
    report = found.undo_report or {}
    return {
        "batch": found,
        "sheet": sheet_of(found.sheet),
        "periods": periods_text(found),
        "is_running": found.is_pending and not found.is_interrupted,
        "is_lost": found.is_interrupted,
        "waits_in_vain": services.waits_in_vain(found),
        "stages": _stages(found),
        "may_decide": acts,
        "may_cancel": acts and found.job == Job.READ,
        "may_undo": acts and found.state == BatchState.COMMITTED,
        "may_download": acts and found.refused and has_workbook,
        "earlier": services.earlier_delivery(found) if found.state in (BatchState.PREVIEW, *DELIVERED) else None,
        "undone": report.get("undone", 0),
        "undo_kept": report.get("kept", []),
    }


def _stages(found: UploadBatch) -> list[dict[str, str]]:
    """The steps of the present job: done, now, or still to come."""
    names = STEPS[Job(found.job)]
    here = names.index(found.stage) if found.stage in names else int(found.state != BatchState.QUEUED)
    states = ["done"] * here + ["now"] + ["later"] * (len(names) - here - 1)
    return [{"label": name, "state": state} for name, state in zip(names, states, strict=True)]


def _preview_context(request: HttpRequest, found: UploadBatch) -> dict[str, Any]:
    kept = services.batch_preview(found)
    if kept is None:
        return {"preview_gone": True}
    delivery, preview = kept
    sheet = sheet_of(found.sheet)
    show = request.GET.get("show", "")
    if show not in previewing.LABELS or (show == "absent" and not preview.absent):
        show = previewing.first_worth_showing(preview)
    rows: Any = (
        [text for _, text in preview.absent] if show == "absent" else previewing.RowList(sheet, delivery, preview, show)
    )
    page = Paginator(rows, ROWS_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        what = f"“{sheet.title}”第{found.pk}号上传，{previewing.LABELS[show]}，第{page.number}页"
        _note(request, AccessAct.LIST, what, people=len(page.object_list))
    groups = previewing.problem_groups(delivery, preview)
    return {
        "show": show,
        "show_label": previewing.LABELS[show],
        "page_obj": page,
        "columns": getattr(rows, "columns", ()),
        "has_pages": len(delivery.pages) > 1,
        "has_other": show in ("changed", "refused") and any(row.problems for row in page.object_list),
        "notes": delivery.notes,
        "problem_groups": groups[:GROUPS_SHOWN],
        "more_groups": max(0, len(groups) - GROUPS_SHOWN),
        "to_confirm": previewing.renames(delivery, preview),
        "accepted": found.rows - found.refused,
        "may_confirm": found.would_change or preview.to_confirm,
    }


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int) -> None:
    services.access_record(by=request.user, act=act, what=what, people=people, address=request.META.get("REMOTE_ADDR"))


@uploads
def batch_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Polled every second: the progress, or word to the browser that the page is to be loaded anew."""
    found = _batch(request.user, pk)
    context = _batch_context(request, found)
    if not context["is_running"]:
        return HttpResponseClientRefresh()
    return render(request, "uploads/progress.html", context)


def _act(request: HttpRequest, pk: int, act: Any, said: str, **options: Any) -> HttpResponse:
    """Does something to a batch and returns to its page, with a sentence either way."""
    found = _batch(request.user, pk, to_act=True)
    try:
        act(batch=found, by=request.user, **options)
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        if said:
            messages.success(request, said)
    return redirect("batch", pk)


@uploads
@require_POST
def batch_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person makes of the preview: write the good rows, or nothing."""
    if request.POST.get("act") == "discard" or request.POST.get("decision") == "all_or_nothing":
        return _act(request, pk, services.batch_discard, "")
    renames = [int(row) for row in request.POST.getlist("confirmed_row") if row.isdigit()]
    withdraws = request.POST.get("absent") == "withdraw"
    return _act(request, pk, services.batch_confirm, "", withdraws_absent=withdraws, rename_rows=renames)


@uploads
@require_POST
def batch_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.batch_cancel, "")


@uploads
@require_POST
def batch_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.batch_repeat, "已重新开始处理。")


@uploads
def batch_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own workbook back, with the bad cells coloured and explained."""
    found = _batch(request.user, pk, to_act=True)
    try:
        marked = marked_workbook(found)
    except Unreadable as unreadable:
        messages.error(request, unreadable.sentence)
        return redirect("batch", pk)
    if marked is None:
        messages.error(request, "文件已超过保存期限并删除，请重新上传。")
        return redirect("batch", pk)
    _note(request, AccessAct.DOWNLOAD, f"“{found.sheet_title}”第{found.pk}号上传，标出问题的工作簿", people=found.rows)
    stem = found.file_name.rpartition(".")[0] or found.file_name
    return _download(marked, f"{stem}（标出问题）.xlsx")


@uploads
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks before undoing, naming the rows that would be kept."""
    found = _batch(request.user, pk, to_act=True)
    if request.method == "POST":
        return _act(request, pk, services.batch_undo, "")
    if found.state != BatchState.COMMITTED:
        messages.error(request, f"该批次现在的状态是“{found.state_text}”，不能撤销。")
        return redirect("batch", pk)
    context = {"batch": found, "sheet": sheet_of(found.sheet), "forecast": jobs.undo_forecast(found)}
    return render(request, "uploads/undo.html", context)
