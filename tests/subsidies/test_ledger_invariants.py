"""Whatever happens to the facts, and however late it becomes known: what was paid comes to what is due, and no more."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as some

from registry.models import Certificate, OtherBenefit, Person, SocialAssistance
from subsidies.ledger import balances, propose
from subsidies.models import (
    Grant,
    LineKind,
    Origin,
    PaymentLine,
    PaymentReturn,
    PaymentRun,
    RunState,
    Standard,
    Stop,
    Subsidy,
)
from subsidies.months import due_months
from tests.records import holder
from tests.subsidies.slow_comparison import Clerk, read
from zalainuoer.common.months import last_day, months_between

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIVING = Subsidy.LIVING
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2024, 12, 1)
PEOPLE = 3
days = some.dates(datetime.date(2023, 12, 15), datetime.date(2024, 12, 31))
lengths = some.integers(1, 200).map(lambda n: datetime.timedelta(days=n))
Act = Callable[[list[Person]], None]


def acts() -> some.SearchStrategy[Any]:
    who = some.integers(0, PEOPLE - 1)
    return some.one_of(
        some.tuples(some.just(assist), who, days, some.none() | lengths),
        some.tuples(some.just(end_assistance), who, days, some.none()),
        some.tuples(some.just(receive_orphan_benefit), who, days, some.none() | lengths),
        some.tuples(some.just(die), who, days, some.none()),
        some.tuples(some.just(live_after_all), who, days, some.none()),
        some.tuples(some.just(stop), who, days, some.none() | lengths),
        some.tuples(some.just(expire), who, days, some.none()),
        some.tuples(some.just(grant), who, days, some.none()),
        some.tuples(some.just(raise_standard), who, days, some.none()),
        some.tuples(some.just(fail_payment), who, days, some.none()),
    )


def assist(of: Person, on: datetime.date, length: datetime.timedelta | None) -> None:
    ends_on = None if length is None else on + length
    SocialAssistance.objects.update_or_create(person=of, kind="dibao", starts_on=on, defaults={"ends_on": ends_on})


def end_assistance(of: Person, on: datetime.date, length: None) -> None:
    SocialAssistance.objects.filter(person=of, starts_on__lt=on).update(ends_on=on)


def receive_orphan_benefit(of: Person, on: datetime.date, length: datetime.timedelta | None) -> None:
    ends_on = None if length is None else on + length
    OtherBenefit.objects.update_or_create(
        person=of, kind="orphan", starts_on=on, defaults={"ends_on": ends_on, "monthly_yuan": 900}
    )


def die(of: Person, on: datetime.date, length: None) -> None:
    Person.objects.filter(pk=of.pk).update(died_on=on)


def live_after_all(of: Person, on: datetime.date, length: None) -> None:
    Person.objects.filter(pk=of.pk).update(died_on=None)


def stop(of: Person, on: datetime.date, length: datetime.timedelta | None) -> None:
    code = "T10" if length else "T8"
    if not Stop.objects.filter(person=of, code=code, until_on__isnull=True).exists():
        until = on + length if length else None
        Stop.objects.create(person=of, subsidy=LIVING, code=code, effective_on=on, until_on=until, reason="测试")


def expire(of: Person, on: datetime.date, length: None) -> None:
    Certificate.objects.filter(person=of).update(expires_on=on)


def grant(of: Person, on: datetime.date, length: None) -> None:
    facts = {"origin": Origin.APPLICATION, "granted_on": on}
    Grant.objects.get_or_create(person=of, subsidy=LIVING, first_month=on.replace(day=1), defaults=facts)


def raise_standard(of: Person, on: datetime.date, length: None) -> None:
    month, latest = on.replace(day=1), Standard.objects.order_by("-first_month").first()
    if latest is not None and latest.first_month < month:
        Standard.objects.filter(pk=latest.pk).update(last_month=(month - datetime.timedelta(days=1)).replace(day=1))
        add_standard(month, latest.amount_yuan + 25)


def add_standard(month: datetime.date, amount: Decimal) -> None:
    Standard.objects.create(
        subsidy=LIVING, name=f"{amount}", amount_yuan=amount, first_month=month, document="测试文件"
    )


def fail_payment(of: Person, on: datetime.date, length: None) -> None:
    """The bank could not deliver what the latest run paid this person."""
    line = PaymentLine.objects.filter(person=of, kind__in=("regular", "backpay", "reissue")).order_by("-run").first()
    if line is not None:
        facts = {"amount_yuan": line.amount_yuan, "is_paid": False, "failure": "账号有误", "returned_on": on}
        PaymentReturn.objects.get_or_create(run=line.run, person=of, defaults=facts)


def lock(month: datetime.date) -> None:
    proposal = propose(LIVING, month=month)
    moment = datetime.datetime.combine(month, datetime.time(), datetime.UTC)
    run = PaymentRun.objects.create(
        subsidy=LIVING, month=month, state=RunState.LOCKED, pay_on=month, prepared_at=moment, approved_at=moment
    )
    for line in proposal.lines:
        line.run, line.is_locked = run, True
    PaymentLine.objects.bulk_create(proposal.lines)


def check(month: datetime.date) -> None:
    """Every month's lines come to what is due for it; what is delivered is never less than nothing."""
    due = {
        (person, one.month): line.amount_yuan
        for one in due_months(LIVING, until=month)
        for person, line in one.due.items()
    }
    assert due == entitled_by_hand(month)
    found = balances(LIVING, until=month)
    for key in {*due, *found}:
        assert found[key].net == due.get(key, 0), key
    assert {key: yuan for key, yuan in collected().items() if yuan} == due
    assert {line.kind for line in propose(LIVING, month=month).lines} <= {LineKind.REISSUE}


