"""A car park from the inventory to the re-inspection, and a hotline's report to its answer: by keyboard on a phone."""

import os
from typing import Any

import pytest

from accessibility.models import Barrier, BarrierCase, BarrierCaseState, Facility, RectificationNotice
from tests.browser.conftest import Visitor
from tests.records import community
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "站前停车场"


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: PLACES_PICTURES names the folder."""
    if folder := os.environ.get("PLACES_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def looked_at(visitor: Visitor, name: str) -> None:
    picture(visitor, name)
    visitor.assert_good()


def typed(visitor: Visitor, label: str, text: str) -> None:
    """Goes to the field by Tab, past whatever else bears its name, and types; a date is set whole."""
    visitor.tabs_to(label)
    while not visitor.page.evaluate("document.activeElement.matches('input, textarea')"):
        visitor.tabs_to(label)
    if visitor.page.evaluate("document.activeElement.type === 'date'"):
        visitor.page.locator(":focus").fill(text)
        return
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type(text)


def chosen(visitor: Visitor, label: str, option: str) -> None:
    """Goes to the list by Tab and down it until the option is chosen."""
    visitor.tabs_to(label)
    for _ in range(60):
        if visitor.page.evaluate("document.activeElement.selectedOptions[0].textContent").strip() == option:
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"not in the list: {option}")


def followed(visitor: Visitor, name: str) -> None:
    visitor.tabs_to(name)
    visitor.press_enter()


def text_of(visitor: Visitor) -> str:
    return str(visitor.page.locator("main").inner_text())


def test_a_car_park_is_entered_inspected_notified_and_inspected_again(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["staff"], "phone")
    visitor.open("/accessibility/places/")
    looked_at(visitor, "facilities-empty")
    _enter(visitor)
    row = Facility.objects.get()
    visitor.open("/accessibility/places/")
    assert "应有 2 个，现有 1 个，缺 1 个" in text_of(visitor)
    looked_at(visitor, "facilities")
    followed(visitor, NAME)
    _inspect(visitor)
    _notify(visitor)
    _inspect_again(visitor)
    assert not Barrier.objects.filter(removed_in=None, place="入口坡道").exists()
    office: Visitor = visit(accounts["staff"], "office")
    for path, name in ((f"{row.pk}/", "facility"), ("", "facilities"), (f"{row.pk}/inspections/add/", "inspection")):
        office.open(f"/accessibility/places/{path}")
        looked_at(office, f"office-{name}")
    for path in ("export/?show=standing", "notices/export/"):
        office.open(f"/accessibility/places/{path}")
        office.assert_good()
    office.open(f"/accessibility/places/notices/{RectificationNotice.objects.get().pk}/")
    assert office.page.locator("nav a[aria-current]").first.inner_text().strip() == "设施台账"
    looked_at(office, "office-letter")


def _enter(visitor: Visitor) -> None:
    followed(visitor, "登记设施")
    typed(visitor, "名称", NAME)
    chosen(visitor, "类别", "停车场")
    chosen(visitor, "所在社区", community().name)
    typed(visitor, "管理单位", "某物业公司")
    typed(visitor, "停车泊位总数", "51")
    typed(visitor, "无障碍停车位数", "52")
    followed(visitor, "保存")
    assert "多于停车泊位总数 51 个" in text_of(visitor)
    assert not Facility.objects.exists()
    looked_at(visitor, "facility-wrong")
    typed(visitor, "无障碍停车位数", "1")
    followed(visitor, "保存")


def _inspect(visitor: Visitor) -> None:
    followed(visitor, "登记检查")
    typed(visitor, "检查日期", "2025-09-01")
    typed(visitor, "检查人员", "体验促进队")
    typed(visitor, "障碍 1：情况", "坡道过陡，轮椅上不去")
    followed(visitor, "保存检查")
    assert "也要写明具体位置" in text_of(visitor)
    looked_at(visitor, "inspection-wrong")
    typed(visitor, "障碍 1：具体位置", "入口坡道")
    typed(visitor, "障碍 2：具体位置", "东侧出口")
    typed(visitor, "障碍 2：情况", "没有盲道")
    followed(visitor, "保存检查")
    assert "坡道过陡" in text_of(visitor)
    looked_at(visitor, "facility-barriers")


def _notify(visitor: Visitor) -> None:
    followed(visitor, "发整改通知")
    visitor.tabs_to("入口坡道")
    visitor.page.keyboard.press("Space")
    typed(visitor, "发出日期", "2025-08-01")
    typed(visitor, "整改期限", "10")
    followed(visitor, "出具整改通知")
    assert "发出日期不能早于检查日期" in text_of(visitor)
    looked_at(visitor, "notice-wrong")
    typed(visitor, "发出日期", "2025-09-02")
    followed(visitor, "出具整改通知")
    made = RectificationNotice.objects.get()
    assert "逾期" in text_of(visitor)
    looked_at(visitor, "facility-notified")
    followed(visitor, "打印")
    letter = text_of(visitor)
    assert "坡道过陡" in letter
    assert "没有盲道" not in letter
    assert f"{made.due_on.month}月{made.due_on.day}日" in letter
    looked_at(visitor, "letter")
    visitor.page.emulate_media(media="print")
    picture(visitor, "letter-print")
    assert not visitor.page.get_by_role("button", name="打印").is_visible()
    visitor.page.emulate_media(media="screen")
    followed(visitor, "返回设施")


def _inspect_again(visitor: Visitor) -> None:
    followed(visitor, "登记检查")
    looked_at(visitor, "inspection-again")
    typed(visitor, "检查日期", "2025-09-30")
    typed(visitor, "检查人员", "体验促进队")
    visitor.tabs_to("入口坡道")
    visitor.page.keyboard.press("Space")
    followed(visitor, "保存检查")
    assert "已消除 1 项" in text_of(visitor)
    looked_at(visitor, "facility-removed")
    followed(visitor, "照片")
    assert "/accessibility/places/inspections/" in visitor.page.url
    visitor.assert_good()
    followed(visitor, NAME)
    assert "/accessibility/places/" in visitor.page.url


def test_a_hotline_report_has_an_owner_and_a_day_and_is_answered(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["staff"], "phone")
    visitor.open("/accessibility/cases/")
    looked_at(visitor, "cases-empty")
    followed(visitor, "登记反映")
    chosen(visitor, "来源", "12345 政务服务热线")
    typed(visitor, "来源编号", "GD20250901")
    typed(visitor, "收到日期", "2025-09-01")
    typed(visitor, "反映事项", "站前路盲道被占")
    chosen(visitor, "所在社区", community().name)
    typed(visitor, "具体地点", "站前路路口")
    followed(visitor, "保存")
    assert "参数未维护" in text_of(visitor)  # nobody has said how long an answer may take: the hotline's day is asked
    assert not BarrierCase.objects.exists()
    looked_at(visitor, "case-wrong")
    typed(visitor, "答复期限", "2025-09-08")
    followed(visitor, "保存")
    row = BarrierCase.objects.get()
    assert row.owner == accounts["staff"]
    assert "逾期" in text_of(visitor)
    looked_at(visitor, "cases")
    followed(visitor, "站前路盲道被占")
    looked_at(visitor, "case")
    followed(visitor, "登记答复")
    typed(visitor, "答复内容", "已清理，并安装了隔离桩")
    typed(visitor, "答复日期", "2025-09-05")
    looked_at(visitor, "reply")
    followed(visitor, "登记答复")
    row.refresh_from_db()
    assert row.state == BarrierCaseState.REPLIED
    looked_at(visitor, "case-replied")
    office: Visitor = visit(accounts["staff"], "office")
    for path, name in (
        ("?show=all", "cases"),
        (f"{row.pk}/", "case"),
        ("add/", "case-add"),
        ("export/?show=all", "export"),
    ):
        office.open(f"/accessibility/cases/{path}")
        looked_at(office, f"office-{name}")
