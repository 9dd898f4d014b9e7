"""The comparison's desk in a browser: list, page, several at once, export; in an office and on a phone."""

import os
from typing import Any

import pytest
from django.utils import timezone

from subsidies.models import Finding, Standard
from subsidies.services.findings import findings_refresh
from tests.browser.conftest import Visitor
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def compared(district: dict[str, User]) -> dict[str, User]:
    """The small year, a standard of each subsidy, and a comparison."""
    for subsidy, yuan in (("living", 125), ("nursing", 130)):
        Standard.objects.create(
            subsidy=subsidy, name="统一", amount_yuan=yuan, first_month="2020-01-01", document="某文"
        )
    findings_refresh(today=timezone.localdate())
    return district


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: FINDINGS_PICTURES names the folder."""
    if folder := os.environ.get("FINDINGS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_desk_is_good_and_a_finding_is_dealt_with(visit: Any, compared: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(compared["staff"], window)
    page = visitor.open("/subsidies/findings/")
    picture(visitor, f"list-{window}")
    visitor.assert_good()
    found = Finding.objects.filter(kind="unentitled").first()
    assert found is not None
    page = visitor.open(f"/subsidies/findings/{found.pk}/")
    picture(visitor, f"page-{window}")
    visitor.assert_good()
    page.click("button:has-text('确认处理')")
    assert "请选择" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.select_option("#resolve_resolution", "已通知停发并追回")
    page.fill("#resolve_reason", "已发函民政局停发")
    page.click("button:has-text('确认处理')")
    page.wait_for_selector("text=已处理。")
    assert "已发函民政局停发" in page.content()
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_several_are_ticked_by_keyboard_and_assigned(visit: Any, compared: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(compared["staff"], window)
    page = visitor.open("/subsidies/findings/?kind=unpaid")
    for box in page.locator("input[name=finding]").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('指派所选')").focus()
    visitor.press_enter()
    picture(visitor, f"selected-{window}")
    visitor.assert_good()
    page.select_option("#id_to", str(compared["staff"].pk))
    page.click("button:has-text('确认指派')")
    page.wait_for_selector("text=已指派 2 条")
    assert Finding.objects.filter(assigned_to=compared["staff"]).count() == 2
    page = visitor.open("/subsidies/findings/export/?kind=unpaid")
    visitor.assert_good()
    page = visitor.open("/subsidies/findings/?assigned=me&state=gone")
    assert "没有符合条件的比对结果" in page.content()
    visitor.assert_good()


def test_the_button_compares_at_once(visit: Any, compared: dict[str, User]) -> None:
    visitor: Visitor = visit(compared["staff"], "office")
    page = visitor.open("/subsidies/findings/")
    page.click("button:has-text('立即比对')")
    page.wait_for_selector("text=比对完成")
    visitor.assert_good()
