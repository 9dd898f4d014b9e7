"""残保金 as workbooks: the list of a year, and one employer's sheet with the people it has placed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook

from employment.levy_sheet import FORM, LevySheet
from employment.models import MONTHS, QuotaSheet
from employment.placements import Placement
from zalainuoer.common.models import User
from zalainuoer.common.sheets.listing import add_page, columns_of, write_list

LIST_COLUMNS = columns_of({
    "序号": 8, "单位名称": 32, "统一社会信用代码": 24, "单位性质": 12, "存续月数": 10, "在职职工人数": 14, "应安排人数": 14,
    "实际安排人数": 14, "少安排人数": 14, "年平均工资（元）": 18, "计费基数（元）": 18, "应纳费额（元）": 18, "征收比例": 10,
    "减免后应缴（元）": 18, "期满未申报": 12, "未维护的参数和数据": 60,
}, numbers={
    "序号", "存续月数", "在职职工人数", "应安排人数", "实际安排人数", "少安排人数", "年平均工资（元）", "计费基数（元）", "应纳费额（元）",
    "征收比例", "减免后应缴（元）",
})  # fmt: skip
LINE_COLUMNS = columns_of({"项目": 30, "算法": 50, "数字": 50, "结果": 24, "依据": 50})
FORM_COLUMNS = columns_of({"栏次": 8, "项目": 34, "数值": 24, "说明": 40}, numbers={"栏次"})
MONTH_COLUMNS = [f"{month}月" for month in MONTHS]
PEOPLE_COLUMNS = columns_of(
    {
        "序号": 8,
        "姓名": 12,
        "身份证号": 22,
        "证件类别等级": 24,
        "就业日期": 14,
        "终止日期": 14,
        **dict.fromkeys(MONTH_COLUMNS, 7),
        "合计": 8,
        "不计入的月份和原因": 90,
    },
    numbers={"序号", *MONTH_COLUMNS, "合计"},
)


def export_levies(file: IO[bytes], *, year: int, rows: Iterable[QuotaSheet], by: User, at: datetime.datetime) -> int:
    """Writes the sheets of a year (their employers loaded) into the file as .xlsx; returns how many."""
    return write_list(
        file, title=f"{year}年度残保金测算", columns=LIST_COLUMNS, rows=_list_rows(rows), by=by, at=at, freeze="C2"
    )


def _list_rows(rows: Iterable[QuotaSheet]) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        at = row.employer
        yield [
            *(number, at.name, at.credit_code, at.get_kind_display(), row.months_existing),
            *(row.headcount, row.required, row.placed, row.gap, row.average_wage_yuan, row.base_yuan),
            *(row.gross_yuan, row.factor, row.net_yuan, "是" if row.is_undeclared else "", "；".join(row.missing)),
        ]


def export_sheet(file: IO[bytes], sheet: LevySheet, *, by: User, at: datetime.datetime) -> int:
    """Writes an employer's sheet into the file: the national form, the lines, and the people with whole numbers.

    Returns how many employments the last page names.
    """
    row, employer = sheet.row, sheet.employer
    if row is None:
        raise ValueError("a sheet that has not been reckoned has nothing to hand out")
    head = [
        [None, "用人单位名称", employer.name, ""],
        [None, "统一社会信用代码", employer.credit_code, ""],
        [None, "单位性质", employer.get_kind_display(), ""],
        [None, "通讯地址", employer.address, ""],
        [None, "年度", f"{sheet.year}年", "期满未申报，视为未安排" if row.is_undeclared else ""],
    ]
    book = Workbook(write_only=True)
    book.properties.title = f"{sheet.year}年度残保金测算表"
    columns = [[each.number, each.label, each.value, each.note] for each in sheet.columns]
    wanted = [[None, "未维护", each, "这一项和由它得出的数不能测算"] for each in row.missing]
    kind = "测算结果，以税务部门核定为准"
    add_page(book, "申报表栏次", FORM_COLUMNS, [*head, *columns, *wanted], by=by, at=at, holds=f"{FORM}，{kind}")
    lines = [[line[name] for name in ("label", "formula", "figures", "result", "source")] for line in row.lines]
    add_page(book, "测算过程", LINE_COLUMNS, lines, by=by, at=at, holds=kind)
    by_month = list(row.placed_by_month)
    total = ["", "", "", "计入合计", "", "", *map(int, by_month), int(sum(by_month, Decimal(0))), ""]
    count = add_page(
        book, "安排的残疾人", PEOPLE_COLUMNS, _people(sheet.people), total=total, by=by, at=at, freeze="C2"
    )
    book.save(file)
    return count


def _people(placements: Iterable[Placement]) -> Iterator[list[Any]]:
    for number, each in enumerate(placements, 1):
        record, person = each.record, each.person
        dates = [record.started_on.isoformat(), "" if record.ended_on is None else record.ended_on.isoformat()]
        reasons = "；".join(f"{months}：{reason}" for months, reason in each.reasons)
        cells = [0 if cell.reasons else cell.weight for cell in each.months]
        yield [number, person.name, person.id_number, "、".join(each.grades), *dates, *cells, each.total, reasons]
