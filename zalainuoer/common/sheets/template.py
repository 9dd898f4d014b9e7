"""The blank workbook a department fills in.

>>> write_template(sheet, response)        # any sheet with code, title, department and columns

What is written here is found again by ``table.locate``, without an unknown or a missing heading and without rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .table import ColumnLike

HEADER_ROW = 3
INSTRUCTIONS = "填表说明"  # the page that explains the columns; nobody need be told that it was not read
LAST_ROW = 1_048_576
EXAMPLE_ID = "150799199003070025"  # 150799 is assigned to no place

REQUIRED_FILL = PatternFill("solid", fgColor="FFFCE4D6")
OPTIONAL_FILL = PatternFill("solid", fgColor="FFDDEBF7")
LINE = Side(style="thin", color="FFBFBFBF")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="top", wrap_text=True)

FORMATS = {
    **dict.fromkeys(("id", "cert", "account", "month", "text", "choice"), "@"),
    "date": "yyyy-mm-dd",
    "money": "0.00",
}
WIDTHS = {"id": 22, "cert": 26, "account": 26, "date": 14, "month": 12, "money": 14, "int": 10, "choice": 16}
EXAMPLES = {
    "id": EXAMPLE_ID,
    "cert": EXAMPLE_ID + "43",
    "account": "6200001234567890128",
    "date": "2025-03-20",
    "month": "2025-03",
    "money": "1200.00",
    "int": "3",
}
EXPLAINED = {
    "text": "文字",
    "id": "18 位身份证号。本列已设为文本格式，请勿改成数字，否则末几位会丢失、无法导入",
    "cert": "残疾人证号：18 位身份证号 + 类别 1 位 + 等级 1 位（换领后有后缀的照填）。本列为文本格式，请勿改成数字",
    "account": "银行账号。本列为文本格式，请勿改成数字，否则末几位会丢失、无法导入",
    "date": "日期，写到日，如 2025-03-20",
    "month": "月份，如 2025-03",
    "money": "金额，单位：元，不能小于 0",
    "int": "整数",
    "choice": "从下拉列表中选择",
}


class TemplateColumn(ColumnLike, Protocol):
    """What is asked of a column, besides what finding it asks."""

    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def help(self) -> str: ...


class TemplateSheet(Protocol):
    """What is asked of a sheet. A `version`, if it has one, tells templates of different years apart."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def columns(self) -> Sequence[TemplateColumn]: ...


def template_id(sheet: TemplateSheet) -> str:
    """What the workbook's property `template_id` says, and ``Book.template_id`` reads."""
    return f"{sheet.code}:{getattr(sheet, 'version', 1)}"


def write_template(sheet: TemplateSheet, out: Path | str | IO[bytes]) -> None:
    """Writes the blank template of a sheet to a path or an open file."""
    book = Workbook()
    book.properties.creator = sheet.department
    book.properties.title = sheet.title
    book.custom_doc_props.append(  # type: ignore[attr-defined]
        StringProperty(name="template_id", value=template_id(sheet))
    )
    page = book.worksheets[0]
    page.title = sheet.title[:31]
    options = book.create_sheet("选项")
    options.sheet_state = "hidden"
    write_headings(page, sheet)
    for index, column in enumerate(sheet.columns, 1):
        prepare_column(page, options, index, column)
    write_instructions(book.create_sheet(INSTRUCTIONS, 1), sheet)
    if options.max_row == 1 and options["A1"].value is None:
        book.remove(options)
    book.save(out)


