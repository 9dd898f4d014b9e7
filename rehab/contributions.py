"""What rehabilitation contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Max, Q

from registry.contributions import Filter, contribute
from rehab.models import RehabNeed
from rehab.person_page import SECTIONS, TIMELINES
from rehab.rules import fitted, in_need_of_device, in_need_of_rehab, served
from rehab.sheets import DeviceFittingSheet, FamilyDoctorSheet, RehabNeedSheet, RehabServiceSheet
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
    contribute(
        filters=filters(),
        sections=SECTIONS,
        timelines=TIMELINES,
        sheets_by_hand=(RehabNeedSheet, RehabServiceSheet, DeviceFittingSheet, FamilyDoctorSheet),
    )


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
