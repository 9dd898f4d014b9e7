"""Files meant to do harm, and files that are no workbooks: each gets its sentence, and this process lives on."""

from __future__ import annotations

import random
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.common.office_files import (
    HEAD,
    HEADINGS,
    MAIN,
    ROSTER,
    biff,
    ods,
    ole,
    raw_xlsx,
    record_children,
    row,
    sheet_data,
    xls,
    xlsx,
    zipped,
)
from zalainuoer.common.sheets.guarded import SENTENCES
from zalainuoer.common.sheets.reader import Book, Unreadable, read_workbook
from zalainuoer.common.sheets.table import locate

SECONDS = 30
GROWTH = 100 << 20
MEGABYTE = 1 << 20
ROWS = [HEADINGS, row(), row()]


@pytest.fixture(autouse=True)
def _unharmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test this process is no larger, not much time is gone and no child is left."""
    started = record_children(monkeypatch)
    size, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - size) * 1024 < GROWTH
    assert time.monotonic() - start < SECONDS
    assert all(child.returncode is not None for child in started)


def refusal(source: Path | bytes, name: str = "") -> str:
    """The code with which a file is refused."""
    with pytest.raises(Unreadable) as caught:
        read_workbook(source, original_name=name)
    assert caught.value.sentence.endswith("。")
    assert "{" not in caught.value.sentence
    return caught.value.code


# --- no workbooks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        (b'\xef\xbb\xbf\r\n<!DOCTYPE HTML PUBLIC "-//W3C//DTD"><html>', "html"),
        ("<table><tr><td>身份证号</td></tr></table>".encode("gb18030"), "html"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml"),
        ("身份证号,姓名\r\n1,张三\r\n".encode("gb18030"), "csv"),
        ("\ufeff身份证号\t姓名\r\n1\t张三\r\n".encode(), "csv"),
        ("\ufeff身份证号\t姓名".encode("utf-16-le"), "csv"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "image"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "image"),
        (b"Rar!\x1a\x07\x01\0", "archive"),
        (zipped({"a.xlsx": b"PK"}), "archive"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "other_office"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "xlsb"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "other_office"),
        (b"\x09\x04\x06\0\0\0\x10\0" + bytes(100), "old_excel"),
        (ole({"WordDocument": b"x" * 5000}), "other_office"),
        (ole({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"}), "password"),
        (ole({"Workbook": biff(ROWS, locked=True)}), "password"),
        (ole({"Something": b"x" * 5000}), "damaged"),
        (random.Random(1).randbytes(20_000), "unknown"),
        (b"PK\x03\x04" + random.Random(2).randbytes(20_000), "damaged"),
        (b"PK\x05\x06" + bytes(18), "archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(3).randbytes(20_000), "damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_sentence(data: bytes, code: str) -> None:
    assert refusal(data, "台账.xls") == code


def test_an_unreadable_et_file_is_called_by_its_name() -> None:
    assert refusal(random.Random(1).randbytes(2_000), "台账.ET") == "et"


def test_every_sentence_says_what_to_do() -> None:
    assert all(sentence.endswith("。") and "请" in sentence for sentence in SENTENCES.values())


# --- damaged workbooks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [xlsx, ods, xls])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_workbook_is_refused(write: Callable[..., Path], part: float, tmp_path: Path) -> None:
    data = write(tmp_path / "a", [HEADINGS, *[row()] * 200]).read_bytes()
    assert refusal(data[: int(len(data) * part)]) in ("damaged", "unknown", "died")


@pytest.mark.parametrize("write", [xlsx, ods, xls])
def test_flipped_bytes_do_no_harm(write: Callable[..., Path], tmp_path: Path) -> None:
    data = write(tmp_path / "a", [HEADINGS, *[row()] * 50]).read_bytes()
    chance = random.Random(4)
    for _ in range(40):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 5, 50))):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        try:
            assert isinstance(read_workbook(bytes(broken)), Book)
        except Unreadable as problem:
            assert problem.code in SENTENCES  # noqa: PT017 - both ends are right


def test_an_xls_with_a_broken_stream_is_refused() -> None:
    stream = biff(ROWS)
    sheet = stream.index(struct.pack("<HH", 0x85, 12))
    broken = stream[:sheet] + struct.pack("<HH", 0x85, 60_000) + stream[sheet + 4 :]
    with pytest.raises(Unreadable):
        locate(read_workbook(ole({"Workbook": broken})), ROSTER)


def test_an_xls_that_ends_early_is_not_read_in_part() -> None:
    data = ole({"Workbook": biff([HEADINGS, *[row()] * 500])})
    stream = data.index("Workbook".encode("utf-16-le"))
    size = struct.unpack_from("<I", data, stream + 120)[0]
    assert refusal(data[: stream + 120] + struct.pack("<I", size + 5_000) + data[stream + 124 :]) == "damaged"


def test_an_ole_file_whose_sectors_run_in_a_circle(tmp_path: Path) -> None:
    data = bytearray(ole({"Workbook": biff([HEADINGS, *[row()] * 500])}))
    fat_at = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<I", data, fat_at + 4, 0)
    struct.pack_into("<I", data, fat_at, 1)
    assert refusal(bytes(data)) == "damaged"


# --- bombs -----------------------------------------------------------------------------------------------------------


def test_a_lone_cell_in_the_last_corner_ends_the_child_only(tmp_path: Path) -> None:
    text = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert refusal(raw_xlsx(tmp_path / "a.xlsx", text)) == "memory"


def test_a_stray_cell_far_below_is_named(tmp_path: Path) -> None:
    text = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="C1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(Unreadable, match="到第 1048576 行仍有内容"):
        read_workbook(raw_xlsx(tmp_path / "a.xlsx", text))


def test_a_stray_cell_far_right_is_named(tmp_path: Path) -> None:
    text = '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row></sheetData>'
    with pytest.raises(Unreadable, match="到第 16384 列仍有内容"):
        read_workbook(raw_xlsx(tmp_path / "a.xlsx", text))


def test_an_empty_formatted_cell_in_the_last_corner_is_harmless(tmp_path: Path) -> None:
    text = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    )
    assert read_workbook(raw_xlsx(tmp_path / "a.xlsx", text)).pages[0].rows == [(1,)]


def pieces(piece: bytes, megabytes: int, *, start: bytes = b"", end: bytes = b"") -> Iterator[bytes]:
    """A long part, made piece by piece."""
    yield start
    block = piece * (MEGABYTE // len(piece))
    for _ in range(megabytes):
        yield block
    yield end


SHEET_START = f"{HEAD}<worksheet {MAIN}><sheetData>".encode()
SHEET_END = b"</sheetData></worksheet>"


def string_bomb(path: Path, megabytes: int, text: bytes) -> Path:
    """A workbook with one cell and very many shared strings."""
    strings = pieces(b"<si><t>" + text + b"</t></si>", megabytes, start=f"{HEAD}<sst {MAIN}>".encode(), end=b"</sst>")
    cell = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'
    return raw_xlsx(path, cell, parts={"xl/sharedStrings.xml": strings})


def test_a_bomb_of_shared_strings_is_refused_by_its_size(tmp_path: Path) -> None:
    assert refusal(string_bomb(tmp_path / "a.xlsx", 700, b"x" * 1000)) == "unzipped"


def test_a_bomb_below_the_size_limit_is_refused_by_its_ratio(tmp_path: Path) -> None:
    assert refusal(string_bomb(tmp_path / "a.xlsx", 100, b"x" * 1000)) == "unzipped"


@pytest.mark.slow
def test_a_bomb_of_many_small_strings_below_all_limits(tmp_path: Path) -> None:
    text = random.Random(5).randbytes(3_000).hex().encode()
    assert refusal(string_bomb(tmp_path / "a.xlsx", 550, text[:60])) in ("unzipped", "memory", "time")


def test_a_bomb_of_empty_rows_is_refused(tmp_path: Path) -> None:
    sheet = pieces(b"<row></row>", 300, start=SHEET_START, end=SHEET_END)
    assert refusal(raw_xlsx(tmp_path / "a.xlsx", sheet)) == "unzipped"


@pytest.mark.slow
def test_a_sheet_of_too_many_honest_rows_is_refused(tmp_path: Path) -> None:
    def rows() -> Iterator[bytes]:
        chance = random.Random(6)
        yield SHEET_START
        for n in range(1, 200_003):
            yield f'<row r="{n}"><c r="A{n}"><v>{chance.random()}</v></c></row>'.encode()
        yield SHEET_END

    with pytest.raises(Unreadable, match="到第 200002 行仍有内容"):
        read_workbook(raw_xlsx(tmp_path / "a.xlsx", rows()))


@pytest.mark.slow
def test_cells_that_all_repeat_one_long_text_do_not_fill_this_process(tmp_path: Path) -> None:
    line = "".join(f'<c r="{chr(65 + c)}{{n}}" t="s"><v>0</v></c>' for c in range(26))
    lines = "".join(f'<row r="{n}">{line.format(n=n)}</row>' for n in range(1, 20_001))
    strings = f"<sst {MAIN}><si><t>{'长' * 32_000}</t></si></sst>"
    path = raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{lines}</sheetData>", parts={"xl/sharedStrings.xml": strings})
    assert refusal(path) in ("memory", "text")


def test_an_ods_with_repeated_rows_is_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", [("x", "y")])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.ods", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            repeated = b'<table:table-row table:number-rows-repeated="1000000000">'
            new.writestr(name, data.replace(b"<table:table-row>", repeated))
    assert refusal(tmp_path / "b.ods") in ("memory", "time", "rows", "damaged")


def test_forged_sizes_do_not_get_a_bomb_past(tmp_path: Path) -> None:
    path = string_bomb(tmp_path / "a.xlsx", 100, b"x" * 1000)
    with zipfile.ZipFile(path) as file:
        size = file.getinfo("xl/sharedStrings.xml").file_size
    assert refusal(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 1000))) == "damaged"


def test_a_zip_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", sheet_data(ROWS), parts={f"xl/media/{n}": b"" for n in range(6_000)})
    assert refusal(path) == "entries"


def test_a_zip_in_a_zip_is_never_opened(tmp_path: Path) -> None:
    inner = zlib.compress(bytes(50 * MEGABYTE))
    path = raw_xlsx(tmp_path / "a.xlsx", sheet_data(ROWS), parts={"xl/embeddings/a.zip": zipped({"bomb": inner})})
    assert read_workbook(path).pages[0].height == 3


def test_ten_thousand_sheets_are_refused(tmp_path: Path) -> None:
    assert refusal(raw_xlsx(tmp_path / "a.xlsx", sheet_data(ROWS), sheets=10_000)) == "pages"


def test_many_sheets_are_limited_together(tmp_path: Path) -> None:
    lines = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 2_001))
    assert refusal(raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{lines}</sheetData>", sheets=150)) == "rows"


# --- XML -------------------------------------------------------------------------------------------------------------


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{entities}]><worksheet {MAIN}>'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row></sheetData></worksheet>'
    )
    try:
        assert read_workbook(raw_xlsx(tmp_path / "a.xlsx", [text.encode()])).pages[0].rows == [("&e11;",)]
    except Unreadable as problem:
        assert problem.code == "damaged"  # noqa: PT017 - both ends are right


def test_files_of_this_machine_are_not_read_through_entities(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim")
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><worksheet {MAIN}>'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    try:
        assert "geheim" not in str(read_workbook(raw_xlsx(tmp_path / "a.xlsx", [text.encode()])).pages)
    except Unreadable as problem:
        assert problem.code == "damaged"  # noqa: PT017 - both ends are right


def test_external_links_are_not_followed(tmp_path: Path) -> None:
    link = f'{HEAD}<externalLink {MAIN}><externalBook r:id="r1" xmlns:r="urn:r"/></externalLink>'
    cell = '<sheetData><row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>7</v></c></row></sheetData>'
    path = raw_xlsx(tmp_path / "a.xlsx", cell, parts={"xl/externalLinks/externalLink1.xml": link})
    assert read_workbook(path).pages[0].rows == [(7,)]


@pytest.mark.parametrize(
    "piece",
    [
        b"<c ",
        b"<c r='A1' ",
        b'<c r="A1" t="e">',
        b'<c r="A1"><f>',
        b"<f ",
        b"<row hidden=",
        b"<row hidden='1' ",
        b"c>",
        b"<",
    ],
)
def test_xml_meant_to_keep_our_patterns_busy(piece: bytes, tmp_path: Path) -> None:
    chance = random.Random(7)

    def noise() -> Iterator[bytes]:
        yield SHEET_START
        for _ in range(20):
            yield b"".join(
                piece * 10 + chance.randbytes(4).hex().encode() for _ in range(MEGABYTE // (len(piece) * 10 + 8))
            )

    try:
        read_workbook(raw_xlsx(tmp_path / "a.xlsx", noise()))
    except Unreadable as problem:
        assert problem.code in ("damaged", "marks", "memory")  # noqa: PT017 - both ends are right
