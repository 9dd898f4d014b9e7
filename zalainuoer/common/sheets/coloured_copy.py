"""Giving a workbook back with what is wrong in it.

>>> write(source, problems, out, header_rows={"名册": 3})     # the user's own .xlsx, bad cells coloured and commented
>>> write_refused_rows(headings, rows, out)                   # otherwise: a new workbook of the refused rows
"""

from __future__ import annotations

import datetime
import marshal
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from .guarded import Child, opened
from .reader import Book, Cell
from .safe_text import safe_text

MOST_ROWS = 20_000
SECONDS = 180
OWN_COLUMN, ROW_COLUMN = "问题说明", "原行号"  # table.locate ignores both when the mended rows come back
RED = PatternFill("solid", fgColor="FFFFC7CE")
BOLD, WRAPPED = Font(bold=True), Alignment(vertical="top", wrap_text=True)

CellProblem = tuple[str, int, int | None, str]  # page name, row, column (1-based; None: the row as such), message


def may_be_coloured(book: Book) -> bool:
    """Whether `write` will take the workbook: an .xlsx of up to 20,000 rows."""
    return book.kind == "xlsx" and sum(page.height for page in book.visible_pages) <= MOST_ROWS


def write(
    source: Path | bytes,
    problems: Iterable[CellProblem],
    out: Path,
    *,
    header_rows: Mapping[str, int] | None = None,
) -> None:
    """Writes the user's own workbook with its bad cells coloured, commented, and explained in a last column.

    In: the .xlsx; its problems; the file to write; per page the row of its headings (Table.header_row), where the
    last column gets its own. Made in a guarded child. Raises Unreadable if it cannot be made; then offer the refused
    rows instead.
    """
    job: dict[str, tuple[int, list[tuple[int, int, str]]]] = {}
    for name, row, column, message in problems:
        job.setdefault(name, ((header_rows or {}).get(name, 0), []))[1].append((row, column or 0, message))
    packed = marshal.dumps(job)
    workbook = source if isinstance(source, bytes) else source.read_bytes()
    asked = opened(b"".join((struct.pack("<I", len(packed)), packed, workbook)))
    with asked, Child("coloured_copy_child", asked, seconds=SECONDS) as child:
        frames = dict(child.frames())
    out.write_bytes(frames["file"])


def write_refused_rows(
    headings: Sequence[str], rows: Iterable[tuple[int, Sequence[Cell], Sequence[str]]], out: Path
) -> None:
    """Writes a new workbook of refused rows, to be mended and delivered again.

    In: the headings; per row its number in the original workbook, its cells in the order of the headings (as they
    were read), and what is wrong with it; the file to write.
    """
    book = Workbook(write_only=True)
    page: Any = book.create_sheet("未导入的行")
    page.freeze_panes = "A2"
    for index, heading in enumerate((*headings, OWN_COLUMN, ROW_COLUMN), 1):
        page.column_dimensions[get_column_letter(index)].width = 60 if heading == OWN_COLUMN else 20
    page.append([styled(page, text, font=BOLD) for text in (*headings, OWN_COLUMN, ROW_COLUMN)])
    for number, cells, reasons in rows:
        page.append(line(page, number, cells, reasons))
    book.save(out)


def line(page: Any, number: int, cells: Sequence[Cell], reasons: Sequence[str]) -> Iterator[Any]:
    """The cells of one refused row."""
    for cell in cells:
        yield styled(page, cell) if isinstance(cell, str | datetime.date) else cell
    text = "；".join(reason.rstrip("。") for reason in dict.fromkeys(reasons)) + "。"
    yield styled(page, text, fill=RED, alignment=WRAPPED)
    yield number


def styled(page: Any, value: Any, **style: Any) -> Any:
    """One cell: texts are written as texts, whatever they begin with, dates as dates."""
    cell = WriteOnlyCell(page, value=safe_text(value) if isinstance(value, str) else value)
    for name, what in style.items():
        setattr(cell, name, what)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", "@"
    elif isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime.datetime) else "yyyy-mm-dd"
    return cell
