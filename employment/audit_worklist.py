"""The employers of a year with where each one's audit stands: set-based, in one statement each."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from employment.models import AuditState, CreditRecord, Employer, LevyReminder
from employment.rules.audits import Window
from zalainuoer.common.models import User

SOON_DAYS = 15  # the window is about to end: nobody's rule, a reminder of work
LATE_PAPERS, UNREMINDED, UNHEARD, ENDING, UNDECLARED = (
    "late_papers",
    "unreminded",
    "unheard",
    "ending",
    "undeclared",
)
NOBODY = Q(pk__isnull=True)  # an empty list would take every count of the statement with it
TODO = {
    ENDING: "申报期将止，还未申报",
    UNDECLARED: "期满未申报（视为未安排）",
    LATE_PAPERS: "补正已超期",
    UNREMINDED: "欠缴，还未催缴",
    UNHEARD: "催缴到期仍未缴",
}


def employers_of(year: int, user: User) -> QuerySet[Any]:
    """The reader's employers that existed in a year, each with the state and the days of its audit.

    `state` is 未申报 where there is no audit; `reminded_until` the day of the last reminder that stands.
    """
    there = Q(established_on__isnull=True) | Q(established_on__lte=datetime.date(year, 12, 31))
    still = Q(closed_on__isnull=True) | Q(closed_on__gte=datetime.date(year, 1, 1))
    reminders = LevyReminder.objects.filter(audit=OuterRef("audit__pk"), withdrawn_on__isnull=True).order_by("-due_on")
    listed = CreditRecord.objects.filter(audit=OuterRef("audit__pk"), removed_on__isnull=True)
    return (
        Employer.objects.visible_to(user)
        .filter(there & still)
        .annotate(audit=FilteredRelation("audits", condition=Q(audits__year=year)))
        .annotate(
            state=Coalesce(F("audit__state"), Value(AuditState.NOT_DECLARED.value), output_field=CharField()),
            declared_on=F("audit__declared_on"),
            complete_by=F("audit__complete_by"),
            objection_due_on=F("audit__objection_due_on"),
            due_yuan=F("audit__due_yuan"),
            paid_yuan=F("audit__paid_yuan"),
            certificate_year=F("audit__certificate__year"),
            certificate_number=F("audit__certificate__number"),
            reminded_until=Subquery(reminders.values("due_on")[:1]),
            is_listed=Case(When(Exists(listed), then=Value(True)), default=Value(False), output_field=BooleanField()),
        )
        .order_by("name", "pk")
    )


def to_do(which: str, *, window: Window, today: datetime.date) -> Q:
    """Which of them want something done today."""
    declared = ~Q(state=AuditState.NOT_DECLARED)
    left = window.days_left(today)
    conditions = {
        ENDING: ~declared if left is not None and left <= SOON_DAYS else NOBODY,
        UNDECLARED: ~declared if window.is_over(today) else NOBODY,
        LATE_PAPERS: Q(state=AuditState.INCOMPLETE, complete_by__lt=today),
        UNREMINDED: Q(state=AuditState.OWING, reminded_until__isnull=True),
        UNHEARD: Q(state=AuditState.OWING, reminded_until__lt=today, is_listed=False),
    }
    return conditions[which]


def counts_of(rows: QuerySet[Any], *, window: Window, today: datetime.date) -> tuple[dict[str, int], dict[str, int]]:
    """How many employers there are in each state, and how many want each thing done; in one statement."""
    named = {f"n_{state}": Count("pk", filter=Q(state=state)) for state in AuditState.values}
    wanted = {f"todo_{which}": Count("pk", filter=to_do(which, window=window, today=today)) for which in TODO}
    found = rows.order_by().aggregate(**named, **wanted)
    states = {state: found[f"n_{state}"] for state in AuditState.values}
    return states, {which: found[f"todo_{which}"] for which in TODO}
