"""Findings as a workbook for the offices they go back to: one page, one a street, or one an office.

Numbers are whole (whoever gets the file has to find the person), so it says in its last row who took it out and when.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import IO, Any

from openpyxl import Workbook

from subsidies.comparison.causes import CAUSES, cause_label
from subsidies.comparison.evidence import Sources, pieces_of, sources_of
from subsidies.models import Finding
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK
from zalainuoer.common.sheets.listing import add_page, columns_of, page_name

TITLE = "两项补贴比对结果"
COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "补贴": 22, "比对类别": 14, "情形": 20,
    "说明": 60, "依据": 34, "起始月份": 12, "月数": 8, "涉及金额（元）": 14, "证据": 40, "原表及行号": 36, "经办部门": 14,
    "承办人": 12, "状态": 12, "处理结论": 18, "处理说明": 30, "首次发现": 14, "核实情况（请填写）": 30,
}, numbers={"序号", "月数", "涉及金额（元）"})  # fmt: skip
PIECES = 6


def export_findings(
    findings: Any,
    file: IO[bytes],
    *,
    layout: str,
    by: User,
    at: datetime.datetime,
    reason: str,
    what: str,
    address: str | None,
) -> int:
    """Writes the findings into the file as .xlsx, and notes who took how many people's, and why."""
    rows = list(findings.select_related("person__community__parent", "assigned_to").iterator(chunk_size=CHUNK))
    sources = sources_of(rows)
    book = Workbook(write_only=True)
    book.properties.title = TITLE
    for name, group in _pages(rows, layout).items():
        values = (_values(number, row, sources) for number, row in enumerate(group, 1))
        add_page(book, name, COLUMNS, values, by=by, at=at, freeze="D2")
    book.save(file)
    people = len({row.person_id for row in rows})
    access_record(
        by=by, act=AccessAct.EXPORT, what=f"{what}（完整号码）", people=people, reason=reason, address=address
    )
    return len(rows)


def _pages(rows: list[Finding], layout: str) -> dict[str, list[Finding]]:
    """{page name: its findings}: at least one page, which then is empty."""
    pages: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        if layout == "street":
            pages[str(row.person.community.parent)].append(row)
        elif layout == "office":
            pages[CAUSES[row.cause].office if row.cause in CAUSES else "其他"].append(row)
        else:
            pages[TITLE].append(row)
    return {page_name(name): group for name, group in sorted(pages.items())} or {TITLE: []}


def _values(number: int, row: Finding, sources: Sources) -> list[Any]:
    person, pieces = row.person, pieces_of(row, sources)
    shown = [" ".join(filter(None, (p.title, p.month, p.what, p.yuan and f"{p.yuan}元"))) for p in pieces[:PIECES]]
    places = list(dict.fromkeys(p.place for p in pieces if p.place))
    more = ["……"] if len(pieces) > PIECES else []
    return [
        number,
        person.name,
        person.id_number,
        str(person.community.parent),
        person.community.name,
        row.get_subsidy_display(),
        row.get_kind_display(),
        cause_label(row.cause),
        row.clause,
        row.source,
        f"{row.since_month:%Y-%m}",
        row.months,
        row.amount_yuan,
        "；".join(shown + more),
        "；".join(places[:PIECES] + (["……"] if len(places) > PIECES else [])),
        CAUSES[row.cause].office if row.cause in CAUSES else "",
        row.assigned_to.name if row.assigned_to else "",
        row.get_state_display(),
        row.get_resolution_display(),
        row.resolved_reason,
        f"{row.found_on:%Y-%m-%d}",
        "",
    ]
