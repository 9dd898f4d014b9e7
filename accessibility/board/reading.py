"""The sums of the board, all of them by SQL: homes by where they stand, place, contractor and year; money by source.

Money is what 资金构成 says. The budget of a home that was ended is given back, so it is not counted; what was spent on
it is. Every grouping splits the same homes, so that each column adds up to the same totals.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When

from accessibility.models import (
    ENDED,
    Fund,
    FundingShare,
    HomeRetrofit,
    HomeStage,
    PlanItem,
    RetrofitHome,
    YearTask,
)
from accessibility.rules import counting_projects
from accessibility.target import Goal, goal_on
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

NOTHING = Decimal("0.00")
STREET = ("person__community__parent__code", "person__community__parent__name")
COMMUNITY = (*STREET, "person__community__code", "person__community__name")
CONTRACTOR = ("contractor", "contractor__name")
HOME_YEAR = ("year",)
STAGE = ("stage",)
KEPT = ~Q(home__stage=HomeStage.ENDED)  # of FundingShare: its budget still stands


@dataclass(frozen=True)
class Sums:
    """Homes and yuan of one group, or of all."""

    homes: int = 0
    going: int = 0
    overdue: int = 0
    filed: int = 0
    ended: int = 0
    contract_yuan: Decimal = NOTHING
    budget_yuan: Decimal = NOTHING
    spent_yuan: Decimal = NOTHING

    @property
    def left_yuan(self) -> Decimal:
        """What of the budget is not spent; negative where more was."""
        return self.budget_yuan - self.spent_yuan


@dataclass(frozen=True)
class Group:
    """One line of a table: the values it is grouped by, and its sums."""

    key: tuple[Any, ...]
    sums: Sums

    @property
    def name(self) -> str:
        return str(self.key[-1])


def overdue(today: datetime.date) -> Q:
    """Of RetrofitHome: the day by which the present stage should be done has passed."""
    return Q(due_on__lt=today) & ~Q(stage__in=ENDED)


def in_order(homes: QuerySet[RetrofitHome], *, today: datetime.date) -> QuerySet[RetrofitHome]:
    """Overdue first, the longest first; then by the day each is due, those without one by how long they have stood."""
    late = Case(When(overdue(today), then=Value(0)), default=Value(1), output_field=IntegerField())
    return homes.annotate(_late=late).order_by("_late", F("due_on").asc(nulls_last=True), "since_on", "pk")


def _counts(today: datetime.date) -> dict[str, Any]:
    return {
        "homes": Count("pk"),
        "going": Count("pk", filter=~Q(stage__in=ENDED)),
        "overdue": Count("pk", filter=overdue(today)),
        "filed": Count("pk", filter=Q(stage=HomeStage.FILED)),
        "ended": Count("pk", filter=Q(stage=HomeStage.ENDED)),
        "contract_yuan": Sum("contract_yuan", default=NOTHING),
    }


def _money() -> dict[str, Any]:
    return {
        "budget_yuan": Sum("budget_yuan", filter=KEPT, default=NOTHING),
        "spent_yuan": Sum("spent_yuan", default=NOTHING),
    }


def _shares(homes: QuerySet[RetrofitHome]) -> QuerySet[FundingShare]:
    rows: QuerySet[FundingShare] = FundingShare.objects.filter(home__in=homes.order_by().values("pk")).order_by()
    return rows


def total(homes: QuerySet[RetrofitHome], *, today: datetime.date) -> Sums:
    """All of the homes, in two statements."""
    counts: dict[str, Any] = homes.order_by().aggregate(**{f"n_{name}": one for name, one in _counts(today).items()})
    money = _shares(homes).aggregate(**{f"n_{name}": one for name, one in _money().items()})
    return Sums(**{name.removeprefix("n_"): value for name, value in (counts | money).items()})


def grouped(homes: QuerySet[RetrofitHome], by: tuple[str, ...], *, today: datetime.date) -> list[Group]:
    """The homes by some of their fields (`STREET` …), in two statements; in the order of the fields."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    # Aliases of their own: an aggregate must not bear the name of a field it sums.
    counts = {f"n_{name}": one for name, one in _counts(today).items()}
    money = {f"n_{name}": one for name, one in _money().items()}
    rows: Iterable[tuple[tuple[str, ...], dict[str, Any]]] = (
        *((by, row) for row in homes.order_by().values(*by).annotate(**counts)),
        *((tuple(f"home__{one}" for one in by), row) for row in _by_home(_shares(homes), by).annotate(**money)),
    )
    for names, row in rows:
        sums = found.setdefault(tuple(row[name] for name in names), {})
        sums |= {name[2:]: value for name, value in row.items() if name.startswith("n_")}
    groups = [Group(key, Sums(**sums)) for key, sums in found.items()]
    return sorted(groups, key=lambda group: [(one is None, one or 0) for one in group.key])


def _by_home(shares: QuerySet[FundingShare], by: tuple[str, ...]) -> Any:
    return shares.values(*(f"home__{one}" for one in by))


