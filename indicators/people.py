"""From a figure down to the people: who stands in its sets, who is missing, and why."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from indicators.catalogue import indicator_of
from indicators.figures import Coverage
from indicators.models import Figure
from indicators.periods import Basis
from registry.models import FOREVER, Household, Person
from zalainuoer.common.models import User
from zalainuoer.common.rules import Clause, Rule


def people_of(figure: Figure, which: str, *, user: User) -> QuerySet[Any]:
    """The people (for number 11 the households) in one of a stored figure's sets, in the user's area.

    `which` is numerator, denominator, missing, or the key of the set shown beside (wrongly_paid,
    served_without_need).
    """
    model = getattr(indicator_of(figure.snapshot.plan, figure.number), "model", Person)
    return visible(model, user).filter(_in_set(figure, which))


def visible(model: type[models.Model], user: User | None) -> QuerySet[Any]:
    """The people or households of a user's area, as they live today; without a user, all."""
    if model is Person:
        return Person.objects.all() if user is None else Person.objects.visible_to(user)
    if user is None or user.scope_ids is None:
        return Household.objects.all()
    head = Person.objects.filter(id_index=OuterRef("head_id_index"))
    living_there = {"certificates__held_until": FOREVER, "certificates__household": OuterRef("pk")}
    member = Person.objects.filter(**living_there).order_by("pk")
    places = (Subquery(rows.values("community_id")[:1]) for rows in (head, member))
    return Household.objects.alias(community_today=Coalesce(*places)).filter(community_today__in=user.scope_ids)


def _in_set(figure: Figure, which: str) -> Q:
    if which == "missing":
        return _in_set(figure, "denominator") & ~_in_set(figure, "numerator")
    if which not in ("numerator", "denominator"):
        return Q(pk__in=figure.details[which])
    # Out of the stored array inside the database: a hundred thousand ids need not travel here and back.
    ids = Func(F(f"{which}_ids"), function="unnest", output_field=models.BigIntegerField())
    return Q(pk__in=Figure.objects.filter(pk=figure.pk).values_list(ids, flat=True))


def reasons(figure: Figure, people: QuerySet[Person], which: str = "missing") -> dict[int, list[Clause]]:
    """Why each of the people stands in the set: the clauses that do not hold for them, by primary key.

    For `missing` it is the first of the numerator's clauses, each of which is narrower than the one before; for a
    set shown beside, all of the denominator's. The rules are asked about today's records for the figure's day, in
    one statement; somebody whose records have been corrected since may have none left.
    """
    indicator = indicator_of(figure.snapshot.plan, figure.number)
    if not isinstance(indicator, Coverage) or which in ("numerator", "denominator"):
        return {}
    basis = Basis.read(plan=figure.snapshot.plan, day=figure.snapshot.as_of)
    period = indicator.period_of(figure, basis)
    clauses = indicator.reached(basis, period) if which == "missing" else indicator.due(basis, period).clauses
    most = 1 if which == "missing" else None
    return {
        person.pk: [verdict.clause for verdict in verdicts if not verdict.holds][:most]
        for person, verdicts in Rule(Person, *clauses).explained(people)
    }
