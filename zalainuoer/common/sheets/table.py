"""Finding the table on the pages of a workbook: where the headings are, which column is which, which rows are data.

>>> tables = locate(book, columns)        # one Table per page that has the headings; Unreadable if there is none
>>> table.numbers[17], table.by_column[3][17]    # workbook row number and cell of the 18th data row, 4th column

Cells stay as they were read. Everything works column by column: row by row Python costs seconds for a large file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Protocol

from .reader import Book, Cell, Page, Unreadable

LOOK_FOR_HEADER_IN = 30  # rows
MOST_MERGED_ABOVE = 2_000  # merged cells looked at there
SMALLEST_SCORE = 3
IDENTIFIERS = ("id", "cert")  # kinds
UNSHARED = (*IDENTIFIERS, "account")  # what a merged cell does not say of every row it covers

FAULT = "单元格是错误值 {text}，请改正后重新上传。"
UNCOMPUTED = "单元格是公式，但文件里没有保存计算结果。请用 WPS 或 Excel 打开文件并保存一次，或改为填写数值。"


class ColumnLike(Protocol):
    """What is asked of a column of a sheet."""

    @property
    def heading(self) -> str: ...
    @property
    def synonyms(self) -> tuple[str, ...]: ...
    @property
    def required(self) -> bool: ...
    @property
    def kind(self) -> str: ...


@dataclass
class Table:
    """A table found on a page. "Column" is an index into the columns `locate` was given.

    If `missing` or `problems` is not empty, the table cannot be imported: say them.
    """

    page_name: str
    header_row: int  # workbook row of the (last row of the) headings
    positions: dict[int, int]  # column -> index in the page's columns
    sheet_columns: dict[int, int]  # column -> column of the workbook, 1-based
    unknown_headings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # headings of required columns that are not there
    duplicated: list[str] = field(default_factory=list)  # headings of columns that are there twice
    problems: list[str] = field(default_factory=list)  # sentences: why this table must be refused
    numbers: list[int] = field(default_factory=list)  # workbook row number of each data row
    by_column: list[list[Cell]] = field(default_factory=list)  # per column, the cells of the data rows; None if absent
    faults: dict[tuple[int, int], str] = field(default_factory=dict)  # (workbook row, column) -> sentence
    hidden: set[int] = field(default_factory=set)  # workbook rows, of the data rows, that are hidden

    @property
    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """(workbook row number, cells in the order of the columns)."""
        return zip(self.numbers, zip(*self.by_column, strict=True), strict=True)


def locate(book: Book, columns: Sequence[ColumnLike], *, required: Collection[str] | None = None) -> list[Table]:
    """Finds the tables with these columns on the visible pages.

    In: the book; the columns; the headings that must be there (default: of the columns that are required).
    Out: at least one Table. Raises Unreadable if no page has the headings, naming those expected and those found.
    """
    if required is None:
        required = [column.heading for column in columns if column.required]
    names = Names(columns)
    threshold = max(min(SMALLEST_SCORE, len(columns)), (len(required) + 1) // 2)
    tables = []
    for page in book.visible_pages:
        header = find_header(page, names)
        if header and header.score >= threshold:
            tables.append(make_table(page, header, columns, required))
    if not tables:
        raise Unreadable(no_table(book, names, required), code="no_header")
    return tables


def pages_passed_over(book: Book, tables: Collection[Table]) -> list[str]:
    """Names of pages that hold something, or are hidden, and were not read as a table: to be told to the user."""
    found = {table.page_name for table in tables}
    return [page.name for page in book.pages if page.name not in found and (page.columns or not page.visible)]


# --- headings --------------------------------------------------------------------------------------------------------

BRACKETS = str.maketrans("[]{}【】〔〕〈〉<>「」", "()()()()()()()")
NOISE = re.compile(r"[\s*:\u200b-\u200f\u2060\ufeff_'\"“”‘’]+")
NUMBERING = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)])")
REMARK = re.compile(  # what may stand in brackets after a heading without changing its meaning: 万元 may not
    r"\((?:人民币|单位)?(?:元(?:/.{1,4})?|人|个|件|户|岁|天|次|项|必填项?|选填|可选|单选|下拉选择|请选择|日期|文本|数字|"
    r"文本格式|日期格式|[如例].*|格式.*|填写.*|精确到.*|\d+位.*|y{2,4}.*|\d{4}.*|年[-/.]?月[-/.]?日?|是/否|男/女|有/无)\)$"
)
IGNORED = re.compile(
    r"(?:序号?|编号|行号|no\.?|备注|说明|问题说明|原行号)$"
)  # the last two are our own, see coloured_copy


def plain(text: object) -> str:
    """A heading without what tells no headings apart: width, blanks, line breaks, stars, colons, forms of brackets."""
    return NUMBERING.sub("", NOISE.sub("", unicodedata.normalize("NFKC", str(text)).translate(BRACKETS).lower()))


class Names:
    """Which column a heading means."""

    def __init__(self, columns: Sequence[ColumnLike]) -> None:
        self.columns = columns
        self.known: dict[str, int] = {}
        for of in (lambda c: (c.heading,), lambda c: c.synonyms):
            for index, column in enumerate(columns):
                for name in of(column):
                    self.known.setdefault(plain(name), index)
        for name, index in list(self.known.items()):
            self.known.setdefault(REMARK.sub("", name), index)

    def find(self, heading: Cell) -> int | None:
        """The column a heading means, or None."""
        if not isinstance(heading, str):
            return None
        name = plain(heading)
        found = self.known.get(name)
        return self.known.get(REMARK.sub("", name)) if found is None else found


@dataclass
class Header:
    """The headings of a page: `found[i]` is what the heading of the page's column i means."""

    first: int  # index of the first row, and of the last, in the page's rows
    last: int
    headings: list[str]
    found: list[int | None]

    @property
    def score(self) -> int:
        return len(set(self.found) - {None})


