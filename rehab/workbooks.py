"""Lists of rehabilitation as workbooks: whole numbers, and in the last row who took them out, and when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from zalainuoer.common.models import User
from zalainuoer.common.sheets.export import TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL


def write_workbook(
    file: IO[bytes],
    *,
    title: str,
    columns: Mapping[str, int],
    numbers: Iterable[str],
    rows: Iterable[Sequence[Any]],
    by: User,
    at: datetime.datetime,
) -> int:
    """Writes rows below headings ({heading: width}; those in `numbers` hold numbers); returns how many rows."""
    book = Workbook(write_only=True)
    book.properties.title = title
    page = book.create_sheet(title[:31])
    page.freeze_panes = "B2"
    for place, width in enumerate(columns.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_heading(page, heading) for heading in columns])
    cells = [_cell(page, is_number=heading in set(numbers)) for heading in columns]
    count = 0
    for row in rows:
        count += 1
        page.append([filled(cell, value) for cell, value in zip(cells, row, strict=True)])
    mark_workbook(book, page, user=by, at=at, count=count)
    book.save(file)
    return count


def _heading(page: Any, heading: str) -> Any:
    cell = WriteOnlyCell(page, heading)
    cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, BORDER, OPTIONAL_FILL
    return cell


def _cell(page: Any, *, is_number: bool) -> Any:
    cell = WriteOnlyCell(page)
    cell.number_format = "General" if is_number else TEXT
    cell.quotePrefix = not is_number
    return cell
