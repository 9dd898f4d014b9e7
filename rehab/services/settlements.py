"""康复训练结算: an institution's month is put together, checked child by child, settled, and paid.

What refuses a child's month stands in `findings_of`; the same sentences are shown while the sheet is being prepared.
Everything of it is decided under the one data lock, and the database keeps the rest: within the cap
(child_application_within_cap), one institution a month (training_month_one_institution), and another pair of eyes
(training_month_second_pair_of_eyes).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, DecimalField, F, Max, Q, Value, When

from rehab.child_rules import Standing
from rehab.models import (
    GRANTED,
    ChildApplication,
    ChildApplicationState,
    ChildCase,
    ChildPlacement,
    ChildSettlement,
    Institution,
    MonthState,
    RehabService,
    ServiceKind,
    SettlementState,
    TrainingMonth,
)
from rehab.services.acting import changed_since, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.identity import age_on, masked_name
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Parameter, User

SETTLE = "rehab.settle_rehab"
ZERO = Decimal("0.00")
FOREIGN = "结算表中有您辖区以外的儿童，请由能看到全部儿童的账号办理。"


def settlement_open(
    *, institution: Institution, month: datetime.date, by: User | None, today: datetime.date
) -> ChildSettlement:
    """A new sheet with a line for every child placed there in the month whose month is not settled yet.

    A further one of the month is for those who came late (补报). Raises RuleBroken where one is being prepared.
    """
    refuse_others(by, SETTLE)
    month = month.replace(day=1)
    if month > today:
        raise RuleBroken(f"{month:%Y-%m} 还没有到，不能编制结算表。")
    with transaction.atomic(), data_lock():
        sheets = ChildSettlement.objects.filter(institution=institution, month=month)
        if sheets.filter(state=SettlementState.DRAFT).exists():
            raise RuleBroken("这家机构这个月的结算表正在编制，请打开它继续。")
        children = _placed(institution, month, by=by)
        if not children:
            raise RuleBroken(f"{month:%Y-%m} 没有在这家机构训练、还没有结算的儿童。")
        open_history_context(user=by.username if by else "system", act="settlement_open")
        settlement = ChildSettlement.objects.create(
            institution=institution,
            month=month,
            number=(sheets.aggregate(last=Max("number"))["last"] or 0) + 1,
            prepared_on=today,
            prepared_by=by,
        )
        grants = _grants(children, month.year)
        TrainingMonth.objects.bulk_create(
            TrainingMonth(settlement=settlement, person_id=child, application=grants.get(child), month=month)
            for child in children
        )
    return settlement


def _placed(institution: Institution, month: datetime.date, *, by: User | None) -> list[int]:
    """The children placed at an institution on a day of a month, less those settled already: primary keys."""
    placements = ChildPlacement.objects if by is None else ChildPlacement.objects.visible_to(by)
    there = placements.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=month), institution=institution, starts_on__lte=last_day(month)
    )
    settled = TrainingMonth.objects.filter(month=month, state=MonthState.APPROVED).values("person")
    cases = set(there.values_list("case", flat=True))
    keys = ChildCase.objects.filter(pk__in=cases).exclude(person__in=settled)
    return list(keys.order_by("person__pinyin", "person").values_list("person", flat=True).distinct())


def month_save(
    *,
    month: TrainingMonth,
    attended_days: int,
    first_on: datetime.date | None,
    last_on: datetime.date | None,
    requested_yuan: Decimal,
    by: User | None,
    today: datetime.date,
) -> TrainingMonth:
    """What the institution reports of one child's month."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = _pending(month, by)
        if attended_days and not (first_on and last_on):
            raise RuleBroken("有出勤的，请填写首次和末次训练日期。")
        if not attended_days and (first_on or last_on or requested_yuan):
            raise RuleBroken("没有出勤的，训练日期和申报金额应当空着。")
        if first_on and last_on:
            _refuse_days(row, attended_days, first_on, last_on, today)
        row.attended_days, row.first_on, row.last_on = attended_days, first_on, last_on
        row.requested_yuan = requested_yuan
        open_history_context(user=by.username if by else "system", act="month_save")
        try:
            row.full_clean()
        except ValidationError as error:
            raise RuleBroken("".join(error.messages)) from error
        row.save(update_fields=["attended_days", "first_on", "last_on", "requested_yuan"])
    return row


