"""Reading for the devices' worklists: what waits for whom, what is overdue, which needs have no case yet."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from registry.models import Person
from rehab.models import CaseState, DeviceCase, DeviceLoan, RehabNeed
from rehab.models.device_cases import ENDED, STAGES
from rehab.rules import NO_NEED, fitted, in_need_of_device
from rehab.services.device_writing import MANAGE, RECORD
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, truth

NOBODY = Q(pk__in=())
TONES = {
    CaseState.NEED: "wait",
    CaseState.ASSESSED: "warn",
    CaseState.APPROVED: "wait",
    CaseState.FITTED: "even",
    CaseState.DONE: "good",
    CaseState.REFUSED: "bad",
    CaseState.WITHDRAWN: "idle",
}


def overdue(today: datetime.date) -> Q:
    """Of DeviceCase: the day by which the present stage should be done has passed."""
    return Q(due_on__lt=today) & ~Q(state__in=ENDED)


def follow_up_due(today: datetime.date) -> Q:
    """Of DeviceCase: fitted long enough ago to be looked after."""
    return Q(state=CaseState.FITTED, due_on__lte=today)


def waiting_for(user: User, today: datetime.date) -> Q:
    """Of DeviceCase (of the user's area): the next act is this person's, and it is time for it."""
    waits = NOBODY
    if user.has_perm(RECORD):
        waits |= Q(state__in=(CaseState.NEED, CaseState.APPROVED)) | follow_up_due(today)
    if user.has_perm(MANAGE):
        waits |= Q(state=CaseState.ASSESSED) & ~Q(assessed_by=user)
    return waits


def in_order(rows: QuerySet[DeviceCase], user: User, *, today: datetime.date) -> QuerySet[DeviceCase]:
    """Overdue first, then what waits for the reader, then by the day it is due."""
    late = Case(When(overdue(today), then=Value(0)), default=Value(1), output_field=IntegerField())
    mine = Case(When(waiting_for(user, today), then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.annotate(_late=late, _mine=mine)
    return rows.order_by("_late", "_mine", F("due_on").asc(nulls_last=True), "-pk")


def counted(rows: QuerySet[DeviceCase], user: User, *, today: datetime.date) -> dict[str, int]:
    """How many lie where, and how many of them are overdue, in one statement."""
    late = overdue(today)
    counts: dict[str, Any] = {
        "mine": Count("pk", filter=waiting_for(user, today)),
        "overdue": Count("pk", filter=late),
        "due": Count("pk", filter=follow_up_due(today)),
    }
    for state in STAGES:
        counts[state] = Count("pk", filter=Q(state=state))
        counts[f"{state}_overdue"] = Count("pk", filter=Q(state=state) & late)
    return rows.order_by().aggregate(**counts)


def waits_for(case: DeviceCase) -> str:
    """Whose act is the next one, in words."""
    return {
        CaseState.NEED: "街道或区残联登记评估",
        CaseState.ASSESSED: "区残联审批（不是评估登记的人）",
        CaseState.APPROVED: "街道或区残联登记适配",
        CaseState.FITTED: "街道或区残联回访",
    }.get(CaseState(case.state), "")


def needs_without_case(user: User, *, today: datetime.date) -> QuerySet[Person]:
    """People of the user's area whom indicator 10 misses and for whom no case was opened since their need.

    Each with `wanted` and `need_year` of the latest survey that found the need.
    """
    parameters = Parameters(on=today)
    rule = in_need_of_device(on=today, year=today.year, parameters=parameters)
    met = [clause.condition for clause in fitted(on=today, year=today.year, parameters=parameters)]
    needs = RehabNeed.objects.filter(person=OuterRef("pk"), year__lte=today.year, device__isnull=False)
    latest = needs.exclude(device__in=NO_NEED).order_by("-year")
    cases = DeviceCase.objects.filter(person=OuterRef("pk")).exclude(state=CaseState.WITHDRAWN)
    answered = cases.filter(~Q(state__in=ENDED) | Q(need_year__gte=OuterRef("need_year")))
    people: QuerySet[Person] = rule.people(Person.objects.visible_to(user))
    people = people.filter(truth(*met, negated=True)).annotate(
        need_year=Subquery(latest.values("year")[:1]), wanted=Subquery(latest.values("device")[:1])
    )
    return people.filter(~Exists(answered))


def open_loans(user: User) -> QuerySet[DeviceLoan]:
    """What is lent to people of the user's area and not back yet, the longest due first."""
    loans: QuerySet[DeviceLoan] = DeviceLoan.objects.visible_to(user).filter(returned_on__isnull=True)
    return loans.order_by("due_on", "pk")
