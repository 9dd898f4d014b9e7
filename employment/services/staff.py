"""The months of an employment, a year at once; the employment itself is a row of its sheet (registry.services.facts)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from employment.models import EmploymentMonth, EmploymentRecord
from employment.rules.quota import months_existing
from zalainuoer.common import bulk
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

RECORD = "employment.record_employment"
COLUMNS = ("record_id", "month", "wage_yuan", "is_pension_paid", "is_medical_paid")
Months = Mapping[datetime.date, tuple[Decimal, bool, bool]]


def months_of(record: EmploymentRecord, year: int) -> list[datetime.date]:
    """The months of the year in which the employment lasted a day or more."""
    lasting = months_existing(year, established_on=record.started_on, closed_on=record.ended_on)
    return [datetime.date(year, month, 1) for month in lasting]


def months_save(
    *, record: EmploymentRecord, year: int, rows: Months, by: User | None, reason: str, seen: str | None = None
) -> int:
    """Makes the year's months be exactly `rows`: {month: (wage in 元, pension paid, medical paid)}; returns how many changed.

    A month outside the employment is refused. `seen` is `fingerprint` of the months as the person saw them.
    """
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        record = EmploymentRecord.objects.select_for_update().get(pk=record.pk)
        if outside := sorted(set(rows) - set(months_of(record, year))):
            named = "、".join(f"{month:%Y-%m}" for month in outside)
            raise RuleBroken(f"{named}不在这段就业期间内，没有保存。请核对就业和终止日期。")
        stored = {row.month: row for row in record.months.filter(month__year=year)}
        if seen is not None and seen != fingerprint(stored):
            raise RuleBroken(changed_since("这些月份"))
        open_history_context(user=by.username if by else "system", reason=reason, act="months_save")
        new = [(record.pk, month.isoformat(), *_texts(row)) for month, row in rows.items() if month not in stored]
        changed = [
            (stored[month].pk, *_texts(row))
            for month, row in rows.items()
            if month in stored and row != _facts(stored[month])
        ]
        gone = [row.pk for month, row in stored.items() if month not in rows]
        if new:
            bulk.insert(EmploymentMonth, COLUMNS, new)
        if changed:
            bulk.update(EmploymentMonth, ("id", *COLUMNS[2:]), changed)
        if gone:
            bulk.delete(EmploymentMonth, gone)
    return len(new) + len(changed) + len(gone)


def _facts(row: EmploymentMonth) -> tuple[Decimal, bool, bool]:
    return row.wage_yuan, row.is_pension_paid, row.is_medical_paid


def _texts(row: tuple[Decimal, bool, bool]) -> tuple[str, str, str]:
    wage, pension, medical = row
    return str(wage), "true" if pension else "false", "true" if medical else "false"


def fingerprint(stored: Mapping[datetime.date, EmploymentMonth]) -> str:
    """What stands in the months, as one word."""
    return "|".join(f"{month:%m}:{_facts(stored[month])}" for month in sorted(stored))
