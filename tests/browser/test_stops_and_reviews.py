"""Stops, the yearly review, resumption and recoveries in a browser; in an office and on a phone."""

import os
from typing import Any

import pytest
from django.utils import timezone

from registry.models import Person
from subsidies.models import Grant, Origin, RecoveryReceipt, Resumption, Review, Stop, Subsidy
from subsidies.reviewing import window_of
from tests.browser.conftest import Visitor
from tests.records import assistance, holder
from tests.subsidies.paid import locked_between, standard
from zalainuoer.common.models import Department, Role, User
from zalainuoer.common.months import month_of, next_month, previous_month

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NURSING = Subsidy.NURSING


@pytest.fixture
def civil(accounts: dict[str, User]) -> User:
    bureau = Department.objects.get(name="民政局")
    return User.objects.create(username="shending", name="赵审", role=Role.CIVIL_STAFF, department=bureau)


@pytest.fixture
def paid(accounts: dict[str, User]) -> list[Person]:
    """Three people granted long ago and paid by runs for the four months before this one."""
    last = previous_month(month_of(timezone.localdate()))
    first = previous_month(previous_month(previous_month(last)))
    standard(NURSING, "125")
    people = [holder(n) for n in (1, 3, 5)]
    for somebody in people:
        assistance(somebody)
        Grant.objects.create(
            person=somebody, subsidy=NURSING, first_month=first, origin=Origin.APPLICATION, granted_on="2023-01-01"
        )
    locked_between(NURSING, first.isoformat(), last.isoformat())
    return people


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: STOPS_PICTURES names the folder."""
    if folder := os.environ.get("STOPS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_stop_is_looked_at_and_then_recorded(
    visit: Any, accounts: dict[str, User], paid: list[Person], window: str
) -> None:
    today = timezone.localdate()
    visitor: Visitor = visit(accounts["staff"], window)
    visitor.open(f"/people/{paid[0].pk}/")
    picture(visitor, f"person-{window}")
    page = visitor.open(f"/people/{paid[0].pk}/stop/nursing/")
    visitor.assert_good()
    page.click("button:has-text('看会怎样')")
    assert "停发情形：请选择" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.select_option("#id_code", "T8")
    day = previous_month(previous_month(previous_month(month_of(today))))
    page.fill("#id_effective_on", day.isoformat())
    page.fill("#id_reason", "判决生效后服刑")
    page.fill("#id_document", "某刑初1号")
    page.click("button:has-text('看会怎样')")
    page.wait_for_selector("text=登记以后会怎样")
    assert "2 个月，共 250.00 元" in page.content()
    assert not Stop.objects.exists()
    picture(visitor, f"stop-{window}")
    visitor.assert_good()
    page.click("button:has-text('确认登记停发')")
    page.wait_for_selector("text=已登记停发")
    assert Stop.objects.get().code == "T8"
    visitor.assert_good()
    visitor.open(f"/subsidies/stops/{Stop.objects.get().pk}/end/")
    visitor.assert_good()
    visitor.open(f"/people/{paid[0].pk}/subsidies/")
    picture(visitor, f"months-{window}")
    visitor.assert_good()


def test_several_are_reviewed_by_keyboard_the_rest_suspended_and_resumed(
    visit: Any, accounts: dict[str, User], civil: User, paid: list[Person]
) -> None:
    year = window_of(timezone.localdate().year - 1).year
    visitor: Visitor = visit(accounts["staff"], "office")
    page = visitor.open(f"/subsidies/reviews/?year={year}")
    picture(visitor, "reviews")
    visitor.assert_good()
    for box in page.locator("input[type=checkbox][name=person]").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('登记所选')").focus()
    visitor.press_enter()
    picture(visitor, "selected")
    visitor.assert_good()
    page.select_option("#id_method", "visit")
    page.click("button:has-text('确认登记 2 人')")
    page.wait_for_selector("text=已登记 2 人符合条件")
    assert Review.objects.count() == 2
    page = visitor.open(f"/subsidies/reviews/suspend/?year={year}")
    picture(visitor, "suspend")
    visitor.assert_good()
    on = previous_month(previous_month(previous_month(month_of(timezone.localdate()))))
    page.fill("#id_effective_on", on.isoformat())
    page.click("button:has-text('确认暂停 1 人')")
    page.wait_for_selector("text=已暂停 1 人")
    visitor.assert_good()
    (stop,) = Stop.objects.all()
    page = visitor.open(f"/people/{stop.person_id}/review/?year={year}")
    picture(visitor, "review")
    visitor.assert_good()
    page.check("input[value=confirmed]")
    page.select_option("#id_method", "counter")
    page.click("button:has-text('保存复核结果')")
    page.wait_for_selector("text=的暂停已经结束")
    office: Visitor = visit(civil, "office")
    page = office.open(f"/people/{stop.person_id}/resume/nursing/")
    picture(office, "resume")
    office.assert_good()
    page.fill("#id_reason", "已补上复核，一直符合条件")
    page.click("button:has-text('决定补发')")
    page.wait_for_selector("text=已作出恢复补发决定")
    assert Resumption.objects.get().first_month == next_month(on)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_letter_is_printed_and_what_came_back_is_recorded(
    visit: Any, accounts: dict[str, User], paid: list[Person], window: str
) -> None:
    month = month_of(timezone.localdate())
    died = previous_month(previous_month(previous_month(month)))
    Person.objects.filter(pk=paid[0].pk).update(died_on=died)
    locked_between(NURSING, month.isoformat(), month.isoformat())
    visitor: Visitor = visit(accounts["staff"], window)
    page = visitor.open("/subsidies/recoveries/")
    picture(visitor, f"recoveries-{window}")
    visitor.assert_good()
    visitor.open(f"/people/{paid[0].pk}/recoveries/letter/")
    picture(visitor, f"letter-{window}")
    visitor.assert_good()
    page = visitor.open("/subsidies/recoveries/")
    page.locator("a:has-text('登记退回')").first.click()
    page.wait_for_selector("#id_amount_yuan")
    page.fill("#id_amount_yuan", "50")
    page.check("input[value=cash]")
    page.fill("#id_document", "收据1")
    picture(visitor, f"receipt-{window}")
    visitor.assert_good()
    page.click("button:has-text('登记')")
    page.wait_for_selector("text=还差 75.00 元")
    assert RecoveryReceipt.objects.get().amount_yuan == 50
    visitor.open(f"/subsidies/reviews/?year={month.year - 1}&state=all")
    picture(visitor, f"reviews-{window}")
    visitor.assert_good()
    visitor.open(f"/people/{paid[0].pk}/")
    picture(visitor, f"person-owing-{window}")
    visitor.assert_good()
