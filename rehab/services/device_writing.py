"""What the devices' services share: who may, the row's own constraints in their words, the history's context."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

VIEW = "rehab.view_rehab"
RECORD = "rehab.record_services"
MANAGE = "rehab.manage_rehab"


def refuse_without(by: User, permission: str) -> None:
    """Only whoever holds the permission writes."""
    if not by.has_perm(permission):
        raise RuleBroken("您的账号没有办理这一步的权限。")


def refuse_future(day: datetime.date, *, what: str, today: datetime.date) -> None:
    """What is noted has happened."""
    if day > today:
        raise RuleBroken(f"{what}不能晚于今天（{today}）。")


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
        raise RuleBroken("".join(error.messages)) from error
    row.save(**how)


def open_context(by: User, act: str, reason: str = "") -> None:
    """Says in the history who does what, and why."""
    open_history_context(user=by.username, reason=reason, act=act)
