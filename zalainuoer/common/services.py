"""The life of an upload: received, read and compared, confirmed or discarded, undone. Every write has its door here.

A person's act (receive, confirm, undo …) only notes what is wanted and queues a job; a worker runs it under the
job's lock. `zalainuoer.common.jobs` holds what the worker does.
"""

import datetime
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zalainuoer.common import ciphers
from zalainuoer.common.deliveries import may_act
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import running_jobs
from zalainuoer.common.models import (
    PENDING,
    AccessAct,
    AccessLog,
    BatchState,
    Job,
    Parameter,
    StoredFile,
    StoredFileKind,
    UploadBatch,
    User,
)
from zalainuoer.common.sheets.base import Sheet, department_of, sheet_of, sheets_for
from zalainuoer.common.sheets.comparing import Preview
from zalainuoer.common.sheets.delivery import Delivery

QUEUE_PATIENCE = datetime.timedelta(minutes=2)


def batch_receive(*, sheet: Sheet, file_name: str, content: bytes, by: User | None) -> UploadBatch:
    """Takes a workbook in, encrypted, and returns its batch, still to be queued (`batch_queue`).

    `by` is None for the system itself. Raises RuleBroken for a sheet of another department or a file too large.
    """
    if by is not None and sheet.code not in {s.code for s in sheets_for(by)}:
        raise RuleBroken(f"“{sheet.title}”由{sheet.department}报送，您的账号不能上传。")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise RuleBroken(f"文件超过 {limit} MB。请删去图片等无关内容，或分成几个文件上传。")
    with transaction.atomic():
        batch = UploadBatch.objects.create(
            sheet=sheet.code,
            department=department_of(sheet),
            file_name=file_name[-255:],
            file_hash=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
        )
        file_store(batch=batch, kind=StoredFileKind.WORKBOOK, content=content)
    return batch


def earlier_delivery(batch: UploadBatch) -> UploadBatch | None:
    """The committed batch that brought the very same file before, if there is one."""
    same = UploadBatch.objects.committed().filter(sheet=batch.sheet, file_hash=batch.file_hash)
    return same.exclude(pk=batch.pk).order_by("-committed_at").first()


def batch_queue(*, batch: UploadBatch) -> None:
    """Hands the batch's next job to a worker, once the transaction is through."""
    from zalainuoer.common.tasks import run_job

    transaction.on_commit(lambda: run_job.delay(batch.pk))


def batch_confirm(
    *, batch: UploadBatch, by: User | None, withdraws_absent: bool = False, rename_rows: Iterable[int] = ()
) -> None:
    """Confirms a preview: its good rows are to be written.

    `rename_rows` are workbook row numbers whose new 姓名 the person has confirmed one by one: if there are any, the
    batch is compared again first and a new preview shown. Raises RuleBroken if there is nothing to confirm.
    """
    with transaction.atomic():
        batch = _locked(batch, by=by, expected=(BatchState.PREVIEW,), act="确认")
        renames = sorted({*batch.confirmed_rows, *rename_rows})
        if renames != batch.confirmed_rows:
            batch.confirmed_rows, batch.job = renames, Job.READ
        else:
            batch.withdraws_absent, batch.job = withdraws_absent, Job.WRITE
        _enqueue(batch)


def batch_discard(*, batch: UploadBatch, by: User | None) -> None:
    """Drops a preview: nothing of it is written, the file is to be mended and delivered again."""
    with transaction.atomic():
        batch = _locked(batch, by=by, expected=(BatchState.PREVIEW,), act="放弃")
        _end(batch, BatchState.DISCARDED, "已放弃，没有写入任何数据。请改正后重新上传。")


def batch_cancel(*, batch: UploadBatch, by: User | None) -> None:
    """Asks a running job to stop at its next stage; a queued one stops at once. What is being written is not torn."""
    with transaction.atomic():
        batch = _locked(batch, by=by, expected=(BatchState.QUEUED, BatchState.READING), act="取消")
        if batch.state == BatchState.QUEUED and batch.job == Job.READ:
            _end(batch, BatchState.CANCELLED, "已取消，没有写入任何数据。")
        elif batch.job == Job.READ:
            batch.cancel_requested = True
            batch.save(update_fields=["cancel_requested"])
        else:
            raise RuleBroken("正在写入，不能中途取消；完成后可以整批撤销。")


def batch_repeat(*, batch: UploadBatch, by: User | None) -> None:
    """Runs a lost job again, or one that has waited in vain for a worker."""
    with transaction.atomic():
        batch = _locked(batch, by=by, expected=tuple(BatchState), act="重新处理")
        if not (batch.is_lost or waits_in_vain(batch)):
            raise RuleBroken("该批次没有中断，不需要重新处理。")
        _enqueue(batch)


