"""残保金测算 in a browser: the list, a sheet with its people and the late fee, the print, in an office and on a phone."""

import datetime
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from employment.models import AdminLevel, EmployerKind
from employment.services.quota import quota_reckon
from registry.models import Person
from tests import records
from tests.browser.conftest import Visitor
from tests.employment import levy_makers as make
from zalainuoer.common.models import Division, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: LEVY_PICTURES names the folder."""
    if folder := os.environ.get("LEVY_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def levied(accounts: dict[str, User]) -> dict[str, Any]:
    """Last year's figures of four employers: one that owes, one that is free, one with nothing, a large organ."""
    year = timezone.localdate().year - 1
    make.terms()
    street = Division.objects.streets().first()
    owing = make.employer(1, street=None, name="甲乙丙机械制造有限公司")
    small = make.employer(2, street=None, name="丁戊己小卖部")
    make.employer(3, street=None, name="没有数字的公司")
    organ = make.employer(4, street=None, name="某某委员会", kind=EmployerKind.ORGAN, level=AdminLevel.CITY)
    make.declared(owing, 201, average="99502.49", year=year)
    make.declared(small, 20, year=year)
    make.declared(organ, 60, year=year, posts=60)
    assert street is not None
    made = make.placed(1, owing, range(3, 13), year=year, started_on=datetime.date(year, 3, 10))
    other = make.job(records.holder(2, level="1"), owing)
    make.months(other, range(1, 7), year=year, is_pension_paid=False)
    make.months(make.job(made.person, small), range(1, 4), year=year)
    quota_reckon(year=year, at=timezone.now())
    return {**accounts, "year": year, "owing": owing, "organ": organ}


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_levy_is_good_from_list_to_print(visit: Any, levied: dict[str, Any], window: str) -> None:
    visitor: Visitor = visit(levied["staff"], window)
    page = visitor.open("/employment/levy/")
    picture(visitor, f"list-{window}")
    visitor.assert_good()
    page.click(f"text={levied['owing'].name}")
    assert "残保金测算表" in page.locator("h1").inner_text()
    assert "195,373.14" in page.content()
    assert Person.objects.get(pk=levied["owing"].staff.first().person_id).name not in page.content()
    picture(visitor, f"sheet-{window}")
    visitor.assert_good()
    page.get_by_label("滞纳天数").fill("30")
    page.get_by_label("滞纳天数").press("Enter")
    page.wait_for_url("**days=30**")
    assert "29,305.97 元" in page.locator("#late >> xpath=..").inner_text()
    visitor.assert_good()
    visitor.open(f"/employment/levy/{levied['owing'].pk}/{levied['year']}/print/")
    picture(visitor, f"print-{window}")
    visitor.assert_good()
    visitor.open("/employment/levy/leading/")
    assert levied["organ"].name in page.content()
    picture(visitor, f"leading-{window}")
    visitor.assert_good()
    visitor.open(f"/employment/levy/{levied['owing'].pk}/{levied['year']}/export/")
    visitor.assert_good()


def test_a_year_is_reckoned_by_keyboard(visit: Any, levied: dict[str, Any]) -> None:
    visitor: Visitor = visit(levied["staff"])
    page = visitor.open("/employment/levy/")
    visitor.tabs_to("重新测算")
    visitor.press_enter()
    assert "测算完成：新增 0 个单位，变动 0 个，不变 4 个。" in page.content()


def test_the_print_fits_on_paper(visit: Any, levied: dict[str, Any]) -> None:
    """On one sheet, two at most; without scripts, since with them the page is already being printed."""
    visitor: Visitor = visit(levied["staff"], java_script_enabled=False)
    page = visitor.open(f"/employment/levy/{levied['owing'].pk}/{levied['year']}/print/")
    paper = page.pdf(prefer_css_page_size=True)
    if folder := os.environ.get("LEVY_PICTURES"):
        Path(f"{folder}/print.pdf").write_bytes(paper)
        page.set_viewport_size({"width": 1030, "height": 700})  # A4 on its side, without the margins
        page.emulate_media(media="print")
        picture(visitor, "print-paper")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2
