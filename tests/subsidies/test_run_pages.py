"""The pages of runs: who may open them, what they say, what can be done on them, and how much they ask of the database."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.models import Grant, PaymentLine, PaymentRun, RunState, Standard
from subsidies.services.accounts import account_save
from tests.deliveries import user
from tests.records import assistance, day, holder, living, nursing
from tests.subsidies.paying import (
    LIVING,
    NURSING,
    civil,
    failed,
    federation,
    grant,
    locked,
    prepared,
    standard,
    submitted,
)
from tests.visiting import client_of
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2024-06-20", tick=False):
        yield


def page(run: PaymentRun, by: User | None = None, **query: str) -> str:
    answer = client_of(by or federation()).get(reverse("run", args=[run.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(run: PaymentRun, act: str, by: User, **data: str) -> Any:
    return client_of(by).post(reverse("run", args=[run.pk]), {"act": act, **data}, follow=True)


def hidden(text: str, name: str) -> str:
    """The value of a hidden field, as the page holds it."""
    return text.partition(f'name="{name}" value="')[2].partition('"')[0]


# who


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.STREET_STAFF, {"street": "第一街道"}),
        (Role.FEDERATION_STAFF, {"street": "第一街道"}),
        (Role.CIVIL_STAFF, {"street": "第一街道"}),
        (Role.LEADERSHIP, {}),
        (Role.LIAISON, {"department": "民政局"}),
        (Role.SYSTEM_ADMINISTRATOR, {}),
    ],
)
def test_runs_are_for_whoever_has_the_whole_district_and_prepares_or_approves_them(
    role: str, where: dict[str, str]
) -> None:
    standard()
    grant(holder())
    run = locked("2024-05-01")
    client = client_of(user(role, **where))
    for name, arguments in (("run_list", []), ("run_takeover", []), ("run", [run.pk]), ("run_export", [run.pk])):
        assert client.get(reverse(name, args=arguments)).status_code == 403, name


def test_a_street_opens_the_lines_of_its_own_people_once_they_are_locked() -> None:
    standard()
    mine, other = holder(1, street="第一街道"), holder(2, street="第二街道")
    for somebody in (mine, other):
        grant(somebody)
    run = submitted("2024-05-01")
    client = client_of(user(Role.STREET_STAFF, street="第一街道"))
    lines = {line.person_id: reverse("run_line", args=[line.pk]) for line in run.lines.all()}
    assert client.get(lines[mine.pk]).status_code == 404
    locked_now = send(run, "approve", civil(), digest=run.digest, confirmed="on")
    assert "已锁定" in locked_now.content.decode()
    assert client.get(lines[mine.pk]).status_code == 200
    assert client.get(lines[other.pk]).status_code == 404
    assert reverse("run", args=[run.pk]) not in client.get(lines[mine.pk]).content.decode()


def test_the_menu_shows_runs_to_both_offices_and_to_no_street() -> None:
    address = f'href="{reverse("run_list")}"'
    for by in (federation(), civil()):
        assert address in client_of(by).get(reverse("finding_list")).content.decode()
    street = client_of(user(Role.STREET_STAFF, street="第一街道"))
    assert address not in street.get(reverse("finding_list")).content.decode()


# making


def offered() -> tuple[str | None, str]:
    """Subsidy and month that the list's form holds before anybody has chosen."""
    form = client_of(civil()).get(reverse("run_list")).context["form"]
    return form["subsidy"].value(), form["month"].value()


def test_the_month_whose_turn_it_is_is_offered() -> None:
    assert offered() == (None, "2024-06")
    of = holder()
    nursing(of, month="2024-04-01")
    living(of, month="2024-05-01")
    assert offered() == (NURSING, "2024-05")
    nursing(of, month="2024-05-01")
    nursing(of, month="2024-06-01")
    assert offered() == (LIVING, "2024-06")
    living(of, month="2024-06-01")
    assert offered() == (None, "2024-06")


# from the proposal to the lock


def test_a_month_is_made_submitted_returned_submitted_again_and_locked_on_the_pages() -> None:
    standard()
    grant(holder())
    clerk = client_of(federation())
    answer = clerk.post(reverse("run_list"), {"subsidy": NURSING, "month": "2024-05"}, follow=True)
    run = PaymentRun.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("run", args=[run.pk])
    text = answer.content.decode()
    assert "已生成2024年5月重度残疾人护理补贴的批次" in text
    assert "已提交" in send(run, "submit", federation(), seen=hidden(text, "seen")).content.decode()
    assert "请填写" in send(run, "return", civil(), note="").content.decode()
    text = send(run, "return", civil(), note="请再核对一人").content.decode()
    assert "已退回" in text
    assert "请再核对一人" in page(run)
    send(run, "prepare", federation(), seen="x")
    send(run, "submit", federation(), seen=hidden(page(run), "seen"))
    text = page(run, civil())
    assert "请核对后勾选" in send(run, "approve", civil(), digest=hidden(text, "digest")).content.decode()
    text = send(run, "approve", civil(), digest=hidden(text, "digest"), confirmed="on").content.decode()
    assert "已锁定2024年5月重度残疾人护理补贴的批次（批次号 B202405）" in text
    run.refresh_from_db()
    assert (run.state, run.prepared_by, run.approved_by) == (RunState.LOCKED, federation(), civil())


