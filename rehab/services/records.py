"""Plain records of rehabilitation: kept and withdrawn by hand, with their constraints' own sentences and their history."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError

from registry.services.facts import version
from rehab.models import CommunitySite, Coordinator, CoordinatorTraining, PreventionCampaign
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

M = TypeVar("M", bound=models.Model)
# What is kept on the spot; everything else the federation keeps.
ON_THE_SPOT: tuple[type[models.Model], ...] = (CommunitySite, Coordinator, CoordinatorTraining, PreventionCampaign)
GONE = "这条记录已经撤下，请回到列表核对。"
CHANGED_SINCE = "您打开之后，这条记录又被改过。请重新打开，核对后再改。"


def record_save(*, record: M, by: User | None, reason: str = "", seen: int | None = None) -> M:
    """Stores a new or a changed record; `seen` is `version` of the row as the person saw it.

    Raises RuleBroken with the sentences of its fields and constraints, or where somebody has been faster.
    """
    refuse_others(record, by)
    with transaction.atomic(), data_lock():
        if record.pk is not None:
            held_as_seen(record, seen=seen)
        open_context(by, f"{record._meta.model_name}_save", reason)
        checked(record)
        record.save()
    return record


def record_withdraw(*, record: models.Model, by: User | None, reason: str, seen: int | None = None) -> None:
    """Takes a record out of its table; the history keeps it. Refused where other records rest on it."""
    if not reason.strip():
        raise RuleBroken("请写明撤下理由。")
    refuse_others(record, by)
    with transaction.atomic(), data_lock():
        held_as_seen(record, seen=seen)
        open_context(by, f"{record._meta.model_name}_withdraw", reason)
        try:
            record.delete()
        except (ProtectedError, RestrictedError) as error:
            others = {str(row._meta.verbose_name) for row in getattr(error, "protected_objects", ())}
            raise RuleBroken(
                f"还有{'、'.join(sorted(others))}以这条记录为依据，不能撤下。不再适用的，请填写结束（停用）日期。"
            ) from error


def permission_of(model: type[models.Model]) -> str:
    """Who may keep a table's records."""
    return "rehab.record_services" if model in ON_THE_SPOT else "rehab.manage_rehab"


def refuse_others(record: models.Model, by: User | None) -> None:
    """Whoever keeps a record has the permission, and the record's community is in the own area."""
    if by is None:
        return
    if not by.has_perm(permission_of(type(record))):
        raise RuleBroken(f"您的账号不能登记“{record._meta.verbose_name}”。")
    path = getattr(record, "division_path", "")
    if not path or by.scope_ids is None:
        return
    place = record
    for step in path.split("__"):
        place = getattr(place, step)
    if place.pk not in by.scope_ids:
        raise RuleBroken("这个社区不在您的辖区内，不能登记。")


def held_as_seen(record: M, *, seen: int | None) -> None:
    """Holds the stored row until the transaction ends; refuses where it is gone or has changed since it was seen."""
    if not type(record)._default_manager.select_for_update().filter(pk=record.pk).exists():
        raise RuleBroken(GONE)
    if seen is not None and version(record) != seen:
        raise RuleBroken(CHANGED_SINCE)


def checked(record: models.Model) -> None:
    """Refuses what the record's fields and constraints refuse, in their own words."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(dict.fromkeys(error.messages))) from error


def open_context(by: User | None, act: str, reason: str = "") -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
