"""The desk, the people indicators 9 and 10 miss, the person page and the API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from rehab.models import PlanLine, Referral
from tests.records import due, fitting, holder, need, reached, service
from tests.visiting import logged_in
from zalainuoer.common.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
DESK = reverse("rehab_desk")


def missing(number: int = 9) -> str:
    return reverse("rehab_missing", args=[number])


def test_the_desk_counts_what_the_indicators_count() -> None:
    served, waiting, there = holder(1), holder(2), holder(3, street="第二街道")
    for somebody in (served, waiting, there):
        need(somebody, "护理", "轮椅")
    service(served, "2025-05-06")
    fitting(served, "2025-05-06")
    nine, ten = logged_in().get(DESK).context["indicators"]
    for each, number in ((nine, 9), (ten, 10)):
        assert each["due"] == len(due(number))
        assert each["reached"] == len(reached(number)) == 1
        assert (each["missing"], each["percent"]) == (2, "33.3%")
        assert [(row["name"], row["reached"], row["due"]) for row in each["streets"]] == [
            ("第一街道", 1, 2),
            ("第二街道", 0, 1),
        ]


def test_the_desk_counts_the_work_that_waits() -> None:
    one, other = holder(1), holder(2)
    need(one, "护理、康复训练")
    service(other, "2025-05-06")
    PlanLine.objects.create(person=one, year=2025, domain="nursing", provider="区医院", month=9)
    Referral.objects.create(
        person=one, kind="nursing", from_provider="甲", to_provider="乙", reason="某因", sent_on="2025-10-10"
    )
    context = logged_in().get(DESK).context
    assert (context["survey"]["people"], context["survey"]["todo"]) == (2, 1)
    assert (context["plan"]["lines"], context["plan"]["late"], context["plan"]["lacking"]) == (1, 1, 1)
    assert (context["services"]["people"], context["services"]["without_people"]) == (1, 1)
    assert (context["referrals"]["count"], context["referrals"]["days"]) == (1, 10)


def test_before_any_survey_the_desk_opens_and_says_so() -> None:
    page = logged_in().get(DESK)
    assert page.status_code == 200
    assert page.content.decode().count("无法计算") >= 2


def test_missing_people_are_told_by_street_and_by_provider_with_their_plan() -> None:
    one, other, there = holder(1), holder(2), holder(3, street="第二街道")
    for somebody in (one, other, there):
        need(somebody, "护理")
    for somebody in (one, there):
        PlanLine.objects.create(person=somebody, year=2025, domain="nursing", provider="区医院", month=9)
    client = logged_in()
    context = client.get(missing()).context
    assert [(group["name"], group["count"]) for group in context["streets"]] == [("第一街道", 2), ("第二街道", 1)]
    assert [(group["name"], group["count"]) for group in context["providers"]] == [("区医院", 2), ("还没有机构", 1)]
    for group in [*context["streets"], *context["providers"]]:
        page = client.get(f"{missing()}?{group['query']}")
        assert page.context["page_obj"].paginator.count == group["count"]
    answer = client.post(reverse("rehab_missing_export", args=[9]) + "?provider=区医院", {"reason": "催办"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:3]] == [one.name, there.name]
    assert rows[1][6:] == ("护理", "2025", "区医院", "9月", None)


def test_a_device_need_of_an_earlier_year_is_shown_with_its_year() -> None:
    somebody = holder()
    need(somebody, None, "轮椅", year=2024)
    need(somebody, None)
    (line,) = logged_in().get(missing(10)).context["lines"]
    assert (line["need"], line["need_year"]) == ("轮椅", 2024)
    assert logged_in(street="第二街道").get(missing(10)).context["lines"] == []
    assert logged_in(street="第一街道").get(missing(8)).status_code == 404


def test_statements_of_desk_and_lists_do_not_grow_with_the_people() -> None:
    client = logged_in()

    def counts() -> list[int]:
        found = []
        for address in (DESK, missing(9), missing(10), reverse("rehab_service_list")):
            with CaptureQueriesContext(connection) as caught:
                client.get(address)
            found.append(len(caught))
        return found

    def somebody(n: int, **where: str) -> None:
        one = holder(n, **where)
        need(one, "护理", "轮椅")
        PlanLine.objects.create(person=one, year=2025, domain="nursing", provider=f"机构{n}")
        service(holder(n + 100, **where), "2025-05-06")

    for n in (1, 2):
        somebody(n)
    few = counts()
    for n in range(3, 10):
        somebody(n, street="第二街道")
    assert counts() == few


def test_the_person_page_shows_the_records_and_leads_to_the_acts() -> None:
    somebody = holder()
    need(somebody, "护理")
    PlanLine.objects.create(person=somebody, year=2025, domain="nursing", provider="区医院", month=9)
    Referral.objects.create(
        person=somebody, kind="nursing", from_provider="甲", to_provider="乙", reason="某因", sent_on="2025-10-10"
    )
    where = reverse("person", args=[somebody.pk])
    page = logged_in().get(where).content.decode()
    for said in ("区医院，9月", "转至乙", "2025 年需求调查", "登记康复服务"):
        assert said in page
    assert reverse("rehab_survey", args=[somebody.pk, 2025]) in page
    worker = logged_in(Role.COMMUNITY_WORKER, street="第一街道").get(where).content.decode()
    assert "2025 年需求调查" in worker
    assert "登记康复服务" not in worker


# the API


def test_the_api_reads_needs_services_and_referrals_masked_and_within_the_area() -> None:
    here, there = holder(1), holder(2, street="第二街道")
    for somebody in (here, there):
        need(somebody, "护理、针灸", "轮椅")
        service(somebody, "2025-05-06")
        Referral.objects.create(
            person=somebody,
            kind="nursing",
            from_provider="甲",
            to_provider="区医院",
            reason="某因",
            sent_on="2025-05-01",
            state="accepted",
            answered_on="2025-05-02",
        )
    client = logged_in(Role.STREET_STAFF, street="第一街道")

    def only(name: str, **asked: Any) -> dict[str, Any]:
        answer = client.get(reverse(f"api_{name}-list"), asked).json()
        assert answer["count"] == 1
        return answer["results"][0]

    found = only("rehab_need", year=2025)
    assert (found["person"], found["kinds"], found["rehab"]) == (here.pk, ["nursing"], "护理、针灸")
    assert here.name not in str(found)
    assert only("rehab_service", person=here.pk)["provider"] == "区医院"
    found = only("rehab_referral")
    assert (found["state"], found["done_on"], found["days_waiting"]) == ("done", "2025-05-06", None)
    assert client.get(reverse("api_rehab_service-list"), {"year": "今年"}).status_code == 400
    assert client.post(reverse("api_rehab_service-list"), {}).status_code == 405
    assert logged_in(Role.LEADERSHIP).get(reverse("api_rehab_need-list")).status_code == 403
