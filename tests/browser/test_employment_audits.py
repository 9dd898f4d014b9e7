"""A year's audit of one employer in a browser, from the declaration to the last payment; in both windows."""

from __future__ import annotations

import datetime
import os
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from employment.models import Audit, AuditState, EmployerYear, LevyReminder
from employment.services import audits as services
from tests.browser.conftest import Visitor
from tests.employment.audit_makers import PAPERS, employer, parameter, sheet
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def reviewers(accounts: dict[str, User]) -> tuple[User, User]:
    """Two people of the federation."""
    other = User.objects.create(
        username="canlian2", name="周敏", role=Role.FEDERATION_STAFF, division=accounts["staff"].division
    )
    return accounts["staff"], other


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: AUDIT_PICTURES names the folder."""
    if folder := os.environ.get("AUDIT_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def good(visitor: Visitor, name: str, window: str) -> None:
    picture(visitor, f"{name}-{window}")
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_year_is_audited_from_the_declaration_to_the_last_payment(
    visit: Any, reviewers: tuple[User, User], window: str
) -> None:
    today = timezone.localdate()
    year, iso = today.year - 1, f"{today:%Y-%m-%d}"
    later = f"{today + datetime.timedelta(days=10):%Y-%m-%d}"
    of = employer(street=Division.objects.streets()[0].name)
    EmployerYear.objects.create(employer=of, year=year, wage_total_yuan=6000000)
    sheet(of, year=year)
    over = employer(2, street=of.street.name if of.street else None)
    sheet(over, year=year, headcount=Decimal(60), placed=Decimal(2))
    first: Visitor = visit(reviewers[0], window)
    second: Visitor = visit(reviewers[1], window)
    home = f"/employment/audits/{of.pk}/{year}/"
    # declared at the window, with papers wanting
    page = first.open("/employment/audits/")
    good(first, "list", window)
    page.click(f"text={of.name}")
    good(first, "undeclared", window)
    page.click("a:has-text('受理申报')")
    good(first, "declare", window)
    page.check("text=真实性承诺书")
    page.fill("#id_declared_on", "")
    page.click("button:has-text('受理申报')")
    page.wait_for_selector(".error-summary")
    good(first, "declare-refused", window)
    page.fill("#id_declared_on", iso)
    page.locator("#id_declared_on").focus()
    first.press_enter()
    page.wait_for_selector("text=已受理申报。")
    # not reviewed without papers, so asked for
    page.click("a:has-text('初审通过')")
    page.click("button:has-text('初审通过')")
    page.wait_for_selector("text=材料不齐，还缺")
    good(first, "first-review-refused", window)
    page = first.open(home)
    page.click("a:has-text('要求补正')")
    page.fill("#id_missing", "缺劳动合同、工资凭证和社保缴费证明")
    page.fill("#id_complete_by", later)
    good(first, "ask", window)
    page.click("button:has-text('要求补正')")
    page.wait_for_selector("text=已要求补正。")
    good(first, "incomplete", window)
    page.click("a:has-text('登记补正')")
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    good(first, "complete", window)
    page.click("button:has-text('登记补正完成')")
    page.wait_for_selector("text=已登记补正")
    # two people
    page.click("a:has-text('初审通过')")
    good(first, "first-review", window)
    page.click("button:has-text('初审通过')")
    page.wait_for_selector("text=等其他人复审")
    assert page.locator("a:has-text('复审通过')").count() == 0
    good(first, "first-reviewed", window)
    page = second.open(home)
    page.click("a:has-text('复审通过')")
    good(second, "second-review", window)
    page.click("button:has-text('复审通过')")
    page.wait_for_selector("text=审核确认书可以打印")
    good(second, "certified", window)
    page.click(".page-actions a:has-text('审核确认书')")
    assert f"〔{today.year}〕第 1 号" in page.inner_text("article")
    good(second, "certificate", window)
    # pushed
    page = second.open(f"/employment/audits/tax-push/?year={year}")
    page.fill("#id_document", "某函〔2026〕1号")
    good(second, "push", window)
    page.click("button:has-text('登记推送所选的单位')")
    page.wait_for_selector("text=已登记推送 1 个单位")
    good(second, "pushed", window)
    # a part is paid, the rest is owed and reminded of
    page = second.open(home)
    page.click("a:has-text('登记缴费')")
    page.fill("#id_amount_yuan", "5000")
    page.fill("#id_document", "票据 1 号")
    good(second, "pay", window)
    page.click("button:has-text('登记缴费')")
    page.wait_for_selector("text=已登记缴费。")
    page.click("a:has-text('登记欠缴')")
    page.fill("#id_owing_since", iso)
    page.fill("#id_document", "税务反馈 1 号")
    page.click("button:has-text('登记欠缴')")
    page.wait_for_selector("text=滞纳金（测算）")
    page.click("a:has-text('催缴')")
    page.fill("#id_due_on", later)
    page.click("button:has-text('出具催缴通知书')")
    page.wait_for_selector("text=已出具催缴通知书")
    assert LevyReminder.objects.get().amount_yuan == 10000
    good(second, "owing", window)
    page.click("#reminders ~ .table-region a")
    assert "10000.00 元" in page.inner_text("article")
    good(second, "reminder", window)
    # the rest
    page = second.open(home)
    page.click("a:has-text('登记缴费')")
    page.fill("#id_document", "票据 2 号")
    page.click("button:has-text('登记缴费')")
    page.wait_for_selector("text=已登记缴费。")
    row = Audit.objects.get(employer=of)
    assert (row.state, row.paid_yuan) == (AuditState.SETTLED, 15000)
    good(second, "settled", window)
    page.click("a:has-text('撤回上一步')")
    good(second, "take-back", window)
    page = second.open("/employment/credit-records/")
    good(second, "credit", window)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_an_award_is_applied_for_and_decided(visit: Any, reviewers: tuple[User, User], window: str) -> None:
    today, (one, two) = timezone.localdate(), reviewers
    year = today.year - 1
    parameter("employment.minimum_wage_yuan", 2000)
    parameter("employment.award_deadline", "12-31", since="2025-01-01")
    for n, placed in ((1, 2), (2, 3)):
        of = employer(n, street=Division.objects.streets()[0].name, is_budget_funded=n == 2)
        EmployerYear.objects.create(employer=of, year=year, wage_total_yuan=6000000)
        sheet(of, year=year, headcount=Decimal(60), placed=Decimal(placed))
        row = services.audit_declare(employer=of, year=year, declared_on=today, papers=PAPERS, by=one, today=today)
        row = services.audit_first_review(audit=row, opinion="", by=one, today=today)
        services.audit_certify(audit=row, opinion="", by=two, today=today)
    first: Visitor = visit(one, window)
    page = first.open("/employment/awards/")
    good(first, "awards", window)
    page.click("a:has-text('受理申请')")
    page.check("#id_hukou_checked")
    good(first, "award-apply", window)
    page.click("button:has-text('受理申请')")
    page.wait_for_selector("text=等其他人审核")
    second: Visitor = visit(two, window)
    page = second.open("/employment/awards/")
    page.locator("a:has-text('审核')").last.click()
    page.check("text=同意奖励")
    good(second, "award-decide", window)
    page.click("button:has-text('审核奖励申请')")
    page.wait_for_selector("text=10000.00 元")
    good(second, "award-approved", window)
    # an employer that has let the window pass, and the way out
    employer(3, street=Division.objects.streets()[0].name)
    parameter("employment.audit_window_from", "01-01", since="2001-01-01")
    parameter("employment.audit_window_until", "01-01", since="2001-01-01")
    page = second.open("/employment/audits/?todo=undeclared")
    assert "期满未申报（视为未安排）" in page.locator("nav.counts").first.inner_text()
    good(second, "undeclared-list", window)
    page.click(".page-actions a:has-text('导出')")
    good(second, "export", window)
