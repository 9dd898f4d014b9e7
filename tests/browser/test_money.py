"""资金情况 in a browser: the plots are drawn, say what their tables say, and are there without scripts as tables."""

import os
from typing import Any

import pytest

from registry.models import Person
from subsidies.models import (
    LivingPayment,
    NursingPayment,
    Payment,
    PaymentLine,
    PaymentRun,
    RecoveryReceipt,
    Standard,
)
from tests.browser.conftest import Visitor
from tests.records import day
from zalainuoer.common.models import User
from zalainuoer.common.months import months_between

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADDRESS = "/subsidies/money/"
DRAWN = """figure => {
  const plot = echarts.getInstanceByDom(figure.querySelector(".plot-area"));
  return plot.getOption().series.map(one => one.data);
}"""
SAID = """figure => [...figure.querySelectorAll("tbody tr")].map(row => [...row.querySelectorAll("td")].map(cell => {
  const text = cell.textContent.replaceAll(",", "");
  return text === "" || isNaN(text) ? null : Number(text);
}))"""


@pytest.fixture
def paid(district: dict[str, User]) -> dict[str, User]:
    """The small year, and rosters of two more with a month missing."""
    for subsidy, names in (("living", ("统一",)), ("nursing", ("一级", "二级"))):
        for n, name in enumerate(names):
            Standard.objects.create(
                subsidy=subsidy, name=name, amount_yuan=130 - 10 * n, first_month="2020-01-01", document="某文"
            )
    for table in (LivingPayment, NursingPayment):
        _rosters(table)
    _locked_run()
    return district


def _locked_run() -> None:
    """Some back-pay, and a demand of which part has come back."""
    at = "2026-10-10 10:00+08:00"
    facts: dict[str, Any] = {"subsidy": "nursing", "is_locked": True}
    for month in ("2026-09-01", "2026-10-01"):
        run = PaymentRun.objects.create(
            subsidy="nursing", month=month, state="locked", pay_on=month, prepared_at=at, approved_at=at
        )
        for n, somebody in enumerate(Person.objects.order_by("pk")[:4]):
            place = {"run": run, "person": somebody, "community": somebody.community, **facts}
            kind, code = ("recovery", "T1") if n else ("backpay", "")
            of = PaymentLine.objects.create(
                **place, kind=kind, benefit_month=month, code=code, amount_yuan=240 + 60 * n, reason="某因"
            )
            if n > 1:
                RecoveryReceipt.objects.create(
                    line=of, amount_yuan=200, received_on=day("2026-10-20"), method="cash", document="某号"
                )


def _rosters(table: type[Payment]) -> None:
    people = list(Person.objects.order_by("pk"))
    table.objects.all().delete()
    table.objects.bulk_create(
        table(
            month=month,
            person=somebody,
            paid_on=month,
            standard_yuan=120 + 10 * (place % 2),
            amount_yuan=120 + 10 * (place % 2),
        )
        for number, month in enumerate(months_between(day("2024-06-01"), day("2026-10-01")))
        for place, somebody in enumerate(people[: 61 + 2 * number])
        if month != day("2026-03-01")
    )


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: MONEY_PICTURES names the folder."""
    if folder := os.environ.get("MONEY_PICTURES"):
        visitor.page.wait_for_timeout(500)  # the bars grow
        clip = {"x": 0, "y": 0, "width": visitor.page.viewport_size["width"], "height": 3000}
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True, clip=clip)


@pytest.mark.parametrize("window", ["office", "phone"])
@pytest.mark.parametrize("who", ["staff", "leadership"])
def test_the_page_is_good_and_each_plot_says_what_its_table_says(
    visit: Any, paid: dict[str, User], who: str, window: str
) -> None:
    visitor: Visitor = visit(paid[who], window)
    page = visitor.open(f"{ADDRESS}?subsidy=nursing")
    page.wait_for_selector("figure.drawn canvas")
    picture(visitor, f"money-{who}-{window}")
    visitor.assert_good()
    assert page.locator("figure.drawn canvas").count() == 4
    for figure in page.locator("figure.plot").all():
        drawn = figure.evaluate(DRAWN)
        assert [list(row) for row in zip(*drawn, strict=True)] == figure.evaluate(SAID)
        assert figure.locator(".plot-area").get_attribute("role") == "img"
        assert "数据表" in (figure.locator(".plot-area").get_attribute("aria-label") or "")
    assert "无名册" in page.locator("figure.plot tbody").first.text_content()


def test_tables_of_plots_are_opened_by_keyboard_and_months_and_years_chosen(visit: Any, paid: dict[str, User]) -> None:
    visitor: Visitor = visit(paid["staff"])
    page = visitor.open(ADDRESS)
    page.wait_for_selector("figure.drawn")
    visitor.tabs_to("数据表")
    page.keyboard.press("Enter")
    assert page.locator(".plot-table").first.evaluate("table => table.open")
    visitor.assert_good()
    page.locator("a:has-text('2025-02')").focus()
    visitor.press_enter()
    assert page.locator("#streets").inner_text().startswith("2025-02")
    page.locator("a:has-text('2024 年')").focus()
    visitor.press_enter()
    assert page.locator("section[aria-labelledby=months] tbody tr").count() == 7
    visitor.assert_good()


def test_without_scripts_the_tables_are_there(visit: Any, paid: dict[str, User]) -> None:
    visitor: Visitor = visit(paid["staff"], "phone", java_script_enabled=False)
    page = visitor.open(ADDRESS)
    assert not page.locator(".plot-area").first.is_visible()
    for table in page.locator(".plot-table table").all():
        assert table.is_visible()


def test_a_plot_follows_its_window_and_keeps_still_where_that_is_asked_for(visit: Any, paid: dict[str, User]) -> None:
    visitor: Visitor = visit(paid["staff"], reduced_motion="reduce", forced_colors="active")
    page = visitor.open(ADDRESS)
    page.wait_for_selector("figure.drawn canvas")
    plot = "echarts.getInstanceByDom(document.querySelector('.plot-area'))"
    assert page.evaluate(f"{plot}.getOption().animation") is False
    assert page.evaluate(f"{plot}.getOption().color[0]") == page.evaluate("getComputedStyle(document.body).color")
    picture(visitor, "money-forced")
    wide = page.evaluate(f"{plot}.getWidth()")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(f"{plot}.getWidth() < {wide}")
    visitor.assert_good()
