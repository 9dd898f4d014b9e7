"""What accessibility contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from accessibility.models import HomeRetrofit
from registry.contributions import Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(sections=SECTIONS, timelines=(timeline,))


def retrofits(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The projects approved for the person, at whichever home."""
    found = _retrofits(person)
    return {"retrofits": found} if found else None


def _retrofits(person: Person) -> list[HomeRetrofit]:
    return rows_of(person, "homeretrofits", newest="approved_on")


def timeline(person: Person) -> Iterator[Happening]:
    """Approval and acceptance."""
    for each in _retrofits(person):
        yield Happening(each.approved_on, "家庭无障碍改造批准", each.works)
        if each.accepted_on:
            yield Happening(each.accepted_on, "家庭无障碍改造验收", each.get_verdict_display() or "")


SECTIONS = (Section(100, "retrofit", "家庭无障碍改造", "accessibility/person.html", retrofits),)
