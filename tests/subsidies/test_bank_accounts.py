"""收款账户: by sheet and by form; the number encrypted, masked, compared without being read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from registry.models import Person
from subsidies.models import BankAccount
from subsidies.services.accounts import account_save, account_version, account_warnings
from tests import records
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
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessLog, Role
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
    content = export_workbook(
        sheet_of("bank-accounts"), user(Role.FEDERATION_STAFF, department="区残联"), now=timezone.now()
    )
    assert counts(upload("bank-accounts", content)) == {"same": 2}
    page: Any = load_workbook(io.BytesIO(content)).worksheets[0]
    heading = [str(cell.value).rstrip("*") for cell in page[3]]
    cell = page[4][heading.index("银行账号")]
    assert (cell.value, cell.number_format, cell.data_type) == (CARD, "@", "s")


def test_whoever_may_not_export_the_sheet_gets_no_number() -> None:
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


# --- by hand ---------------------------------------------------------------------------------------------------------


def person(of: dict[str, object] = ONE) -> Person:
    return Person.objects.get(id_index=Person._meta.get_field("id_index").of(str(of["身份证号"])))


def save(of: dict[str, object] = ONE, **change: Any) -> BankAccount:
    facts: dict[str, Any] = {"bank": "农信社", "number": CARD, "holder": "", "reason": "本人登记", "by": None, **change}
    return account_save(person=person(of), **facts)


def test_a_new_account_is_the_persons_own_unless_somebody_else_is_named() -> None:
    assert save().holder == person().name
    assert save(TWO, holder="王监护").holder == "王监护"


def test_an_empty_number_or_holder_keeps_what_is_known() -> None:
    save(holder="王监护")
    changed = save(bank="邮储银行", number="", holder="")
    assert (changed.bank, changed.number, changed.holder) == ("邮储银行", CARD, "王监护")
    assert account().number == CARD


def test_what_is_typed_and_what_is_delivered_are_compared_as_one() -> None:
    save(number="6200 0012 3456 7890 128", holder="某人", bank="农村信用社")
    assert counts(upload("bank-accounts", [row()])) == {"same": 1}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"number": ""}, "请填写银行账号"), ({"number": "123"}, "12 至 30 位"), ({"bank": " "}, "不能为空|必填|空白")],
)
def test_what_is_no_account_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        save(**change)
    assert not BankAccount.objects.exists()


def test_nothing_changed_and_what_changed_meanwhile_are_not_saved() -> None:
    first = save()
    with pytest.raises(RuleBroken, match="没有任何变化"):
        save()
    with pytest.raises(RuleBroken, match="又被改过"):
        save(number=OTHER, seen=0)
    save(number=OTHER, seen=account_version(first))
    assert account().number == OTHER


def test_the_same_number_of_others_is_counted_and_named_only_within_the_area() -> None:
    far = holder(3, 所属街道="第二街道", 所属社区=str(records.community("第二街道")))
    upload("registry", [far])
    save(TWO)
    save(far)
    street, district = user(Role.STREET_STAFF, street="第一街道"), user(Role.FEDERATION_STAFF)
    (here,) = account_warnings(person=person(), number=CARD, reader=street)
    assert "另有 2 人" in here
    assert masked_name(str(TWO["姓名"])) in here
    assert here.count("＊") == masked_name(str(TWO["姓名"])).count("＊")
    (everywhere,) = account_warnings(person=person(), number=CARD, reader=district)
    assert everywhere.count("、") == 1
    assert account_warnings(person=person(), number=OTHER[:-1] + "6", reader=street) != []
    assert account_warnings(person=person(), number=PASSBOOK, reader=street) == []


# --- the page --------------------------------------------------------------------------------------------------------


def page_of(client: Client, of: dict[str, object] = ONE) -> str:
    return client.get(reverse("bank_account", args=[person(of).pk])).content.decode()


def post(client: Client, **change: object) -> str:
    data = {"bank": "农信社", "number": CARD, "holder": "", "reason": "本人登记", "seen": 0, **change}
    address = reverse("bank_account", args=[person().pk])
    return client.post(address, data, follow=True).content.decode()


@pytest.fixture
def counter() -> Client:
    found = Client()
    found.force_login(user(Role.STREET_STAFF, street="第一街道"), backend="zalainuoer.roles.RoleBackend")
    return found


def test_the_page_registers_an_account_and_never_shows_its_number(counter: Client) -> None:
    assert "还没有登记" in page_of(counter)
    said = post(counter)
    assert "已保存收款账户：农信社，****0128" in said
    assert CARD not in said
    assert CARD not in page_of(counter)
    assert str(ONE["姓名"]) not in page_of(counter)
    noted = AccessLog.objects.latest("pk")
    assert (noted.what, noted.person, noted.people) == ("收款账户", person().pk, 1)


def test_a_doubtful_number_is_asked_about_before_it_is_stored(counter: Client) -> None:
    wrong = CARD[:-1] + "9"
    said = post(counter, number=wrong)
    assert "还没有保存" in said
    assert "校验位不符" in said
    assert not BankAccount.objects.exists()
    post(counter, number=wrong, confirmed="on")
    assert account().number == wrong


def test_the_history_says_what_was_registered_by_whom_and_why(counter: Client) -> None:
    upload("bank-accounts", [row()])
    post(counter, number=OTHER, reason="换卡", seen=account_version(account()), confirmed="on")
    said = page_of(counter)
    for words in ("****0128", "****0987", "换卡", "报表上传", "陈同志"):
        assert words in said


@pytest.mark.parametrize("field", ["bank", "holder", "reason"])
def test_a_number_in_the_other_fields_is_refused(counter: Client, field: str) -> None:
    assert "不要写身份证号" in post(counter, **{field: CARD})
    assert not BankAccount.objects.exists()


def test_outside_the_area_there_is_no_such_person_and_others_may_not_change_accounts() -> None:
    far, leader = Client(), Client()
    far.force_login(user(Role.STREET_STAFF, street="第二街道"), backend="zalainuoer.roles.RoleBackend")
    leader.force_login(user(Role.CIVIL_STAFF), backend="zalainuoer.roles.RoleBackend")
    address = reverse("bank_account", args=[person().pk])
    assert far.get(address).status_code == 404
    assert leader.get(address).status_code == 403


def test_the_page_asks_as_much_for_many_changes_as_for_few(counter: Client) -> None:
    save()
    counted = []
    for numbers in ((OTHER, CARD), [f"15079900{n:06d}" for n in range(12)]):
        for number in numbers:
            save(number=number)
        page_of(counter)
        with CaptureQueriesContext(connection) as captured:
            page_of(counter)
        counted.append(len(captured))
    assert counted[0] == counted[1]