def test_whoever_submitted_is_offered_no_lock_and_is_refused_one() -> None:
    standard()
    grant(holder())
    clerk = civil()
    answer = client_of(clerk).post(reverse("run_list"), {"subsidy": NURSING, "month": "2024-05"}, follow=True)
    run = PaymentRun.objects.get()
    send(run, "submit", clerk, seen=hidden(answer.content.decode(), "seen"))
    run.refresh_from_db()
    text = page(run, clerk)
    assert "须由另一个人复核锁定" in text
    assert "复核并锁定</span>" not in text
    answer = send(run, "approve", clerk, digest=run.digest, confirmed="on")
    assert "没有作任何改动" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == RunState.SUBMITTED


def test_a_page_that_is_out_of_date_does_nothing_and_says_so() -> None:
    standard()
    grant(holder())
    run = prepared("2024-05-01")
    seen = hidden(page(run), "seen")
    with time_machine.travel("2024-06-21"):
        prepared("2024-05-01")
    for act in ("submit", "discard"):
        assert "又有变化" in send(run, act, federation(), seen=seen).content.decode()
    assert PaymentRun.objects.get().state == RunState.DRAFT


def test_a_draft_is_discarded_with_its_lines() -> None:
    standard()
    grant(holder())
    run = prepared("2024-05-01")
    answer = send(run, "discard", federation(), seen=hidden(page(run), "seen"))
    assert "已撤销2024年5月" in answer.content.decode()
    assert not PaymentRun.objects.exists()
    assert not PaymentLine.objects.exists()


def test_what_the_service_refuses_is_said_in_the_form() -> None:
    clerk = client_of(federation())
    answer = clerk.post(reverse("run_list"), {"subsidy": NURSING, "month": "2024-07"})
    assert "2024年7月还没有到" in answer.content.decode()
    assert "error-summary" in answer.content.decode()
    answer = clerk.post(reverse("run_list"), {"subsidy": "", "month": "七月"})
    assert "不是月份" in answer.content.decode()


# what the pages say


def test_the_list_has_a_row_a_month_and_subsidy_with_people_and_amounts() -> None:
    standard()
    standard(LIVING, "100")
    for n in (1, 2):
        grant(holder(n))
        assistance(Person.objects.get(pk=Grant.objects.latest("pk").person_id))
        grant(Person.objects.latest("pk"), LIVING)
    locked("2024-05-01")
    prepared("2024-06-01")
    locked("2024-05-01", LIVING)
    text = client_of(civil()).get(reverse("run_list")).content.decode()
    assert text.count("2024年5月困难残疾人生活补贴") == 1
    assert text.count("2024年6月重度残疾人护理补贴") == 1
    for words in ("A202405", "B202405", "草拟", "已锁定", ">250<", ">200<"):
        assert words in text


def test_totals_by_kind_and_street_and_the_difference_in_numbers() -> None:
    standard()
    grant(holder(1, street="第一街道"), since="2024-05-01")
    grant(holder(2, street="第二街道"), since="2024-06-01")
    locked("2024-05-01")
    text = page(prepared("2024-06-01"))
    assert "250 元" in text
    assert "上月 1 人，本月 2 人：新增 1，停发 0，变动 0，不变 1" in text
    assert "第一街道" in text
    assert "第二街道" in text


def test_each_list_is_shown_with_its_people_masked_and_the_reading_is_noted() -> None:
    somebody, without, gone = holder(1), holder(2), holder(3)
    standard(levels=["2"])
    for each in (somebody, gone):
        grant(each)
        account_save(person=each, bank="某行", number="6200001234567890128", holder="", by=None, reason="登记")
    first = locked("2024-05-01")
    failed(first, somebody, "账户已销户")
    Person.objects.filter(pk=gone.pk).update(died_on="2024-05-10")
    statement = statement_in_force(without)
    assert statement is not None
    type(statement).objects.filter(pk=statement.pk).update(level="1")
    grant(without, since="2024-06-01")
    run = prepared("2024-06-01")
    assert "没有适用于此人" in page(run, show="refused")
    assert "已死亡" in page(run, show="stopped")
    assert "没有" in page(run, show="new")
    text = page(first, show="failed")
    assert "账户已销户" in text
    assert "****0128" in text
    assert "改正收款账户" in text
    assert reverse("bank_account", args=[somebody.pk]) in text
    Standard.objects.all().update(levels=[])
    run = prepared("2024-06-01")
    assert reverse("bank_account", args=[without.pk]) in page(run, show="accounts")
    for shown in ("lines", "new", "stopped", "changed", "refused", "accounts", "failed"):
        text = page(run, show=shown)
        assert somebody.id_number not in text
        assert f">{somebody.name}<" not in text
    noted = AccessLog.objects.latest("pk")
    assert (noted.what, noted.people) == ("发放批次 B202406：没有到账", 0)
    assert AccessLog.objects.filter(what="发放批次 B202406：发放明细", people__gt=0).exists()


