"""What a worker does with a batch: read and compare, write, undo. Each under the job's lock, each all or nothing."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction
from django.utils import timezone

from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock, job_lock
from zalainuoer.common.models import RUNNING, BatchState, Job, StoredFileKind, UploadBatch, User
from zalainuoer.common.services import batch_receive, file_content, file_store
from zalainuoer.common.sheets.base import Sheet, sheet_of
from zalainuoer.common.sheets.comparing import Comparison, Scope
from zalainuoer.common.sheets.delivery import Delivery
from zalainuoer.common.sheets.guarded import Unreadable
from zalainuoer.common.sheets.reading import read_delivery
from zalainuoer.common.sheets.undo import undo

logger = logging.getLogger(__name__)
STATE_OF = {Job.READ: BatchState.READING, Job.WRITE: BatchState.CONFIRMING, Job.UNDO: BatchState.UNDOING}
NOTHING_WRITTEN = (BatchState.FAILED, "处理时系统出错，没有写入任何数据。请联系系统管理员。")
FAILED = {
    Job.READ: NOTHING_WRITTEN,
    Job.WRITE: NOTHING_WRITTEN,
    Job.UNDO: (BatchState.COMMITTED, "撤销时系统出错，数据没有改动。请联系系统管理员。"),
}
ATTEMPTS = 5
ROWS_WORTH_SHOWING = 5000
CHANGED_MEANWHILE = "确认之前数据又有变化，没有写入。以下是重新核对的结果，请再次确认。"


class Cancelled(Exception):
    """The person asked to stop."""


def job_run(*, batch_id: int) -> None:
    """Runs a batch's queued job; does nothing if somebody else runs it or it is done. A bug fails the batch, loudly."""
    with job_lock(batch_id) as held:
        if not held:
            return
        batch = UploadBatch.objects.select_related("uploaded_by").get(pk=batch_id)
        if batch.state not in RUNNING | {BatchState.QUEUED}:
            return
        UploadBatch.objects.filter(pk=batch_id).update(state=STATE_OF[Job(batch.job)])
        act: dict[str, Callable[..., None]] = {Job.READ: batch_read, Job.WRITE: batch_write, Job.UNDO: batch_put_back}
        try:
            with _collector_paused():
                act[batch.job](batch=batch)
        except Exception:
            state, message = FAILED[Job(batch.job)]
            _set(batch, state=state, stage="", message=message)
            logger.exception("batch %s failed in %s", batch_id, batch.job)
            raise


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of living cells make each garbage collection walk them all in vain: an eighth of a large job's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def batch_upload_now(*, sheet: Sheet, file_name: str, content: bytes, by: User | None) -> UploadBatch:
    """The whole way in this process, for commands: received, read, and its good rows written; returns the batch.

    Absent rows are kept, changed names are refused. Where others write at the same time it compares again.
    """
    batch = batch_receive(sheet=sheet, file_name=file_name, content=content, by=by)
    job_run(batch_id=batch.pk)
    batch.refresh_from_db()
    for _ in range(ATTEMPTS):
        if batch.state != BatchState.PREVIEW:
            break
        UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED, job=Job.WRITE)
        job_run(batch_id=batch.pk)
        batch.refresh_from_db()
    return batch


def batch_read(*, batch: UploadBatch) -> None:
    """Reads the workbook, checks every cell, compares with what is stored, keeps the preview."""
    sheet = sheet_of(batch.sheet)
    try:
        _stage(batch, "读取文件")
        content = file_content(batch=batch, kind=StoredFileKind.WORKBOOK) or b""
        delivery = read_delivery(sheet, content, batch.file_name, report=partial(_progress, batch))
        _stage(batch, "与已有数据比较", total=len(delivery))
        comparison = sheet.compare(delivery, scope_of(batch))
        _stage(batch, "生成预览", done=len(delivery))
    except (Unreadable, RuleBroken) as error:  # a file nobody can read, a parameter nobody has filled in
        _set(batch, state=BatchState.UNREADABLE, message=str(error))
        return
    except Cancelled:
        _set(batch, state=BatchState.CANCELLED, message="已取消，没有写入任何数据。")
        return
    with transaction.atomic():
        _keep_preview(batch, sheet, delivery, comparison)


def scope_of(batch: UploadBatch) -> Scope:
    """What the batch's uploader may touch, and has confirmed."""
    return Scope(
        communities=communities_of(batch.uploaded_by),
        confirmed_rows=frozenset(batch.confirmed_rows),
        withdraws_absent=batch.withdraws_absent,
        received_on=timezone.localdate(batch.created_at),
    )


