"""Which cells of a published table are left out, so that nobody can work out what one or two people get."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zalainuoer.common.disclosure import TOTAL, hidden_cells

STREETS = {"甲": {"一级": 5, "二级": 8}, "乙": {"一级": 1, "二级": 9}, "丙": {"一级": 4, "二级": 7}}


def counts(**change: dict[str, int]) -> dict[tuple[str, str], int]:
    return {(street, level): n for street, row in {**STREETS, **change}.items() for level, n in row.items()}


def test_where_nobody_is_one_of_two_nothing_is_hidden() -> None:
    assert hidden_cells(counts(乙={"一级": 3, "二级": 9})) == set()


def test_nobody_at_all_is_no_secret() -> None:
    assert hidden_cells(counts(乙={"一级": 0, "二级": 9})) == set()
    assert hidden_cells({}) == set()


def test_one_person_is_hidden_with_others_so_that_neither_row_nor_column_tells() -> None:
    # The cheapest rectangle: 1 and 9 with 4 and 7, not with 5 and 8; no total goes.
    assert hidden_cells(counts()) == {("乙", "一级"), ("乙", "二级"), ("丙", "一级"), ("丙", "二级")}


def test_two_small_cells_that_come_to_two_people_take_another_with_them() -> None:
    row = {"一级": 1, "二级": 1, "三级": 6}
    hidden = hidden_cells(counts(甲=row, 乙={"一级": 9, "二级": 9, "三级": 9}))
    assert {("甲", "三级"), ("甲", TOTAL)} & hidden


def test_where_a_row_has_nothing_else_its_total_is_hidden_too() -> None:
    hidden = hidden_cells({("甲", "一级"): 2, ("乙", "一级"): 30, ("丙", "一级"): 40})
    assert {("甲", "一级"), ("甲", TOTAL)} <= hidden


def test_a_table_of_one_person_tells_nothing() -> None:
    assert hidden_cells({("甲", "一级"): 1}) == {("甲", "一级"), ("甲", TOTAL), (TOTAL, "一级"), (TOTAL, TOTAL)}


def test_the_same_table_in_another_order_hides_the_same() -> None:
    table = counts(甲={"一级": 2, "二级": 2})
    assert hidden_cells(dict(reversed(table.items()))) == hidden_cells(table)


TABLES = [
    [(row, column) for row in "甲乙丙"[:rows] for column in "一二"[:columns]] for rows, columns in ((2, 2), (3, 2))
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_small_cell_could_be_another_number(data: Any) -> None:
    """By trying all tables that show the same: the reader knows that no hidden cell is 0, and still cannot tell."""
    places = data.draw(st.sampled_from(TABLES))
    table = dict(
        zip(places, data.draw(st.lists(st.integers(0, 5), min_size=len(places), max_size=len(places))), strict=True)
    )
    hidden = hidden_cells(table)
    possible = list(tables_like(table, hidden))
    assert table in possible
    for place, count in table.items():
        if 0 < count < 3:
            assert len({each[place] for each in possible}) > 1, (table, hidden)


def tables_like(table: dict[Any, int], hidden: set[Any]) -> Any:
    """Every table of at most six a cell that looks the same to whoever sees what is not hidden."""
    open_cells = [place for place in table if place in hidden]
    seen = {key: value for key, value in with_totals(table).items() if key not in hidden}
    for values in itertools.product(range(1, 7), repeat=len(open_cells)):
        one = {**table, **dict(zip(open_cells, values, strict=True))}
        totals = with_totals(one)
        if all(totals[key] == value for key, value in seen.items()):
            yield one


def with_totals(table: dict[Any, int]) -> dict[Any, int]:
    found: dict[Any, int] = dict(table)
    for (row, column), count in table.items():
        for key in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            found[key] = found.get(key, 0) + count
    return found
