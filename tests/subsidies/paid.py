"""Grants, standards and locked runs, for tests of what follows from them."""

from __future__ import annotations

from typing import Any

from registry.models import Person
from subsidies.ledger import propose
from subsidies.models import Grant, Origin, PaymentLine, PaymentRun, RunState, Standard, Subsidy
from subsidies.services.runs.publishing import publish
from tests.records import day
from zalainuoer.common.months import months_between

NURSING, LIVING = Subsidy.NURSING, Subsidy.LIVING


def standard(subsidy: str = NURSING, amount: str = "125", since: str = "2020-01-01", **change: Any) -> Standard:
    facts = {"name": f"{amount}元档", "document": "测试文件", **change}
    return Standard.objects.create(subsidy=subsidy, amount_yuan=amount, first_month=since, **facts)


def granted(of: Person, subsidy: str = NURSING, since: str = "2024-05-01", origin: str = Origin.APPLICATION) -> Grant:
    return Grant.objects.create(person=of, subsidy=subsidy, first_month=since, origin=origin, granted_on=since)


def locked(subsidy: str, month: str) -> list[PaymentLine]:
    """Proposes a month's run, locks it, and puts what it pays on the roster."""
    proposal = propose(subsidy, month=day(month))
    run = PaymentRun.objects.create(
        subsidy=subsidy,
        month=month,
        state=RunState.LOCKED,
        pay_on=month,
        prepared_at="2024-01-01T00:00Z",
        approved_at=f"{month}T00:00Z",
    )
    for line in proposal.lines:
        line.run, line.is_locked = run, True
    PaymentLine.objects.bulk_create(proposal.lines)
    publish(run)
    return proposal.lines


def locked_between(subsidy: str, first: str, last: str) -> None:
    for month in months_between(day(first), day(last)):
        locked(subsidy, month.isoformat())


def told(lines: list[PaymentLine]) -> list[tuple[str, str, str]]:
    """(kind, month, yuan) of each."""
    return [(line.kind, f"{line.benefit_month:%Y-%m}", f"{line.amount_yuan:.0f}") for line in lines]
