"""What every act in a case shares: the case as it stands, the day it happened, the step that is kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from registry.services.facts import version
from rehab.models import ChildCase, ChildStep, ChildStepKind, ChildStepResult
from rehab.pipeline import ACTS, DESKS, acts_at
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


@contextmanager
def acting(
    case: ChildCase,
    kind: ChildStepKind,
    *,
    on: datetime.date,
    today: datetime.date,
    by: User | None,
    seen: int | None,
    reason: str = "",
) -> Iterator[ChildCase]:
    """The case as it stands now, held until the transaction ends; refuses who may not, and what is not its turn."""
    refuse_others(by, ACTS[kind].permission)
    refuse_future(on, today)
    with transaction.atomic(), data_lock():
        row = held(case, by=by, seen=seen)
        if kind not in [act.kind for act in acts_at(row)]:
            raise RuleBroken(f"个案现在的环节是“{row.get_stage_display()}”，不能办理“{kind.label}”。")
        latest = row.steps.exclude(kind=ChildStepKind.HAND_OVER).order_by("-happened_on").first()
        if latest is not None and on < latest.happened_on:
            raise RuleBroken(f"日期 {on} 早于上一步“{latest.get_kind_display()}”的 {latest.happened_on}，请核对。")
        open_context(by, f"child_{kind}", reason)
        yield row


def held(case: ChildCase, *, by: User | None, seen: int | None) -> ChildCase:
    """The case of one's own area, locked; refuses where somebody else has been faster."""
    rows = ChildCase.objects if by is None else ChildCase.objects.visible_to(by)
    row: ChildCase | None = rows.select_for_update(of=("self",)).select_related("person").filter(pk=case.pk).first()
    if row is None:
        raise RuleBroken("这份个案不在您的辖区内。")
    if seen is not None and seen != version(row):
        raise RuleBroken(changed_since("这份个案"))
    return row


def step_add(
    case: ChildCase,
    kind: ChildStepKind,
    *,
    on: datetime.date,
    by: User | None,
    to: str,
    result: str = ChildStepResult.DONE,
    place: str = "",
    done_by: str = "",
    note: str = "",
    **columns: Any,
) -> ChildStep:
    """Keeps a step and takes the case to its next stage, where it is the next office's turn."""
    step = ChildStep(
        case=case,
        kind=kind,
        happened_on=on,
        result=result,
        place=place,
        done_by=done_by,
        note=note,
        stage_before=case.stage if case.pk else "",
        since_before=case.since_on,
        office_before=case.office,
        recorded_by=by,
    )
    if to != case.stage or case.pk is None:
        desk = DESKS.get(to)
        case.stage, case.since_on, case.office, case.owner = to, on, desk.office if desk else "", None
    for name, value in columns.items():
        setattr(case, name, value)
    check(case)
    case.save()
    step.case = case
    step.save(force_insert=True)
    return step


def refuse_future(on: datetime.date, today: datetime.date) -> None:
    if on > today:
        raise RuleBroken(f"日期 {on} 晚于今天，请核对。")


def check(row: models.Model) -> None:
    """The fields and constraints, in their own Chinese sentences."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error


def open_context(by: User | None, act: str, reason: str) -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
