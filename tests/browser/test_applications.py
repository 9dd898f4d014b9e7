"""An application in a browser, from the counter to the letter: each desk with its own account, in an office and on a
phone; and 公示 as somebody without a login sees it."""

import datetime
import os
from typing import Any

import pytest
from django.utils import timezone

from registry.models import Person
from subsidies.models import Application, ApplicationState, Paper, Standard
from tests.browser.conftest import PASSWORD, Visitor
from tests.records import assistance, holder
from zalainuoer.common import administration
from zalainuoer.common.models import CalendarDay, Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAPERS = (Paper.FORM, Paper.IDENTITY, Paper.CERTIFICATE, Paper.ACCOUNT, Paper.HARDSHIP)


@pytest.fixture
def desks(accounts: dict[str, User]) -> dict[str, User]:
    """The accounts, two of 民政 among them; a standard, and a calendar that reaches far enough."""
    for username, name in (("mz1", "孙民"), ("mz2", "钱政")):
        account = User(username=username, name=name, role=Role.CIVIL_STAFF)
        accounts[username] = administration.account_create(account=account, password=PASSWORD, by=None)
    Standard.objects.create(subsidy="living", name="统一", amount_yuan=125, first_month="2016-01-01", document="某文")
    year = timezone.localdate().year
    for day in (datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)):
        CalendarDay.objects.get_or_create(day=day, defaults={"is_working": False, "name": "元旦", "document": "某文"})
    return accounts