def written(sheet: TemplateSheet, rows: Iterable[Mapping[str, object]]) -> bytes:
    """A plain workbook of the sheet with rows of {heading: value}, as somebody might deliver it."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title)
    headings = [column.heading for column in sheet.columns]
    page.append(headings)
    for row in rows:
        page.append([row.get(heading) for heading in headings])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_headings(page: Worksheet, sheet: TemplateSheet) -> None:
    """The title, a line about the form, and the headings."""
    width = len(sheet.columns)
    page.cell(1, 1, sheet.title).font = Font(bold=True, size=16)
    page.cell(1, 1).alignment = CENTRED
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    page.cell(2, 1, f"填报单位：{sheet.department}。带 * 的列必填；填写要求见“填表说明”；请勿修改表头。")
    page.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    for index, column in enumerate(sheet.columns, 1):
        cell = page.cell(HEADER_ROW, index, f"{column.heading}*" if column.required else column.heading)
        cell.font, cell.alignment, cell.border = Font(bold=True), CENTRED, BORDER
        cell.fill = REQUIRED_FILL if column.required else OPTIONAL_FILL
    page.row_dimensions[1].height, page.row_dimensions[HEADER_ROW].height = 30, 32
    page.freeze_panes = f"A{HEADER_ROW + 1}"
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight = "landscape", 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def prepare_column(page: Worksheet, options: Worksheet, index: int, column: TemplateColumn) -> None:
    """Format, width and checks of one column, down to the last row of the page."""
    letter = get_column_letter(index)
    dimension = page.column_dimensions[letter]
    dimension.number_format = FORMATS.get(column.kind, "General")
    dimension.width = max(WIDTHS.get(column.kind, 16), 2.2 * len(column.heading) + 4)
    check = check_of(options, column)
    if check:
        check.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
        page.add_data_validation(check)


def check_of(options: Worksheet, column: TemplateColumn) -> DataValidation | None:
    """The check Excel makes when a cell is filled in: a drop-down list, or the length of an ID number."""
    if column.choices:
        check = DataValidation("list", formula1=list_of(options, column), allow_blank=True)
        check.error, check.errorTitle = "请从下拉列表中选择。", column.heading
    elif column.kind == "id":
        check = DataValidation("textLength", operator="equal", formula1="18", allow_blank=True, errorStyle="warning")
        check.error, check.errorTitle = "身份证号应为 18 位。", column.heading
        check.prompt, check.promptTitle, check.showInputMessage = "18 位，文本格式", column.heading, True
    else:
        return None
    check.showErrorMessage = True
    return check


def list_of(options: Worksheet, column: TemplateColumn) -> str:
    """The formula of a drop-down list; Excel takes up to 255 characters in place, longer lists stand on a page."""
    short = ",".join(column.choices)
    if len(short) <= 200 and not any('"' in choice or "," in choice for choice in column.choices):
        return f'"{short}"'
    place = options.max_column + (options["A1"].value is not None)
    for row, choice in enumerate((column.heading, *column.choices), 1):
        options.cell(row, place, choice)
    letter = get_column_letter(place)
    return f"选项!${letter}$2:${letter}${len(column.choices) + 1}"


def write_instructions(page: Worksheet, sheet: TemplateSheet) -> None:
    """The page that explains each column."""
    page.cell(1, 1, f"{sheet.title}：填表说明").font = Font(bold=True, size=14)
    headings = ("列", "是否必填", "填写要求", "可选内容", "示例")
    for index, (heading, width) in enumerate(zip(headings, (20, 10, 48, 60, 24), strict=True), 1):
        cell = page.cell(2, index, heading)
        cell.font, cell.fill, cell.border = Font(bold=True), OPTIONAL_FILL, BORDER
        page.column_dimensions[get_column_letter(index)].width = width
    for row, column in enumerate(sheet.columns, 3):
        for index, text in enumerate(explained(column), 1):
            cell = page.cell(row, index, text)
            cell.alignment, cell.border, cell.number_format = WRAPPED, BORDER, "@"
    page.freeze_panes = "A3"


def explained(column: TemplateColumn) -> tuple[str, str, str, str, str]:
    """The line of one column: heading, required or not, what to write, allowed values, an example."""
    kind = EXPLAINED.get(column.kind, "")
    texts = dict.fromkeys(text.rstrip("。") for text in (kind, column.help) if text)
    example = column.choices[0] if column.choices else EXAMPLES.get(column.kind, "")
    need = "必填" if column.required else "选填"
    return column.heading, need, "。".join(texts) + "。", "、".join(column.choices), example
