"""A delivery: each distinct cell is cleaned once, and cells that only look alike to Python are told apart."""

from typing import Any

import pytest

from tests.deliveries import id_number
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.delivery import deliver
from zalainuoer.common.sheets.table import Table

SHEET = sheet_of("household-income")


def table(cells: list[Any]) -> Table:
    """A page whose 家庭人口数 holds the cells; the other columns are well filled."""
    by_heading: dict[str, list[Any]] = {
        "年度": [2024] * len(cells),
        "户主身份证号": [id_number()] * len(cells),
        "户主姓名": ["某"] * len(cells),
        "家庭人口数": cells,
        "家庭年可支配收入": [1000] * len(cells),
    }
    columns = [by_heading[column.heading] for column in SHEET.columns]
    return Table(
        page_name="第一页",
        header_row=1,
        sheet_columns={},
        numbers=list(range(2, len(cells) + 2)),
        positions={place: place for place in range(len(columns))},
        by_column=columns,
    )


@pytest.mark.parametrize("cells", [[1.0, True, 1, "1"], [True, 1.0, 1, "1"], [1, "1", True, 1.0]])
def test_a_tick_is_no_number_however_the_column_begins(cells: list[Any]) -> None:
    delivery = deliver(SHEET, [table(cells)])
    values = delivery.values["家庭人口数"]
    assert [value is None for value in values] == [cell is True for cell in cells]
    assert set(values) == {"1", None}
    assert [index for index in delivery.problems if cells[index] is not True] == []
