"""Rehabilitation's lists as workbooks for whoever has to act on them: whole names and numbers, so each says who took it
out and when, and is noted with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registry.models import Person
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL

PERSON = {"序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "联系电话": 16}
NUMBERS = {"序号", "费用（元）", "等待天数"}

Rows = Iterable[tuple[Person, tuple[Any, ...]]]


def export_list(
    file: IO[bytes],
    *,
    title: str,
    columns: Mapping[str, int],
    rows: Rows,
    by: User,
    at: datetime.datetime,
    reason: str,
    what: str,
    address: str | None,
) -> int:
    """Writes rows about people into the file as .xlsx; returns how many.

    `columns` are the headings behind the person's own, with their widths; each row is the person (with the community
    and its parent loaded) and the values of those columns.
    """
    book = Workbook(write_only=True)
    book.properties.title = title
    page = book.create_sheet(title[:31])
    headings = {**PERSON, **columns}
    page.freeze_panes = "D2"
    for number, width in enumerate(headings.values(), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.append([_heading(page, heading) for heading in headings])
    cells = [_cell(page, heading) for heading in headings]
    count, people = 0, set()
    for person, values in rows:
        count += 1
        people.add(person.pk)
        place = (str(person.community.parent), person.community.name)
        line = (count, person.name, person.id_number, *place, person.phone or "", *values)
        page.append([filled(cell, value) for cell, value in zip(cells, line, strict=True)])
    mark_workbook(book, page, user=by, at=at, count=count)
    book.save(file)
    access_record(
        by=by, act=AccessAct.EXPORT, what=f"{what}（完整号码）", people=len(people), reason=reason, address=address
    )
    return count


def _heading(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page, heading)
    cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, BORDER, OPTIONAL_FILL
    return cell


def _cell(page: Any, heading: str) -> Cell:
    """One cell a column, filled anew for each row: openpyxl writes a cell the moment it gets it."""
    cell = WriteOnlyCell(page)
    cell.number_format = "General" if heading in NUMBERS else TEXT
    cell.quotePrefix = cell.number_format == TEXT
    return cell
