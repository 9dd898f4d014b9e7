"""Lists as workbooks: pages with a heading row, rows whose texts stay texts, and a last row that says who took them out.

>>> write_list(file, title="名单", columns=columns_of({"序号": 8, "姓名": 12}, numbers=["序号"]), rows=rows, by=user, at=now)

A sheet that can be delivered again is written by `export`; this is for lists that people read.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import IO, Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from zalainuoer.common.models import User
from zalainuoer.common.sheets.export import KEEP_SAFE, TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL

GENERAL = "General"
FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\\", "　"))  # in the name of a page, which has 31 signs at most

Columns: TypeAlias = Mapping[str, tuple[float, str]]  # {heading: (width, number format)}


def columns_of(widths: Mapping[str, int], *, numbers: Collection[str] = ()) -> Columns:
    """Columns of {heading: width}: texts, but for the headings that hold numbers."""
    return {heading: (width, GENERAL if heading in numbers else TEXT) for heading, width in widths.items()}


def page_name(name: str) -> str:
    """The name as a workbook's page may bear it."""
    return name.translate(FORBIDDEN)[:31]


def write_list(
    file: IO[bytes],
    *,
    title: str,
    columns: Columns,
    rows: Iterable[Sequence[Any]],
    total: Sequence[Any] | None = None,
    by: User,
    at: datetime.datetime,
    freeze: str = "A2",
) -> int:
    """Writes a workbook of one page, named as its title, into the file as .xlsx; returns how many rows it has.

    `total` and `freeze` as in `add_page`.
    """
    book = Workbook(write_only=True)
    book.properties.title = title
    count = add_page(book, page_name(title), columns, rows, total=total, by=by, at=at, freeze=freeze)
    book.save(file)
    return count


def add_page(
    book: Workbook,
    name: str,
    columns: Columns,
    rows: Iterable[Sequence[Any]],
    *,
    total: Sequence[Any] | None = None,
    by: User,
    at: datetime.datetime,
    freeze: str = "A2",
    holds: str = KEEP_SAFE,
) -> int:
    """Adds a page to a write-only workbook; returns how many rows it has.

    Rows are written as they come. `total` is a last row in bold, not counted; `freeze` the first cell that scrolls;
    `holds` what the last row says of the contents.
    """
    page = book.create_sheet(name)
    page.freeze_panes = freeze
    for place, (width, _) in enumerate(columns.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_heading(page, heading) for heading in columns])
    cells = [_cell(page, form) for _, form in columns.values()]
    count = 0
    for row in rows:
        page.append([filled(cell, value) for cell, value in zip(cells, row, strict=True)])
        count += 1
    if total is not None:
        bold = [_cell(page, form, bold=True) for _, form in columns.values()]
        page.append([filled(cell, value) for cell, value in zip(bold, total, strict=True)])
    mark_workbook(book, page, user=by, at=at, count=count, holds=holds)
    return count


def _heading(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page, heading)
    cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, BORDER, OPTIONAL_FILL
    return cell


def _cell(page: Any, form: str, *, bold: bool = False) -> Cell:
    """One cell a column, filled anew for each row: openpyxl writes a cell the moment it gets it."""
    cell = WriteOnlyCell(page)
    cell.number_format = form
    cell.quotePrefix = form == TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell
