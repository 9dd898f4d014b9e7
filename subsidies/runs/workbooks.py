"""Pages of a workbook: a heading row, rows whose texts stay texts, and a last row that says who took them out and when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from zalainuoer.common.models import User
from zalainuoer.common.sheets.export import TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL

MONEY, COUNT = "0.00", "0"


def add_page(
    book: Workbook,
    name: str,
    columns: Mapping[str, tuple[int, str]],
    rows: Iterable[Sequence[Any]],
    *,
    total: Sequence[Any] | None = None,
    by: User,
    at: datetime.datetime,
) -> int:
    """Adds a page and returns how many rows it has; `columns` is {heading: (width, number format)}, `total` a last row in bold."""
    page = book.create_sheet(name)
    page.freeze_panes = "A2"
    for place, (width, _) in enumerate(columns.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_heading(page, heading) for heading in columns])
    count = 0
    cells = [_cell(page, form) for _, form in columns.values()]
    for row in rows:
        page.append([filled(cell, value) for cell, value in zip(cells, row, strict=True)])
        count += 1
    if total is not None:
        bold = [_cell(page, form, bold=True) for _, form in columns.values()]
        page.append([filled(cell, value) for cell, value in zip(bold, total, strict=True)])
    mark_workbook(book, page, user=by, at=at, count=count)
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
