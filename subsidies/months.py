"""Which months are to be paid to whom, from the grants and from what the register says of every day.

A month is payable to whoever was granted the subsidy, has met the conditions without a gap since then, and meets all of
them on some day of the month or on the last day before it: an event stops payment from the month after it
(国发〔2015〕52号; 次月起停发), whenever it becomes known. Suspension (冻结, T10) takes months out without ending the
right; a decision of 民政 puts them back (Resumption).

Statements grow with the months, never with the people.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Value

from registry.models import Certificate, OtherBenefit, Person, SocialAssistance
from subsidies.models import Grant, Resumption, Standard, Stop, Subsidy
from subsidies.rules import SUSPENDING, decide, fitting
from zalainuoer.common.months import ONE_DAY, last_day, month_of, months_between
from zalainuoer.common.rules import Clause, DatedParameters, truth

MAINTAINED_BY = "请在“补贴标准”中维护并注明文号"


@dataclass(frozen=True)
class Due:
    """What somebody is to be paid for a month, by which standard, and the day whose facts decide the class."""

    amount_yuan: Decimal
    standard_id: int
    on: datetime.date


@dataclass(frozen=True)
class DueMonth:
    """A month's outcome. `refused` are those who should be paid and cannot be: {person: sentence}; `unmet` those granted
    by then who meet the conditions on none of the days that count; `suspended` those of them whose right goes on, so
    that a decision of 民政 may put the month back; `lapsed` those who meet them and have had a gap since the grant."""

    month: datetime.date
    due: dict[int, Due]
    refused: dict[int, str]
    unmet: set[int]
    suspended: set[int]
    lapsed: set[int]
    clauses: tuple[Clause, ...]


@dataclass
class Day:
    """The people who meet the lasting conditions on a day, and those of them whose payment is not suspended."""

    on: datetime.date
    lasting: set[int]
    full: set[int]


@dataclass
class Conditions:
    """The rule, asked day by day of some people (None: of everybody); days asked once are kept."""

    subsidy: str
    people: Collection[int] | None = None
    _days: dict[datetime.date, Day] = field(default_factory=dict)
    _clauses: dict[datetime.date, tuple[Clause, ...]] = field(default_factory=dict)
    _standards: dict[datetime.date, list[Standard]] = field(default_factory=dict)
    _parameters: DatedParameters | None = None

    def on(self, day: datetime.date) -> Day:
        """The day's answer, in one statement."""
        if day not in self._days:
            people = Person.objects.all()
            rows = self._asked(day, people if self.people is None else people.filter(pk__in=self.people))
            self._days[day] = _days({day}, rows)[day]
        return self._days[day]

    def on_each(self, of: Mapping[datetime.date, Collection[int]]) -> list[Day]:
        """The answers of several days about a few people each, the latest first, in one statement; they are not kept."""
        if not of:
            return []
        rows, *more = (self._asked(day, Person.objects.filter(pk__in=people)) for day, people in of.items())
        found = _days(of, rows.union(*more, all=True) if more else rows)
        return [found[day] for day in sorted(of, reverse=True)]

    def forget_before(self, day: datetime.date) -> None:
        """Lets go of the days before one."""
        self._days = {known: answer for known, answer in self._days.items() if known >= day}
        self._clauses = {known: clauses for known, clauses in self._clauses.items() if known >= day}

    def clauses(self, day: datetime.date) -> tuple[Clause, ...]:
        """The conditions as sentences; put together once a day, which takes longer than asking them of a few people."""
        if day not in self._clauses:
            if self._parameters is None:
                self._parameters = DatedParameters()
            month, parameters = month_of(day), self._parameters.on(day)
            standards = self.standards(month)
            rule = decide(self.subsidy, on=day, month=month, parameters=parameters, standards=standards)
            self._clauses[day] = rule.clauses
        return self._clauses[day]

    def standards(self, month: datetime.date) -> list[Standard]:
        """The standards in force in a month, read once."""
        if month not in self._standards:
            self._standards[month] = list(Standard.objects.in_month(self.subsidy, month))
        return self._standards[month]

    def _asked(self, day: datetime.date, people: Any) -> Any:
        """Rows of (day, person, whether payment is not suspended) of those who meet the lasting conditions."""
        clauses = self.clauses(day)
        lasting = [clause.condition for clause in clauses if clause.code not in SUSPENDING]
        suspending = [clause.condition for clause in clauses if clause.code in SUSPENDING]
        asked = people.filter(*lasting).annotate(on=Value(day, DateField()), is_full=truth(*suspending))
        return asked.order_by().values_list("on", "pk", "is_full")


