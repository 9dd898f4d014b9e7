"""What the acts before the works share: sentences that must be there, days that have passed, rows kept."""

from __future__ import annotations

import datetime

from django.db import models

from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import refuse_invalid
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

TEXT = 500  # what an opinion may be long


def text(value: str, *, what: str, longest: int = TEXT) -> str:
    """A sentence that must be there, without the blanks around it."""
    value = value.strip()
    if not value:
        raise RuleBroken(f"请写明{what}。")
    if len(value) > longest:
        raise RuleBroken(f"{what}最多 {longest} 个字，现有 {len(value)} 个字。")
    return value


@under(StageRule.DAYS)
def refuse_day(
    day: datetime.date, *, what: str, today: datetime.date, since: datetime.date | None = None, since_what: str = ""
) -> None:
    """What is noted has happened, and not before what it follows."""
    if day > today:
        raise RuleBroken(f"{what}不能晚于今天（{today}）。")
    if since is not None and day < since:
        raise RuleBroken(f"{what}不能早于{since_what}（{since}）。")


def kept(row: models.Model) -> None:
    """Writes a row; what its fields and constraints say of it is said in their words."""
    refuse_invalid(row)
    row.save()


def open_context(by: User, act: str, reason: str = "") -> None:
    """Says in the history who does what, and why."""
    open_history_context(user=by.username, act=act, reason=reason)
