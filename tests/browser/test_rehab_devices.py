"""A device from the need to the follow-up in a browser, its catalogue, and the stock with its loans; in both windows."""

import os
from typing import Any

import pytest
from django.utils import timezone

from registry.models import Person
from rehab.models import CaseState, DeviceCase, DeviceFitting, DeviceItem, DeviceLoan, StockDevice
from tests.browser.conftest import Visitor
from tests.records import holder, need
from zalainuoer.common.models import Division, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def needing(accounts: dict[str, User]) -> Person:
    """Two people of the street with a need of a device found this year."""
    street, year = Division.objects.streets()[0].name, timezone.localdate().year
    somebody, other = holder(1, street=street), holder(2, street=street)
    need(somebody, device="轮椅", year=year)
    need(other, device="助听器", year=year)
    return somebody


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: DEVICE_PICTURES names the folder."""
    if folder := os.environ.get("DEVICE_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def good(visitor: Visitor, name: str, window: str) -> None:
    picture(visitor, f"{name}-{window}")
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_device_is_walked_from_the_need_to_the_follow_up(
    visit: Any, accounts: dict[str, User], needing: Person, window: str
) -> None:
    federation: Visitor = visit(accounts["staff"], window)
    street: Visitor = visit(accounts["street"], window)
    today = f"{timezone.localdate():%Y-%m-%d}"
    # the catalogue
    page = federation.open("/rehab/device-catalogue/items/add/?class=12")
    page.fill("#id_name", "轮椅")
    page.fill("#id_unit", "辆")
    page.fill("#id_code", "12 22 03")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已保存。")
    good(federation, "catalogue-empty", window)
    # the need
    page = street.open("/rehab/devices/needs/")
    good(street, "needs", window)
    page.locator("tr", has_text="轮椅").locator("text=开始办理").click()
    good(street, "add", window)
    page.locator("#id_wanted").focus()
    street.press_enter()
    case = DeviceCase.objects.get()
    assert (case.wanted, case.need_year) == ("轮椅", timezone.localdate().year)
    # the assessment
    page.click("button:has-text('保存评估')")
    page.wait_for_selector(".error-summary")
    assert "请选择" in page.locator(".error-summary").inner_text()
    good(street, "assess", window)
    page.fill("#assess_assessor", "辅具服务站")
    page.select_option("#assess_item", label="轮椅")
    page.fill("#assess_price_yuan", "700")
    page.fill("#assess_measures", "座宽 42 厘米")
    page.click("button:has-text('保存评估')")
    page.wait_for_selector("text=已登记评估")
    # no terms, no subsidy
    page = federation.open(f"/rehab/devices/{case.pk}/")
    page.click("text=批准，按标准补贴")
    page.click("button:has-text('提交审批')")
    page.wait_for_selector(".error-summary")
    assert "参数未维护" in page.locator(".error-summary").inner_text()
    good(federation, "decide-refused", window)
    page.click("text=新增标准")
    good(federation, "terms", window)
    page.fill("#id_effective_from", "2020-01-01")
    page.fill("#id_years_of_use", "3")
    page.fill("#id_ceiling_yuan", "400")
    page.fill("#id_percent", "50")
    page.fill("#id_document", "某文〔2020〕1号")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已保存。")
    good(federation, "catalogue", window)
    # the decision
    page = federation.open("/rehab/devices/?state=mine")
    good(federation, "list", window)
    page.click("td a:has-text('打开')")
    page.click("text=批准，按标准补贴")
    good(federation, "decide", window)
    page.click("button:has-text('提交审批')")
    page.wait_for_selector("text=已批准，补贴 350.00 元")
    # the handing over
    page = street.open(f"/rehab/devices/{case.pk}/")
    page.fill("#fit_serial_number", "A-1")
    page.select_option("#fit_signed_by", label="本人")
    good(street, "fit", window)
    page.click("button:has-text('登记适配')")
    page.wait_for_selector("text=已登记适配，计入辅具适配率")
    assert DeviceFitting.objects.get().device == "轮椅"
    # the follow-up
    page.fill("#follow_up_done_on", today)
    page.select_option("#follow_up_result", label="正常使用")
    good(street, "follow-up", window)
    page.click("button:has-text('登记回访')")
    page.wait_for_selector("text=已登记回访。")
    case.refresh_from_db()
    assert case.state == CaseState.DONE
    good(street, "done", window)
    # a second one is too early
    page = street.open(f"/people/{needing.pk}/rehab/device/")
    page.select_option("#id_need_year", label="不是调查出的需求")
    page.fill("#id_wanted", "轮椅")
    page.click("button:has-text('登记需求')")
    page.fill("#assess_assessor", "辅具服务站")
    page.select_option("#assess_item", label="轮椅")
    page.fill("#assess_price_yuan", "700")
    page.fill("#assess_measures", "座宽 42 厘米")
    page.click("button:has-text('保存评估')")
    page.wait_for_selector("text=起才能再次适配")
    good(street, "too-early", window)
    page = street.open(f"/people/{needing.pk}/")
    assert "登记辅具需求" in page.locator("#rehab").inner_text()
    street.assert_good()
    if folder := os.environ.get("DEVICE_PICTURES"):
        page.locator("#rehab").screenshot(path=f"{folder}/person-{window}.png")
    federation.open("/rehab/devices/export/?state=all")
    good(federation, "export", window)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_piece_is_received_lent_and_returned(
    visit: Any, accounts: dict[str, User], needing: Person, window: str
) -> None:
    DeviceItem.objects.create(name="轮椅", unit="辆")
    federation: Visitor = visit(accounts["staff"], window)
    street: Visitor = visit(accounts["street"], window)
    page = federation.open("/rehab/stock/add/")
    page.select_option("#id_item", label="轮椅")
    page.fill("#id_inventory_number", "L-001")
    page.fill("#id_place", "一号库房")
    good(federation, "receive", window)
    page.fill("#id_document", "验收单 1 号")
    page.click("button.btn-primary:has-text('入库')")
    page.wait_for_selector("text=已入库")
    good(federation, "piece", window)
    page = street.open(f"/people/{needing.pk}/rehab/loan/")
    page.select_option("#id_device", str(StockDevice.objects.get().pk))
    page.fill("#id_lent_on", "2026-01-01")
    page.fill("#id_due_on", "2026-02-01")
    good(street, "lend", window)
    page.click("button:has-text('登记借出')")
    page.wait_for_selector("text=已登记借出")
    good(street, "loan", window)
    street.open("/rehab/loans/")
    good(street, "loans", window)
    federation.open("/rehab/stock/")
    good(federation, "stock", window)
    page = street.open(f"/rehab/loans/{DeviceLoan.objects.get().pk}/")
    page.select_option("#return_condition", label="损坏，需要维修")
    page.fill("#return_note", "靠背断裂")
    page.click("button:has-text('登记归还')")
    page.wait_for_selector("text=已登记归还。")
    page = federation.open(f"/rehab/stock/{StockDevice.objects.get().pk}/")
    assert "维修中" in page.content()
    good(federation, "piece-in-repair", window)
