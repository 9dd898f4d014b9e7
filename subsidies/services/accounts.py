"""收款账户 of a person, by hand: what both subsidies are paid to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Person
from registry.services.facts import version
from subsidies.models import BankAccount
from zalainuoer.common.bank import NotAnAccountNumber, checked_account_number, has_wrong_check_digit, masked_account
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_name
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

CHANGED_SINCE = "您打开之后，此人的收款账户又被改过。请重新打开，核对后再改。"
NAMED = 5
ACTS = {"insert": "登记", "update": "更改", "delete": "删除"}


def account_save(
    *,
    person: Person,
    bank: str,
    number: str,
    holder: str,
    by: User | None,
    reason: str,
    seen: int | None = None,
) -> BankAccount:
    """Registers or changes somebody's account. An empty number or holder keeps what is known; a new account is held by
    the person where nobody is named. `seen` is `account_version` as the form showed it."""
    with transaction.atomic(), data_lock():
        row = BankAccount.objects.select_for_update().filter(person=person).first()
        if seen is not None and seen != account_version(row):
            raise RuleBroken(CHANGED_SINCE)
        is_new = row is None
        row = row or BankAccount(person=person, holder=person.name)
        if is_new and not number:
            raise RuleBroken("请填写银行账号。")
        before = (row.bank, row.number_index, row.holder)
        row.bank, row.holder = bank.strip(), holder.strip() or row.holder
        if number:
            _take_number(row, number)
        if not is_new and before == (row.bank, row.number_index, row.holder):
            raise RuleBroken("没有任何变化，不需要保存。")
        _check(row)
        open_history_context(user=by.username if by else "system", reason=reason, act="account_save")
        row.save(force_insert=is_new, force_update=not is_new)
    return row


def account_version(account: BankAccount | None) -> int:
    """Grows with every change of an account; 0 where there is none."""
    return 0 if account is None else version(account)


def account_warnings(*, person: Person, number: str, reader: User) -> list[str]:
    """What speaks for a slip of the pen in a number about to be stored: the check digit, and others with the same one.

    Others are counted wherever they live; named, masked, only within the reader's area.
    """
    said = []
    if has_wrong_check_digit(number):
        said.append("这个账号与银行卡号的校验位不符，可能录错了一位数字。")
    index = BankAccount._meta.get_field("number_index").of(number)
    others = BankAccount.objects.filter(number_index=index).exclude(person=person)
    count = others.count()
    if count:
        mine = others.filter(pk__in=BankAccount.objects.visible_to(reader).values("pk")).select_related("person")
        names = [masked_name(row.person.name) for row in mine.order_by("person__pinyin", "pk")[:NAMED]]
        named = f"（您辖区内有：{'、'.join(names)}）" if names else "（不在您的辖区内）"
        said.append(f"另有 {count} 人登记的是同一个账号{named}。由监护人等代收的可以相同，否则请核对。")
    return said


@dataclass(frozen=True)
class Step:
    """One change of an account, its number masked."""

    at: datetime.datetime
    who: str
    act: str
    text: str
    reason: str


def account_history(person: Person) -> list[Step]:
    """What became of somebody's account, newest first, in two statements: changed accounts are where fraud is found."""
    events: Any = BankAccount.pgh_event_model.objects.filter(person_id=person.pk)  # type: ignore[attr-defined]
    events = list(events.select_related("pgh_context").order_by("-pgh_id"))
    metadata = {event.pk: event.pgh_context.metadata if event.pgh_context else {} for event in events}
    users = {found.get("user") for found in metadata.values()}
    accounts = User.objects.filter(username__in=[u for u in users if isinstance(u, str)]) | User.objects.filter(
        pk__in=[u for u in users if isinstance(u, int)]
    )
    names = {key: account.name for account in accounts for key in (account.pk, account.username)}
    return [
        Step(
            at=event.pgh_created_at,
            who=names.get(metadata[event.pk].get("user"), "系统"),
            act=ACTS[event.pgh_label],
            text=f"{event.bank}，{masked_account(event.number)}，户名{masked_name(event.holder)}",
            reason=_reason(metadata[event.pk]),
        )
        for event in events
    ]


def _reason(metadata: dict[str, Any]) -> str:
    if batch := metadata.get("batch"):
        return f"报表上传（第 {batch} 号）"
    if batch := metadata.get("undo_of"):
        return f"撤销报表上传（第 {batch} 号）"
    return str(metadata.get("reason", ""))


def _take_number(row: BankAccount, number: str) -> None:
    try:
        row.number = checked_account_number(number)
    except NotAnAccountNumber as error:
        raise RuleBroken(str(error)) from error
    index: Any = BankAccount._meta.get_field("number_index")
    row.number_index = UUID(index.of(row.number))  # as it is read, so that the two can be compared


def _check(row: BankAccount) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error
