"""Reading uploaded workbooks: the parent's side of the guarded child (``reader_child.py``).

>>> book = read_workbook(path)            # Book, or Unreadable with a sentence for the user
>>> book.pages[0].columns[3][17]          # cells are kept column by column: a sheet is checked column by column

A cell is a str, float, int, bool, date, datetime or None (empty). Numbers stay numbers: an ID number that was typed
into a number cell arrives as a float, and is to be refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .guarded import Child, Unreadable, opened

__all__ = ["Book", "Cell", "Page", "Unreadable", "read_workbook"]

WIDTH = 1 << 14  # columns of an Excel sheet, as in the child
MOST_ROWS = 200_000  # likewise
Cell = str | float | int | bool | datetime.date | datetime.datetime | None


@dataclass
class Page:
    """One sheet of a workbook. Of a hidden sheet only the name is known: its cells are not read.

    `columns[c][r]` stands in workbook column `first_column + c` and row `first_row + r` (both 1-based).
    """

    name: str
    visible: bool
    first_row: int = 1
    first_column: int = 1
    columns: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column, last row, column
    hidden_rows: set[int] = field(default_factory=set)  # known for .xlsx only
    # (row, column) -> "#N/A" or another error value, or "": a formula saved without its result (.xlsx only)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a row and column of the workbook; None if it is empty or outside."""
        r, c = row - self.first_row, column - self.first_column
        inside = 0 <= c < len(self.columns) and 0 <= r < self.height
        return self.columns[c][r] if inside else None

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """The cells row by row (made anew at each call)."""
        return list(zip(*self.columns, strict=True))

    @property
    def uncomputed(self) -> set[tuple[int, int]]:
        """(row, column) of formulas that were saved without a result."""
        return {place for place, text in self.faults.items() if not text}


@dataclass
class Book:
    """A workbook: its kind ("xlsx", "xls", "ods"), the template it was made from ("" if unknown), and its pages."""

    kind: str
    template_id: str = ""
    pages: list[Page] = field(default_factory=list)

    @property
    def visible_pages(self) -> list[Page]:
        return [page for page in self.pages if page.visible]


def read_workbook(source: Path | bytes, *, original_name: str = "") -> Book:
    """Reads a workbook in a child process that cannot harm this one.

    In: a path, or the bytes of the file (stored uploads are encrypted; this way they need not touch the disk).
    Out: the Book. Raises Unreadable, with a sentence for the user, for whatever is no readable workbook.
    """
    try:
        with opened(source) as stream, Child("reader_child", stream) as child:
            return receive(child.frames())
    except Unreadable as problem:
        if problem.code == "unknown" and original_name.lower().endswith(".et"):
            raise Unreadable.because("et") from None
        raise


def receive(frames: Iterator[tuple[Any, ...]]) -> Book:
    """Builds the Book from the child's frames."""
    book = Book(kind="")
    dates: dict[object, Cell] = {}
    for name, *content in frames:
        if name == "book":
            book.kind, book.template_id = content
        elif name == "page":
            title, visible, first_row, first_column, merged = content
            book.pages.append(Page(title, visible, first_row, first_column, merged=merged))
        elif name == "rows":
            add_rows(book.pages[-1], *content, dates=dates)
        elif name == "marks":
            add_marks(book.pages[content[0]], *content[1:])
    return book


def add_rows(page: Page, height: int, columns: list[list[Any]], dated: list[int], *, dates: dict[object, Cell]) -> None:
    """Appends a block of cells to the page. `dates` remembers the dates met so far: a file has few different ones."""
    for position in dated:
        column = columns[position]
        for code in {cell for cell in column if type(cell) is bytes} - dates.keys():
            dates[code] = as_date(code.decode("ascii"))
        columns[position] = list(map(dates.get, column, column))
    if not page.columns:
        page.columns = columns
    else:
        for whole, part in zip(page.columns, columns, strict=True):
            whole.extend(part)


def as_date(text: str) -> datetime.date:
    """The date or moment the child wrote in ISO form."""
    return datetime.date.fromisoformat(text) if len(text) == 10 else datetime.datetime.fromisoformat(text)


def add_marks(page: Page, hidden: list[int], faults: dict[int, str]) -> None:
    """Adds hidden rows and faulty cells to the page.

    A fault counts only where no value was read. The page grows down to the last one, so that a row of nothing but
    formulas without results is not lost.
    """
    page.hidden_rows = set(hidden)
    for place, text in faults.items():
        row, column = divmod(place, WIDTH)
        if page.cell(row, column) is None and row <= MOST_ROWS:
            page.faults[row, column] = text
    missing = max((row for row, _ in page.faults), default=0) - (page.first_row + page.height - 1)
    if missing > 0:
        for cells in page.columns:
            cells.extend([None] * missing)
