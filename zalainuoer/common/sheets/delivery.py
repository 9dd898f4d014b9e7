"""A delivery: what stands in a workbook, cleaned column by column, with everything wrong with it.

Columns, not rows, because most columns repeat a few values: each distinct cell is cleaned once.
"""

import marshal
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zalainuoer.common.errors import Problem
from zalainuoer.common.sheets.base import Column, Sheet
from zalainuoer.common.sheets.reader import Unreadable
from zalainuoer.common.sheets.table import Table

Values = list[str | None]
REQUIRED = "必填，不能为空。"


@dataclass
class Delivery:
    """`values` holds one list a delivered column, by heading; `problems` all that is wrong, by row index.

    A row index counts the delivered data rows from 0; `numbers` are their row numbers in the workbook.
    """

    numbers: list[int]
    pages: list[tuple[str, int]]  # (page name, how many rows it has), in order
    values: dict[str, Values]
    problems: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def refuse(self, index: int, heading: str, message: str) -> None:
        found = self.problems.setdefault(index, [])
        if (heading, message) not in found:
            found.append((heading, message))

    def is_refused(self, index: int, heading: str) -> bool:
        """Whether a cell has already been found wrong."""
        return any(h == heading for h, _ in self.problems.get(index, ()))

    def column(self, heading: str) -> Values:
        """The column's values; all None if the workbook does not have the column."""
        return self.values.get(heading) or [None] * len(self)

    def page_of(self, index: int) -> str:
        """The page a row stands on; "" where the workbook has only one."""
        if len(self.pages) < 2:
            return ""
        for name, count in self.pages:
            if index < count:
                return name
            index -= count
        raise IndexError(index)

    def copy(self) -> "Delivery":
        """The same delivery with its own list of problems: comparing adds to it."""
        return Delivery(
            self.numbers, self.pages, self.values, {i: list(p) for i, p in self.problems.items()}, self.notes
        )

    def all_problems(self) -> list[Problem]:
        return [
            Problem(row=self.numbers[index], column=heading, message=message, page=self.page_of(index))
            for index in sorted(self.problems)
            for heading, message in self.problems[index]
        ]

    def packed(self) -> bytes:
        """For keeping between preview and confirmation: plain lists of text, so marshal is all it takes."""
        parts = (self.numbers, self.pages, self.values, self.problems, self.notes)
        return zlib.compress(marshal.dumps(parts), level=1)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Delivery":
        return cls(*marshal.loads(zlib.decompress(packed)))  # noqa: S302 (our own, authenticated by the cipher)


class _Refused(str):
    """A cleaned cell that is a reason for refusal instead of a value."""


class _Cleaned(dict[Any, Any]):
    """Cleans each distinct cell once."""

    def __init__(self, clean: Callable[[Any], str | None]):
        super().__init__()
        self.clean, self.any_refused = clean, False

    def __missing__(self, raw: Any) -> str | None:
        try:
            value = self.clean(raw)
        except ValueError as error:
            value, self.any_refused = _Refused(error), True
        self[raw] = value
        return value

    def all(self, raw: Sequence[Any]) -> Values:
        """A column's cleaned cells, refused ones among them."""
        if len({*map(type, raw)} - {str, type(None)}) < 2:
            return list(map(self.__getitem__, raw))
        # True, 1 and 1.0 are one key of a dictionary, and three different cells.
        by_type = {kind: _Cleaned(self.clean) for kind in {*map(type, raw)}}
        values = [by_type[type(cell)][cell] for cell in raw]
        self.any_refused = any(memo.any_refused for memo in by_type.values())
        return values


def deliver(sheet: Sheet, tables: Sequence[Table], *, report: Callable[[float], None] = lambda share: None) -> Delivery:
    """Cleans every cell of the tables found in a workbook; what is wrong with a row becomes problems.

    `report` is told the share that is done, column by column. Raises Unreadable where a table as a whole cannot be
    taken (a required column is missing, or there twice).
    """
    if sentences := [sentence for table in tables for sentence in table.problems]:
        raise Unreadable("\n".join(dict.fromkeys(sentences)))
    delivery = Delivery(
        numbers=[number for table in tables for number in table.numbers],
        pages=[(table.page_name, len(table.numbers)) for table in tables],
        values={},
    )
    for table in tables:
        _take_notes(delivery, table)
    faults = _faults(tables)
    for place, column in enumerate(sheet.columns):
        if not any(place in table.positions for table in tables):
            continue
        raw = tables[0].by_column[place] if len(tables) == 1 else [c for t in tables for c in t.by_column[place]]
        delivery.values[column.heading] = _cleaned(delivery, column, raw, faults.get(place, {}))
        report((place + 1) / len(sheet.columns))
    return delivery


def _faults(tables: Iterable[Table]) -> dict[int, dict[int, str]]:
    """Cells with an error value or a formula nobody computed: {column: {row index: sentence}}."""
    found: dict[int, dict[int, str]] = {}
    start = 0
    for table in tables:
        if table.faults:
            index_of = {number: start + offset for offset, number in enumerate(table.numbers)}
            for (number, place), sentence in table.faults.items():
                if number in index_of:
                    found.setdefault(place, {})[index_of[number]] = sentence
        start += len(table.numbers)
    return found


def _take_notes(delivery: Delivery, table: Table) -> None:
    if table.unknown_headings:
        names = "、".join(table.unknown_headings[:20])
        delivery.notes.append(f"工作表“{table.page_name}”中未识别、未导入的列：{names}。")
    if table.hidden:
        delivery.notes.append(f"工作表“{table.page_name}”有 {len(table.hidden)} 行是隐藏的，也已读取。")


def _cleaned(delivery: Delivery, column: Column, raw: list[Any], faults: dict[int, str]) -> Values:
    memo = _Cleaned(column.widget.clean)
    values = memo.all(raw)
    if memo.any_refused:
        for index, value in enumerate(values):
            if isinstance(value, _Refused):
                delivery.refuse(index, column.heading, str(value))
                values[index] = None
    for index, sentence in faults.items():
        delivery.refuse(index, column.heading, sentence)
        values[index] = None
    if column.required and None in values:
        for index, value in enumerate(values):
            if value is None and not delivery.is_refused(index, column.heading):
                delivery.refuse(index, column.heading, REQUIRED)
    return values
