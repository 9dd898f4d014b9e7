"""障碍反映: received, handed on, answered, rated (无障碍环境建设法 第六十二条)."""

from __future__ import annotations

import datetime

from django.db import transaction

from accessibility.models import BarrierCase, BarrierCaseState, Facility
from accessibility.services.places.common import RECORD, held, refuse_elsewhere
from zalainuoer.common.acting import changed_since, refuse_day, refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Division, Parameter, User
from zalainuoer.common.working_days import WorkingDays

UNANSWERED = (BarrierCaseState.OPEN, BarrierCaseState.TRANSFERRED)


def barrier_case_open(
    *,
    channel: str,
    source_number: str = "",
    received_on: datetime.date,
    topic: str,
    community: Division,
    place: str,
    facility: Facility | None = None,
    owner: User,
    by: User,
    today: datetime.date,
    due_on: datetime.date | None = None,
) -> BarrierCase:
    """Receives a report. `due_on` is what the hotline has set; None: by the parameter, 参数未维护 where it has no value."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="barrier_case_open", reason="登记障碍反映")
        refuse_day(received_on, what="收到日期", today=today)
        refuse_elsewhere(community, by=by)
        if not owner.is_active or not owner.has_perm(RECORD):
            raise RuleBroken(f"“{owner.name}”不能办理障碍反映，请另选承办人。")
        if owner.scope_ids is not None and community.pk not in owner.scope_ids:
            raise RuleBroken(f"所选社区不在“{owner.name}”的辖区内，请另选承办人。")
        if facility is not None and held(facility, by=by, what="这处设施").community_id != community.pk:
            raise RuleBroken(f"“{facility}”不在所选的社区，请核对社区或设施。")
        if due_on is None:
            due_on = _term(received_on)
        if due_on < received_on:
            raise RuleBroken(f"答复期限不能早于收到日期（{received_on}）。")
        row = BarrierCase(
            channel=channel, source_number=source_number.strip(), received_on=received_on, topic=topic.strip(),
            community=community, place=place.strip(), facility=facility, owner=owner, due_on=due_on,
        )  # fmt: skip
        refuse_invalid(row)
        row.save()
    return row


def _term(received_on: datetime.date) -> datetime.date:
    """The day to answer by, from the parameter and the working calendar."""
    try:
        days = int(Parameter.objects.value("barrier_case.reply_working_days", on=received_on))
        return WorkingDays.read().after(received_on, days)
    except ParameterMissing as missing:
        missing.message += "热线已给出期限的，直接填写“答复期限”。"
        raise


def barrier_case_transfer(
    *, case: BarrierCase, to: str, transferred_on: datetime.date, by: User, today: datetime.date, seen: str
) -> BarrierCase:
    """Hands a report on to whoever is competent; the term to answer stays."""
    with transaction.atomic(), data_lock():
        row = _held(case, (BarrierCaseState.OPEN,), "barrier_case_transfer", to, by=by, seen=seen)
        refuse_day(transferred_on, what="转办日期", today=today, since=row.received_on, since_what="收到日期")
        row.state, row.transferred_to, row.transferred_on = BarrierCaseState.TRANSFERRED, to.strip(), transferred_on
        refuse_invalid(row)
        row.save()
    return row


def barrier_case_reply(
    *, case: BarrierCase, reply: str, replied_on: datetime.date, by: User, today: datetime.date, seen: str
) -> BarrierCase:
    """Answers whoever reported."""
    with transaction.atomic(), data_lock():
        row = _held(case, UNANSWERED, "barrier_case_reply", "答复", by=by, seen=seen)
        since, what = (row.transferred_on, "转办日期") if row.transferred_on else (row.received_on, "收到日期")
        refuse_day(replied_on, what="答复日期", today=today, since=since, since_what=what)
        row.state, row.reply, row.replied_on = BarrierCaseState.REPLIED, reply.strip(), replied_on
        refuse_invalid(row)
        row.save()
    return row


def barrier_case_rate(*, case: BarrierCase, satisfaction: int, by: User, seen: str) -> BarrierCase:
    """Keeps how satisfied whoever reported is with the answer, 1 to 5."""
    with transaction.atomic(), data_lock():
        row = _held(case, (BarrierCaseState.REPLIED,), "barrier_case_rate", "满意度", by=by, seen=seen)
        row.satisfaction = satisfaction
        refuse_invalid(row)
        row.save()
    return row


def barrier_case_withdraw(*, case: BarrierCase, reason: str, by: User, seen: str) -> BarrierCase:
    """Ends a report that was entered by mistake or twice."""
    with transaction.atomic(), data_lock():
        row = _held(case, UNANSWERED, "barrier_case_withdraw", reason, by=by, seen=seen)
        row.state, row.withdrawn_reason = BarrierCaseState.WITHDRAWN, reason.strip()
        refuse_invalid(row)
        row.save()
    return row


def _held(
    case: BarrierCase, states: tuple[BarrierCaseState, ...], act: str, reason: str, *, by: User, seen: str
) -> BarrierCase:
    """The report as it stands now, held; `seen` is the state that the page showed."""
    refuse_others(by, RECORD)
    open_history_context(user=by.username, act=act, reason=reason)
    row = held(case, by=by, what="这件反映")
    if row.state != seen:
        raise RuleBroken(changed_since("这件反映"))
    if row.state not in states:
        raise RuleBroken(f"这件反映现在的状态是“{row.get_state_display()}”，不能办理这一步。")
    return row
