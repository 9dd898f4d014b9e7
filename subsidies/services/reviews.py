"""年度复核: confirmed, found to meet the conditions no more, or missed; what a missed one suspends and a later one resumes.

T10 suspends and does not end the right (国发〔2015〕52号: 动态管理): a confirmation ends it by itself, from its month on. The
months left out in between are paid only by a decision of 民政 (services/stops.py, `resumption_decide`).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from registry.models import Person
from subsidies.ledger import balances
from subsidies.models import Review, ReviewResult, Stop, StopCode, Subsidy
from subsidies.reviewing import CONFIRMED, WAITING, Recipient, Window, recipients, window_of
from subsidies.services.stops import RECORD_STOPS
from zalainuoer.common.acting import refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import month_of

CONFIRM = "subsidies.confirm_reviews"
NOTE = 200
MISSED = "{year}年度复核到期没有参加"
IN_TIME = "{on}已经复核，不应暂停"
NOBODY = "请先在列表中勾选要登记复核的人。"


def reviews_confirm(
    *,
    people: Collection[int],
    year: int,
    method: str,
    reviewed_on: datetime.date,
    by: User,
    today: datetime.date,
    note: str = "",
) -> int:
    """Records that recipients still meet the conditions; returns how many. A suspension for want of it ends with it.

    Raises RuleBroken, and writes nothing, where one of them is outside the area, not due, or confirmed already. The
    statements do not grow with the people.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="年度复核", act="reviews_confirm")
        window = _window(year, reviewed_on, by=by, today=today)
        wanted = set(people)
        if not wanted:
            raise RuleBroken(NOBODY)
        found = _due(wanted, window, by=by, today=today)
        done = [pk for pk in wanted if found[pk].state == CONFIRMED]
        if done:
            raise RuleBroken(
                f"所选的 {len(wanted)} 人中有 {len(done)} 人本年度已经复核，没有作任何改动。请刷新列表后重新选择。"
            )
        rows = [
            Review(
                person_id=pk,
                year=year,
                result=ReviewResult.CONFIRMED,
                method=method,
                reviewed_on=reviewed_on,
                note=note.strip()[:NOTE],
                recorded_by=by,
            )
            for pk in sorted(wanted)
        ]
        _keep(rows)
        _resume(wanted, reviewed_on)
    return len(wanted)


def review_fail(
    *, person: Person, year: int, method: str, reviewed_on: datetime.date, reason: str, by: User, today: datetime.date
) -> Review:
    """Records that somebody was found to meet the conditions no more: T10 from the month after the review on."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="年度复核", act="review_fail")
        window = _window(year, reviewed_on, by=by, today=today)
        found = _due({person.pk}, window, by=by, today=today)[person.pk]
        reason = text(reason, what="不再符合的原因")[:NOTE]
        row = Review(
            person=person,
            year=year,
            result=ReviewResult.FAILED,
            method=method,
            reviewed_on=reviewed_on,
            note=reason,
            recorded_by=by,
        )
        _keep([row])
        _suspend([found], on=reviewed_on, reason=f"{year}年度复核：{reason}"[:NOTE], by=by)
    return Review.objects.get(person=person, year=year)


@dataclass(frozen=True)
class Missed:
    """Who would be suspended, and what they have been paid for months that would then be left out."""

    recipients: list[Recipient]
    people_paid: int
    yuan_paid: Decimal


def missed(window: Window, *, on: datetime.date, by: User, today: datetime.date) -> Missed:
    """Whoever has not been reviewed and is not suspended yet; `on` is the day from whose next month they would be."""
    due = [one for one in recipients(window, today=today, by=by).values() if _is_missed(one)]
    paid: set[int] = set()
    total = Decimal(0)
    for subsidy in Subsidy:
        people = [one.person for one in due if subsidy in one.subsidies and subsidy not in one.suspended]
        if not people:
            continue
        for (person, month), balance in balances(subsidy, until=month_of(today), people=people).items():
            if month > month_of(on) and balance.net > 0:
                paid.add(person)
                total += balance.net
    return Missed(due, len(paid), total)


def reviews_suspend(
    *, year: int, effective_on: datetime.date, by: User, today: datetime.date, seen: int | None = None
) -> int:
    """Suspends all in the reader's area who have missed the year's review; returns how many people.

    Only after its last day, by the federation or 民政. `seen` is how many the page named: others are not suspended by an
    old page. The statements do not grow with the people.
    """
    with transaction.atomic(), data_lock():
        if not by.has_perm(RECORD_STOPS):
            raise RuleBroken("到期未复核的，由区残联或区民政局登记暂停，您的账号没有这项权限。")
        open_history_context(user=by.username, reason=f"{year}年度复核到期", act="reviews_suspend")
        window = window_of(year)
        if today <= window.last:
            raise RuleBroken(f"{year}年度复核到 {window.last} 截止，还没有到期，不能登记暂停。")
        refuse_day(effective_on, what="暂停的起算日期", today=today)
        if effective_on < window.last:
            raise RuleBroken(f"暂停的起算日期不能早于复核的截止日期（{window.last}）。")
        due = [one for one in recipients(window, today=today, by=by).values() if _is_missed(one)]
        if seen is not None and seen != len(due):
            raise RuleBroken(f"您打开页面之后又有人复核：现在是 {len(due)} 人，没有办理。请刷新页面，核对后再办。")
        if not due:
            raise RuleBroken("没有到期未复核的人，不用登记暂停。")
        _suspend(due, on=effective_on, reason=MISSED.format(year=year), by=by)
    return len(due)


def _is_missed(one: Recipient) -> bool:
    return one.state == WAITING and set(one.subsidies) != set(one.suspended)


def _window(year: int, reviewed_on: datetime.date, *, by: User, today: datetime.date) -> Window:
    if not by.has_perm(CONFIRM):
        raise RuleBroken("您的账号没有登记年度复核的权限。")
    window = window_of(year)
    refuse_day(reviewed_on, what="复核日期", today=today)
    if reviewed_on < window.first:
        raise RuleBroken(f"{year}年度复核从 {window.first} 开始，复核日期不能早于这一天。")
    return window


def _due(wanted: set[int], window: Window, *, by: User, today: datetime.date) -> dict[int, Recipient]:
    found = recipients(window, today=today, by=by)
    if strangers := len(wanted - set(found)):
        raise RuleBroken(
            f"所选的 {len(wanted)} 人中有 {strangers} 人不在您的辖区内，或者本年度不用复核，没有作任何改动。请刷新列表后重新选择。"
        )
    return found


def _keep(rows: list[Review]) -> None:
    """A review that had failed before is followed by the new one of the same year."""
    Review.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "year"],
        update_fields=["result", "method", "reviewed_on", "note", "recorded_by"],
    )


def _resume(people: Collection[int], on: datetime.date) -> None:
    """Ends the suspensions that wait for a review; one whose day is not before the review should never have been."""
    waiting = Stop.objects.standing().filter(person__in=people, code=StopCode.REVIEW, until_on__isnull=True)
    waiting.filter(effective_on__gte=on).update(withdrawn_at=Now(), withdrawn_reason=IN_TIME.format(on=on))
    waiting.filter(effective_on__lt=on).update(until_on=on)


def _suspend(found: Iterable[Recipient], *, on: datetime.date, reason: str, by: User) -> None:
    Stop.objects.bulk_create(
        Stop(
            person_id=one.person, subsidy=subsidy, code=StopCode.REVIEW, effective_on=on, reason=reason, recorded_by=by
        )
        for one in found
        for subsidy in one.subsidies
        if subsidy not in one.suspended
    )