def _refuse_days(
    row: TrainingMonth, attended: int, first_on: datetime.date, last_on: datetime.date, today: datetime.date
) -> None:
    if not row.month <= first_on <= last_on <= last_day(row.month):
        raise RuleBroken(f"训练日期应在 {row.month:%Y-%m} 之内，末次不早于首次。")
    if last_on > today:
        raise RuleBroken(f"末次训练日期 {last_on} 晚于今天，请核对。")
    if attended > (days := (last_on - first_on).days + 1):
        raise RuleBroken(f"从 {first_on} 到 {last_on} 只有 {days} 天，出勤不能是 {attended} 天。")


def _pending(month: TrainingMonth, by: User | None) -> TrainingMonth:
    rows = TrainingMonth.objects if by is None else TrainingMonth.objects.visible_to(by)
    row: TrainingMonth | None = rows.select_for_update(of=("self",)).filter(pk=month.pk).first()
    if row is None or row.state != MonthState.PENDING:
        raise RuleBroken("这一行已经核定或不在了，不能再改。")
    return row


# what a month may be paid


@dataclass(frozen=True)
class Finding:
    """What speaks against paying a month at all, and how much may be paid of it."""

    refusals: tuple[str, ...]
    balance_yuan: Decimal | None  # of the year's grant before this month; None without a grant
    application: ChildApplication | None

    def payable(self, requested: Decimal) -> Decimal:
        """What is proposed: the request, at most the balance; nothing where something refuses."""
        return ZERO if self.refusals else min(requested, self.balance_yuan or ZERO)


def findings_of(settlement: ChildSettlement, months: Iterable[TrainingMonth], *, by: User | None) -> dict[int, Finding]:
    """For every line (by primary key) what refuses it, in a constant number of statements."""
    lines = list(months)
    grants = _grants([line.person_id for line in lines], settlement.month.year)
    standing = Standing(settlement.institution)
    others = _settled_elsewhere(settlement, lines)
    minimum = _minimum_days(last_day(settlement.month))
    ages = _maximum_ages(application.applied_on for application in grants.values())
    found = {}
    for line in lines:
        application = grants.get(line.person_id)
        refusals = [*_attendance(line, minimum)]
        if (other := others.get(line.person_id)) is not None:
            refusals.append(f"这个月已在“{other}”结算")
        if application is None:
            refusals.append(f"{settlement.month.year}年的救助没有批准")
        else:
            refusals += _of_grant(line, application, ages[application.applied_on], standing, by)
        balance = None if application is None else (application.cap_yuan or ZERO) - application.settled_yuan
        if balance is not None and balance <= 0:
            refusals.append("年度救助限额已用完，余额 0 元")
        found[line.pk] = Finding(tuple(refusals), balance, application)
    return found


def _attendance(line: TrainingMonth, minimum: int | None) -> Iterable[str]:
    if not line.attended_days:
        yield "没有出勤"
    elif minimum is not None and line.attended_days < minimum:
        yield f"出勤 {line.attended_days} 天，少于要求的 {minimum} 天"


def _of_grant(
    line: TrainingMonth, application: ChildApplication, maximum: int, standing: Standing, by: User | None
) -> Iterable[str]:
    if application.state == ChildApplicationState.CLOSED:
        yield f"{application.year}年的救助已结项"
    if age_on(application.person.born_on, application.applied_on) > maximum:
        yield f"申请当天（{application.applied_on}）已超过 {maximum} 周岁"
    refusal = standing.refusal(application.case.category, filter(None, (line.first_on, line.last_on)))
    if refusal:
        yield refusal
    if by is not None and application.decided_by_id == by.pk:
        yield "这名儿童的救助由您审核批准，请由另一人核定结算"


