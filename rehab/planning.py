"""How far a line of the plan has come: read from services and fittings, never stored."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import Case, CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, When

from rehab.models import DeviceFitting, PlanDomain, PlanLine, RehabService


class PlanState(models.TextChoices):
    """进展 of a line on a day."""

    OPEN = "open", "待安排"
    PLANNED = "planned", "待服务"
    LATE = "late", "逾期未完成"
    DONE = "done", "已完成"


def with_progress(lines: QuerySet[PlanLine], *, on: datetime.date) -> QuerySet[PlanLine]:
    """The lines with `done_on`, the first day in the year and by `on` on which the need was met, and `state`.

    A service of the line's kind meets it; of a need in other words any service does; of a device any fitting, as in
    indicator 10.
    """
    return lines.annotate(done_on=_done_on(on)).annotate(state=_state(on))


def _done_on(on: datetime.date) -> Case:
    of_year = {"person": OuterRef("person"), "served_on__year": OuterRef("year"), "served_on__lte": on}
    services: QuerySet[Any] = RehabService.objects.filter(**of_year).order_by("served_on").values("served_on")
    fittings: QuerySet[Any] = DeviceFitting.objects.filter(
        person=OuterRef("person"), fitted_on__year=OuterRef("year"), fitted_on__lte=on
    )
    return Case(
        When(domain=PlanDomain.DEVICE, then=Subquery(fittings.order_by("fitted_on").values("fitted_on")[:1])),
        When(domain=PlanDomain.OTHER, then=Subquery(services[:1])),
        default=Subquery(services.filter(kind=OuterRef("domain"))[:1]),
        output_field=DateField(),
    )


def _state(on: datetime.date) -> Case:
    over = Q(year__lt=on.year) | Q(year=on.year, month__isnull=False, month__lt=on.month)
    return Case(
        When(done_on__isnull=False, then=Value(PlanState.DONE.value)),
        When(over, then=Value(PlanState.LATE.value)),
        When(Q(provider="") | Q(month__isnull=True), then=Value(PlanState.OPEN.value)),
        default=Value(PlanState.PLANNED.value),
        output_field=CharField(),
    )


def counted() -> dict[str, models.Count]:
    """For `aggregate` or `annotate` after `with_progress`: all lines, people, and the lines in each state."""
    found = {"lines": models.Count("pk"), "people": models.Count("person", distinct=True)}
    return found | {state.value: models.Count("pk", filter=Q(state=state.value)) for state in PlanState}


BY_PLACE = (F("person__community__parent__code"), F("person__community__code"), F("person"), F("domain"))
