"""The domain's golden cases of the two subsidies (rules §12, numbers 4 to 9 and 17), walked through the real pages.

People are put on file directly; what is tested is done by the accounts whose work it is, in a browser, on the days of
the case. `tests/subsidies/test_golden_eligibility.py`, `test_runs.py` and `test_stops.py` have them through the services.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from registry.models import Certificate, Person
from subsidies.models import Application, ApplicationState, Grant, PaymentRun, Standard, Subsidy
from tests.browser.conftest import PASSWORD, Visitor
from tests.records import assistance, benefit, due, holder, nursing
from tests.subsidies import desks, paying
from tests.subsidies.paying import LIVING, NURSING
from zalainuoer.common import administration
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
At = Callable[..., Visitor]
# What cells say, whether or not the page has got its style yet.
CELLS = r"rows => rows.map(row => [...row.children].map(cell => cell.textContent.replace(/\s+/g, ' ').trim()))"


@pytest.fixture
def at(visit: Any) -> Iterator[At]:
    """at("2024-05-28", user, window): somebody's window on a day; who had one before is logged out.

    The server is in this process and travels too. A login's cookie is one for the browser's session and has no day.
    """
    days: list[time_machine.travel] = []

    def travelled(on: str, user: User, window: str = "office") -> Visitor:
        while days:
            days.pop().stop()
        days.append(time_machine.travel(f"{on} 10:00+08:00"))
        days[0].start()
        visitor: Visitor = visit(user, window)
        return visitor

    yield travelled
    while days:
        days.pop().stop()


@pytest.fixture
def staff(accounts: dict[str, User]) -> dict[str, User]:
    """The accounts, two of 民政 among them: who decides a case does not lock what they prepared."""
    for username, name in (("mz1", "孙民"), ("mz2", "钱政")):
        account = User(username=username, name=name, role=Role.CIVIL_STAFF)
        accounts[username] = administration.account_create(account=account, password=PASSWORD, by=None)
    return accounts


def somebody(n: int = 1, **change: Any) -> Person:
    """Somebody of the street account's street, 肢体二级."""
    return holder(n, street=Division.objects.streets()[0].name, **change)