def communities_of(user: User | None) -> frozenset[str] | None:
    if user is None or user.scope_ids is None:
        return None
    return frozenset(map(str, user.scope_ids))


def _keep_preview(batch: UploadBatch, sheet: Sheet, delivery: Delivery, comparison: Comparison) -> None:
    file_store(batch=batch, kind=StoredFileKind.STAGED, content=delivery.packed())
    file_store(batch=batch, kind=StoredFileKind.PREVIEW, content=comparison.packed())
    counts = _counts(comparison)
    nothing = not any(counts[name] for name in ("new", "changed", "refused", "absent"))
    _set(
        batch,
        **counts,
        state=BatchState.UNCHANGED if nothing else BatchState.PREVIEW,
        stage="",
        digest=comparison.digest,
        periods=_periods(sheet, comparison),
    )


def _counts(comparison: Comparison) -> dict[str, int]:
    names = {"new": "n", "changed": "c", "same": "s", "refused": "r"}
    counts = {name: comparison.count(verdict) for name, verdict in names.items()}
    return {**counts, "rows": len(comparison.delivery), "absent": len(comparison.absent)}


def _periods(sheet: Sheet, comparison: Comparison) -> list[str]:
    if not sheet.period:
        return []
    widget = sheet.column(sheet.period).widget
    values = comparison.delivery.column(sheet.period)
    accepted = {v for v, verdict in zip(values, comparison.verdicts, strict=True) if v and verdict != "r"}
    return [widget.display(value) for value in sorted(accepted)]


def batch_write(*, batch: UploadBatch) -> None:
    """Writes a confirmed preview in one transaction, after comparing again; nothing if the result has changed."""
    sheet = sheet_of(batch.sheet)
    staged = file_content(batch=batch, kind=StoredFileKind.STAGED)
    if staged is None:
        _set(batch, state=BatchState.DISCARDED, message="暂存的文件已按期删除，没有写入任何数据。请重新上传。")
        return
    delivery, scope = Delivery.unpacked(staged), scope_of(batch)
    _stage(batch, "写入", done=0, total=len(delivery))  # before the transaction, which would keep it from everybody
    with transaction.atomic(), data_lock():
        comparison = sheet.compare(delivery, scope)
        if comparison.digest != batch.digest:
            _keep_preview(batch, sheet, delivery, comparison)
            _set(batch, message=CHANGED_MEANWHILE)
            return
        context = bulk.open_history_context(batch=batch.pk, user=batch.uploaded_by_id)
        comparison.write(scope)
        written = batch.new or batch.changed or (batch.absent and scope.withdraws_absent)
        _set(
            batch,
            state=BatchState.COMMITTED if written else BatchState.UNCHANGED,
            stage="",
            done=len(delivery),
            committed_at=timezone.now(),
            history_context=context,
        )


def batch_put_back(*, batch: UploadBatch) -> None:
    """Undoes a committed batch in one transaction; what cannot be undone is kept and named."""
    sheet = sheet_of(batch.sheet)
    with transaction.atomic(), data_lock():
        bulk.open_history_context(undo_of=batch.pk, user=batch.undone_by_id)
        report = undo(batch.history_context, sheet.undo_units())
        _set(
            batch,
            state=BatchState.UNDONE,
            stage="",
            undone_at=timezone.now(),
            undo_report={"undone": report.undone, "kept": report.kept},
        )


def undo_forecast(batch: UploadBatch) -> dict[str, object]:
    """What undoing a batch would do: {"undone": rows, "kept": [[who, why], …]}; writes nothing."""
    with transaction.atomic():
        report = undo(batch.history_context, sheet_of(batch.sheet).undo_units(), write=False)
    return {"undone": report.undone, "kept": report.kept}


def _progress(batch: UploadBatch, rows: int, share: float) -> None:
    """Shows how far the checking is; a small file is done before anybody could look."""
    if rows >= ROWS_WORTH_SHOWING:
        _stage(batch, "逐列核对", done=int(rows * share), total=rows)


def _stage(batch: UploadBatch, stage: str, **values: int) -> None:
    """Notes where the job is; stops it if the person asked for that."""
    if UploadBatch.objects.filter(pk=batch.pk, cancel_requested=True).exists():
        raise Cancelled
    _set(batch, stage=stage, **values)


def _set(batch: UploadBatch, **values: object) -> None:
    for name, value in values.items():
        setattr(batch, name, value)
    UploadBatch.objects.filter(pk=batch.pk).update(**values)
