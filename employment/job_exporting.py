"""Lists of job services as workbooks: whole names and numbers, so each says who took it out and is noted with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO, Any

from registry.models import Person
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list

PERSON = {"姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "联系电话": 16}

Rows = Iterable[tuple[Person | None, tuple[Any, ...]]]


def export_list(
    file: IO[bytes],
    *,
    title: str,
    columns: Mapping[str, int],
    rows: Rows,
    about_people: bool,
    numbers: Collection[str],
    by: User,
    at: datetime.datetime,
    reason: str,
    what: str,
    address: str | None,
) -> int:
    """Writes rows into the file as .xlsx; returns how many.

    Where they are `about_people`, each row begins with its person (community and its parent loaded; None leaves the
    cells empty). `columns` are the headings behind, with their widths, `numbers` those that hold numbers.
    """
    people = set()

    def lines() -> Iterator[tuple[Any, ...]]:
        for number, (person, values) in enumerate(rows, 1):
            own: tuple[Any, ...] = ()
            if about_people and person is not None:
                people.add(person.pk)
                place = (str(person.community.parent), person.community.name)
                own = (person.name, person.id_number, *place, person.phone or "")
            elif about_people:
                own = ("",) * len(PERSON)
            yield (number, *own, *values)

    headings = {"序号": 8, **(PERSON if about_people else {}), **columns}
    shape = columns_of(headings, numbers={"序号", *numbers})
    count = write_list(file, title=title, columns=shape, rows=lines(), by=by, at=at, freeze="C2")
    said = f"{what}（完整号码）" if about_people else what
    access_record(by=by, act=AccessAct.EXPORT, what=said, people=len(people), reason=reason, address=address)
    return count
