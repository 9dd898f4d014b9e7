"""职业技能培训 on the person page: classes with certificates, 盲人按摩 (employment.person_massage), what may be done."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from employment.person_massage import massage
from employment.services.training_writing import RECORD
from registry.contributions import Happening, Section
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User


def training(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The classes the person took part in, whether the reader may enrol them in one, and what massage says of them."""
    records = rows_of(person, "trainingrecords", newest="starts_on")
    may_enrol = by.has_perm(RECORD) and person.died_on is None
    practice = massage(person, today, by)
    if not records and not may_enrol and practice is None:
        return None
    return {
        "massage": practice,
        "records": records,
        "person": person,
        "may_enrol": may_enrol,
        "may_open": by.has_perm("employment.view_employment"),
    }


def timeline(person: Person) -> Iterator[Happening]:
    """A line for each class, on its first day, and for each certificate."""
    for record in rows_of(person, "trainingrecords", newest="starts_on"):
        outcome = "已结业" if record.is_completed else "未结业"
        yield Happening(record.starts_on, "职业技能培训", f"{record.class_name}，{outcome}")
        if record.certified_on is not None:
            yield Happening(
                record.certified_on, "取得培训证书", f"{record.get_certificate_kind_display()}，{record.class_name}"
            )


SECTIONS = (Section(90, "training", "职业技能培训", "employment/person_training.html", training),)
