"""The numbers as the tables have them: nothing left out yet."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from subsidies.models import LineKind, PaymentLine, PaymentRun, ReceiptMethod, RecoveryReceipt, RunState, Subsidy
from subsidies.rules import ROSTERS
from zalainuoer.common.models import User
from zalainuoer.common.months import month_of, months_between

NOTHING = Decimal(0)
MONTHS = 24
YUAN: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
# What moves beside the month's own payment.
BACKPAY, DEMANDED, DROPPED, RECEIVED, WRITTEN_OFF = "backpay", "demanded", "dropped", "received", "written_off"
Place = tuple[int, Decimal]  # (street, the month's standard in yuan)


@dataclass
class Cell:
    """How many people were paid, and how much (yuan)."""

    people: int = 0
    yuan: Decimal = NOTHING


@dataclass
class Movement(Cell):
    """How many people an amount beside the month's payment is about, and how much it comes to (yuan)."""


@dataclass
class Report:
    """A subsidy's money over some months, within a reader's area."""

    subsidy: Subsidy
    months: list[datetime.date]
    without: set[datetime.date]  # months that have neither a roster nor a locked run
    paid: dict[datetime.date, dict[Place, Cell]]
    moved: dict[datetime.date, dict[str, Movement]]  # of all months
    outstanding: Movement  # of all demands: neither come back nor written off nor dropped
    known: list[datetime.date] = field(default_factory=list)  # every month with a roster or a locked run, oldest first

    @property
    def latest(self) -> datetime.date | None:
        """The latest of the months that has a roster."""
        return next((month for month in reversed(self.months) if month not in self.without), None)


def read(subsidy: Subsidy, *, user: User, today: datetime.date, year: int | None = None) -> Report:
    """The months of a year by today, or, without one, the 24 months up to the latest that was paid."""
    known = _known(subsidy, today)
    months = _window(known, today=today, year=year)
    if not months:
        return Report(subsidy, [], set(), {}, {}, _outstanding(subsidy, user), known)
    span = (months[0], months[-1])
    return Report(
        subsidy,
        months,
        without=set(months) - set(known),
        paid=_paid(subsidy, user, span),
        moved=_moved(subsidy, user),
        outstanding=_outstanding(subsidy, user),
        known=known,
    )


def _known(subsidy: Subsidy, today: datetime.date) -> list[datetime.date]:
    """The months that were paid, by a roster or a locked run: of the whole district, and about nobody."""
    rosters = ROSTERS[subsidy].objects.filter(month__lte=today, amount_yuan__gt=0).order_by().values_list("month")
    runs = PaymentRun.objects.filter(subsidy=subsidy, state=RunState.LOCKED, month__lte=today).order_by()
    return sorted(month for (month,) in rosters.union(runs.values_list("month")))


def _window(known: list[datetime.date], *, today: datetime.date, year: int | None) -> list[datetime.date]:
    if not known:
        return []
    if year is None:
        return list(months_between(known[0], known[-1]))[-MONTHS:]
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 1)
    return list(months_between(max(first, known[0]), min(last, month_of(today))))


def _paid(subsidy: Subsidy, user: User, span: tuple[datetime.date, datetime.date]) -> Any:
    """{month: {(street, standard): Cell}}, by where people live now."""
    found: dict[datetime.date, dict[Place, Cell]] = defaultdict(lambda: defaultdict(Cell))
    rows = ROSTERS[subsidy].objects.visible_to(user).filter(month__range=span, amount_yuan__gt=0).order_by()
    grouped = rows.values_list("month", "person__community__parent", "standard_yuan")
    for month, street, standard, people, yuan in grouped.annotate(Count("pk"), Sum("amount_yuan")):
        found[month][street, standard] = Cell(people, yuan)
    for month, street, standard, yuan in _made_up(subsidy, user, span):
        found[month][street, standard].yuan += yuan
    return found


def _made_up(subsidy: Subsidy, user: User, span: tuple[datetime.date, datetime.date]) -> Any:
    """What runs have added to months that an uploaded roster paid: its rows stay as they were delivered."""
    delivered = ROSTERS[subsidy].objects.filter(
        person=OuterRef("person"), month=OuterRef("benefit_month"), row_number__isnull=False, amount_yuan__gt=0
    )
    lines = PaymentLine.objects.visible_to(user).filter(subsidy=subsidy, is_locked=True, benefit_month__range=span)
    added = Q(kind=LineKind.STANDARD_DIFF)
    taken = Q(kind=LineKind.CANCEL, of__kind=LineKind.STANDARD_DIFF)
    signed = Case(When(added, then=F("amount_yuan")), default=-F("amount_yuan"), output_field=YUAN)
    rows = lines.filter(added | taken).annotate(standard_paid=Subquery(delivered.values("standard_yuan")[:1]))
    rows = rows.filter(standard_paid__isnull=False).order_by()
    return rows.values_list("benefit_month", "person__community__parent", "standard_paid").annotate(yuan=Sum(signed))


def _moved(subsidy: Subsidy, user: User) -> dict[datetime.date, dict[str, Movement]]:
    """{month: {what: Movement}}, of all months: what is still out follows from them all."""
    found: dict[datetime.date, dict[str, Movement]] = defaultdict(dict)
    what = Case(
        When(kind__in=(LineKind.BACKPAY, LineKind.STANDARD_DIFF), then=Value(BACKPAY)),
        When(kind=LineKind.RECOVERY, then=Value(DEMANDED)),
        When(kind=LineKind.CANCEL, of__kind=LineKind.RECOVERY, then=Value(DROPPED)),
        output_field=CharField(),
    )
    lines = PaymentLine.objects.visible_to(user).filter(subsidy=subsidy, is_locked=True)
    lines = lines.annotate(what=what).filter(what__isnull=False).order_by()
    _add(found, lines.values_list("run__month", "what").annotate(Count("person", distinct=True), Sum("amount_yuan")))
    how = Case(When(method=ReceiptMethod.WRITE_OFF, then=Value(WRITTEN_OFF)), default=Value(RECEIVED))
    receipts = RecoveryReceipt.objects.visible_to(user).filter(line__subsidy=subsidy)
    receipts = receipts.annotate(month=TruncMonth("received_on"), how=how).order_by()
    _add(found, receipts.values_list("month", "how").annotate(Count("line__person", distinct=True), Sum("amount_yuan")))
    return found


def _add(found: dict[datetime.date, dict[str, Movement]], rows: Iterable[Any]) -> None:
    for month, what, people, yuan in rows:
        found[month][what] = Movement(people, yuan)


def _outstanding(subsidy: Subsidy, user: User) -> Movement:
    receipts = RecoveryReceipt.objects.filter(line=OuterRef("pk")).order_by().values("line")
    dropped = PaymentLine.objects.filter(of=OuterRef("pk"), kind=LineKind.CANCEL, is_locked=True)
    lines = PaymentLine.objects.visible_to(user).filter(subsidy=subsidy, kind=LineKind.RECOVERY, is_locked=True)
    still = F("amount_yuan") - Coalesce(Subquery(receipts.values(s=Sum("amount_yuan"))), NOTHING, output_field=YUAN)
    lines = lines.filter(~Exists(dropped)).annotate(still=still).filter(still__gt=0)
    told = lines.aggregate(people=Count("person", distinct=True), yuan=Sum("still"))
    return Movement(told["people"], told["yuan"] or NOTHING)