def entitled_by_hand(until: datetime.date) -> dict[tuple[int, datetime.date], Decimal]:
    """The months of each grant for as long as the conditions hold without a gap, day by day, by the slow computation
    that shares no code with the system's own."""
    clerk = Clerk(read(LIVING), until)
    entitled = {}
    for person, first in Grant.objects.values_list("person", "first_month"):
        for month in months_between(first, until):
            day = clerk.deciding_day(person, month)
            if day is None:
                break
            if clerk.payable(person, month):
                yuan = clerk.standard(person, month, day)
                assert yuan is not None
                entitled[person, month] = yuan
    return entitled


def collected() -> dict[tuple[int, datetime.date], Decimal]:
    """By plain arithmetic over the lines: nobody's month below nothing, no payment cancelled twice."""
    net: dict[tuple[int, datetime.date], Decimal] = {}
    cancelled: list[int] = []
    for line in PaymentLine.objects.order_by("pk").select_related("of"):
        key = (line.person_id, line.benefit_month)
        sign = {"regular": 1, "backpay": 1, "standard_diff": 1, "recovery": -1, "reissue": 0}.get(line.kind)
        if sign is None:
            assert line.of is not None
            cancelled.append(line.of.pk)
            sign = 1 if line.of.kind == LineKind.RECOVERY else -1
        net[key] = net.get(key, Decimal(0)) + sign * line.amount_yuan
        assert net[key] >= 0
    assert len(cancelled) == len(set(cancelled))
    return net


@settings(max_examples=25, deadline=None)
@given(data=some.data())
def test_after_every_locked_run_each_month_has_come_to_what_is_due_for_it(data: some.DataObject) -> None:
    with transaction.atomic():
        people = [holder(n) for n in range(1, PEOPLE + 1)]
        add_standard(datetime.date(2023, 1, 1), Decimal(100))
        for month in months_between(FIRST, LAST):
            for act, who, on, length in data.draw(some.lists(acts(), max_size=4)):
                if on <= last_day(month):  # nobody learns of what has not happened yet
                    act(people[who], on, length)
            if data.draw(some.booleans()):  # a month may be left to the next run
                lock(month)
                check(month)
        transaction.set_rollback(True)
