"""The child process that opens an uploaded workbook, so that a hostile one can only hurt this process.

Started by ``guarded.py`` as ``python -I -S``, with the workbook as standard input.
Imports nothing of the project and as little as possible of the rest: start-up time is part of every upload.

Writes frames to standard output: four bytes of length, then a marshalled tuple whose first item names it.
    ("book", kind, template_id)
    ("page", name, visible, first_row, first_column, merged)     then its rows, in blocks, column by column:
    ("rows", number_of_rows, [column, ...], [positions of columns that hold dates])
    ("marks", page_index, hidden_rows, {row * WIDTH + column: error text, "" for a formula without a result})
    ("end",)
    ("refused", code, details)                                   the only frame after which nothing follows
Dates travel as bytes in ISO form (calamine never yields bytes), an empty cell as None.
"""

from __future__ import annotations

import datetime
import marshal
import re
import struct
import sys
import threading
import zlib
from itertools import islice

TYPE_CHECKING = False  # as in typing, which takes 5 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO, TypeAlias

    from python_calamine import CalamineSheet

    Sheet: TypeAlias = CalamineSheet | None

MEGABYTE = 1 << 20
MEMORY = 2048 * MEGABYTE  # 100,000 rows of 22 columns take 300 MB
CPU_SECONDS = 25  # 100,000 rows of 22 columns take 4 seconds
MAX_FILE = 200 * MEGABYTE
MAX_UNZIPPED = 600 * MEGABYTE  # 100,000 rows of 22 columns: 122 MB
MAX_ENTRIES = 5_000
MAX_RATIO, RATIO_FROM = 250, 20 * MEGABYTE  # honest sheets shrink to a tenth or a thirtieth
MAX_PAGES = 200
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELLS = 6_000_000
MAX_MERGED = 200_000
MAX_MARKS = 1_000_000
MAX_BYTES_OUT = 300 * MEGABYTE
BLOCK_ROWS = 4096
WIDTH = 1 << 14  # columns of an Excel sheet


class Refused(Exception):
    """The workbook will not be read; `code` chooses the sentence the user sees."""

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code)
        self.code, self.details = code, details


def limit_this_process(*, file_size: int = 0, cpu_seconds: int = CPU_SECONDS) -> None:
    """Takes from this process what it must not have, before a byte of the workbook is looked at."""
    import resource

    wanted = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY),
    )
    for name, value in wanted:
        hard = resource.getrlimit(name)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(name, (value, value))


class Out:
    """Standard output as frames, with a limit on the whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.left = stream, MAX_BYTES_OUT

    def send(self, *frame: Any) -> None:
        data = marshal.dumps(frame)
        self.left -= len(data)
        if self.left < 0:
            raise Refused("text")
        self.stream.write(struct.pack("<I", len(data)))
        self.stream.write(data)


# --- what kind of file it is -----------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def kind_of(data: bytes) -> str:
    """ "xlsx", "xls" or "ods" by content, whatever the name says. Raises Refused for everything else."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_FILE:
        raise Refused("file_size")
    if data.startswith(b"PK"):
        return kind_of_zip(Zip(data))
    if data.startswith(OLE):
        return kind_of_ole(data)
    if data.startswith(b"%PDF"):
        raise Refused("pdf")
    if data.startswith(IMAGES) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp":
        raise Refused("image")
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Refused("archive")
    if data.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")):
        raise Refused("old_excel")
    raise Refused(kind_of_text(data[:65536]))


def kind_of_zip(parts: Zip) -> str:
    """The kind of an Office file by its parts."""
    names = parts.entries
    if "xl/workbook.xml" in names:
        kind = "xlsx"
    elif "content.xml" in names and "mimetype" in names:
        if not parts.read("mimetype", 200).startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            raise Refused("other_office")
        kind = "ods"
    elif "xl/workbook.bin" in names:
        raise Refused("xlsb")
    elif any(name.startswith(("word/", "ppt/")) for name in names):
        raise Refused("other_office")
    elif "[Content_Types].xml" in names:
        raise Refused("damaged")
    else:
        raise Refused("archive")
    parts.check()
    return kind


