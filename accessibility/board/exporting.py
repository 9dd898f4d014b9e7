"""The board as a workbook: the homes with whole names and numbers, and the sums by community, contractor and source.

Whoever gets the file has to find the households, so it says in its last rows who took it out and when.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import IO, Any

from openpyxl import Workbook

from accessibility.board.reading import COMMUNITY, CONTRACTOR, Group, by_fund, grouped, in_order
from accessibility.models import RetrofitHome
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK
from zalainuoer.common.sheets.listing import add_page, columns_of

TITLE = "家庭无障碍改造"
NUMBERS = {"序号", "户数", "办理中", "已超期", "已归档", "已终止"}
NUMBERS |= {"合同金额（元）", "预算（元）", "支出（元）", "下达（元）"}
HOMES = {
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "住址": 30, "联系电话": 16, "任务年度": 10, "环节": 12,
    "进入本环节日期": 14, "期限": 14, "一户多残": 10, "以老养残": 10, "困难类型": 12, "残疾等级": 10, "施工单位": 24,
    "合同编号": 16, "合同金额（元）": 14, "批准日期": 14, "开工日期": 14, "验收日期": 14, "验收结论": 10,
}  # fmt: skip
SUMS = {
    "户数": 8, "办理中": 8, "已超期": 8, "已归档": 8, "已终止": 8, "合同金额（元）": 14, "预算（元）": 14, "支出（元）": 14,
}  # fmt: skip
RELATED = ("person__community__parent", "contractor", "retrofit")


def export_board(
    file: IO[bytes],
    *,
    listed: Any,
    summed: Any,
    year: int | None,
    with_tasks: bool,
    by: User,
    today: datetime.date,
    at: datetime.datetime,
    reason: str,
    chosen: Iterable[str],
    address: str | None,
) -> int:
    """Writes the listed homes and the sums of the summed ones into the file as .xlsx; returns how many homes.

    Notes who took how many people's data, and why.
    """
    people: set[int] = set()
    book = Workbook(write_only=True)
    book.properties.title = TITLE
    homes = in_order(listed, today=today).select_related(*RELATED)
    how: dict[str, Any] = {"by": by, "at": at}
    count = add_page(book, "改造户", _columns(HOMES), _homes(homes, people), freeze="C2", **how)
    places = grouped(summed, COMMUNITY, today=today)
    columns = _columns({"街道（镇）": 16, "社区": 18, **SUMS})
    add_page(book, "按社区", columns, ([one.key[1], one.name, *_sums(one)] for one in places), **how)
    builders = grouped(summed, CONTRACTOR, today=today)
    rows = ([one.key[1] or "未签约", *_sums(one)] for one in builders)
    add_page(book, "按施工单位", _columns({"施工单位": 24, **SUMS}), rows, **how)
    funds = by_fund(summed, year=year, with_tasks=with_tasks)
    columns = _columns({"资金来源": 20, "下达（元）": 14, "预算（元）": 14, "支出（元）": 14})
    money = ([one.fund.label, one.granted_yuan, one.budget_yuan, one.spent_yuan] for one in funds)
    add_page(book, "按资金来源", columns, money, **how)
    book.save(file)
    what = "：".join(filter(None, (f"导出{TITLE}", "、".join(chosen))))
    access_record(
        by=by, act=AccessAct.EXPORT, what=f"{what}（完整号码）", people=len(people), reason=reason, address=address
    )
    return count


def _columns(widths: dict[str, int]) -> Any:
    return columns_of(widths, numbers=NUMBERS)


def _sums(group: Group) -> list[Any]:
    one = group.sums
    return [
        one.homes, one.going, one.overdue, one.filed, one.ended, one.contract_yuan, one.budget_yuan, one.spent_yuan,
    ]  # fmt: skip


def _homes(homes: Any, people: set[int]) -> Iterator[list[Any]]:
    for number, row in enumerate(homes.iterator(chunk_size=CHUNK), 1):
        people.add(row.person_id)
        yield [number, *_home(row)]


def _day(day: datetime.date | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"


def _home(row: RetrofitHome) -> list[Any]:
    person, project = row.person, row.retrofit
    return [
        person.name,
        person.id_number,
        str(person.community.parent),
        person.community.name,
        row.address,
        person.phone or "",
        f"{row.year}",
        row.get_stage_display(),
        _day(row.since_on),
        _day(row.due_on),
        "是" if row.has_several_disabled else "",
        "是" if row.is_old_caring else "",
        row.get_hardship_display(),
        row.get_level_display(),
        row.contractor.name if row.contractor else "",
        row.contract_number,
        row.contract_yuan,
        *(_day(getattr(project, name, None)) for name in ("approved_on", "started_on", "accepted_on")),
        "" if project is None else project.get_verdict_display() or "",
    ]
