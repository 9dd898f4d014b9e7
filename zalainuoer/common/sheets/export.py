"""A sheet's current rows as a workbook in the template's own layout: what comes out can be delivered again as it is.

>>> export_workbook(sheet, user, now=now)        # bytes of an .xlsx; every row of it, uploaded again, is 不变

Whoever finds a file sees who took it out and when: in its last row and in its properties (`mark_workbook`, for every
export of people there is).

The rows come from django-import-export's own machinery (Sheet is a Resource, Column its Field), one at a time, and are
written as they come: neither statements nor memory grow with them.
"""

import datetime
import io
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from zalainuoer.common import services
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.sheets import template
from zalainuoer.common.sheets.base import Column, Sheet, sheets_exported_to

CHUNK = 2_000
TEXT = "@"


def export_workbook(sheet: Sheet, user: User, *, now: datetime.datetime, address: str | None = None) -> bytes:
    """The sheet's stored rows in the user's area, as .xlsx; noted in the access log with the number of people.

    Raises PermissionDenied for a sheet the user may not take out.
    """
    if sheet.code not in {found.code for found in sheets_exported_to(user)}:
        raise PermissionDenied
    book = Workbook(write_only=True)
    book.properties.title = sheet.title
    book.custom_doc_props.append(  # type: ignore[attr-defined]
        StringProperty(name="template_id", value=template.template_id(sheet))
    )
    page = book.create_sheet(sheet.title[:31])
    _prepare(page, sheet)
    rows, people = _write_rows(page, sheet, user)
    mark_workbook(book, page, user=user, at=now, count=rows)
    services.access_record(
        by=user, act=AccessAct.EXPORT, what=f"“{sheet.title}”现有数据", people=people, address=address
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


KEEP_SAFE = "含个人信息，请妥善保管"


def mark_workbook(
    book: Workbook, page: Any, *, user: User, at: datetime.datetime, count: int, holds: str = KEEP_SAFE
) -> None:
    """Says in a row below the data, and in the properties, who took out how many rows and when (居民身份证法 第十九条).

    Call it after the last row. A sheet's reader knows the row and passes over it (`table.EXPORTED`).
    """
    local = timezone.localtime(at)
    person = f"{user.name}（{user.username}）"
    mark = f"导出人：{person}　导出时间：{local:%Y-%m-%d %H:%M}　共 {count} 条　{holds}"
    page.append([])  # so that sorting and filtering in Excel leave the mark where it is
    cell = WriteOnlyCell(page, mark)
    cell.font = Font(italic=True)
    page.append([cell])
    book.properties.creator, book.properties.description = person, mark
    book.properties.created = at.astimezone(datetime.UTC).replace(tzinfo=None)


def exported_rows(sheet: Sheet, user: User) -> Iterator[list[Any]]:
    """The cells of each stored row the user may see, in the order of the sheet's columns; one statement in all."""
    rows = sheet.rows_for(user).select_related(*related_paths(sheet))
    for record in rows.iterator(chunk_size=CHUNK):
        yield sheet.export_resource(record)


def related_paths(sheet: Sheet) -> list[str]:
    """The relations that the columns' attributes pass through, for one join instead of a statement a row."""
    return sorted({path for column in sheet.columns if (path := _relations(sheet.model, column.attribute))})


def _relations(model: type[models.Model], attribute: str) -> str:
    steps = []
    for name in attribute.split("__"):
        field = next((f for f in model._meta.concrete_fields if f.name == name), None)
        if field is None or field.related_model is None:
            break
        steps.append(name)
        model = field.related_model
    return "__".join(steps)


def _prepare(page: Any, sheet: Sheet) -> None:
    """Widths and formats of the columns, and the three rows above the data, as in the template."""
    page.freeze_panes = f"A{template.HEADER_ROW + 1}"
    for index, column in enumerate(sheet.columns, 1):
        dimension = page.column_dimensions[get_column_letter(index)]
        dimension.number_format = template.FORMATS.get(column.kind, "General")
        dimension.width = max(template.WIDTHS.get(column.kind, 16), 2.2 * len(column.heading) + 4)
    title = WriteOnlyCell(page, sheet.title)
    title.font = Font(bold=True, size=16)
    page.append([title])
    page.append([f"填报单位：{sheet.department}。系统中的现有数据，改正后可以直接上传。"])
    page.append([_heading(page, column) for column in sheet.columns])


def _heading(page: Any, column: Column) -> Cell:
    cell = WriteOnlyCell(page, f"{column.heading}*" if column.required else column.heading)
    cell.font, cell.alignment, cell.border = Font(bold=True), template.CENTRED, template.BORDER
    cell.fill = template.REQUIRED_FILL if column.required else template.OPTIONAL_FILL
    return cell


def _write_rows(page: Any, sheet: Sheet, user: User) -> tuple[int, int]:
    """Writes the rows; returns how many, and how many people (or heads of households) they name: 0 of employers, places."""
    cells = [_cell(page, column) for column in sheet.columns]
    # The key of a sheet ends in whom the row is about: a household's income in its head, a retrofit in the person.
    identity = [place for place, c in enumerate(sheet.columns) if c.kind == "id" and c.heading in sheet.key][-1:]
    people: set[Any] = set()
    count = 0
    for row in exported_rows(sheet, user):
        page.append([filled(cell, value) for cell, value in zip(cells, row, strict=True)])
        people.update(row[place] for place in identity)
        count += 1
    return count, len(people)


def _cell(page: Any, column: Column) -> Cell:
    """One cell a column, filled anew for each row: openpyxl writes a cell the moment it gets it."""
    cell = WriteOnlyCell(page)
    cell.number_format = template.FORMATS.get(column.kind, "General")
    if cell.number_format == TEXT:
        cell.quotePrefix = True  # stays text when somebody edits it, as if typed with an apostrophe
    return cell


def filled(cell: Cell, value: Any) -> Cell | None:
    """The cell with a value that no spreadsheet takes for a formula; None for an empty one."""
    if value is None or value == "":
        return None
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # "=1+1" in a name is a name: openpyxl would write a formula, "#N/A" an error
    return cell
