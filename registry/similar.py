"""Records that may be one person under two numbers: offered for merging, never merged by themselves.

Three traces: the same name, birth date and sex with numbers that differ in a digit or two, as a slip of the pen
leaves them; a number that the police have corrected and that stands as another record's former one; the same name and
sex with the same phone, guardian's phone or household where the birth date, and so the number, was corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from registry.models import Certificate, FormerIdentity, MergePair, MergePairState, Person

SAME_BIRTH = "姓名、性别、出生日期相同，身份证号相近"
FORMER = "一份档案的身份证号是另一份的曾用号码"
SAME_PHONE = "姓名、性别、联系电话相同，身份证号不同"
SAME_GUARDIAN = "姓名、性别、监护人电话相同，身份证号不同"
SAME_HOUSEHOLD = "同一户中姓名、性别相同，身份证号不同"
SLIPS = 2  # digits that may differ; two that have changed places are two
LARGEST_GROUP = 20  # more people who share name, sex and phone share the office's phone

Pair = tuple[int, int]  # primary keys, the lower first


@dataclass
class Similar:
    """Two records, why they are offered, and what was decided of them before."""

    one: Person
    other: Person
    reasons: list[str]
    decided: MergePair | None = None
    places: list[int] = field(default_factory=list)  # where their numbers differ, from 1


def similar_pairs(people: QuerySet[Person]) -> dict[Pair, list[str]]:
    """Every pair among some people with the reasons for offering it: six statements, whatever the number of people."""
    found: dict[Pair, list[str]] = {}
    by_birth = _groups(people, "name", "sex", "born_on")
    numbers = {p.pk: p.id_number for p in Person.objects.filter(pk__in=_members(by_birth)).only("id_number")}
    for pair in _pairs(by_birth):
        if are_similar(numbers[pair[0]], numbers[pair[1]]):
            found.setdefault(pair, []).append(SAME_BIRTH)
    for pair in _former(people):
        found.setdefault(pair, []).append(FORMER)
    statements = Certificate.objects.current().filter(person__in=people)
    for reason, groups in (
        (SAME_PHONE, _groups(people.filter(phone_index__isnull=False), "name", "sex", "phone_index")),
        (
            SAME_GUARDIAN,
            _groups(people.filter(guardian_phone_index__isnull=False), "name", "sex", "guardian_phone_index"),
        ),
        (SAME_HOUSEHOLD, _groups(statements, "person__name", "person__sex", "household", counted="person")),
    ):
        for pair in _pairs(groups):
            found.setdefault(pair, []).append(reason)
    return found


def _groups(rows: QuerySet[Any], *same: str, counted: str = "pk") -> list[list[int]]:
    grouped = rows.order_by().values(*same).annotate(people=ArrayAgg(counted), size=Count("pk"))
    return list(grouped.filter(size__gt=1, size__lte=LARGEST_GROUP).values_list("people", flat=True))


def _members(groups: Iterable[list[int]]) -> set[int]:
    return {pk for group in groups for pk in group}


def _pairs(groups: Iterable[list[int]]) -> Iterator[Pair]:
    for group in groups:
        yield from combinations(sorted(set(group)), 2)


def _former(people: QuerySet[Person]) -> set[Pair]:
    bearer = people.filter(id_index=OuterRef("id_index")).values("pk")[:1]
    rows = FormerIdentity.objects.filter(person__in=people).annotate(bearer=Subquery(bearer))
    rows = rows.filter(bearer__isnull=False).exclude(bearer=F("person"))
    return {(min(pair), max(pair)) for pair in rows.values_list("person", "bearer")}


def differing_places(one: str, other: str) -> list[int]:
    """Where two numbers differ, counted from 1."""
    return [place for place, (a, b) in enumerate(zip(one, other, strict=True), 1) if a != b]


def are_similar(one: str, other: str) -> bool:
    """Whether the numbers differ as a slip of the pen makes them; the check character follows from the rest."""
    return len(differing_places(one[:17], other[:17])) <= SLIPS


def similar_people(people: QuerySet[Person]) -> list[Similar]:
    """The pairs nobody has found to be two people, the best founded first."""
    pairs = similar_pairs(people)
    decided = {}
    for known in MergePair.objects.filter(state__in=(MergePairState.DISTINCT, MergePairState.UNDONE)):
        decided[min(known.kept, known.gone), max(known.kept, known.gone)] = known
    offered = {p: r for p, r in pairs.items() if p not in decided or decided[p].state != MergePairState.DISTINCT}
    known_people = Person.objects.select_related("community__parent").in_bulk(list(_members(map(list, offered))))
    found = [
        _similar(known_people[one], known_people[other], reasons, decided.get((one, other)))
        for (one, other), reasons in offered.items()
    ]
    return sorted(found, key=lambda each: (-len(each.reasons), each.one.pinyin, each.one.pk, each.other.pk))


def similar_or_not(one: Person, other: Person) -> Similar:
    """Two records that somebody wants to compare, with the reasons for offering them, if there are any."""
    pair = (min(one.pk, other.pk), max(one.pk, other.pk))
    people = Person.objects.filter(pk__in=pair)
    known = people.select_related("community__parent").in_bulk()
    decided = MergePair.objects.filter(kept__in=pair, gone__in=pair).first()
    return _similar(known[pair[0]], known[pair[1]], similar_pairs(people).get(pair, []), decided)


def _similar(one: Person, other: Person, reasons: list[str], decided: MergePair | None) -> Similar:
    return Similar(one, other, reasons, decided, differing_places(one.id_number, other.id_number))
