"""What a stop would come to: the last month that is still paid, and the months paid already that would come back.

Asked of the ledger itself, with the stop written and taken back again, so that the preview and the next run say the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from registry.models import Person
from subsidies.ledger import forecast
from subsidies.models import LineKind, PaymentLine
from subsidies.months import due_months
from subsidies.rules import ROSTERS
from zalainuoer.common.months import month_of

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Outlook:
    """A person's subsidy as it stands: months payable so far, and what the next run would take back."""

    last_month: datetime.date | None = None  # the last that is payable, at most the month looked at
    back: dict[datetime.date, Decimal] = field(default_factory=dict)  # demands, yuan by month
    unsent: dict[datetime.date, Decimal] = field(default_factory=dict)  # payments that never arrived, and will not

    @property
    def back_yuan(self) -> Decimal:
        return sum(self.back.values(), NOTHING)


def outlook(person: Person, subsidy: str, *, until: datetime.date) -> Outlook:
    """As the facts stand now, up to a month (its first day)."""
    people = {person.pk}
    payable = [
        one.month
        for one in due_months(subsidy, until=until, people=people)
        if person.pk in one.due or person.pk in one.refused
    ]
    lines = forecast(subsidy, month=until, people=people).lines
    return Outlook(
        payable[-1] if payable else None,
        _by_month([line for line in lines if line.kind == LineKind.RECOVERY]),
        _by_month([line for line in lines if line.kind == LineKind.CANCEL and line.of and line.of.kind != "recovery"]),
    )


@dataclass(frozen=True)
class Change:
    """What some write would do: how things stand before and after it."""

    before: Outlook
    after: Outlook

    @property
    def months_back(self) -> list[tuple[datetime.date, Decimal]]:
        """Months that would have to come back on account of it, with what is to come back of each."""
        more = {month: yuan - self.before.back.get(month, NOTHING) for month, yuan in self.after.back.items()}
        return [(month, yuan) for month, yuan in sorted(more.items()) if yuan > 0]

    @property
    def yuan_back(self) -> Decimal:
        return sum((yuan for _, yuan in self.months_back), NOTHING)

    @property
    def months_unsent(self) -> list[tuple[datetime.date, Decimal]]:
        """Months whose payment never arrived and would not be sent again on account of it."""
        return sorted((m, yuan) for m, yuan in self.after.unsent.items() if m not in self.before.unsent)


def outlook_of(write: Callable[[], object], person: Person, subsidy: str, *, today: datetime.date) -> Change:
    """What `write` would change; it is done and undone. What it raises (RuleBroken) goes through."""
    until = _latest(person, subsidy, today)
    before = outlook(person, subsidy, until=until)
    with transaction.atomic():
        write()
        after = outlook(person, subsidy, until=until)
        transaction.set_rollback(True)
    return Change(before, after)


def _latest(person: Person, subsidy: str, today: datetime.date) -> datetime.date:
    """This month, or a later one that has been paid already."""
    found = [month_of(today)]
    paid = ROSTERS[subsidy].objects.filter(person=person).order_by("-month").values_list("month", flat=True)[:1]
    lines = PaymentLine.objects.filter(person=person, subsidy=subsidy, is_locked=True).order_by("-benefit_month")
    return max([*found, *paid, *lines.values_list("benefit_month", flat=True)[:1]])


def _by_month(lines: list[PaymentLine]) -> dict[datetime.date, Decimal]:
    found: dict[datetime.date, Decimal] = {}
    for line in lines:
        found[line.benefit_month] = found.get(line.benefit_month, NOTHING) + line.amount_yuan
    return found
