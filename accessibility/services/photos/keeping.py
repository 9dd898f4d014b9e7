"""A photograph of a home or an inspection: what it may be of and when, made anew and sealed, removed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accessibility.models import (
    ENDED,
    HomeStage,
    Inspection,
    Photo,
    PhotoContent,
    PhotoPurpose,
    PlanItem,
    RetrofitHome,
)
from accessibility.photographs.guarded import MadeAnew, Unusable, make_anew
from accessibility.services.homes.steps import RECORD, standing_steps
from zalainuoer.common import ciphers
from zalainuoer.common.acting import refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

PURPOSE = "photo"
RECORD_PLACES = "accessibility.record_places"
MOST_OF_A_HOME = 200  # ten times what a visit brings
_OPEN = tuple(stage for stage in HomeStage if stage not in ENDED)
# From which stage on a photograph can show what it says.
FIRST_STAGE = {
    PhotoPurpose.ASSESSMENT: HomeStage.CANDIDATE,
    PhotoPurpose.BEFORE: HomeStage.CANDIDATE,
    PhotoPurpose.DURING: HomeStage.WORKS,
    PhotoPurpose.AFTER: HomeStage.WORKS,
    PhotoPurpose.FOLLOW_UP: HomeStage.SETTLING,
}


@dataclass(frozen=True)
class PhotoOf:
    """What a photograph shows: a home, perhaps a room or a planned item of it, or an inspection."""

    purpose: str
    home: RetrofitHome | None = None
    inspection: Inspection | None = None
    item: PlanItem | None = None
    room: str = ""
    caption: str = ""


def purposes_at(stage: str) -> list[PhotoPurpose]:
    """What photographs may be brought of a home at a stage."""
    if stage in ENDED:
        return []
    at = _OPEN.index(HomeStage(stage))
    return [purpose for purpose, first in FIRST_STAGE.items() if _OPEN.index(first) <= at]


def refuse_of(of: PhotoOf, *, by: User) -> None:
    """Refuses whoever may not bring the photograph, a thing outside the area, and a purpose before its time."""
    if of.inspection is not None:
        refuse_others(by, RECORD_PLACES)
        if not Inspection.objects.visible_to(by).filter(pk=of.inspection.pk).exists():
            raise RuleBroken("这次检查不在您的辖区内。")
        if of.purpose != PhotoPurpose.INSPECTION:
            raise RuleBroken("体验检查的照片，用途只能是“体验检查”。")
        return
    refuse_others(by, RECORD)
    row = None
    if of.home is not None:
        row = RetrofitHome.objects.visible_to(by).filter(pk=of.home.pk).first()
    if row is None:
        raise RuleBroken("这一户不在您的辖区内。")
    if row.stage in ENDED:
        raise RuleBroken(f"这一户{row.get_stage_display()}，不能再增减照片。")
    if of.purpose not in purposes_at(row.stage):
        what = PhotoPurpose(of.purpose).label
        raise RuleBroken(f"这一户现在的环节是“{row.get_stage_display()}”，还不会有“{what}”的照片。请另选用途。")
    if of.item is not None and of.item.home_id != row.pk:
        raise RuleBroken("所选的方案明细不是这一户的。")
    if row.photos.count() >= MOST_OF_A_HOME:
        raise RuleBroken(f"这一户已有 {MOST_OF_A_HOME} 张照片，请先删除多余的。")


def photo_add(*, of: PhotoOf, sent: bytes, by: User) -> Photo:
    """Makes a photograph anew from what was sent and keeps it; the same sent again is the one kept before.

    Raises RuleBroken, with the sentence of the guarded child, for what is no photograph.
    """
    refuse_of(of, by=by)  # before a second of work; and again once it is done
    made = remade(sent)
    with transaction.atomic(), data_lock():
        refuse_of(of, by=by)
        return keep(of, made, by=by)


def remade(sent: bytes) -> MadeAnew:
    """What was sent, made anew; RuleBroken where it is no photograph."""
    try:
        return make_anew(sent)
    except Unusable as unusable:
        raise RuleBroken(unusable.sentence) from unusable


def keep(of: PhotoOf, made: MadeAnew, *, by: User) -> Photo:
    """Writes a photograph with its sealed content, within the caller's transaction and lock."""
    same = Photo.objects.filter(home=of.home, inspection=of.inspection, purpose=of.purpose, sha256=made.sha256).first()
    if same is not None:
        return same
    open_history_context(user=by.username, act="photo_add")
    facts: dict[str, Any] = {
        "home": of.home,
        "inspection": of.inspection,
        "item": of.item,
        "room": of.item.room if of.item else of.room,
        "purpose": of.purpose,
        "caption": of.caption,
    }
    row = Photo(
        **facts,
        taken_at=made.taken_at,
        sha256=made.sha256,
        width=made.width,
        height=made.height,
        added_by=by,
    )
    refuse_invalid(row)
    row.save()
    PhotoContent.objects.create(
        photo=row,
        image=ciphers.encrypt_bytes(made.content, purpose=PURPOSE),
        thumbnail=ciphers.encrypt_bytes(made.thumbnail, purpose=PURPOSE),
    )
    return row


def refusal_to_remove(photo: Photo) -> str:
    """Why a photograph must stay; empty if it need not. What a later step rests on stays with it."""
    if photo.home is None:
        return ""
    if photo.home.stage in ENDED:
        return f"这一户{photo.home.get_stage_display()}，不能再增减照片。"
    if standing_steps(photo.home).filter(done_at__gt=photo.added_at).exists():
        return "这张照片上传之后已经办理了新的环节，照片是办理的依据，不能删除。传错的，请先撤回之后的环节。"
    return ""


def photo_remove(*, photo: Photo, by: User) -> None:
    """Removes a photograph brought by mistake; its picture is gone, that it was there stays in the history."""
    refuse_others(by, RECORD if photo.home_id else RECORD_PLACES)
    with transaction.atomic(), data_lock():
        row = Photo.objects.visible_to(by).select_related("home").filter(pk=photo.pk).first()
        if row is None:
            raise RuleBroken("没有这张照片，或不在您的辖区内。")
        if refusal := refusal_to_remove(row):
            raise RuleBroken(refusal)
        open_history_context(user=by.username, act="photo_remove")
        row.delete()


def picture_of(photo: Photo, *, small: bool = False) -> bytes:
    """The JPEG behind a photograph, or its thumbnail."""
    column = "thumbnail" if small else "image"
    sealed = PhotoContent.objects.values_list(column, flat=True).get(photo=photo)
    return ciphers.decrypt_bytes(bytes(sealed), purpose=PURPOSE)
