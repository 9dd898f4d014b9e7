"""The board: what it counts, whose homes it shows, and that its money is the sum of the parts."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accessibility.board import reading
from accessibility.models import HomeStage, RetrofitHome, YearTask
from accessibility.services.year_tasks import year_task_save, year_task_withdraw
from accessibility.target import goal_on
from tests import records
from tests.accessibility.board_makers import TODAY, contractor, home_of, planned, share
from tests.deliveries import user
from tests.records import day, holder
from tests.visiting import client_of, logged_in
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def federation() -> User:
    return user(Role.FEDERATION_STAFF)


def all_homes() -> Any:
    return RetrofitHome.objects.all()


# what is counted


def test_a_home_is_overdue_the_day_after_its_last_and_not_once_it_is_filed() -> None:
    home_of(holder(1), due_on=TODAY)
    home_of(holder(2), due_on="2025-11-19")
    home_of(holder(3), due_on="2025-11-19", stage=HomeStage.FILED)
    sums = reading.total(all_homes(), today=TODAY)
    assert (sums.homes, sums.going, sums.overdue, sums.filed) == (3, 2, 1, 1)


def test_overdue_homes_come_first_and_those_without_a_day_last() -> None:
    without = home_of(holder(1))
    later = home_of(holder(2), due_on="2025-12-01")
    late = home_of(holder(3), due_on="2025-11-01")
    assert list(reading.in_order(all_homes(), today=TODAY)) == [late, later, without]


def test_the_budget_of_an_ended_home_is_given_back_and_what_was_spent_on_it_stays() -> None:
    share(home_of(holder(1), stage=HomeStage.ENDED), "central", "3500", "120")
    share(home_of(holder(2)), "central", "1000.50")
    sums = reading.total(all_homes(), today=TODAY)
    assert (sums.budget_yuan, sums.spent_yuan) == (Decimal("1000.50"), Decimal("120"))


def test_a_home_with_two_sources_is_one_home_in_every_table() -> None:
    home = home_of(holder(), contractor=contractor(), contract_yuan=Decimal(5000))
    share(home, "central", "3500")
    share(home, "district", "1500")
    planned(home, "2500")
    planned(home, "2500")
    for by in (reading.STREET, reading.COMMUNITY, reading.CONTRACTOR, reading.HOME_YEAR, reading.STAGE):
        (group,) = reading.grouped(all_homes(), by, today=TODAY)
        assert (group.sums.homes, group.sums.contract_yuan, group.sums.budget_yuan) == (1, 5000, 5000)


def test_a_plan_that_the_sources_do_not_cover_is_told() -> None:
    home = home_of(holder())
    share(home, "central", "3500")
    planned(home, "3500.01")
    sums = reading.total(all_homes(), today=TODAY)
    assert not reading.check(all_homes(), sums).is_even


# the years against their tasks


def test_a_household_counts_in_the_year_of_its_first_acceptance_only(federation: User) -> None:
    of, home = holder(), records.household("H1")
    records.retrofit(of, home, "2024-06-01")
    records.retrofit(of, home, "2025-06-01", approved_on="2025-04-01")
    plan = reading.progress(federation, today=TODAY, with_tasks=True)
    assert {one.year: one.accepted for one in plan.years if one.accepted} == {2024: 1}


def test_the_board_counts_as_indicator_11_does(federation: User) -> None:
    for n, (accepted, change) in enumerate(
        [
            ("2020-12-31", {"approved_on": "2020-01-01"}),
            ("2021-01-01", {"approved_on": "2020-12-01"}),
            ("2025-11-20", {}),
            ("2025-11-21", {}),
            ("2024-06-01", {"hardship": "other"}),
            ("2024-06-01", {"level": "3"}),
            ("2024-06-01", {"verdict": "failed"}),
        ],
        1,
    ):
        records.retrofit(holder(n), records.household(f"H{n}"), accepted, **change)
    plan = reading.progress(federation, today=TODAY, with_tasks=True)
    assert plan.accepted == len(records.reached(11, on=TODAY)) == 2


def test_the_target_is_that_of_the_plan_in_force(federation: User) -> None:
    goal = goal_on(TODAY)
    assert goal is not None
    assert (goal.words, goal.starts_on, goal.ends_on) == ("＞321户", day("2021-01-01"), day("2025-12-31"))
    assert goal_on(day("2020-12-31")) is None


def test_no_more_is_missing_than_the_task_asks(federation: User) -> None:
    records.retrofit(holder(), records.household("H1"), "2024-06-01")
    YearTask.objects.create(year=2024, homes=1, document="某文1号")
    YearTask.objects.create(year=2025, homes=4, document="某文2号")
    years = {one.year: one.missing for one in reading.progress(federation, today=TODAY, with_tasks=True).years}
    assert (years[2023], years[2024], years[2025]) == (None, 0, 4)


def save(by: User, **change: Any) -> YearTask:
    how: dict[str, Any] = {"year": 2025, "fund": "", "homes": 60, "budget_yuan": None, "document": "某文1号", **change}
    return year_task_save(task=None, by=by, reason="", **how)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"homes": None}, "只填户数"),
        ({"budget_yuan": Decimal(1)}, "只填户数"),
        ({"fund": "central"}, "只填预算金额"),
        ({"document": " "}, "文号"),
        ({"year": 2015}, "年度应在"),
    ],
)
def test_a_task_says_homes_or_yuan_by_a_document(federation: User, change: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        save(federation, **change)


def test_a_year_has_each_line_once(federation: User) -> None:
    save(federation)
    with pytest.raises(RuleBroken, match="已经有“任务户数”"):
        save(federation)
    save(federation, fund="central", homes=None, budget_yuan=Decimal(210000))


def test_only_the_federation_keeps_tasks(federation: User) -> None:
    task = save(federation)
    with pytest.raises(RuleBroken, match="不能办理"):
        year_task_withdraw(task=task, reason="有误", by=user(Role.STREET_STAFF, street="第一街道"))


# the pages


@time_machine.travel("2025-11-20 10:00 +0800")
def test_a_street_sees_its_own_homes_and_no_tasks_of_the_district() -> None:
    share(home_of(holder(1)), "central", "3500")
    other = home_of(holder(2, street="第二街道"))
    share(other, "central", "4444")
    YearTask.objects.create(year=2025, homes=77, document="某文77号")
    page = logged_in(Role.STREET_STAFF, "第一街道").get(reverse("access_board"))
    assert list(page.context["page_obj"]) == list(all_homes().exclude(pk=other.pk))
    text = page.content.decode()
    assert [each for each in ("4,444", "第二街道", "某文77号") if each in text] == []
    assert AccessLog.objects.latest("pk").people == 1


@time_machine.travel("2025-11-20 10:00 +0800")
def test_the_filters_show_what_they_say(federation: User) -> None:
    late = home_of(holder(1), due_on="2025-11-01", contractor=contractor())
    home_of(holder(2), year=2024)
    filed = home_of(holder(3), stage=HomeStage.FILED)
    client = client_of(federation)

    def shown(**query: str) -> set[int]:
        return {row.pk for row in client.get(reverse("access_board"), query).context["page_obj"]}

    assert shown(stage="overdue") == {late.pk} == shown(contractor=str(late.contractor_id))
    assert shown(stage="filed") == {filed.pk}
    assert late.pk not in shown(year="2024")
    assert len(shown(stage="all")) == 3
    assert shown(street="0") == set()


@time_machine.travel("2025-11-20 10:00 +0800")
def test_statements_do_not_grow_with_homes(federation: User) -> None:
    client = client_of(federation)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("access_board"), {"stage": "all"}).status_code == 200
        return len(seen)

    for n in (1, 2):
        share(home_of(holder(n), contractor=contractor()), "central", "1")
    statements()
    few = statements()
    for n in range(3, 12):
        share(home_of(holder(n), contractor=contractor()), "central", "1")
    assert statements() == few


@time_machine.travel("2025-11-20 10:00 +0800")
def test_the_workbook_holds_the_homes_shown_and_the_sums_and_is_noted_with_its_reason(federation: User) -> None:
    share(home_of(holder(1)), "central", "3500", "20.50")
    home_of(holder(2), stage=HomeStage.FILED)
    answer = client_of(federation).post(reverse("access_board_export"), {"reason": "核对进度"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["改造户", "按社区", "按施工单位", "按资金来源"]
    assert book["改造户"]["C2"].value == holder_number(1)
    assert [cell.value for cell in book["按资金来源"][2]] == ["中央补助", None, 3500, 20.5]
    assert book["按社区"]["C2"].value == 2
    noted = AccessLog.objects.latest("pk")
    assert (noted.people, noted.reason) == (1, "核对进度")


def holder_number(place: int) -> str:
    return str(RetrofitHome.objects.order_by("pk")[place - 1].person.id_number)


@time_machine.travel("2025-11-20 10:00 +0800")
def test_a_task_is_kept_in_the_browser(federation: User) -> None:
    client = client_of(federation)
    sent = {"year": "2025", "fund": "", "homes": "60", "budget_yuan": "", "document": "某文1号"}
    assert client.post(reverse("year_task_add"), sent).status_code == 302
    task = YearTask.objects.get()
    page = client.get(reverse("year_task_change", args=[task.pk]))
    seen = page.context["form"]["seen"].initial
    sent |= {"homes": "65", "reason": "追加任务", "seen": seen}
    assert client.post(reverse("year_task_change", args=[task.pk]), sent).status_code == 302
    assert "又有变化" in client.post(reverse("year_task_change", args=[task.pk]), sent).content.decode()
    task.refresh_from_db()
    assert task.homes == 65
    assert "65" in client.get(reverse("year_task_list")).content.decode()
