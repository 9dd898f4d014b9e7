"""Which period of a sheet a figure rests on: the latest one at or before the day (数据截至)."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Max
from django.utils.functional import cached_property

from indicators.models import Plan
from registry.rules import day_of, streets
from zalainuoer.common.models import UploadBatch
from zalainuoer.common.rules import Parameters


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What one computation rests on: the plan, the day D, the parameters in force on D, the batches on file.

    `batches` maps a sheet's code to the ids of its committed upload batches.
    """

    plan: Plan
    day: datetime.date
    parameters: Parameters
    batches: dict[str, list[int]]

    @classmethod
    def read(cls, *, plan: Plan, day: datetime.date) -> Basis:
        """The basis for a day as things stand, in two statements."""
        batches = UploadBatch.objects.committed().order_by().values("sheet").annotate(ids=ArrayAgg("pk"))
        return cls(plan=plan, day=day, parameters=Parameters(on=day), batches=dict(batches.values_list("sheet", "ids")))

    @cached_property
    def streets(self) -> dict[int, int]:
        """Person id to street id on D, read once for all eleven."""
        return streets(on=self.day)

    @property
    def until(self) -> datetime.date:
        """The day at which cumulative figures stop: D, at most the plan's last."""
        return min(self.day, self.plan.ends_on)


@dataclass(frozen=True, kw_only=True)
class Period:
    """One delivered period: its first day, its Chinese name, and what rules are asked with (`on`, `year`, …)."""

    starts_on: datetime.date
    label: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Freshness(ABC):
    """How to find the period; `model` is the sheet's table."""

    model: type[models.Model]

    def latest(self, basis: Basis) -> Period | None:
        """The latest period at or before D for which there are rows; None if there is none."""
        starts_on = self.found(basis)
        return None if starts_on is None else self.at(starts_on, basis)

    @abstractmethod
    def found(self, basis: Basis) -> datetime.date | None:
        """The first day of that period."""

    @abstractmethod
    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        """The period that begins on a day, as it stands in a stored figure."""

    def absence(self, basis: Basis) -> str:
        """The sentence for people when there is none."""
        return f"没有{basis.day}及以前的“{self.model._meta.verbose_name}”数据"

    def _maximum(self, field: str, **limits: Any) -> Any:
        return self.model._default_manager.filter(**limits).aggregate(latest=Max(field))["latest"]


class LatestMonth(Freshness):
    """A monthly sheet. People are looked at on the month's last day, or on D if that is earlier."""

    def found(self, basis: Basis) -> datetime.date | None:
        return self._maximum("month", month__lte=basis.day)

    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        on = min(basis.day, last_of_month(starts_on))
        label = f"{starts_on.year}年{starts_on.month}月"
        return Period(starts_on=starts_on, label=label, arguments={"on": on, "month": starts_on})


class LatestYear(Freshness):
    """A yearly sheet: the latest year with any row, at most D's."""

    def found(self, basis: Basis) -> datetime.date | None:
        year = self._maximum("year", year__lte=basis.day.year)
        return None if year is None else datetime.date(year, 1, 1)

    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        arguments = {"on": basis.day, "year": starts_on.year}
        return Period(starts_on=starts_on, label=f"{starts_on.year}年", arguments=arguments)


class ThisSchoolYear(Freshness):
    """A sheet of school years: the one that D lies in, and no other."""

    def found(self, basis: Basis) -> datetime.date | None:
        year = self._year(basis)
        exists = self.model._default_manager.filter(school_year=year).exists()
        return self._first_day(year, basis) if exists else None

    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        year = starts_on.year
        arguments = {"on": basis.day, "school_year": year}
        return Period(starts_on=starts_on, label=f"{year}—{year + 1}学年", arguments=arguments)

    def absence(self, basis: Basis) -> str:
        year = self._year(basis)
        return f"没有{year}—{year + 1}学年的“{self.model._meta.verbose_name}”数据"

    def _year(self, basis: Basis) -> int:
        year = basis.day.year
        return year if basis.day >= self._first_day(year, basis) else year - 1

    @staticmethod
    def _first_day(year: int, basis: Basis) -> datetime.date:
        return day_of(year, basis.parameters["school.first_day"])


@dataclass(frozen=True)
class LatestDay(Freshness):
    """A sheet of dated events: the latest `field` at or before D."""

    field: str

    def found(self, basis: Basis) -> datetime.date | None:
        return self._maximum(self.field, **{f"{self.field}__lte": basis.day})

    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        label = f"{starts_on.year}年{starts_on.month}月{starts_on.day}日"
        return Period(starts_on=starts_on, label=label, arguments={"on": basis.day})


class WithinPlan(LatestDay):
    """A sheet of dated events that are counted from the plan's first day to its last, or to D."""

    def found(self, basis: Basis) -> datetime.date | None:
        return self._maximum(self.field, **{f"{self.field}__lte": basis.until})

    def at(self, starts_on: datetime.date, basis: Basis) -> Period:
        span = {"starts_on": basis.plan.starts_on, "until": basis.until}
        period = super().at(starts_on, basis)
        return Period(starts_on=starts_on, label=period.label, arguments={**period.arguments, **span})


def last_of_month(first: datetime.date) -> datetime.date:
    """The last day of the month that begins on a day."""
    return (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
