"""Standards, switches, holidays and accounts in a browser, in an office window and on a phone."""

import os
from typing import Any

import pytest
from django.urls import reverse

from subsidies.models import BankAccount, Standard
from tests import records
from tests.browser.conftest import Visitor
from zalainuoer.common.models import CalendarDay, Parameter, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WINDOWS = pytest.mark.parametrize("window", ["office", "phone"])


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: STANDARDS_PICTURES names the folder."""
    if folder := os.environ.get("STANDARDS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@WINDOWS
def test_a_standard_is_added_changed_and_ended(visit: Any, accounts: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(accounts["administrator"], window)
    page = visitor.open("/subsidies/standards/")
    assert "没有现行的标准" in page.content()
    picture(visitor, f"standards-empty-{window}")
    visitor.assert_good()
    page.locator("main .page-actions a").click()
    page.click("button:has-text('保存')")
    assert "补贴：请选择。" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.select_option("#id_subsidy", "nursing")
    page.fill("#id_name", "一级低保")
    page.fill("#id_amount_yuan", "130.50")
    page.get_by_label("一级", exact=True).check()
    page.get_by_label("低保", exact=True).check()
    page.fill("#id_first_month", "2025年13月")
    page.fill("#id_document", "某文〔2025〕1号")
    page.click("button:has-text('保存')")
    assert "执行起始月份" in page.locator(".error-summary").inner_text()
    picture(visitor, f"standard-form-{window}")
    visitor.assert_good()
    page.fill("#id_first_month", "2025年1月")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已新增标准")
    picture(visitor, f"standards-{window}")
    visitor.assert_good()
    row = Standard.objects.get()
    page = visitor.open(reverse("standard_change", args=[row.pk]))
    assert page.locator("#id_first_month").input_value() == "2025-01"
    visitor.assert_good()
    page = visitor.open(reverse("standard_end", args=[row.pk]))
    visitor.assert_good()
    page.fill("#id_last_month", "2025-06")
    page.fill("#id_reason", "7月起提标")
    page.click("button:has-text('确认终止')")
    page.wait_for_selector("text=执行到 2025-06 为止")
    assert "已停止（1 条）" in page.content()
    visitor.assert_good()


def test_an_extension_is_opened_and_closed_again(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["administrator"])
    for day, ticked, said in (("2026-01-01", True, "起开放（甲文）"), ("2026-02-01", False, "未开放。")):
        page = visitor.open(reverse("parameter_add", args=["nursing.extension_categories"]))
        for label in ("智力残疾", "精神残疾"):
            page.get_by_label(label, exact=True).set_checked(ticked)
        page.fill("#id_effective_from", day)
        page.fill("#id_document", "甲文")
        visitor.assert_good()
        page.click("button:has-text('保存')")
        page.wait_for_selector("text=的取值。")
        assert said in visitor.open("/subsidies/standards/").content()
        visitor.assert_good()
    values = Parameter.objects.filter(key="nursing.extension_categories").order_by("effective_from")
    assert [row.value for row in values] == [[], ["5", "6"], []]


@WINDOWS
def test_a_years_holidays_are_pasted(visit: Any, accounts: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(accounts["administrator"], window)
    page = visitor.open("/calendar/?year=2026")
    picture(visitor, f"calendar-{window}")
    visitor.assert_good()
    page.click("text=粘贴全年安排 >> nth=0")
    page.fill("#id_text", "2031-01-01至2031-01-03 放假 元旦\n乱写")
    page.fill("#id_document", "2031年安排")
    page.click("button:has-text('全部保存')")
    assert "第 2 行" in page.locator(".error-summary").inner_text()
    picture(visitor, f"calendar-paste-{window}")
    visitor.assert_good()
    assert not CalendarDay.objects.filter(day__year=2031).exists()
    page.fill("#id_text", "2031-01-01至2031-01-03 放假 元旦\n2031-01-05 上班 元旦")
    page.click("button:has-text('全部保存')")
    page.wait_for_selector("text=新增 4 天")
    picture(visitor, f"calendar-2031-{window}")
    visitor.assert_good()
    row = CalendarDay.objects.get(day="2031-01-05")
    visitor.open(reverse("calendar_edit", args=[row.pk]))
    visitor.assert_good()
    page = visitor.open(reverse("calendar_delete", args=[row.pk]))
    visitor.assert_good()
    page.click("button:has-text('删除')")
    page.wait_for_selector("text=已删除 2031-01-05")
    page = visitor.open("/calendar/?year=2040")
    assert "这一年还没有登记" in page.content()
    visitor.assert_good()
    visitor.open("/calendar/add/")
    visitor.assert_good()


@WINDOWS
def test_an_account_is_registered_after_its_number_was_looked_at_again(
    visit: Any, accounts: dict[str, User], window: str
) -> None:
    somebody = records.holder(1, street=str(accounts["street"].division))
    visitor: Visitor = visit(accounts["street"], window)
    page = visitor.open(reverse("bank_account", args=[somebody.pk]))
    picture(visitor, f"account-empty-{window}")
    visitor.assert_good()
    page.fill("#id_bank", "农村信用社")
    page.fill("#id_number", "6200 0012 3456 7890 129")
    page.fill("#id_reason", "本人持卡登记")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=还没有保存")
    picture(visitor, f"account-asked-{window}")
    visitor.assert_good()
    page.get_by_label("已核对").check()
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已保存收款账户")
    picture(visitor, f"account-{window}")
    visitor.assert_good()
    assert "62000012" not in page.content()
    assert BankAccount.objects.get().number == "6200001234567890129"
