"""Rehabilitation's lists as workbooks for whoever has to act on them: whole names and numbers, so each says who took it
out and when, and is noted with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from registry.models import Person
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list

PERSON = {"序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "联系电话": 16}
NUMBERS = {"序号", "费用（元）", "等待天数"}

Rows = Iterable[tuple[Person, tuple[Any, ...]]]


def export_list(
    file: IO[bytes],
    *,
    title: str,
    columns: Mapping[str, int],
    rows: Rows,
    by: User,
    at: datetime.datetime,
    reason: str,
    what: str,
    address: str | None,
) -> int:
    """Writes rows about people into the file as .xlsx; returns how many.

    `columns` are the headings behind the person's own, with their widths; each row is the person (with the community
    and its parent loaded) and the values of those columns.
    """
    people = set()

    def lines() -> Iterator[tuple[Any, ...]]:
        for number, (person, values) in enumerate(rows, 1):
            people.add(person.pk)
            place = (str(person.community.parent), person.community.name)
            yield (number, person.name, person.id_number, *place, person.phone or "", *values)

    headings = columns_of({**PERSON, **columns}, numbers=NUMBERS)
    count = write_list(file, title=title, columns=headings, rows=lines(), by=by, at=at, freeze="D2")
    access_record(
        by=by, act=AccessAct.EXPORT, what=f"{what}（完整号码）", people=len(people), reason=reason, address=address
    )
    return count
