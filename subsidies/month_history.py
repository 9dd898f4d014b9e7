"""逐月核对: one person's year of a subsidy, month by month: why a month was due or not, what the roster says, what the
runs have made of it, what came back, and what that comes to.

Everything is asked of the rules and of the ledger, as a run would. The statements are those of the months, whoever it is.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from registry.models import Person
from subsidies.comparison.evidence import Piece, roster_pieces
from subsidies.ledger import balances
from subsidies.models import Grant, LineKind, PaymentLine, RecoveryReceipt, Resumption, Standard, Subsidy
from subsidies.months import Due, DueMonth, due_months
from subsidies.rules import ROSTERS, decide
from zalainuoer.common.months import last_day, month_of, months_between
from zalainuoer.common.rules import Parameters

NOTHING = Decimal(0)
DUE, SUSPENDED, NOT_DUE, REFUSED, NOT_GRANTED = "due", "suspended", "not_due", "refused", "not_granted"
STATES = {
    DUE: ("应发", "good"),
    SUSPENDED: ("暂停", "warn"),
    NOT_DUE: ("不应发", "idle"),
    REFUSED: ("无法核定", "bad"),
    NOT_GRANTED: ("没有核定享受", "idle"),
}
LAPSED = "条件曾经中断，以前的核定已经终止，恢复享受须重新申请。"
STILL_PAID = "当月照发，次月起停发。"


@dataclass
class Month:
    """One month of one subsidy as people read it; amounts in yuan."""

    month: datetime.date
    state: str = NOT_GRANTED
    due: Due | None = None
    sentences: list[str] = field(default_factory=list)
    standard: Standard | None = None
    roster: Piece | None = None
    roster_yuan: Decimal | None = None
    lines: list[PaymentLine] = field(default_factory=list)
    receipts: list[RecoveryReceipt] = field(default_factory=list)
    net: Decimal = NOTHING

    @property
    def label(self) -> str:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def due_yuan(self) -> Decimal:
        return self.due.amount_yuan if self.due else NOTHING

    @property
    def is_even(self) -> bool:
        """Whether what the month has come to is what it should be."""
        return self.state == REFUSED or self.net == self.due_yuan


@dataclass
class Year:
    """A year of one subsidy, the newest month first, and what it adds up to."""

    subsidy: Subsidy
    months: list[Month]

    @property
    def due_yuan(self) -> Decimal:
        return sum((each.due_yuan for each in self.months), NOTHING)

    @property
    def net(self) -> Decimal:
        return sum((each.net for each in self.months), NOTHING)

    @property
    def received(self) -> Decimal:
        return sum((receipt.amount_yuan for each in self.months for receipt in each.receipts), NOTHING)


def years_of(person: Person, *, today: datetime.date) -> list[int]:
    """The years of which there is anything to say, newest first; this year where there is nothing."""
    found = {month.year for month in Grant.objects.filter(person=person).values_list("first_month", flat=True)}
    first = min(found, default=today.year)
    found = set(range(first, today.year + 1))
    for roster in ROSTERS.values():
        found |= {month.year for month in roster.objects.filter(person=person).values_list("month", flat=True)}
    lines = PaymentLine.objects.filter(person=person, is_locked=True).order_by().values_list("benefit_month", flat=True)
    return sorted(found | {month.year for month in lines}, reverse=True)


def year_of(person: Person, subsidy: Subsidy, year: int, *, today: datetime.date) -> Year | None:
    """One subsidy's year, at most until this month or the last that was paid; None where there is nothing to say."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 1)
    of = {"person": person}
    rows = list(ROSTERS[subsidy].objects.filter(**of, month__range=(first, last)))
    locked = PaymentLine.objects.filter(**of, subsidy=subsidy, is_locked=True, benefit_month__range=(first, last))
    lines = list(locked.select_related("run", "of").order_by("benefit_month", "pk"))
    paid = [row.month for row in rows] + [line.benefit_month for line in lines]
    until = min(last, max([month_of(today), *paid]))
    outcomes = {one.month: one for one in due_months(subsidy, until=until, people={person.pk}) if one.month >= first}
    if not (rows or lines or outcomes):
        return None
    months = {month: Month(month) for month in months_between(first, until)}
    for month, one in outcomes.items():
        _judge(months[month], one, person, subsidy)
    _price(months)
    _resumed(months, person, subsidy)
    _paid(months, subsidy, person, rows, lines)
    shown = [each for each in months.values() if each.state != NOT_GRANTED or each.lines or each.roster]
    return Year(subsidy, shown[::-1])


def _judge(month: Month, one: DueMonth, person: Person, subsidy: Subsidy) -> None:
    """Whether the month is due, and the sentences for it."""
    pk, end = person.pk, last_day(one.month)
    if pk in one.due:
        month.state, month.due = DUE, one.due[pk]
        if one.due[pk].on < end:
            month.sentences = [*_failed(person, subsidy, end), STILL_PAID]
    elif pk in one.refused:
        month.state, month.sentences = REFUSED, [one.refused[pk]]
    elif pk in one.suspended:
        month.state, month.sentences = SUSPENDED, _failed(person, subsidy, end)
    elif pk in one.unmet:
        month.state, month.sentences = NOT_DUE, _failed(person, subsidy, end)
    elif pk in one.lapsed:
        month.state, month.sentences = NOT_DUE, [LAPSED]


def _failed(person: Person, subsidy: Subsidy, on: datetime.date) -> list[str]:
    """The clauses that do not hold on the day, each with its source."""
    rule = decide(subsidy, on=on, month=month_of(on), parameters=Parameters(on=on))
    failed = [verdict.clause for verdict in rule.explain(person) if not verdict.holds]
    return [f"{clause.reason}（{clause.source}）" for clause in failed]


def _price(months: dict[datetime.date, Month]) -> None:
    standards = Standard.objects.in_bulk({each.due.standard_id for each in months.values() if each.due})
    for each in months.values():
        if each.due:
            each.standard = standards[each.due.standard_id]


def _resumed(months: dict[datetime.date, Month], person: Person, subsidy: Subsidy) -> None:
    for row in Resumption.objects.filter(person=person, subsidy=subsidy):
        for month in months_between(row.first_month, row.last_month):
            if month in months:
                said = f"区民政局于 {row.decided_on} 决定恢复补发：{row.reason}。"
                months[month].sentences = [s for s in months[month].sentences if s != STILL_PAID] + [said]


def _paid(
    months: dict[datetime.date, Month],
    subsidy: Subsidy,
    person: Person,
    rows: list[Any],
    lines: list[PaymentLine],
) -> None:
    """What the roster says, what the runs made, and what came back."""
    pieces = roster_pieces(subsidy, rows)
    for row in rows:
        months[row.month].roster, months[row.month].roster_yuan = pieces[row.month], row.amount_yuan
    receipts: dict[int, list[RecoveryReceipt]] = defaultdict(list)
    demanded = [line.pk for line in lines if line.kind == LineKind.RECOVERY]
    for receipt in RecoveryReceipt.objects.filter(line__in=demanded):
        receipts[receipt.line_id].append(receipt)
    for line in lines:
        months[line.benefit_month].lines.append(line)
        months[line.benefit_month].receipts += receipts[line.pk]
    for (_, month), balance in balances(subsidy, until=max(months), people={person.pk}).items():
        if month in months:
            months[month].net = balance.net
