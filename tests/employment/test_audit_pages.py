"""The pages of the audit: who sees which, what they say, and that statements do not grow with employers."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from employment.employer_parts_audit import audits_part
from employment.models import Audit, AuditState, CreditRecord, LevyReminder, QuotaAward, QuotaSheet
from employment.services import audits as services
from tests.employment.audit_makers import (
    PAPERS,
    TODAY,
    YEAR,
    certified,
    database_now,
    declared,
    employer,
    first_reviewed,
    official,
    owing,
    parameter,
    pushed,
    ready,
    window,
)
from tests.records import day
from tests.visiting import client_of, logged_in
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db
LIST = "/employment/audits/"


@pytest.fixture(autouse=True)
def april() -> Iterator[None]:
    """20 April 2026, ten in the morning."""
    with time_machine.travel("2026-04-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def office() -> Client:
    return client_of(official("甲"))


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def page_of(row: Audit) -> str:
    return f"{LIST}{row.employer_id}/{row.year}/"


def act(client: Client, row: Audit, name: str, **sent: Any) -> Any:
    """Sends an act's form as the page shows it."""
    path = f"{page_of(row)}do/{name}/"
    form = client.get(path).context["form"]
    hidden = {field.name: field.value() for field in form if field.is_hidden and field.value() is not None}
    return client.post(path, {**hidden, **sent}, follow=True)


# --- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.STREET_STAFF, Role.LEADERSHIP, Role.SYSTEM_ADMINISTRATOR])
def test_only_the_federation_sees_the_audit(role: str) -> None:
    row = owing()
    reminder = services.reminder_issue(audit=row, issued_on=TODAY, due_on=day("2026-05-01"), by=official(), today=TODAY)
    client = logged_in(role, "第一街道" if role == Role.STREET_STAFF else None)
    paths = (
        LIST, f"{LIST}export/", page_of(row), f"{page_of(row)}certificate/", f"{page_of(row)}do/pay/",
        f"/employment/audits/reminders/{reminder.pk}/", "/employment/audits/tax-push/", "/employment/credit-records/",
        "/employment/awards/",
    )  # fmt: skip
    assert [client.get(path).status_code for path in paths] == [403] * len(paths)


def test_an_employer_outside_the_area_is_not_found_and_not_counted() -> None:
    row = certified(ready(street="第二街道"))
    client = logged_in(street="第一街道")
    assert client.get(page_of(row)).status_code == 404
    assert client.get(f"{page_of(row)}do/return/").status_code == 404
    assert "甲乙丙1有限公司" not in text(client, LIST)
    assert "0 家单位" in text(client, LIST)
    assert (
        client.post("/employment/audits/tax-push/", {"audit": row.pk, "pushed_on": TODAY, "document": "函"}).status_code
        == 200
    )
    row.refresh_from_db()
    assert row.state == AuditState.CERTIFIED


def test_a_year_that_is_not_over_has_no_audit(office: Client) -> None:
    of = ready()
    assert office.get(f"{LIST}{of.pk}/2026/").status_code == 404
    assert office.get(f"{LIST}{of.pk}/{YEAR}/").status_code == 200


# --- the worklist ----------------------------------------------------------------------------------------------------


def test_employers_without_an_audit_are_counted_as_not_declared(office: Client) -> None:
    declared(ready(1))
    employer(2)
    employer(3, established_on="2026-01-01")
    found = office.get(LIST).context
    counts = {tile["label"]: tile["count"] for tile in found["tiles"] if tile["count"]}
    assert counts == {"未申报": 1, "已申报": 1}
    assert [line["row"].name for line in found["lines"]] == ["甲乙丙1有限公司", "甲乙丙2有限公司"]
    assert [line["row"].name for line in office.get(LIST, {"state": "not_declared"}).context["lines"]] == [
        "甲乙丙2有限公司"
    ]


def test_without_a_window_the_page_says_so_and_nobody_counts_as_having_placed_nobody(office: Client) -> None:
    employer()
    said = text(office, LIST)
    assert "参数未维护" in said
    assert "未申报，视为未安排" not in said
    assert office.get(LIST, {"todo": "undeclared"}).context["page_obj"].paginator.count == 0


def test_after_the_window_whoever_has_not_declared_is_listed(office: Client) -> None:
    of = employer()
    window("03-01", "04-19")
    assert "未申报，视为未安排" in text(office, LIST)
    found = office.get(LIST, {"todo": "undeclared"}).context
    assert [line["row"].name for line in found["lines"]] == ["甲乙丙1有限公司"]
    assert "期满未申报，视为未安排残疾人就业" in text(office, f"{LIST}{of.pk}/{YEAR}/")


