"""A person's last 24 months of a subsidy: what was due and what was paid, side by side."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from subsidies.comparison.rosters import last_months, roster_months
from subsidies.months import Conditions, judged
from subsidies.rules import ROSTERS
from zalainuoer.common.months import last_day

BOTH, UNPAID, UNENTITLED, NEITHER, OTHER, UNKNOWN = "both", "unpaid", "unentitled", "neither", "other", "unknown"
WORDS = {
    BOTH: ("已发", "check-lg"),
    UNPAID: ("漏发", "exclamation-triangle-fill"),
    UNENTITLED: ("错发", "x-circle-fill"),
    OTHER: ("金额不符", "exclamation-octagon-fill"),
    NEITHER: ("不发", "dash-circle"),
    UNKNOWN: ("无名册", "file-earmark-spreadsheet"),
}


@dataclass(frozen=True)
class Month:
    """One month: whether it could be paid, by which standard, and what the roster says, if there is one at all."""

    month: datetime.date
    is_due: bool
    standard: Decimal | None
    paid: Decimal | None
    has_roster: bool

    @property
    def code(self) -> str:
        if not self.has_roster and self.is_due:
            return UNKNOWN  # nobody can tell whether it was paid: no reproach
        if self.paid is None:
            return UNPAID if self.is_due else NEITHER
        if not self.is_due:
            return UNENTITLED
        return OTHER if self.standard is not None and self.standard != self.paid else BOTH

    @property
    def label(self) -> str:
        return WORDS[self.code][0]

    @property
    def icon(self) -> str:
        return WORDS[self.code][1]


def month_strip(subsidy: str, person: int, *, latest: datetime.date) -> list[Month]:
    """The months up to the latest roster's, oldest first: by the rules whether granted or not, and as paid.

    The statements are those of 24 months, whoever it is.
    """
    rows = ROSTERS[subsidy].objects.filter(person=person, amount_yuan__gt=0)
    paid = dict(rows.values_list("month", "amount_yuan"))
    rostered = set(roster_months(subsidy, today=last_day(latest)))
    conditions, found = Conditions(subsidy, {person}), []
    for month in last_months(latest):
        payable, due = judged(conditions, month, {person})
        standard = due[person].amount_yuan if person in due else None
        found.append(Month(month, person in payable, standard, paid.get(month), month in rostered))
        conditions.forget_before(last_day(month))
    return found
