"""The three reviews. The first two desks give an opinion; 民政 alone passes or refuses."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction

from subsidies.models import Application, ApplicationState, Outcome, StepKind
from subsidies.rules import SOURCE
from subsidies.services.applications.cases import CIVIL_REVIEW, FEDERATION_REVIEW, FIRST_REVIEW, decided_by, held, step
from subsidies.services.applications.judging import amount_granted, as_kept, judged_now
from subsidies.services.applications.limits import arrive, notify_by
from zalainuoer.common.acting import kept, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, Verdict
from zalainuoer.common.working_days import WorkingDays


@dataclass(frozen=True)
class Desk:
    """One of the three: whose permission it asks for, how its step is called, and where a case goes from it."""

    permission: str
    kind: StepKind
    onwards: ApplicationState


DESKS: dict[str, Desk] = {
    ApplicationState.FIRST_REVIEW: Desk(FIRST_REVIEW, StepKind.FIRST_REVIEW, ApplicationState.FEDERATION_REVIEW),
    ApplicationState.FEDERATION_REVIEW: Desk(
        FEDERATION_REVIEW, StepKind.FEDERATION_REVIEW, ApplicationState.CIVIL_REVIEW
    ),
    ApplicationState.CIVIL_REVIEW: Desk(CIVIL_REVIEW, StepKind.CIVIL_REVIEW, ApplicationState.PUBLICITY),
}


def application_review(
    *,
    application: Application,
    passed: bool,
    opinion: str,
    by: User,
    today: datetime.date,
    returned: bool = False,
    seen: str | None = None,
) -> Application:
    """Reviews a case at the desk where it lies.

    A desk before 民政 that does not agree gives its reasons, and the case goes on all the same: only 民政 may refuse
    (不予批准). `returned` sends it back for papers, once a desk; it comes back to the same desk.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="审核补贴申请", act="application_review")
        row = held(application, by=by, may=tuple(desk.permission for desk in DESKS.values()), seen=seen)
        if refusal := refusal_to_review(row, by):
            raise RuleBroken(refusal, source=SOURCE)
        desk, verdicts = DESKS[row.state], judged_now(row, today=today)
        if returned:
            outcome, opinion = Outcome.RETURNED, _return(row, desk, opinion, today=today)
        elif passed:
            outcome, opinion = Outcome.PASSED, text(opinion, what="意见") if opinion.strip() else ""
        else:
            outcome, opinion = Outcome.REFUSED, text(opinion, what="不同意的理由")
        due_on = row.due_on  # of this step: the next one's takes its place
        if outcome != Outcome.RETURNED:
            _move(row, desk, verdicts, opinion, passed=passed, today=today)
        step(row, desk.kind, outcome, by=by, today=today, opinion=opinion, verdicts=as_kept(verdicts), due_on=due_on)
        if returned:
            row.state, row.due_on = ApplicationState.SUPPLEMENT, None
        kept(row)
    return row


def refusal_to_review(application: Application, by: User) -> str:
    """Why somebody may not do the step at which an application lies; empty where they may."""
    desk = DESKS.get(application.state)
    if desk is None:
        return f"这份申请现在的状态是“{application.get_state_display()}”，没有待审核的环节。"
    if not by.has_perm(desk.permission):
        return f"“{desk.kind.label}”不由您的岗位办理。"
    if done := decided_by(application, by):
        return f"您已办理过这份申请的“{done.get_kind_display()}”。同一人不能办理两个审核环节，请由其他人办理。"
    if application.recorded_by_id == by.pk and application.state != ApplicationState.FIRST_REVIEW:
        return f"这份申请是您受理的，可以初审，不能再办理“{desk.kind.label}”。请由其他人办理。"
    return ""


def _return(row: Application, desk: Desk, opinion: str, *, today: datetime.date) -> str:
    """Back for papers: what is missing is said once, all of it."""
    opinion = text(opinion, what="需要补正的内容，一次说全")
    before = row.steps.filter(kind=desk.kind, outcome=Outcome.RETURNED)
    if row.state == ApplicationState.FIRST_REVIEW:  # 受理 and 初审 are one desk's work
        before = before | row.steps.filter(kind=StepKind.NOTICE)
    if before.exists():
        raise RuleBroken(
            "本环节已经一次性告知过需要补正的内容，不能再次要求补正。请按现有材料提出意见。", source=SOURCE
        )
    row.missing, row.noticed_on, row.resumes_at = opinion, today, row.state
    row.arrived_on = today
    return opinion


def _move(
    row: Application, desk: Desk, verdicts: list[Verdict], opinion: str, *, passed: bool, today: datetime.date
) -> None:
    if row.state != ApplicationState.CIVIL_REVIEW:
        arrive(row, desk.onwards, today=today)
    elif passed:
        row.amount_yuan = amount_granted(row, verdicts, today=today)
        _put_on_show(row, today=today)
    else:
        refuse(row, reason=opinion, today=today)


def _put_on_show(row: Application, *, today: datetime.date) -> None:
    calendar, parameters = WorkingDays.read(), Parameters(on=today)
    row.publicity_from = today if calendar.is_working(today) else calendar.after(today, 1)
    row.publicity_until = calendar.after(row.publicity_from, parameters["subsidy.publicity_days"])
    row.state, row.arrived_on, row.due_on = ApplicationState.PUBLICITY, today, None


def refuse(row: Application, *, reason: str, today: datetime.date) -> None:
    """不予批准, with the reason, to be told in writing."""
    row.state, row.arrived_on = ApplicationState.REFUSED, today
    row.reason, row.decided_on, row.due_on = reason, today, notify_by(today)
