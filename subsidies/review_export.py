"""Who is to be reviewed, as a workbook with a page for each community, for whoever goes from door to door.

Numbers are whole (whoever gets the file has to find the person), so it says in its last row who took it out and when.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registry.models import Person
from subsidies.models import Review, Subsidy
from subsidies.reviewing import STATES, Recipient
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import TEXT, filled, mark_workbook
from zalainuoer.common.sheets.template import BORDER, CENTRED, OPTIONAL_FILL

TITLE = "年度复核名单"
COLUMNS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "联系电话": 16, "地址": 30, "监护人": 12, "监护人电话": 16, "街道（镇）": 16,
    "社区": 18, "享受的补贴": 30, "复核状态": 14, "复核日期": 14, "复核方式": 14, "是否暂停": 12, "核实情况（请填写）": 40,
}  # fmt: skip
BAD = str.maketrans(dict.fromkeys(r"[]:*?/\\", "　"))


def export_reviews(
    found: list[Recipient],
    file: IO[bytes],
    *,
    year: int,
    by: User,
    at: datetime.datetime,
    reason: str,
    address: str | None,
) -> int:
    """Writes the people into the file as .xlsx, and notes who took how many people's, and why."""
    people = {one.person: one for one in found}
    rows = Person.objects.filter(pk__in=people).select_related("community__parent")
    reviews = {row.person_id: row for row in Review.objects.filter(year=year, person__in=people)}
    pages: dict[str, list[Person]] = defaultdict(list)
    for person in rows.order_by("community__code", "pinyin", "pk"):
        pages[person.community.name.translate(BAD)[:31]].append(person)
    book = Workbook(write_only=True)
    book.properties.title = TITLE
    for name, group in (pages or {TITLE: []}).items():
        page = book.create_sheet(name)
        page.freeze_panes = "C2"
        for place, width in enumerate(COLUMNS.values(), 1):
            page.column_dimensions[get_column_letter(place)].width = width
        page.append([_heading(page, heading) for heading in COLUMNS])
        cells = [_cell(page, heading) for heading in COLUMNS]
        for number, person in enumerate(group, 1):
            values = _values(number, person, people[person.pk], reviews.get(person.pk))
            page.append([filled(cell, value) for cell, value in zip(cells, values, strict=True)])
        mark_workbook(book, page, user=by, at=at, count=len(group))
    book.save(file)
    access_record(
        by=by,
        act=AccessAct.EXPORT,
        what=f"导出{year}{TITLE}（完整号码）",
        people=len(people),
        reason=reason,
        address=address,
    )
    return len(people)


def _values(number: int, person: Person, one: Recipient, review: Review | None) -> list[Any]:
    return [
        number,
        person.name,
        person.id_number,
        person.phone,
        person.address,
        person.guardian_name,
        person.guardian_phone,
        str(person.community.parent),
        person.community.name,
        "、".join(Subsidy(code).label for code in one.subsidies),
        STATES[one.state],
        f"{review.reviewed_on:%Y-%m-%d}" if review else "",
        review.get_method_display() if review else "",
        "暂停" if one.suspended else "",
        "",
    ]


def _heading(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page, heading)
    cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, BORDER, OPTIONAL_FILL
    return cell


def _cell(page: Any, heading: str) -> Cell:
    cell = WriteOnlyCell(page)
    cell.number_format = "General" if heading == "序号" else TEXT
    cell.quotePrefix = cell.number_format == TEXT
    return cell
