"""收款账户: by sheet and by form; the number encrypted, masked, compared without being read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from registry.models import Person
from subsidies.models import BankAccount
from tests.deliveries import (
    changes,
    counts,
    fact,
    holder,
    previewed,
    receive,
    refused,
    row_of,
    undo,
    upload,
    user,
    workbook,
)
from zalainuoer.common.bank import checked_account_number, has_wrong_check_digit, masked_account
from zalainuoer.common.models import Role
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.export import export_workbook
from zalainuoer.common.sheets.widgets import AccountNumberWidget
from zalainuoer.common.views.previewing import RowList

pytestmark = pytest.mark.django_db
CARD, OTHER, PASSBOOK = "6200001234567890128", "6200009876543210987", "15079900000001"
ONE, TWO = holder(1), holder(2)


def row(person: dict[str, object] = ONE, **change: object) -> dict[str, object]:
    return fact("bank-accounts", person, **change)


def account(person: dict[str, object] = ONE) -> BankAccount:
    index = Person._meta.get_field("id_index").of(str(person["身份证号"]))
    return BankAccount.objects.get(person__id_index=index)


@pytest.fixture(autouse=True)
def register(db: None) -> None:
    upload("registry", [ONE, TWO])


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CARD, "6200 0012 3456 7890 128", "６２００001234567890128", "'6200-001234567890128"])
def test_blanks_and_signs_between_digits_are_decoration(text: str) -> None:
    assert checked_account_number(text) == CARD


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("1234567890", "12 至 30 位"), ("1" * 31, "12 至 30 位"), ("62000012345678901X", "全是数字")],
)
def test_what_is_no_account_number_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        checked_account_number(text)


def test_only_numbers_as_long_as_a_cards_have_a_check_digit() -> None:
    assert not has_wrong_check_digit(CARD)
    assert has_wrong_check_digit(CARD[:-1] + "9")
    assert not has_wrong_check_digit(PASSBOOK)


def test_only_the_last_four_digits_are_shown() -> None:
    assert masked_account(CARD) == "****0128"


@pytest.mark.parametrize("cell", [6200001234567890128, 6.20000123456789e18, 150799000000, "6.20000123456789E+18"])
def test_a_numeric_cell_is_refused_for_it_has_lost_digits(cell: object) -> None:
    with pytest.raises(ValueError, match="数字格式"):
        AccountNumberWidget().clean(cell)


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_a_delivered_account_is_stored_encrypted_and_the_same_again_is_the_same() -> None:
    assert counts(upload("bank-accounts", [row()])) == {"new": 1}
    assert (account().number, account().bank, account().holder) == (CARD, "农村信用社", "某人")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_index::text FROM subsidies_bankaccount")
        stored = cursor.fetchall()
        cursor.execute("SELECT number FROM subsidies_bankaccountevent")
        stored += cursor.fetchall()
    assert CARD not in str(stored)
    again = upload("bank-accounts", [row(银行账号="6200 0012 3456 7890 128")])
    assert counts(again) == {"same": 1}


def test_another_number_is_a_change_of_which_only_the_last_digits_are_shown() -> None:
    upload("bank-accounts", [row(), row(TWO)])
    batch = receive("bank-accounts", [row(银行账号=OTHER, 开户银行="邮储银行"), row(TWO)])
    assert counts(batch) == {"changed": 1, "same": 1}
    cells = {change.heading: (change.old, change.new) for change in next(iter(changes(batch).values()))}
    assert cells == {"开户银行": ("农村信用社", "邮储银行"), "银行账号": ("****0128", "****0987")}
    shown = RowList(sheet_of("bank-accounts"), *previewed(batch), "changed")[0]
    assert OTHER not in str(shown)
    assert "****0987" in str(shown)


def test_a_batch_is_undone_to_the_number_before() -> None:
    upload("bank-accounts", [row()])
    batch = upload("bank-accounts", [row(银行账号=OTHER)])
    assert account().number == OTHER
    undo(batch)
    assert account().number == CARD
    assert counts(upload("bank-accounts", [row()])) == {"same": 1}


def test_a_workbook_with_numeric_account_cells_is_refused_row_by_row() -> None:
    batch = receive("bank-accounts", [row(银行账号=6200001234567890128), row(TWO)])
    assert counts(batch) == {"new": 1, "refused": 1}
    assert "数字格式" in refused(batch)[2][0][1]


def test_an_account_is_not_taken_from_a_merged_cell() -> None:
    book = load_workbook(io.BytesIO(workbook([row(), row(TWO)])))
    page = book.worksheets[0]
    column = next(cell.column_letter for cell in page[1] if cell.value == "银行账号")
    page[f"{column}3"] = None
    page.merge_cells(f"{column}2:{column}3")
    file = io.BytesIO()
    book.save(file)
    batch = receive("bank-accounts", file.getvalue())
    assert refused(batch) == {3: [("银行账号", "必填，不能为空。")]}


def test_a_wrong_check_digit_is_told_and_not_refused() -> None:
    batch = receive("bank-accounts", [row(银行账号=CARD[:-1] + "9"), row(TWO, 银行账号=PASSBOOK)])
    assert counts(batch) == {"new": 2}
    assert [note for note in previewed(batch)[0].notes if "校验位" in note and "第 2 行" in note]


def test_an_export_delivered_again_is_the_same_throughout() -> None:
    upload("bank-accounts", [row(), row(TWO, 银行账号=PASSBOOK)])
    from django.utils import timezone

    content = export_workbook(
        sheet_of("bank-accounts"), user(Role.FEDERATION_STAFF, department="区残联"), now=timezone.now()
    )
    assert counts(upload("bank-accounts", content)) == {"same": 2}
    page: Any = load_workbook(io.BytesIO(content)).worksheets[0]
    heading = [str(cell.value).rstrip("*") for cell in page[3]]
    cell = page[4][heading.index("银行账号")]
    assert (cell.value, cell.number_format, cell.data_type) == (CARD, "@", "s")


def test_whoever_may_not_export_the_sheet_gets_no_number() -> None:
    from django.core.exceptions import PermissionDenied
    from django.utils import timezone

    with pytest.raises(PermissionDenied):
        export_workbook(sheet_of("bank-accounts"), user(Role.LIAISON, department="民政局"), now=timezone.now())


def test_statements_do_not_grow_with_the_rows() -> None:
    seen = []
    for start, size in ((100, 10), (300, 60)):
        people = [holder(start + n) for n in range(size)]
        upload("registry", people)
        statements = []
        for number in (CARD, OTHER):
            with CaptureQueriesContext(connection) as captured:
                batch = upload("bank-accounts", [row_of("bank-accounts", p, 银行账号=number) for p in people])
            statements.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            undo(batch)
        seen.append([*statements, len(captured)])
    assert seen[0] == seen[1]
