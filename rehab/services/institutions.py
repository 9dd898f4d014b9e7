"""定点机构: registered and changed, designated and checked."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from registry.services.facts import version
from rehab.models import Designation, Institution, InstitutionCheck
from zalainuoer.common import ciphers
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.bank import NotAnAccountNumber, checked_account_number
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.widgets import PhoneWidget

MANAGE = "rehab.manage_rehab"
PLAIN = ("name", "kinds", "address", "contact_name", "bank", "account_holder", "capacity", "note")
ONE_DAY = datetime.timedelta(days=1)


def institution_save(
    *,
    institution: Institution | None,
    by: User | None,
    reason: str,
    contact_phone: str = "",
    account_number: str = "",
    seen: int | None = None,
    **values: Any,
) -> Institution:
    """Registers an institution or changes one; an empty phone or account number keeps what is known."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = institution and Institution.objects.select_for_update().get(pk=institution.pk)
        if row is not None and seen is not None and seen != version(row):
            raise RuleBroken(changed_since("这个机构"))
        is_new = row is None
        row = row or Institution()
        for name in PLAIN:
            if name in values:
                setattr(row, name, values[name])
        _take_numbers(row, contact_phone, account_number)
        if row.account_number and not (row.bank and row.account_holder):
            raise RuleBroken("填写了银行账号的，请同时填写开户银行和户名。")
        _check(row)
        _open_context(by, "institution_save", reason)
        row.save(force_insert=is_new, force_update=not is_new)
    return row


def _take_numbers(row: Institution, phone: str, account: str) -> None:
    try:
        if phone and (cleaned := PhoneWidget().clean(phone)):
            row.contact_phone, row.contact_phone_index = cleaned, ciphers.blind_index(cleaned, purpose="phone")
    except ValueError as error:
        raise RuleBroken(f"联系电话：{error}") from error
    if not row.contact_phone:
        raise RuleBroken("请填写联系电话。")
    try:
        if account:
            row.account_number = checked_account_number(account)
            row.account_index = ciphers.blind_index(row.account_number, purpose="bank_account")
    except NotAnAccountNumber as error:
        raise RuleBroken(str(error)) from error


def designation_add(
    *,
    institution: Institution,
    categories: list[str],
    starts_on: datetime.date,
    ends_on: datetime.date | None,
    document: str,
    by: User | None,
) -> list[Designation]:
    """Designates an institution for categories from a day on; periods of one category do not overlap."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        _open_context(by, "designation_add", document)
        added = []
        for category in categories:
            row = Designation(
                institution=institution, category=category, starts_on=starts_on, ends_on=ends_on, document=document
            )
            _check(row)
            others = Designation.objects.filter(
                Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), institution=institution, category=category
            )
            if ends_on is not None:
                others = others.filter(starts_on__lte=ends_on)
            if (other := others.first()) is not None:
                until = f"至 {other.ends_on}" if other.ends_on else "起长期"
                raise RuleBroken(
                    f"“{row.get_category_display()}”已有 {other.starts_on} {until}有效的定点资格，请先终止原来的一条。"
                )
            row.save(force_insert=True)
            added.append(row)
    return added


def designation_end(*, designation: Designation, ends_on: datetime.date, by: User | None, reason: str) -> Designation:
    """Lets a designation run through a day, the last it is good for."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = Designation.objects.select_for_update().get(pk=designation.pk)
        if row.ends_on == ends_on:
            raise RuleBroken("没有任何变化，不需要保存。")
        if row.ends_on is not None and ends_on > row.ends_on:
            raise RuleBroken(f"这条资格到 {row.ends_on} 为止，不能延长。续期的请新增一条，写明新的文号。")
        row.ends_on = ends_on
        _check(row)
        _open_context(by, "designation_end", reason)
        row.save(update_fields=["ends_on"])
    return row


def check_add(
    *,
    institution: Institution,
    checked_on: datetime.date,
    result: str,
    document: str,
    note: str,
    by: User | None,
    today: datetime.date,
) -> InstitutionCheck:
    """Records a yearly check; a failed one suspends from its day."""
    refuse_others(by, MANAGE)
    if checked_on > today:
        raise RuleBroken(f"检查日期 {checked_on} 晚于今天，请核对。")
    with transaction.atomic(), data_lock():
        row = InstitutionCheck(
            institution=institution,
            year=checked_on.year,
            checked_on=checked_on,
            result=result,
            document=document,
            note=note,
            recorded_by=by,
        )
        _check(row)
        _open_context(by, "check_add", document)
        row.save(force_insert=True)
    return row


def _check(row: Institution | Designation | InstitutionCheck) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error


def _open_context(by: User | None, act: str, reason: str) -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