def find_header(page: Page, names: Names) -> Header | None:
    """The best row, or pair of rows, among the first ones; the earlier and the single one if equally good."""
    rows = list(zip(*(column[: LOOK_FOR_HEADER_IN + 1] for column in page.columns), strict=True))
    merged = [m for m in page.merged if m[0] - page.first_row <= LOOK_FOR_HEADER_IN][:MOST_MERGED_ABOVE]
    indexes = range(min(len(rows), LOOK_FOR_HEADER_IN))
    headers = [single(rows, index, names) for index in indexes]
    headers += [pair(page, rows, index, names, merged) for index in indexes if index + 1 < len(rows)]
    best = max(headers, key=lambda header: header.score, default=None)
    return with_merged_depth(best, page, merged) if best and best.score else None


def single(rows: list[tuple[Cell, ...]], index: int, names: Names) -> Header:
    """Row `index` read as headings."""
    headings = [cell if isinstance(cell, str) else "" for cell in rows[index]]
    return Header(index, index, headings, [names.find(heading) for heading in headings])


def pair(
    page: Page, rows: list[tuple[Cell, ...]], index: int, names: Names, merged: list[tuple[int, int, int, int]]
) -> Header:
    """Rows `index` and `index + 1` read as headings: above the parents, merged over their children."""
    parents = [cell if isinstance(cell, str) else "" for cell in rows[index]]
    children = [cell if isinstance(cell, str) else "" for cell in rows[index + 1]]
    for top, left, _, right in merged:
        if top == page.first_row + index:
            start = left - page.first_column
            for position in range(max(start, 0), min(right - page.first_column + 1, len(parents))):
                parents[position] = parents[start] if start >= 0 else ""
    headings, found = [], []
    for parent, child in zip(parents, children, strict=True):
        options = (parent + child, child) if child.strip() else (parent,)
        known = [index for index in map(names.find, options) if index is not None]
        headings.append(child if child.strip() else parent)
        found.append(known[0] if known else None)
    return Header(index, index + 1, headings, found)


def with_merged_depth(header: Header, page: Page, merged: list[tuple[int, int, int, int]]) -> Header:
    """The header with the rows its merged cells reach down to: an unknown second row is no data either."""
    for top, left, bottom, _ in merged:
        position = left - page.first_column
        known = 0 <= position < len(header.found) and header.found[position] is not None
        if known and top == page.first_row + header.first and bottom - top <= 2:
            header.last = max(header.last, bottom - page.first_row)
    return header


def no_table(book: Book, names: Names, required: Collection[str]) -> str:
    """The sentence for a workbook without the table."""
    best = [header for page in book.visible_pages if (header := find_header(page, names))]
    wanted = "应有的列：" + "、".join(required or [column.heading for column in names.columns]) + "。"
    if not any(page.columns for page in book.visible_pages):
        return "工作簿里没有可见的内容（隐藏的工作表不读取）。" + wanted
    if not best:
        return "没有找到表头。" + wanted + "请下载模板对照填写。"
    header = max(best, key=lambda h: h.score)
    seen = [names.columns[index].heading for index in dict.fromkeys(header.found) if index is not None]
    return f"没有找到表头。{wanted}只找到：{'、'.join(seen)}。请检查是否选错了表，或下载模板对照填写。"


# --- the table -------------------------------------------------------------------------------------------------------