def test_a_failure_that_was_paid_again_says_in_which_run() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    first = locked("2024-05-01")
    failed(first, somebody)
    locked("2024-06-01")
    text = page(first, show="failed")
    assert "失败重发" in text
    assert "B202406" in text
    assert reverse("bank_account", args=[somebody.pk]) not in text


def test_lines_are_filtered_by_kind_street_and_name_but_no_number_goes_into_the_address() -> None:
    standard()
    one, other = holder(1, street="第一街道"), holder(2, street="第二街道")
    for somebody in (one, other):
        grant(somebody, since="2024-05-01")
    run = prepared("2024-06-01")
    assert "4 笔" in page(run)
    assert "2 笔" in page(run, kind="backpay")
    assert "2 笔" in page(run, street=str(one.community.parent_id))
    assert "2 笔" in page(run, q=other.name)
    assert "0 笔" in page(run, q="查无此人")
    text = page(run, q=one.id_number)
    assert "请到“人员查询”" in text
    assert "0 笔" in text
    assert "筛选条件有误" in page(run, kind="x")


def test_the_lines_come_in_pages() -> None:
    standard()
    for n in range(1, 61):
        grant(holder(n), since="2024-06-01")
    run = prepared("2024-06-01")
    assert "第 1 / 2 页" in page(run)
    assert "第 2 / 2 页" in page(run, page="2")


def test_why_a_line_is_paid_says_facts_clauses_standard_and_document() -> None:
    somebody = holder()
    row = standard()
    grant(somebody)
    run = locked("2024-05-01")
    line = run.lines.get()
    text = client_of(civil()).get(reverse("run_line", args=[line.pk])).content.decode()
    for words in (
        "肢体残疾",
        "二级",
        "2029-04-30",
        row.document,
        "125 元",
        "B202405",
        "国发〔2015〕52号",
        "2024-05-31",
    ):
        assert words in text, words
    assert somebody.id_number not in text
    noted = AccessLog.objects.latest("pk")
    assert (noted.person, noted.what) == (somebody.pk, "发放明细：批次 B202405")


def test_why_a_line_answers_another_is_linked_and_summed_up() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    first = locked("2024-05-01")
    failed(first, somebody)
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    line = locked("2024-06-01").lines.get()
    text = client_of(civil()).get(reverse("run_line", args=[line.pk])).content.decode()
    assert reverse("run_line", args=[first.lines.get().pk]) in text
    assert "未到账的不再发放" in text
    assert "轧差后" in text


# 存量接收


def test_the_takeover_is_previewed_then_confirmed_and_then_there_is_nobody_left() -> None:
    nursing(holder(1), month="2024-04-01")
    nursing(Person.objects.get(), month="2024-05-01")
    nursing(holder(2), month="2024-05-01")
    Person.objects.filter(pk=Person.objects.latest("pk").pk).update(died_on="2024-01-05")
    clerk = client_of(federation())
    text = clerk.get(reverse("run_takeover")).content.decode()
    assert "2 人" in text
    assert "其中 1 人按台账在 2024-05 不应享受" in text
    assert not Grant.objects.exists()
    data = {"subsidy": NURSING, "seen": hidden(text.partition('value="nursing"')[2], "seen")}
    answer = clerk.post(reverse("run_takeover"), data, follow=True)
    assert "已接收 2 人享受重度残疾人护理补贴" in answer.content.decode()
    assert {f"{row.first_month:%Y-%m}" for row in Grant.objects.all()} == {"2024-04", "2024-05"}
    assert Grant.objects.latest("pk").granted_on == day("2024-06-20")
    answer = clerk.post(reverse("run_takeover"), data)
    assert "又有变化" in answer.content.decode()


# how much is asked of the database


def test_statements_do_not_grow_with_people() -> None:
    counts = []
    for each in (2, 20):
        with transaction.atomic():
            counts.append(_statements_with(each))
            transaction.set_rollback(True)
    assert counts[0] == counts[1]


def _statements_with(each: int) -> list[int]:
    found: list[int] = []
    standard()
    people = [holder(n) for n in range(1, 5 * each + 1)]
    for somebody in people[:-each]:
        grant(somebody)
        account_save(person=somebody, bank="某行", number="6200001234567890128", holder="", by=None, reason="登记")
    first = locked("2024-05-01")
    for somebody in people[:each]:
        failed(first, somebody)
    gone = [somebody.pk for somebody in people[each : 2 * each]]
    Person.objects.filter(pk__in=gone).update(died_on="2024-04-02")
    for somebody in people[-each:]:
        grant(somebody, since="2024-06-01")
    run = prepared("2024-06-01")
    client = client_of(federation())
    addresses = [reverse("run_list"), reverse("run_takeover"), reverse("run_line", args=[run.lines.all()[0].pk])]
    shown = ("lines", "new", "stopped", "changed", "refused", "accounts")
    addresses += [f"{reverse('run', args=[run.pk])}?show={name}" for name in shown]
    addresses.append(f"{reverse('run', args=[first.pk])}?show=failed")
    client.get(addresses[0])
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found.append(len(queries))
    return found
