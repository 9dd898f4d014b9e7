"""新增就业: who has newly found work (规划（二）2: 五年内累计完成就业年龄段残疾人新增就业人数100人)."""

from __future__ import annotations

import datetime

from django.db.models import Exists, F, OuterRef, Q

from employment.models import EmploymentRecord
from employment.rules.working_age import working_age
from registry.models import Certificate, Person
from registry.rules import PLAN, registered
from zalainuoer.common.rules import Clause, Parameters, Rule

SOURCE = f"{PLAN}（二）2"
FIRST_YEAR, LAST_YEAR = 2021, 2025
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
ONE_DAY = datetime.timedelta(days=1)


def new_jobs(*, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters) -> Rule:
    """The employments that make somebody newly employed: begun in the span and by the day, by a holder of working age
    who was not at work the day before. Who left one job on a day and began the next one the day after is not new."""
    last = min(until, on)
    before = EmploymentRecord.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=OuterRef("started_on") - ONE_DAY),
        person=OuterRef("person"),
        started_on__lt=OuterRef("started_on"),
    )
    holder = Certificate.objects.filter(registered(OuterRef("started_on")), person=OuterRef("person"))
    return Rule(
        EmploymentRecord,
        Clause(Q(started_on__gte=starts_on, started_on__lte=last), f"就业日期不在{starts_on}至{last}", SOURCE, "span"),
        Clause(~Exists(before), "就业日期的前一天仍在业，不是新增就业", SOURCE, "idle"),
        Clause(Exists(holder), "就业日期当天没有在册的残疾人证", SOURCE, "holder"),
        working_age(on=F("started_on"), born="person__born_on", sex="person__sex", parameters=parameters),
    )


def newly_employed(
    *, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters
) -> Rule:
    """The people themselves: each once, however many times they began."""
    jobs = new_jobs(on=on, starts_on=starts_on, until=until, parameters=parameters)
    found = jobs.people(EmploymentRecord.objects.filter(person=OuterRef("pk")))
    return Rule(Person, Clause(Exists(found), f"{starts_on}至{min(until, on)}没有新增就业", SOURCE))


def span_of(year: int) -> tuple[datetime.date, datetime.date]:
    """The first and last day of a year."""
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
