"""What employment contributes to the registry's pages (registry/contributions.py) and to an employer's page."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from employment import (
    employer_parts_audit,
    employer_parts_levy,
    person_jobs,
    person_massage,
    person_page,
    person_training,
)
from employment.employer_page import Part, add_parts
from employment.models import EmploymentForm, EmploymentRecord
from employment.sheets import DisabledStaffSheet, MilitaryCertificateSheet, OtherEmploymentSheet
from registry.contributions import Filter, contribute
from zalainuoer.common.rules import Parameters


def contribute_all() -> None:
    """Called once, when the app is ready."""
    add_parts(
        Part(10, "levy", employer_parts_levy.TITLE, employer_parts_levy.TEMPLATE, employer_parts_levy.levy_part),
        Part(20, "audits", employer_parts_audit.TITLE, employer_parts_audit.TEMPLATE, employer_parts_audit.audits_part),
    )
    contribute(
        sections=(
            person_page.SECTION,
            *person_training.SECTIONS,
            person_jobs.SECTION,
        ),
        timelines=(
            person_page.timeline,
            person_training.timeline,
            person_jobs.timeline,
            person_massage.timeline,
        ),
        filters=(EMPLOYED,),
        sheets_by_hand=(DisabledStaffSheet, OtherEmploymentSheet, MilitaryCertificateSheet),
    )


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
