"""Vocational training: who counts as trained (残疾人就业条例; 规划 指标2)."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from employment.models import TrainingRecord
from registry.models import Certificate, Person
from registry.rules import PLAN, registered
from zalainuoer.common.rules import Clause, Parameters, Rule


def trained(*, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters) -> Rule:
    """People who finished a course that began in starts_on … until; each once, however many courses."""
    records = completed_records(on=on, starts_on=starts_on, until=until, parameters=parameters)
    return Rule(
        Person,
        Clause(
            Exists(records.filter(person=OuterRef("pk"))),
            f"没有{starts_on}至{until}开班、开班时在册且已结业的培训",
            f"{PLAN} 指标2",
        ),
    )


def completed_records(
    *, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters
) -> QuerySet[TrainingRecord]:
    """The finished courses themselves (人次): begun in the span, over by the day, begun while on the register."""
    holder = Certificate.objects.filter(registered(OuterRef("starts_on")), person=OuterRef("person"))
    return TrainingRecord.objects.filter(
        Exists(holder),
        is_completed=True,
        starts_on__gte=starts_on,
        starts_on__lte=until,
        ends_on__lte=on,
    )
