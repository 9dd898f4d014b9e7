"""Reading honest workbooks: what arrives, and as what."""

from __future__ import annotations

import os
import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.common.office_files import HEADINGS, biff, ods, ole, raw_xlsx, record, record_children, row, xls, xlsx
from zalainuoer.common.sheets.reader import Unreadable, read_workbook

NAIVE = datetime.fromisoformat("2025-03-20T08:30:00")


def test_cells_arrive_with_their_types(tmp_path: Path) -> None:
    cells = ["文字", 5, 2.5, True, None, date(2025, 3, 20), NAIVE, time(8, 30)]
    page = read_workbook(xlsx(tmp_path / "a.xlsx", [cells])).pages[0]
    assert page.rows[0] == (
        "文字",
        5,
        2.5,
        True,
        None,
        date(2025, 3, 20),
        NAIVE,
        "08:30:00",
    )
    assert [type(cell) for cell in page.rows[0][1:4]] == [float, float, bool]


def test_equal_numbers_texts_and_booleans_are_not_mixed_up(tmp_path: Path) -> None:
    page = read_workbook(xlsx(tmp_path / "a.xlsx", [[cell] for cell in (1, "1", True, 0, "", False, "0") * 3])).pages[0]
    assert [(type(c), c) for c in page.columns[0][:7]] == [
        (float, 1.0), (str, "1"), (bool, True), (float, 0.0), (type(None), None), (bool, False), (str, "0"),
    ]  # fmt: skip


def test_an_id_number_in_a_number_cell_stays_a_number(tmp_path: Path) -> None:
    page = read_workbook(xlsx(tmp_path / "a.xlsx", [[150799199003070021, 1.50799199e17]])).pages[0]
    assert [type(cell) for cell in page.rows[0]] == [float, float]


@pytest.mark.parametrize(("write", "kind"), [(xlsx, "xlsx"), (xls, "xls"), (ods, "ods")])
def test_all_three_formats_give_the_same_cells(write: object, kind: str, tmp_path: Path) -> None:
    rows = [HEADINGS, row(), row(姓名=None, 补贴标准=80.5)]
    book = read_workbook(write(tmp_path / "file.bin", rows))  # type: ignore[operator]
    assert book.kind == kind
    assert book.pages[0].rows == [tuple(cells) for cells in rows]


def test_bytes_are_read_like_a_path(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADINGS, row()])
    assert read_workbook(path.read_bytes()) == read_workbook(path)


def test_row_numbers_are_those_of_the_workbook(tmp_path: Path) -> None:
    def far(page: Worksheet) -> None:
        page["C4"], page["D6"] = "上", "下"

    page = read_workbook(xlsx(tmp_path / "a.xlsx", then=far)).pages[0]
    assert (page.first_row, page.first_column) == (1, 3)
    assert (page.cell(4, 3), page.cell(6, 4), page.cell(6, 3), page.cell(99, 99)) == ("上", "下", None, None)


def test_more_rows_than_one_block(tmp_path: Path) -> None:
    rows = [(n, f"文{n % 7}", date(2000, 1, 1 + n % 28)) for n in range(9_000)]
    assert read_workbook(xlsx(tmp_path / "a.xlsx", rows)).pages[0].rows == rows


