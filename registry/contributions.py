"""What the floors above contribute to the registry's pages: filled in each app's `AppConfig.ready`, read here.

The registry knows nothing of subsidies or rehabilitation; an app that knows something about people says so once, and
the person page, the list's filters, the timeline and the check of benefits have it (docs/decisions/0016).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from registry.models import Household, Person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User
from zalainuoer.common.rules import Clause, Parameters, Rule
from zalainuoer.common.sheets.comparing import KeyedSheet


@dataclass(frozen=True)
class Section:
    """A part of the person page. `load` is given the person, today and the reader, and gives the template's `data`, or
    None where there is nothing to show.

    Sections stand in the order in which staff ask for them: who and where (10), household (20), certificate (30), what
    is due and received (35), assistance (40), applications (45), subsidies (50), insurance (60), school (70),
    rehabilitation (80), work (90), home (100), timeline (1000).
    """

    order: int
    code: str  # the part's anchor in the page
    title: str
    template: str
    load: Callable[[Person, datetime.date, User], Mapping[str, Any] | None]


@dataclass(frozen=True)
class HouseholdSection:
    """A part of the household page, in the manner of the person page's: below the holders (10) and the incomes (20)."""

    order: int
    code: str
    title: str
    template: str
    load: Callable[[Household, datetime.date, User], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Happening:
    """One line of a person's timeline; `when` is how the time is written where it is not a day (全年, a school year)."""

    on: datetime.date
    what: str
    detail: str = ""
    when: str = ""


@dataclass(frozen=True)
class Entitlement:
    """Something a person may have a right to: who is due, and what shows that it is received.

    `due` and `received` are asked as an indicator asks its denominator and numerator, for a day and the period of that
    day; both answers come clause by clause, with reason and legal source. A callable that finds no period to ask
    about raises RuleBroken, and the sentence stands in the answer's place.

    `is_exclusive`: to receive it without being due is wrong (错发). Of an insurance it is not.
    """

    order: int
    code: str
    name: str
    due: Callable[[datetime.date, Parameters], Rule]
    received: Callable[[datetime.date, Parameters], tuple[Clause, ...]]
    is_exclusive: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of the people list: a choice of values, and the condition on Person that each stands for."""

    order: int
    code: str  # the parameter's name in the address
    label: str
    choices: tuple[tuple[str, str], ...]  # (value, label)
    condition: Callable[[str, datetime.date, Parameters], Any]  # a Q or an Exists


@dataclass(frozen=True)
class Change:
    """What an act did to people, told to whoever must act on it: `people` are primary keys."""

    people: frozenset[int]
    act: str
    effective_on: datetime.date
    by: Any


SECTIONS: dict[str, Section] = {}
HOUSEHOLD_SECTIONS: dict[str, HouseholdSection] = {}
TIMELINES: list[Callable[[Person], Iterable[Happening]]] = []
ENTITLEMENTS: dict[str, Entitlement] = {}
FILTERS: dict[str, Filter] = {}
ON_CHANGE: list[Callable[[Change], None]] = []
MERGE_CHECKS: list[Callable[[Person, Person], Iterable[str]]] = []
SHEETS_BY_HAND: dict[str, type[KeyedSheet]] = {}


def contribute(
    *,
    sections: Iterable[Section] = (),
    household_sections: Iterable[HouseholdSection] = (),
    timelines: Iterable[Callable[[Person], Iterable[Happening]]] = (),
    entitlements: Iterable[Entitlement] = (),
    filters: Iterable[Filter] = (),
    on_change: Iterable[Callable[[Change], None]] = (),
    merge_checks: Iterable[Callable[[Person, Person], Iterable[str]]] = (),
    sheets_by_hand: Iterable[type[KeyedSheet]] = (),
) -> None:
    """Adds an app's parts; called once from its AppConfig.ready.

    `sheets_by_hand` are sheets about people whose rows staff also add, correct and withdraw one at a time.
    """
    SHEETS_BY_HAND.update({sheet.code: sheet for sheet in sheets_by_hand})
    SECTIONS.update({section.code: section for section in sections})
    HOUSEHOLD_SECTIONS.update({section.code: section for section in household_sections})
    ENTITLEMENTS.update({entitlement.code: entitlement for entitlement in entitlements})
    FILTERS.update({one.code: one for one in filters})
    TIMELINES.extend(each for each in timelines if each not in TIMELINES)
    ON_CHANGE.extend(each for each in on_change if each not in ON_CHANGE)
    MERGE_CHECKS.extend(each for each in merge_checks if each not in MERGE_CHECKS)


def in_order(parts: Mapping[str, Any]) -> list[Any]:
    """Parts in the order in which they are shown."""
    return sorted(parts.values(), key=lambda part: part.order)


def condition_of(chosen: Filter, value: str, *, on: datetime.date, parameters: Parameters) -> Any:
    """The condition behind a chosen value; one that is not among the choices matches nobody."""
    if value not in dict(chosen.choices):
        return Q(pk__in=())
    return chosen.condition(value, on, parameters)


def announce(change: Change) -> None:
    """Tells everybody who asked to be told; called inside the act's transaction."""
    for listener in ON_CHANGE:
        listener(change)


def refuse_collisions(kept: Person, gone: Person) -> None:
    """Raises RuleBroken, naming all, where two records say what cannot stand in one file: a merge check of an app is
    given the record that stays and the one that goes, and answers with sentences; none, where nothing collides."""
    found = [sentence for check in MERGE_CHECKS for sentence in check(kept, gone)]
    if found:
        raise RuleBroken(f"不能合并：{''.join(found)}")
