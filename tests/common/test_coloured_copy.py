"""Workbooks given back: the user's own with the bad cells coloured, or a new one of the refused rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests.common.office_files import HEADINGS, ID, ROSTER, row, xls, xlsx
from zalainuoer.common.sheets import coloured_copy
from zalainuoer.common.sheets.reader import Unreadable, read_workbook
from zalainuoer.common.sheets.table import locate

RED = "FFFFC7CE"
BAD_ID = "身份证号校验位不符。"
BAD_NAME = "姓名与台账不一致。"


def dress(page: Worksheet) -> None:
    """What an office does to its page."""
    page.insert_rows(1)
    page["A1"] = "某区名册"
    page.merge_cells("A1:F1")
    page.merge_cells("D3:D4")
    page["G3"], page["H3"] = "=1+1", "=HYPERLINK(1)"
    page["C3"].comment = Comment("已核实", "张三")
    page.row_dimensions[4].hidden = True
    page.row_dimensions[5].hidden = True
    page.column_dimensions["B"].hidden = True


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An office's workbook: headings in row 2, data in rows 3 to 5."""
    return xlsx(tmp_path / "source.xlsx", [HEADINGS, row(), row(所属街道=None), row()], then=dress)


@pytest.fixture
def page(source: Path, tmp_path: Path) -> Worksheet:
    """Its coloured copy."""
    problems = [
        ("名册", 3, 3, BAD_NAME),
        ("名册", 4, 2, BAD_ID),
        ("名册", 4, 4, "街道不符。"),
        ("名册", 4, None, "=1+1"),
        ("没有的页", 1, 1, "x"),
    ]
    coloured_copy.write(source, problems, tmp_path / "out.xlsx", header_rows={"名册": 2})
    return load_workbook(tmp_path / "out.xlsx").worksheets[0]


def red_cells(page: Worksheet) -> list[str]:
    """The places of the coloured cells."""
    return [cell.coordinate for line in page.iter_rows() for cell in line if cell.fill.fgColor.rgb == RED]


def test_bad_cells_are_red_and_say_why(page: Worksheet) -> None:
    assert red_cells(page) == ["C3", "D3", "B4"]  # D4 is merged into D3
    assert page["B4"].comment.text == BAD_ID
    assert page["C3"].comment.text == "已核实\n" + BAD_NAME


def test_the_last_column_gives_all_reasons_of_a_row(page: Worksheet) -> None:
    assert [page.cell(r, 9).value for r in range(2, 6)] == [
        "问题说明", "姓名与台账不一致。", "身份证号校验位不符；街道不符；=1+1。", None,
    ]  # fmt: skip


def test_everything_else_stays(page: Worksheet) -> None:
    assert page["B3"].value == ID
    assert page["F3"].value.date() == date(2025, 3, 20)
    assert (page["G3"].value, page["H3"].value) == ("=1+1", "=HYPERLINK(1)")
    assert {str(merged) for merged in page.merged_cells.ranges} == {"A1:F1", "D3:D4"}


def test_bad_rows_and_columns_are_unhidden(page: Worksheet) -> None:
    assert [page.row_dimensions[r].hidden for r in (4, 5)] == [False, True]
    assert page.column_dimensions["B"].hidden is False


def test_the_copy_is_read_like_the_original(source: Path, page: Worksheet, tmp_path: Path) -> None:
    (before,), (after,) = (locate(read_workbook(path), ROSTER) for path in (source, tmp_path / "out.xlsx"))
    assert list(after.rows) == list(before.rows)
    assert after.unknown_headings == after.problems == []


def test_a_copy_of_a_copy_has_only_the_new_marks(page: Worksheet, tmp_path: Path) -> None:
    coloured_copy.write(
        tmp_path / "out.xlsx", [("名册", 5, 1, "月份不符。")], tmp_path / "b.xlsx", header_rows={"名册": 2}
    )
    again = load_workbook(tmp_path / "b.xlsx").worksheets[0]
    assert red_cells(again) == ["A5"]
    assert [again.cell(r, 9).value for r in range(2, 6)] == ["问题说明", None, None, "月份不符。"]
    assert again["B4"].comment is None
    assert again.max_column == 9


def test_texts_of_ours_are_never_formulas(source: Path, tmp_path: Path) -> None:
    coloured_copy.write(source, [("名册", 3, 1, '=HYPERLINK("http://x")')], tmp_path / "out.xlsx")
    cell = load_workbook(tmp_path / "out.xlsx").worksheets[0]["I3"]
    assert (cell.data_type, cell.value) == ("s", '\'=HYPERLINK("http://x")。')


def test_bytes_are_taken_like_a_path(source: Path, tmp_path: Path) -> None:
    coloured_copy.write(source.read_bytes(), [("名册", 3, 1, "x")], tmp_path / "out.xlsx")
    assert red_cells(load_workbook(tmp_path / "out.xlsx").worksheets[0]) == ["A3"]


def test_only_an_xlsx_of_moderate_size_is_coloured(source: Path, tmp_path: Path) -> None:
    old = xls(tmp_path / "a.xls", [HEADINGS, row()])
    assert coloured_copy.may_be_coloured(read_workbook(source))
    assert not coloured_copy.may_be_coloured(read_workbook(old))
    big = read_workbook(source)
    big.pages[0].columns = [[None] * 20_001]
    assert not coloured_copy.may_be_coloured(big)
    with pytest.raises(Unreadable) as caught:
        coloured_copy.write(old, [("名册", 2, 1, "x")], tmp_path / "out.xlsx")
    assert caught.value.code == "not_coloured"
    assert not (tmp_path / "out.xlsx").exists()


def test_refused_rows_come_as_a_new_workbook(tmp_path: Path) -> None:
    rows = [
        (7, row(姓名="=1+1", 身份证号=1.5e17), [BAD_ID, BAD_NAME, BAD_ID]),
        (9, row(补贴标准="-125"), ["-补贴标准不符。"]),
    ]
    coloured_copy.write_refused_rows(HEADINGS, rows, tmp_path / "out.xlsx")
    page = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [cell.value for cell in page[1]] == [*HEADINGS, "问题说明", "原行号"]
    assert [cell.value for cell in page[2]][1:3] == [1.5e17, "'=1+1"]
    assert [cell.value for cell in page[2]][6:] == ["身份证号校验位不符；姓名与台账不一致。", 7]
    assert (page["C2"].data_type, page["B3"].number_format, page["F3"].number_format) == ("s", "@", "yyyy-mm-dd")
    assert [cell.value for cell in page[3]][4:7] == ["'-125", page["F3"].value, "'-补贴标准不符。"]


def test_refused_rows_are_found_when_they_come_back(tmp_path: Path) -> None:
    coloured_copy.write_refused_rows(HEADINGS, [(7, row(), [BAD_ID])], tmp_path / "out.xlsx")
    (table,) = locate(read_workbook(tmp_path / "out.xlsx"), ROSTER)
    assert list(table.rows) == [(2, tuple(row()))]
    assert table.unknown_headings == table.problems == []
