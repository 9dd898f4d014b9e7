"""A run in numbers: by kind of line and by street; who cannot be reached by the bank; what did not arrive."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from subsidies.models import PAID_OUT, BankAccount, LineKind, PaymentLine, PaymentReturn, PaymentRun, Subsidy
from subsidies.rules import ROSTERS
from zalainuoer.common.months import month_of, next_month

NOTHING = Decimal(0)
SENT = Q(kind__in=PAID_OUT)
DEMANDED = Q(kind=LineKind.RECOVERY)
NOT_SENT = (LineKind.RECOVERY, LineKind.CANCEL)


@dataclass(frozen=True)
class KindTotal:
    """What the lines of one kind come to."""

    kind: LineKind
    people: int
    lines: int
    yuan: Decimal

    @property
    def is_sent(self) -> bool:
        return self.kind in PAID_OUT


@dataclass(frozen=True)
class StreetTotal:
    """What a street's people are sent, and what they are asked to return."""

    street: str
    people: int
    yuan: Decimal
    demanded_yuan: Decimal


@dataclass(frozen=True)
class Sent:
    """What goes to the bank: one amount a person."""

    people: int
    yuan: Decimal


def next_run(*, today: datetime.date) -> tuple[Subsidy | None, datetime.date]:
    """The subsidy and month whose turn it is: the earliest month after the latest roster or run of a subsidy. The month
    of `today`, and no subsidy, where none has been paid yet or there is a run of this month for each."""
    coming: list[tuple[datetime.date, Subsidy | None]] = []
    for each in Subsidy:
        rostered = ROSTERS[each].objects.aggregate(latest=Max("month"))["latest"]
        made = PaymentRun.objects.filter(subsidy=each).aggregate(latest=Max("month"))["latest"]
        if known := [month for month in (rostered, made) if month is not None]:
            coming.append((next_month(max(known)), each))
    month, subsidy = min(coming, key=lambda turn: turn[0], default=(today, None))
    return (subsidy, month) if subsidy is not None and month <= today else (None, month_of(today))


def kind_totals(run: PaymentRun) -> list[KindTotal]:
    """The kinds of lines the run has, in their own order; one statement."""
    rows = run.lines.order_by().values("kind")
    found = {
        row["kind"]: row
        for row in rows.annotate(people=Count("person", distinct=True), lines=Count("pk"), yuan=Sum("amount_yuan"))
    }
    return [
        KindTotal(kind, found[kind]["people"], found[kind]["lines"], found[kind]["yuan"])
        for kind in LineKind
        if kind in found
    ]


def street_totals(run: PaymentRun) -> list[StreetTotal]:
    """By the street that each person belonged to when the lines were made; one statement."""
    rows: Any = run.lines.order_by().values("community__parent__name", "community__parent__code")
    rows = rows.annotate(
        people=Count("person", filter=SENT, distinct=True),
        yuan=Sum("amount_yuan", filter=SENT),
        demanded=Sum("amount_yuan", filter=DEMANDED),
    ).order_by("community__parent__code")
    return [
        StreetTotal(row["community__parent__name"], row["people"], row["yuan"] or NOTHING, row["demanded"] or NOTHING)
        for row in rows
    ]


def sent(run: PaymentRun) -> Sent:
    """The sum of the lines that are paid out; one statement."""
    found = run.lines.filter(SENT).aggregate(people=Count("person", distinct=True), yuan=Sum("amount_yuan"))
    return Sent(found["people"], found["yuan"] or NOTHING)


def sent_to(run: PaymentRun) -> QuerySet[Any]:
    """{person, yuan} of everybody who is sent something."""
    return run.lines.filter(SENT).order_by().values("person").annotate(yuan=Sum("amount_yuan"))


def without_account(run: PaymentRun) -> QuerySet[Any]:
    """{person, yuan} of those who are to be paid and have no account."""
    accounts = BankAccount.objects.filter(person=OuterRef("person"))
    return sent_to(run).filter(~Exists(accounts))


def failures(run: PaymentRun) -> QuerySet[PaymentReturn]:
    """What the bank could not deliver, by street."""
    return run.returns.filter(is_paid=False).order_by("person__community__code", "person__pinyin", "pk")


def answers_to(returns: Iterable[PaymentReturn]) -> dict[int, PaymentLine]:
    """{person: the latest line of a locked run that pays again or cancels what failed}; the returns are of one run."""
    returns = list(returns)
    if not returns:
        return {}
    lines = PaymentLine.objects.filter(
        of__run=returns[0].run_id,
        of__kind__in=PAID_OUT,
        kind__in=(LineKind.REISSUE, LineKind.CANCEL),
        is_locked=True,
        person__in=[row.person_id for row in returns],
    )
    return {line.person_id: line for line in lines.select_related("run").order_by("run__month", "pk")}
