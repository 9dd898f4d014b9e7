"""就业 on the person page: where somebody works or has worked, and a 残疾军人证; what the timeline says of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from employment.claims import double_claims
from employment.models import EmploymentRecord
from registry.contributions import Happening, Section
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User


def _records(person: Person) -> list[Any]:
    queryset = EmploymentRecord.objects.select_related("employer", "agreement__host")
    return rows_of(person, "employmentrecords", newest="started_on", queryset=queryset)


def work(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Employments and military certificates; the section also shows who may record them where there is nothing yet."""
    records = _records(person)
    claims = double_claims(record.pk for record in records) if records else {}
    for record in records:
        record.claims = claims.get(record.pk, [])
        record.latest_year = min(today, record.ended_on or today).year
    military = rows_of(person, "militarycertificates", newest="valid_from")
    shown = records or military or by.has_perm("employment.record_employment")
    return {"records": records, "military": military} if shown else None


def timeline(person: Person) -> Iterator[Happening]:
    """A line for each employment's first day, and for its last."""
    for record in _records(person):
        where = record.employer or record.workplace or ""
        yield Happening(record.started_on, "就业", f"{record.get_form_display()}，{where}")
        if record.ended_on:
            yield Happening(
                record.ended_on, "就业终止", f"{where}{f'，{record.end_reason}' if record.end_reason else ''}"
            )


SECTION = Section(85, "work", "就业", "employment/person.html", work)
