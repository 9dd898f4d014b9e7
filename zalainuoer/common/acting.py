"""What services share: who may act, what must be said and when it was done, and what the database's own constraints say, as
sentences."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import models

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

TEXT = 500  # what an opinion, a reason or a notice may be long


def refuse_others(by: User | None, permission: str) -> None:
    """Refuses whoever lacks the permission; `by` None is the system."""
    if by is not None and not by.has_perm(permission):
        raise RuleBroken("您的账号不能办理这项业务，请由有权限的人员办理。")


def refuse_invalid(row: models.Model) -> None:
    """Refuses a row that its fields or constraints do not allow, with their sentences."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error


def kept(row: models.Model) -> None:
    """Writes a row; what its fields and constraints say of it is said in their words."""
    refuse_invalid(row)
    row.save()


def text(value: str, *, what: str, longest: int = TEXT) -> str:
    """A sentence that must be there, without the blanks around it."""
    value = value.strip()
    if not value:
        raise RuleBroken(f"请写明{what}。")
    if len(value) > longest:
        raise RuleBroken(f"{what}最多 {longest} 个字，现有 {len(value)} 个字。")
    return value


def refuse_day(
    day: datetime.date, *, what: str, today: datetime.date, since: datetime.date | None = None, since_what: str = ""
) -> None:
    """What is noted has happened, and not before what it follows."""
    if day > today:
        raise RuleBroken(f"{what}不能晚于今天（{today}）。")
    if since is not None and day < since:
        raise RuleBroken(f"{what}不能早于{since_what}（{since}）。")


def changed_since(what: str) -> str:
    return f"您打开页面之后，{what}又有变化，没有办理。请刷新页面，核对后再办。"
