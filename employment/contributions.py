"""What employment contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q

from employment import employer_parts_audit, employer_parts_levy, person_jobs
from employment.employer_page import Part, add_parts
from employment.models import EmploymentForm, EmploymentRecord
from employment.person_page import SECTION
from employment.person_page import timeline as work_timeline
from employment.sheets import DisabledStaffSheet, MilitaryCertificateSheet, OtherEmploymentSheet
from registry.contributions import Filter, Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters


def contribute_all() -> None:
    """Called once, when the app is ready."""
    add_parts(Part(10, "levy", employer_parts_levy.TITLE, employer_parts_levy.TEMPLATE, employer_parts_levy.levy_part))
    add_parts(
        Part(20, "audits", employer_parts_audit.TITLE, employer_parts_audit.TEMPLATE, employer_parts_audit.audits_part)
    )
    contribute(
        sections=(SECTION, *SECTIONS),
        timelines=(work_timeline, timeline, person_jobs.timeline),
        filters=(EMPLOYED,),
        sheets_by_hand=(DisabledStaffSheet, OtherEmploymentSheet, MilitaryCertificateSheet),
    )


def training(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The classes the person took part in."""
    records = rows_of(person, "trainingrecords", newest="starts_on")
    return {"records": records} if records else None


def timeline(person: Person) -> Iterator[Happening]:
    """A line for each class, on its first day."""
    for record in rows_of(person, "trainingrecords", newest="starts_on"):
        outcome = "已结业" if record.is_completed else "未结业"
        yield Happening(record.starts_on, "职业技能培训", f"{record.class_name}，{outcome}")


ANY, NONE = "any", "none"


def employed(value: str, on: datetime.date, parameters: Parameters) -> Any:
    """Of Person: at work on the day, in a form; or in none."""
    going_on = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    at_work = EmploymentRecord.objects.filter(going_on, person=OuterRef("pk"), started_on__lte=on)
    if value == NONE:
        return ~Exists(at_work)
    return Exists(at_work if value == ANY else at_work.filter(form=value))


EMPLOYED = Filter(
    80,
    "work",
    "就业情况",
    (
        (ANY, "有就业登记"),
        (NONE, "没有就业登记"),
        *((str(value), str(label)) for value, label in EmploymentForm.choices),
    ),
    employed,
)
SECTIONS = (
    Section(90, "training", "职业技能培训", "employment/person_training.html", training),
    person_jobs.SECTION,
)