def waits_in_vain(batch: UploadBatch) -> bool:
    """Whether a batch has been queued for so long that its message must have been lost."""
    return batch.state == BatchState.QUEUED and timezone.now() - batch.queued_at > QUEUE_PATIENCE


def batch_undo(*, batch: UploadBatch, by: User | None) -> None:
    """Asks for a committed batch to be undone."""
    with transaction.atomic():
        batch = _locked(batch, by=by, expected=(BatchState.COMMITTED,), act="撤销")
        batch.job, batch.undone_by = Job.UNDO, by
        _enqueue(batch)


def _locked(batch: UploadBatch, *, by: User | None, expected: tuple[str, ...], act: str) -> UploadBatch:
    """The batch as it stands now, held until the transaction ends; two people cannot do the same thing to it.

    `by` None is the system. Raises RuleBroken where the person may not act, or the batch is no longer where it was.
    """
    if by is not None and not may_act(by, batch):
        raise RuleBroken(f"该批次由{batch.department}报送，您的账号不能{act}。")
    batch = UploadBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in expected:
        raise RuleBroken(f"该批次现在的状态是“{batch.get_state_display()}”，不能{act}。")
    return batch


def _enqueue(batch: UploadBatch) -> None:
    batch.state, batch.stage, batch.done = BatchState.QUEUED, "", 0
    batch.cancel_requested, batch.message, batch.queued_at = False, "", timezone.now()
    batch.save()
    batch_queue(batch=batch)


def _end(batch: UploadBatch, state: str, message: str) -> None:
    batch.state, batch.message, batch.stage = state, message, ""
    batch.save()


def file_store(*, batch: UploadBatch, kind: str, content: bytes) -> None:
    """Keeps a file of a batch, encrypted; the newest of a kind replaces the one before."""
    sealed = ciphers.encrypt_bytes(content, purpose=f"file.{kind}")
    StoredFile.objects.update_or_create(batch=batch, kind=kind, defaults={"content": sealed})


def file_content(*, batch: UploadBatch, kind: str) -> bytes | None:
    """A batch's file, readable; None once it has been deleted."""
    found = StoredFile.objects.filter(batch=batch, kind=kind).first()
    return None if found is None else ciphers.decrypt_bytes(bytes(found.content), purpose=f"file.{kind}")


def batch_preview(batch: UploadBatch) -> tuple[Delivery, Preview] | None:
    """What stands in the workbook and what it would do, for the preview page; None once the files are deleted."""
    staged = file_content(batch=batch, kind=StoredFileKind.STAGED)
    preview = file_content(batch=batch, kind=StoredFileKind.PREVIEW)
    if staged is None or preview is None:
        return None
    return Delivery.unpacked(staged), Preview.unpacked(preview)


def workbooks_delete_expired(*, now: datetime.datetime) -> int:
    """Deletes stored workbooks and previews older than the parameter `upload.keep_days`; returns how many batches.

    What was never confirmed, or lost with its worker, is dropped with its files; what runs or waits is left alone.
    """
    days = Parameter.objects.value("upload.keep_days", on=timezone.localdate(now))
    cutoff = now - datetime.timedelta(days=days)
    old = UploadBatch.objects.filter(created_at__lt=cutoff, files__isnull=False).exclude(pk__in=running_jobs())
    expired = list(old.exclude(state=BatchState.QUEUED, queued_at__gte=cutoff).distinct())
    unfinished = [
        batch.pk for batch in expired if batch.state in PENDING | {BatchState.PREVIEW} and batch.job != Job.UNDO
    ]
    with transaction.atomic():
        StoredFile.objects.filter(batch__in=expired).delete()
        UploadBatch.objects.filter(pk__in=unfinished).update(
            state=BatchState.DISCARDED, message=f"超过 {days} 天没有确认或处理完，已自动放弃，没有写入任何数据。"
        )
    return len(expired)


def access_record(
    *,
    by: User | None,
    act: AccessAct,
    what: str,
    people: int = 0,
    address: str | None = None,
    person: int | None = None,
    reason: str = "",
) -> None:
    """Notes that somebody read or took personal data (网络安全法 第二十一条; GB/T 22239-2019 8.1.4.3).

    `what` names no one; whose file was read is `person`, a primary key, and why is `reason`.
    """
    AccessLog.objects.create(
        username=by.username if by else "system",
        act=act,
        what=what[:200],
        people=people,
        address=address,
        person=person,
        reason=reason[:200],
    )


def access_record_each(
    *, by: User, act: AccessAct, what: str, persons: Iterable[int], reason: str, address: str | None = None
) -> None:
    """Notes the same of several people, a row each, in one statement."""
    note = {"username": by.username, "act": act, "what": what[:200], "people": 1, "address": address}
    AccessLog.objects.bulk_create(AccessLog(**note, person=person, reason=reason[:200]) for person in persons)


def sheet_of_batch(batch: UploadBatch) -> Sheet:
    return sheet_of(batch.sheet)
