"""Vocational training: who counts as trained (残疾人就业条例; 规划 指标2)."""

from __future__ import annotations

import calendar
import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from employment.models import TrainingPeriod, TrainingRecord
from registry.models import Certificate, Person
from registry.rules import CERTIFICATE_RULES, PLAN, registered
from zalainuoer.common.rules import Clause, Parameters, Rule

INDICATOR = f"{PLAN} 指标2"
PLAN_YEARS = (2021, 2025)  # 规划 指标2: classes that start in the years of the plan


def trained(*, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters) -> Rule:
    """People who finished a course that began in starts_on … until; each once, however many courses."""
    records = completed_records(on=on, starts_on=starts_on, until=until, parameters=parameters)
    return Rule(
        Person,
        Clause(
            Exists(records.filter(person=OuterRef("pk"))),
            f"没有{starts_on}至{until}开班、开班时在册且已结业的培训",
            INDICATOR,
        ),
    )


def completed_records(
    *, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters
) -> QuerySet[TrainingRecord]:
    """The finished courses themselves (人次): begun in the span, over by the day, begun while on the register."""
    return counted(on=on).people(TrainingRecord.objects.filter(starts_on__gte=starts_on, starts_on__lte=until))


def counted(*, on: datetime.date) -> Rule:
    """Of TrainingRecord: what indicator 2 asks of a course, whenever it began; what fails says why it is 不计入."""
    holder = Certificate.objects.filter(registered(OuterRef("starts_on")), person=OuterRef("person"))
    return Rule(
        TrainingRecord,
        Clause(Exists(holder), "开班时不在册（没有残疾人证，或已注销、迁出）", INDICATOR, "register"),
        Clause(Q(is_completed=True), "没有结业", INDICATOR, "completed"),
        Clause(Q(ends_on__lte=on), f"到{on}没有结业日期，或结业日期还没有到", INDICATOR, "over"),
    )


def registered_at_start(starts_on: datetime.date) -> Rule:
    """Of Person: on the register when a class starts, which is when indicator 2 asks; others may take part."""
    holder = Certificate.objects.filter(registered(starts_on), person=OuterRef("pk"))
    return Rule(
        Person, Clause(Exists(holder), f"开班时（{starts_on}）不在册", f"{INDICATOR}；{CERTIFICATE_RULES}", "register")
    )


def period_of(starts_on: datetime.date, ends_on: datetime.date) -> TrainingPeriod:
    """短期 at most a month, 中期 at most half a year, 长期 longer; both days are part of the course."""
    after = ends_on + datetime.timedelta(days=1)
    if after <= _months_later(starts_on, 1):
        return TrainingPeriod.SHORT
    return TrainingPeriod.MIDDLE if after <= _months_later(starts_on, 6) else TrainingPeriod.LONG


def _months_later(day: datetime.date, months: int) -> datetime.date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
