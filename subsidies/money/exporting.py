"""The page's tables as a workbook: aggregates, no people, and nothing that the page hides."""

from __future__ import annotations

import datetime
from typing import IO, Any

from openpyxl import Workbook

from subsidies.money.tables import MOVEMENTS, Shown, Tables
from zalainuoer.common.models import User
from zalainuoer.common.plots import Gap
from zalainuoer.common.sheets.listing import GENERAL, add_page

TITLE = "两项补贴资金情况"
MONEY, COUNT = "#,##0.00", "#,##0"


def export_money(tables: list[Tables], file: IO[bytes], *, by: User, at: datetime.datetime) -> None:
    """Writes two pages a subsidy into the file as .xlsx: by month, and by month, street and standard."""
    book = Workbook(write_only=True)
    book.properties.title = TITLE
    for one in tables:
        short = one.report.subsidy.label.removeprefix("困难残疾人").removeprefix("重度残疾人")
        _write(book, f"{short}按月", _month_headings(), _month_rows(one), by=by, at=at)
        _write(book, f"{short}按街道和标准", _street_headings(), _street_rows(one), by=by, at=at)
    book.save(file)


def _month_headings() -> list[str]:
    moved = [heading for label in MOVEMENTS.values() for heading in (f"{label}（人）", f"{label}（元）")]
    return ["月份", "发放人数", "发放金额（元）", *moved]


def _month_rows(tables: Tables) -> list[list[Any]]:
    return [
        [f"{row.month:%Y-%m}", *_pair(row.paid), *(value for _, moved in row.moved for value in _pair(moved))]
        for row in tables.months
    ]


def _street_headings() -> list[str]:
    return ["所属月份", "街道（镇）", "标准", "发放人数", "发放金额（元）"]


def _street_rows(tables: Tables) -> list[list[Any]]:
    return [
        [f"{month:%Y-%m}", street.name, words, *_pair(shown)]
        for month, streets in tables.by_street.items()
        if month not in tables.report.without
        for street in streets
        for words, shown in (*street.cells, ("合计", street.total))
    ]


def _pair(shown: Shown) -> tuple[Any, Any]:
    people, yuan = shown.people, shown.yuan
    return str(people) if isinstance(people, Gap) else people, str(yuan) if isinstance(yuan, Gap) else yuan


def _write(
    book: Workbook, name: str, headings: list[str], rows: list[list[Any]], *, by: User, at: datetime.datetime
) -> None:
    columns = {heading: (max(14, 2.2 * len(heading) + 2), _format(heading)) for heading in headings}
    add_page(book, name, columns, rows, by=by, at=at, holds="汇总数，不含个人信息")


def _format(heading: str) -> str:
    return MONEY if "元" in heading else COUNT if "人" in heading else GENERAL
