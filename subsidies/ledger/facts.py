"""The facts a line was made on, kept with it: codes and dates, no name and no number."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from registry.models import Certificate, Person, SocialAssistance
from registry.rules import held
from subsidies.models import PaymentLine

FROZEN = ("category", "level", "components", "hukou_type", "status", "expires_on")


def freeze(lines_on: Mapping[datetime.date, Sequence[PaymentLine]]) -> None:
    """Writes into the lines what the person's file said on the day that decided them, in three statements a day."""
    for on, lines in lines_on.items():
        people = {line.person_id for line in lines}
        held_then = Certificate.objects.filter(held(on), person__in=people).only("person", "community", *FROZEN)
        statements = {c.person_id: c for c in held_then}
        running = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        kinds: dict[int, list[str]] = defaultdict(list)
        assisted = SocialAssistance.objects.filter(running, person__in=people).order_by("person", "kind")
        for person, kind in assisted.values_list("person", "kind"):
            kinds[person].append(kind)
        homes = dict(Person.objects.filter(pk__in=people).values_list("pk", "community"))
        for line in lines:
            statement = statements.get(line.person_id)
            line.community_id = statement.community_id if statement else homes[line.person_id]
            line.facts = _facts(on, statement, kinds[line.person_id])


def _facts(on: datetime.date, statement: Certificate | None, kinds: list[str]) -> dict[str, Any]:
    if statement is None:
        return {"on": on.isoformat(), "assistance": kinds}
    return {
        "on": on.isoformat(),
        "category": statement.category,
        "level": statement.level,
        "components": statement.components or "",
        "hukou_type": statement.hukou_type or "",
        "status": statement.status,
        "expires_on": statement.expires_on.isoformat(),
        "assistance": kinds,
    }
