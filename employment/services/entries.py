"""Rows of employment's registers that stand for themselves: saved as they are checked, withdrawn with a reason."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from employment.models import (
    FairAttendance,
    GraduateContact,
    GraduatePlan,
    JobFair,
    PublicPost,
    RoleModel,
    ShelteredOrganisation,
    StartUp,
    Vacancy,
)
from registry.services.facts import version
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

M = TypeVar("M", bound=models.Model)
RECORD, MANAGE = "employment.record_employment", "employment.manage_employers"
# Who may write what; other tables of employment have services of their own.
WRITERS: dict[type[models.Model], str] = {
    Vacancy: RECORD,
    JobFair: RECORD,
    FairAttendance: RECORD,
    GraduatePlan: RECORD,
    GraduateContact: RECORD,
    StartUp: RECORD,
    PublicPost: MANAGE,
    ShelteredOrganisation: MANAGE,
    RoleModel: MANAGE,
}
STILL_USED = "还有别的登记用到它，不能撤下。请先撤下那些登记，或者改为填写结束日期。"


def entry_save(
    *, model: type[M], row: M | None, by: User | None, reason: str = "", seen: int | None = None, **values: Any
) -> M:
    """Adds a row of a register, or changes `row`; `seen` is the version that the form was opened with."""
    refuse_others(by, WRITERS[model])
    rows = model._default_manager
    with transaction.atomic(), data_lock():
        known = None if row is None else rows.select_for_update().get(pk=row.pk)
        if known is not None and seen is not None and seen != version(known):
            raise RuleBroken(changed_since("这条登记"))
        entry = known or model()
        for name, value in values.items():
            setattr(entry, name, value)
        checked(entry)
        open_context(by, "entry_save", str(model._meta.verbose_name), reason)
        entry.save(force_insert=known is None, force_update=known is not None)
    return entry


def entry_withdraw(*, row: models.Model, by: User | None, reason: str) -> None:
    """Takes back a row entered by mistake; the history keeps it."""
    refuse_others(by, WRITERS[type(row)])
    if not reason.strip():
        raise RuleBroken("请写明为什么撤下。")
    with transaction.atomic(), data_lock():
        open_context(by, "entry_withdraw", str(row._meta.verbose_name), reason)
        try:
            row.delete()
        except ProtectedError as error:
            raise RuleBroken(STILL_USED) from error


def checked(row: models.Model) -> None:
    """Refuses a row that its own fields or constraints refuse, with their sentences."""
    try:
        row.full_clean()
    except ValidationError as error:
        names = {field.name: str(field.verbose_name) for field in row._meta.fields}
        said = [
            message if name not in names else f"{names[name]}：{message}"
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise RuleBroken("；".join(said)) from error


def open_context(by: User | None, act: str, what: str, reason: str = "") -> None:
    """Names who writes what for the rest of the transaction."""
    open_history_context(user=by.username if by else "系统", reason=reason, act=act, what=what)
