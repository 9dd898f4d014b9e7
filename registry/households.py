"""A household as pages show it: its head, its holders, its incomes, and what the worklists say of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from registry import worklists
from registry.contributions import HOUSEHOLD_SECTIONS, in_order
from registry.models import Certificate, Household, Person
from registry.rules import held, registered
from registry.standing import condition_of
from zalainuoer.common.identity import age_on, masked, masked_name
from zalainuoer.common.models import User
from zalainuoer.common.rules import truth

MARKS = ("several", "elder-head")
ELSEWHERE = "在其他辖区"


def households_visible_to(user: User) -> QuerySet[Household]:
    """The households somebody of the user's area belongs to, or has belonged to."""
    if user.scope_ids is None:
        return Household.objects.all()
    return Household.objects.filter(Exists(Certificate.objects.visible_to(user).filter(household=OuterRef("pk"))))


@dataclass(frozen=True)
class HouseholdOn:
    """A household's holders on a day. Whoever lives in another area than the reader is counted, and not named."""

    household: Household
    on: datetime.date
    seen: list[Certificate]
    elsewhere: int
    head: Certificate | None  # the head's own certificate, where the head holds one
    marks: list[str]  # 一户多残, 依老养残
    missing: list[str]  # sentences about marks that cannot be told, for want of a parameter

    def shown(self, certificate: Certificate) -> dict[str, Any]:
        """One holder, for a table."""
        return {
            "person": certificate.person,
            "is_head": certificate == self.head,
            "age": age_on(certificate.person.born_on, self.on),
            "certificate": certificate,
            "condition": condition_of(certificate, self.on),
        }


def household_on(home: Household, on: datetime.date, by: User) -> HouseholdOn:
    """The household as it is on a day, in one statement beside that of the parameters."""
    conditions, missing = worklists.conditions(MARKS, on=on)
    conditions["several"] = worklists.several_among(Certificate.objects.filter(household=home), on=on)
    marks = {f"mark_{i}": truth(registered(on), each) for i, each in enumerate(conditions.values())}
    holders = Certificate.objects.filter(held(on), household=home).select_related("person__community__parent")
    members = list(holders.annotate(**marks).order_by("person__born_on", "pk"))
    seen = [each for each in members if by.scope_ids is None or each.person.community_id in by.scope_ids]
    return HouseholdOn(
        household=home,
        on=on,
        seen=seen,
        elsewhere=len(members) - len(seen),
        head=next((each for each in members if each.person.id_index == home.head_id_index), None),
        marks=[
            worklists.WORKLISTS[code].label
            for i, code in enumerate(conditions)
            if any(getattr(each, f"mark_{i}") for each in members)
        ],
        missing=missing,
    )


def household_page(home: Household, *, today: datetime.date, by: User) -> Mapping[str, Any]:
    """The page's data."""
    found = household_on(home, today, by)
    head = Person.objects.filter(id_index=home.head_id_index).first()
    incomes = list(home.incomes.order_by("-year"))
    told = home.head_name or next((income.head_name for income in incomes), "")
    head_is_seen = head is not None and (by.scope_ids is None or head.community_id in by.scope_ids)
    return {
        "household": home,
        "number": masked(home.head_id_number),
        "head": head,
        "head_is_seen": head_is_seen,
        "head_name": masked_name(told) if head is None or head_is_seen else ELSEWHERE,
        "head_age": home.head_born_on and age_on(home.head_born_on, today),
        "members": [found.shown(each) for each in found.seen],
        "elsewhere": found.elsewhere,
        "incomes": incomes,
        "marks": found.marks,
        "missing": found.missing,
        "parts": [
            {"section": section, "data": data}
            for section in in_order(HOUSEHOLD_SECTIONS)
            if (data := section.load(home, today, by)) is not None
        ],
    }