def todo_of(client: Client) -> dict[str, int]:
    return {tile["label"]: tile["count"] for tile in client.get(LIST).context["todo"]}


def test_what_is_to_be_done_today_is_counted_and_opens_the_list(office: Client) -> None:
    window("03-01", "04-30")
    employer(1)
    late = declared(ready(2), today=day("2026-04-01"))
    services.audit_ask(audit=late, missing="某", complete_by=day("2026-04-19"), by=official(), today=day("2026-04-01"))
    owing(ready(3))
    reminded = owing(ready(4), today=day("2026-04-01"))
    services.reminder_issue(
        audit=reminded, issued_on=day("2026-04-01"), due_on=day("2026-04-15"), by=official(), today=day("2026-04-01")
    )
    assert todo_of(office) == {
        "申报期将止，还未申报": 1, "补正已超期": 1, "欠缴，还未催缴": 1, "催缴到期仍未缴": 1,
    }  # fmt: skip
    names = [line["row"].name for line in office.get(LIST, {"todo": "unheard"}).context["lines"]]
    assert names == ["甲乙丙4有限公司"]
    services.credit_add(audit=reminded, decided_on=TODAY, document="决1号", by=official(), today=TODAY)
    assert "催缴到期仍未缴" not in todo_of(office)


def test_the_list_is_found_by_name_code_street_and_kind(office: Client) -> None:
    employer(1)
    employer(2, street="第二街道", kind="organ")
    employer(3, street=None)

    def names(**query: Any) -> list[str]:
        return [line["row"].name for line in office.get(LIST, query).context["lines"]]

    assert names(q="丙2") == ["甲乙丙2有限公司"]
    assert names(q="91150799MA0000001") == ["甲乙丙1有限公司"]
    assert names(kind="organ") == ["甲乙丙2有限公司"]
    assert names(street="-") == ["甲乙丙3有限公司"]
    assert "筛选条件有误" in text(office, LIST, state="nonsense")


def test_statements_do_not_grow_with_employers(office: Client) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert office.get(path).status_code == 200
        return len(found)

    paths = (
        LIST,
        f"{LIST}export/",
        "/employment/audits/tax-push/",
        "/employment/credit-records/",
        "/employment/awards/",
    )
    parameter("employment.minimum_wage_yuan", 2000)
    for n in (1, 2):
        certified(ready(n, placed=Decimal(3)))
    before = [statements(path) for path in paths]
    for n in range(3, 8):
        certified(ready(n, placed=Decimal(3)))
    assert [statements(path) for path in paths] == before


def test_a_push_takes_as_many_statements_for_two_as_for_six() -> None:
    def statements(rows: list[Audit]) -> int:
        with CaptureQueriesContext(connection) as found:
            services.audits_push(
                audits=[row.pk for row in rows], pushed_on=TODAY, document="函1号", by=official(), today=TODAY
            )
        return len(found)

    assert statements([certified(ready(n)) for n in (1, 2)]) == statements([certified(ready(n)) for n in range(3, 9)])


# --- one employer's year ---------------------------------------------------------------------------------------------


def test_a_year_is_walked_through_by_the_forms(office: Client) -> None:
    of = ready()
    other = client_of(official("乙"))
    path = f"{LIST}{of.pk}/{YEAR}/"
    assert "参数未维护：申报期没有填写" in text(office, f"{path}do/declare/")
    sent = {"seen": 0, "declared_on": "2026-04-20", "papers": PAPERS[:2], "note": ""}
    assert "已受理申报" in office.post(f"{path}do/declare/", sent, follow=True).content.decode()
    row = Audit.objects.get()
    act(office, row, "ask", missing="缺工资凭证", complete_by="2026-04-30")
    assert "缺工资凭证" in text(office, path)
    act(office, row, "complete", papers=PAPERS, note="")
    act(office, row, "first_review", opinion="")
    said = text(office, path)
    assert "等其他人复审" in said
    assert "do/certify/" not in said
    assert "同一人不能再办理复审" in act(office, row, "certify", opinion="").content.decode()
    act(other, row, "certify", opinion="同意")
    row.refresh_from_db()
    assert row.state == AuditState.CERTIFIED
    pushing = {"audit": [row.pk], "pushed_on": "2026-04-20", "document": "函1号"}
    assert "已登记推送 1 个单位" in office.post("/employment/audits/tax-push/", pushing, follow=True).content.decode()
    act(office, row, "pay", paid_on="2026-04-20", amount_yuan="5000", document="票1")
    act(office, row, "owe", owing_since="2026-04-20", document="反馈1号")
    assert "50.00 元" in text(office, path)  # 10,000 × 0.005 × 1 day
    act(office, row, "remind", issued_on="2026-04-20", due_on="2026-05-01")
    assert LevyReminder.objects.get().amount_yuan == 10000
    act(office, row, "pay", paid_on="2026-04-20", amount_yuan="10000", document="票2")
    row.refresh_from_db()
    assert row.state == AuditState.SETTLED
    assert "撤回上一步（登记缴费）" in text(office, path)
    act(office, row, "take_back", reason="登错单位")
    row.refresh_from_db()
    assert row.state == AuditState.OWING


