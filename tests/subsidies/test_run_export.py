"""A locked run as workbooks: totals that agree, numbers that keep their digits, and nobody without the right to them."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from registry.models import Person
from registry.services.identity import name_fields
from subsidies.models import BankAccount, PaymentRun, Standard
from subsidies.runs import exporting
from subsidies.runs.exporting import BANK, FINANCE, export_run
from subsidies.services.accounts import account_save
from tests.deliveries import user
from tests.records import holder
from tests.subsidies.paying import civil, federation, grant, locked, prepared, standard
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db
NUMBER = "0062000012345678901"  # digits that a spreadsheet would round, zeros that it would drop


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2024-06-20 10:00+08:00", tick=False):
        yield


def account(somebody: Person, number: str = NUMBER) -> BankAccount:
    return account_save(person=somebody, bank="某某农村信用社", number=number, holder="", by=None, reason="登记")


def exported(run: PaymentRun, kind: str, by: User | None = None) -> Any:
    file = io.BytesIO()
    at = timezone.now()
    export_run(run, file, kind=kind, by=by or civil(), at=at, reason="送财政", address="127.0.0.1")
    file.seek(0)
    return load_workbook(file)


def rows(page: Any) -> list[list[Any]]:
    """The rows below the headings, without the mark and the empty row above it."""
    found = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
    assert str(found[-1][0]).startswith("导出人：")
    return found[:-2]


def mark(page: Any) -> str:
    return str(page.cell(page.max_row, 1).value)


@pytest.fixture
def run() -> PaymentRun:
    """June: 某1 is paid May and June, 某2 (of another street) June; 某3 has died and owes May; 某2 has no account."""
    standard(amount="100.05", last_month="2024-05-01")
    standard(amount="125", since="2024-06-01")
    people = [holder(n, street="第二街道" if n == 2 else "第一街道") for n in (1, 2, 3)]
    grant(people[2], since="2024-05-01")
    locked("2024-05-01")
    grant(people[0], since="2024-05-01")
    grant(people[1], since="2024-06-01")
    account(people[0])
    Person.objects.filter(pk=people[2].pk).update(died_on="2024-04-10")
    return locked("2024-06-01")


def test_the_tables_for_the_treasury_sum_up_by_street_and_standard(run: PaymentRun) -> None:
    book = exported(run, FINANCE)
    assert book.sheetnames == ["发放汇总", "核对", "发放明细", "与上月差异"]
    headings = [cell.value for cell in book["发放汇总"][1]]
    found = [dict(zip(headings, row, strict=True)) for row in rows(book["发放汇总"])]
    told = [(row["街道（镇）"], row["档次"], row["人数"], Decimal(str(row["发放合计"]))) for row in found]
    assert told == [
        ("第一街道", "不按标准", 1, 0),
        ("第一街道", "100.05元档", 1, Decimal("100.05")),
        ("第一街道", "125元档", 1, 125),
        ("第二街道", "125元档", 1, 125),
        ("合计", None, 3, Decimal("350.05")),
    ]
    assert found[-1]["补发"] == 100.05
    assert found[-1]["当月发放"] == 250
    assert found[-1]["追回"] == 100.05


def test_the_same_money_added_up_four_ways_is_the_same(run: PaymentRun) -> None:
    book = exported(run, FINANCE)
    checked = rows(book["核对"])
    assert [row[3] for row in checked] == ["一致"] * 4
    assert {row[2] for row in checked} == {350.05}
    lines = rows(book["发放明细"])
    paid = [Decimal(str(row[9])) for row in lines if row[5] not in ("追回", "冲销")]
    assert sum(paid) == Decimal("350.05")


def test_totals_that_differ_are_never_written(run: PaymentRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "street_totals", lambda run: [])
    with pytest.raises(RuntimeError, match="totals differ"):
        exported(run, FINANCE)
    assert not AccessLog.objects.filter(act="export").exists()


def test_the_differences_are_a_page_of_their_own(run: PaymentRun) -> None:
    found = rows(exported(run, FINANCE)["与上月差异"])
    assert [(row[0], row[1], row[5], row[6], row[7]) for row in found] == [
        ("新增", "某1", None, 125, None),
        ("新增", "某2", None, 125, None),
        ("停发", "某3", 100.05, None, "T1"),
    ]
    assert "已死亡" in found[2][8]


def test_the_bank_is_sent_one_amount_a_person_with_every_digit(run: PaymentRun) -> None:
    book = exported(run, BANK)
    page = book["银行代发"]
    assert [cell.value for cell in page[1]] == ["序号", "户名", "账号", "开户行", "金额", "批次号", "身份证号"]
    number = Person.objects.get(name="某1").id_number
    assert rows(page) == [[1, "某1", NUMBER, "某某农村信用社", 225.05, "B202406", number]]
    for place in (3, 7):
        cell = page.cell(2, place)
        assert (cell.data_type, cell.number_format) == ("s", "@")
        assert cell.quotePrefix


def test_whoever_has_no_account_stands_on_a_page_of_their_own_and_the_sums_agree(run: PaymentRun) -> None:
    book = exported(run, BANK)
    left = rows(book["没有收款账户"])
    assert [(row[1], row[5]) for row in left] == [("某2", 125), ("合计", 125)]
    assert [(row[0], row[1], row[2]) for row in rows(book["核对"])] == [
        ("批次发放合计", 2, 350.05),
        ("银行代发", 1, 225.05),
        ("没有收款账户，未送银行", 1, 125),
    ]


def test_every_page_says_who_took_it_out_and_when_and_the_log_says_why(run: PaymentRun) -> None:
    for kind in (FINANCE, BANK):
        book = exported(run, kind)
        for page in book.worksheets:
            assert "陈同志（civil_staff-None-None）" in mark(page)
            assert "2024-06-20 10:00" in mark(page)
    noted = AccessLog.objects.filter(act="export").order_by("pk")
    assert [(each.what, each.people, each.reason) for each in noted] == [
        ("批次 B202406 发放表（完整号码）", 3, "送财政"),
        ("批次 B202406 银行代发文件（完整号码）", 2, "送财政"),
    ]


def test_no_cell_is_taken_for_a_formula() -> None:
    somebody = holder()
    Person.objects.filter(pk=somebody.pk).update(**name_fields("=1+1"))
    somebody.refresh_from_db()
    standard(name="@SUM(1)")
    grant(somebody)
    account(somebody)
    run = locked("2024-05-01")
    for kind in (FINANCE, BANK):
        for page in exported(run, kind).worksheets:
            for row in page.iter_rows():
                assert all(cell.data_type != "f" for cell in row)


def test_only_a_locked_run_leaves_the_system() -> None:
    standard()
    grant(holder())
    with pytest.raises(RuleBroken, match="还没有锁定（草拟）"):
        exported(prepared("2024-05-01"), BANK)


@pytest.mark.parametrize(
    ("role", "street"),
    [(Role.FEDERATION_STAFF, "第一街道"), (Role.STREET_STAFF, "第一街道"), (Role.LEADERSHIP, None)],
)
def test_only_whoever_exports_for_the_whole_district_gets_it(role: str, street: str | None, run: PaymentRun) -> None:
    by = user(role, street=street)
    with pytest.raises(RuleBroken, match="管理全区"):
        exported(run, BANK, by)
    client = Client()
    client.force_login(by, backend="zalainuoer.roles.RoleBackend")
    data = {"kind": BANK, "reason": "看看"}
    assert client.post(reverse("run_export", args=[run.pk]), data).status_code == 403


def test_the_page_asks_why_and_hands_out_the_file(run: PaymentRun) -> None:
    client = Client()
    client.force_login(federation(), backend="zalainuoer.roles.RoleBackend")
    address = reverse("run_export", args=[run.pk])
    text = client.get(address).content.decode()
    assert "有 1 人没有收款账户" in text
    assert "请填写" in client.post(address, {"kind": BANK, "reason": ""}).content.decode()
    answer = client.post(address, {"kind": BANK, "reason": "送信用社"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[0] == "银行代发"
    assert "B202406" in answer.headers["Content-Disposition"]


def test_statements_do_not_grow_with_people() -> None:
    counts = []
    for people in (10, 100):
        with transaction.atomic():
            Standard.objects.all().delete()
            standard()
            for n in range(1, people + 1):
                somebody = holder(n)
                grant(somebody)
                account(somebody)
            run = locked("2024-05-01")
            for kind in (FINANCE, BANK):
                with CaptureQueriesContext(connection) as queries:
                    exported(run, kind)
                counts.append((kind, len(queries)))
            transaction.set_rollback(True)
    assert counts[:2] == counts[2:]
