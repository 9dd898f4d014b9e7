"""资金情况: sums that a human can count, months without a roster, what leadership may not see, the page and the workbook."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Person
from subsidies.models import (
    LineKind,
    LivingPayment,
    PaymentLine,
    PaymentRun,
    RecoveryReceipt,
    RunState,
    Standard,
    Subsidy,
)
from subsidies.money import Tables, read, tables_of
from tests import deliveries
from tests.records import day, holder, living, nursing
from zalainuoer.common.models import AccessAct, AccessLog, Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-12-20")
NOVEMBER, DECEMBER = day("2025-11-01"), day("2025-12-01")
LIVING = Subsidy.LIVING


def user(role: str, **where: Any) -> User:
    """The same account however often it is asked for."""
    name = f"{role}-{where.get('department')}-{where.get('street')}"
    return User.objects.filter(username=name).first() or deliveries.user(role, **where)


def tables(by: User | None = None, *, year: int | None = None, subsidy: Subsidy = LIVING) -> Tables:
    by = by or user(Role.FEDERATION_STAFF)
    return tables_of(read(subsidy, user=by, today=TODAY, year=year), user=by)


def paid(found: Tables, month: Any = DECEMBER) -> tuple[Any, Any]:
    row = found.row_of(month)
    assert row is not None
    return row.paid.people, row.paid.yuan


def moved(found: Tables, month: Any = DECEMBER) -> dict[str, tuple[Any, Any]]:
    row = found.row_of(month)
    assert row is not None
    return {label: (cell.people, cell.yuan) for label, cell in row.moved if cell.people}


def street(found: Tables, name: str, month: Any = DECEMBER) -> dict[str, Any]:
    row = next(row for row in found.by_street[month] if row.name == name)
    return {**{words: cell.people for words, cell in row.cells}, "人": row.total.people, "元": row.total.yuan}


def run(month: str = "2025-12-01", *, subsidy: str = "living", state: str = RunState.LOCKED) -> PaymentRun:
    at = f"{month[:8]}10 10:00+08:00"
    return PaymentRun.objects.create(
        subsidy=subsidy, month=month, state=state, pay_on=month, prepared_at=at, approved_at=at
    )


def line(run_of: PaymentRun, somebody: Person, kind: str, yuan: str = "125", **facts: Any) -> PaymentLine:
    facts = {"benefit_month": run_of.month, "reason": "某因", "is_locked": run_of.state == RunState.LOCKED, **facts}
    return PaymentLine.objects.create(
        run=run_of,
        person=somebody,
        subsidy=run_of.subsidy,
        kind=kind,
        amount_yuan=yuan,
        community=somebody.community,
        **facts,
    )


def receipt(of: PaymentLine, yuan: str, on: str = "2025-12-15", method: str = "cash") -> None:
    RecoveryReceipt.objects.create(line=of, amount_yuan=yuan, received_on=on, method=method, document="某号")


def client(role: str = Role.FEDERATION_STAFF, **where: Any) -> Client:
    found = Client()
    found.force_login(user(role, **where), backend="zalainuoer.roles.RoleBackend")
    return found


def page(by: Client, **query: str) -> str:
    with time_machine.travel("2025-12-20T02:00:00Z", tick=False):
        answer = by.get(reverse("money"), query)
    assert answer.status_code == 200
    return answer.content.decode()


# sums


def test_a_months_people_and_yuan_are_the_rosters() -> None:
    for n in (1, 2, 3):
        living(holder(n), "2025-12-01")
    living(holder(4), "2025-12-01", amount="100", standard="100")
    nursing(holder(5), "2025-12-01")
    assert paid(tables()) == (4, Decimal(475))
    assert paid(tables(user(Role.CIVIL_STAFF), subsidy=Subsidy.NURSING)) == (1, Decimal(125))


def test_who_stands_on_the_roster_with_nothing_was_not_paid() -> None:
    living(holder(1), "2025-12-01")
    living(holder(2), "2025-12-01", amount="0")
    assert paid(tables()) == (1, Decimal(125))


def test_streets_and_standards_add_up_to_the_month() -> None:
    Standard.objects.create(subsidy="living", name="一档", amount_yuan="125", first_month="2020-01-01", document="某文")
    living(holder(1), "2025-12-01")
    living(holder(2, street="第二街道"), "2025-12-01")
    living(holder(3, street="第二街道"), "2025-12-01", amount="90", standard="100")
    found = tables()
    assert [words for _, words in found.standards] == ["100 元", "125 元（一档）"]
    assert street(found, "第一街道") == {"100 元": 0, "125 元（一档）": 1, "人": 1, "元": Decimal(125)}
    assert street(found, "第二街道") == {"100 元": 1, "125 元（一档）": 1, "人": 2, "元": Decimal(215)}
    assert {amount: cell.people for amount, cell in found.by_standard[DECEMBER].items()} == {100: 1, 125: 2}
    assert paid(found) == (3, Decimal(340))


def test_a_month_between_without_a_roster_is_named_and_not_taken_for_nothing() -> None:
    living(holder(1), "2025-10-01")
    living(holder(2), "2025-12-01")
    found = tables()
    assert [f"{row.month:%m}" for row in found.months] == ["10", "11", "12"]
    assert paid(found, NOVEMBER) == ("无名册", "无名册")
    assert found.total == 250


def test_a_locked_run_without_payments_is_no_missing_roster() -> None:
    living(holder(1), "2025-10-01")
    run("2025-11-01")
    living(holder(2), "2025-12-01")
    assert paid(tables(), NOVEMBER) == (0, 0)


def test_backpay_and_demands_stand_in_the_month_of_the_run() -> None:
    one, other = holder(1), holder(2)
    living(one, "2025-11-01")
    living(other, "2025-12-01")
    december = run()
    line(december, one, LineKind.BACKPAY, "100", benefit_month="2025-10-01")
    line(december, one, LineKind.STANDARD_DIFF, "5", benefit_month="2025-11-01")
    line(december, other, LineKind.RECOVERY, "250", benefit_month="2025-10-01", code="T6")
    found = tables()
    assert moved(found) == {"补发、补差": (1, 105), "追回": (1, 250)}
    assert moved(found, NOVEMBER) == {}


def test_a_draft_moves_nothing() -> None:
    somebody = holder(1)
    living(somebody, "2025-12-01")
    line(run(state=RunState.DRAFT), somebody, LineKind.BACKPAY, benefit_month="2025-10-01")
    assert moved(tables()) == {}


def test_what_came_back_stands_on_its_day_and_what_is_still_out_is_told() -> None:
    one, other = holder(1), holder(2)
    living(one, "2025-11-01")
    living(one, "2025-12-01")
    november = run("2025-11-01")
    demand = line(november, one, LineKind.RECOVERY, "300", benefit_month="2025-10-01", code="T6")
    dropped = line(november, other, LineKind.RECOVERY, "125", benefit_month="2025-10-01", code="T6")
    line(run(), other, LineKind.CANCEL, "125", benefit_month="2025-10-01", of=dropped)
    receipt(demand, "100")
    receipt(demand, "50", method="write_off")
    found = tables()
    assert moved(found, NOVEMBER) == {"追回": (2, 425)}
    assert moved(found) == {"不再追回": (1, 125), "已退回": (1, 100), "已核销": (1, 50)}
    assert (found.outstanding.people, found.outstanding.yuan) == (1, 150)


def test_what_a_run_adds_to_a_delivered_month_counts_for_that_month() -> None:
    somebody = holder(1)
    living(somebody, "2025-11-01")
    LivingPayment.objects.update(row_number=7)
    line(run(), somebody, LineKind.STANDARD_DIFF, "5", benefit_month="2025-11-01")
    assert paid(tables(), NOVEMBER) == (1, Decimal(130))


def test_what_a_run_adds_to_its_own_month_is_on_the_roster_already() -> None:
    somebody = holder(1)
    living(somebody, "2025-11-01", amount="130", standard="130")
    line(run(), somebody, LineKind.STANDARD_DIFF, "5", benefit_month="2025-11-01")
    assert paid(tables(), NOVEMBER) == (1, Decimal(130))


def test_without_a_year_there_are_24_months_and_with_one_its_own() -> None:
    living(holder(1), "2023-01-01")
    living(holder(2), "2025-12-01")
    assert len(tables().months) == 24
    assert tables().months[0].month == day("2024-01-01")
    assert [row.month for row in tables(year=2023).months] == [day(f"2023-{n:02d}-01") for n in range(1, 13)]
    assert tables(year=2019).months == []


def test_a_street_sees_its_own_people_alone() -> None:
    living(holder(1), "2025-12-01")
    living(holder(2, street="第二街道"), "2025-12-01")
    found = tables(user(Role.FEDERATION_STAFF, street="第一街道"))
    assert paid(found) == (1, 125)
    assert [row.name for row in found.by_street[DECEMBER]] == ["第一街道"]


# what leadership does not see


def crowd(first: int, last: int, **change: Any) -> None:
    amount = change.pop("amount", "125")
    for n in range(first, last):
        living(holder(n, **change), "2025-12-01", amount=amount, standard=amount)


def guarded() -> Tables:
    """Second street: one person at 100 yuan."""
    crowd(1, 6)
    crowd(6, 10, amount="100")
    crowd(10, 20, street="第二街道")
    crowd(20, 21, street="第二街道", amount="100")
    return tables(user(Role.LEADERSHIP))


def test_one_person_is_hidden_from_whoever_sees_no_people_and_cannot_be_worked_out() -> None:
    found = guarded()
    hidden = {"100 元": "不显示", "125 元": "不显示"}
    assert street(found, "第二街道") == {**hidden, "人": 11, "元": "不显示"}
    assert street(found, "第一街道") == {**hidden, "人": 9, "元": "不显示"}
    assert paid(found) == (20, 15 * 125 + 5 * 100)
    assert {int(amount): cell.people for amount, cell in found.by_standard[DECEMBER].items()} == {100: 5, 125: 15}
    assert found.hides


def test_whoever_may_look_people_up_sees_every_number() -> None:
    guarded()
    found = tables()
    assert street(found, "第二街道") == {"100 元": 1, "125 元": 10, "人": 11, "元": Decimal(1350)}
    assert not found.hides


def test_where_a_month_is_hidden_the_total_of_the_months_does_not_give_it_away() -> None:
    crowd(1, 6)
    living(holder(8), "2025-11-01")
    found = tables(user(Role.LEADERSHIP))
    assert paid(found, NOVEMBER) == ("不显示", "不显示")
    assert found.total == "不显示"
    assert paid(found) == (5, 625)


def test_a_demand_on_two_people_is_hidden_from_leadership() -> None:
    crowd(1, 6)
    of = run()
    for somebody in Person.objects.order_by("pk")[:2]:
        line(of, somebody, LineKind.RECOVERY, benefit_month="2025-10-01", code="T6")
    assert moved(tables(user(Role.LEADERSHIP))) == {"追回": ("不显示", "不显示")}
    assert moved(tables()) == {"追回": (2, 250)}


def test_what_is_still_out_does_not_give_a_hidden_repayment_away() -> None:
    crowd(1, 6)
    of = run()
    demands = [
        line(of, each, LineKind.RECOVERY, benefit_month="2025-10-01", code="T6") for each in Person.objects.all()
    ]
    assert tables(user(Role.LEADERSHIP)).outstanding.yuan == 625
    receipt(demands[0], "100")
    assert tables(user(Role.LEADERSHIP)).outstanding.yuan == "不显示"
    assert tables().outstanding.yuan == 525


# the page


@pytest.mark.parametrize("role", [Role.STREET_STAFF, Role.LIAISON, Role.SYSTEM_ADMINISTRATOR])
def test_who_has_nothing_to_do_with_the_money_gets_403(role: str) -> None:
    by = client(role, department="民政局", street="第一街道")
    assert by.get(reverse("money")).status_code == 403
    assert by.get(reverse("money_export")).status_code == 403


@pytest.mark.parametrize("role", [Role.FEDERATION_STAFF, Role.CIVIL_STAFF, Role.LEADERSHIP])
def test_the_page_names_nobody(role: str) -> None:
    guarded()
    said = page(client(role))
    assert "2025-12" in said
    for somebody in Person.objects.all():
        assert somebody.name not in said
        assert f"/people/{somebody.pk}/" not in said
    assert ("不显示" in said) == (role == Role.LEADERSHIP)


def test_leadership_finds_it_in_the_menu() -> None:
    assert reverse("money") in page(client(Role.LEADERSHIP))


def test_hidden_numbers_are_not_in_the_data_of_the_plots_either() -> None:
    guarded()
    said = page(client(Role.LEADERSHIP))
    plots = [json.loads(each) for each in re.findall(r'type="application/json">(.*?)</script>', said)]
    assert len(plots) == 4
    months = {"2025-12": next(p for p in plots if len(p["series"]) == 2)}
    assert [one["values"] for one in months["2025-12"]["series"]] == [[5.0], [15.0]]


def test_every_plot_has_the_same_numbers_as_its_table() -> None:
    living(holder(1), "2025-10-01")
    crowd(2, 5)
    said = page(client())
    assert said.count("<figure") == 4
    yuan = said.partition('data-plot="plot-yuan"')[2].partition("</figure>")[0]
    (drawn,) = re.findall(r'type="application/json">(.*?)</script>', yuan)
    assert json.loads(drawn)["series"][0]["values"] == [125.0, None, 375.0]
    told = [re.sub("<.*?>", "", cell) for cell in re.findall(r'<td class="number">(.*?)</td>', yuan)]
    assert told == ["125.00", "无名册", "375.00"]


def test_without_any_roster_the_page_says_what_to_do() -> None:
    assert "这段时间没有发放名册" in page(client())


def test_a_month_is_chosen_in_the_address() -> None:
    living(holder(1), "2025-11-01")
    crowd(2, 5)
    assert "2025-11：按街道（镇）和标准" in page(client(), month="2025-11")


@pytest.mark.parametrize("query", [{"month": "2025-13"}, {"year": "x"}, {"subsidy": "其他"}, {"month": "2031-01"}])
def test_an_address_that_asks_for_what_there_is_none_of_says_so(query: dict[str, str]) -> None:
    crowd(1, 3)
    assert "地址里的补贴、年份或月份不存在" in page(client(), **query)


def test_months_that_have_gone_by_without_a_roster_are_told() -> None:
    living(holder(1), "2025-09-01")
    assert "2025-10 至 2025-11 还没有名册" in page(client())


def test_statements_do_not_grow_with_months_or_people() -> None:
    by, counts = client(), []
    for months in (("2025-11", "2025-12"), ("2024-01", "2024-02", "2024-03", "2024-04", "2025-10")):
        for place, month in enumerate(months):
            for n in range(3):
                living(holder(int(f"{month[2:4]}{place}{n}") % 999), f"{month}-01")
        page(by)
        with CaptureQueriesContext(connection) as queries:
            page(by)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# the workbook


def test_the_workbook_says_what_the_page_says_and_the_export_is_noted() -> None:
    guarded()
    with time_machine.travel("2025-12-20T02:00:00Z", tick=False):
        answer = client(Role.LEADERSHIP).get(reverse("money_export"))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["生活补贴按月", "生活补贴按街道和标准", "护理补贴按月", "护理补贴按街道和标准"]
    months = list(book["生活补贴按月"].values)
    assert months[1][:3] == ("2025-12", 20, 2375)
    rows = [row for row in book["生活补贴按街道和标准"].values if row[1] == "第二街道"]
    assert [row[2:] for row in rows] == [
        ("100 元", "不显示", "不显示"),
        ("125 元", "不显示", "不显示"),
        ("合计", 11, "不显示"),
    ]
    assert "不含个人信息" in str(list(book["生活补贴按月"].values)[-1])
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.people) == (AccessAct.EXPORT, 0)
