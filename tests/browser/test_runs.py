"""A month's money in a browser: the federation prepares, 民政 locks, the bank answers, and the next month pays again."""

import datetime
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from registry.models import Person
from subsidies.models import Grant, LineKind, PaymentReturn, PaymentRun, RunState, Standard
from subsidies.services.accounts import account_save
from subsidies.services.runs import run_approve, run_prepare, run_submit
from tests import records
from tests.browser.conftest import Visitor
from tests.browser.test_deliveries import PATIENCE, counts, deliver
from tests.deliveries import fact, user, workbook
from zalainuoer.common.models import Role, User
from zalainuoer.common.months import month_of, previous_month

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE = "payment-returns"
NUMBERS = ("6200001234567890128", "6200001234567890136")


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: RUNS_PICTURES names the folder."""
    if folder := os.environ.get("RUNS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def last_month() -> datetime.date:
    return previous_month(month_of(timezone.localdate()))


@pytest.fixture
def due(accounts: dict[str, User]) -> dict[str, User]:
    """Three people with a right to the nursing subsidy since last month; two have an account. 民政 has an account too."""
    Standard.objects.create(
        subsidy="nursing", name="统一", amount_yuan=130, first_month="2020-01-01", document="内民发〔2024〕1号"
    )
    for n in (1, 2, 3):
        somebody = records.holder(n, street="第一街道" if n < 3 else "第二街道")
        facts = {"origin": "application", "granted_on": last_month()}
        Grant.objects.create(person=somebody, subsidy="nursing", first_month=last_month(), **facts)
        if n < 3:
            account_save(person=somebody, bank="农村信用社", number=NUMBERS[n - 1], holder="", by=None, reason="登记")
    return {**accounts, "civil": user(Role.CIVIL_STAFF, department="民政局")}


def locked(accounts: dict[str, User]) -> PaymentRun:
    today = timezone.localdate()
    run = run_prepare(subsidy="nursing", month=last_month(), by=accounts["staff"], today=today)
    run = run_submit(run=run, by=accounts["staff"])
    return run_approve(run=run, by=accounts["civil"], digest=run.digest)


def test_from_the_proposal_to_the_bank_and_back_again(
    visit: Any, due: dict[str, User], worker: None, tmp_path: Path
) -> None:
    clerk: Visitor = visit(due["staff"])
    page = clerk.open("/subsidies/runs/")
    page.select_option("#id_subsidy", "nursing")
    page.fill("#id_month", f"{last_month():%Y-%m}")
    page.click("button:has-text('生成')")
    page.wait_for_selector("text=已生成")
    picture(clerk, "draft-office")
    clerk.assert_good()
    page.click("button:has-text('提交复核')")
    page.wait_for_selector("text=已提交，请由另一人复核并锁定")
    clerk.assert_good()
    run = PaymentRun.objects.get()

    judge: Visitor = visit(due["civil"])
    page = judge.open(f"/subsidies/runs/{run.pk}/")
    picture(judge, "submitted-office")
    judge.assert_good()
    page.click("button:has-text('复核并锁定')")
    assert "请核对后勾选" in page.locator(".error-summary").inner_text()
    judge.assert_good()
    page.check("#approve_confirmed")
    judge.tabs_to("复核并锁定")
    judge.press_enter()
    page.wait_for_selector("text=已锁定")
    picture(judge, "locked-office")
    judge.assert_good()
    run.refresh_from_db()
    assert run.state == RunState.LOCKED

    page.click("a:has-text('导出发放表、银行文件')")
    picture(judge, "export-office")
    judge.assert_good()
    page.get_by_label("银行代发文件").check()
    page.fill("#id_reason", "送信用社代发")
    with page.expect_download() as download:
        page.click("button:has-text('导出 Excel 文件')")
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [cell.value for cell in book["银行代发"]["C"]][1:3] == list(NUMBERS)

    somebody = Person.objects.order_by("pk")[0]
    row = fact(
        CODE,
        {"身份证号": somebody.id_number, "姓名": somebody.name, "所属街道": "", "所属社区": "", "户主身份证号": ""},
        批次号=run.code,
        金额="130.00",
        处理日期=timezone.localdate().isoformat(),
    )
    page = deliver(judge, tmp_path, workbook([row, {**row, "批次号": "B209901"}]), name="回盘.xlsx", sheet=CODE)
    assert counts(page) == ["1", "0", "0", "1"]
    picture(judge, "returns-office")
    judge.assert_good()
    page.click("button:has-text('确认')")
    page.wait_for_selector("h2:has-text('已入库')", timeout=PATIENCE)
    assert PaymentReturn.objects.get().failure == "账户已销户"
    page = judge.open(f"/subsidies/runs/{run.pk}/?show=failed")
    picture(judge, "failed-office")
    judge.assert_good()

    clerk = visit(due["staff"])  # 民政's login has ended the first one
    page = clerk.open("/subsidies/runs/")
    page.select_option("#id_subsidy", "nursing")
    page.click("button:has-text('生成')")
    page.wait_for_selector("text=已生成")
    picture(clerk, "reissue-office")
    lines = PaymentRun.objects.get(state=RunState.DRAFT).lines
    assert lines.filter(kind=LineKind.REISSUE, person=somebody).count() == 1
    assert "失败重发" in page.locator("main").inner_text()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_every_page_of_a_run_is_good(visit: Any, due: dict[str, User], window: str) -> None:
    run = locked(due)
    somebody = Person.objects.order_by("pk")[0]
    facts = {"amount_yuan": 130, "is_paid": False, "failure": "账户已销户", "returned_on": timezone.localdate()}
    PaymentReturn.objects.create(run=run, person=somebody, **facts)
    Person.objects.filter(pk=Person.objects.order_by("pk")[1].pk).update(died_on=last_month())
    records.nursing(records.holder(4), month=f"{last_month()}")
    visitor: Visitor = visit(due["civil"], window)
    visitor.open("/subsidies/runs/takeover/")
    picture(visitor, f"takeover-{window}")
    visitor.assert_good()
    today = timezone.localdate()
    draft = run_prepare(subsidy="nursing", month=month_of(today), by=due["staff"], today=today)
    visitor.open("/subsidies/runs/")
    picture(visitor, f"list-{window}")
    visitor.assert_good()
    for show in ("lines", "new", "stopped", "changed", "refused", "accounts"):
        visitor.open(f"/subsidies/runs/{draft.pk}/?show={show}")
        picture(visitor, f"{show}-{window}")
        visitor.assert_good()
    visitor.open(f"/subsidies/runs/{run.pk}/?show=failed")
    picture(visitor, f"failed-{window}")
    visitor.assert_good()
    visitor.open(f"/subsidies/runs/{run.pk}/export/")
    visitor.assert_good()
    line = draft.lines.filter(kind=LineKind.REISSUE).get()
    visitor.open(f"/subsidies/runs/lines/{line.pk}/")
    picture(visitor, f"line-{window}")
    visitor.assert_good()


def test_recipients_are_taken_over_by_keyboard(visit: Any, accounts: dict[str, User]) -> None:
    records.nursing(records.holder(1), month=f"{last_month()}")
    visitor: Visitor = visit(accounts["staff"])
    page = visitor.open("/subsidies/runs/takeover/")
    visitor.tabs_to("确认接收 1 人")
    visitor.press_enter()
    page.wait_for_selector("text=已接收 1 人享受重度残疾人护理补贴")
    visitor.assert_good()
    assert Grant.objects.get().first_month == last_month()