def _days(asked: Collection[datetime.date], rows: Any) -> dict[datetime.date, Day]:
    days = {day: Day(day, set(), set()) for day in asked}
    for on, person, is_full in rows:
        days[on].lasting.add(person)
        if is_full:
            days[on].full.add(person)
    return days


def unpayable(conditions: Conditions, month: datetime.date, people: Collection[int]) -> set[int]:
    """Those of the people whom a month must not be paid to, granted or not: on none of its days, nor on the last before
    it, do they meet all conditions, and no decision puts the month back."""
    window = _window(conditions, month, among=set(people))
    resumed = _resumptions(conditions.subsidy, people=people).get(month, set())
    return set(people) - set().union(*(day.full for day in window)) - resumed


def due_months(subsidy: str, *, until: datetime.date, people: Collection[int] | None = None) -> Iterator[DueMonth]:
    """Month by month from the earliest grant to `until`: who is to be paid, and how much.

    `people` bounds the question to some primary keys; None is everybody.
    """
    starting = _grants(subsidy, until=until, people=people)
    if not starting:
        return
    resumed = _resumptions(subsidy, people=people)
    conditions = Conditions(subsidy, people)
    granted: set[int] = set()
    going: set[int] = set()
    for month in months_between(min(starting), until):
        granted |= starting.get(month, set())
        window = _window(conditions, month, among=granted)
        met = set().union(*(day.full for day in window)) | resumed.get(month, set())
        going = (going | starting.get(month, set())) & set().union(*(day.lasting for day in window))
        due, refused = _priced(conditions, month, going & met, window)
        clauses = conditions.clauses(last_day(month))
        yield DueMonth(month, due, refused, granted - met, going - met, (granted & met) - going, clauses)
        conditions.forget_before(last_day(month))


def _grants(subsidy: str, *, until: datetime.date, people: Collection[int] | None) -> dict[datetime.date, set[int]]:
    rows = Grant.objects.filter(subsidy=subsidy, first_month__lte=until)
    if people is not None:
        rows = rows.filter(person__in=people)
    starting: dict[datetime.date, set[int]] = defaultdict(set)
    for month, person in rows.order_by().values_list("first_month", "person"):
        starting[month].add(person)
    return starting


def _resumptions(subsidy: str, *, people: Collection[int] | None) -> dict[datetime.date, set[int]]:
    rows = Resumption.objects.filter(subsidy=subsidy)
    if people is not None:
        rows = rows.filter(person__in=people)
    resumed: dict[datetime.date, set[int]] = defaultdict(set)
    for person, first, last in rows.order_by().values_list("person", "first_month", "last_month"):
        for month in months_between(first, last):
            resumed[month].add(person)
    return resumed


def _window(conditions: Conditions, month: datetime.date, *, among: set[int]) -> list[Day]:
    """The days that decide a month, the last of it first: its end, the end of the month before, and, for whoever met
    the conditions on neither, the days on which something of theirs began."""
    window = [conditions.on(last_day(month)), conditions.on(month - ONE_DAY)]
    wanting = among - window[0].full - window[1].full
    begun = _beginnings(conditions.subsidy, month, wanting) if wanting else {}
    return window + conditions.on_each(begun)