def kind_of_ole(data: bytes) -> str:
    """The kind of an OLE file by the stream names in its directory."""

    try:
        return kind_of_streams(data)
    except struct.error:
        raise Refused("damaged") from None


def kind_of_streams(data: bytes) -> str:
    """The same, where the file may end anywhere."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in data

    if has("EncryptedPackage"):
        raise Refused("password")
    if has("Workbook") or has("Book"):
        if any(number == 0x2F for number, _ in globals_of(Ole(data).stream("Workbook", "Book"))):  # FILEPASS
            raise Refused("password")
        return "xls"
    raise Refused("other_office" if has("WordDocument") or has("PowerPoint Document") else "damaged")


def kind_of_text(head: bytes) -> str:
    """A code for something that is no workbook: a web page, XML, plain text or nothing known."""
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").lower()[:1024].replace(b"\0", b"")
    if start.startswith(b"<?xml") and b"schemas-microsoft-com:office:spreadsheet" in start:
        return "xml"
    if start.startswith(b"mime-version") or re.match(
        rb"<(!doctype html|html|head|table|meta|\?xml|style|body|div)", start
    ):
        return "html"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if b"\0" in head:
        return "unknown"
    for encoding in ("utf-8", "gb18030"):
        try:
            text = head[:-4].decode(encoding) if len(head) > 60000 else head.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "csv" if text.isprintable() or re.search("[,\t;\n]", text) else "unknown"
    return "unknown"


# --- the zip container -----------------------------------------------------------------------------------------------


class Zip:
    """The directory of a zip file, as declared. (The zipfile module takes 25 ms to import.)

    What it declares is checked here; that the parts keep to it is checked by whoever inflates them, calamine too.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.entries: dict[str, tuple[int, int, int, int, int]] = {}
        try:
            self.read_directory()
        except (struct.error, IndexError):
            raise Refused("damaged") from None

    def read_directory(self) -> None:
        """Fills `entries`: name -> (flags, method, packed size, unpacked size, offset of the local header)."""
        data = self.data
        end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
        if end < 0:
            raise Refused("damaged")
        count, size, at = struct.unpack_from("<HII", data, end + 10)
        if end >= 20 and data[end - 20 : end - 16] == b"PK\x06\x07":
            (far,) = struct.unpack_from("<Q", data, end - 12)
            if data[far : far + 4] == b"PK\x06\x06":
                count, size, at = struct.unpack_from("<QQQ", data, far + 32)
        if count > MAX_ENTRIES or size > MAX_ENTRIES * 300:
            raise Refused("entries")
        for _ in range(count):
            if data[at : at + 4] != b"PK\x01\x02":
                raise Refused("damaged")
            flags, method = struct.unpack_from("<HH", data, at + 8)
            packed, unpacked = struct.unpack_from("<II", data, at + 20)
            name_length, extra_length, comment_length = struct.unpack_from("<HHH", data, at + 28)
            (offset,) = struct.unpack_from("<I", data, at + 42)
            name = data[at + 46 : at + 46 + name_length].decode("utf-8", "replace").replace("\\", "/")
            extra = data[at + 46 + name_length : at + 46 + name_length + extra_length]
            unpacked, packed, offset = wide_sizes(extra, unpacked, packed, offset)
            self.entries[name] = (flags, method, packed, unpacked, offset)
            at += 46 + name_length + extra_length + comment_length

    def check(self) -> None:
        """Refuses a file that is locked, or would unpack to more than an honest workbook does."""
        if any(entry[0] & 1 for entry in self.entries.values()):
            raise Refused("password")
        if sum(entry[3] for entry in self.entries.values()) > MAX_UNZIPPED:
            raise Refused("unzipped")
        if any(entry[3] > RATIO_FROM and entry[3] > entry[2] * MAX_RATIO for entry in self.entries.values()):
            raise Refused("unzipped")

    def pieces(self, name: str, size: int = MEGABYTE) -> Iterator[bytes]:
        """The unpacked bytes of one part, piece by piece, never more than declared."""
        _, method, packed, unpacked, offset = self.entries[name]
        name_length, extra_length = struct.unpack_from("<HH", self.data, offset + 26)
        start = offset + 30 + name_length + extra_length
        if method == 0:
            yield bytes(self.data[start : start + min(packed, unpacked)])
            return
        if method != 8:
            return
        inflater, left = zlib.decompressobj(-15), unpacked
        for at in range(start, start + packed, MEGABYTE):
            rest = self.data[at : min(at + MEGABYTE, start + packed)]
            while rest and left > 0:
                piece = inflater.decompress(rest, min(size, left))
                rest = inflater.unconsumed_tail
                left -= len(piece)
                if piece:
                    yield piece
                elif not rest:
                    break

    def read(self, name: str, limit: int) -> bytes:
        """The first `limit` bytes of a part, nothing if there is none."""
        found = b""
        if name in self.entries:
            for piece in self.pieces(name, limit):
                found += piece
                if len(found) >= limit:
                    break
        return found[:limit]


