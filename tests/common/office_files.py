"""Makes the files the tests read: honest ones as offices have them, and hostile ones."""

from __future__ import annotations

import io
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from zalainuoer.common.sheets import guarded


@dataclass(frozen=True)
class Column:
    """A column of a sheet, as the sheet engine knows it."""

    heading: str
    kind: str = "text"
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    help: str = ""


ROSTER = (
    Column("所属月份", "month", True, ("补贴月份",)),
    Column("身份证号", "id", True, ("身份证号码", "公民身份号码")),
    Column("姓名", "text", True, ("残疾人姓名",)),
    Column("所属街道", "choice", True, ("街道（镇）",), ("第一街道", "灵泉镇")),
    Column("补贴标准", "money", False, ("补贴标准（元/月）",)),
    Column("发放日期", "date", False),
)
HEADINGS = tuple(column.heading for column in ROSTER)
ID = "150799199003070025"
OTHER_ID = "150799198501020018"


def row(**change: object) -> list[object]:
    """A row of the roster."""
    cells: dict[str, object] = {
        "所属月份": "2025-03",
        "身份证号": ID,
        "姓名": "张三",
        "所属街道": "第一街道",
        "补贴标准": 100,
        "发放日期": date(2025, 3, 20),
    }
    return list((cells | change).values())


def xlsx(path: Path, rows: Iterable[Sequence[object]] = (), *, then: Callable[[Worksheet], None] | None = None) -> Path:
    """A workbook with these rows on one page; `then` may do more to the page."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "名册"
    for cells in rows:
        page.append(list(cells))
    if then:
        then(page)
    book.save(path)
    return path


# --- .xlsx by hand ---------------------------------------------------------------------------------------------------

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XLSM_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def raw_xlsx(
    path: Path,
    sheet: str | Iterable[bytes],
    *,
    sheets: int = 1,
    parts: dict[str, bytes | str | Iterable[bytes]] | None = None,
    main_type: str = XLSX_TYPE,
) -> Path:
    """A workbook whose sheet XML is given (what is inside <worksheet>, or all of it in pieces)."""
    if isinstance(sheet, str):
        sheet = [f"{HEAD}<worksheet {MAIN}>{sheet}</worksheet>".encode()]
    entries = "".join(f'<sheet name="页{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, sheets + 1))
    links = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        for i in range(1, sheets + 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main_type}"/></Types>',
        )
        rels = "http://schemas.openxmlformats.org/package/2006/relationships"
        file.writestr(
            "_rels/.rels",
            f'{HEAD}<Relationships xmlns="{rels}">'
            f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        file.writestr(
            "xl/workbook.xml", f'{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
        )
        links += f'<Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        file.writestr("xl/_rels/workbook.xml.rels", f'{HEAD}<Relationships xmlns="{rels}">{links}</Relationships>')
        put(file, "xl/worksheets/sheet1.xml", sheet)
        for name, content in (parts or {}).items():
            put(file, name, content)
    return path


def put(file: zipfile.ZipFile, name: str, content: bytes | str | Iterable[bytes]) -> None:
    """Writes one part, in pieces if it comes in pieces."""
    if isinstance(content, bytes | str):
        file.writestr(name, content)
        return
    with file.open(name, "w") as part:
        for piece in content:
            part.write(piece)


def sheet_data(rows: Iterable[Sequence[object]]) -> str:
    """Rows as sheet XML."""
    lines = []
    for number, cells in enumerate(rows, 1):
        inside = "".join(xml_cell(f"{chr(65 + i)}{number}", cell) for i, cell in enumerate(cells))
        lines.append(f'<row r="{number}">{inside}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def xml_cell(place: str, cell: object) -> str:
    """One cell as XML."""
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


# --- .ods by hand ----------------------------------------------------------------------------------------------------


def ods(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """An OpenDocument spreadsheet with these rows."""
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>" for cells in rows)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'{HEAD}<office:document-content{names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="名册">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", manifest)
    return path


def ods_cell(cell: object) -> str:
    """One cell of an OpenDocument sheet."""
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


# --- .xls by hand ----------------------------------------------------------------------------------------------------

SECTOR = 512
DATE_STYLE = 1


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file with these streams: enough of the format for small files."""
    bodies = {name: data.ljust(4096, b"\0") for name, data in streams.items()}  # below 4096 they would live elsewhere
    body = b""
    fat: list[int] = []
    starts: dict[str, int] = {}
    for name, data in bodies.items():
        count = -(-len(data) // SECTOR)
        starts[name] = len(fat)
        fat += [*range(len(fat) + 1, len(fat) + count), 0xFFFFFFFE]
        body += data.ljust(count * SECTOR, b"\0")
    directory_at = len(fat)
    entries = [ole_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)]
    for place, (name, data) in enumerate(bodies.items(), 1):
        right = place + 1 if place < len(bodies) else 0xFFFFFFFF
        entries.append(ole_entry(name, 2, 0xFFFFFFFF, starts[name], len(data), right=right))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")
    count = len(directory) // SECTOR
    fat += [*range(directory_at + 1, directory_at + count), 0xFFFFFFFE]
    fat_sectors = -(-(len(fat) + 1) // 128)
    fat_at = len(fat)
    fat += [0xFFFFFFFD] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    places = [*range(fat_at, fat_at + fat_sectors)]
    header += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - len(places)))
    return header + body + directory + table


