"""Worklists: who stands on which, on which day, and that counts and lists agree."""

import datetime

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry import worklists
from registry.acts import years_later
from registry.forms.finding import PeopleFilter
from registry.models import Household, Person
from registry.worklists import months_before
from tests import records
from tests.deliveries import id_number, user
from zalainuoer.common.models import Parameter, Role, User
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
DAY = records.DAY


def on_list(code: str, *, on: datetime.date = DAY) -> set[int]:
    """Who stands on the list, by the filter of the people list; the count of the page is the same."""
    everybody, parameters = User(role=Role.FEDERATION_STAFF), Parameters(on=on)
    found = PeopleFilter(QueryDict(f"worklist={code}"), user=everybody, on=on, parameters=parameters)
    people = set(found.qs.values_list("pk", flat=True))
    assert worklists.counts(everybody, on=on, parameters=parameters)[code] == len(people)
    return people


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_renewal_opens_after_nine_full_years_and_ends_with_validity() -> None:
    somebody = records.holder(1, issued_on="2015-06-01", expires_on="2025-06-01")
    assert on_list("renewal", on=day("2024-05-31")) == set()
    assert on_list("renewal", on=day("2024-06-01")) == {somebody.pk}
    assert on_list("renewal", on=day("2025-06-01")) == {somebody.pk}
    assert on_list("renewal", on=day("2025-06-02")) == set()


def test_who_was_issued_on_a_leap_day_may_renew_on_the_day_the_form_says_so() -> None:
    somebody = records.holder(1, issued_on="2016-02-29", expires_on="2026-02-28")
    opens = years_later(day("2016-02-29"), 9)
    assert on_list("renewal", on=opens - datetime.timedelta(days=1)) == set()
    assert on_list("renewal", on=opens) == {somebody.pk}


def test_expiring_is_within_ninety_days_and_expired_the_day_after() -> None:
    somebody = records.holder(1, issued_on="2015-06-01", expires_on="2025-06-01")
    assert on_list("expiring", on=day("2025-03-02")) == set()
    assert on_list("expiring", on=day("2025-03-03")) == {somebody.pk}
    assert on_list("expired", on=day("2025-06-01")) == set()
    assert on_list("expired", on=day("2025-06-02")) == {somebody.pk}
    assert on_list("expiring", on=day("2025-06-02")) == set()


def test_frozen_longer_than_six_months() -> None:
    somebody = records.holder(1, status="frozen", status_on="2025-03-31")
    records.holder(2, status="lost", status_on="2025-01-01")
    assert on_list("frozen", on=day("2025-09-30")) == set()
    assert on_list("frozen", on=day("2025-10-01")) == {somebody.pk}


@pytest.mark.parametrize(("text", "months", "before"), [
    ("2025-09-30", 6, "2025-03-30"),
    ("2025-08-31", 6, "2025-02-28"),
    ("2024-08-31", 6, "2024-02-29"),
    ("2025-01-15", 1, "2024-12-15"),
    ("2025-12-31", 12, "2024-12-31"),
])  # fmt: skip
def test_months_are_counted_on_the_calendar(text: str, months: int, before: str) -> None:
    assert months_before(day(text), months) == day(before)


@pytest.mark.parametrize("age", [7, 16, 60])
def test_turning_an_age_is_within_ninety_days(age: int) -> None:
    birthday = DAY + datetime.timedelta(days=90)  # 2026-03-31
    born = birthday.replace(year=birthday.year - age)
    somebody = records.holder(1, born=born.isoformat())
    records.holder(2, born=DAY.replace(year=DAY.year - age).isoformat())  # has turned today
    code = f"turning-{age}"
    assert on_list(code, on=DAY - datetime.timedelta(days=1)) == {Person.objects.exclude(pk=somebody.pk).get().pk}
    assert on_list(code) == {somebody.pk}
    assert on_list(code, on=birthday) == set()


def test_severe_without_a_guardian() -> None:
    first, second = records.holder(1, level="1"), records.holder(2, level="2")
    records.holder(3, level="3")
    Person.objects.filter(pk=second.pk).update(guardian_name="王监护")
    assert on_list("no-guardian") == {first.pk}


def test_an_unknown_card_counts_as_not_of_the_third_generation() -> None:
    unknown, second, third = (records.holder(n) for n in (1, 2, 3))
    Person.objects.filter(pk=second.pk).update(card_generation=2)
    Person.objects.filter(pk=third.pk).update(card_generation=3)
    assert on_list("old-card") == {unknown.pk, second.pk}


def test_a_household_with_two_holders_on_the_register() -> None:
    home = records.household(id_number(1))
    one, two = records.holder(1, home=home), records.holder(2, home=home)
    records.holder(3)
    assert on_list("several") == {one.pk, two.pk}
    two.certificates.update(status="cancelled", status_on="2025-12-31")
    assert on_list("several") == set()


def test_a_severe_holder_kept_by_a_head_of_sixty() -> None:
    home = records.household(id_number(1, born="1965-12-31"))
    Household.objects.filter(pk=home.pk).update(head_born_on="1965-12-31")
    records.holder(1, born="1965-12-31", home=home)  # the head is not kept by the head
    child = records.holder(2, home=home)
    records.holder(3, home=home, level="3")
    assert on_list("elder-head", on=day("2025-12-30")) == set()
    assert on_list("elder-head") == {child.pk}


def test_whoever_has_left_the_register_stands_on_no_list() -> None:
    records.holder(1, status="cancelled", status_on="2025-01-01", expires_on="2024-01-01", issued_on="2014-01-01")
    records.person(2, born="2010-01-15")
    assert set(worklists.counts(User(), on=DAY, parameters=Parameters(on=DAY)).values()) == {0}


def test_every_list_says_who_stands_on_it_and_why() -> None:
    parameters = Parameters(on=DAY)
    for each in worklists.ALL:
        assert each.source
        assert "{" not in each.explained(parameters)
    assert "满9年" in worklists.WORKLISTS["renewal"].explained(parameters)


def test_the_page_counts_ones_own_people_in_a_constant_number_of_statements() -> None:
    for n in range(1, 6):
        records.holder(n, expires_on="2020-01-01", street="第一街道" if n < 4 else "第二街道")
    client = Client()
    client.force_login(user(Role.STREET_STAFF, street="第一街道"), backend="zalainuoer.roles.RoleBackend")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/worklists/").content.decode()
    assert "打开“已过期”名单，3 人" in page
    assert sum("registry_certificate" in query["sql"] for query in captured) == 1
    assert len(captured) < 10


def test_a_missing_parameter_stops_its_own_list_and_says_so() -> None:
    records.holder(1, expires_on="2020-01-01")
    Parameter.objects.filter(key="household.elder_age").delete()
    client = Client()
    client.force_login(user(Role.FEDERATION_STAFF, department="区残联"), backend="zalainuoer.roles.RoleBackend")
    page = client.get("/worklists/").content.decode()
    assert "参数未维护" in page
    assert "打开“已过期”名单，1 人" in page
    assert "参数未维护" in client.get("/people/?worklist=elder-head").content.decode()
