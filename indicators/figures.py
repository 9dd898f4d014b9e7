"""The three kinds of indicators: two sets (Coverage), one set (Count), a growth (Growth).

Each computes a Figure in a handful of statements whose number does not depend on how many people there are. The
sets come back as primary keys; numerator and streets are taken from the denominator's own list, so that a rate
never passes its denominator and the streets add up to the district.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import QuerySet, Sum

from indicators.models import Figure, FigureState
from indicators.periods import Basis, Freshness, Period
from registry.models import HouseholdIncome, Person
from registry.rules import household_streets
from zalainuoer.common.rules import Clause, Rule

# Both are called with the period's arguments and `parameters`, all by name.
SetOf = Callable[..., Rule]
Narrowing = Callable[..., tuple[Clause, ...]]

NOBODY = "没有人符合统计范围（分母为零）"
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Indicator(ABC):
    """One row of the plan's table. `sheets` are the codes of the sheets it reads; its target stands in Target."""

    number: int
    sheets: tuple[str, ...]

    @abstractmethod
    def figure(self, basis: Basis) -> Figure:
        """The figure for basis.day, not saved."""

    def _new(self, basis: Basis, **values: Any) -> Figure:
        batches = sorted(batch for sheet in self.sheets for batch in basis.batches.get(sheet, ()))
        return Figure(number=self.number, batches=batches, **{"state": FigureState.COMPUTED, **values})


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A set shown beside a rate, never added to it: who meets the numerator's clauses, but not the denominator's."""

    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class SetIndicator(Indicator):
    """What rates and counts share: the period they rest on."""

    freshness: Freshness
    model: type[models.Model] = Person

    def figure(self, basis: Basis) -> Figure:
        period = self.freshness.latest(basis)
        if period is None:
            return self._empty(basis, state=FigureState.NOT_COMPUTABLE, reason=self.freshness.absence(basis))
        figure = self._of(basis, period)
        figure.data_period = period.label
        figure.details["period"] = period.starts_on.isoformat()
        return figure

    def period_of(self, figure: Figure, basis: Basis) -> Period:
        """The period a stored figure rests on."""
        return self.freshness.at(datetime.date.fromisoformat(figure.details["period"]), basis)

    @abstractmethod
    def _of(self, basis: Basis, period: Period) -> Figure: ...

    @abstractmethod
    def _empty(self, basis: Basis, **values: Any) -> Figure: ...


@dataclass(frozen=True, kw_only=True)
class Coverage(SetIndicator):
    """A rate: the numerator is the denominator's rule with further clauses, so always a subset of it."""

    denominator: SetOf
    numerator: Narrowing
    beside: Beside | None = None

    def due(self, basis: Basis, period: Period) -> Rule:
        """Who stands in the denominator."""
        return self.denominator(**period.arguments, parameters=basis.parameters)

    def reached(self, basis: Basis, period: Period) -> tuple[Clause, ...]:
        """What the numerator asks of them besides; a missing person's reason is the clause that fails."""
        return self.numerator(**period.arguments, parameters=basis.parameters)

    def _of(self, basis: Basis, period: Period) -> Figure:
        denominator = _ids(self.due(basis, period).people(Person.objects.all()))
        reached = set(_ids(Rule(Person, *self.reached(basis, period)).people(Person.objects.all())))
        numerator = [person for person in denominator if person in reached]
        figure = self._empty(
            basis,
            numerator=len(numerator),
            denominator=len(denominator),
            numerator_ids=numerator,
            denominator_ids=denominator,
            by_street=_rates(basis.streets, numerator, denominator),
            details={self.beside.key: sorted(reached.difference(denominator))} if self.beside else {},
        )
        if not denominator:
            figure.state, figure.reason = FigureState.NOT_COMPUTABLE, NOBODY
        return figure

    def _empty(self, basis: Basis, **values: Any) -> Figure:
        return self._new(basis, **{"numerator": 0, "denominator": 0, **values})


def _ids(queryset: QuerySet[Any]) -> list[int]:
    """The sorted primary keys of a set, as one array."""
    return sorted(queryset.aggregate(ids=ArrayAgg("pk", default=[]))["ids"])


def _rates(streets: Mapping[int, int], numerator: list[int], denominator: list[int]) -> dict[str, list[int]]:
    reached, due = Counter(map(streets.__getitem__, numerator)), Counter(map(streets.__getitem__, denominator))
    return {str(street): [reached[street], count] for street, count in sorted(due.items())}