def wide_sizes(extra: bytes, *found: int) -> list[int]:
    """The sizes of a zip64 entry: those that are all ones stand in the extra field instead, in this order."""
    sizes = list(found)
    at = 0
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<HH", extra, at)
        if field == 1:
            place = at + 4
            for i, size in enumerate(sizes):
                if size == 0xFFFFFFFF:
                    (sizes[i],) = struct.unpack_from("<Q", extra, place)
                    place += 8
        at += 4 + length
    return sizes


# --- what calamine does not tell about an .xlsx: hidden rows, error values, formulas without a result ----------------

# Every repetition below excludes "<", so that no input makes these patterns look far ahead.
SHEET_PART = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
ERROR_TYPE = re.compile(rb"""t=["']e["']""")
TEMPLATE_ID = re.compile(rb"""<property\s[^<>]*name=["']template_id["'][^<>]*>\s*<vt:lpwstr[^<>]*>([^<>]{1,200})<""")


def attribute(attributes: bytes, name: bytes) -> str:
    """The value of one XML attribute, or an empty string."""
    found = re.search(rb"""(?:^|\s)(?:\w+:)?%s\s*=\s*["']([^"'<>]*)["']""" % name, attributes)
    return found[1].decode("utf-8", "replace") if found else ""


def sheet_parts(parts: Zip) -> list[str]:
    """The names of the sheets' parts, in the order of the workbook."""
    book = parts.read("xl/workbook.xml", 8 * MEGABYTE)
    relations = parts.read("xl/_rels/workbook.xml.rels", 8 * MEGABYTE)
    targets = {attribute(m[1], b"Id"): attribute(m[1], b"Target") for m in RELATION.finditer(relations)}
    names = []
    for found in SHEET_PART.finditer(book):
        target = targets.get(attribute(found[1], b"id"), "")
        names.append(target.lstrip("/") if target.startswith("/") else "xl/" + target)
    return names


