"""A photograph on its way in pieces: on a bad line it goes on where it stopped, on the same or on another day."""

from __future__ import annotations

import datetime
import hashlib

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accessibility.models import PhotoPart, PhotoUpload
from accessibility.photographs.guarded import SENTENCES, Unusable, make_anew
from accessibility.services.photos.keeping import PURPOSE, PhotoOf, keep, refuse_of
from zalainuoer.common import ciphers
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

MOST_BYTES = 20 << 20  # as the child's own limit
LARGEST_PART = 1 << 20
MOST_PARTS = 500
MOST_WAITING = 400 << 20  # bytes of one account's unfinished photographs: twice 20 of 8 MB, and some
KEPT_FOR = datetime.timedelta(days=7)


class OutOfStep(Exception):
    """A piece does not begin where the last one ended; `received` is where it should."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


def upload_start(*, of: PhotoOf, size: int, mark: str, by: User) -> PhotoUpload:
    """The place for a photograph of `size` bytes; what has arrived of the same file before is still there.

    `mark` tells the file from others of the same sender (its name, size and time); only a digest of it is kept.
    """
    refuse_of(of, by=by)
    if size <= 0:
        raise RuleBroken(SENTENCES["empty"])
    if size > MOST_BYTES:
        raise RuleBroken(SENTENCES["file_size"])
    waiting = PhotoUpload.objects.filter(by=by, photo=None).aggregate(sum=Sum("received"))["sum"] or 0
    if waiting > MOST_WAITING:
        raise RuleBroken("您没有传完的照片太多。请先传完，或等七天后系统自动清理。")
    key = {
        "by": by,
        "home": of.home,
        "inspection": of.inspection,
        "item": of.item,
        "room": of.room,
        "purpose": of.purpose,
        "fingerprint": hashlib.sha256(f"{size}|{mark}".encode()).hexdigest(),
    }
    try:
        with transaction.atomic():
            return PhotoUpload.objects.get_or_create(**key, defaults={"size": size, "caption": of.caption})[0]
    except IntegrityError:  # another window began the same at the same moment
        return PhotoUpload.objects.get(**key)


def upload_receive(*, upload: PhotoUpload, start: int, piece: bytes, by: User) -> PhotoUpload:
    """Takes the next piece; with the last one the photograph is made anew and kept (`upload.photo`).

    Raises OutOfStep for a piece that does not begin where the last ended, RuleBroken for what is no photograph: then
    nothing of it stays. An empty piece at the end asks again for what could not be finished.
    """
    with transaction.atomic():  # no data_lock: a nightly run must not stop a telephone
        row = PhotoUpload.objects.select_for_update(of=("self",)).filter(pk=upload.pk, by=by).first()
        if row is None:
            raise RuleBroken("这次上传已经不在了，请重新选择这张照片。")
        if row.photo_id:
            return row
        if start != row.received:
            raise OutOfStep(row.received)
        _take(row, piece)
    return row if row.received < row.size else _finish(row, by=by)


def _take(row: PhotoUpload, piece: bytes) -> None:
    if len(piece) > LARGEST_PART or row.received + len(piece) > row.size:
        raise RuleBroken("收到的数据超过文件大小，请重新选择这张照片。")
    if not piece:
        return
    if row.parts.count() >= MOST_PARTS:
        raise RuleBroken("这张照片分成的片段过多，请重新选择这张照片。")
    PhotoPart.objects.create(upload=row, start=row.received, content=ciphers.encrypt_bytes(piece, purpose=PURPOSE))
    row.received += len(piece)
    row.save(update_fields=["received"])


def _finish(row: PhotoUpload, *, by: User) -> PhotoUpload:
    """Puts the pieces together, makes the photograph anew and keeps it."""
    pieces = row.parts.values_list("content", flat=True)
    sent = b"".join(ciphers.decrypt_bytes(bytes(piece), purpose=PURPOSE) for piece in pieces)
    try:
        made = make_anew(sent)
    except Unusable as unusable:
        if unusable.code != "busy":
            row.delete()
        raise RuleBroken(unusable.sentence) from unusable
    of = PhotoOf(
        purpose=row.purpose,
        home=row.home,
        inspection=row.inspection,
        item=row.item,
        room=row.room,
        caption=row.caption,
    )
    with transaction.atomic(), data_lock():
        refuse_of(of, by=by)
        row.photo = keep(of, made, by=by)
        row.save(update_fields=["photo"])
        row.parts.all().delete()
    return row


def uploads_remove_stale(*, now: datetime.datetime) -> int:
    """Removes what was begun a week ago, finished or not, with its pieces; returns how many. No photograph goes."""
    stale = PhotoUpload.objects.filter(started_at__lt=now - KEPT_FOR)
    return stale.delete()[1].get(PhotoUpload._meta.label, 0)
