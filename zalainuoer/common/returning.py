"""Giving a batch's workbook back with what is wrong in it: the person's own file, or the refused rows of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from zalainuoer.common.models import StoredFileKind, UploadBatch
from zalainuoer.common.services import batch_preview, file_content
from zalainuoer.common.sheets import coloured_copy
from zalainuoer.common.sheets.base import Sheet, sheet_of
from zalainuoer.common.sheets.comparing import Preview
from zalainuoer.common.sheets.guarded import Unreadable
from zalainuoer.common.sheets.reader import Cell, read_workbook
from zalainuoer.common.sheets.table import Table, locate


def marked_workbook(batch: UploadBatch) -> bytes | None:
    """The workbook with its bad cells coloured and explained; None once the stored files have been deleted.

    A file that cannot be given back as it was (.xls, .ods, very long) becomes a new .xlsx of the refused rows.
    Raises Unreadable if the stored workbook cannot be read again.
    """
    content = file_content(batch=batch, kind=StoredFileKind.WORKBOOK)
    kept = batch_preview(batch)
    if content is None or kept is None:
        return None
    _, preview = kept
    sheet = sheet_of(batch.sheet)
    book = read_workbook(content, original_name=batch.file_name)
    tables = locate(book, sheet.columns)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "marked.xlsx"
        if not (coloured_copy.may_be_coloured(book) and _coloured(content, sheet, tables, preview, out)):
            headings = [column.heading for column in sheet.columns]
            coloured_copy.write_refused_rows(headings, _refused_rows(tables, preview), out)
        return out.read_bytes()


def _coloured(content: bytes, sheet: Sheet, tables: list[Table], preview: Preview, out: Path) -> bool:
    """Writes the person's own workbook, marked; False if that cannot be done."""
    headers = {table.page_name: table.header_row for table in tables}
    try:
        coloured_copy.write(content, _cell_problems(sheet, tables, preview), out, header_rows=headers)
    except Unreadable:
        return False
    return True


def _placed(tables: list[Table], preview: Preview) -> Iterator[tuple[Table, int, list[tuple[str, str]]]]:
    """(table, index among its rows, problems) of each row with problems; delivered rows count through all tables."""
    start = 0
    for table in tables:
        end = start + len(table.numbers)
        for index in sorted(i for i in preview.problems if start <= i < end):
            yield table, index - start, preview.problems[index]
        start = end


def _cell_problems(sheet: Sheet, tables: list[Table], preview: Preview) -> Iterator[coloured_copy.CellProblem]:
    places = {column.heading: place for place, column in enumerate(sheet.columns)}
    for table, offset, problems in _placed(tables, preview):
        for heading, message in problems:
            column = table.sheet_columns.get(places[heading])
            yield table.page_name, table.numbers[offset], column, message


def _refused_rows(tables: list[Table], preview: Preview) -> Iterator[tuple[int, list[Cell], list[str]]]:
    for table, offset, problems in _placed(tables, preview):
        cells = [cells[offset] for cells in table.by_column]
        yield table.numbers[offset], cells, [f"{heading}：{message}" for heading, message in problems]
