"""What employment contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from employment import person_jobs
from registry.contributions import Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(sections=SECTIONS, timelines=(timeline, person_jobs.timeline))


def training(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The classes the person took part in."""
    records = rows_of(person, "trainingrecords", newest="starts_on")
    return {"records": records} if records else None


def timeline(person: Person) -> Iterator[Happening]:
    """A line for each class, on its first day."""
    for record in rows_of(person, "trainingrecords", newest="starts_on"):
        outcome = "已结业" if record.is_completed else "未结业"
        yield Happening(record.starts_on, "职业技能培训", f"{record.class_name}，{outcome}")


SECTIONS = (Section(90, "training", "职业技能培训", "employment/person.html", training), person_jobs.SECTION)
