"""Children's cases and settlements as workbooks, numbers whole: who took them out and when stands in the last row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import IO, Any

from rehab.models import ChildSettlement, TrainingMonth
from rehab.pipeline import limit_of, turn_of
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK
from zalainuoer.common.sheets.listing import columns_of, write_list

CASES = "儿童康复个案"
SHEET = "康复训练结算表"
HOLDS_CHILDREN = "，含儿童的完整姓名和身份证号，属于不满十四周岁未成年人的敏感个人信息，用后请妥善保管或销毁"
CASE_COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "监护人": 12, "监护人电话": 16, "救助类别": 10,
    "初筛日期": 14, "确诊日期": 14, "环节": 14, "进入本环节日期": 16, "已等天数": 10, "办理期限": 14, "该谁办": 24,
}, numbers={"序号", "已等天数"})  # fmt: skip
SHEET_COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "救助类别": 10, "出勤天数": 10, "首次训练": 14, "末次训练": 14,
    "申报金额（元）": 14, "核定金额（元）": 14, "核定后余额（元）": 16, "状态": 12, "理由": 40,
}, numbers={"序号", "出勤天数", "申报金额（元）", "核定金额（元）", "核定后余额（元）"})  # fmt: skip


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

    count = write_list(file, title=CASES, columns=CASE_COLUMNS, rows=values(), by=by, at=at, freeze="C2")
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
    count = write_list(file, title=SHEET, columns=SHEET_COLUMNS, rows=values, by=by, at=at, freeze="C2")
    what = f"导出{SHEET}：{settlement}（完整号码）"
    access_record(by=by, act=AccessAct.EXPORT, what=what, people=count, reason=reason, address=address)
    return count


def _day(day: datetime.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