def test_the_page_says_why_a_review_would_be_refused(office: Client) -> None:
    row = declared(ready(missing=["当地社会平均工资"]))
    assert "参数未维护或数据不全：当地社会平均工资" in text(office, page_of(row))


def test_an_old_form_decides_nothing_and_says_so(office: Client) -> None:
    row = declared()
    path = f"{page_of(row)}do/first_review/"
    seen = services.last_step(row)
    services.audit_ask(audit=row, missing="某", complete_by=day("2026-04-30"), by=official(), today=TODAY)
    assert "没有办理" in office.post(path, {"seen": seen, "opinion": ""}).content.decode()


def test_figures_reckoned_while_the_form_was_open_are_shown_again(office: Client) -> None:
    row = declared()
    path = f"{page_of(row)}do/first_review/"
    form = office.get(path).context["form"]
    sent = {name: form[name].value() for name in ("seen", "sheet_seen")}
    QuotaSheet.objects.update(reckoned_at=database_now())
    assert "又重新测算过" in office.post(path, {**sent, "opinion": ""}).content.decode()


def test_the_levys_page_is_linked(office: Client) -> None:
    row = declared()
    assert f'href="{reverse("levy_sheet", args=[row.employer_id, YEAR])}"' in text(office, page_of(row))


def test_numbers_of_people_are_refused_in_what_is_written_down(office: Client) -> None:
    row = declared()
    said = act(office, row, "ask", missing="缺 150799198001010011 的证明", complete_by="2026-04-30").content.decode()
    assert "请不要写身份证号" in said


def test_an_act_there_is_not_is_not_found(office: Client) -> None:
    row = declared()
    assert office.get(f"{page_of(row)}do/nonsense/").status_code == 404
    assert office.get(f"{LIST}{employer(5).pk}/{YEAR}/do/ask/").status_code == 404


# --- letters and files -----------------------------------------------------------------------------------------------


def test_the_certificate_and_the_reminder_are_printed_and_each_print_is_noted(office: Client) -> None:
    row = owing()
    made = services.reminder_issue(audit=row, issued_on=TODAY, due_on=day("2026-05-01"), by=official(), today=TODAY)
    said = text(office, f"{page_of(row)}certificate/")
    for each in ("〔2026〕第 1 号", "甲乙丙1有限公司", "未达到规定比例，少安排 0.5 人", "2026年4月30日以前"):
        assert each in said
    said = text(office, f"/employment/audits/reminders/{made.pk}/")
    assert "15000.00 元" in said
    assert "2026年5月1日" in said
    assert AccessLog.objects.filter(act=AccessAct.PRINT).count() == 2
    services.audit_take_back(audit=row, reason="某", by=official(), today=TODAY)
    assert office.get(f"/employment/audits/reminders/{made.pk}/").status_code == 404
    assert office.get(f"{LIST}{ready(2).pk}/{YEAR}/certificate/").status_code == 404


def exported(client: Client, path: str) -> list[list[Any]]:
    answer = client.post(path, {"reason": "报送税务部门"})
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    return [list(row) for row in book.active.iter_rows(values_only=True)]  # type: ignore[union-attr]


def test_the_tax_office_gets_the_columns_of_its_form(office: Client) -> None:
    certified(ready(of={"address": "某路1号"}))
    heading, row, *_ = exported(office, "/employment/audits/tax-push/export/")
    said = dict(zip(heading, row, strict=True))
    assert said["费款所属期止"] == "2025-12-31"
    assert (said["上年在职职工人数"], said["上年实际安排残疾人就业人数"]) == (100, 1)
    assert (said["本期应纳费额"], said["本期减免费额"], said["本期应补（退）费额"]) == (30000, 15000, 15000)
    assert (said["应安排残疾人就业比例"], said["通讯地址"]) == ("1.5%", "某路1号")
    noted = AccessLog.objects.get(act=AccessAct.EXPORT)
    assert (noted.reason, "待推送" in noted.what) == ("报送税务部门", True)