class Marks:
    """Hidden rows, error values and formulas without a result of one sheet, found in its XML as it streams by."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.faults: dict[int, str] = {}
        self.patterns: tuple[re.Pattern[bytes], ...] = ()

    def scan(self, pieces: Iterable[bytes]) -> None:
        """Looks through the sheet; memory stays at a few pieces."""
        rest = b""
        for piece in pieces:
            rest += piece
            if not self.patterns:
                self.prepare(rest)
            cut = rest.rfind(b"c>") + 2  # the end of a cell: nothing of interest spans it
            if cut < 2:
                if len(rest) > 16 * MEGABYTE:
                    raise Refused("damaged")
                continue
            self.look(rest[:cut])
            rest = rest[cut:]
        self.look(rest)

    def prepare(self, start: bytes) -> None:
        """Compiles the patterns with the namespace prefix this sheet uses; a literal prefix keeps the search fast."""
        found = re.search(rb"<(\w+:)?worksheet[\s>]", start[:4096])
        ns = (found and found[1]) or b""
        formula = rb"<%sf(?=[\s/>])[^<>]*(?:(?<=/)>|(?<!/)>[^<]*</%sf>)\s*" % (ns, ns)
        value = rb"<%sv(?=[\s>])[^<>]*(?<!/)>" % ns
        self.formula_tag = b"<%sf" % ns
        self.patterns = (
            re.compile(rb"""<%srow\s([^<>]*\bhidden=["'](?:1|true)["'][^<>]*)>""" % ns),
            re.compile(
                rb"""<%sc\s([^<>]*(?<=\s)t=["']e["'][^<>]*)>\s*(?:%s)?(?:%s([^<]{0,20}))?""" % (ns, formula, value)
            ),
            re.compile(rb"<%sc\s([^<>]*)>\s*%s(%s)?([^<]?)" % (ns, formula, value)),
        )

    def look(self, text: bytes) -> None:
        """Looks through one piece that ends where a cell ends."""
        if self.patterns:
            self.look_for_hidden(text)
            self.look_for_faults(text)
        if len(self.hidden) + len(self.faults) > MAX_MARKS:
            raise Refused("marks")

    def look_for_hidden(self, text: bytes) -> None:
        """Notes the hidden rows of a piece."""
        for found in self.patterns[0].finditer(text) if b"hidden=" in text else ():
            row = attribute(found[1], b"r")
            if row.isdecimal():
                self.hidden.add(int(row))

    def look_for_faults(self, text: bytes) -> None:
        """Notes the error values and the formulas without a result of a piece."""
        _, error, formula = self.patterns
        for found in error.finditer(text) if ERROR_TYPE.search(text) else ():
            self.add(found[1], (found[2] or b"#N/A").decode("ascii", "replace"))
        for found in formula.finditer(text) if self.formula_tag in text else ():
            if not found[3] and not (found[2] and attribute(found[1], b"t") == "str"):
                self.add(found[1], "")

    def add(self, attributes: bytes, text: str) -> None:
        """Notes one cell, unless it is noted already."""
        found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attribute(attributes, b"r"))
        if found:
            column = 0
            for letter in found[1]:
                column = column * 26 + ord(letter) - 64
            self.faults.setdefault(int(found[2]) * WIDTH + column, text)


def scan_xlsx(data: bytes, wanted: list[int]) -> Iterator[tuple[int, Marks]]:
    """What there is to mark on the wanted sheets of an .xlsx."""
    parts = Zip(data)
    names = sheet_parts(parts)
    for index in wanted:
        if index < len(names) and names[index] in parts.entries:
            marks = Marks()
            marks.scan(parts.pieces(names[index]))
            yield index, marks


# --- the same for an .xls: only its error values, which calamine leaves empty like those of an .xlsx -----------------

NO_SECTOR, SMALL_STREAM = 0xFFFFFFF0, 4096
MAX_GLOBALS = 200_000  # records
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
BOOLERR = re.compile(rb"\x05\x02\x08\x00(..)(..)..(.)\x01", re.DOTALL)
FORMULA_ERROR = re.compile(rb"\x06\x00..(..)(..)..\x02.(.)...\xff\xff", re.DOTALL)


def scan_xls(data: bytes, wanted: list[int]) -> Iterator[tuple[int, Marks]]:
    """The error values on the wanted sheets of an .xls.

    Patterns are looked for instead of records walked, for speed; a find is believed only where calamine found nothing.
    """
    book = Ole(data).stream("Workbook", "Book")
    starts = [struct.unpack_from("<I", book, at + 4)[0] for number, at in globals_of(book) if number == 0x85]
    ends = sorted([*starts, len(book)])
    for index in wanted:
        marks = Marks()
        part = book[starts[index] : ends[ends.index(starts[index]) + 1]] if index < len(starts) else b""
        for pattern in (BOOLERR, FORMULA_ERROR):
            for found in pattern.finditer(part):
                row, column = int.from_bytes(found[1], "little") + 1, int.from_bytes(found[2], "little") + 1
                if found[3][0] in ERRORS:
                    marks.faults[row * WIDTH + column] = ERRORS[found[3][0]]
        yield index, marks


def globals_of(book: bytes) -> Iterator[tuple[int, int]]:
    """(number, place) of the records before the first sheet's."""
    at = 0
    for _ in range(MAX_GLOBALS):
        if at + 12 > len(book):
            return
        number, length = struct.unpack_from("<HH", book, at)
        if number == 0x0A:  # EOF
            return
        yield number, at
        at += 4 + length


