"""What the services of training and massage share: who may, the rows' own constraints in their words, the history."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from registry.models import Person
from registry.services.facts import version
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

M = TypeVar("M", bound=models.Model)
RECORD, MANAGE = "employment.record_employment", "employment.manage_employers"
GONE = "这条记录已经撤下，请回到列表核对。"
CHANGED_SINCE = "您打开之后，这条记录又被改过，没有保存。请重新打开，核对后再改。"


def refuse_without(by: User, permission: str) -> None:
    """Only whoever holds the permission writes."""
    if not by.has_perm(permission):
        raise RuleBroken("您的账号没有办理这一步的权限，请由有权限的人员办理。")


def refuse_outside(people: list[int], *, by: User) -> None:
    """Everybody written about lives in the own area."""
    if Person.objects.visible_to(by).filter(pk__in=people).count() != len(set(people)):
        raise RuleBroken("有人不在您的辖区内，或档案已经合并，没有办理。请刷新页面后再办。")


def words(value: str, *, what: str) -> str:
    """A sentence that must be there, without the blanks around it."""
    value = value.strip()
    if not value:
        raise RuleBroken(f"请写明{what}。")
    return value


def keep(row: models.Model, **how: Any) -> None:
    """Writes a row; what its fields and constraints say of it is said in their words."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(dict.fromkeys(error.messages))) from error
    row.save(**how)


def held_as_seen(record: M, *, seen: int | None) -> M:
    """The stored row, held until the transaction ends; refuses where it is gone or has changed since it was seen."""
    held = type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
    if held is None:
        raise RuleBroken(GONE)
    if seen is not None and version(held) != seen:
        raise RuleBroken(CHANGED_SINCE)
    return held


def open_context(by: User, act: str, reason: str = "") -> None:
    """Says in the history who does what, and why."""
    open_history_context(user=by.username, reason=reason, act=act)
