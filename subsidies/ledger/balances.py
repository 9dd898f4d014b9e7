"""What each person's month has come to so far."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from subsidies.models import LineKind, PaymentLine, PaymentReturn
from subsidies.rules import ROSTERS

Key = tuple[int, datetime.date]  # (person, month)
NOTHING = Decimal(0)
ADDING = (LineKind.REGULAR, LineKind.BACKPAY, LineKind.STANDARD_DIFF)


@dataclass
class Balance:
    """What one person's month has come to so far."""

    net: Decimal = NOTHING
    has_line: bool = False  # a regular or backpay line, or a row of an uploaded roster: the month has been paid once
    is_own: bool = False  # by a line of this system, whose amounts are its own doing
    standard_yuan: Decimal | None = None  # of the latest line that was paid by one
    standard_id: int | None = None
    undelivered: list[PaymentLine] = field(default_factory=list)  # of the bank's failures, the oldest first
    demanded: list[tuple[PaymentLine, Decimal]] = field(default_factory=list)  # recoveries, with what is still open
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # lines so far, by kind


def balances(subsidy: str, *, until: datetime.date, people: Collection[int] | None = None) -> dict[Key, Balance]:
    """Every person's months up to `until`, from locked lines and, where there are none, from the uploaded rosters."""
    found: dict[Key, Balance] = defaultdict(Balance)
    lines = list(_lines(subsidy, people=people))
    by_id = {line.pk: line for line in lines}
    failed, cancelled = _undelivered(lines), _cancelled(lines)
    for line in lines:
        balance = found[line.person_id, line.benefit_month]
        balance.net += _counts_as(line, by_id)
        balance.counts[line.kind] += 1
        if line.kind in (LineKind.REGULAR, LineKind.BACKPAY):
            balance.has_line = balance.is_own = True
        if line.kind in ADDING and line.standard_yuan is not None:
            balance.standard_yuan, balance.standard_id = line.standard_yuan, line.standard_id
        if line.pk in failed and line.pk not in cancelled:
            balance.undelivered.append(line)
        if line.kind == LineKind.RECOVERY:
            still = line.amount_yuan - (line.received or NOTHING)
            balance.demanded.append((line, NOTHING if line.pk in cancelled else still))
    for person, month, amount, standard in _rostered(subsidy, until=until, people=people):
        balance = found[person, month]
        if not balance.has_line:
            balance.net += amount
            balance.has_line, balance.standard_yuan = True, standard
    return found


def _lines(subsidy: str, *, people: Collection[int] | None) -> Any:
    lines = PaymentLine.objects.filter(subsidy=subsidy, is_locked=True)
    if people is not None:
        lines = lines.filter(person__in=people)
    failed = PaymentReturn.objects.filter(run=OuterRef("run"), person=OuterRef("person"), is_paid=False)
    return lines.annotate(received=Sum("receipts__amount_yuan"), has_failed=Exists(failed)).order_by("pk")


def _counts_as(line: PaymentLine, by_id: dict[int, PaymentLine]) -> Decimal:
    """What a line adds to its month's net; a cancel line turns round what the line it is of counted for."""
    if line.kind in ADDING:
        return line.amount_yuan
    if line.kind == LineKind.RECOVERY:
        return -line.amount_yuan
    if line.kind == LineKind.CANCEL and line.of_id is not None:
        of_recovery = by_id[line.of_id].kind == LineKind.RECOVERY
        return line.amount_yuan if of_recovery else -line.amount_yuan
    return NOTHING  # a reissue pays what has been counted already


def _undelivered(lines: list[Any]) -> set[int]:
    """Lines whose money has not arrived: returned as failed, and not paid again since, or that failed too."""
    failed = {line.pk for line in lines if line.kind in (*ADDING, LineKind.REISSUE) and line.has_failed}
    reissued = {line.of_id: line.pk for line in lines if line.kind == LineKind.REISSUE}  # the latest of each
    return {
        line.pk
        for line in lines
        if line.pk in failed and line.kind in ADDING and (line.pk not in reissued or reissued[line.pk] in failed)
    }


def _cancelled(lines: Iterable[PaymentLine]) -> set[int]:
    return {line.of_id for line in lines if line.kind == LineKind.CANCEL and line.of_id is not None}


def _rostered(subsidy: str, *, until: datetime.date, people: Collection[int] | None) -> Any:
    rows = ROSTERS[subsidy].objects.filter(month__lte=until, amount_yuan__gt=0)
    if people is not None:
        rows = rows.filter(person__in=people)
    return rows.order_by().values_list("person", "month", "amount_yuan", "standard_yuan")