@dataclass(frozen=True)
class FundSums:
    """One source of money: what the year's document gives, what homes were given of it, what was paid."""

    fund: Fund
    granted_yuan: Decimal | None  # None: no document was entered
    budget_yuan: Decimal = NOTHING
    spent_yuan: Decimal = NOTHING

    @property
    def over_yuan(self) -> Decimal:
        """By how much the homes' budgets exceed the document's; 0 where they do not, or there is none."""
        return NOTHING if self.granted_yuan is None else max(NOTHING, self.budget_yuan - self.granted_yuan)

    @property
    def left_yuan(self) -> Decimal:
        return self.budget_yuan - self.spent_yuan


def by_fund(homes: QuerySet[RetrofitHome], *, year: int | None, with_tasks: bool) -> list[FundSums]:
    """Money by source, of those that have any; with the documents of the year, or of all years where it is None."""
    rows: Any = _shares(homes).values("fund").annotate(**{f"n_{name}": one for name, one in _money().items()})
    sums = {row["fund"]: (row["n_budget_yuan"], row["n_spent_yuan"]) for row in rows}
    granted: dict[str, Decimal] = {}
    if with_tasks:
        tasks = YearTask.objects.exclude(fund="").order_by()
        tasks = tasks if year is None else tasks.filter(year=year)
        granted = dict(tasks.values_list("fund").annotate(Sum("budget_yuan")))
    return [
        FundSums(fund, granted.get(fund.value), *sums.get(fund.value, ()))
        for fund in Fund
        if fund.value in sums or fund.value in granted
    ]


@dataclass(frozen=True)
class YearSums:
    """A year against its task. `accepted` are households counted in it, each in the year of its first acceptance."""

    year: int
    task: YearTask | None
    accepted: int
    sums: Sums

    @property
    def missing(self) -> int | None:
        """Homes still to be accepted; None where no task was entered."""
        if self.task is None or self.task.homes is None:
            return None
        return max(0, self.task.homes - self.accepted)


@dataclass(frozen=True)
class Progress:
    """The years of a plan against its target."""

    goal: Goal | None
    accepted: int
    years: list[YearSums] = field(default_factory=list)

    @property
    def missing(self) -> int | None:
        return None if self.goal is None else max(0, self.goal.homes - self.accepted)


def accepted_by_year(projects: QuerySet[HomeRetrofit]) -> dict[int, int]:
    """Households by the year of their first acceptance: {year: households}, in two statements."""
    first = projects.order_by().values("household").annotate(first=Min("accepted_on"))
    span = projects.order_by().aggregate(least=Min("accepted_on"), most=Max("accepted_on"))
    if span["least"] is None:
        return {}
    years = range(span["least"].year, span["most"].year + 1)
    counts = first.aggregate(**{f"y{year}": Count("household", filter=Q(first__year=year)) for year in years})
    return {year: counts[f"y{year}"] for year in years}


def progress(by: User, *, today: datetime.date, with_tasks: bool) -> Progress:
    """The reader's area against the plan in force: households as indicator 11 counts them, and the years' tasks."""
    goal = goal_on(today)
    homes: Any = RetrofitHome.objects.visible_to(by)
    groups = {group.key[0]: group.sums for group in grouped(homes, HOME_YEAR, today=today)}
    tasks = {row.year: row for row in YearTask.objects.filter(fund="")} if with_tasks else {}
    accepted: dict[int, int] = {}
    if goal is not None:
        projects: Any = HomeRetrofit.objects.visible_to(by)
        counting = counting_projects(
            starts_on=goal.starts_on, until=min(today, goal.ends_on), parameters=Parameters(on=today)
        )
        accepted = accepted_by_year(projects.filter(pk__in=counting.values("pk")))
    years = sorted({*groups, *tasks, *accepted, *_years_of(goal, today)})
    lines = [YearSums(year, tasks.get(year), accepted.get(year, 0), groups.get(year, Sums())) for year in years]
    return Progress(goal, sum(accepted.values()), lines)


def _years_of(goal: Goal | None, today: datetime.date) -> Iterable[int]:
    return () if goal is None else range(goal.starts_on.year, min(today, goal.ends_on).year + 1)


@dataclass(frozen=True)
class Check:
    """Whether 方案明细 and 资金构成 say the same."""

    planned_yuan: Decimal
    budget_yuan: Decimal
    settled_yuan: Decimal
    spent_yuan: Decimal

    @property
    def is_even(self) -> bool:
        return self.planned_yuan == self.budget_yuan and self.settled_yuan == self.spent_yuan


def check(homes: QuerySet[RetrofitHome], sums: Sums) -> Check:
    """The plans' totals beside the funds', in one statement."""
    items = PlanItem.objects.filter(home__in=homes.order_by().values("pk")).order_by()
    found = items.aggregate(
        planned=Sum("amount_yuan", filter=KEPT, default=NOTHING), settled=Sum("settled_yuan", default=NOTHING)
    )
    return Check(found["planned"], sums.budget_yuan, found["settled"], sums.spent_yuan)
