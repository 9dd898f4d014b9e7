"""Who is to be reviewed, as a workbook with a page for each community, for whoever goes from door to door.

Numbers are whole (whoever gets the file has to find the person), so it says in its last row who took it out and when.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import IO, Any

from openpyxl import Workbook

from registry.models import Person
from subsidies.models import Review, Subsidy
from subsidies.reviewing import STATES, Recipient
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import add_page, columns_of, page_name

TITLE = "年度复核名单"
COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "联系电话": 16, "地址": 30, "监护人": 12, "监护人电话": 16, "街道（镇）": 16,
    "社区": 18, "享受的补贴": 30, "复核状态": 14, "复核日期": 14, "复核方式": 14, "是否暂停": 12, "核实情况（请填写）": 40,
}, numbers={"序号"})  # fmt: skip


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
    listed = Person.objects.filter(pk__in=people).select_related("community__parent")
    reviews = {row.person_id: row for row in Review.objects.filter(year=year, person__in=people)}
    pages: dict[str, list[Person]] = defaultdict(list)
    for person in listed.order_by("community__code", "pinyin", "pk"):
        pages[page_name(person.community.name)].append(person)
    book = Workbook(write_only=True)
    book.properties.title = TITLE
    for name, group in (pages or {TITLE: []}).items():
        rows = [
            _values(number, person, people[person.pk], reviews.get(person.pk)) for number, person in enumerate(group, 1)
        ]
        add_page(book, name, COLUMNS, rows, by=by, at=at, freeze="C2")
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