class Ole:
    """The streams of an OLE file. Raises Refused or struct.error where the file is damaged."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.shift = struct.unpack_from("<H", data, 30)[0]
        if self.shift not in (9, 12):
            raise Refused("damaged")
        table = b"".join(map(self.sector, self.places_of_the_table()))
        self.next = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def sector(self, number: int) -> bytes:
        """One sector; the first is the header's and has no number."""
        return self.data[(number + 1) << self.shift : (number + 2) << self.shift]

    def places_of_the_table(self) -> list[int]:
        """The sectors that hold the table of which sector follows which: 109 in the header, more in a chain."""
        places = [n for n in struct.unpack_from("<109I", self.data, 76) if n < NO_SECTOR]
        more, left = struct.unpack_from("<II", self.data, 68)
        while left and more < NO_SECTOR and len(places) << self.shift < len(self.data):
            block = struct.unpack(f"<{(1 << self.shift) // 4}I", self.sector(more))
            places += [n for n in block[:-1] if n < NO_SECTOR]
            more, left = block[-1], left - 1
        return places

    def chain(self, number: int) -> bytes:
        """The sectors from this one on."""
        found: list[bytes] = []
        while number < len(self.next):
            found.append(self.sector(number))
            number = self.next[number]
            if len(found) > len(self.next):  # it runs in a circle
                raise Refused("damaged")
        return b"".join(found)

    def stream(self, *names: str) -> bytes:
        """The first stream with one of these names; nothing if it is so small that it lives in the root's stream."""
        directory = self.chain(struct.unpack_from("<I", self.data, 48)[0])
        for at in range(0, len(directory) - 127, 128):
            length = struct.unpack_from("<H", directory, at + 64)[0]
            if directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in names:
                start, size = struct.unpack_from("<II", directory, at + 116)
                return self.whole(start, size) if size >= SMALL_STREAM else b""
        return b""

    def whole(self, start: int, size: int) -> bytes:
        """A stream of this size, all of it: of one cut off calamine would read what is left without a word."""
        found = self.chain(start)[:size]
        if len(found) < size:
            raise Refused("damaged")
        return found


def scan_ods(data: bytes, wanted: list[int]) -> Iterator[tuple[int, Marks]]:
    """Refuses an .ods with error values: calamine leaves them empty, and where they stand is not easily known."""
    rest = b""
    for piece in Zip(data).pieces("content.xml"):
        if b'calcext:value-type="error"' in rest + piece:
            raise Refused("ods_errors")
        rest = piece[-64:]
    yield from ()


SCANS = {"xlsx": scan_xlsx, "xls": scan_xls, "ods": scan_ods}


class Scan(threading.Thread):
    """Runs beside calamine, which lets go of the interpreter while it parses: on two cores it costs no time."""

    def __init__(self, kind: str, data: bytes, wanted: list[int]) -> None:
        super().__init__(daemon=True)
        self.marks = SCANS[kind](data, wanted)
        self.found: list[tuple[int, Marks]] = []
        self.failure: Refused | None = None

    def run(self) -> None:
        try:
            self.found.extend(self.marks)
        except Refused as refused:
            self.failure = refused
        except MemoryError:
            self.failure = Refused("memory")
        except Exception:
            self.failure = Refused("damaged")


# --- the cells -------------------------------------------------------------------------------------------------------


def send_page(out: Out, name: str, visible: bool, sheet: Sheet, room: tuple[int, int]) -> tuple[int, int]:
    """Sends one page and its cells; `room` is what is left of the limits on rows and cells, returned diminished."""
    merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in (sheet and sheet.merged_cell_ranges) or ()]
    if len(merged) > MAX_MERGED:
        raise Refused("marks")
    if not sheet or not sheet.start or not sheet.end:
        out.send("page", name, visible, 1, 1, merged)
        return room
    left, (bottom, right) = sheet.start[1], sheet.end
    rows, cells = bottom + 1, (bottom + 1) * (right + 1 - left)
    if rows > room[0]:
        raise Refused("rows", page=name, row=rows)
    if right >= MAX_COLUMNS:
        raise Refused("columns", page=name, column=right + 1)
    if cells > room[1]:
        raise Refused("cells", page=name)
    # calamine's iter_rows begins at the sheet's first row, but at the first column that holds anything
    out.send("page", name, visible, 1, left + 1, merged)
    send_rows(out, sheet)
    return room[0] - rows, room[1] - cells


