"""What the rosters and the locked runs say was paid: a month at a time, so that a large register fits into memory."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from subsidies.models import LineKind, PaymentLine
from subsidies.rules import ROSTERS
from zalainuoer.common.months import month_of, months_between

LOOK_BACK = 24  # months, the latest with a roster among them
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a roster."""

    id: int
    amount: Decimal


@dataclass
class Booked:
    """What locked lines say of somebody's month: what it was paid with, and what was added or claimed afterwards."""

    once: Decimal | None = None
    since: Decimal = NOTHING


def roster_months(subsidy: str, *, today: datetime.date) -> list[datetime.date]:
    """The months that have a roster, oldest first: the latest one by today, and those within the look-back before."""
    rows = ROSTERS[subsidy].objects.filter(month__lte=today, amount_yuan__gt=0)
    months = sorted(rows.order_by().values_list("month", flat=True).distinct())
    return [month for month in months if month >= earliest(months[-1])]


def earliest(latest: datetime.date) -> datetime.date:
    """The first month that is still looked at."""
    years, months = divmod(latest.year * 12 + latest.month - LOOK_BACK, 12)
    return datetime.date(years, months + 1, 1)


def last_months(latest: datetime.date) -> list[datetime.date]:
    """All months that are looked at, with a roster or without."""
    return list(months_between(earliest(latest), month_of(latest)))


def roster_of(subsidy: str, month: datetime.date) -> dict[int, Row]:
    """Whoever was paid for a month, by the roster."""
    rows = ROSTERS[subsidy].objects.filter(month=month, amount_yuan__gt=0).order_by()
    return {person: Row(pk, amount) for pk, person, amount in rows.values_list("pk", "person", "amount_yuan")}


def booked_of(subsidy: str, month: datetime.date) -> dict[int, Booked]:
    """What the locked lines for a month say, whenever they were locked."""
    lines = PaymentLine.objects.filter(subsidy=subsidy, benefit_month=month, is_locked=True).order_by()
    found: dict[int, Booked] = defaultdict(Booked)
    for person, kind, amount, of_kind in lines.values_list("person", "kind", "amount_yuan", "of__kind"):
        booked = found[person]
        if kind in (LineKind.REGULAR, LineKind.BACKPAY):
            booked.once = amount
        elif kind == LineKind.STANDARD_DIFF or (kind == LineKind.CANCEL and of_kind == LineKind.RECOVERY):
            booked.since += amount
        elif kind in (LineKind.RECOVERY, LineKind.CANCEL):
            booked.since -= amount
    return found


def net(row: Row, booked: Booked | None) -> Decimal:
    """What a month has come to: what it was paid with, what was added, less what has been claimed back."""
    if booked is None:
        return row.amount
    return (row.amount if booked.once is None else booked.once) + booked.since
