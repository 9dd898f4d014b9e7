"""The federation's own devices: received, moved, lent, returned, written off; exports and the API of devices."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from rehab.models import DeviceFitting, DeviceLoan, StockDevice, StockState
from rehab.services import stock
from tests import records
from tests.records import day, holder, reached
from tests.rehab.devices import TODAY, approver, assessor, fitted_case, item, lend, opened, piece
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog

pytestmark = pytest.mark.django_db


def move(device: StockDevice, kind: str, **change: Any) -> StockDevice:
    facts = {"moved_on": TODAY, "by": approver(), "today": TODAY, **change}
    return stock.device_move(device=device, kind=kind, **facts)


def give_back(loan: DeviceLoan, condition: str = "good", **change: Any) -> DeviceLoan:
    facts = {"returned_on": TODAY, "note": "", "by": assessor(), "today": TODAY, **change}
    return stock.loan_return(loan=loan, condition=condition, **facts)


def test_a_piece_comes_in_and_goes_out_by_a_document() -> None:
    device = piece()
    assert device.movements.get().document == "验收单1号"
    with pytest.raises(RuleBroken, match="凭证"):
        move(device, "write_off")
    assert move(device, "write_off", document="报废审批表3号").state == StockState.WRITTEN_OFF
    with pytest.raises(RuleBroken, match="已报废"):
        lend(device, holder())


def test_an_inventory_number_is_given_once() -> None:
    piece()
    with pytest.raises(RuleBroken, match="已有这个库存编号"):
        piece()


def test_what_is_repaired_is_not_lent_until_it_is_back() -> None:
    device, somebody = move(piece(), "repair"), holder()
    with pytest.raises(RuleBroken, match="维修中"):
        lend(device, somebody)
    assert lend(move(device, "repaired", place="二号库房"), somebody).returned_on is None
    device.refresh_from_db()
    assert device.place == "二号库房"


def test_a_lent_piece_is_lent_to_nobody_else_and_not_moved() -> None:
    device = piece()
    lend(device, holder(1))
    with pytest.raises(RuleBroken, match="已经借出"):
        lend(device, holder(2))
    with pytest.raises(RuleBroken, match="先登记归还"):
        move(device, "repair")


def test_the_database_knows_one_open_loan_of_a_piece() -> None:
    device = piece()
    lend(device, holder(1))
    with pytest.raises(IntegrityError, match="device_loan_one_open"), transaction.atomic():
        DeviceLoan.objects.create(device=device, person=holder(2), lent_on=TODAY, due_on=TODAY)


@pytest.mark.parametrize(("condition", "state"), [("good", "usable"), ("damaged", "repair"), ("lost", "lost")])
def test_how_it_comes_back_decides_what_it_is_then(condition: str, state: str) -> None:
    device = piece()
    give_back(lend(device, holder()), condition, note="靠背断裂")
    device.refresh_from_db()
    assert device.state == state
    assert device.movements.count() == (1 if state == "usable" else 2)


def test_it_is_returned_once_and_after_it_was_lent_and_damage_is_described() -> None:
    loan = lend(piece(), holder())
    with pytest.raises(RuleBroken, match="不能早于借出日期"):
        give_back(loan, returned_on=day("2025-12-19"))
    with pytest.raises(RuleBroken, match="损坏或丢失的情况"):
        give_back(loan, "damaged")
    give_back(loan)
    with pytest.raises(RuleBroken, match="已经归还"):
        give_back(loan)
    assert lend(loan.device, holder(2)).pk


def test_a_loan_is_extended_to_a_later_day_only() -> None:
    loan = lend(piece(), holder())
    with pytest.raises(RuleBroken, match="晚于原来的"):
        stock.loan_extend(loan=loan, due_on=loan.due_on, by=assessor())
    assert stock.loan_extend(loan=loan, due_on=day("2026-03-01"), by=assessor()).due_on == day("2026-03-01")


def test_a_lent_device_is_no_fitting() -> None:
    somebody = holder()
    records.need(somebody, device="轮椅")
    lend(piece(), somebody)
    assert DeviceFitting.objects.count() == 0
    assert reached(10) == set()


def test_a_street_lends_to_its_own_people_only_and_does_not_keep_the_stock() -> None:
    device = piece()
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        lend(device, holder(street="第二街道"))
    with pytest.raises(RuleBroken, match="权限"):
        move(device, "repair", by=assessor())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_lend_one_piece_at_once_one_wins_and_the_other_is_told() -> None:
    device, people, by = piece(), [holder(1), holder(2)], assessor()
    start, said = threading.Barrier(2), []

    def try_to_lend(to: Any) -> None:
        try:
            start.wait(10)
            stock.loan_open(device=device, person=to, lent_on=TODAY, due_on=TODAY, by=by, today=TODAY)
            said.append("")
        except RuleBroken as broken:
            said.append(broken.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_to_lend, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["", stock.TAKEN]
    assert DeviceLoan.objects.count() == 1


# the pages


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2025-12-20 12:00+08:00", tick=False):
        yield


def test_a_piece_is_received_lent_and_returned_in_the_browser(clock: Any) -> None:
    wheelchair, somebody = item(), holder()
    federation, street = client_of(approver()), client_of(assessor())
    facts = {
        "item": wheelchair.pk, "inventory_number": "L007", "place": "库房", "received_on": "2025-12-01",
        "document": "捐赠协议", "serial_number": "", "note": "",
    }  # fmt: skip
    assert federation.post(reverse("stock_add"), facts).status_code == 302
    device = StockDevice.objects.get()
    assert street.get(reverse("stock_add")).status_code == 403
    add = reverse("loan_add", args=[somebody.pk])
    assert "L007" in street.get(add).content.decode()
    sent = {"device": device.pk, "lent_on": "2025-12-01", "due_on": "2025-12-19", "note": ""}
    assert street.post(add, sent).status_code == 302
    assert stock.TAKEN in street.post(add, sent).content.decode()
    loan = DeviceLoan.objects.get()
    assert "超期未还" in street.get(reverse("loan_list")).content.decode()
    address = reverse("loan", args=[loan.pk])
    sent = {"act": "return", "returned_on": "2025-12-20", "condition": "damaged", "note": ""}
    assert "请写明情况" in street.post(address, sent).content.decode()
    assert street.post(address, {**sent, "note": "断了"}).status_code == 302
    assert street.post(address, {**sent, "note": "断了"}).status_code == 302  # said, and nothing written
    page = reverse("stock_device", args=[device.pk])
    assert "维修中" in federation.get(page).content.decode()
    sent = {"kind": "repaired", "moved_on": "2025-12-20", "place": "", "document": "", "note": ""}
    assert federation.post(page, sent).status_code == 302
    assert street.post(page, sent).status_code == 403
    assert "在库可借" in street.get(page).content.decode()


def test_to_whom_a_piece_is_lent_is_said_within_the_area_only(clock: Any) -> None:
    loan = lend(piece(), holder(street="第二街道"), by=assessor("第二街道"))
    here = client_of(assessor())
    text = here.get(reverse("stock_device", args=[loan.device_id])).content.decode()
    assert "借给了您辖区以外的人" in text
    assert reverse("person", args=[loan.person_id]) not in text
    assert here.get(reverse("loan", args=[loan.pk])).status_code == 404
    assert here.get(reverse("loan_list")).context["loans"] == []


def test_the_lists_leave_the_system_with_a_reason_and_a_note(clock: Any) -> None:
    somebody = holder()
    fitted_case(somebody, item())
    lend(piece(), somebody)
    client = client_of(assessor())
    for name, column, expected in (
        ("device_case_export", "身份证号", somebody.id_number),
        ("loan_export", "身份证号", somebody.id_number),
        ("stock_export", "库存编号", "L001"),
    ):
        assert client.post(reverse(name), {"reason": ""}).status_code == 200
        assert "不要写身份证号" in client.post(reverse(name), {"reason": somebody.id_number}).content.decode()
        answer = client.post(reverse(name), {"reason": "报上级"})
        page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
        rows = list(page.values)
        assert rows[1][rows[0].index(column)] == expected
        assert "导出人" in str(rows[-1][0])
        assert AccessLog.objects.latest("pk").reason == "报上级"


def test_the_statements_of_the_lists_do_not_grow(clock: Any) -> None:
    client = client_of(approver())

    def counted(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        return len(queries)

    names = ("stock_list", "loan_list", "api_device_loan-list", "api_device_case-list", "api_device_item-list")
    for n in (1, 2):
        lend(piece(f"L{n}"), holder(n))
        opened(holder(n + 10))
    few = [counted(name) for name in names]
    for n in range(3, 9):
        lend(piece(f"L{n}"), holder(n))
        opened(holder(n + 10))
        item(f"辅具{n}")
    assert [counted(name) for name in names] == few


# the API


def test_the_api_tells_cases_loans_and_the_catalogue_of_the_area(clock: Any) -> None:
    somebody = holder()
    case = fitted_case(somebody, item())
    loan = lend(piece(), somebody)
    here, there = client_of(assessor()), client_of(assessor("第二街道"))
    told = here.get(reverse("api_device_case-list"), {"state": "fitted"}).json()["results"]
    assert [(row["id"], row["subsidy_yuan"], row["item"]) for row in told] == [(case.pk, "350.00", "轮椅")]
    assert told[0]["name"] != somebody.name
    assert here.get(reverse("api_device_loan-detail", args=[loan.pk])).json()["inventory_number"] == "L001"
    assert here.get(reverse("api_device_item-list")).json()["results"][0]["terms"]["years_of_use"] == 3
    assert there.get(reverse("api_device_case-list")).json()["results"] == []
    assert there.get(reverse("api_device_loan-detail", args=[loan.pk])).status_code == 404
    assert here.post(reverse("api_device_case-list"), {}).status_code == 405


def test_the_person_page_shows_cases_and_loans_and_where_to_begin(clock: Any) -> None:
    somebody = holder()
    fitted_case(somebody, item())
    lend(piece(), somebody)
    text = client_of(assessor()).get(reverse("person", args=[somebody.pk])).content.decode()
    for said in ("待回访", "L001", "登记辅具需求", "登记辅具借用", "借用辅具"):
        assert said in text