def somebody(n: int = 1) -> Person:
    """Somebody of the street account's street, on the register and without 低保."""
    return holder(n, street=Division.objects.streets()[0].name, expires_on="2099-04-30")


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: APPLICATIONS_PICTURES names the folder."""
    if folder := os.environ.get("APPLICATIONS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def good(visitor: Visitor, name: str) -> None:
    picture(visitor, name)
    visitor.assert_good()


def decide(visitor: Visitor, row: Application, choice: str, opinion: str = "") -> None:
    """One desk's opinion, in the form of the page."""
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    page.check(f"label:has-text('{choice}')")
    page.fill("#review_opinion", opinion)
    page.click("button:has-text('提交审核意见')")
    page.wait_for_selector("text=已提交审核意见")


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_case_goes_from_the_counter_to_the_letter(visit: Any, desks: dict[str, User], window: str) -> None:
    person = somebody()
    assistance(person)
    visitor: Visitor = visit(desks["street"], window)
    page = visitor.open(f"/people/{person.pk}/")
    good(visitor, f"person-{window}")
    page.click("a:has-text('申请困难残疾人生活补贴')")
    good(visitor, f"add-{window}")
    page.click("button:has-text('受理')")
    assert "还缺" in page.locator(".error-summary").inner_text()
    good(visitor, f"add-errors-{window}")
    for paper in PAPERS:
        page.check(f"input[name=papers][value={paper}]")
    page.click("button:has-text('受理')")
    page.wait_for_selector("text=已受理，材料齐全")
    good(visitor, f"page-first-{window}")
    row = Application.objects.get()
    decide(visitor, row, "同意（转下一环节）", "入户核实属实")

    visitor = visit(desks["staff"], window)
    page = visitor.open("/subsidies/applications/")
    good(visitor, f"list-{window}")
    page.click("a.count:has-text('待我办理')")
    assert page.locator("tbody tr").count() == 1
    page.locator(f"a[href='/subsidies/applications/{row.pk}/']").click()
    decide(visitor, row, "同意（转下一环节）")
    good(visitor, f"page-not-mine-{window}")

    visitor = visit(desks["mz1"], window)
    decide(visitor, row, "同意（进入公示）")
    good(visitor, f"page-publicity-{window}")

    today = timezone.localdate()
    Application.objects.update(publicity_from=today)  # a weekend would put it off
    visitor = visit(None, window)
    page = visitor.open("/publicity/")
    assert "某＊" in page.locator("tbody").inner_text()
    good(visitor, f"publicity-{window}")

    Application.objects.update(publicity_from=today - 9 * DAY, publicity_until=today - DAY)
    page = visitor.open("/publicity/")
    assert "现在没有公示" in page.content()
    good(visitor, f"publicity-empty-{window}")

    visitor = visit(desks["mz2"], window)
    page = visitor.open("/subsidies/applications/")
    page.click("button:has-text('核发公示期满的')")
    page.wait_for_selector("text=公示期满 1 份，已核发")

    visitor = visit(desks["street"], window)
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    good(visitor, f"page-granted-{window}")
    page.click("a:has-text('核发通知')")
    page.wait_for_selector("h1:has-text('核发通知')")
    good(visitor, f"letter-grant-{window}")
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    page.click("button:has-text('登记已告知')")
    page.wait_for_selector("text=已登记告知日期")
    row.refresh_from_db()
    assert (row.state, row.notified_on) == (ApplicationState.GRANTED, today)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_case_is_refused_in_writing(visit: Any, desks: dict[str, User], window: str) -> None:
    person = somebody()
    visitor: Visitor = visit(desks["street"], window)
    page = visitor.open(f"/people/{person.pk}/apply/living/")
    assert "现在不符合条件" in page.content()
    page.select_option("#id_applicant", "agent")
    page.fill("#id_applicant_name", "张代办")
    page.fill("#id_applicant_phone", "13900001234")
    page.check("#id_gives_notice")
    page.click("button:has-text('受理')")
    page.wait_for_selector("text=请打印一次性告知书")
    good(visitor, f"page-supplement-{window}")
    page.click("a:has-text('一次性告知书')")
    page.wait_for_selector("h1:has-text('一次性告知书')")
    good(visitor, f"letter-notice-{window}")
    page.emulate_media(media="print")
    picture(visitor, f"letter-notice-print-{window}")
    page.emulate_media(media="screen")
    row = Application.objects.get()
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    for box in page.locator("input[name=papers]").all():
        box.check()
    page.click("button:has-text('登记补正，继续办理')")
    page.wait_for_selector("text=已登记补正")
    page.click("summary:has-text('显示代办人的联系方式')")
    page.check(".reveal-contacts label:has-text('电话联系')")
    page.click(".reveal-contacts button:has-text('显示')")
    page.wait_for_selector("text=13900001234")
    good(visitor, f"page-contacts-{window}")
    decide(visitor, row, "不同意（意见随申请转民政局决定）", "没有低保")
    visitor = visit(desks["staff"], window)
    decide(visitor, row, "不同意（意见随申请转民政局决定）", "同街道意见")
    visitor = visit(desks["mz1"], window)
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    page.check("label:has-text('不同意（不予批准')")
    page.click("button:has-text('提交审核意见')")
    assert "请写明不同意的理由" in page.locator(".error-summary").inner_text()
    good(visitor, f"page-civil-errors-{window}")
    decide(visitor, row, "不同意（不予批准", "没有纳入最低生活保障")
    good(visitor, f"page-refused-{window}")
    page = visitor.page
    page.click("a:has-text('不予批准决定书')")
    page.wait_for_selector("h1:has-text('不予批准决定书')")
    good(visitor, f"letter-refusal-{window}")
    page = visit(desks["street"], "office", java_script_enabled=False).open(page.url.removeprefix(visitor.server))
    if folder := os.environ.get("APPLICATIONS_PICTURES"):  # with scripts the page is already being printed
        page.pdf(path=f"{folder}/letter-refusal.pdf", prefer_css_page_size=True)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_an_objection_is_noted_and_judged(visit: Any, desks: dict[str, User], window: str) -> None:
    person, today = somebody(), timezone.localdate()
    Application.objects.create(
        person=person,
        subsidy="living",
        state="publicity",
        applied_on=today,
        arrived_on=today,
        accepted_in=person.community.parent,
        amount_yuan=125,
        publicity_from=today,
        publicity_until=today + 7 * DAY,
    )
    row = Application.objects.get()
    visitor: Visitor = visit(desks["street"], window)
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    page.fill("#objection_content", "听说家里有两套房")
    page.fill("#objection_said_by", "某邻居")
    page.click("button:has-text('登记异议')")
    page.wait_for_selector("text=已登记异议")
    good(visitor, f"page-objection-{window}")
    visitor = visit(desks["mz1"], window)
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    good(visitor, f"page-judge-{window}")
    page.check("label:has-text('异议不成立')")
    page.fill("textarea[name=opinion]", "经核实只有一套")
    page.click("button:has-text('登记处理结果')")
    page.wait_for_selector("text=已登记异议的处理结果")
    good(visitor, f"page-judged-{window}")


def test_an_application_is_taken_in_by_keyboard_on_a_narrow_screen(visit: Any, desks: dict[str, User]) -> None:
    person = somebody()
    visitor: Visitor = visit(desks["street"], "phone")
    page = visitor.open(f"/people/{person.pk}/apply/nursing/")
    visitor.tabs_to("需要长期照护")
    page.keyboard.press("ArrowDown")
    for paper in (*PAPERS[:-1], Paper.CARE):
        visitor.tabs_to(paper.label)
        page.keyboard.press("Space")
    visitor.tabs_to("受理")
    visitor.press_enter()
    page.wait_for_selector("text=已受理，材料齐全")
    row = Application.objects.get()
    assert (row.needs_care, row.state) == (True, ApplicationState.FIRST_REVIEW)
    visitor.assert_good()


DAY = datetime.timedelta(days=1)
