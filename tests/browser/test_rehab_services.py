"""Rehabilitation in a browser: the survey on a phone by keyboard, the desk and its lists, the services form."""

import os
from typing import Any

import pytest
from django.utils import timezone

from registry.models import Person
from rehab.models import CatalogueItem, PlanLine, Referral, RehabNeed, RehabService
from rehab.services.plans import plan_generate
from tests.browser.conftest import Visitor
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

pytestmark = [pytest.mark.browser, pytest.mark.slow]
YEAR = 2025  # of the small world's latest survey


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: REHAB_PICTURES names the folder."""
    if folder := os.environ.get("REHAB_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def tick(visitor: Visitor, label: str) -> None:
    visitor.tabs_to(label)
    visitor.page.keyboard.press("Space")


@pytest.fixture
def planned(district: dict[str, User]) -> dict[str, User]:
    """The small world with a plan of its latest survey, a catalogue and a referral."""
    today = timezone.localdate()
    plan_generate(year=YEAR, on=today, parameters=Parameters(on=today), by=district["staff"])
    PlanLine.objects.filter(domain="nursing").update(provider="扎赉诺尔区人民医院", month=5, coordinator="李协调")
    CatalogueItem.objects.create(
        group="physical", age_band="older", name="压疮护理", kind="nursing", document="残联发〔2019〕34号"
    )
    somebody = RehabNeed.objects.filter(year=YEAR, rehab__isnull=False).order_by("pk").first()
    assert somebody is not None
    Referral.objects.create(
        person=somebody.person,
        kind="training",
        from_provider="灵泉镇卫生院",
        to_provider="扎赉诺尔区人民医院",
        reason="需要机构内训练",
        sent_on="2026-10-01",
    )
    return district


def test_a_survey_is_filled_in_on_a_phone_by_keyboard_with_last_years_answers(
    visit: Any, district: dict[str, User]
) -> None:
    today = timezone.localdate()
    before = RehabNeed.objects.filter(year=YEAR, rehab__contains="护理").order_by("pk").first()
    assert before is not None
    visitor: Visitor = visit(district["street"], "phone")
    person = Person.objects.visible_to(district["street"]).filter(rehabneeds=before).first()
    if person is None:  # the street's own
        before = (
            RehabNeed.objects.filter(year=YEAR, person__in=Person.objects.visible_to(district["street"]))
            .exclude(rehab=None)
            .first()
        )
        assert before is not None
        person = before.person
    page = visitor.open("/rehab/surveys/")
    picture(visitor, "surveys-phone")
    visitor.assert_good()
    page = visitor.open(f"/people/{person.pk}/rehab/survey/{today.year}/")
    picture(visitor, "survey-phone")
    visitor.assert_good()
    visitor.tabs_to(f"照 {YEAR} 年的填")
    visitor.press_enter()
    assert page.locator("input[name=chosen]:checked").count() >= 1
    tick(visitor, "没有需求（已问过）")
    visitor.tabs_to("保存调查结果")
    visitor.press_enter()
    assert "请二选一" in page.locator(".error-summary").inner_text()
    picture(visitor, "survey-phone-error")
    visitor.assert_good()
    tick(visitor, "没有需求（已问过）")
    visitor.tabs_to("其他康复需求")
    page.keyboard.type("针灸")
    visitor.tabs_to("保存调查结果")
    visitor.press_enter()
    page.wait_for_selector("text=的调查结果")
    stored = RehabNeed.objects.get(person=person, year=today.year)
    assert stored.rehab == f"{before.rehab}、针灸"
    assert stored.device == before.device
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_desk_and_its_lists_are_good(visit: Any, planned: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(planned["staff"], window)
    referral = Referral.objects.get()
    line = PlanLine.objects.filter(domain="nursing").order_by("pk").first()
    assert line is not None
    pages = {
        "desk": "/rehab/",
        "missing9": "/rehab/missing/9/",
        "missing10": "/rehab/missing/10/",
        "surveys": "/rehab/surveys/?state=all",
        "plans": "/rehab/plans/",
        "plan": f"/rehab/plans/{line.pk}/",
        "services": "/rehab/services/?need=without",
        "catalogue": "/rehab/service-catalogue/",
        "item": "/rehab/service-catalogue/add/",
        "referrals": "/rehab/referrals/",
        "referral": f"/rehab/referrals/{referral.pk}/",
        "refer": f"/people/{referral.person_id}/rehab/referrals/add/",
        "export": "/rehab/plans/export/",
        "person": f"/people/{referral.person_id}/",
    }
    for name, address in pages.items():
        page = visitor.open(address)
        assert page.locator("h1").count() == 1, address
        picture(visitor, f"{name}-{window}")
        visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_services_are_recorded_for_one_and_for_many(visit: Any, planned: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(planned["staff"], window)
    before = RehabService.objects.count()
    page = visitor.open("/rehab/missing/9/")
    boxes = page.locator("input[name=person][form=chosen]").all()[:2]
    for box in boxes:
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('为所选的人登记服务')").focus()
    visitor.press_enter()
    visitor.assert_good()
    page.click("button:has-text('人登记服务')")
    assert "请填写" in page.locator(".error-summary").inner_text()
    picture(visitor, f"many-{window}")
    visitor.assert_good()
    page.fill("#id_served_on", "2025-12-20")
    page.select_option("#id_kind", "护理")
    page.fill("#id_provider", "扎赉诺尔区人民医院")
    page.fill("#id_reason", "签到表")
    page.click("button:has-text('人登记服务')")
    page.wait_for_selector(f"text=已为 {len(boxes)} 人登记服务")
    assert RehabService.objects.count() == before + len(boxes)
    line = PlanLine.objects.filter(domain="nursing").order_by("pk").first()
    assert line is not None
    page = visitor.open(f"/people/{line.person_id}/rehab/services/add/?line={line.pk}")
    assert page.input_value("#id_provider") == "扎赉诺尔区人民医院"
    picture(visitor, f"service-{window}")
    visitor.assert_good()


def test_lines_of_the_plan_are_arranged_by_keyboard(visit: Any, planned: dict[str, User]) -> None:
    visitor: Visitor = visit(planned["staff"], "phone")
    page = visitor.open("/rehab/plans/?provider=-")
    for box in page.locator("input[name=line]").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('安排所选')").focus()
    visitor.press_enter()
    picture(visitor, "arrange-phone")
    visitor.assert_good()
    visitor.tabs_to("服务机构")
    page.keyboard.type("灵泉镇卫生院")
    visitor.tabs_to("确认安排")
    visitor.press_enter()
    page.wait_for_selector("text=已安排 2 条计划")
    visitor.assert_good()
    assert PlanLine.objects.filter(provider="灵泉镇卫生院").count() == 2
