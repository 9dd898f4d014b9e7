"""Withdrawn by the applicant; told the applicant."""

from __future__ import annotations

import datetime

from django.db import transaction

from subsidies.models import Application, ApplicationState, Outcome, StepKind
from subsidies.services.applications.cases import ACCEPT, CIVIL_REVIEW, held, step
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

TOLD = (ApplicationState.GRANTED, ApplicationState.REFUSED)


def application_withdraw(
    *, application: Application, reason: str, by: User, today: datetime.date, seen: str | None = None
) -> Application:
    """Takes an application back at the applicant's request, wherever it lies."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="撤回补贴申请", act="application_withdraw")
        row = held(application, by=by, may=(ACCEPT,), seen=seen)
        if row.is_ended:
            raise RuleBroken(f"这份申请现在的状态是“{row.get_state_display()}”，不能撤回。")
        row.reason = text(reason, what="撤回的原因")
        row.state, row.arrived_on, row.due_on, row.decided_on = ApplicationState.WITHDRAWN, today, None, today
        kept(row)
        step(row, StepKind.WITHDRAW, Outcome.DONE, by=by, today=today, opinion=row.reason)
    return row


def application_notified(*, application: Application, on: datetime.date, by: User, today: datetime.date) -> Application:
    """Notes the day on which the applicant was told."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="告知结果", act="application_notified")
        row = held(application, by=by, may=(ACCEPT, CIVIL_REVIEW))
        if row.state not in TOLD or row.decided_on is None:
            raise RuleBroken(f"这份申请现在的状态是“{row.get_state_display()}”，还没有结果可以告知。")
        if row.notified_on is not None:
            raise RuleBroken(f"已于 {row.notified_on} 告知申请人。")
        refuse_day(on, what="告知日期", today=today)
        if on < row.decided_on:
            raise RuleBroken(f"告知日期早于决定日期（{row.decided_on}），请核对。")
        row.notified_on = on
        kept(row)
    return row