def make_table(page: Page, header: Header, columns: Sequence[ColumnLike], required: Collection[str]) -> Table:
    """The table below a header."""
    counts = Counter(index for index in header.found if index is not None)
    positions = {index: place for place, index in reversed(list(enumerate(header.found))) if index is not None}
    table = Table(
        page_name=page.name,
        header_row=page.first_row + header.last,
        positions=positions,
        sheet_columns={index: page.first_column + place for index, place in positions.items()},
        unknown_headings=unknown_headings(header),
        missing=[c.heading for i, c in enumerate(columns) if i not in positions and c.heading in required],
        duplicated=[columns[index].heading for index, count in counts.items() if count > 1],
    )
    table.problems = problems(page, header, columns, table)
    keep = data_rows(page, header, columns, positions)
    table.numbers = [page.first_row + index for index in keep]
    table.by_column = [
        picked(page.columns[positions[index]], keep) if index in positions else [None] * len(keep)
        for index in range(len(columns))
    ]
    fill_merged(table, page, columns)
    add_faults(table, page)
    if page.hidden_rows:
        table.hidden = page.hidden_rows.intersection(table.numbers)
    return table


def unknown_headings(header: Header) -> list[str]:
    """The headings that mean nothing to us, without those every office adds."""
    found = []
    for heading, index in zip(header.headings, header.found, strict=True):
        if index is None and heading.strip() and not IGNORED.match(plain(heading)):
            found.append(re.sub(r"\s+", "", heading))
    return found


def problems(page: Page, header: Header, columns: Sequence[ColumnLike], table: Table) -> list[str]:
    """Why the table must be refused as a whole."""
    where = f"工作表“{page.name}”"
    found = []
    if table.missing:
        found.append(f"{where}缺少必填的列：{'、'.join(table.missing)}。")
    for heading in table.duplicated:
        found.append(f"{where}有两列都是“{heading}”，无法判断以哪一列为准。请删除或改名其中一列。")
    if any(column.kind == "money" for column in columns):
        above = [cell for column in page.columns for cell in column[: header.first] if isinstance(cell, str)]
        if any(re.search("单位.*万元", re.sub(r"\s", "", cell)) for cell in above):
            found.append(f"{where}标明金额单位是万元。请换算成元后再上传。")
        for heading in table.unknown_headings:
            if "万元" in heading:
                found.append(f"{where}的列“{heading}”以万元为单位。请换算成元并改列名后再上传。")
    return found


def picked(column: list[Cell], keep: Sequence[int]) -> list[Cell]:
    """The cells of the kept rows."""
    if len(keep) < 2:
        return [column[index] for index in keep]
    if keep[-1] - keep[0] + 1 == len(keep):
        return column[keep[0] : keep[-1] + 1]
    return list(itemgetter(*keep)(column))


def fill_merged(table: Table, page: Page, columns: Sequence[ColumnLike]) -> None:
    """Gives the rows of a merged cell its value, in its first column, and there only."""
    places = {place: index for index, place in table.positions.items() if columns[index].kind not in UNSHARED}
    row_of: dict[int, int] | None = None
    left_to_fill = len(table.numbers) * len(columns)
    for top, left, bottom, _ in page.merged:
        index = places.get(left - page.first_column)
        if index is None or bottom == top or top <= table.header_row:
            continue
        if row_of is None:
            row_of = {number: row for row, number in enumerate(table.numbers)}
        last = min(bottom, table.numbers[-1] if table.numbers else 0)
        left_to_fill -= max(last - top, 0)
        if left_to_fill < 0:  # only overlapping ranges come to this: made by hand, to keep us busy
            raise Unreadable.because("marks")
        for number in range(top + 1, last + 1):
            if number in row_of:
                value = page.columns[left - page.first_column][top - page.first_row]
                table.by_column[index][row_of[number]] = value


def add_faults(table: Table, page: Page) -> None:
    """Notes the error values and the formulas without a result that stand in the table."""
    if not page.faults:
        return
    numbers = set(table.numbers)
    index_of = {number: index for index, number in table.sheet_columns.items()}
    for (row, column), text in page.faults.items():
        if row in numbers and column in index_of:
            sentence = FAULT.format(text=text) if text else UNCOMPUTED
            table.faults[row, index_of[column]] = sentence


# --- which rows are data ---------------------------------------------------------------------------------------------

TOTAL = re.compile(r".{0,12}?(?:合计|小计|总计|共计|累计)(?:人数|户数|金额|[:(\d].*)?$")
CLOSING = re.compile(
    r"(?:填表|填报|制表|制单|审核|复核|审批|经办|报送|上报|录入|统计)(?:人|单位|部门|科室|日期|时间|领导)"
    r"|(?:单位|部门|分管|主管|科室|街道)?(?:负责人|领导)(?:签[字名章])?(?:[:(]|$)"
    r"|(?:联系|咨询)(?:人|电话|方式)(?:[:(]|$)|(?:电话|日期|(?:填表|填报)?说明|(?:备)?注\d?):"
    r"|(?:单位)?\(?(?:盖章|公章|签字|签章)\)?(?:[:(]|$)|第\d+页|共\d+页"
)
EXPORTED = re.compile(r"导出人:.+导出时间:\d")  # the row our own exports end in, see export.mark_workbook
LIKE_AN_ID = re.compile(r"(?:\d\s*){12}")