def good(visitor: Visitor, name: str) -> None:
    """Nothing to complain of; and for whoever wants to look, GOLDEN_PICTURES names the folder."""
    if folder := os.environ.get("GOLDEN_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    visitor.assert_good()


def printed(visit: Any, user: User, path: str, name: str) -> None:
    """A letter on one sheet of paper; without scripts, since with them the page is already being printed."""
    page = visit(user, java_script_enabled=False).open(path)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    if folder := os.environ.get("GOLDEN_PICTURES"):
        Path(f"{folder}/{name}.pdf").write_bytes(paper)


# the pages, as an account works on them


def obstacles(page: Any) -> list[str]:
    """The clauses that the page shows to stand in somebody's way, each with its legal source."""
    rows = page.locator("table.clauses tbody tr").evaluate_all(CELLS)
    assert all(source for _, _, source in rows)
    return [sentence for sentence, there, _ in rows if there == "存在"]


def accepted(visitor: Visitor, of: Person, subsidy: Subsidy) -> tuple[Application, list[str]]:
    """Taken in at the counter with every paper; and what the page said beforehand stands in the way."""
    page = visitor.open(f"/people/{of.pk}/apply/{subsidy.value}/")
    said = obstacles(page)
    assert ("现在不符合条件" if said else "现在符合全部条件") in page.locator("main").inner_text()
    if subsidy == NURSING:
        page.select_option("#id_needs_care", "yes")
    for box in page.locator("input[name=papers]").all():
        box.check()
    page.click("button:has-text('受理')")
    page.wait_for_selector("text=已受理，材料齐全")
    row = Application.objects.latest("pk")
    assert (row.person_id, row.subsidy) == (of.pk, subsidy)
    return row, said


def decide(visitor: Visitor, row: Application, choice: str, opinion: str = "") -> Any:
    """One desk's opinion, in the form of the page; the page that follows."""
    page = visitor.open(f"/subsidies/applications/{row.pk}/")
    page.check(f"label:has-text('{choice}')")
    page.fill("#review_opinion", opinion)
    page.click("button:has-text('提交审核意见')")
    return page


def at_civil(row: Application) -> Application:
    """Passed by the street and by the federation, whose pages are walked in number 4."""
    on, street = row.applied_on, row.person.community.parent.name
    row = desks.review(row, desks.counter("初审甲", street), on=on)
    return desks.review(row, desks.federation(), on=on)


def refused_by_civil(visitor: Visitor, row: Application, said: list[str]) -> None:
    """民政 cannot pass what the rules rule out, is told every clause, and its letter tells the applicant every one."""
    page = decide(visitor, row, "同意（进入公示）")
    summary = page.locator(".error-summary").inner_text()
    assert all(sentence in summary for sentence in said)
    assert obstacles(page) == said
    page = decide(visitor, row, "不同意（不予批准", "不符合条件")
    page.wait_for_selector("text=已提交审核意见")
    page.click("a:has-text('不予批准决定书')")
    page.wait_for_selector("h1:has-text('不予批准决定书')")
    listed = page.locator(".letter ol li").all_inner_texts()
    assert len(listed) == len(said)
    assert all(sentence in text and "依据：" in text for sentence, text in zip(said, listed, strict=True))


def passed_by_civil(visitor: Visitor, row: Application) -> None:
    decide(visitor, row, "同意（进入公示）").wait_for_selector("text=已提交审核意见")


def made(visitor: Visitor, month: str, subsidy: Subsidy = NURSING) -> Any:
    """The page of a month's run, just made."""
    page = visitor.open("/subsidies/runs/")
    page.select_option("#id_subsidy", subsidy.value)
    page.fill("#id_month", month)
    page.click("button:has-text('生成')")
    page.wait_for_selector("text=已生成")
    return page


def lines(page: Any) -> list[tuple[str, str, str]]:
    """(kind, month, yuan) of the lines that the run's page shows, in its order."""
    rows = page.locator("section[aria-labelledby=shown] tbody tr").evaluate_all(CELLS)
    return [(kind, month, yuan) for _, _, kind, month, yuan, *_ in rows]


def submitted(page: Any) -> None:
    page.click("button:has-text('提交复核')")
    page.wait_for_selector("text=已提交，请由另一人复核并锁定")


def locked(visitor: Visitor, month: str, subsidy: Subsidy = NURSING) -> Any:
    """The page of a submitted run, looked at and locked."""
    run = PaymentRun.objects.get(subsidy=subsidy, month=f"{month}-01")
    page = visitor.open(f"/subsidies/runs/{run.pk}/")
    page.check("#approve_confirmed")
    page.click("button:has-text('复核并锁定')")
    page.wait_for_selector("text=已锁定")
    return page


# the cases


def test_4_applied_for_in_may_and_granted_in_july_is_paid_two_months_back_at_their_own_standards(
    at: At, staff: dict[str, User]
) -> None:
    person = somebody()
    assistance(person)
    _add_standard(at("2024-05-20", staff["mz1"]), "100", "2020-01")
    visitor = at("2024-05-28", staff["street"])
    row, said = accepted(visitor, person, LIVING)
    assert said == []
    decide(visitor, row, "同意（转下一环节）").wait_for_selector("text=已提交审核意见")
    good(visitor, "4-counter")
    decide(at("2024-06-04", staff["staff"]), row, "同意（转下一环节）").wait_for_selector("text=已提交审核意见")
    visitor = at("2024-06-20", staff["mz2"])
    page = visitor.open(f"/subsidies/standards/{Standard.objects.get().pk}/end/")
    page.fill("#id_last_month", "2024-06")
    page.fill("#id_reason", "7月起提标")
    page.click("button:has-text('确认终止')")
    page.wait_for_selector("text=执行到 2024-06 为止")
    _add_standard(visitor, "125", "2024-07")
    visitor = at("2024-07-05", staff["mz1"])
    passed_by_civil(visitor, row)
    good(visitor, "4-publicity")
    page = at("2024-07-15", staff["mz1"]).open("/subsidies/applications/")
    page.click("button:has-text('核发公示期满的')")
    page.wait_for_selector("text=公示期满 1 份，已核发")
    visitor = at("2024-07-15", staff["staff"])
    page = made(visitor, "2024-07", LIVING)
    assert lines(page) == [("补发", "2024-05", "100"), ("补发", "2024-06", "100"), ("当月发放", "2024-07", "125")]
    assert "325 元" in page.locator("section[aria-labelledby=totals]").inner_text()
    good(visitor, "4-run")
    submitted(page)
    visitor = at("2024-07-16", staff["mz2"])
    locked(visitor, "2024-07", LIVING)
    page = visitor.open(f"/people/{person.pk}/subsidies/")
    assert "应为" not in page.locator("main").inner_text()
    good(visitor, "4-months")


def _add_standard(visitor: Visitor, yuan: str, first_month: str) -> None:
    page = visitor.open("/subsidies/standards/add/")
    page.select_option("#id_subsidy", "living")
    page.fill("#id_name", f"{yuan}元档")
    page.fill("#id_amount_yuan", yuan)
    page.fill("#id_first_month", first_month)
    page.fill("#id_document", f"某文{yuan}号")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已新增标准")


def test_5_a_death_of_october_registered_in_january_takes_back_the_three_months_paid_since(
    at: At, visit: Any, staff: dict[str, User]
) -> None:
    dead, alive = somebody(1), somebody(2)
    paying.standard()
    for each in (dead, alive):
        paying.grant(each, since="2024-10-01")
    for month in ("2024-10-01", "2024-11-01", "2024-12-01", "2025-01-01"):
        paying.locked(month)
    visitor = at("2025-01-10", staff["staff"])
    page = visitor.open(f"/people/{dead.pk}/certificate/cancel/")
    page.select_option("#id_reason", "死亡")
    page.fill("#id_died_on", "2024-10-31")
    page.fill("#id_effective_on", "2024-10-31")
    page.click("button:has-text('办理注销')")
    page.wait_for_selector("text=已办理“注销”")
    page = visitor.open(f"/people/{dead.pk}/subsidies/?year=2024")
    assert "2024-10" in page.locator("main").inner_text()
    good(visitor, "5-months")
    visitor = at("2025-02-08", staff["staff"])
    page = made(visitor, "2025-02")
    months = ("2024-11", "2024-12", "2025-01")
    assert sorted(lines(page)) == [("当月发放", "2025-02", "125"), *(("追回", month, "125") for month in months)]
    for month in months:
        row = page.locator(f"tr:has-text('追回'):has-text('{month}')").inner_text()
        assert "T1" in row
        assert "死亡" in row
    good(visitor, "5-run")
    page.click("tr:has-text('2024-11') a:has-text('为什么')")
    page.wait_for_selector("h1:has-text('为什么')")
    assert "T1" in page.locator("main").inner_text()
    good(visitor, "5-why")
    submitted(visitor.open(f"/subsidies/runs/{PaymentRun.objects.latest('month').pk}/"))
    locked(at("2025-02-09", staff["mz1"]), "2025-02")
    for window in ("office", "phone"):
        visitor = at("2025-02-10", staff["staff"], window)
        page = visitor.open("/subsidies/recoveries/")
        assert page.locator("tbody tr:has-text('T1')").count() == 3
        good(visitor, f"5-recoveries-{window}")
        page = visitor.open(f"/people/{dead.pk}/recoveries/letter/")
        letter = page.locator("article.letter").inner_text()
        assert "375.00 元" in letter
        assert all(f"{text}月" in letter for text in ("2024年11", "2024年12", "2025年1"))
        assert letter.count("死亡") == 3
        assert "2024年10月" not in letter
        good(visitor, f"5-letter-{window}")
    printed(visit, staff["staff"], f"/people/{dead.pk}/recoveries/letter/", "5-letter")


def test_6_who_may_have_which_subsidy_is_said_at_the_counter_by_the_bureau_and_in_the_letter(
    at: At, visit: Any, staff: dict[str, User]
) -> None:
    desks.standard(LIVING)
    desks.standard(NURSING)
    orphan = somebody(1, born="2015-05-05", level="1")
    assistance(orphan)
    benefit(orphan, "orphan")
    kept = somebody(2, level="1")
    assistance(kept, "tekun")
    poor = somebody(3, level="1")
    assistance(poor)
    hurt = somebody(4)
    assistance(hurt)
    benefit(hurt, "work_injury_care")
    mental = somebody(5, category="6", level="3")
    several = somebody(6, category="7", level="3", components="肢体四级；精神三级")
    wanted = [
        (orphan, LIVING, ["孤儿基本生活费"]),
        (orphan, NURSING, []),
        (kept, LIVING, ["特困", "不属于低保家庭"]),
        (kept, NURSING, ["特困"]),
        (poor, LIVING, []),
        (poor, NURSING, []),
        (hurt, LIVING, ["工伤保险生活护理费"]),
        (hurt, NURSING, ["工伤保险生活护理费"]),
        (mental, NURSING, ["残疾等级不是一级、二级"]),
        (several, NURSING, ["残疾等级不是一级、二级"]),
    ]
    visitor = at("2025-09-22", staff["street"])
    cases = []
    for person, subsidy, words in wanted:
        row, said = accepted(visitor, person, subsidy)
        assert len(said) == len(words), said
        assert all(any(word in sentence for sentence in said) for word in words), said
        cases.append((at_civil(row), said))
    visitor.open(f"/people/{kept.pk}/apply/living/")
    good(visitor, "6-closed")
    visitor = at("2025-09-22", staff["mz1"])
    for row, said in cases:
        if said:
            refused_by_civil(visitor, row, said)
        else:
            passed_by_civil(visitor, row)
    good(visitor, "6-civil")
    letter = f"/subsidies/applications/{cases[2][0].pk}/letters/refusal/"
    visitor.open(letter)
    good(visitor, "6-letter")
    printed(visit, staff["mz1"], letter, "6-letter")

    visitor = at("2025-09-24", staff["administrator"])
    page = visitor.open("/parameters/nursing.extension_categories/add/")
    for label in ("智力残疾", "精神残疾"):
        page.get_by_label(label, exact=True).check()
    page.fill("#id_effective_from", "2025-09-01")
    page.fill("#id_document", "某文〔2025〕1号")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=的取值。")
    visitor = at("2025-09-25", staff["street"])
    again = [accepted(visitor, person, NURSING) for person in (mental, several)]
    assert [said for _, said in again] == [[], []]
    visitor = at("2025-09-25", staff["mz1"])
    for row, _ in again:
        passed_by_civil(visitor, at_civil(row))

    page = at("2025-10-20", staff["mz2"]).open("/subsidies/applications/")
    page.click("button:has-text('核发公示期满的')")
    page.wait_for_selector("text=公示期满 5 份，已核发")
    granted = set(Grant.objects.values_list("person", "subsidy"))
    expected = {
        (orphan.pk, NURSING),
        (poor.pk, LIVING),
        (poor.pk, NURSING),
        (mental.pk, NURSING),
        (several.pk, NURSING),
    }
    assert granted == expected
    page = at("2025-10-20", staff["street"]).open("/subsidies/applications/?state=refused")
    assert page.locator("tbody tr").count() == 7


def test_7_of_two_nursing_benefits_the_higher_is_chosen_and_the_person_not_counted_as_wanting(
    at: At, staff: dict[str, User]
) -> None:
    desks.standard(NURSING)
    higher, lower = somebody(1), somebody(2)
    benefit(higher, "veteran_care", "200")
    benefit(lower, "veteran_care", "100")
    visitor = at("2025-09-22", staff["street"])
    row, (reason,) = accepted(visitor, higher, NURSING)
    assert "残疾军人护理费" in reason
    assert "择高" in reason
    good(visitor, "7-counter")
    other, said = accepted(visitor, lower, NURSING)
    assert said == []
    row, other = at_civil(row), at_civil(other)
    visitor = at("2025-09-22", staff["mz1"])
    refused_by_civil(visitor, row, [reason])
    good(visitor, "7-letter")
    passed_by_civil(visitor, other)
    nursing(lower, "2025-12-01")
    assert due(5) == {lower.pk}


def test_8_whose_certificate_was_cancelled_waits_a_year_for_a_new_one_and_applies_with_it(
    at: At, staff: dict[str, User]
) -> None:
    desks.standard(NURSING)
    person = somebody()
    visitor = at("2024-03-01", staff["staff"])
    page = visitor.open(f"/people/{person.pk}/certificate/cancel/")
    page.select_option("#id_reason", "本人自愿申请")
    page.click("button:has-text('办理注销')")
    page.wait_for_selector("text=已办理“注销”")

    visitor = at("2025-02-20", staff["staff"])
    page = _issue(visitor, person)
    summary = page.locator(".error-summary").inner_text()
    assert "2025-03-01" in summary
    assert "提前重新申请的理由" in summary
    assert not Certificate.objects.filter(person=person, status="normal", held_until=None).exists()
    good(visitor, "8-blocked")
    page = at("2025-02-20", staff["street"]).open(f"/people/{person.pk}/apply/nursing/")
    assert any("残疾人证" in sentence for sentence in obstacles(page))

    visitor = at("2025-03-02", staff["staff"])
    _issue(visitor, person).wait_for_selector("text=已办理“新办”，自 2025-03-02 起生效")
    visitor = at("2025-03-03", staff["street"])
    row, said = accepted(visitor, person, NURSING)
    assert (said, row.state) == ([], ApplicationState.FIRST_REVIEW)
    good(visitor, "8-accepted")


def _issue(visitor: Visitor, person: Person) -> Any:
    page = visitor.open(f"/people/{person.pk}/certificate/issue/")
    page.fill("#id_assessed_by", "区医院")
    page.click("button:has-text('办理新办')")
    return page


def test_9_a_lower_level_of_september_leaves_september_as_the_last_month_and_takes_back_october(
    at: At, staff: dict[str, User]
) -> None:
    paying.standard()
    person = somebody()
    paying.grant(person, since="2024-08-01")
    for month in ("2024-08-01", "2024-09-01", "2024-10-01"):
        paying.locked(month)
    visitor = at("2024-11-05", staff["staff"])
    page = visitor.open(f"/people/{person.pk}/certificate/regrade/")
    page.select_option("#id_level", "3")
    page.fill("#id_assessed_by", "区医院")
    page.fill("#id_reason", "复评")
    page.fill("#id_effective_on", "2024-09-10")
    page.click("button:has-text('办理类别等级变更')")
    page.wait_for_selector("text=自 2024-09-10 起生效")
    page = made(visitor, "2024-11")
    assert lines(page) == [("追回", "2024-10", "125")]
    row = page.locator("tr:has-text('2024-10')").inner_text()
    assert "T5" in row
    assert "残疾等级不是" in row
    good(visitor, "9-run")
    page = visitor.open(f"/people/{person.pk}/subsidies/?year=2024")
    rows = page.locator("section:has(#s-nursing) tbody tr").evaluate_all(CELLS)
    months = {cells[0]: cells[1] for cells in rows}
    assert months["2024-09"].startswith("应发")
    assert months["2024-10"].startswith("不应发")
    assert "残疾等级不是" in months["2024-10"]
    good(visitor, "9-months")


def test_17_the_same_run_made_again_and_again_has_the_same_lines_and_the_same_fingerprint(
    at: At, staff: dict[str, User]
) -> None:
    paying.standard()
    people = [somebody(n) for n in range(1, 6)]
    for person in people:
        paying.grant(person, since="2024-06-01")
    visitor = at("2024-07-10", staff["staff"])
    page = made(visitor, "2024-07")
    first = page.locator("section[aria-labelledby=shown] tbody tr").evaluate_all(CELLS)
    assert len(first) == 10
    fingerprints = set()
    for again in range(3):
        if again:
            page.click("summary:has-text('退回')")
            page.fill("#return_note", "再核对一次")
            page.click("button:has-text('确认退回')")
            page.wait_for_selector("text=上次被退回")
            page.click("button:has-text('重新生成')")
            page.wait_for_selector("text=已按现在的资料重新生成")
        assert page.locator("section[aria-labelledby=shown] tbody tr").evaluate_all(CELLS) == first
        submitted(page)
        fingerprints.add(page.locator("dt:has-text('明细指纹') + dd").inner_text())
    good(visitor, "17-run")
    assert len(fingerprints) == 1
    run = PaymentRun.objects.get()
    assert run.lines.count() == 10
