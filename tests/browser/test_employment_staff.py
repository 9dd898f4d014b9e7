"""An employer, its year, somebody at work there and the months paid: by keyboard on a phone, with what goes wrong."""

import os
from typing import Any

import pytest
from django.utils import timezone

from employment.models import Employer, EmployerYear, EmploymentMonth, EmploymentRecord
from tests import records
from tests.browser.conftest import Visitor
from tests.employment import employers
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "甲乙丙机械制造有限公司"


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: STAFF_PICTURES names the folder."""
    if folder := os.environ.get("STAFF_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def typed(visitor: Visitor, label: str, text: str) -> None:
    """Goes to the field by Tab, past whatever else bears its name, and types; a date is set whole."""
    is_field = "document.activeElement.matches('input, textarea')"
    visitor.tabs_to(label)
    while not visitor.page.evaluate(is_field):
        visitor.tabs_to(label)
    if visitor.page.evaluate("document.activeElement.type === 'date'"):
        visitor.page.locator(":focus").fill(text)
        return
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type(text)


def chosen(visitor: Visitor, label: str, option: str) -> None:
    """Goes to the list by Tab and down it until the option is chosen."""
    visitor.tabs_to(label)
    for _ in range(20):
        if visitor.page.evaluate("document.activeElement.selectedOptions[0].textContent").strip() == option:
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"not in the list: {option}")


def saved(visitor: Visitor, button: str = "保存") -> None:
    visitor.tabs_to(button)
    visitor.press_enter()


def test_an_employer_its_year_and_its_staff_by_keyboard_on_a_phone(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["staff"], "phone")
    year = timezone.localdate().year - 1
    _register(visitor)
    employer = Employer.objects.get()
    assert (employer.credit_code, employer.name) == (employers.code(1), NAME)
    _declare(visitor, employer, year)
    record = _employ(visitor, employer, year)
    _pay(visitor, record, year)
    page = visitor.open(f"/employment/employers/{employer.pk}/")
    assert "1 个月" in page.locator("#staff >> xpath=..").inner_text()
    picture(visitor, "employer")
    visitor.assert_good()
    visitor.open("/employment/register/")
    picture(visitor, "register")
    visitor.assert_good()


def _register(visitor: Visitor) -> None:
    page = visitor.open("/employment/employers/")
    picture(visitor, "employers-empty")
    visitor.assert_good()
    visitor.tabs_to("登记单位")
    visitor.press_enter()
    typed(visitor, "统一社会信用代码", employers.code(1)[:-1] + ("0" if employers.code(1)[-1] != "0" else "1"))
    typed(visitor, "单位名称", NAME)
    chosen(visitor, "单位性质", "企业")
    typed(visitor, "依据或理由", "单位申报材料")
    saved(visitor)
    assert "校验位" in page.locator(".alert, .invalid-feedback").all_inner_texts()[0]
    assert not Employer.objects.exists()
    picture(visitor, "employer-wrong-code")
    visitor.assert_good()
    typed(visitor, "统一社会信用代码", employers.code(1))
    saved(visitor)
    visitor.assert_good()


def _declare(visitor: Visitor, employer: Employer, year: int) -> None:
    page = visitor.page
    visitor.tabs_to(f"填写 {year} 年")
    visitor.press_enter()
    picture(visitor, "year")
    visitor.assert_good()
    typed(visitor, "1月职工人数", "-90")
    typed(visitor, "依据或理由", "单位年审申报表")
    saved(visitor)
    assert page.locator("#div_id_headcount_01 .invalid-feedback, #error_1_id_headcount_01").first.is_visible()
    assert not EmployerYear.objects.exists()
    assert page.get_by_label("依据或理由").input_value() == "单位年审申报表"
    visitor.assert_good()
    for month in range(1, 13):
        typed(visitor, f"{month}月职工人数", "90")
    typed(visitor, "全年工资总额", "5400000")
    saved(visitor)
    row = EmployerYear.objects.get(employer=employer, year=year)
    assert set(row.headcounts) == {90}


def _employ(visitor: Visitor, employer: Employer, year: int) -> EmploymentRecord:
    page, person = visitor.page, records.holder(1)
    visitor.open(f"/people/{person.pk}/")
    visitor.tabs_to("在单位就业", limit=200)
    visitor.press_enter()
    picture(visitor, "staff-form")
    visitor.assert_good()
    typed(visitor, "统一社会信用代码", employer.credit_code)
    typed(visitor, "单位名称", "别的公司")
    chosen(visitor, "就业形式", "按比例就业")
    typed(visitor, "就业日期", f"{year}-03-01")
    chosen(visitor, "用工依据", "劳动合同")
    typed(visitor, "合同起始日期", f"{year}-03-01")
    chosen(visitor, "依法延迟退休仍在职", "否")
    typed(visitor, "依据或理由", "劳动合同")
    saved(visitor, "添加")
    assert NAME in page.locator("main").inner_text()  # another name than the register's: told which it has
    assert not EmploymentRecord.objects.exists()
    picture(visitor, "staff-wrong-name")
    visitor.assert_good()
    typed(visitor, "单位名称", NAME)
    saved(visitor, "添加")
    return EmploymentRecord.objects.get(person=person, employer=employer)


def _pay(visitor: Visitor, record: EmploymentRecord, year: int) -> None:
    page = visitor.open(f"/employment/register/{record.pk}/months/{year}/")
    picture(visitor, "months")
    visitor.assert_good()
    visitor.tabs_to("3月已缴养老保险")
    page.keyboard.press("Space")
    typed(visitor, "依据或理由", "社保缴费证明")
    saved(visitor)
    assert "3月已缴保险，请填写实发工资。" in page.locator("main").inner_text()
    assert not EmploymentMonth.objects.exists()
    visitor.assert_good()
    typed(visitor, "3月实发工资", "3000")
    visitor.tabs_to("3月已缴医疗保险")
    page.keyboard.press("Space")
    saved(visitor)
    month = EmploymentMonth.objects.get(record=record)
    assert (month.month.month, month.is_pension_paid, month.is_medical_paid) == (3, True, True)