@dataclass(frozen=True, kw_only=True)
class Count(SetIndicator):
    """A number of people or households, each counted once; `records` counts what is shown beside it (人次)."""

    members: SetOf
    records: Callable[..., QuerySet[Any]] | None = None

    def rule(self, basis: Basis, period: Period) -> Rule:
        """Who is counted."""
        return self.members(**period.arguments, parameters=basis.parameters)

    def _of(self, basis: Basis, period: Period) -> Figure:
        rule = self.rule(basis, period)
        members = rule.people(self.model._default_manager.all())
        streets = basis.streets if self.model is Person else household_streets(members, on=basis.day)
        ids = _ids(members) if self.model is Person else sorted(streets)
        by_street = {str(street): count for street, count in sorted(Counter(map(streets.__getitem__, ids)).items())}
        figure = self._empty(basis, numerator=len(ids), numerator_ids=ids, by_street=by_street)
        if self.records is not None:
            figure.details["records"] = self.records(**period.arguments, parameters=basis.parameters).count()
        return figure

    def _empty(self, basis: Basis, **values: Any) -> Figure:
        return self._new(basis, **{"numerator": 0, **values})


@dataclass(frozen=True)
class Survey:
    """One year's income survey: exact sums over all its households."""

    year: int
    income_yuan: Decimal
    members: int

    @property
    def average(self) -> Fraction:
        """Yearly disposable income a head, in yuan: a ratio of sums."""
        return Fraction(self.income_yuan) / self.members

    @property
    def average_text(self) -> str:
        """The average rounded to 0.01 yuan, half up."""
        return str(decimal_of(self.average).quantize(CENT, ROUND_HALF_UP))


@dataclass(frozen=True, kw_only=True)
class Growth(Indicator):
    """Compound yearly growth of the income a head since the year before the plan (indicator 1)."""

    def figure(self, basis: Basis) -> Figure:
        base_year = basis.plan.starts_on.year - 1
        surveys = self._surveys(basis.day)
        last = max(surveys, default=None)
        if last is None or base_year not in surveys:
            return self._missing(basis, f"没有{base_year}年（基年）的家庭收入调查")
        if last <= base_year:
            return self._missing(basis, f"{base_year}年（基年）之后还没有家庭收入调查")
        return self._new(
            basis,
            value=growth_percent(surveys[base_year], surveys[last]),
            details=self._details(surveys[base_year], surveys[last]),
            data_period=f"{last}年",
        )

    def _surveys(self, day: datetime.date) -> dict[int, Survey]:
        last = day.year if (day.month, day.day) == (12, 31) else day.year - 1
        years = HouseholdIncome.objects.filter(year__lte=last).values("year")
        sums = years.annotate(income=Sum("disposable_income_yuan"), people=Sum("members"))
        return {year: Survey(year, *rest) for year, *rest in sums.values_list("year", "income", "people")}

    def _missing(self, basis: Basis, reason: str) -> Figure:
        return self._new(basis, state=FigureState.NOT_COMPUTABLE, reason=reason)

    @staticmethod
    def _details(base: Survey, last: Survey) -> dict[str, Any]:
        """All that the verdict needs, exactly: growth_against reads it back."""
        return {
            "base_year": base.year,
            "base_income_yuan": str(base.income_yuan),
            "base_members": base.members,
            "base_average": base.average_text,
            "year": last.year,
            "income_yuan": str(last.income_yuan),
            "members": last.members,
            "average": last.average_text,
        }


def growth_percent(base: Survey, last: Survey) -> Decimal:
    """The compound growth a year between two surveys in percent, to some 28 digits; for showing, not for verdicts."""
    with localcontext() as context:
        context.prec = 40
        return (decimal_of(last.average / base.average) ** (Decimal(1) / (last.year - base.year)) - 1) * 100


def growth_against(details: dict[str, Any], target_percent: Decimal) -> int:
    """-1, 0 or 1: the growth of a figure's `details` below, exactly at or above a target in percent a year.

    Compared as exact fractions without roots: Y(t) against Y(base) × (1 + target)^(t − base).
    """
    base = Survey(details["base_year"], Decimal(details["base_income_yuan"]), details["base_members"])
    last = Survey(details["year"], Decimal(details["income_yuan"]), details["members"])
    wanted = base.average * (1 + Fraction(target_percent) / 100) ** (last.year - base.year)
    return (last.average > wanted) - (last.average < wanted)


def decimal_of(fraction: Fraction) -> Decimal:
    """A fraction as a Decimal with the context's precision."""
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)
