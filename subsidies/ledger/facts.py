"""The facts a line was made on, kept with it: codes and dates, no name and no number."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from registry.models import Certificate, Person, SocialAssistance
from subsidies.models import PaymentLine

FROZEN = ("category", "level", "components", "hukou_type", "status", "expires_on")


def freeze(lines_on: Mapping[datetime.date, Sequence[PaymentLine]]) -> None:
    """Writes into the lines what the person's file said on the day that decided them, in three statements."""
    if not lines_on:
        return
    people = {line.person_id for lines in lines_on.values() for line in lines}
    first, last = min(lines_on), max(lines_on)
    statements, assistance = _statements(people, first, last), _assistance(people, first, last)
    homes = dict(Person.objects.filter(pk__in=people).values_list("pk", "community"))
    for on, lines in lines_on.items():
        for line in lines:
            statement = next(
                (row for row in statements[line.person_id] if row["held_from"] <= on < row["held_until"]), None
            )
            kinds = [
                kind
                for kind, starts_on, ends_on in assistance[line.person_id]
                if starts_on <= on and (ends_on is None or ends_on > on)
            ]
            line.community_id = statement["community"] if statement else homes[line.person_id]
            line.facts = _facts(on, statement, kinds)


def _statements(people: set[int], first: datetime.date, last: datetime.date) -> dict[int, list[dict[str, Any]]]:
    """The certificate statements that held on some day between two."""
    rows = Certificate.objects.filter(person__in=people, held_from__lte=last, held_until__gt=first).order_by()
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("person", "community", "held_from", "held_until", *FROZEN):
        found[row["person"]].append(row)
    return found


def _assistance(people: set[int], first: datetime.date, last: datetime.date) -> dict[int, list[tuple[Any, ...]]]:
    """(kind, first day, day it had ended) of the assistance that ran on some day between two, in the order of the kinds."""
    running = Q(starts_on__lte=last) & (Q(ends_on__isnull=True) | Q(ends_on__gt=first))
    rows = SocialAssistance.objects.filter(running, person__in=people).order_by("kind")
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *kind in rows.values_list("person", "kind", "starts_on", "ends_on"):
        found[person].append(tuple(kind))
    return found


def _facts(on: datetime.date, statement: dict[str, Any] | None, kinds: list[str]) -> dict[str, Any]:
    if statement is None:
        return {"on": on.isoformat(), "assistance": kinds}
    return {
        "on": on.isoformat(),
        "category": statement["category"],
        "level": statement["level"],
        "components": statement["components"] or "",
        "hukou_type": statement["hukou_type"] or "",
        "status": statement["status"],
        "expires_on": statement["expires_on"].isoformat(),
        "assistance": kinds,
    }