def _grants(people: Iterable[int], year: int) -> dict[int, ChildApplication]:
    """The year's approved applications, closed ones included, by person."""
    rows = ChildApplication.objects.filter(person__in=list(people), year=year, state__in=GRANTED)
    return {row.person_id: row for row in rows.select_related("person", "case")}


def _settled_elsewhere(settlement: ChildSettlement, lines: list[TrainingMonth]) -> dict[int, str]:
    rows = TrainingMonth.objects.filter(
        person__in=[line.person_id for line in lines], month=settlement.month, state=MonthState.APPROVED
    ).exclude(settlement=settlement)
    return dict(rows.values_list("person", "settlement__institution__name"))


def _minimum_days(on: datetime.date) -> int | None:
    try:
        return int(Parameter.objects.value("rehab.child_minimum_days", on=on))
    except ParameterMissing:  # not asked
        return None


def _maximum_ages(days: Iterable[datetime.date]) -> dict[datetime.date, int]:
    """The highest age of a grant on each day of application; the parameter's rows are read once."""
    rows = list(
        Parameter.objects.filter(key="rehab.child_grant_max_age")
        .order_by("effective_from")
        .values_list("effective_from", "value")
    )
    found = {}
    for on in set(days):
        values = [value for since, value in rows if since <= on]
        if not values or values[-1] is None:
            raise ParameterMissing("儿童康复救助的最大年龄（周岁）", on)
        found[on] = int(values[-1])
    return found


# settled


@dataclass(frozen=True)
class Decision:
    """What is decided of one line: nothing approved is a refusal, and less than requested needs its reason."""

    approved_yuan: Decimal
    reason: str = ""


