"""The person page, the household page and the people behind indicator 11: what each says of home retrofits, and to whom."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accessibility.models import HomeStage, RetrofitHome
from accessibility.services.homes import deciding
from registry.models import Certificate, Person
from registry.services.households import household_split
from registry.services.merging import people_merge
from tests.accessibility import works_makers
from tests.accessibility.first_makers import TODAY, approver, approving, federation, maintained, opened
from tests.deliveries import user
from tests.records import assistance, certificate, day, holder, household, person, retrofit
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_day() -> object:
    with time_machine.travel(datetime.datetime(2026, 11, 25, 10, tzinfo=datetime.UTC), tick=False):
        yield


def section(account: User, of: Person) -> str:
    """家庭无障碍改造 on the person page."""
    text = client_of(account).get(f"/people/{of.pk}/").content.decode()
    return text[text.index('id="retrofit"') : text.index('id="timeline"')]


def household_section(account: User, home: RetrofitHome) -> str:
    text = client_of(account).get(f"/households/{home.household_id}/").content.decode()
    return text.partition('id="part-retrofit"')[2]


def late_home(n: int = 1) -> RetrofitHome:
    home = opened(candidate_in(n))
    RetrofitHome.objects.filter(pk=home.pk).update(due_on=day("2026-11-24"))
    return home


def candidate_in(n: int, street: str = "第一街道") -> Person:
    somebody = holder(n, street=street)
    assistance(somebody)
    return somebody


def test_a_home_under_way_stands_on_the_page_of_its_person_with_stage_and_what_is_overdue() -> None:
    home = late_home()
    text = section(federation(), home.person)
    assert "待入户评估" in text
    assert "期限 2026-11-24" in text
    assert "已过期限" in text
    assert "2026-11-02 登记" in text
    assert f'href="/accessibility/homes/{home.pk}/"' in text
    assert "为同户的" not in text


def test_another_member_of_the_household_reads_for_whom_it_is_done_masked() -> None:
    home = late_home()
    other = person(2)
    certificate(other, home=home.household)
    text = section(federation(), other)
    assert f"/accessibility/homes/{home.pk}/" in text
    assert "为同户的" in text
    assert home.person.name not in text


def test_a_member_who_lives_elsewhere_is_not_told_of_beyond_the_area() -> None:
    home = late_home()
    other = person(2, street="第二街道")
    certificate(other, home=home.household)
    text = section(user(Role.STREET_STAFF, street="第二街道"), other)
    assert "没有记录" in text
    assert f"/accessibility/homes/{home.pk}/" not in text


def test_whoever_may_not_see_accessibility_reads_of_no_home_under_way() -> None:
    home = late_home()
    civil = user(Role.CIVIL_STAFF)
    assert "/accessibility/homes/" not in section(civil, home.person)
    assert "/accessibility/homes/" not in household_section(civil, home)


def test_the_household_page_names_the_member_each_retrofit_was_for() -> None:
    home = late_home()
    retrofit(home.person, home.household, "2020-06-01", approved_on="2020-01-01")
    text = household_section(federation(), home)
    assert f"/accessibility/homes/{home.pk}/" in text
    assert f'href="/people/{home.person_id}/"' in text
    assert "2020-06-01" in text
    assert "同户的" not in text
    assert "改造台账" in text
    assert home.person.name not in text


def test_a_household_without_any_has_no_such_part() -> None:
    somebody = holder(1)
    address = f"/households/{household(somebody.id_number).pk}/"
    assert 'id="part-retrofit"' not in client_of(federation()).get(address).content.decode()


def test_the_timeline_tells_of_registration_and_of_the_end() -> None:
    home = opened(candidate_in(1))
    RetrofitHome.objects.filter(pk=home.pk).update(
        stage=HomeStage.ENDED, end_reason="declined", since_on=day("2026-11-20")
    )
    text = client_of(federation()).get(f"/people/{home.person_id}/").content.decode()
    timeline = text[text.index('id="timeline"') :]
    assert "家庭无障碍改造登记" in timeline
    assert "家庭无障碍改造终止" in timeline
    assert "本人放弃" in timeline


@pytest.mark.parametrize("page", ["person", "household"])
def test_many_homes_take_as_many_statements_as_one(page: str) -> None:
    client, home = client_of(federation()), late_home()
    address = f"/people/{home.person_id}/" if page == "person" else f"/households/{home.household_id}/"

    def statements() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    few = statements()
    for year in range(2010, 2016):
        row = RetrofitHome.objects.create(
            person=home.person, household=home.household, year=year, stage=HomeStage.ENDED, end_reason="declined",
            since_on=f"{year}-02-01", opened_on=f"{year}-01-01", wish="坡道",
        )  # fmt: skip
        row.steps.create(kind="open", done_on=f"{year}-01-01")
    assert statements() == few


# what becomes of a home when records are made one, or the household parts


def merge(kept: Person, gone: Person) -> None:
    people_merge(kept=kept, gone=gone, by=user(Role.FEDERATION_STAFF), reason="号码录错一位", on=TODAY)


def test_a_home_follows_the_record_that_stays_with_its_household() -> None:
    home, kept = late_home(1), holder(2)
    merge(kept, home.person)
    home.refresh_from_db()
    assert home.person == kept
    assert home.household == household(kept.id_number)


def test_two_records_with_a_home_under_way_each_are_not_made_one() -> None:
    one, other = late_home(1), late_home(2)
    with pytest.raises(RuleBroken, match="各有一户家庭无障碍改造正在办理"):
        merge(one.person, other.person)
    assert RetrofitHome.objects.open().count() == 2


def test_two_projects_of_one_day_are_not_made_one_where_a_home_rests_on_the_one_that_would_go() -> None:
    home, kept = works_makers.approved(1), holder(2)
    retrofit(kept, household(kept.id_number), None, approved_on="2025-01-10", verdict=None)
    with pytest.raises(RuleBroken, match="2025-01-10 批准的家庭无障碍改造"):
        merge(kept, home.person)


def test_a_home_whose_person_left_the_household_is_not_approved_and_both_pages_still_show_it() -> None:
    maintained()
    home = approving(candidate_in(1))
    head = person(7)
    RetrofitHome.objects.filter(pk=home.pk).update(household=household(head.id_number))
    Certificate.objects.filter(person=home.person).update(household=household(head.id_number))
    household_split(person=home.person, effective_on=day("2026-11-14"), reason="分户", by=federation(), today=TODAY)
    with pytest.raises(RuleBroken, match="户籍档案已改到另一户"):
        deciding.home_decide(
            home=home, outcome="passed", decided_on=day("2026-11-16"), opinion="", by=approver(), today=TODAY
        )
    home.refresh_from_db()
    assert "待审批" in section(federation(), home.person)
    assert "待审批" in household_section(federation(), home)
