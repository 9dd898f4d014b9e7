"""Rules: what law and plan say, as named clauses that the database evaluates.

A clause is a condition, the sentence a person reads when it does not hold, and its legal source. The same rule
counts a denominator, lists who is missing from it, and tells one person at the counter why not: there is no
second copy in Python that could drift from the first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.db.models import BooleanField, Case, Exists, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.sql import Query

from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.models import Parameter

M = TypeVar("M", bound=models.Model)
Condition: TypeAlias = Q | Exists | Combinable


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule.

    `reason` is the Chinese sentence for somebody for whom it does not hold; `source` names the document and
    article it stands in (docs/sources.md). `code` is what callers tell it apart by, where they must.
    """

    condition: Condition
    reason: str
    source: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one clause holds for one object."""

    clause: Clause
    holds: bool


class Rule:
    """A set, described by clauses that must all hold for the objects of one model."""

    def __init__(self, model: type[models.Model], *clauses: Clause):
        self.model, self.clauses = model, clauses
        for clause in clauses:
            _refuse_to_many(model, clause.condition)

    def but(self, *clauses: Clause) -> Rule:
        """This rule with further clauses: a subset by construction."""
        return Rule(self.model, *self.clauses, *clauses)

    def __and__(self, other: Rule) -> Rule:
        if other.model is not self.model:
            raise TypeError(f"a rule about {self.model.__name__} cannot join one about {other.model.__name__}")
        return self.but(*other.clauses)

    def people(self, queryset: models.QuerySet[M]) -> models.QuerySet[M]:
        """Those of the queryset (of the rule's model) for whom every clause holds."""
        return queryset.filter(*(clause.condition for clause in self.clauses))

    def failing(self, queryset: models.QuerySet[M]) -> models.QuerySet[M]:
        """Those of the queryset for whom at least one clause does not hold."""
        return queryset.filter(truth(*(clause.condition for clause in self.clauses), negated=True))

    def explain(self, obj: models.Model) -> list[Verdict]:
        """Every clause for one object, holding or not, in one statement."""
        return next(iter(self.explained(self.model._default_manager.filter(pk=obj.pk))))[1]

    def explained(self, queryset: models.QuerySet[M]) -> Iterator[tuple[M, list[Verdict]]]:
        """(object, every clause's verdict) for a whole queryset, in one statement."""
        names = {f"clause_{i}": truth(clause.condition) for i, clause in enumerate(self.clauses)}
        for obj in queryset.annotate(**names):
            yield obj, [Verdict(clause, getattr(obj, f"clause_{i}")) for i, clause in enumerate(self.clauses)]


def truth(*conditions: Condition, negated: bool = False) -> Case:
    """True where every condition holds, else False: never NULL, which a bare condition gives for missing values."""
    return Case(When(Q(*conditions), then=Value(not negated)), default=Value(negated), output_field=BooleanField())


def _refuse_to_many(model: type[models.Model], condition: Any) -> None:
    """A Q across a to-many relation multiplies rows and, negated, means something else: an Exists is wanted."""
    if not isinstance(condition, Q):
        return
    for child in condition.children:
        if isinstance(child, tuple):
            _refuse_lookup(model, child[0])
        else:
            _refuse_to_many(model, child)


def _refuse_lookup(model: type[models.Model], lookup: str) -> None:
    try:
        path = Query(model).names_to_path(lookup.split("__"), model._meta, allow_many=True)[0]
    except (FieldDoesNotExist, FieldError):  # an annotation's name: no relation of the model's
        return
    if any(step.m2m for step in path):
        raise TypeError(
            f"Q({lookup}=…) crosses a to-many relation of {model.__name__}: a clause about another table must be an "
            f"Exists, e.g. Exists({path[-1].to_opts.object_name}.objects.filter(…=OuterRef('pk'), …))"
        )


class Parameters(dict[str, Any]):
    """The dated parameters in force on a day, read in one statement; a missing one refuses to compute."""

    def __init__(self, *, on: datetime.date, values: Mapping[str, Any] | None = None):
        super().__init__(Parameter.objects.values_on(on=on) if values is None else values)
        self.on = on

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            raise ParameterMissing(self._name(key), self.on)
        return value

    @staticmethod
    def _name(key: str) -> str:
        return Parameter.objects.filter(key=key).values_list("name", flat=True).first() or key


class DatedParameters:
    """The parameters of whatever day, all read in one statement: for whoever asks of many days."""

    def __init__(self) -> None:
        rows = Parameter.objects.order_by("key", "effective_from").values_list("effective_from", "key", "value")
        self._rows = list(rows)

    def on(self, day: datetime.date) -> Parameters:
        """Those in force on a day."""
        return Parameters(on=day, values={key: value for since, key, value in self._rows if since <= day})


def latest_birth(*, age: int, on: datetime.date) -> datetime.date:
    """The last day of birth of those who have completed `age` years on a day (周岁; born on 29 February: 1 March)."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return on.replace(year=on.year - age, day=28)


def labels(choices: type[models.TextChoices], codes: list[str]) -> str:
    """The Chinese names of choice codes, for sentences: 正常缴费、政府代缴."""
    return "、".join(choices(code).label for code in codes)