def send_rows(out: Out, sheet: CalamineSheet) -> None:
    """Sends the cells in blocks, column by column: a column is mostly of one type, and often of few values."""
    wire = Wire()
    rows = sheet.iter_rows()
    while block := list(islice(rows, BLOCK_ROWS)):
        columns, dated = [], []
        for position, column in enumerate(zip(*block, strict=True)):
            encoded, has_dates = wire.encode(column)
            columns.append(encoded)
            if has_dates:
                dated.append(position)
        out.send("rows", len(block), columns, dated)


class Wire:
    """Turns cells into what marshal can carry, and equal texts into one object, which marshal then sends once."""

    def __init__(self) -> None:
        self.codes: dict[Any, Any] = {"": None}

    def encode(self, column: tuple[Any, ...]) -> tuple[list[Any], bool]:
        """(cells, whether some are dates) of one column of a block."""
        types = set(map(type, column))
        if types <= {str}:
            distinct = set(column)
            if len(distinct) * 2 < len(column):
                codes: dict[str, str | None] = {text: text for text in distinct}
                codes[""] = None
                return [codes[cell] for cell in column], False
            return [cell or None for cell in column] if "" in distinct else list(column), False
        dates = types - {str, float, int, bool}
        for cell in set(column) if dates else ():
            if type(cell) not in (str, float, int, bool):
                self.codes[cell] = wire_form(cell)
        return list(map(self.codes.get, column, column)), bool(dates)


def wire_form(cell: object) -> bytes | str:
    """A date or moment as bytes; a time of day or a span of time as text, which no column of ours accepts as a date."""
    if isinstance(cell, datetime.date):
        return cell.isoformat().encode("ascii")
    return str(cell)


# --- all of it -------------------------------------------------------------------------------------------------------


def read(data: bytes, out: Out) -> None:
    """Sends the whole workbook. Raises Refused, or what calamine raises."""
    import io

    kind = kind_of(data)
    import python_calamine as calamine

    parts = Zip(data) if kind == "xlsx" else None
    template = TEMPLATE_ID.search(parts.read("docProps/custom.xml", MEGABYTE)) if parts else None
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = book.sheets_metadata
        if len(sheets) > MAX_PAGES:
            raise Refused("pages", pages=len(sheets))
        out.send("book", kind, template[1].decode("utf-8", "replace") if template else "")
        shown = [i for i, sheet in enumerate(sheets) if is_shown(calamine, sheet)]
        scan = Scan(kind, data, shown)
        scan.start()
        room = (MAX_ROWS, MAX_CELLS)
        for index, sheet in enumerate(sheets):
            page = book.get_sheet_by_index(index) if index in shown else None
            room = send_page(out, sheet.name, index in shown, page, room)
    except calamine.PasswordError:
        raise Refused("password") from None
    except calamine.CalamineError:
        raise Refused("damaged") from None
    send_marks(out, scan)
    out.send("end")


def is_shown(calamine: Any, sheet: Any) -> bool:
    """Whether a person sees this sheet, and it holds cells."""
    return bool(sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet)


def send_marks(out: Out, scan: Scan) -> None:
    """Waits for the scan and sends what it found."""
    scan.join()
    if scan.failure:
        raise scan.failure
    for index, marks in scan.found:
        if marks.hidden or marks.faults:
            out.send("marks", index, sorted(marks.hidden), marks.faults)


def main() -> None:
    """Reads standard input, writes standard output; whatever goes wrong is a frame or a dead process."""
    limit_this_process()
    out = Out(sys.stdout.buffer)
    try:
        read(sys.stdin.buffer.read(MAX_FILE + 1), out)
    except Refused as refused:
        out.send("refused", refused.code, refused.details)
    except MemoryError:
        out.send("refused", "memory", {})
    except BaseException:  # a panic of the parser is a BaseException
        out.send("refused", "damaged", {})
    sys.stdout.buffer.flush()