def _beginnings(subsidy: str, month: datetime.date, people: set[int]) -> dict[datetime.date, set[int]]:
    """The days of a month, but its last, on which one of the people may have come to meet the conditions."""
    bounds = (month, last_day(month) - ONE_DAY)
    of = {"person__in": people}
    sources = (
        Certificate.objects.filter(**of, held_from__range=bounds).values_list("held_from", "person"),
        Certificate.objects.filter(**of, first_issued_on__range=bounds).values_list("first_issued_on", "person"),
        SocialAssistance.objects.filter(**of, starts_on__range=bounds).values_list("starts_on", "person"),
        SocialAssistance.objects.filter(**of, ends_on__range=bounds).values_list("ends_on", "person"),
        OtherBenefit.objects.filter(**of, ends_on__range=bounds).values_list("ends_on", "person"),
        Stop.objects.standing().filter(**of, subsidy=subsidy, until_on__range=bounds).values_list("until_on", "person"),
    )
    begun: dict[datetime.date, set[int]] = defaultdict(set)
    rows: list[Any] = [source.order_by() for source in sources]
    for day, person in rows[0].union(*rows[1:]):
        begun[day].add(person)
    return begun


def _priced(
    conditions: Conditions, month: datetime.date, payable: set[int], window: list[Day]
) -> tuple[dict[int, Due], dict[int, str]]:
    """Finds each one's standard by the facts of the last deciding day on which the conditions were met."""
    deciding: dict[datetime.date, set[int]] = {}
    for day in window:
        if here := payable & day.lasting:
            deciding[day.on] = here
            payable = payable - here
    return _price(conditions, month, deciding)


def _price(
    conditions: Conditions, month: datetime.date, deciding: Mapping[datetime.date, set[int]]
) -> tuple[dict[int, Due], dict[int, str]]:
    """The standards of a month for people who are each decided by one day, in one statement; and the sentences for
    whom not exactly one fits."""
    due: dict[int, Due] = {}
    refused: dict[int, str] = {}
    subsidy, standards = conditions.subsidy, conditions.standards(month)
    name = f"{month.year}年{month.month}月{Subsidy(subsidy).label}"
    if not standards:
        everybody = set().union(*deciding.values())
        return {}, dict.fromkeys(everybody, f"参数未维护：{name}没有补贴标准。{MAINTAINED_BY}。")
    if not deciding:
        return {}, {}
    asked = []
    for on, people in deciding.items():
        rows = fitting(subsidy, on=on, month=month, standards=standards)
        flags = {f"fits_{i}": truth(condition) for i, (_, condition) in enumerate(rows)}
        those = Person.objects.filter(pk__in=people).annotate(on=Value(on, DateField()), **flags)
        asked.append(those.order_by().values_list("on", "pk", *flags))
    first, *more = asked
    for on, pk, *fits in first.union(*more, all=True) if more else first:
        fitted = [row for row, does in zip(standards, fits, strict=True) if does]
        if len(fitted) == 1:
            due[pk] = Due(fitted[0].amount_yuan, fitted[0].pk, on)
        elif fitted:
            names = "、".join(f"“{row.name}”" for row in fitted)
            refused[pk] = f"参数未维护：{name}的标准重叠，{names}都适用。请在“补贴标准”中更正。"
        else:
            refused[pk] = f"参数未维护：{name}没有适用于此人等级、类别等情况的标准。{MAINTAINED_BY}。"
    return due, refused


def judged(conditions: Conditions, month: datetime.date, people: Collection[int]) -> tuple[set[int], dict[int, Due]]:
    """Those of the people whom a month may be paid to, granted or not (the others are `unpayable`), and how much it
    should come to for them."""
    among = set(people)
    window = _window(conditions, month, among=among)
    resumed = _resumptions(conditions.subsidy, people=people).get(month, set())
    payable = among & (set().union(*(day.full for day in window)) | resumed)
    return payable, _priced(conditions, month, payable, window)[0]


def priced(
    subsidy: str, month: datetime.date, *, on: datetime.date, people: Collection[int]
) -> tuple[dict[int, Due], dict[int, str]]:
    """Some people's standards of a month by the facts of a day, and the sentences for whom not exactly one fits."""
    return _price(Conditions(subsidy), month, {on: set(people)})