def data_rows(page: Page, header: Header, columns: Sequence[ColumnLike], positions: dict[int, int]) -> Sequence[int]:
    """Indexes of the data rows. A row with an ID number in it is one at once; only the others are looked at closely."""
    start = header.last + 1
    keys = [place for index, place in positions.items() if columns[index].kind in IDENTIFIERS]
    rest: Collection[int] = range(start, page.height)
    for cells in (page.columns[place] for place in keys):
        rest = [index for index in rest if not is_sure(cells[index])]
    if not rest:
        return range(start, page.height)
    closer = Closer(page, header, list(positions.values()), keys)
    dropped = {index for index in rest if not closer.is_data(index)}
    return [index for index in range(start, page.height) if index not in dropped]


def is_sure(cell: Cell) -> bool:
    """Whether a cell of an ID column surely belongs to a data row."""
    return type(cell) is str and len(cell) > 14 and cell[:6].isdigit()


class Closer:
    """Looks at single rows: blank, a repeated header, a total, a signature line, or data after all."""

    def __init__(self, page: Page, header: Header, places: list[int], keys: list[int]) -> None:
        self.page = page
        self.known = [page.columns[place] for place in places]
        self.identifiers = [page.columns[place] for place in keys]
        self.headings = [[column[index] for column in page.columns] for index in range(header.first, header.last + 1)]
        self.faulty = faulty_rows(page, places, keys)
        self.wide = {m[0] for m in page.merged if m[0] == m[2] and m[3] - m[1] >= 2}
        self.first = header.last + 1

    def is_data(self, index: int) -> bool:
        """Whether the row is data. In doubt it is: it will be refused, and someone looks at it."""
        if all(is_blank(cells[index]) for cells in self.known):
            return self.page.first_row + index in self.faulty
        cells = [column[index] for column in self.page.columns]
        filled = [cell for cell in cells if not is_blank(cell)]
        starts = [squeezed(cell) for cell in filled[:3] if isinstance(cell, str)]
        if len(filled) == 1 and any(map(EXPORTED.match, starts)):
            return False  # before ID numbers are looked for: a user may be called by a number
        if any(looks_like_an_id(cells[index]) for cells in self.identifiers):
            return True
        if any(map(TOTAL.match, starts)) or any(map(CLOSING.match, starts[:1])):
            return False
        if len(filled) == 1 and self.page.first_row + index in self.wide:
            return False  # a note, merged over the width of the table
        if index == self.first and is_numbering(filled):
            return False
        return not any(same_headings(cells, headings) for headings in self.headings)


def faulty_rows(page: Page, places: list[int], keys: list[int]) -> set[int]:
    """Workbook rows that are data though all their cells look empty: nobody knows what their formulas would give.

    A #N/A outside the ID columns does not count: formulas are often dragged down further than the data.
    """
    known = {page.first_column + place for place in places}
    sure = {page.first_column + place for place in keys}
    return {row for (row, column), text in page.faults.items() if column in sure or (not text and column in known)}


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing a person sees."""
    return cell is None or (type(cell) is str and not cell.strip())


def squeezed(text: str) -> str:
    """A text without blanks, its signs of normal width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(BRACKETS))


def looks_like_an_id(cell: Cell) -> bool:
    """Whether someone meant an ID number here, be it ever so wrong."""
    if isinstance(cell, float | int):
        return abs(cell) >= 1e9
    return isinstance(cell, str) and bool(LIKE_AN_ID.search(cell))


def same_headings(cells: list[Cell], headings: list[Cell]) -> bool:
    """Whether a row repeats the headings, as it does at page breaks."""
    pairs = [(cell, heading) for cell, heading in zip(cells, headings, strict=True) if not is_blank(cell)]
    same = sum(cell == heading for cell, heading in pairs)
    return same >= max(2, (len(pairs) + 1) // 2)


def is_numbering(filled: list[Cell]) -> bool:
    """Whether the row below the headings only numbers the columns: 甲 乙 1 2 3."""
    rest = [squeezed(str(cell)).removesuffix(".0") for cell in filled if cell not in tuple("甲乙丙丁戊")]
    if len(rest) < 3 or not all(text.isdecimal() for text in rest):
        return False
    numbers = [int(text) for text in rest]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
