"""What the rules say of an application: its clauses as they stand, and what 民政 may pass."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from subsidies.models import Application, Grant, Subsidy
from subsidies.months import Conditions, due_months, judged, priced
from subsidies.rules import SOURCE, decide
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.months import last_day, month_of, months_between
from zalainuoer.common.rules import Clause, Parameters, Verdict

NO_CARE = "申请时填写的是：不需要长期照护（六个月以上）"


def judged_now(application: Application, *, today: datetime.date) -> list[Verdict]:
    """Every clause for the person as things stand, and what only the application says: the need of care."""
    rule = decide(application.subsidy, on=today, month=month_of(today), parameters=Parameters(on=today))
    verdicts = rule.explain(application.person)
    if application.subsidy == Subsidy.NURSING:
        clause = Clause(Q(), NO_CARE, f"{SOURCE} 补贴对象", "care")
        verdicts.append(Verdict(clause, application.needs_care is not False))
    return verdicts


def as_kept(verdicts: list[Verdict]) -> list[list[Any]]:
    """The clauses as a step keeps them."""
    return [[verdict.clause.reason, verdict.clause.source, verdict.holds] for verdict in verdicts]


def amount_granted(application: Application, verdicts: list[Verdict], *, today: datetime.date) -> Decimal:
    """The standard of the latest month that may be paid since the application; raises RuleBroken where there is none.

    `verdicts` are today's: what the refusal names.
    """
    person = application.person_id
    if application.subsidy == Subsidy.NURSING and application.needs_care is False:
        raise _unmet(verdicts)
    conditions = Conditions(application.subsidy, [person])
    for month in reversed(list(months_between(month_of(application.applied_on), month_of(today)))):
        payable, due = judged(conditions, month, [person])
        if person in due:
            return due[person].amount_yuan
        if person in payable:
            _, refused = priced(application.subsidy, month, on=min(today, last_day(month)), people=[person])
            raise RuleBroken(refused.get(person, f"参数未维护：{month:%Y-%m}没有适用的补贴标准。"))
    raise _unmet(verdicts)


def _unmet(verdicts: list[Verdict]) -> RuleBroken:
    failed = [verdict.clause for verdict in verdicts if not verdict.holds]
    if not failed:  # the conditions hold today, and yet in none of the months that count
        return RuleBroken("申请以来没有一个月符合条件，不能审定通过。请核对申请日期和台账。")
    reasons = "；".join(f"{clause.reason}（{clause.source}）" for clause in failed)
    return RuleBroken(
        f"申请以来没有一个月符合条件，不能审定通过：{reasons}。请选“不同意”并说明理由；资料有误的，先更正再办。"
    )


def is_receiving(person: int, subsidy: str, *, today: datetime.date) -> bool:
    """Whether a grant still runs: payable or only suspended, without a gap since the last month that could be paid."""
    month = month_of(today)
    grants = Grant.objects.filter(person=person, subsidy=subsidy, first_month__lte=month)
    latest = grants.order_by("-first_month").values_list("first_month", flat=True).first()
    if latest is None:
        return False
    unmet: list[datetime.date] = []
    for one in due_months(subsidy, until=month, people=[person]):
        if person in one.due or person in one.refused:
            unmet = []
        elif one.month >= latest:
            unmet.append(one.month)
    conditions = Conditions(subsidy, [person])
    return all(_lasts(conditions, person, one) for one in unmet)


def _lasts(conditions: Conditions, person: int, month: datetime.date) -> bool:
    """Suspended at most: what lasts holds at the month's end or at that of the month before."""
    days = (last_day(month), month - datetime.timedelta(days=1))
    return any(person in conditions.on(day).lasting for day in days)
