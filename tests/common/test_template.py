"""The blank template: what a department downloads, and that it is read back."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from tests.common.office_files import HEADINGS, ROSTER, Column, row
from zalainuoer.common.sheets.reader import read_workbook
from zalainuoer.common.sheets.table import locate
from zalainuoer.common.sheets.template import EXAMPLE_ID, write_template

COMMUNITIES = tuple(f"第{number}个名称很长的社区居民委员会" for number in range(40))
ALL_KINDS = (
    *ROSTER,
    Column("残疾人证号", "cert", True),
    Column("家庭人口数", "int", True),
    Column("所属社区", "choice", True, (), COMMUNITIES),
    Column("备用", help="想写什么写什么。"),
)


@dataclass(frozen=True)
class Sheet:
    """A sheet as the engine knows it."""

    columns: tuple[Column, ...] = ALL_KINDS
    code: str = "roster"
    title: str = "困难残疾人生活补贴发放名册"
    department: str = "民政局"
    version: int = 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A template."""
    write_template(Sheet(), tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


@pytest.fixture
def book(path: Path) -> Workbook:
    """The template, opened."""
    return load_workbook(path)


def test_the_template_is_read_back_without_rows(path: Path) -> None:
    read = read_workbook(path)
    assert read.template_id == "roster:3"
    (table,) = locate(read, ALL_KINDS)
    assert (table.page_name, table.header_row, table.numbers) == ("困难残疾人生活补贴发放名册", 3, [])
    assert table.missing == table.unknown_headings == table.duplicated == table.problems == []


def test_a_filled_in_template_is_read(path: Path, book: Workbook) -> None:
    page = book.worksheets[0]
    for index, cell in enumerate(row(), 1):
        page.cell(4, index, cell)
    book.save(path)
    (table,) = locate(read_workbook(path), ROSTER)
    assert list(table.rows) == [(4, tuple(row()))]


def test_a_template_may_be_written_to_an_open_file() -> None:
    file = io.BytesIO()
    write_template(Sheet(columns=ROSTER), file)
    assert read_workbook(file.getvalue()).template_id == "roster:3"


def test_required_headings_are_marked_and_coloured(book: Workbook) -> None:
    headings = book.worksheets[0][3]
    assert [cell.value for cell in headings[:6]] == [
        f"{heading}*" if column.required else heading for heading, column in zip(HEADINGS, ROSTER, strict=True)
    ]
    assert headings[0].fill.fgColor.rgb != headings[5].fill.fgColor.rgb
    assert book.worksheets[0].freeze_panes == "A4"


def test_id_columns_are_text_and_dates_are_dates(book: Workbook) -> None:
    formats = {letter: d.number_format for letter, d in book.worksheets[0].column_dimensions.items()}
    assert (formats["B"], formats["G"], formats["F"]) == ("@", "@", "yyyy-mm-dd")


def test_choices_are_drop_down_lists(book: Workbook) -> None:
    checks = {str(check.sqref): check for check in book.worksheets[0].data_validations.dataValidation}
    assert checks["D4:D1048576"].formula1 == '"第一街道,灵泉镇"'
    assert checks["I4:I1048576"].formula1 == "选项!$A$2:$A$41"
    assert [cell.value for cell in book["选项"]["A"]] == ["所属社区", *COMMUNITIES]
    assert book["选项"].sheet_state == "hidden"


def test_short_lists_need_no_page_of_options() -> None:
    file = io.BytesIO()
    write_template(Sheet(columns=ROSTER), file)
    assert load_workbook(file).sheetnames == ["困难残疾人生活补贴发放名册", "填表说明"]


def test_every_column_is_explained(book: Workbook) -> None:
    lines = {line[0]: line for line in book["填表说明"].iter_rows(min_row=3, values_only=True)}
    assert list(lines) == [column.heading for column in ALL_KINDS]
    assert lines["身份证号"][1] == "必填"
    assert lines["身份证号"][4] == EXAMPLE_ID
    assert lines["所属街道"][3] == "第一街道、灵泉镇"
    assert lines["备用"][2] == "文字。想写什么写什么。"
