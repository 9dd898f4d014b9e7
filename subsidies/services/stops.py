"""停发 that no register tells (T2, T8, T9, T11), its withdrawal and its end; and 恢复补发 of suspended months.

T1 and T3 to T7 follow from the register by themselves, T10 from the yearly review (services/reviews.py). A stop acts from
the month after its day (国发〔2015〕52号; 次月起停发); what has been paid for later months, the next run takes back.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from registry.models import Person
from subsidies.models import Resumption, Stop, StopCode, Subsidy, Suspension
from subsidies.months import due_months
from subsidies.outlook import Change, outlook_of
from subsidies.rules import SUSPENDING, decide
from subsidies.services.applications.cases import CIVIL_REVIEW
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day, month_of, months_between, next_month
from zalainuoer.common.rules import Parameters

RECORD_STOPS = "subsidies.record_stops"
# What is recorded by hand, and the paper each rests on.
PAPERS: dict[str, str] = {
    StopCode.MISSING: "宣告失踪的判决书文号",
    StopCode.PRISON: "判决书或服刑证明的文号",
    StopCode.FALSE_PAPERS: "认定材料虚假的文书或调查记录",
    StopCode.WAIVER: "本人或监护人签字的书面声明及日期",
}
BY_ITSELF = "由台账自动得出：改了台账，补贴自动停发，不用登记。"
REAPPLY = "原来的享受已经终止，恢复享受须重新申请，从申请当月起发放。"


def stop_record(
    *,
    person: Person,
    subsidy: str,
    code: str,
    effective_on: datetime.date,
    reason: str,
    document: str,
    by: User,
    today: datetime.date,
) -> Stop:
    """Records that a person's subsidy stops: T2, T8, T9 or T11, from the month after `effective_on` on.

    Raises RuleBroken for other codes, a day to come, a missing paper, or a stop that stands already.
    """
    with transaction.atomic(), data_lock():
        _refuse_others(person, by)
        open_history_context(user=by.username, reason=reason, act="stop_record")
        return _record(person, subsidy, code, effective_on, reason, document, by, today)


def _record(
    person: Person,
    subsidy: str,
    code: str,
    effective_on: datetime.date,
    reason: str,
    document: str,
    by: User,
    today: datetime.date,
) -> Stop:
    if code not in PAPERS:
        known = StopCode(code).label if code in StopCode.values else code
        said = "在“年度复核”页登记。" if code == StopCode.REVIEW else BY_ITSELF
        raise RuleBroken(f"“{known}”{said}")
    refuse_day(effective_on, what="发生日期", today=today)
    paper = text(document, what=f"依据（{PAPERS[code]}）")
    running = Q(until_on__isnull=True) | Q(until_on__gt=effective_on)
    same = Stop.objects.standing().filter(running, person=person, subsidy=subsidy, code=code)
    if (there := same.first()) is not None:
        raise RuleBroken(
            f"{there.get_subsidy_display()}已有“{there.get_code_display()}”停发登记（{there.effective_on}起），"
            "不用重复登记。日期有误的，请先撤销那一条。"
        )
    stop = Stop(
        person=person,
        subsidy=subsidy,
        code=code,
        effective_on=effective_on,
        reason=text(reason, what="原因"),
        document=paper,
        recorded_by=by,
    )
    kept(stop)
    return stop


def stop_preview(
    *,
    person: Person,
    subsidy: str,
    code: str,
    effective_on: datetime.date,
    reason: str,
    document: str,
    by: User,
    today: datetime.date,
) -> Change:
    """What `stop_record` of the same values would come to: the last month payable, months and sum to come back."""
    _refuse_others(person, by)
    return outlook_of(
        lambda: _record(person, subsidy, code, effective_on, reason, document, by, today), person, subsidy, today=today
    )


def stop_withdraw(*, stop: Stop, reason: str, by: User) -> Stop:
    """Takes back a stop that should never have been: its months are paid again by the next run."""
    with transaction.atomic(), data_lock():
        row = _held(stop, by)
        open_history_context(user=by.username, reason=reason, act="stop_withdraw")
        row.withdrawn_reason = text(reason, what="撤销的原因")
        row.withdrawn_at = Now()
        kept_now(row)
    return row


def stop_end(*, stop: Stop, until_on: datetime.date, reason: str, by: User, today: datetime.date) -> Stop:
    """Notes the day from which a stop's ground is gone (刑满释放, 撤销失踪宣告): from then on the person may apply anew.

    Nothing is paid by that alone: a stop but T10 has ended the right.
    """
    with transaction.atomic(), data_lock():
        row = _held(stop, by)
        if row.code == StopCode.REVIEW:
            raise RuleBroken("未参加或未通过复核的暂停，补上复核就自动结束，请在“年度复核”页登记复核。")
        if row.until_on is not None:
            raise RuleBroken(f"这条停发登记已于 {row.until_on} 终止。")
        refuse_day(until_on, what="终止日期", today=today)
        open_history_context(user=by.username, reason=text(reason, what="终止的原因"), act="stop_end")
        row.until_on = until_on
        kept(row)
    return row


def _refuse_others(person: Person, by: User) -> None:
    if not by.has_perm(RECORD_STOPS):
        raise RuleBroken("您的账号没有登记停发的权限。")
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise RuleBroken("此人不在您的辖区内。")


def _held(stop: Stop, by: User) -> Stop:
    """The stop as it stands now, held until the transaction ends."""
    row = Stop.objects.select_for_update().get(pk=stop.pk)
    _refuse_others(row.person, by)
    if row.withdrawn_at is not None:
        raise RuleBroken("这条停发登记已经撤销。")
    return row


def kept_now(row: Stop) -> None:
    """Writes a stop withdrawn at this moment, and reads the moment back."""
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    row.refresh_from_db(fields=["withdrawn_at"])


# what was suspended, and is put back


@dataclass(frozen=True)
class SuspendedMonth:
    """A month that was left out while the right went on, and why."""

    month: datetime.date
    cause: Suspension
    sentence: str


def suspended_months(person: Person, subsidy: str, *, today: datetime.date) -> list[SuspendedMonth]:
    """The months up to this one that are suspended and not put back, oldest first."""
    outcomes = due_months(subsidy, until=month_of(today), people={person.pk})
    months = [one.month for one in outcomes if person.pk in one.suspended]
    return [SuspendedMonth(month, *_cause(person, subsidy, last_day(month))) for month in months]


def still_suspended(person: Person, subsidy: str, *, today: datetime.date) -> str:
    """The sentence of what suspends payment today; empty where nothing does."""
    return _cause(person, subsidy, today)[1]


def _cause(person: Person, subsidy: str, on: datetime.date) -> tuple[Suspension, str]:
    rule = decide(subsidy, on=on, month=month_of(on), parameters=Parameters(on=on))
    failed = [v.clause for v in rule.explain(person) if not v.holds and v.clause.code in SUSPENDING]
    is_review = any(clause.code == StopCode.REVIEW for clause in failed)
    sentence = "；".join(clause.reason for clause in failed)
    return (Suspension.REVIEW if is_review else Suspension.FROZEN), sentence


def resumption_decide(
    *,
    person: Person,
    subsidy: str,
    first_month: datetime.date,
    last_month: datetime.date,
    reason: str,
    by: User,
    today: datetime.date,
) -> Resumption:
    """Decides that suspended months are paid after all; 民政 only. The next run pays them.

    Raises RuleBroken while the suspension lasts, and for months that were not suspended, would not be due otherwise,
    or have been put back already.
    """
    with transaction.atomic(), data_lock():
        if not by.has_perm(CIVIL_REVIEW):
            raise RuleBroken("恢复补发由民政局决定，您的账号没有这项权限。")
        if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
            raise RuleBroken("此人不在您的辖区内。")
        open_history_context(user=by.username, reason=reason, act="resumption_decide")
        first_month, last_month = month_of(first_month), month_of(last_month)
        if last_month < first_month:
            raise RuleBroken("补发截止月份不能早于起始月份。")
        if last_month > month_of(today):
            raise RuleBroken(f"最多补发到本月（{_words(month_of(today))}）。")
        _refuse_doubles(person, subsidy, first_month, last_month)
        cause = _suspended_between(person, subsidy, first_month, last_month, today)
        row = Resumption(
            person=person,
            subsidy=subsidy,
            cause=cause,
            first_month=first_month,
            last_month=last_month,
            reason=text(reason, what="理由"),
            decided_on=today,
            decided_by=by,
        )
        kept(row)
    return row


def _refuse_doubles(person: Person, subsidy: str, first: datetime.date, last: datetime.date) -> None:
    there = Resumption.objects.filter(person=person, subsidy=subsidy, first_month__lte=last, last_month__gte=first)
    if (row := there.order_by("first_month").first()) is not None:
        raise RuleBroken(
            f"{_words(row.first_month)}至{_words(row.last_month)}的{Subsidy(subsidy).label}已于 {row.decided_on} 决定补发，"
            "请不要重复决定，只选还没有决定的月份。"
        )


def _suspended_between(
    person: Person, subsidy: str, first: datetime.date, last: datetime.date, today: datetime.date
) -> Suspension:
    """Why the months were suspended; refuses where one was not, or where the suspension goes on."""
    found = {each.month: each for each in suspended_months(person, subsidy, today=today)}
    wrong = [month for month in months_between(first, last) if month not in found]
    if wrong:
        named = "、".join(map(_words, wrong[:6])) + ("等" if len(wrong) > 6 else "")
        raise RuleBroken(
            f"{named}不能补发：这些月份不是因冻结或未参加复核而暂停的月份，或者本来就不应当享受。"
            "请在“逐月核对”中查看原因，只选暂停的月份。"
        )
    if sentence := still_suspended(person, subsidy, today=today):
        raise RuleBroken(f"暂停还没有结束（{sentence}）。请先补上复核或办理解冻，再决定补发。")
    return found[first].cause


def groups_of(months: list[SuspendedMonth]) -> list[tuple[datetime.date, datetime.date, list[SuspendedMonth]]]:
    """Runs of months without a gap: (first, last, the months)."""
    runs: list[list[SuspendedMonth]] = []
    for each in months:
        if runs and each.month == next_month(runs[-1][-1].month):
            runs[-1].append(each)
        else:
            runs.append([each])
    return [(run[0].month, run[-1].month, run) for run in runs]


def _words(month: datetime.date) -> str:
    return f"{month.year}年{month.month}月"
