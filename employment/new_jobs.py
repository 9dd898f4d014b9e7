"""The figure 新增就业, 2021—2025: by year, street and form, and each person once in the five years' sum."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from employment.models import EmploymentForm, EmploymentRecord
from employment.rules.new_employment import YEARS, new_jobs, span_of
from zalainuoer.common.rules import DatedParameters


@dataclass(frozen=True)
class NewJob:
    """One employment that made somebody newly employed; street is where the person lives today."""

    record: int
    person: int
    year: int
    form: str
    street: int
    street_name: str


class NewJobs:
    """The figure for a day, over the people of `rows` (an area's EmploymentRecords; everybody's without).

    Each year is reckoned with the parameters in force on its last day, or on the day itself.
    """

    def __init__(self, *, on: datetime.date, rows: Any = None):
        self.on = on
        self.dated = DatedParameters()
        self._queryset = EmploymentRecord.objects.all() if rows is None else rows
        parameters = self.dated.on(on)
        self.target: int = parameters["employment.new_jobs_target"]

    @cached_property
    def rows(self) -> list[NewJob]:
        """Every employment that counts, in one statement a year."""
        found = []
        for year in YEARS:
            counted = self.of_year(year).order_by("started_on", "pk")
            street = ("person__community__parent", "person__community__parent__name")
            for record, person, form, *place in counted.values_list("pk", "person", "form", *street):
                found.append(NewJob(record, person, year, form, *place))
        return found

    def of_year(self, year: int) -> Any:
        """The employments that count in a year."""
        first, last = span_of(year)
        parameters = self.dated.on(min(last, self.on))
        rule = new_jobs(on=self.on, starts_on=first, until=last, parameters=parameters)
        return rule.people(self._queryset)

    @property
    def by_year(self) -> dict[int, int]:
        """People newly employed in each year."""
        people = _people(self.rows, lambda row: row.year)
        return {year: len(people[year]) for year in YEARS}

    @property
    def cumulative(self) -> int:
        """People newly employed in the five years, each once."""
        return len({row.person for row in self.rows})

    @property
    def missing(self) -> int:
        """How many are still wanting to the target."""
        return max(self.target - self.cumulative, 0)

    def table(self, of: Callable[[NewJob], tuple[str, Any]]) -> list[dict[str, Any]]:
        """Lines by (name, key): people of each year, and each person once in the sum."""
        people, total = _people(self.rows, lambda row: (of(row), row.year)), _people(self.rows, of)
        return [
            {
                "name": line[0],
                "key": line[1],
                "years": [(year, len(people[line, year])) for year in YEARS],
                "total": len(total[line]),
            }
            for line in sorted(total)
        ]

    @property
    def by_street(self) -> list[dict[str, Any]]:
        return self.table(lambda row: (row.street_name, row.street))

    @property
    def by_form(self) -> list[dict[str, Any]]:
        return self.table(lambda row: (str(EmploymentForm(row.form).label), row.form))

    @property
    def times(self) -> int:
        """人次: of whom some began more than once."""
        return sum(Counter(row.person for row in self.rows).values())


def _people(rows: Iterable[NewJob], of: Callable[[NewJob], Hashable]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for row in rows:
        found[of(row)].add(row.person)
    return found
