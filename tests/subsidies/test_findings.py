"""The list of findings: refreshed with the facts, dealt with by people, exported; and its pages."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import DeathNotice, Person, SocialAssistance
from subsidies.comparison import compare
from subsidies.comparison.strip import month_strip
from subsidies.models import (
    Application,
    BankAccount,
    Finding,
    FindingState,
    LivingPayment,
    Resolution,
    Standard,
    Stop,
)
from subsidies.services.findings import (
    finding_assign,
    finding_note,
    finding_reopen,
    finding_resolve,
    findings_refresh,
)
from tests import deliveries
from tests.deliveries import fact, undo, upload, user
from tests.records import assistance, benefit, community, day, holder, living, person
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, UploadBatch, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-12-20")


def standard(yuan: str = "125", subsidy: str = "living", **more: Any) -> Standard:
    facts = {"name": "统一", "first_month": "2020-01-01", "document": "某文", **more}
    return Standard.objects.create(subsidy=subsidy, amount_yuan=yuan, **facts)


def poor(n: int = 1, **change: Any) -> Person:
    """Somebody with a right to the living subsidy, level 3 so that the other one is none of theirs."""
    somebody = holder(n, level="3", **change)
    assistance(somebody)
    return somebody


def roster(*people: Person, months: tuple[str, ...] = ("2025-11-01", "2025-12-01")) -> None:
    for somebody in people:
        for month in months:
            living(somebody, month)


def refresh(today: datetime.date = TODAY) -> Any:
    return findings_refresh(today=today)


def only() -> Finding:
    return Finding.objects.standing().get()


def staff(street: str | None = None, role: str = Role.FEDERATION_STAFF) -> User:
    return user(role, street=street)


def resolve(finding: Finding, by: User, **how: Any) -> int:
    facts = {"resolution": Resolution.REFUSES, "reason": "本人明确表示不申请", "today": TODAY, **how}
    return finding_resolve(findings=[finding.pk], by=by, **facts)


# what is found


def test_who_is_entitled_and_not_on_the_roster_is_found_with_months_and_yuan() -> None:
    standard()
    roster(poor(1))
    missing = poor(2)
    refresh()
    found = only()
    assert (found.person, found.kind, found.cause) == (missing, "unpaid", "never_applied")
    assert (found.since_month, found.months, found.amount_yuan) == (day("2025-11-01"), 2, 250)
    assert "至今没有申请过" in found.clause


def test_without_a_standard_the_amount_is_left_open() -> None:
    roster(poor(1))
    poor(2)
    refresh()
    assert only().amount_yuan is None


def test_without_a_roster_nothing_is_compared() -> None:
    poor(1)
    assert refresh().standing == 0


def test_an_open_application_says_at_which_desk_it_lies_and_that_it_is_overdue() -> None:
    roster(poor(1))
    Application.objects.create(
        person=poor(2),
        subsidy="living",
        state="federation_review",
        applied_on="2025-11-03",
        arrived_on="2025-11-10",
        due_on="2025-11-17",
        accepted_in=community().parent,
    )
    refresh()
    found = only()
    assert found.cause == "applied"
    assert "待区残联审核" in found.clause
    assert "已经超期" in found.clause


def test_a_suspension_is_a_cause_of_its_own_and_a_waiver_takes_people_off_the_list() -> None:
    roster(poor(1))
    for n, code in ((2, "T10"), (3, "T11")):
        Stop.objects.create(person=poor(n), subsidy="living", code=code, effective_on="2025-07-01", reason="某因")
    refresh()
    assert only().cause == "suspended"


def test_the_month_of_a_death_is_rightly_paid_and_those_after_it_are_not() -> None:
    somebody = poor(1)
    Person.objects.filter(pk=somebody.pk).update(died_on=day("2025-10-31"))
    roster(somebody, months=("2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01"))
    refresh()
    found = only()
    assert (found.kind, found.cause, found.since_month) == ("unentitled", "T1", day("2025-11-01"))
    assert (found.months, found.amount_yuan) == (2, 250)
    assert "已死亡" in found.clause


def test_all_failing_clauses_are_named() -> None:
    somebody = holder(1, level="3", status="frozen", status_on="2025-01-05")
    roster(somebody)
    refresh()
    assert "冻结" in only().clause
    assert "不属于低保家庭" in only().clause


def test_somebody_paid_who_never_had_a_certificate_is_found() -> None:
    somebody = person(1)
    assistance(somebody)
    roster(somebody)
    refresh()
    assert only().cause == "none"


def test_a_death_that_is_only_reported_waits_to_be_looked_into() -> None:
    somebody = poor(1)
    DeathNotice.objects.create(person=somebody, died_on="2025-11-05", source="police")
    roster(somebody)
    refresh()
    found = only()
    assert (found.cause, found.since_month, found.months) == ("death_notice", day("2025-12-01"), 1)
    assert "公安部门名单显示" in found.clause


def test_a_lower_rival_is_a_duplicate_and_a_higher_one_ends_the_right() -> None:
    standard()
    low, high = poor(1), poor(2)
    benefit(low, "old_age", "60")
    benefit(high, "old_age", "300")
    roster(low, high)
    refresh()
    found = {row.person_id: (row.kind, row.cause) for row in Finding.objects.all()}
    assert found == {low.pk: ("duplicate", "rival"), high.pk: ("unentitled", "T7")}


def test_two_people_with_one_account_are_both_found_and_name_each_other_by_key() -> None:
    one, other = poor(1), poor(2)
    index = BankAccount._meta.get_field("number_index").of("622700000")
    for somebody in (one, other):
        BankAccount.objects.create(person=somebody, bank="某行", number="622700000", number_index=index, holder="某")
    roster(one, other)
    refresh()
    found = Finding.objects.get(person=one)
    assert found.cause == "same_account"
    assert {"table": "person", "id": other.pk, "what": "另一人"} in found.evidence
    assert Finding.objects.count() == 2


def test_an_amount_that_is_not_the_standard_says_in_which_direction() -> None:
    standard()
    somebody = poor(1)
    living(somebody, "2025-11-01", "100")
    living(somebody, "2025-12-01", "150")
    refresh()
    found = only()
    assert (found.kind, found.months, found.amount_yuan) == ("amount", 2, 50)
    assert "多发25元、少发25元" in found.clause


# how the list follows the facts


def test_comparing_twice_changes_nothing_and_leaves_no_history() -> None:
    roster(poor(1))
    poor(2)
    assert refresh().found == 1
    events = Finding.pgh_event_model.objects.count()
    again = refresh(day("2025-12-21"))
    assert (again.found, again.gone, again.standing) == (0, 0, 1)
    assert only().seen_on == day("2025-12-21")
    assert Finding.pgh_event_model.objects.count() == events


def test_what_the_facts_no_longer_bear_out_is_gone_and_comes_back_as_a_new_one() -> None:
    roster(poor(1))
    missing = poor(2)
    refresh()
    living(missing)
    changes = refresh(day("2025-12-21"))
    gone = Finding.objects.get()
    assert (changes.gone, gone.state, gone.gone_on) == (1, FindingState.GONE, day("2025-12-21"))
    missing.livingpayments.all().delete()
    refresh(day("2025-12-22"))
    assert Finding.objects.count() == 2
    assert only().found_on == day("2025-12-22")


def test_a_resolved_finding_does_not_come_back_while_its_ground_holds() -> None:
    rightful = poor(1)
    roster(rightful)
    poor(2)
    refresh()
    resolve(only(), staff())
    roster(rightful, months=("2026-01-01",))
    refresh(day("2026-01-20"))
    found = only()
    assert (found.state, found.months) == (FindingState.RESOLVED, 3)


def test_a_resolved_finding_comes_back_when_its_ground_changes() -> None:
    roster(poor(1))
    somebody = poor(2)
    refresh()
    resolve(only(), staff())
    Application.objects.create(
        person=somebody, subsidy="living", state="refused", reason="材料不全", applied_on="2025-12-01",
        arrived_on="2025-12-01", accepted_in=community().parent,
    )  # fmt: skip
    changes = refresh(day("2025-12-21"))
    found = only()
    assert (changes.reopened, found.state, found.cause) == (1, FindingState.OPEN, "refused")
    assert "由“未申请”变为“曾不予批准”" in found.note


def test_that_somebody_applies_as_was_agreed_reopens_nothing() -> None:
    roster(poor(1))
    somebody = poor(2)
    refresh()
    resolve(only(), staff(), resolution=Resolution.APPLYING, reason="已指导申请")
    Application.objects.create(
        person=somebody, subsidy="living", state="first_review", applied_on="2025-12-21", arrived_on="2025-12-21",
        accepted_in=community().parent,
    )  # fmt: skip
    refresh(day("2025-12-22"))
    assert (only().state, only().cause) == (FindingState.RESOLVED, "applied")


def test_a_resolution_ends_with_its_day() -> None:
    roster(poor(1))
    poor(2)
    refresh()
    resolve(only(), staff(), holds_until=day("2025-12-25"))
    refresh(day("2025-12-25"))
    assert only().state == FindingState.RESOLVED
    refresh(day("2025-12-26"))
    assert only().state == FindingState.OPEN
    assert "处理结论已到期" in only().note


def test_a_finding_keeps_its_hands_and_note_when_the_cause_becomes_another() -> None:
    roster(poor(1))
    somebody = poor(2)
    refresh()
    by = staff()
    finding_assign(findings=[only().pk], to=by, by=by)
    finding_note(finding=only(), note="打过电话", by=by)
    Stop.objects.create(person=somebody, subsidy="living", code="T10", effective_on="2025-07-01", reason="未复核")
    refresh(day("2025-12-21"))
    assert (only().cause, only().assigned_to, only().note) == ("suspended", by, "打过电话")
    assert Finding.objects.count() == 1


def test_the_statements_of_a_refresh_do_not_grow_with_people() -> None:
    standard()

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            refresh()
        return len(queries)

    def some(first: int, count: int) -> None:
        for n in range(first, first + count):
            kind = n % 3
            somebody = poor(n) if kind else holder(n, level="3")
            if kind != 1:
                roster(somebody)

    some(1, 6)
    counted()
    some(20, 3)
    few = counted()
    some(40, 30)
    assert counted() == few


# what people do


def test_a_street_deals_with_its_own_people_only() -> None:
    roster(poor(1))
    poor(2, street="第二街道")
    refresh()
    by = staff("第一街道", Role.STREET_STAFF)
    with pytest.raises(RuleBroken, match="不在您辖区"):
        resolve(only(), by)
    assert only().state == FindingState.OPEN


def test_nobody_gets_a_finding_from_outside_their_area() -> None:
    roster(poor(1))
    poor(2, street="第二街道")
    refresh()
    with pytest.raises(RuleBroken, match="辖区内的人，请分开指派"):
        finding_assign(findings=[only().pk], to=staff("第一街道", Role.STREET_STAFF), by=staff())


def test_what_somebody_else_has_resolved_meanwhile_is_not_written_over() -> None:
    roster(poor(1))
    poor(2)
    refresh()
    by = staff()
    resolve(only(), by)
    with pytest.raises(RuleBroken, match="已经处理"):
        resolve(only(), by, reason="另一个说法")
    assert only().resolved_reason == "本人明确表示不申请"


@pytest.mark.parametrize("how", [{"reason": " "}, {"resolution": "x"}, {"holds_until": TODAY}])
def test_a_resolution_says_what_and_why_and_ends_later_than_today(how: dict[str, Any]) -> None:
    roster(poor(1))
    poor(2)
    refresh()
    with pytest.raises(RuleBroken):
        resolve(only(), staff(), **how)


def test_a_resolution_is_taken_back_with_a_reason() -> None:
    roster(poor(1))
    poor(2)
    refresh()
    by = staff()
    resolve(only(), by)
    finding_reopen(finding=only(), reason="本人改了主意", by=by, today=TODAY)
    assert only().state == FindingState.OPEN
    assert "本人改了主意" in only().note


# the pages


def office() -> list[dict[str, object]]:
    """A delivered district: one rightly paid, one paid after 低保 ended, one who never applied."""
    rows = [deliveries.holder(n, 残疾等级="三级") for n in (1, 2, 3)]
    upload("registry", rows)
    upload("social-assistance", [fact("social-assistance", rows[0]), fact("social-assistance", rows[2]),
                                 fact("social-assistance", rows[1], 终止日期="2025-09-10")])  # fmt: skip
    upload("living-subsidy-payments", [fact("living-subsidy-payments", row) for row in rows[:2]])
    refresh()
    return rows


def unentitled() -> Finding:
    return Finding.objects.get(kind="unentitled")


def test_the_list_shows_tiles_causes_and_lines_and_notes_who_looked() -> None:
    office()
    text = client_of(staff()).get(reverse("finding_list")).content.decode()
    for said in ("应享未享", "不应享已享", "1 条待处理", "未申请 1 条", "至今没有申请过", "2025-11"):
        assert said in text
    assert AccessLog.objects.filter(what__startswith="两项补贴比对清单").latest("pk").people == 2


def test_the_filters_of_the_list_are_in_the_address() -> None:
    office()
    client = client_of(staff())

    def shown(**query: str) -> int:
        return len(client.get(reverse("finding_list"), query).context["lines"])

    assert shown() == 2
    assert shown(kind="unpaid") == 1
    assert shown(cause="T6", kind="unentitled") == 1
    assert shown(assigned="me") == 0
    assert shown(assigned="nobody") == 2
    assert shown(state="resolved") == 0
    assert shown(since="12") == 0
    assert shown(street="999999") == 0
    assert shown(sort="place", subsidy="living") == 2


def test_the_page_names_file_row_and_deliverer_of_the_evidence() -> None:
    office()
    page = client_of(staff()).get(reverse("finding", args=[unentitled().pk]))
    text = page.content.decode()
    for said in ("living-subsidy-payments.xlsx", "民政局", "2025-09-10终止", "错发", "接下来怎么办"):
        assert said in text
    assert page.context["pieces"][0].row == 3


def test_a_month_without_any_roster_reproaches_nobody_with_not_having_paid() -> None:
    standard()
    paid = poor(1)
    roster(paid, poor(2), months=("2025-10-01", "2025-12-01"))
    LivingPayment.objects.filter(person=paid, month="2025-12-01").delete()
    strip = {month.month: month.label for month in month_strip("living", paid.pk, latest=day("2025-12-01"))}
    assert strip[day("2025-10-01")] == "已发"
    assert strip[day("2025-11-01")] == "无名册"
    assert strip[day("2025-12-01")] == "漏发"


def test_a_batch_undone_since_does_not_break_the_page() -> None:
    office()
    found = unentitled()
    undo(UploadBatch.objects.get(sheet="living-subsidy-payments"))
    page = client_of(staff()).get(reverse("finding", args=[found.pk]))
    assert page.status_code == 200
    assert "该行已撤下" in page.content.decode()


def test_a_finding_is_noted_resolved_and_reopened_on_its_page_and_the_page_tells_the_way() -> None:
    office()
    client, address = client_of(staff()), reverse("finding", args=[unentitled().pk])
    assert client.post(address, {"act": "note", "note": "已联系民政"}).status_code == 302
    assert "请选择" in client.post(address, {"act": "resolve"}).content.decode()
    sent = {"act": "resolve", "resolution": "stopping", "reason": "已发函停发", "holds_until": ""}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302  # already done: said, and nothing written
    assert client.post(address, {"act": "reopen", "why": "还在发"}).status_code == 302
    trail = [step.what for step in client.get(address).context["trail"]]
    assert trail == ["重新打开", "处理", "备注", "发现"]


def test_a_note_takes_no_number() -> None:
    office()
    client = client_of(staff())
    answer = client.post(reverse("finding", args=[unentitled().pk]), {"act": "note", "note": "电话13800001111"})
    assert "请不要写身份证号" in answer.content.decode()


def test_several_are_assigned_and_resolved_after_they_have_been_shown_once_more() -> None:
    office()
    by = staff()
    client, keys = client_of(by), [row.pk for row in Finding.objects.all()]
    address = reverse("finding_selected")
    assert "指派 2 条" in client.get(address, {"finding": keys, "act": "assign"}).content.decode()
    assert client.post(address, {"finding": keys, "act": "assign", "to": by.pk, "confirm": "1"}).status_code == 302
    assert set(Finding.objects.values_list("assigned_to", flat=True)) == {by.pk}
    shown = client.get(address, {"all": "1", "act": "resolve", "query": "kind=unpaid"})
    assert len(shown.context["lines"]) == 1
    sent = {"finding": keys, "act": "resolve", "resolution": "correct", "reason": "已核实", "confirm": "1"}
    assert client.post(address, sent).status_code == 302
    assert not Finding.objects.filter(state="open").exists()
    assert client.get(address, {"act": "resolve"}).status_code == 302


def test_the_button_says_what_has_changed() -> None:
    office()
    SocialAssistance.objects.filter(ends_on__isnull=False).update(ends_on=None)
    answer = client_of(staff()).post(reverse("finding_compare"), {"query": "kind=unpaid"}, follow=True)
    assert "消除 1 条" in answer.content.decode()
    assert answer.redirect_chain[0][0].endswith("?kind=unpaid")


def test_a_street_sees_its_own_and_may_not_compare() -> None:
    office()
    client = client_of(staff("第二街道", Role.STREET_STAFF))
    assert client.get(reverse("finding_list")).context["lines"] == []
    assert client.get(reverse("finding", args=[unentitled().pk])).status_code == 404
    assert client.post(reverse("finding_compare")).status_code == 403


def test_the_export_gives_whole_numbers_file_and_row_as_text_a_page_a_street() -> None:
    rows = office()
    client = client_of(staff())
    answer = client.post(f"{reverse('finding_export')}?kind=unentitled", {"layout": "street", "reason": "交街道核实"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["第一街道"]
    page = book["第一街道"]
    heading = [cell.value for cell in page[1]]
    line = dict(zip(heading, page[2], strict=True))
    assert line["身份证号"].value == rows[1]["身份证号"]
    assert line["身份证号"].number_format == "@"
    assert line["原表及行号"].value == "living-subsidy-payments.xlsx 第 3 行"
    assert page.max_row == 4
    assert "导出人" in page.cell(4, 1).value
    noted = AccessLog.objects.latest("pk")
    assert (noted.people, noted.reason) == (1, "交街道核实")


def test_statements_of_list_page_and_export_do_not_grow_with_findings() -> None:
    standard()
    client = client_of(staff())

    def counted() -> list[int]:
        refresh()
        first = Finding.objects.filter(kind="unentitled").earliest("pk").pk
        asked = (
            lambda: client.get(reverse("finding_list")),
            lambda: client.get(reverse("finding", args=[first])),
            lambda: b"".join(
                client.post(reverse("finding_export"), {"layout": "office", "reason": "核"}).streaming_content
            ),
        )
        counts = []
        for ask in asked:
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(len(queries))
        return counts

    for n in range(1, 7):
        somebody = poor(n) if n % 2 else holder(n, level="3")
        if not n % 2:
            roster(somebody)
    counted()
    few = counted()
    for n in range(10, 30):
        somebody = poor(n) if n % 2 else holder(n, level="3")
        if not n % 2:
            roster(somebody)
    assert counted() == few


def test_the_command_prints_what_it_finds_and_stores_when_asked() -> None:
    roster(poor(1))
    poor(2)
    out = io.StringIO()
    call_command("compare", as_of="2025-12-20", stdout=out)
    assert "应享未享　未申请　1 条" in out.getvalue()
    assert not Finding.objects.exists()
    call_command("compare", as_of="2025-12-20", store=True, stdout=out)
    assert "新发现 1 条" in out.getvalue()


def test_comparing_writes_nothing_by_itself() -> None:
    roster(poor(1))
    poor(2)
    assert [found.pk for found in compare("living", TODAY)] == [None]
    assert not Finding.objects.exists()
