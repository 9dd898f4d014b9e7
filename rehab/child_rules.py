"""Which institution may train whom on a day, and which children were screened, are in need, and got rehabilitation.

Sources: 国发〔2018〕20号; 规划 (三) 提高残疾人康复水平 1, 4.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from registry.models import Person
from registry.rules import PLAN
from rehab.models import (
    CheckResult,
    ChildCase,
    ChildPlacement,
    ChildStage,
    ChildStep,
    ChildStepKind,
    ChildStepResult,
    Designation,
    Institution,
    InstitutionCheck,
    RehabService,
    ServiceKind,
    TrainingMonth,
)
from zalainuoer.common.rules import Clause, Rule

SYSTEM = "国发〔2018〕20号"


# institutions


def designated(on: datetime.date, category: str) -> Rule:
    """Institutions that may train a category on a day: designated, and not suspended by a failed check."""
    valid = in_force(on, Designation.objects.filter(institution=OuterRef("pk"), category=category))
    latest = InstitutionCheck.objects.filter(institution=OuterRef("pk"), checked_on__lte=on).order_by("-checked_on")
    failed = Institution.objects.annotate(latest=Subquery(latest.values("result")[:1])).filter(
        latest=CheckResult.FAILED
    )
    return Rule(
        Institution,
        Clause(Exists(valid), f"{on} 没有这一类别的定点资格", SYSTEM),
        Clause(~Q(pk__in=failed.values("pk")), f"年度检查不合格，{on} 处于暂停期", SYSTEM),
    )


def with_room(on: datetime.date, *, but: ChildCase | None = None) -> Q:
    """Of Institution: fewer children placed there on a day than it has places; `but` is not counted."""
    placed = in_force(on, ChildPlacement.objects.all())
    if but is not None:
        placed = placed.exclude(case=but)
    counted = placed.order_by().values("institution").annotate(n=Count("case", distinct=True))
    full = counted.filter(n__gte=F("institution__capacity")).values("institution")
    return ~Q(pk__in=full)


def in_force(on: datetime.date, rows: Any) -> Any:
    """Rows with `starts_on` and an inclusive `ends_on` that hold on a day."""
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Standing:
    """When one institution might train whom, read in two statements and asked for any number of days."""

    def __init__(self, institution: Institution):
        self.designations = list(institution.designations.all())
        self.checks = sorted(institution.checks.all(), key=lambda check: check.checked_on)

    def refusal(self, category: str, days: Iterable[datetime.date]) -> str:
        """Why it might not on one of the days; empty where it might on all."""
        for on in sorted(set(days)):
            if not any(
                d.category == category and d.starts_on <= on and (d.ends_on is None or d.ends_on >= on)
                for d in self.designations
            ):
                return f"机构在 {on} 没有这一类别的定点资格"
            latest = [check for check in self.checks if check.checked_on <= on][-1:]
            if latest and latest[0].result == CheckResult.FAILED:
                return f"机构 {latest[0].checked_on} 年度检查不合格，{on} 处于暂停期"
        return ""


# children


def _steps(year: int, on: datetime.date, **which: object) -> Exists:
    first = datetime.date(year, 1, 1)
    return Exists(
        ChildStep.objects.filter(
            case__person=OuterRef("pk"), happened_on__gte=first, happened_on__lte=_last(year, on), **which
        )
    )


def screened(*, year: int, on: datetime.date) -> Rule:
    """Children screened in a year, by a day (规划: 0—7岁残疾儿童筛查)."""
    steps = _steps(year, on, kind=ChildStepKind.SCREENING)
    return Rule(Person, Clause(steps, f"{year}年没有筛查", PLAN))


def positive(*, year: int, on: datetime.date) -> Rule:
    """Of those screened in a year: the first screening was positive."""
    steps = _steps(year, on, kind=ChildStepKind.SCREENING, result=ChildStepResult.POSITIVE)
    return Rule(Person, Clause(steps, f"{year}年没有阳性的筛查", PLAN))


def diagnosed(*, year: int, on: datetime.date) -> Rule:
    """Children whose disability was confirmed in a year, by a day."""
    steps = _steps(year, on, kind=ChildStepKind.DIAGNOSIS, result=ChildStepResult.CONFIRMED)
    return Rule(Person, Clause(steps, f"{year}年没有确诊", PLAN))


def in_need(*, year: int, on: datetime.date) -> Rule:
    """有康复需求的残疾儿童 of a year: confirmed by the day, and the case not ended before the year began."""
    cases = ChildCase.objects.filter(person=OuterRef("pk"), diagnosed_on__lte=_last(year, on)).exclude(
        stage=ChildStage.ENDED, ended_on__lt=datetime.date(year, 1, 1)
    )
    return Rule(Person, Clause(Exists(cases), f"{year}年没有确诊待康复的个案", PLAN))


def placed(*, year: int, on: datetime.date) -> Rule:
    """Children who train at an institution on the day."""
    placements = in_force(_last(year, on), ChildPlacement.objects.filter(case__person=OuterRef("pk")))
    return Rule(Person, Clause(Exists(placements), "还没有在定点机构训练", SYSTEM))


def rehabilitated(*, year: int, on: datetime.date) -> tuple[Clause, ...]:
    """得到康复 of those in need: a month of training with attendance, or a training that is a service (指标9)."""
    first, last = datetime.date(year, 1, 1), _last(year, on)
    months = TrainingMonth.objects.filter(
        person=OuterRef("pk"), attended_days__gte=1, last_on__gte=first, last_on__lte=last
    )
    services = RehabService.objects.filter(
        person=OuterRef("pk"), kind=ServiceKind.TRAINING, served_on__gte=first, served_on__lte=last
    )
    return (Clause(Exists(months) | Exists(services), f"{year}年没有康复训练记录（截至{last}）", PLAN),)


def _last(year: int, on: datetime.date) -> datetime.date:
    return min(on, datetime.date(year, 12, 31))
