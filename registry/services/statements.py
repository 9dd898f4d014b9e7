"""Writing dated statements: a new one holds from a day on, and the days before keep what they had (decisions/0004)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max

from registry.models import BEGINNING, FOREVER, Certificate, Person
from zalainuoer.common import ciphers
from zalainuoer.common.errors import RuleBroken

# What a statement says, beside whose it is and which days it holds for.
STATED = tuple(
    field.name
    for field in Certificate._meta.concrete_fields
    if field.name not in ("id", "person", "held_from", "held_until")
)


def statement_in_force(person: Person) -> Certificate | None:
    """The statement that holds until further notice."""
    return person.certificates.current().select_related("community", "household").first()


def file_version(person: Person) -> int:
    """Another with every change of somebody's record and statements: the last event's number of each, added up."""
    own = Person.pgh_event_model.objects.filter(pgh_obj_id=person.pk)  # type: ignore[attr-defined]
    statements = person.certificates.values("pk")
    stated = Certificate.pgh_event_model.objects.filter(pgh_obj_id__in=statements)  # type: ignore[attr-defined]
    last = Max("pgh_id", default=0)
    return int(own.aggregate(last=last)["last"] + stated.aggregate(last=last)["last"])


def earliest_day(last: Certificate) -> datetime.date:
    """The first day from which something new may hold: not before what has already happened."""
    days = (last.held_from, last.first_issued_on, last.issued_on, last.status_on or BEGINNING)
    return max(days)


def refuse_day(person: Person, last: Certificate | None, *, effective_on: datetime.date, today: datetime.date) -> None:
    """An act takes effect neither in the future, nor before the person's birth, nor before the last change."""
    if effective_on > today:
        raise RuleBroken(f"生效日期不能晚于今天（{today}）。请到那一天再办理。")
    if effective_on < person.born_on:
        raise RuleBroken("生效日期早于此人的出生日期，请核对。")
    if last is not None and effective_on < earliest_day(last):
        raise RuleBroken(
            f"该证在 {earliest_day(last)} 已有变更，生效日期不能早于这一天。请核对日期；原来的业务办错了的，先撤回再办理。"
        )


def suffix_facts(suffix: str | None) -> dict[str, Any]:
    """The pair of fields (encrypted, index) of 补发序号."""
    index = None if suffix is None else ciphers.blind_index(suffix, purpose="certificate_suffix")
    return {"suffix": suffix, "suffix_index": index}


def statement_hold(
    *, person: Person, last: Certificate | None, effective_on: datetime.date, facts: Mapping[str, Any]
) -> None:
    """Lets facts hold from a day on. Of somebody new, nothing is said about the days before."""
    if last is None:
        Certificate.objects.create(person=person, held_from=effective_on, **facts)
    else:
        statements_hold(lasts=[last], effective_on=effective_on, facts=facts)


def statements_hold(*, lasts: Iterable[Certificate], effective_on: datetime.date, facts: Mapping[str, Any]) -> None:
    """The same for several people at once, given their statements in force: three statements of SQL.

    A second act of the same day completes the first.
    """
    lasts = list(lasts)
    same_day = [last.pk for last in lasts if last.held_from == effective_on]
    ended = [last for last in lasts if last.held_from != effective_on]
    Certificate.objects.filter(pk__in=same_day).update(**facts)
    Certificate.objects.filter(pk__in=[last.pk for last in ended]).update(held_until=effective_on)
    Certificate.objects.bulk_create(
        Certificate(
            person_id=last.person_id,
            held_from=effective_on,
            held_until=FOREVER,
            **{**{name: getattr(last, name) for name in STATED}, **facts},
        )
        for last in ended
    )


def statement_correct(*, last: Certificate, facts: Mapping[str, Any]) -> Certificate:
    """Replaces wrong values in the last statement and in each one before that they reach back to without a break."""
    wrong = {name: getattr(last, name) for name in facts}
    earlier = Certificate.objects.filter(person_id=last.person_id, held_from__lt=last.held_from).order_by("-held_from")
    open_facts = dict(facts)
    for statement in earlier:
        open_facts = {name: value for name, value in open_facts.items() if getattr(statement, name) == wrong[name]}
        if not open_facts:
            break
        _restated(statement, open_facts)
    return _restated(last, facts)


def _restated(statement: Certificate, facts: Mapping[str, Any]) -> Certificate:
    for name, value in facts.items():
        setattr(statement, name, value)
    statement.save(update_fields=_columns(facts))
    return statement


def _columns(facts: Iterable[str]) -> list[str]:
    return [name for name in STATED if name in set(facts)]
