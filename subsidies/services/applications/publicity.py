"""公示: objections, and what becomes of a case once its days are over."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from subsidies.models import (
    Application,
    ApplicationState,
    ApplicationStep,
    Grant,
    Objection,
    ObjectionState,
    Origin,
    Outcome,
    StepKind,
)
from subsidies.services.applications.cases import ACCEPT, CIVIL_REVIEW, decided_by, held, step
from subsidies.services.applications.limits import notify_by
from subsidies.services.applications.reviewing import refuse
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import month_of

JUDGEMENT = 400  # characters: it goes into the reason of a refusal, behind some words


def objection_record(
    *,
    application: Application,
    content: str,
    received_on: datetime.date,
    by: User,
    today: datetime.date,
    said_by: str | None = None,
) -> Objection:
    """Notes an objection to a case on show: it is not granted while one is open."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="登记公示异议", act="objection_record")
        row = held(application, by=by, may=(ACCEPT, CIVIL_REVIEW))
        if row.state != ApplicationState.PUBLICITY or row.publicity_from is None:
            raise RuleBroken(f"这份申请现在的状态是“{row.get_state_display()}”，不在公示中，不能登记异议。")
        refuse_day(received_on, what="收到日期", today=today)
        if received_on < row.publicity_from:
            raise RuleBroken(f"收到日期早于公示开始的日期（{row.publicity_from}），请核对。")
        objection = Objection(
            application=row,
            received_on=received_on,
            said_by=said_by or None,
            content=text(content, what="异议内容"),
            recorded_by=by,
        )
        kept(objection)
    return objection


def objection_resolve(*, objection: Objection, upheld: bool, opinion: str, by: User, today: datetime.date) -> Objection:
    """Judges an objection, by somebody of 民政 who has decided no step of the case: upheld, the case is refused."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="处理公示异议", act="objection_resolve")
        row = held(objection.application, by=by, may=(CIVIL_REVIEW,))
        found = Objection.objects.select_for_update().get(pk=objection.pk)
        if found.state != ObjectionState.OPEN:
            raise RuleBroken(f"这项异议已经处理，结果是“{found.get_state_display()}”。")
        if refusal := refusal_to_judge(row, by):
            raise RuleBroken(refusal)
        done = decided_by(row, by)
        found.opinion, found.resolved_on = text(opinion, what="处理意见", longest=JUDGEMENT), today
        found.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
        kept(found)
        # A second objection judged by the same person is the same step done again, no second decision.
        outcome = (Outcome.REFUSED if upheld else Outcome.PASSED) if done is None else Outcome.DONE
        said = f"{ObjectionState(found.state).label}：{found.opinion}"
        step(row, StepKind.OBJECTION, outcome, by=by, today=today, opinion=said)
        if upheld and row.state == ApplicationState.PUBLICITY:
            refuse(row, reason=f"公示期间收到的异议经核实成立：{found.opinion}", today=today)
            kept(row)
    return found


def refusal_to_judge(application: Application, by: User) -> str:
    """Why somebody may not judge the objections to a case; empty where they may."""
    if not by.has_perm(CIVIL_REVIEW):
        return "公示异议由区民政局工作人员处理。"
    done = decided_by(application, by)
    if (done is not None and done.kind != StepKind.OBJECTION) or application.recorded_by_id == by.pk:
        return "这份申请是您受理或审核过的，异议请由其他人处理。"
    return ""


def publicity_close(*, today: datetime.date, by: User | None = None) -> int:
    """Grants all whose 公示 ended before today without an open objection; returns how many. 民政 has decided before.

    The statements do not grow with the cases. Done twice, it does nothing the second time.
    """
    if by is not None and not by.has_perm(CIVIL_REVIEW):
        raise RuleBroken("您的账号没有办理这一环节的权限。")
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username if by else "system", reason="公示期满", act="publicity_close")
        # Also where one was upheld: such a case has been refused, and is not granted by a slip.
        objected = Objection.objects.filter(application=OuterRef("pk")).exclude(state=ObjectionState.DISMISSED)
        over = Application.objects.filter(
            ~Exists(objected), state=ApplicationState.PUBLICITY, publicity_until__lt=today
        )
        rows = list((over if by is None else over.visible_to(by)).select_for_update(of=("self",)).order_by("pk"))
        if not rows:
            return 0
        decisions = ApplicationStep.objects.filter(
            application__in=rows, kind=StepKind.CIVIL_REVIEW, outcome=Outcome.PASSED
        )
        deciders = dict(decisions.values_list("application", "done_by"))
        Grant.objects.bulk_create(
            (
                Grant(
                    person_id=row.person_id,
                    subsidy=row.subsidy,
                    first_month=month_of(row.applied_on),
                    origin=Origin.APPLICATION,
                    application=row,
                    granted_on=today,
                    granted_by_id=deciders.get(row.pk),
                )
                for row in rows
            ),
            ignore_conflicts=True,  # granted from that very month already: once is enough
        )
        ApplicationStep.objects.bulk_create(
            ApplicationStep(
                application=row, kind=StepKind.PUBLICITY_OVER, outcome=Outcome.DONE, done_on=today, done_by=by
            )
            for row in rows
        )
        Application.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=ApplicationState.GRANTED, arrived_on=today, decided_on=today, due_on=notify_by(today)
        )
    return len(rows)
