"""社区康复: sites, coordinators and communities without; campaigns and awareness against the plan."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.services.facts import version
from rehab.models import AwarenessSurvey, CommunitySite, Coordinator, CoordinatorTraining, PreventionCampaign
from rehab.rules import held_enough, is_aware
from rehab.services.records import record_save, record_withdraw
from tests.deliveries import user
from tests.records import community, day
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter, Role, User
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
NOON = "2025-12-20 12:00+08:00"
TODAY = day("2025-12-20")


def staff(street: str | None = None, role: str = Role.FEDERATION_STAFF) -> User:
    return user(role, street=street)


def site(**change: Any) -> CommunitySite:
    facts = {
        "community": community(), "name": "康复站", "place": "一楼", "offers": ["training"],
        "opened_on": day("2024-01-01"), **change,
    }  # fmt: skip
    return record_save(record=CommunitySite(**facts), by=None)


def coordinator(**change: Any) -> Coordinator:
    facts = {"community": community(), "name": "吴协调", "since": day("2024-01-01"), **change}
    return record_save(record=Coordinator(**facts), by=None)


def survey(*, sample: int, valid: int, aware: int, year: int = 2025) -> AwarenessSurvey:
    facts = {"year": year, "surveyed_on": day(f"{year}-06-01"), "method": "入户"}
    return record_save(record=AwarenessSurvey(sample=sample, valid=valid, aware=aware, **facts), by=None)


def campaign(held_on: str = "2025-08-25") -> PreventionCampaign:
    facts = {"topic": "残疾预防日", "place": "广场", "people_reached": 200, "evidence": "照片存档"}
    return record_save(record=PreventionCampaign(held_on=day(held_on), **facts), by=None)


# awareness and campaigns


@pytest.mark.parametrize(
    ("valid", "aware", "reached"),
    [(10_000, 6000, True), (10_000, 5999, False), (100_000, 59_999, False), (3, 2, True), (7, 4, False), (5, 3, True)],
)
def test_the_rate_is_compared_exactly_and_sixty_counts(valid: int, aware: int, reached: bool) -> None:
    found = survey(sample=valid, valid=valid, aware=aware)
    assert is_aware(found, parameters=Parameters(on=TODAY)) is reached


def test_the_rate_asked_for_is_a_dated_parameter_kept_as_text() -> None:
    Parameter.objects.create(
        key="prevention.awareness_percent", name="目标", value="80", effective_from="2026-01-01", document="某文"
    )
    found = survey(sample=10, valid=10, aware=7)
    assert is_aware(found, parameters=Parameters(on=TODAY))
    assert not is_aware(found, parameters=Parameters(on=day("2026-01-01")))


@pytest.mark.parametrize(("sample", "valid", "aware"), [(9, 10, 5), (10, 9, 10), (10, 0, 0)])
def test_answers_that_cannot_be_are_refused(sample: int, valid: int, aware: int) -> None:
    with pytest.raises(RuleBroken, match="有效答卷"):
        survey(sample=sample, valid=valid, aware=aware)


def test_a_year_has_one_survey() -> None:
    survey(sample=10, valid=10, aware=6)
    with pytest.raises(RuleBroken, match="已有调查结果"):
        survey(sample=20, valid=20, aware=6)


def test_one_campaign_a_year_is_enough_and_none_is_not() -> None:
    parameters = Parameters(on=TODAY)
    assert not held_enough(0, parameters=parameters)
    assert held_enough(1, parameters=parameters)


# records


def test_a_record_changed_by_somebody_else_is_not_written_over() -> None:
    found, by = site(), staff()
    seen = version(found)
    found.place = "二楼"
    record_save(record=found, by=by, reason="搬迁", seen=seen)
    found.place = "三楼"
    with pytest.raises(RuleBroken, match="又被改过"):
        record_save(record=found, by=by, reason="搬迁", seen=seen)


def test_what_others_rest_on_is_not_withdrawn() -> None:
    found = coordinator()
    CoordinatorTraining.objects.create(coordinator=found, trained_on=day("2025-03-01"), topic="规范", hours=8)
    with pytest.raises(RuleBroken, match="协调员培训"):
        record_withdraw(record=found, by=staff(), reason="重复")


def test_a_street_keeps_its_own_communities_and_no_survey() -> None:
    by = staff("第一街道", Role.STREET_STAFF)
    there = CommunitySite(
        community=community("第二街道"), name="站", place="一楼", offers=["training"], opened_on=TODAY
    )
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        record_save(record=there, by=by)
    with pytest.raises(RuleBroken, match="不能登记"):
        record_save(record=AwarenessSurvey(year=2025), by=by)


# the page


@time_machine.travel(NOON)
def test_the_page_names_the_communities_without_and_judges_the_year() -> None:
    site()
    coordinator(until=day("2025-12-20"))  # out of office from today on
    campaign()
    survey(sample=10, valid=10, aware=6)
    page = client_of(staff()).get(reverse("community_rehab"))
    assert (page.context["with_site"], page.context["with_coordinator"]) == (1, 0)
    mine = next(each for each in page.context["places"] if each.community == community())
    assert mine.lacks == ["没有康复协调员"]
    assert page.context["is_enough"] is True
    assert page.context["survey"]["is_reached"] is True
    text = page.content.decode()
    for said in ("60.00%", "2025-12-20 离任", "残疾预防日"):
        assert said in text


@time_machine.travel(NOON)
def test_an_earlier_year_is_looked_at_as_it_was() -> None:
    site(closed_on=day("2025-06-01"))
    client = client_of(staff())
    assert client.get(reverse("community_rehab")).context["with_site"] == 0
    assert client.get(reverse("community_rehab"), {"year": "2024"}).context["with_site"] == 1


@time_machine.travel(NOON)
def test_without_the_parameter_the_page_says_so_and_judges_nothing() -> None:
    Parameter.objects.filter(key="prevention.awareness_percent").delete()
    survey(sample=10, valid=10, aware=9)
    page = client_of(staff()).get(reverse("community_rehab"))
    assert page.context["survey"]["is_reached"] is None
    assert "参数未维护" in page.content.decode()


@time_machine.travel(NOON)
def test_the_statements_of_the_page_do_not_grow_with_records() -> None:
    client = client_of(staff())

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("community_rehab")).status_code == 200
        return len(queries)

    def some(n: int) -> None:
        site(name=f"站{n}")
        by = coordinator(name=f"协调{n}")
        CoordinatorTraining.objects.create(coordinator=by, trained_on=day("2025-03-01"), topic="规范", hours=8)
        campaign(f"2025-08-{n:02d}")

    some(1)
    counted()
    few = counted()
    for n in range(2, 20):
        some(n)
    assert counted() == few


@time_machine.travel(NOON)
def test_records_are_entered_corrected_and_withdrawn_on_the_pages() -> None:
    client = client_of(staff("第一街道", Role.STREET_STAFF))
    add = reverse("rehab_record_add", args=["site"]) + f"?of={community().pk}"
    sent = {"name": "康复站", "place": "一楼", "offers": ["medical", "referral"], "opened_on": "2025-01-01"}
    assert "请填写" in client.post(add, {**sent, "place": ""}).content.decode()
    assert client.post(add, sent).status_code == 302
    assert "同名的站点" in client.post(add, sent).content.decode()
    found = CommunitySite.objects.get()
    edit = reverse("rehab_record_edit", args=["site", found.pk])
    changed = {**sent, "closed_on": "2025-01-01", "reason": "停用", "seen": version(found)}
    assert "应当晚于启用日期" in client.post(edit, changed).content.decode()
    assert client.post(edit, {**changed, "closed_on": "2025-12-01"}).status_code == 302
    withdraw = reverse("rehab_record_withdraw", args=["site", found.pk])
    assert "康复医疗、转介" in client.get(withdraw).content.decode()
    assert client.post(withdraw, {"reason": "重复", "seen": version(found)}).status_code == 302
    assert not CommunitySite.objects.exists()


@time_machine.travel(NOON)
def test_what_is_outside_is_not_found_and_what_is_not_allowed_is_forbidden() -> None:
    there = site(community=community("第二街道"))
    street = client_of(staff("第一街道", Role.STREET_STAFF))
    assert street.get(reverse("rehab_record_edit", args=["site", there.pk])).status_code == 404
    assert street.get(reverse("rehab_record_add", args=["site"]), {"of": there.community_id}).status_code == 404
    assert street.get(reverse("rehab_record_add", args=["site"])).status_code == 404
    assert street.get(reverse("rehab_record_add", args=["survey"])).status_code == 403
    assert street.get(reverse("rehab_record_add", args=["nothing"])).status_code == 404
    assert client_of(user(Role.LEADERSHIP)).get(reverse("community_rehab")).status_code == 403


@time_machine.travel(NOON)
def test_the_export_lists_every_community_with_what_it_lacks() -> None:
    site()
    answer = client_of(staff()).get(reverse("community_export"))
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    rows = {row[2]: row for row in page.iter_rows(values_only=True)}
    assert rows[community().name][3:5] == ("康复站", "训练指导")
    assert rows[community().name][7] == "没有康复协调员"


@time_machine.travel(NOON)
def test_the_api_says_the_rate_cut_off() -> None:
    survey(sample=100_000, valid=100_000, aware=59_999)
    site()
    client = client_of(staff())
    assert client.get(reverse("api_awareness_survey-list")).json()["results"][0]["rate"] == "59.99%"
    assert client.get(reverse("api_community_site-list")).json()["results"][0]["name"] == "康复站"
    assert client.get(reverse("api_prevention_campaign-list")).json()["results"] == []
    assert client.get(reverse("api_coordinator-list")).json()["results"] == []
