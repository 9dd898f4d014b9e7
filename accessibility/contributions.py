"""What accessibility contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accessibility.merging import collisions
from accessibility.models import HomeRetrofit, HomeStage, HomeStep, HomeStepKind, RetrofitHome
from registry.contributions import Happening, HouseholdSection, Section, contribute
from registry.models import Household, Person
from registry.persons import rows_of, statement_on
from zalainuoer.common.models import User

VIEW = "accessibility.view_accessibility"
ENDINGS = {HomeStage.FILED: "家庭无障碍改造归档", HomeStage.ENDED: "家庭无障碍改造终止"}


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(
        sections=SECTIONS,
        household_sections=HOUSEHOLD_SECTIONS,
        timelines=(timeline,),
        merge_checks=(collisions,),
    )


def retrofits(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The projects approved for the person, at whichever home; and what is being done for the person or in the household."""
    found, statement = _retrofits(person), statement_on(person, today)
    of_both = Q(person=person) | Q(household=statement.household_id) if statement else Q(person=person)
    homes = _homes(of_both, today, by, but=person)
    return {"retrofits": found, "homes": homes} if found or homes else None


def household(home: Household, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The same of a household, for whom of its members each was done."""
    rows = HomeRetrofit.objects.visible_to(by).filter(household=home).select_related("person").order_by("-approved_on")
    found, homes = list(rows), _homes(Q(household=home), today, by)
    return {"retrofits": found, "homes": homes, "names": True} if found or homes else None


def _homes(which: Q, today: datetime.date, by: User, *, but: Person | None = None) -> list[dict[str, Any]]:
    """The homes that a reader may see, the open one first, with the member each is done for, unless that is `but`."""
    if not by.has_perm(VIEW):
        return []
    standing = HomeStep.objects.filter(taken_back_by=None).exclude(kind=HomeStepKind.TAKE_BACK)
    rows: QuerySet[RetrofitHome] = RetrofitHome.objects.visible_to(by).filter(which).select_related("person")
    rows = rows.prefetch_related(Prefetch("steps", standing)).order_by("-opened_on", "-pk")
    lines = [
        {
            "home": row,
            "is_late": row.due_on is not None and row.due_on < today,
            "whose": row.person if but is None or row.person_id != but.pk else None,
            "trail": list(row.steps.all()),
        }
        for row in rows
    ]
    return sorted(lines, key=lambda line: line["home"].stage in ENDINGS)


def _retrofits(person: Person) -> list[HomeRetrofit]:
    return rows_of(person, "homeretrofits", newest="approved_on")


def timeline(person: Person) -> Iterator[Happening]:
    """Registration, approval, acceptance, and how it ended; what was said on the way stands on the home's page."""
    for home in rows_of(person, "retrofithomes", newest="opened_on"):
        yield Happening(home.opened_on, "家庭无障碍改造登记")
        if home.stage in ENDINGS:
            yield Happening(home.since_on, ENDINGS[home.stage], home.get_end_reason_display())
    for each in _retrofits(person):
        yield Happening(each.approved_on, "家庭无障碍改造批准", each.works)
        if each.accepted_on:
            yield Happening(each.accepted_on, "家庭无障碍改造验收", each.get_verdict_display() or "")


SECTIONS = (Section(100, "retrofit", "家庭无障碍改造", "accessibility/person.html", retrofits),)
HOUSEHOLD_SECTIONS = (HouseholdSection(100, "retrofit", "家庭无障碍改造", "accessibility/person.html", household),)