def ole_entry(name: str, kind: int, child: int, start: int, size: int, *, right: int = 0xFFFFFFFF) -> bytes:
    """One entry of an OLE directory."""
    text = name.encode("utf-16-le") + b"\0\0"
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(text), kind, 1, 0xFFFFFFFF, right, child, 0, start, size
    )


def record(number: int, data: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", number, len(data)) + data


def biff(
    rows: Iterable[Sequence[object]], *, merged: Sequence[tuple[int, int, int, int]] = (), locked: bool = False
) -> bytes:
    """The Workbook stream of an .xls with these rows; merged ranges as in Page.merged."""
    name = "名册".encode("utf-16-le")
    start = record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6)) + record(0x0042, struct.pack("<H", 1200))
    if locked:
        start += record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    start += b"".join(record(0x00E0, struct.pack("<HHH14x", 0, form, 0)) for form in (0, 14))
    tail = record(0x000A)
    offset = len(start) + 4 + 8 + len(name) + len(tail)
    start += record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 2, 1) + name) + tail
    page = record(0x0809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
    for r, cells in enumerate(rows):
        page += b"".join(biff_cell(r, c, cell) for c, cell in enumerate(cells) if cell is not None)
    if merged:
        ranges = b"".join(struct.pack("<HHHH", r1 - 1, r2 - 1, c1 - 1, c2 - 1) for r1, c1, r2, c2 in merged)
        page += record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    return start + page + record(0x000A)


def biff_cell(r: int, c: int, cell: object) -> bytes:
    """One cell as a BIFF record."""
    if isinstance(cell, date):
        return record(0x0203, struct.pack("<HHHd", r, c, DATE_STYLE, float((cell - date(1899, 12, 30)).days)))
    if isinstance(cell, int | float):
        return record(0x0203, struct.pack("<HHHd", r, c, 0, cell))
    text = str(cell)
    return record(0x0204, struct.pack("<HHHHB", r, c, 0, len(text), 1) + text.encode("utf-16-le"))


def xls(path: Path, rows: Iterable[Sequence[object]], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> Path:
    """An .xls as Excel 97 and WPS write it."""
    path.write_bytes(ole({"Workbook": biff(rows, merged=merged)}))
    return path


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def record_children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """A list that fills with the guarded children started from now on."""
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            started.append(self)

    monkeypatch.setattr(guarded.subprocess, "Popen", Recorded)
    return started
