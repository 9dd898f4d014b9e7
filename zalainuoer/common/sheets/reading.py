"""From a workbook's bytes to a delivery: read, found, made sure that it is the sheet it is taken for, cleaned, checked."""

from collections.abc import Callable, Iterator
from functools import partial

from zalainuoer.common.sheets.base import Sheet, all_sheets
from zalainuoer.common.sheets.delivery import Delivery, deliver
from zalainuoer.common.sheets.guarded import Unreadable
from zalainuoer.common.sheets.reader import Book, read_workbook
from zalainuoer.common.sheets.table import Table, locate, pages_passed_over
from zalainuoer.common.sheets.template import INSTRUCTIONS


def read_delivery(
    sheet: Sheet, content: bytes, file_name: str, *, report: Callable[[int, float], None] = lambda rows, share: None
) -> Delivery:
    """What a workbook delivers for a sheet, every cell cleaned and checked; raises Unreadable.

    `report` is told the number of rows, and the share of the checking that is done.
    """
    book = read_workbook(content, original_name=file_name)
    tables = locate(book, sheet.columns)
    _refuse_another_sheet(sheet, book, tables)
    rows = sum(len(table.numbers) for table in tables)
    delivery = deliver(sheet, tables, report=partial(report, rows))
    if passed_over := [name for name in pages_passed_over(book, tables) if name != INSTRUCTIONS]:
        delivery.notes.append(f"没有读取的工作表：{'、'.join(passed_over[:20])}。")
    sheet.check(delivery)
    return delivery


def _refuse_another_sheet(sheet: Sheet, book: Book, tables: list[Table]) -> None:
    """The two payment rosters have the same columns: whoever picks the wrong page must be told, not believed.

    The template's own mark decides; without one, a title above the headings or a page named after another sheet.
    """
    others = {other.code: other.title for other in all_sheets() if other.code != sheet.code}
    marked = book.template_id.partition(":")[0]
    if marked == sheet.code:
        return
    named = next((title for text in _titles(book, tables) if (title := _title_in(text, sheet.title, others))), None)
    if title := others.get(marked) or named:
        raise Unreadable(f"这份工作簿是“{title}”，不是“{sheet.title}”。请回到报表列表，选择对应的报表上传。")


def _titles(book: Book, tables: list[Table]) -> Iterator[str]:
    """The names of the pages with a table, and what stands above its headings."""
    headers = {table.page_name: table.header_row for table in tables}
    for page in book.visible_pages:
        if page.name not in headers:
            continue
        yield page.name
        for column in page.columns:
            yield from (cell for cell in column[: headers[page.name] - page.first_row] if isinstance(cell, str))


def _title_in(text: str, own: str, others: dict[str, str]) -> str | None:
    """Another sheet's title that a text holds, unless it holds one's own."""
    text = "".join(text.split())
    return None if own in text else next((title for title in others.values() if title in text), None)
