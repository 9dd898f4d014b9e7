"""The child process that colours the bad cells of an uploaded workbook (see ``guarded.py`` and ``coloured_copy.py``).

Standard input: four bytes of length, a marshalled job, then the workbook. The job is
    {page name: (row of the headings or 0, [(row, column, message), ...])}      all 1-based; column 0: the row as such
Standard output: one frame, ("file", the coloured workbook), or ("refused", code, details).
Nothing is written to disk.
"""

from __future__ import annotations

import io
import marshal
import os
import struct
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from zalainuoer.common.sheets.reader_child import MEGABYTE, Out, Refused, Zip, kind_of, limit_this_process
    from zalainuoer.common.sheets.safe_text import safe_text
else:  # the child has this folder on its path, not the project
    from reader_child import MEGABYTE, Out, Refused, Zip, kind_of, limit_this_process
    from safe_text import safe_text

CPU_SECONDS = 150  # 20,000 rows of 22 columns take 20 seconds
MAX_UNZIPPED = 120 * MEGABYTE
MAX_COMMENTS = 5_000  # a page; Excel becomes slow with more, and the last column says it all
MAX_TEXT = 2_000
OWN_COLUMN = "问题说明"  # ignored by table.locate when the mended copy comes back
AUTHOR = "数据核对"
RED = "FFFFC7CE"


def colour(data: bytes, job: dict[str, tuple[int, list[tuple[int, int, str]]]]) -> bytes:
    """The workbook with the job's cells coloured and commented. Raises Refused if it is none to be coloured."""
    if kind_of(data) != "xlsx":
        raise Refused("not_coloured")
    if sum(entry[3] for entry in Zip(data).entries.values()) > MAX_UNZIPPED:
        raise Refused("not_coloured")
    os.environ["OPENPYXL_LXML"] = "False"  # the same everywhere, whether lxml is installed or not
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    for name, (header_row, problems) in job.items():
        if name in book.sheetnames:
            Page(book[name]).colour(header_row, problems)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The workbook as a file. openpyxl itself writes each page to a temporary file, which this process must not."""
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            page = io.BytesIO()
            writer: Any = WorksheetWriter(ws, out=page)
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], page.getvalue())
            self.manifest.append(ws)

    out = io.BytesIO()
    archive = ZipFile(out, "w", ZIP_DEFLATED)
    InMemory(book, archive).save()
    return out.getvalue()


class Page:
    """One page of the workbook, while it is coloured."""

    def __init__(self, sheet: Worksheet) -> None:
        from openpyxl.comments import Comment
        from openpyxl.styles import Alignment, Font, PatternFill

        self.sheet, self.comment_class = sheet, Comment
        self.red = PatternFill("solid", fgColor=RED)
        self.none, self.bold, self.wrapped = PatternFill(), Font(bold=True), Alignment(vertical="top", wrap_text=True)
        self.comments_left = MAX_COMMENTS

    def colour(self, header_row: int, problems: list[tuple[int, int, str]]) -> None:
        """Colours the cells, unhides their rows and columns, and adds the column that says what is wrong."""
        own = self.own_column(header_row)
        cells: dict[tuple[int, int], list[str]] = defaultdict(list)
        rows: dict[int, list[str]] = defaultdict(list)
        for row, column, message in problems:
            rows[row].append(message)
            if column:
                cells[row, column].append(message)
        for (row, column), messages in cells.items():
            self.mark(self.anchor(row, column), "\n".join(dict.fromkeys(messages)))
        for row, messages in rows.items():
            self.write(self.anchor(row, own), "；".join(m.rstrip("。") for m in dict.fromkeys(messages)) + "。")
        self.show(set(rows), {column for _, column in cells})

    def own_column(self, header_row: int) -> int:
        """The column for the reasons: that of an earlier copy, wiped, or a new one behind the last that is used."""
        last = 0
        for (row, column), cell in self.sheet._cells.items():
            if cell.value is not None:
                if row == header_row and cell.value == OWN_COLUMN:
                    self.wipe(column)
                    return column
                last = max(last, column)
        self.sheet.column_dimensions[letter_of(last + 1)].width = 60
        if header_row:
            heading = self.anchor(header_row, last + 1)
            heading.value, heading.font = OWN_COLUMN, self.bold
        return last + 1

    def wipe(self, own: int) -> None:
        """Takes away what an earlier copy put in."""
        for (_, column), cell in list(self.sheet._cells.items()):
            if column == own and cell.value != OWN_COLUMN:
                cell.value = None
            if cell.has_style and cell.fill.fgColor.rgb == RED:
                cell.fill = self.none
            if cell.comment and cell.comment.author == AUTHOR:
                cell.comment = None

    def anchor(self, row: int, column: int) -> Cell:
        """The cell, or that to which it is merged."""
        cell = self.sheet.cell(row, column)
        if type(cell).__name__ == "MergedCell":
            for merged in self.sheet.merged_cells.ranges:
                if cell.coordinate in merged:
                    return self.sheet.cell(merged.min_row, merged.min_col)  # type: ignore[return-value]
        return cell  # type: ignore[return-value]

    def mark(self, cell: Cell, message: str) -> None:
        """Colours one cell and says why in a comment, below what was said there before."""
        cell.fill = self.red
        if self.comments_left:
            self.comments_left -= 1
            before = f"{cell.comment.text}\n" if cell.comment else ""
            height = 40 + 16 * (len(message) // 16 + 1)
            cell.comment = self.comment_class((before + message)[:MAX_TEXT], AUTHOR, height=height, width=260)

    def write(self, cell: Cell, text: str) -> None:
        """Writes a text that is a text, whatever it begins with."""
        cell.value = safe_text(text)
        cell.data_type, cell.alignment = "s", self.wrapped

    def show(self, rows: set[int], columns: set[int]) -> None:
        """Unhides rows and columns with bad cells."""
        for row in rows:
            if row in self.sheet.row_dimensions:
                self.sheet.row_dimensions[row].hidden = False
        for dimension in self.sheet.column_dimensions.values():
            if dimension.hidden and any((dimension.min or 0) <= c <= (dimension.max or 0) for c in columns):
                dimension.hidden = False


def letter_of(column: int) -> str:
    """A column's letters."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def main() -> None:
    """Reads standard input, writes standard output."""
    limit_this_process(cpu_seconds=CPU_SECONDS)
    out = Out(sys.stdout.buffer)
    try:
        data = sys.stdin.buffer.read()
        (length,) = struct.unpack_from("<I", data)
        job = marshal.loads(data[4 : 4 + length])  # noqa: S302 - written by our own parent
        out.send("file", colour(data[4 + length :], job))
        out.send("end")
    except Refused as refused:
        out.send("refused", refused.code, refused.details)
    except MemoryError:
        out.send("refused", "memory", {})
    except BaseException:  # whatever openpyxl stumbles over
        out.send("refused", "not_coloured", {})
    sys.stdout.buffer.flush()
