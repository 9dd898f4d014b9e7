"""Reading for the worklist: what waits for whom, what is overdue, which acts are open to somebody."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from subsidies.models import (
    DECIDING,
    Application,
    ApplicationState,
    ApplicationStep,
    Objection,
    ObjectionState,
    StepKind,
)
from subsidies.services.applications.cases import ACCEPT, CIVIL_REVIEW, FEDERATION_REVIEW
from subsidies.services.applications.ending import TOLD
from subsidies.services.applications.reviewing import DESKS, refusal_to_review
from zalainuoer.common.models import User

NOBODY = Q(pk__in=())


def untold() -> Q:
    """Of Application: decided, and the applicant not told yet."""
    return Q(state__in=TOLD, notified_on__isnull=True)


def overdue(today: datetime.date) -> Q:
    """Of Application: the limit of its step has passed."""
    return Q(due_on__lt=today) & (Q(state__in=DESKS) | untold())


def waiting_for(user: User) -> Q:
    """Of Application (of the user's area): the next act is this person's.

    What comes from elsewhere is looked after by the federation, the rest by the streets.
    """
    decided = Exists(ApplicationStep.objects.filter(application=OuterRef("pk"), done_by=user, outcome__in=DECIDING))
    waits = NOBODY
    for state, desk in DESKS.items():
        if user.has_perm(desk.permission):
            own = Q(state=state) & ~Q(decided)
            waits |= own if state == ApplicationState.FIRST_REVIEW else own & ~Q(recorded_by=user)
    if user.has_perm(ACCEPT):
        here = Q(accepted_elsewhere="")
        own = ~here if user.has_perm(FEDERATION_REVIEW) else here
        waits |= own & (Q(state=ApplicationState.SUPPLEMENT) | untold())
    if user.has_perm(CIVIL_REVIEW):
        objected = Exists(Objection.objects.filter(application=OuterRef("pk"), state=ObjectionState.OPEN))
        reviewed = Exists(
            ApplicationStep.objects.filter(application=OuterRef("pk"), done_by=user, outcome__in=DECIDING).exclude(
                kind=StepKind.OBJECTION  # a second objection may be judged by whoever has judged the first
            )
        )
        waits |= Q(objected) & Q(state=ApplicationState.PUBLICITY) & ~Q(reviewed) & ~Q(recorded_by=user)
    return waits


def counted(rows: QuerySet[Application], user: User, *, today: datetime.date) -> dict[str, int]:
    """How many lie where, and how many of them are overdue, in one statement."""
    late = overdue(today)
    counts: dict[str, Any] = {"mine": Count("pk", filter=waiting_for(user)), "overdue": Count("pk", filter=late)}
    for state in (ApplicationState.SUPPLEMENT, *DESKS, ApplicationState.PUBLICITY):
        counts[state] = Count("pk", filter=Q(state=state))
        counts[f"{state}_overdue"] = Count("pk", filter=Q(state=state) & late)
    counts["untold"] = Count("pk", filter=untold())
    counts["untold_overdue"] = Count("pk", filter=untold() & late)
    return rows.order_by().aggregate(**counts)


def acts_open(application: Application, user: User) -> list[str]:
    """The acts that somebody may do on an application as it stands."""
    state, acts = application.state, []
    if state in DESKS and not refusal_to_review(application, user):
        acts.append("review")
    if state == ApplicationState.SUPPLEMENT and user.has_perm(ACCEPT):
        acts.append("complete")
    may_tell = user.has_perm(ACCEPT) or user.has_perm(CIVIL_REVIEW)
    if state == ApplicationState.PUBLICITY and may_tell:
        acts.append("objection")
    if state in TOLD and application.notified_on is None and may_tell:
        acts.append("notified")
    if not application.is_ended and user.has_perm(ACCEPT):
        acts.append("withdraw")
    return acts
