"""应享未享 and 不应享而享, clause by clause, as the indicators count them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.benefits import Finding, check
from registry.models import Person
from tests import records
from zalainuoer.common.models import Parameter

pytestmark = [pytest.mark.django_db]
TODAY = datetime.date(2026, 1, 5)


def finding(person: Person, code: str, *, on: datetime.date = TODAY) -> Finding:
    return next(each for each in check(person, on=on) if each.entitlement.code == code)


@pytest.fixture
def rosters() -> Person:
    """Somebody else, so that every roster has its newest period: December 2025, and 2025."""
    other = records.holder(9)
    records.living(other)
    records.nursing(other)
    records.pension(other)
    records.medical(other)
    return other


def test_every_entitlement_is_looked_at_in_order(rosters: Person) -> None:
    found = check(rosters, on=TODAY)
    assert [each.entitlement.code for each in found] == ["living", "nursing", "dibao", "pension", "medical"]


def test_whoever_is_due_and_not_paid_is_missing_it_with_the_clause(rosters: Person) -> None:
    person = records.holder(1)
    found = finding(person, "nursing")
    assert found.is_missing
    assert [clause.reason for clause in found.lacks] == ["2025年12月重度残疾人护理补贴发放名册中没有此人"]
    assert all(clause.source for clause in found.lacks)


def test_whoever_is_paid_without_being_due_gets_it_wrongly_with_every_reason(rosters: Person) -> None:
    person = records.holder(1)
    records.living(person)
    found = finding(person, "living")
    assert found.is_wrong
    assert [clause.reason for clause in found.obstacles] == ["2025-12-31不属于低保家庭"]


def test_whoever_is_due_and_paid_is_neither(rosters: Person) -> None:
    person = records.holder(1)
    records.nursing(person)
    found = finding(person, "nursing")
    assert (found.is_due, found.is_received, found.is_missing, found.is_wrong) == (True, True, False, False)


def test_an_insurance_one_need_not_have_is_never_wrong(rosters: Person) -> None:
    child = records.holder(1, born="2015-01-01")
    records.pension(child)
    found = finding(child, "pension")
    assert (found.is_due, found.is_received, found.is_wrong) == (False, True, False)


def test_an_application_found_eligible_and_not_included_is_missing(rosters: Person) -> None:
    person = records.holder(1)
    records.application(person, "2025-10-01", decided_on="2025-10-20")
    assert finding(person, "dibao").is_missing
    records.assistance(person, starts_on="2025-11-01")
    assert not finding(person, "dibao").is_missing


def test_people_are_looked_at_on_the_last_day_of_the_newest_month(rosters: Person) -> None:
    """Assistance that began in January does not make December's payment due."""
    person = records.holder(1)
    records.assistance(person, starts_on="2026-01-01")
    assert not finding(person, "living").is_due


def test_the_answers_are_the_indicators_own(rosters: Person) -> None:
    people = [records.holder(n, level=level) for n, level in enumerate("1234", 1)]
    for person in people[:2]:
        records.assistance(person)
        records.living(person)
    records.nursing(people[0])
    for number, code in ((4, "living"), (5, "nursing"), (6, "pension"), (7, "medical")):
        found = {person.pk: finding(person, code, on=records.DAY) for person in [*people, rosters]}
        assert {pk for pk, each in found.items() if each.is_due} == records.due(number)
        assert {pk for pk, each in found.items() if each.is_due and each.is_received} == records.reached(number)


def test_without_any_roster_nothing_is_compared() -> None:
    found = finding(records.holder(1), "living")
    assert (found.is_due, found.is_missing, found.is_wrong) == (False, False, False)
    assert "没有2026-01-05及以前的“困难残疾人生活补贴发放”数据" in found.problem


def test_a_missing_parameter_is_a_sentence_and_leaves_the_others_alone(rosters: Person) -> None:
    Parameter.objects.filter(key="pension.minimum_age").delete()
    assert "参数未维护" in finding(rosters, "pension").problem
    assert finding(rosters, "medical").is_received


def test_a_rule_takes_one_statement(rosters: Person) -> None:
    with CaptureQueriesContext(connection) as captured:
        check(rosters, on=TODAY)
    explained = [query["sql"] for query in captured if "clause_0" in query["sql"]]
    assert len(explained) == 5
