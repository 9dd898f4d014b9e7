"""What a month may be paid: what refuses it, and how much of the year's grant is left."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rehab.child_rules import Standing
from rehab.models import GRANTED, ChildApplication, ChildApplicationState, ChildSettlement, MonthState, TrainingMonth
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import Parameter, User
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import DatedParameters

ZERO = Decimal("0.00")


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
    grants = grants_of([line.person_id for line in lines], settlement.month.year)
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


def grants_of(people: Iterable[int], year: int) -> dict[int, ChildApplication]:
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
    """The highest age of a grant on each day of application, in one statement."""
    dated, found = DatedParameters(), {}
    for on in set(days):
        parameters = dated.on(on)
        found[on] = int(parameters["rehab.child_grant_max_age"])
    return found
