"""Finding the table on a page: headings, columns, and which rows are data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.common.office_files import HEADINGS, ID, OTHER_ID, ROSTER, Column, raw_xlsx, row, sheet_data, xlsx
from zalainuoer.common.sheets.reader import Unreadable, read_workbook
from zalainuoer.common.sheets.table import Table, locate, pages_passed_over


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., Table]:
    """Writes rows to a workbook and finds the one table in it."""

    def find(rows: Sequence[Sequence[object]], then: Callable[[Worksheet], None] | None = None) -> Table:
        tables = locate(read_workbook(xlsx(tmp_path / "a.xlsx", rows, then=then)), ROSTER)
        assert len(tables) == 1
        return tables[0]

    return find


def cells(table: Table, heading: str) -> list[object]:
    """The cells of one column."""
    return list(table.by_column[HEADINGS.index(heading)])


# --- headings --------------------------------------------------------------------------------------------------------


def test_a_tidy_sheet(found: Callable[..., Table]) -> None:
    table = found([HEADINGS, row(), row(身份证号=OTHER_ID)])
    assert table.header_row == 1
    assert list(table.rows) == [(2, tuple(row())), (3, tuple(row(身份证号=OTHER_ID)))]
    assert (table.missing, table.duplicated, table.unknown_headings, table.problems) == ([], [], [], [])


def test_title_rows_other_headings_and_other_order(found: Callable[..., Table]) -> None:
    headings = ["序号", "姓 名*", "公民身份\n号码", "街道(镇)", "＊补贴月份：", "发放日期", "补贴标准（元/月）", "备注"]
    line = [1, "张三", ID, "第一街道", "2025-03", None, 100, "好"]
    table = found([["某区名册"], ["填报单位：民政局"], [], headings, line])
    assert table.header_row == 4
    assert list(table.rows) == [(5, ("2025-03", ID, "张三", "第一街道", 100, None))]
    assert table.unknown_headings == []
    assert table.sheet_columns == {0: 5, 1: 3, 2: 2, 3: 4, 4: 7, 5: 6}


@pytest.mark.parametrize(
    "heading", ["补贴标准(元)", "补贴标准【元/月】", "5.补贴标准", "（5）补贴标准", "补贴标准(必填)"]
)
def test_units_and_numbers_of_headings_do_not_matter(heading: str, found: Callable[..., Table]) -> None:
    headings = [heading if name == "补贴标准" else name for name in HEADINGS]
    assert cells(found([headings, row()]), "补贴标准") == [100]


@pytest.mark.parametrize("above", [["单位：万元"], ["某区", "（单位： 万元、人）"]])
def test_amounts_in_ten_thousands_are_refused_by_the_line_above(above: list[str], found: Callable[..., Table]) -> None:
    assert "万元" in found([above, HEADINGS, row()]).problems[0]


def test_amounts_in_ten_thousands_are_refused_by_the_heading(found: Callable[..., Table]) -> None:
    headings = ["补贴标准（万元）" if name == "补贴标准" else name for name in HEADINGS]
    table = found([headings, row()])
    assert table.unknown_headings == ["补贴标准（万元）"]
    assert cells(table, "补贴标准") == [None]
    assert "万元" in table.problems[0]


def test_a_missing_required_column_is_named(found: Callable[..., Table]) -> None:
    table = found([[*HEADINGS[1:], "别的"], [*row()[1:], "x"]])
    assert table.missing == ["所属月份"]
    assert table.unknown_headings == ["别的"]
    assert "所属月份" in table.problems[0]


def test_a_column_that_is_there_twice_is_refused(found: Callable[..., Table]) -> None:
    table = found([[*HEADINGS, "残疾人姓名"], [*row(), "李四"]])
    assert table.duplicated == ["姓名"]
    assert "两列都是“姓名”" in table.problems[0]
    assert cells(table, "姓名") == ["张三"]


def test_two_rows_of_headings(found: Callable[..., Table]) -> None:
    def merge(page: Worksheet) -> None:
        page.merge_cells("A1:F1")
        page.merge_cells("A2:A3")
        page.merge_cells("B2:C2")
        page.merge_cells("D2:D3")
        page.merge_cells("E2:F2")

    top = ["所属月份", "人员", None, "所属街道", "发放", None]
    below = [None, "身份证号", "姓名", None, "补贴标准", "日期"]
    table = found([["某区名册"], top, below, row()], merge)
    assert table.header_row == 3
    assert list(table.rows) == [(4, tuple(row()))]
    assert table.problems == table.unknown_headings == []


def test_parent_and_child_together_may_be_the_heading(tmp_path: Path) -> None:
    columns = (Column("户主身份证号", "id", True), Column("身份证号", "id", True), Column("姓名", required=True))

    def merge(page: Worksheet) -> None:
        page.merge_cells("B1:C1")

    rows = [["户主", "残疾人", None], ["身份证号", "身份证号", "姓名"], [OTHER_ID, ID, "张三"]]
    table = locate(read_workbook(xlsx(tmp_path / "a.xlsx", rows, then=merge)), columns)[0]
    assert list(table.rows) == [(3, (OTHER_ID, ID, "张三"))]


def test_an_unknown_second_row_of_headings_is_no_data(found: Callable[..., Table]) -> None:
    def merge(page: Worksheet) -> None:
        for letter in "ABCDEF":
            page.merge_cells(f"{letter}1:{letter}2")
        page.merge_cells("G1:H1")

    table = found([[*HEADINGS, "其他", None], [None] * 6 + ["甲", "乙"], row()], merge)
    assert table.header_row == 2
    assert table.numbers == [3]


def test_a_row_that_numbers_the_columns_is_no_data(found: Callable[..., Table]) -> None:
    assert found([HEADINGS, ["甲", "乙", 1, 2, 3, 4], row()]).numbers == [3]
    assert found([HEADINGS, [1, 2, 3, 4, 5, 6], row()]).numbers == [3]


def test_the_column_of_the_coloured_copy_is_not_unknown(found: Callable[..., Table]) -> None:
    assert found([[*HEADINGS, "问题说明"], [*row(), "身份证号校验位不符"]]).unknown_headings == []


def test_another_sheet_is_refused_with_what_was_expected_and_found(tmp_path: Path) -> None:
    book = read_workbook(xlsx(tmp_path / "a.xlsx", [["姓名", "年龄"], ["张三", 30]]))
    with pytest.raises(Unreadable) as caught:
        locate(book, ROSTER)
    assert "应有的列：所属月份、身份证号、姓名、所属街道。" in caught.value.sentence
    assert "只找到：姓名。" in caught.value.sentence


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="没有可见的内容"):
        locate(read_workbook(xlsx(tmp_path / "a.xlsx")), ROSTER)


def test_a_sheet_per_street_gives_a_table_each(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "填表说明：请勿修改表头。"
    for name, columns in (("第一街道", HEADINGS), ("灵泉镇", tuple(reversed(HEADINGS))), ("藏", HEADINGS)):
        page = book.create_sheet(name)
        page.append(list(columns))
        page.append([dict(zip(HEADINGS, row(), strict=True))[heading] for heading in columns])
        page.sheet_state = "hidden" if name == "藏" else "visible"
    book.save(tmp_path / "a.xlsx")
    read = read_workbook(tmp_path / "a.xlsx")
    tables = locate(read, ROSTER)
    assert [(table.page_name, list(table.rows)) for table in tables] == [
        ("第一街道", [(2, tuple(row()))]), ("灵泉镇", [(2, tuple(row()))]),
    ]  # fmt: skip
    assert pages_passed_over(read, tables) == ["Sheet", "藏"]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_blank_rows_and_rows_with_a_running_number_only_are_skipped(found: Callable[..., Table]) -> None:
    rows = [["序号", *HEADINGS], [1, *row()], [], [2, " ", "\u3000", None], [3, *row()], [4], [5]]
    assert found(rows).numbers == [2, 5]


@pytest.mark.parametrize(
    "line",
    [
        ["合计", None, 1, None, 100],
        ["合 计", None, None, None, 100],
        ["总计：", None, 2316],
        [None, "小计", "12人"],
        ["第一街道小计", None, None, None, 100],
        ["本页合计（元）", None, None, None, 100],
        ["共计2316人"],
        [1, "合计", None, None, 100],
        ["合计", 2316, None, None, 100],
        ["填表人：", None, None, "审核人：", None, "填报日期："],
        ["填表人：张三", "审核人：李四 联系电话：13800000000 填报日期：2025年12月31日"],
        ["单位负责人（签字）：", None, "填报日期：2025.12.31"],
        ["制表人", "王五"],
        ["联系电话：0470-0000000"],
        ["说明：本表一式两份"],
        ["注：身份证号须为18位"],
        ["（盖章）"],
    ],
)
def test_totals_and_closing_lines_are_skipped(line: list[object], found: Callable[..., Table]) -> None:
    assert found([HEADINGS, row(), line, row()]).numbers == [2, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"身份证号": None},
        {"身份证号": "无"},
        {"身份证号": 150799199003070000.0},
        {"身份证号": "1507991990"},
        {"身份证号": None, "所属月份": None},
        {"姓名": "合计"},
        {"所属月份": "合计", "身份证号": "'1507 9919 9003 0700 2x"},
        {"所属月份": None, "姓名": None, "身份证号": "１５０７９９１９９００３０７００２Ｘ"},
    ],
)
def test_a_faulty_row_is_data_and_never_skipped(change: dict[str, object], found: Callable[..., Table]) -> None:
    assert found([HEADINGS, row(), row(**change), row()]).numbers == [2, 3, 4]


def test_headings_repeated_at_a_page_break_are_skipped(found: Callable[..., Table]) -> None:
    assert found([HEADINGS, row(), ["某区名册"], HEADINGS, row()]).numbers == [2, 3, 5]


def test_a_note_merged_over_the_table_is_skipped(found: Callable[..., Table]) -> None:
    def merge(page: Worksheet) -> None:
        page.merge_cells("A3:F3")

    assert found([HEADINGS, row(), ["以上人员均已核实"], row()], merge).numbers == [2, 4]
    assert found([HEADINGS, row(), ["以上人员均已核实"], row()]).numbers == [2, 3, 4]


def test_merged_cells_are_filled_down_inside_their_range_only(found: Callable[..., Table]) -> None:
    def merge(page: Worksheet) -> None:
        page.merge_cells("D2:D3")
        page.merge_cells("B2:B3")

    lines = [row(), row(所属街道=None, 身份证号=None), row(所属街道=None)]
    table = found([HEADINGS, *lines], merge)
    assert cells(table, "所属街道") == ["第一街道", "第一街道", None]
    assert cells(table, "身份证号") == [ID, None, ID]


def test_faulty_cells_are_named_by_row_and_column(found: Callable[..., Table]) -> None:
    table = found([HEADINGS, row(发放日期="=A1"), row(姓名="#N/A")])
    assert {place: sentence[:6] for place, sentence in table.faults.items()} == {
        (2, 5): "单元格是公式",
        (3, 2): "单元格是错误",
    }


def test_a_row_of_formulas_without_results_is_data_but_dragged_errors_are_not(found: Callable[..., Table]) -> None:
    table = found([HEADINGS, row(), [None, None, None, "#N/A"], ["=A2", "=B2", "=C2", "=D2"]])
    assert table.numbers == [2, 4]


def test_hidden_rows_are_named(found: Callable[..., Table]) -> None:
    def hide(page: Worksheet) -> None:
        page.row_dimensions[3].hidden = True
        page.row_dimensions[5].hidden = True

    assert found([HEADINGS, row(), row(), row()], hide).hidden == {3}


def test_overlapping_merged_ranges_cannot_keep_us_busy(tmp_path: Path) -> None:
    ranges = "".join(f'<mergeCell ref="D{2 + n % 50}:D1048576"/>' for n in range(50_000))
    text = sheet_data([HEADINGS, *[row()] * 2_000]) + f"<mergeCells>{ranges}</mergeCells>"
    with pytest.raises(Unreadable) as caught:
        locate(read_workbook(raw_xlsx(tmp_path / "a.xlsx", text)), ROSTER)
    assert caught.value.code == "marks"