def settlement_settle(
    *,
    settlement: ChildSettlement,
    decisions: Mapping[int, Decision],
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> ChildSettlement:
    """核定: decides every line of a sheet at once, or none. `seen` is `version_of` as the page showed it."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = _draft(settlement, seen=seen)
        lines = list(row.months.select_related("person").order_by("person__pinyin", "pk"))
        if (
            by.scope_ids is not None
            and row.months.count() != TrainingMonth.objects.visible_to(by).filter(settlement=row).count()
        ):
            raise RuleBroken(FOREIGN)
        if set(decisions) != {line.pk for line in lines}:
            raise RuleBroken(changed_since("这份结算表"))
        if any(decision.approved_yuan for decision in decisions.values()) and not row.institution.account_number:
            raise RuleBroken(f"“{row.institution}”没有登记收款账户，请先在机构页面登记。")
        open_history_context(user=by.username, act="settlement_settle")
        found = findings_of(row, lines, by=by)
        for place, line in enumerate(lines, 1):
            _decide(place, line, decisions[line.pk], found[line.pk], by)
        _pay_out(lines)
        row.state, row.settled_on, row.settled_by = SettlementState.SETTLED, today, by
        row.save(update_fields=["state", "settled_on", "settled_by"])
        _serve(row, lines)
    return row


def _decide(place: int, line: TrainingMonth, decision: Decision, found: Finding, by: User) -> None:
    who = f"第 {place} 行（{masked_name(line.person.name)}）"
    amount, reason = decision.approved_yuan, decision.reason.strip()
    if amount < 0 or amount > line.requested_yuan:
        raise RuleBroken(f"{who}：核定金额应在 0 与申报的 {line.requested_yuan} 元之间。")
    if amount and found.refusals:
        raise RuleBroken(f"{who}不能结算：{'；'.join(found.refusals)}。请把核定金额改为 0，并写明理由。")
    if found.balance_yuan is not None and amount > found.balance_yuan:
        raise RuleBroken(
            f"{who}：核定 {amount} 元超过年度救助限额，余额 {found.balance_yuan} 元。请核减到余额以内，并写明理由。"
        )
    if (amount < line.requested_yuan or not amount) and not reason:
        raise RuleBroken(f"{who}：核减或不予结算的，请写明理由。")
    line.approved_yuan, line.settled_by = amount, by
    line.reason = reason if amount < line.requested_yuan or not amount else ""
    line.state = MonthState.APPROVED if amount else MonthState.REJECTED
    line.application = found.application
    line.granted_by_id = found.application.decided_by_id if found.application else None
    line.balance_yuan = None if found.balance_yuan is None else found.balance_yuan - amount


def _pay_out(lines: list[TrainingMonth]) -> None:
    """Writes the lines and what they take of each year's grant: the constraints have the last word."""
    paid = {line.application_id: line.approved_yuan for line in lines if line.approved_yuan and line.application_id}
    if paid:
        more = Case(*(When(pk=key, then=Value(yuan)) for key, yuan in paid.items()), output_field=DecimalField())
        ChildApplication.objects.filter(pk__in=paid).update(settled_yuan=F("settled_yuan") + more)
    columns = ["approved_yuan", "settled_by", "reason", "state", "application", "granted_by", "balance_yuan"]
    TrainingMonth.objects.bulk_update(lines, columns)


def _serve(settlement: ChildSettlement, lines: list[TrainingMonth]) -> None:
    """Each settled month is a service of its last attended day, so that indicator 9 sees it."""
    RehabService.objects.bulk_create(
        [
            RehabService(
                person=line.person,
                served_on=line.last_on,
                kind=ServiceKind.TRAINING,
                provider=settlement.institution.name,
            )
            for line in lines
            if line.state == MonthState.APPROVED and line.last_on
        ],
        ignore_conflicts=True,
    )


def settlement_pay(
    *,
    settlement: ChildSettlement,
    paid_on: datetime.date,
    document: str,
    by: User | None,
    today: datetime.date,
) -> ChildSettlement:
    """拨付登记: the day and the voucher of what the finance office has paid to the institution."""
    refuse_others(by, SETTLE)
    if paid_on > today:
        raise RuleBroken(f"拨付日期 {paid_on} 晚于今天，请核对。")
    with transaction.atomic(), data_lock():
        row = ChildSettlement.objects.select_for_update().get(pk=settlement.pk)
        if row.state != SettlementState.SETTLED:
            raise RuleBroken(f"结算表现在的状态是“{row.get_state_display()}”，不能登记拨付。")
        if row.settled_on and paid_on < row.settled_on:
            raise RuleBroken(f"拨付日期不能早于核定日期 {row.settled_on}。")
        row.state, row.paid_on, row.paid_document = SettlementState.PAID, paid_on, document.strip()
        if not row.paid_document:
            raise RuleBroken("请填写拨付凭证。")
        open_history_context(user=by.username if by else "system", act="settlement_pay")
        row.save(update_fields=["state", "paid_on", "paid_document"])
    return row


def settlement_drop(*, settlement: ChildSettlement, by: User | None) -> None:
    """Throws a draft away with its lines."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = _draft(settlement, seen=None)
        if (
            by is not None
            and by.scope_ids is not None
            and row.months.exclude(person__community__in=by.scope_ids).exists()
        ):
            raise RuleBroken(FOREIGN)
        open_history_context(user=by.username if by else "system", act="settlement_drop")
        row.delete()


def version_of(settlement: ChildSettlement) -> int:
    """Grows with every change of a sheet's lines."""
    events: Any = TrainingMonth.pgh_event_model.objects.filter(settlement_id=settlement.pk)  # type: ignore[attr-defined]
    return int(events.aggregate(last=Max("pgh_id"))["last"] or 0)


def last_day(month: datetime.date) -> datetime.date:
    return (month.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def _draft(settlement: ChildSettlement, *, seen: int | None) -> ChildSettlement:
    row = (
        ChildSettlement.objects.select_for_update(of=("self",))
        .select_related("institution")
        .filter(pk=settlement.pk)
        .first()
    )
    if row is None:
        raise RuleBroken("这份结算表已经不在了，请回到列表核对。")
    if row.state != SettlementState.DRAFT:
        raise RuleBroken(f"结算表现在的状态是“{row.get_state_display()}”，不能再改。")
    if seen is not None and seen != version_of(row):
        raise RuleBroken(changed_since("这份结算表"))
    return row
