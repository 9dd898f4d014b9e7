"""用人单位: registered and changed, their figures of a year, their 劳务派遣协议."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from employment.models import MONTHS, DispatchAgreement, Employer, EmployerYear
from employment.rules.quota import months_existing
from registry.services.facts import version
from zalainuoer.common import ciphers
from zalainuoer.common.acting import changed_since, refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.credit_codes import NotACreditCode, checked_credit_code
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.widgets import PhoneWidget

MANAGE = "employment.manage_employers"
PLAIN = (
    "name", "kind", "level", "is_school", "is_budget_funded", "is_concentrated", "street", "established_on", "closed_on",
    "address", "contact_name", "note",
)  # fmt: skip


def employer_save(
    *,
    employer: Employer | None,
    by: User | None,
    reason: str,
    credit_code: str,
    contact_phone: str = "",
    seen: int | None = None,
    **values: Any,
) -> Employer:
    """Registers an employer or changes one; an empty phone keeps what is known.

    Days of existence that would leave a month's head count outside are refused.
    """
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = employer and Employer.objects.select_for_update().get(pk=employer.pk)
        if row is not None and seen is not None and seen != version(row):
            raise RuleBroken(changed_since("这个单位"))
        is_new = row is None
        row = row or Employer()
        try:
            row.credit_code = checked_credit_code(credit_code)
        except NotACreditCode as error:
            raise RuleBroken(str(error)) from error
        for name in PLAIN:
            if name in values:
                setattr(row, name, values[name])
        _take_phone(row, contact_phone)
        refuse_invalid(row)
        for year in row.years.all() if not is_new else ():
            _refuse_months_outside(row, year)
        _open_context(by, "employer_save", reason)
        row.save(force_insert=is_new, force_update=not is_new)
    return row


def _take_phone(row: Employer, phone: str) -> None:
    try:
        cleaned = PhoneWidget().clean(phone)
    except ValueError as error:
        raise RuleBroken(f"联系电话：{error}") from error
    if cleaned:
        row.contact_phone, row.contact_phone_index = cleaned, ciphers.blind_index(cleaned, purpose="phone")


def employer_year_save(
    *,
    employer: Employer,
    year: int,
    by: User | None,
    reason: str,
    seen: int | None = None,
    **values: Any,
) -> EmployerYear:
    """The declared figures of a year: `posts`, `headcount_01` … `headcount_12`, `wage_total_yuan`."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = EmployerYear.objects.select_for_update().filter(employer=employer, year=year).first()
        if row is not None and seen is not None and seen != version(row):
            raise RuleBroken(changed_since("这一年度的情况"))
        is_new = row is None
        row = row or EmployerYear(employer=employer, year=year)
        for name, value in values.items():
            setattr(row, name, value)
        refuse_invalid(row)
        _refuse_months_outside(employer, row)
        _open_context(by, "employer_year_save", reason)
        row.save(force_insert=is_new, force_update=not is_new)
    return row


def _refuse_months_outside(employer: Employer, row: EmployerYear) -> None:
    existing = months_existing(row.year, established_on=employer.established_on, closed_on=employer.closed_on)
    outside = [month for month in MONTHS if row.headcounts[month - 1] is not None and month not in existing]
    if outside:
        named = "、".join(f"{month}月" for month in outside)
        raise RuleBroken(
            f"{row.year}年{named}填写了职工人数，但单位当时尚未成立或已经注销。请核对成立、注销日期，或将这些月份留空。"
        )


def agreement_add(
    *,
    dispatcher: Employer,
    host: Employer,
    starts_on: datetime.date,
    ends_on: datetime.date | None,
    counted_at: str,
    document: str,
    by: User | None,
) -> DispatchAgreement:
    """Registers a 劳务派遣协议; two of the same employers must not overlap (残联厅函〔2022〕63号: 不得重复计算)."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = DispatchAgreement(
            dispatcher=dispatcher,
            host=host,
            starts_on=starts_on,
            ends_on=ends_on,
            counted_at=counted_at,
            document=document,
        )
        refuse_invalid(row)
        others = DispatchAgreement.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), dispatcher=dispatcher, host=host
        )
        if ends_on is not None:
            others = others.filter(starts_on__lte=ends_on)
        if (other := others.first()) is not None:
            raise RuleBroken(
                f"这两个单位从 {other.starts_on} 起已有协议，与这一份的期间重叠。请先终止原来的一份。",
                source="残联厅函〔2022〕63号",
            )
        _open_context(by, "agreement_add", document)
        row.save(force_insert=True)
    return row


def agreement_end(*, agreement: DispatchAgreement, ends_on: datetime.date, reason: str, by: User | None) -> None:
    """Lets an agreement run through a day, the last it is in force."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = DispatchAgreement.objects.select_for_update().get(pk=agreement.pk)
        if row.ends_on is not None and ends_on > row.ends_on:
            raise RuleBroken(f"这份协议到 {row.ends_on} 为止，不能延长。续签的请新增一份。")
        row.ends_on = ends_on
        refuse_invalid(row)
        _open_context(by, "agreement_end", reason)
        row.save(update_fields=["ends_on"])


def _open_context(by: User | None, act: str, reason: str) -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
