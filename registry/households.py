"""What a household's page shows: its head, its holders, its incomes, and what the worklists say of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from registry import worklists
from registry.models import Certificate, Household, Person
from registry.persons import condition_of
from registry.rules import held, registered
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.identity import age_on, masked, masked_name
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, truth

MARKS = ("several", "elder-head")


def households_visible_to(user: User) -> QuerySet[Household]:
    """The households somebody of the user's area belongs to, or has belonged to."""
    if user.scope_ids is None:
        return Household.objects.all()
    return Household.objects.filter(Exists(Certificate.objects.visible_to(user).filter(household=OuterRef("pk"))))


def household_page(home: Household, *, today: datetime.date, by: User) -> Mapping[str, Any]:
    """The page's data; whoever lives in another area is counted and not named."""
    conditions, missing = _conditions(today)
    marks = {f"mark_{i}": truth(registered(today), each) for i, each in enumerate(conditions.values())}
    holders = Certificate.objects.filter(held(today), household=home).select_related("person__community__parent")
    members = list(holders.annotate(**marks).order_by("person__born_on", "pk"))
    seen = [each for each in members if by.scope_ids is None or each.person.community_id in by.scope_ids]
    head = Person.objects.filter(id_index=home.head_id_index).first()
    incomes = list(home.incomes.order_by("-year"))
    told = home.head_name or next((income.head_name for income in incomes), "")
    return {
        "household": home,
        "number": masked(home.head_id_number),
        "head": head,
        "head_is_seen": head is not None and (by.scope_ids is None or head.community_id in by.scope_ids),
        "head_name": masked_name(told if head is None else head.name),
        "head_age": home.head_born_on and age_on(home.head_born_on, today),
        "members": [
            {
                "person": each.person,
                "is_head": each.person.id_index == home.head_id_index,
                "age": age_on(each.person.born_on, today),
                "certificate": each,
                "condition": condition_of(each, today),
            }
            for each in seen
        ],
        "elsewhere": len(members) - len(seen),
        "incomes": incomes,
        "marks": [
            worklists.WORKLISTS[code].label
            for i, code in enumerate(conditions)
            if any(getattr(each, f"mark_{i}") for each in members)
        ],
        "missing": missing,
    }


def _conditions(today: datetime.date) -> tuple[dict[str, Any], list[str]]:
    """The conditions of 一户多残 and 依老养残, and the sentences about those whose parameter is missing."""
    parameters = Parameters(on=today)
    conditions: dict[str, Any] = {}
    missing = []
    for code in MARKS:
        try:
            conditions[code] = worklists.WORKLISTS[code].condition(today, parameters)
        except ParameterMissing as error:
            missing.append(error.message)
    return conditions, missing
