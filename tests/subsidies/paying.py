"""Runs for tests: standards, grants, and a month prepared by one account, locked by another, answered by the bank."""

from __future__ import annotations

import datetime
from typing import Any

from registry.models import Person
from subsidies.models import PAID_OUT, Grant, Origin, PaymentLine, PaymentReturn, PaymentRun, Standard, Subsidy
from subsidies.services.runs import run_approve, run_prepare, run_submit
from tests.deliveries import user
from tests.records import day
from zalainuoer.common.models import Role, User

LIVING, NURSING = Subsidy.LIVING, Subsidy.NURSING


def standard(subsidy: str = NURSING, amount: str = "125", since: str = "2020-01-01", **change: Any) -> Standard:
    facts = {"name": f"{amount}元档", "document": f"测试文件{amount}号", **change}
    return Standard.objects.create(subsidy=subsidy, amount_yuan=amount, first_month=since, **facts)


def grant(of: Person, subsidy: str = NURSING, since: str = "2024-05-01", origin: str = Origin.APPLICATION) -> Grant:
    return Grant.objects.create(person=of, subsidy=subsidy, first_month=since, origin=origin, granted_on=since)


def federation() -> User:
    """Prepares and submits."""
    return User.objects.filter(role=Role.FEDERATION_STAFF, division=None).first() or user(Role.FEDERATION_STAFF)


def civil() -> User:
    """Approves."""
    return User.objects.filter(role=Role.CIVIL_STAFF, division=None).first() or user(Role.CIVIL_STAFF)


def end_of(month: datetime.date) -> datetime.date:
    return month.replace(day=28)


def prepared(month: str, subsidy: str = NURSING) -> PaymentRun:
    of = day(month)
    return run_prepare(subsidy=subsidy, month=of, by=federation(), today=end_of(of))


def submitted(month: str, subsidy: str = NURSING) -> PaymentRun:
    return run_submit(run=prepared(month, subsidy), by=federation())


def locked(month: str, subsidy: str = NURSING) -> PaymentRun:
    run = submitted(month, subsidy)
    return run_approve(run=run, by=civil(), digest=run.digest)


def told(run: PaymentRun) -> list[tuple[str, str, str]]:
    """(kind, month, whole yuan) of a run's lines."""
    lines = run.lines.order_by("person", "benefit_month", "kind", "seq")
    return [(line.kind, f"{line.benefit_month:%Y-%m}", f"{line.amount_yuan:.0f}") for line in lines]


def failed(run: PaymentRun, somebody: Person, failure: str = "账户已销户") -> PaymentReturn:
    """The bank could not deliver what a run paid somebody."""
    lines = PaymentLine.objects.filter(run=run, person=somebody, kind__in=PAID_OUT)
    return PaymentReturn.objects.create(
        run=run,
        person=somebody,
        amount_yuan=sum(line.amount_yuan for line in lines),
        is_paid=False,
        failure=failure,
        returned_on=run.pay_on,
    )
