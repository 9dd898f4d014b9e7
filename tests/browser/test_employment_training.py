"""A training class from its creation to certificates, by keyboard, in an office and on a phone; and blind massage."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.utils import timezone

from employment.models import Attendance, MassageShop, TrainingClass, TrainingRecord
from registry.models import Category, Certificate, Person
from registry.rules import held, registered
from tests.browser.conftest import Visitor
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WINDOWS = ["office", "phone"]


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: TRAINING_PICTURES names the folder."""
    if folder := os.environ.get("TRAINING_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def two_on_the_register() -> list[Person]:
    today = timezone.localdate()
    statements = Certificate.objects.filter(registered(today), person__died_on__isnull=True).order_by("person")
    return [statement.person for statement in statements.select_related("person")[:2]]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_class_from_creation_to_certificates(visit: Any, district: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(district["staff"], window)
    today = timezone.localdate().isoformat()
    people = two_on_the_register()
    page = visitor.open("/employment/training/")
    visitor.assert_good()
    page.locator("a:has-text('登记培训班')").focus()
    visitor.press_enter()
    visitor.assert_good()
    page.click("button:has-text('保存')")
    assert "请填写" in page.content()
    for name, value in {
        "name": "电商一班", "trade": "电子商务", "provider": "甲乙丙培训学校", "hours": "8", "capacity": "20",
        "starts_on": today, "ends_on": today, "budget_yuan": "10000", "spent_yuan": "8000.50",
    }.items():  # fmt: skip
        page.fill(f"#id_{name}", value)
    page.select_option("#id_organiser", "federation_base")
    page.locator("button:has-text('保存')").focus()
    visitor.press_enter()
    of = TrainingClass.objects.get()
    page.locator("a:has-text('登记课次')").focus()
    visitor.press_enter()
    visitor.assert_good()
    page.fill("#id_hours", "8")
    page.fill("#id_topic", "开店和直播")
    page.locator("button:has-text('保存')").focus()
    visitor.press_enter()
    page.locator("a:has-text('报名')").first.focus()
    visitor.press_enter()
    visitor.assert_good()
    page.fill("#id_who", "\n".join(person.id_number for person in people))
    page.locator("button:has-text('查找')").focus()
    visitor.press_enter()
    picture(visitor, f"enrol-{window}")
    visitor.assert_good()
    for box in page.locator("input[type=checkbox][name=person]").all():
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('为勾选的人报名')").focus()
    visitor.press_enter()
    page.wait_for_selector("text=已报名 2 人")
    picture(visitor, f"class-{window}")
    visitor.assert_good()
    page.locator("a:has-text('登记出勤')").focus()
    visitor.press_enter()
    picture(visitor, f"attendance-{window}")
    visitor.assert_good()
    page.locator("input[name=present]").first.focus()
    page.keyboard.press("Space")
    page.locator("button:has-text('保存出勤')").focus()
    visitor.press_enter()
    page.wait_for_selector("text=2 处有变化")
    assert Attendance.objects.filter(is_present=True).count() == 1
    page = visitor.open(f"/employment/training/{of.pk}/complete/")
    for number, box in enumerate(page.locator("input[type=checkbox][name=record]").all(), 1):
        box.focus()
        page.keyboard.press("Space")
        page.locator("input[name^=number-]").nth(number - 1).fill(f"ZS-{number:03d}")
    page.select_option("#id_certificate_kind", "completion")
    page.fill("#id_certified_on", today)
    picture(visitor, f"complete-{window}")
    visitor.assert_good()
    page.locator("button:has-text('登记勾选的人结业')").focus()
    visitor.press_enter()
    page.wait_for_selector("text=已登记 2 人结业")
    assert set(TrainingRecord.objects.filter(training_class=of).values_list("certificate_number", flat=True)) == {
        "ZS-001", "ZS-002",
    }  # fmt: skip
    picture(visitor, f"class-done-{window}")
    visitor.assert_good()
    record = of.records.first()
    for address in (
        f"/employment/training/{of.pk}/sign-in/",
        f"/employment/training/{of.pk}/change/",
        f"/employment/training/{of.pk}/export/",
        f"/employment/training/records/{record.pk}/certificate/",
        f"/employment/training/records/{record.pk}/unfinish/",
        f"/people/{people[0].pk}/training/",
        "/employment/training/",
        "/employment/training/figures/",
        "/employment/training/figures/counted/",
    ):
        visitor.open(address)
        picture(visitor, f"{address.strip('/').replace('/', '-')}-{window}")
        visitor.assert_good()


@pytest.mark.parametrize("window", WINDOWS)
def test_a_masseur_is_registered_and_filed(visit: Any, district: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(district["staff"], window)
    today = timezone.localdate()
    somebody = two_on_the_register()[0]
    Certificate.objects.filter(held(today), person=somebody).update(category=Category.VISUAL)
    MassageShop.objects.create(name="某医院", kind="hospital", owner_name="某负责", address="某路1号")
    page = visitor.open(f"/people/{somebody.pk}/massage/")
    visitor.assert_good()
    page.select_option("#id_kind", "medical")
    page.fill("#id_certificate_number", "YA-001")
    page.fill("#id_qualified_on", "2020-06-01")
    page.select_option("#id_qualified_by", "exam_by_schooling")
    page.locator("button:has-text('保存')").focus()
    visitor.press_enter()
    page.wait_for_selector("text=已登记盲人按摩人员")
    page.locator("a:has-text('登记执业备案')").focus()
    visitor.press_enter()
    visitor.assert_good()
    page.select_option("#id_shop", label="某医院（医疗机构）")
    page.fill("#id_starts_on", "2021-01-01")
    page.fill("#id_valid_until", today.isoformat())
    page.locator("button:has-text('保存')").focus()
    visitor.press_enter()
    picture(visitor, f"masseur-{window}")
    visitor.assert_good()
    for address in ("/employment/massage/?remind=filing", "/employment/massage/shops/", f"/people/{somebody.pk}/"):
        visitor.open(address)
        picture(visitor, f"{address.split('?')[0].strip('/').replace('/', '-')}-{window}")
        visitor.assert_good()
