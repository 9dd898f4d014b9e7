"""Device cases, loans and the stock as workbooks.

Numbers are whole (whoever gets the file has to find the person), so a file says in its last row who took it out and when.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from rehab.device_worklist import waits_for
from rehab.models import DeviceCase, DeviceLoan
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK
from zalainuoer.common.sheets.listing import columns_of, write_list

NUMBERS = {"序号", "数量", "单价（元）", "补贴金额（元）", "个人自付（元）"}
PERSON = {"姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18}


@dataclass(frozen=True)
class List:
    """A list that may leave the system: its title, its columns with their widths, and a row's values after 序号."""

    title: str
    columns: Mapping[str, int]
    values: Callable[[Any], list[Any]]
    people: Callable[[Any], int | None]  # the person a row names, None where it names nobody


def _person(row: Any) -> list[Any]:
    person = row.person
    return [person.name, person.id_number, str(person.community.parent), person.community.name]


def _day(day: datetime.date | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"


def _case(row: DeviceCase) -> list[Any]:
    return [
        *_person(row),
        row.wanted,
        row.need_year or "",
        row.get_state_display(),
        waits_for(row),
        _day(row.due_on),
        row.item.name if row.item else "",
        row.item.code if row.item else "",
        row.quantity if row.item else "",
        row.price_yuan,
        _day(row.assessed_on),
        row.assessor,
        row.measures,
        " ".join(filter(None, (row.get_replacement_display(), row.replacement_note))),
        _day(row.decided_on),
        row.decided_by.name if row.decided_by else "",
        row.reason,
        row.terms.document if row.terms else "",
        row.subsidy_yuan,
        _day(row.fitted_on),
        row.serial_number,
        row.self_pay_yuan,
        row.get_signed_by_display(),
        _day(row.ended_on),
    ]


def _loan(row: DeviceLoan) -> list[Any]:
    return [
        *_person(row),
        row.device.inventory_number,
        row.device.item.name,
        _day(row.lent_on),
        _day(row.due_on),
        _day(row.returned_on),
        row.get_condition_display(),
        row.return_note,
        row.note,
    ]


def _piece(row: Any) -> list[Any]:
    return [
        row.inventory_number,
        row.item.name,
        row.item.code,
        row.serial_number,
        row.get_state_display(),
        "已借出" if row.lent else "",
        row.place,
        _day(row.received_on),
        row.received_by or "",
    ]


CASES = List(
    "辅具适配办理",
    {
        **PERSON, "需要的辅具": 24, "需求调查年度": 12, "状态": 12, "等待": 28, "提醒日期": 14, "适配的辅具": 20,
        "分类代码": 12, "数量": 8, "单价（元）": 12, "评估日期": 14, "评估人员或机构": 24, "评估结论和尺寸": 40,
        "更换理由": 30, "审批日期": 14, "审批人": 12, "审批意见": 30, "补贴标准文号": 30, "补贴金额（元）": 14,
        "适配日期": 14, "出厂编号": 18, "个人自付（元）": 14, "签收人": 12, "办结日期": 14,
    },
    _case,
    lambda row: row.person_id,
)  # fmt: skip
LOANS = List(
    "辅具借用",
    {
        **PERSON, "库存编号": 16, "辅具": 20, "借出日期": 14, "应归还日期": 14, "归还日期": 14, "归还情况": 16,
        "归还说明": 30, "备注": 30,
    },
    _loan,
    lambda row: row.person_id,
)  # fmt: skip
STOCK = List(
    "辅具库存",
    {
        "库存编号": 16, "辅具": 20, "分类代码": 12, "出厂编号": 18, "状态": 14, "借用": 10, "存放地点": 20,
        "入库日期": 14, "入库凭证": 30,
    },
    _piece,
    lambda row: None,
)  # fmt: skip


def export_list(
    which: List,
    rows: Any,
    file: IO[bytes],
    *,
    by: User,
    at: datetime.datetime,
    reason: str,
    chosen: Iterable[str],
    address: str | None,
) -> int:
    """Writes the rows into the file as .xlsx, and notes who took how many people's, and why."""
    people = set()

    def lines() -> Iterator[list[Any]]:
        for number, row in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            people.add(which.people(row))
            yield [number, *which.values(row)]

    columns = columns_of({"序号": 8, **which.columns}, numbers=NUMBERS)
    count = write_list(file, title=which.title, columns=columns, rows=lines(), by=by, at=at, freeze="C2")
    people.discard(None)
    what = "：".join(filter(None, (f"导出{which.title}", "、".join(chosen))))
    if people:
        what += "（完整号码）"
    access_record(by=by, act=AccessAct.EXPORT, what=what, people=len(people), reason=reason, address=address)
    return count
