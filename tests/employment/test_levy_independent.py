"""The reckoning of a year against a slow one that shares nothing with it, for made-up worlds."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from employment.models import Audit, CountedAt, DispatchAgreement, Employer, QuotaSheet
from registry.models import Person
from tests import records
from tests.employment import levy_makers as make
from tests.employment.slow_levy import LOCAL, MINIMUM, YEAR, World, made_up, reckoned

pytestmark = pytest.mark.django_db
IN_TIME, LATE = make.AT, datetime.datetime(2026, 11, 1, 9, tzinfo=make.AT.tzinfo)


def build(world: World) -> list[Employer]:
    """The world in the tables; months are recorded job by job."""
    make.terms(local=str(LOCAL), minimum=str(MINIMUM))
    make.parameter("employment.audit_window_until", "10-31", "2026-01-01")
    firms = []
    for n, firm in enumerate(world.firms, 1):
        made = make.employer(n, kind=firm.kind, established_on=firm.established, closed_on=firm.closed)
        make.declared(made, list(firm.heads), wage_total_yuan=firm.wages)
        if firm.declared_on:
            Audit.objects.create(employer=made, year=YEAR, state="declared", declared_on=firm.declared_on)
        firms.append(made)
    people = []
    for n, human in enumerate(world.humans, 1):
        somebody = records.person(n)
        Person.objects.filter(pk=somebody.pk).update(sex=human.sex, born_on=human.born)
        if human.issued is not None:
            records.certificate(
                somebody,
                first_issued_on=human.issued,
                issued_on=human.issued,
                expires_on=human.expires,
                category=human.category,
                level=human.level,
                status=human.status,
                status_on=human.status_on,
            )
        if human.military is not None:
            make.veteran(somebody, human.military, valid_until=human.military_until)
        people.append(somebody)
    agreements = [
        DispatchAgreement.objects.create(
            dispatcher=firms[each.dispatcher],
            host=firms[each.host],
            starts_on=each.starts,
            ends_on=each.ends,
            counted_at=CountedAt.HOST if each.at_host else CountedAt.DISPATCHER,
            document=f"协议{n}",
        )
        for n, each in enumerate(world.agreements)
    ]
    for job in world.jobs:
        made_job = make.job(
            people[job.human],
            firms[job.firm],
            form=job.form,
            started_on=job.started,
            ended_on=job.ended,
            contract=job.contract,
            contract_from=job.contract_from,
            contract_until=job.contract_until,
            is_retirement_deferred=job.deferred,
            deferral_document="协议" if job.deferred else "",
            agreement=None if job.agreement is None else agreements[job.agreement],
        )
        for month in job.months:
            paid = {"is_pension_paid": month.pension, "is_medical_paid": month.medical}
            make.months(made_job, [month.number], wage=str(month.wage), **paid)
    return firms


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=10**6))
def test_two_reckonings_agree_to_the_cent(seed: int) -> None:
    world = made_up(random.Random(seed))
    with transaction.atomic():
        firms = build(world)
        for at in (IN_TIME, LATE):
            make.reckon(at=at)
            sheets = {sheet.employer_id: sheet for sheet in QuotaSheet.objects.all()}
            for firm, wanted in zip(firms, reckoned(world, over=at == LATE), strict=True):
                assert (firm.pk in sheets) == (wanted is not None)
                if wanted is not None:
                    compare(sheets[firm.pk], wanted)
        transaction.set_rollback(True)


def compare(sheet: QuotaSheet, wanted: dict[str, Any]) -> None:
    def near(value: Fraction, places: int) -> Fraction:
        return Fraction(int(value * 10**places + Fraction(1, 2)), 10**places)

    assert sheet.is_undeclared == wanted["late"]
    assert [int(count) for count in sheet.placed_by_month] == wanted["counts"]
    assert Fraction(sheet.headcount) == wanted["heads"]
    assert Fraction(sheet.placed) == near(wanted["placed"], 4)
    assert Fraction(sheet.gap) == near(wanted["gap"], 6)
    assert (None if sheet.base_yuan is None else Fraction(sheet.base_yuan)) == wanted["base"]
    for name in ("gross", "net"):
        assert Fraction(getattr(sheet, f"{name}_yuan")) == wanted[name], name
    assert Fraction(sheet.factor) == wanted["factor"]
    assert sheet.missing == []
