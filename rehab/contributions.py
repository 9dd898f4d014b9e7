"""What rehabilitation contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Max, Prefetch, Q

from registry.contributions import Filter, Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from registry.services.drafts import OF_AGE
from rehab.models import OVER, ChildCase, ChildStep, ChildStepKind, ChildStepResult, RehabNeed
from rehab.pipeline import RECORD, turn_of
from rehab.rules import fitted, in_need_of_device, in_need_of_rehab, served
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import Parameter, User
from zalainuoer.common.rules import Parameters, truth

NEEDS = {
    "rehab": (in_need_of_rehab, None),
    "unserved": (in_need_of_rehab, served),
    "device": (in_need_of_device, None),
    "unfitted": (in_need_of_device, fitted),
}
NEED_CHOICES = (
    ("rehab", "有康复需求"),
    ("unserved", "有康复需求，本年度尚无服务"),
    ("device", "有辅具需求"),
    ("unfitted", "有辅具需求，本年度尚未适配"),
)


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(filters=filters(), sections=SECTIONS, timelines=(timeline,))


def in_need(value: str, on: datetime.date, parameters: Parameters) -> Any:
    """Of Person, in the latest year surveyed; as indicators 9 and 10 look at it."""
    year = latest_year(on=on)
    if year is None:
        return Q(pk__in=())
    due, met = NEEDS[value]
    condition = Q(*(clause.condition for clause in due(on=on, year=year, parameters=parameters).clauses))
    if met is None:
        return condition
    done = (clause.condition for clause in met(on=on, year=year, parameters=parameters))
    return condition & Q(truth(*done, negated=True))


def latest_year(*, on: datetime.date) -> int | None:
    """The latest year with a survey of needs, at most the day's."""
    return RehabNeed.objects.filter(year__lte=on.year).aggregate(latest=Max("year"))["latest"]


def filters() -> tuple[Filter, ...]:
    """康复需求 and 辅具需求, and whether they are met."""
    return (Filter(20, "need", "康复和辅具需求", NEED_CHOICES, in_need),)


# the person page


def rehabilitation(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Needs as surveyed, services given, devices fitted."""
    found = {
        "needs": rows_of(person, "rehabneeds", newest="year"),
        "services": rows_of(person, "rehabservices", newest="served_on"),
        "fittings": rows_of(person, "devicefittings", newest="fitted_on"),
        "children": children_of(person, today, by),
    }
    return found if any(found.values()) else None


def cases_of(person: Person) -> list[ChildCase]:
    """A child's cases with their steps, newest first; read once."""
    steps = Prefetch("steps", ChildStep.objects.order_by("pk"))
    queryset = ChildCase.objects.select_related("owner").prefetch_related(steps)
    return rows_of(person, "childcases", newest="screened_on", queryset=queryset)


def children_of(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """A child's way to rehabilitation, and whether a screening may be recorded; None for whoever is no child."""
    cases = cases_of(person) if by.has_perm("rehab.view_rehab") else []
    may_screen = (
        by.has_perm(RECORD)
        and person.died_on is None
        and all(case.stage in OVER for case in cases)
        and _is_of_screening_age(person, today)
    )
    if not cases and not may_screen:
        return None
    return {"cases": [{"case": case, "turn": turn_of(case)} for case in cases], "may_screen": may_screen}


def _is_of_screening_age(person: Person, today: datetime.date) -> bool:
    """0—7岁, as the parameter says; of whoever is of age it is not read."""
    if (age := age_on(person.born_on, today)) >= OF_AGE:
        return False
    limit = Parameter.objects.values_on(on=today).get("rehab.child_screen_max_age")
    return limit is not None and age <= limit


def timeline(person: Person) -> Iterator[Happening]:
    """Surveys, services and fittings."""
    for need in rows_of(person, "rehabneeds", newest="year"):
        wanted = "；".join(
            f"{label}：{value}" for label, value in (("康复", need.rehab), ("辅具", need.device)) if value
        )
        yield Happening(datetime.date(need.year, 1, 1), "康复需求调查", wanted or "没有需求", when=f"{need.year}年")
    for service in rows_of(person, "rehabservices", newest="served_on"):
        yield Happening(service.served_on, "康复服务", f"{service.get_kind_display()}，{service.provider}")
    for fitting in rows_of(person, "devicefittings", newest="fitted_on"):
        yield Happening(fitting.fitted_on, "辅具适配", f"{fitting.device}，{fitting.quantity}件")
    for case in cases_of(person):
        for step in case.steps.all():
            if step.kind != ChildStepKind.HAND_OVER:
                result = "" if step.result == ChildStepResult.DONE else step.get_result_display()
                yield Happening(
                    step.happened_on,
                    f"儿童康复：{step.get_kind_display()}",
                    "，".join(filter(None, (result, step.place))),
                )


SECTIONS = (Section(80, "rehab", "康复与辅具", "rehab/person.html", rehabilitation),)
