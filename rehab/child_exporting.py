"""Children's cases and settlements as workbooks, numbers whole: who took them out and when stands in the last row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from rehab.models import ChildSettlement, TrainingMonth
from rehab.pipeline import limit_of, turn_of
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK, TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL

CASES = "儿童康复个案"
SHEET = "康复训练结算表"
CASE_COLUMNS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "监护人": 12, "监护人电话": 16, "救助类别": 10,
    "初筛日期": 14, "确诊日期": 14, "环节": 14, "进入本环节日期": 16, "已等天数": 10, "办理期限": 14, "该谁办": 24,
}  # fmt: skip
SHEET_COLUMNS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "救助类别": 10, "出勤天数": 10, "首次训练": 14, "末次训练": 14,
    "申报金额（元）": 14, "核定金额（元）": 14, "核定后余额（元）": 16, "状态": 12, "理由": 40,
}  # fmt: skip
NUMBERS = {"序号", "已等天数", "出勤天数", "申报金额（元）", "核定金额（元）", "核定后余额（元）"}


def export_cases(
    cases: Any,
    file: IO[bytes],
    *,
    by: User,
    at: datetime.datetime,
    today: datetime.date,
    reason: str,
    address: str | None,
) -> int:
    """Writes the cases into the file as .xlsx, and notes who took how many children's, and why."""
    parameters, rows = Parameters(on=today), cases.select_related("person__community__parent", "owner")
    people = set()

    def values() -> Iterable[list[Any]]:
        for number, case in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            person = case.person
            people.add(person.pk)
            yield [
                number,
                person.name,
                person.id_number,
                str(person.community.parent),
                person.community.name,
                person.guardian_name,
                person.guardian_phone,
                case.get_category_display(),
                _day(case.screened_on),
                _day(case.diagnosed_on),
                case.get_stage_display(),
                _day(case.since_on),
                (today - case.since_on).days,
                _day(limit_of(case, parameters)),
                turn_of(case),
            ]

    count = _write(file, CASES, CASE_COLUMNS, values(), by=by, at=at)
    access_record(
        by=by, act=AccessAct.EXPORT, what=f"导出{CASES}（完整号码）", people=len(people), reason=reason, address=address
    )
    return count


def export_settlement(
    settlement: ChildSettlement,
    months: Iterable[TrainingMonth],
    file: IO[bytes],
    *,
    by: User,
    at: datetime.datetime,
    reason: str,
    address: str | None,
) -> int:
    """The same of a settlement's lines."""
    lines = list(months)
    values = (
        [
            number,
            line.person.name,
            line.person.id_number,
            line.application.case.get_category_display() if line.application else "",
            line.attended_days,
            _day(line.first_on),
            _day(line.last_on),
            line.requested_yuan,
            line.approved_yuan,
            line.balance_yuan,
            line.get_state_display(),
            line.reason,
        ]
        for number, line in enumerate(lines, 1)
    )
    count = _write(file, SHEET, SHEET_COLUMNS, values, by=by, at=at)
    what = f"导出{SHEET}：{settlement}（完整号码）"
    access_record(by=by, act=AccessAct.EXPORT, what=what, people=count, reason=reason, address=address)
    return count


def _write(
    file: IO[bytes],
    title: str,
    columns: Mapping[str, int],
    rows: Iterable[list[Any]],
    *,
    by: User,
    at: datetime.datetime,
) -> int:
    book = Workbook(write_only=True)
    book.properties.title = title
    page = book.create_sheet(title)
    page.freeze_panes = "C2"
    for place, width in enumerate(columns.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_heading(page, heading) for heading in columns])
    cells = [_cell(page, heading) for heading in columns]
    count = 0
    for values in rows:
        page.append([filled(cell, value) for cell, value in zip(cells, values, strict=True)])
        count += 1
    mark_workbook(book, page, user=by, at=at, count=count)
    book.save(file)
    return count


def _heading(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page, heading)
    cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, BORDER, OPTIONAL_FILL
    return cell


def _cell(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page)
    if heading not in NUMBERS:
        cell.number_format, cell.quotePrefix = TEXT, True
    return cell


def _day(day: datetime.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