def test_every_list_goes_out_with_a_reason_and_as_the_filter_shows_it(office: Client) -> None:
    certified(ready(1, placed=Decimal(3)))
    employer(2)
    assert [row[1] for row in exported(office, f"{LIST}export/?state=not_declared")[1:2]] == ["甲乙丙2有限公司"]
    assert exported(office, "/employment/awards/export/")[1][5:7] == [1.5, "待核对"]
    assert "请填写" in office.post(f"{LIST}export/", {"reason": ""}).content.decode()


def test_the_credit_list_names_employers_with_their_days(office: Client) -> None:
    row = owing(today=day("2026-04-01"))
    services.reminder_issue(
        audit=row, issued_on=day("2026-04-01"), due_on=day("2026-04-10"), by=official(), today=day("2026-04-01")
    )
    act(office, row, "credit", decided_on="2026-04-20", document="决1号")
    record = CreditRecord.objects.get()
    path = "/employment/credit-records/"
    assert "甲乙丙1有限公司" in text(office, path)
    office.post(f"{path}{record.pk}/push/", {"pushed_on": "2026-04-20"})
    office.post(f"{path}{record.pk}/remove/", {"removed_on": "2026-04-20", "reason": "已缴清"})
    assert "没有失信记录" in text(office, path)
    assert "已缴清" in text(office, path, state="removed")
    assert exported(office, f"{path}export/?state=all")[1][7] == "〔2026〕第 1 号（2026-04-01，限 2026-04-10）"


# --- awards ----------------------------------------------------------------------------------------------------------


def test_an_award_is_applied_for_decided_by_another_and_paid(office: Client) -> None:
    parameter("employment.minimum_wage_yuan", 2000)
    row = certified(ready(headcount=Decimal(60), placed=Decimal(2)))
    path, other = f"/employment/awards/{row.pk}/", client_of(official("乙"))
    assert "待核对" in text(office, "/employment/awards/")
    office.post(f"{path}apply/", {"applied_on": "2026-04-20"})
    assert "等其他人审核" in text(office, "/employment/awards/")
    office.post(f"{path}hukou/", {"confirm": "on"})
    assert "10000.00 元（1 人 × 5 个月 × 2000 元）" in text(other, f"{path}decide/")
    assert "不予奖励的，请写明理由" in other.post(f"{path}decide/", {"decision": "no"}).content.decode()
    other.post(f"{path}decide/", {"decision": "yes", "opinion": ""})
    office.post(f"{path}pay/", {"paid_on": "2026-04-20", "document": "凭证1"})
    award = QuotaAward.objects.get()
    assert (award.state, award.amount_yuan) == ("paid", 10000)
    assert "10000.00 元" in text(office, "/employment/awards/")


def test_the_award_list_shows_who_is_excluded_and_why(office: Client) -> None:
    certified(ready(1, of={"is_budget_funded": True}, placed=Decimal(3)))
    certified(ready(2, headcount=Decimal(80), placed=Decimal(2)))
    certified(ready(3))
    found = office.get("/employment/awards/").context["lines"]
    assert [(line["audit"].employer.name, line["word"]) for line in found] == [
        ("甲乙丙1有限公司", "不符合"),
        ("甲乙丙2有限公司", "不符合"),
    ]


def test_after_the_deadline_nobody_is_asked_to_apply(office: Client) -> None:
    certified(ready(placed=Decimal(3)))
    with time_machine.travel("2026-07-01 10:00+08:00", tick=False):
        (line,) = client_of(official("丙")).get("/employment/awards/").context["lines"]
    assert (line["word"], line["may_apply"]) == ("不符合", False)


def test_without_its_parameters_the_award_list_says_so(office: Client) -> None:
    certified(ready(placed=Decimal(3)))
    parameter("employment.award_deadline", None, since="2026-01-01")
    assert "参数未维护" in text(office, "/employment/awards/")


# --- elsewhere -------------------------------------------------------------------------------------------------------


def test_an_employers_page_is_told_its_audits() -> None:
    row = pushed()
    found = audits_part(row.employer, TODAY, official())
    assert found is not None
    assert ([each.pk for each in found["rows"]], found["next_year"]) == ([row.pk], None)
    later = audits_part(row.employer, datetime.date(2027, 3, 1), official())
    assert later is not None
    assert later["next_year"] == 2026


def test_the_interface_says_where_an_audit_stands_and_no_amount() -> None:
    row = first_reviewed()
    answer = logged_in(Role.STREET_STAFF, "第一街道").get("/api/v1/employment/audits/", {"state": "first_reviewed"})
    (found,) = answer.json()["results"]
    assert (found["employer"], found["state"], found["certificate"]) == (row.employer.name, "first_reviewed", None)
    assert not any("yuan" in name for name in found)
    assert logged_in(Role.STREET_STAFF, "第二街道").get("/api/v1/employment/audits/").json()["results"] == []