def test_of_hidden_sheets_only_the_name_is_known(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "看得见"
    for name, state in (("藏", "hidden"), ("深藏", "veryHidden")):
        page = book.create_sheet(name)
        page["A1"], page.sheet_state = "x", state
    book.create_chartsheet("图")
    book.save(tmp_path / "a.xlsx")
    pages = read_workbook(tmp_path / "a.xlsx").pages
    assert [(page.name, page.visible, page.height) for page in pages] == [
        ("Sheet", True, 1), ("藏", False, 0), ("深藏", False, 0), ("图", False, 0),
    ]  # fmt: skip


def test_merged_cells_and_hidden_rows(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.merge_cells("A2:B4")
        page.row_dimensions[3].hidden = True

    page = read_workbook(xlsx(tmp_path / "a.xlsx", [(1, 2)] * 5, then=change)).pages[0]
    assert page.merged == [(2, 1, 4, 2)]
    assert page.hidden_rows == {3}
    assert read_workbook(xls(tmp_path / "a.xls", [(1, 2)] * 5, merged=[(2, 1, 4, 2)])).pages[0].merged == page.merged


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0]["A1"] = date(2025, 3, 20)
    book.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").pages[0].columns == [[date(2025, 3, 20)]]


def test_a_formula_without_its_result_is_reported(tmp_path: Path) -> None:
    page = read_workbook(xlsx(tmp_path / "a.xlsx", [("名", "=1+1", 3), ("名", 2, 3)])).pages[0]
    assert page.rows[0] == ("名", None, 3)
    assert page.uncomputed == {(1, 2)}


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_formulas_with_and_without_results_are_told_apart(prefix: str, tmp_path: Path) -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c>'
        '<c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><f>1+1</f></c>'
        '<c r="D1"><f>1+1</f><v/></c>'
        '<c r="E1"><f t="shared" si="0"/><v>3</v></c>'
        '<c r="F1"><f t="shared" si="0"/></c>'
        '<c t="e" r="G1"><f>NA()</f><v>#N/A</v></c>'
        '<c r="H1" t="e"><v>#REF!</v></c>'
    )
    text = f'<sheetData><row r="1" hidden="1">{cells}</row></sheetData>'
    if prefix:
        text = text.replace("</", "</~").replace("<", "<~").replace("<~/~", "</~").replace("~", prefix)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        pieces = [f'<x:worksheet xmlns:x="{space}">{text}</x:worksheet>'.encode()]
        page = read_workbook(raw_xlsx(tmp_path / "a.xlsx", pieces)).pages[0]
    else:
        page = read_workbook(raw_xlsx(tmp_path / "a.xlsx", text)).pages[0]
    assert page.faults == {(1, 3): "", (1, 4): "", (1, 6): "", (1, 7): "#N/A", (1, 8): "#REF!"}
    assert page.hidden_rows == {1}


def test_error_values_of_an_xls_are_found(tmp_path: Path) -> None:
    stream = biff([("a", "b"), (1, None)])
    end = stream.rindex(record(0x000A))
    error = record(0x0205, struct.pack("<HHHBB", 1, 1, 0, 0x2A, 1))
    page = read_workbook(ole({"Workbook": stream[:end] + error + stream[end:]})).pages[0]
    assert page.faults == {(2, 2): "#N/A"}


def test_an_ods_with_error_values_is_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", [("a", "错误占位")])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.ods", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("office:value-type=\"string\"><text:p>错误占位".encode(),
                b'office:value-type="string" calcext:value-type="error" xmlns:calcext="urn:x"><text:p>#N/A'))  # fmt: skip
    with pytest.raises(Unreadable) as caught:
        read_workbook(tmp_path / "b.ods")
    assert caught.value.code == "ods_errors"


def test_the_template_is_known_by_its_property(tmp_path: Path) -> None:
    book = Workbook()
    book.custom_doc_props.append(StringProperty(name="template_id", value="registry:1"))
    book.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").template_id == "registry:1"
    assert read_workbook(xlsx(tmp_path / "b.xlsx")).template_id == ""


def test_macros_are_ignored(tmp_path: Path) -> None:
    from tests.common.office_files import XLSM_TYPE, sheet_data

    macros = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(5000)}
    path = raw_xlsx(tmp_path / "a.xlsm", sheet_data([("a", 1)]), parts=macros, main_type=XLSM_TYPE)  # type: ignore[arg-type]
    assert read_workbook(path).pages[0].rows == [("a", 1)]


def test_the_child_inherits_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zalainuoer.common.sheets import guarded

    monkeypatch.setenv("SECRET_KEY", "not for children")
    assert not {"SECRET_KEY", "PATH", "HOME"} & guarded.clean_environment().keys()


def test_reading_leaves_no_process_and_no_open_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADINGS, row()])
    read_workbook(path)
    started = record_children(monkeypatch)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        read_workbook(path.read_bytes())
    assert len(os.listdir("/proc/self/fd")) == before
    assert [child.returncode is None for child in started] == [False] * 5
