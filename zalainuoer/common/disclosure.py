"""Small numbers in published tables: which cells to leave out so that nobody is found by being one of two.

A table with totals tells a left-out cell by subtraction, so others have to go with it: as few as leave more than one
table possible that looks the same (GB/T 37964-2019: 个人信息去标识化).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

LEAST = 3  # people that a number must stand for to be shown
TOTAL = None  # in the place of a row or a column: its total
Key = tuple[Any, Any]


def hidden_cells(counts: Mapping[Any, int], *, least: int = LEAST) -> set[Key]:
    """The cells of a table that must not be shown, totals among them.

    In: {(row, column): people}; the totals follow from it. Out: keys (row, column), with TOTAL in the place of the row
    or the column for a total. Hidden are all cells of 1 to `least` - 1 people, and others, so that each of the former
    could be another number for all that the rest shows, even to a reader who knows that nothing hidden is 0.
    """
    values = _with_totals(counts)
    small = sorted((key for key, count in values.items() if 0 < count < least), key=repr)
    hidden = set(small)
    for key in small:
        if not _could_differ(key, values, hidden):
            hidden |= min(_rings(key, values, hidden), key=lambda ring: _cost(ring - hidden, values))
    return hidden


def _with_totals(counts: Mapping[Any, int]) -> dict[Key, int]:
    values: dict[Key, int] = dict(counts)
    for (row, column), count in counts.items():
        for key in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            values[key] = values.get(key, 0) + count
    return values


def _rings(key: Key, values: Mapping[Key, int], hidden: set[Key]) -> Iterator[set[Key]]:
    """The cells that make a rectangle with a cell and let it vary once hidden. One always does: its row's total, its
    column's and the table's."""
    row, column = key
    for other_row in {row for row, _ in values} - {row}:
        for other_column in {column for _, column in values} - {column}:
            ring = {key, (row, other_column), (other_row, column), (other_row, other_column)}
            if all(values.get(cell) for cell in ring) and _could_differ(key, values, hidden | ring):
                yield ring


def _cost(more: Set[Key], values: Mapping[Key, int]) -> tuple[int, int, str]:
    """What is lost by hiding more cells: totals weigh most, then people."""
    totals = sum(cell.count(TOTAL) for cell in more)
    return totals, sum(values[cell] for cell in more), repr(sorted(more, key=repr))


def _could_differ(key: Key, values: Mapping[Key, int], hidden: set[Key]) -> bool:
    """Whether a hidden cell could be one more or one less, others giving way.

    Two tables that look the same differ by closed walks over hidden cells, from row to column and back, one up and one
    down in turn; what goes down must not come to nothing.
    """
    row, column = (0, key[0]), (1, key[1])
    ups = {cell for cell in hidden if _may_rise(cell, values)}
    downs = {cell for cell in hidden if _may_fall(cell, values)}
    return (key in ups and _leads(column, row, ups - {key}, downs - {key})) or (
        key in downs and _leads(row, column, ups - {key}, downs - {key})
    )


def _may_rise(cell: Key, values: Mapping[Key, int]) -> bool:
    """Whether a cell may add to its row and column. A total stands on the other side of the sum: it adds by falling."""
    return values[cell] > 1 or not _is_total(cell)


def _may_fall(cell: Key, values: Mapping[Key, int]) -> bool:
    return values[cell] > 1 or _is_total(cell)


def _is_total(cell: Key) -> bool:
    """Of a row or of a column; the table's own total counts as neither."""
    return cell.count(TOTAL) == 1


def _leads(start: Key, goal: Key, ups: set[Key], downs: set[Key]) -> bool:
    """Whether one gets from one row or column to another: to columns by cells that may rise, to rows by those that may
    fall."""
    seen, waiting = {start}, [start]
    while waiting:
        axis, name = waiting.pop()
        for cell in ups if axis == 0 else downs:
            if cell[axis] == name and (there := (1 - axis, cell[1 - axis])) not in seen:
                seen.add(there)
                waiting.append(there)
    return goal in seen
