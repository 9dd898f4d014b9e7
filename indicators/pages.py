"""What the pages of the figures show: the rows of the dashboard, streets, past nights, definitions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from indicators import display, services
from indicators.catalogue import indicator_of
from indicators.export import scoped
from indicators.figures import Count, Coverage, Indicator
from indicators.models import Figure, FigureState, Nature, Operator, Plan, Snapshot, SnapshotKind, Target
from indicators.periods import Basis
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division, User
from zalainuoer.common.percent import percent
from zalainuoer.common.rules import Clause

NIGHTS = 30
NOT_JUDGED = display.Status("not_judged", "不单独评定", "—")
# The id lists can be large and no page shows them whole.
HEAVY = ("numerator_ids", "denominator_ids")


@dataclass(frozen=True)
class StreetCell:
    value: str
    fraction: str


@dataclass(frozen=True)
class Night:
    """One night's value of one figure: as a number for the line, as text for the table."""

    day: datetime.date
    number: float | None
    text: str


@dataclass
class Row:
    """One indicator as the dashboard and its own page show it."""

    target: Target
    figure: Figure
    past: list[Night]
    is_part: bool = False  # narrowed to somebody's area
    last_good: str = ""
    streets: dict[int, StreetCell] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.target.number

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def status(self) -> display.Status:
        """Against the target; a street's share of a count is not judged by the district's number."""
        standing = display.status(self.target, self.figure)
        is_count = self.figure.denominator is None and self.figure.value is None
        return NOT_JUDGED if self.is_part and is_count and standing.is_met is not None else standing

    @property
    def value(self) -> str:
        return display.value_text(self.target, self.figure)

    @property
    def fraction(self) -> str:
        return display.fraction_text(self.figure)

    @property
    def goal(self) -> str:
        return display.target_text(self.target)

    @property
    def text_goal(self) -> str:
        """The plan's text where it asks differently from its table (≥ for ＞)."""
        operator = self.target.text_operator
        if not operator or operator == self.target.table_operator:
            return ""
        return f"{Operator(operator).label}{self.target.value.normalize():f}{self.target.unit}"

    @property
    def growth_years(self) -> int:
        """Over how many years number 1 is compounded."""
        return int(self.figure.details["year"] - self.figure.details["base_year"])

    @property
    def region(self) -> str:
        return display.region_text(self.target)

    @property
    def notes(self) -> list[str]:
        """What stands beside the fraction; 人次 of a count already is the fraction."""
        return [note for note in display.notes(self.figure) if note != self.fraction]

    @property
    def is_binding(self) -> bool:
        return self.target.nature == Nature.BINDING

    @property
    def past_numbers(self) -> list[float | None]:
        return [night.number for night in self.past]

    @property
    def past_text(self) -> str:
        """The line of past nights in words, for those who do not see it."""
        known = [night for night in self.past if night.number is not None]
        if len(known) < 2:
            return "暂无走势"
        low = min(known, key=lambda night: night.number or 0)
        high = max(known, key=lambda night: night.number or 0)
        return f"近{len(self.past)}晚走势：最早{known[0].text}，最低{low.text}，最高{high.text}，最近{known[-1].text}"


def rows_of(snapshot: Snapshot, *, user: User) -> list[Row]:
    """The plan's figures of a snapshot, in its order, as the user may see them."""
    stored = list(snapshot.figures.defer(*HEAVY).order_by("number"))
    for figure in stored:
        figure.snapshot = snapshot
    figures = scoped(stored, user)
    targets = {target.number: target for target in snapshot.plan.targets.all()}
    past = past_nights(snapshot.plan, targets, user=user)
    return [
        Row(
            target=targets[figure.number],
            figure=figure,
            past=past.get(figure.number, []),
            is_part=user.scope_ids is not None,
            last_good=_last_good(targets[figure.number], figure, user=user),
            streets=_street_cells(targets[figure.number], figure),
        )
        for figure in figures
    ]


def past_nights(
    plan: Plan, targets: dict[int, Target], *, user: User, number: int | None = None
) -> dict[int, list[Night]]:
    """The last nights' values of each figure, oldest first."""
    nights = plan.snapshots.filter(kind=SnapshotKind.NIGHTLY).order_by("-night")[:NIGHTS]
    figures = (
        Figure.objects.filter(snapshot__in=list(nights)).select_related("snapshot").defer(*HEAVY, "details", "batches")
    )
    if number is not None:
        figures = figures.filter(number=number)
    found: dict[int, list[Night]] = {}
    for figure in scoped(list(figures.order_by("snapshot__night")), user):
        night = Night(figure.snapshot.night, _plottable(figure), display.value_text(targets[figure.number], figure))
        found.setdefault(figure.number, []).append(night)
    return found


def _plottable(figure: Figure) -> float | None:
    if figure.state != FigureState.COMPUTED:
        return None
    if figure.denominator:
        return (figure.numerator or 0) * 100 / figure.denominator
    if figure.value is not None:
        return float(figure.value)
    return None if figure.numerator is None else float(figure.numerator)


def _last_good(target: Target, figure: Figure, *, user: User) -> str:
    """Beside 计算失败: the last figure that was computed, and its day."""
    if figure.state != FigureState.FAILED:
        return ""
    good = services.last_good(plan=figure.snapshot.plan, number=figure.number, before=figure.snapshot.computed_at)
    if good is None:
        return ""
    return f"{display.value_text(target, scoped([good], user)[0])}（{good.snapshot.night:%Y-%m-%d}）"


def streets_of(user: User) -> list[Division]:
    """The streets a person may see, in the order of their codes."""
    streets = Division.objects.streets()
    return list(streets if user.scope_ids is None else streets.filter(pk__in=user.scope_ids))


def _street_cells(target: Target, figure: Figure) -> dict[int, StreetCell]:
    cells = {}
    for street, counts in figure.by_street.items():
        if isinstance(counts, int):
            cells[int(street)] = StreetCell(f"{counts}{target.unit}", "")
        elif counts[1]:
            cells[int(street)] = StreetCell(f"{percent(*counts)}%", f"{counts[0]}/{counts[1]}")
    return cells


@dataclass(frozen=True)
class Definition:
    """How a figure is counted, from the clauses that count it: whom they leave out, and by which document."""

    outside: list[Clause]
    not_reached: list[Clause]
    problem: str = ""


def definition_of(figure: Figure) -> Definition:
    """The rules of a figure on its day, in words; a parameter that is missing is named instead."""
    indicator: Indicator = indicator_of(figure.snapshot.plan, figure.number)
    if "period" not in figure.details:
        return Definition([], [])
    try:
        basis = Basis.read(plan=figure.snapshot.plan, day=figure.snapshot.as_of)
        if isinstance(indicator, Coverage):
            period = indicator.period_of(figure, basis)
            due, reached = indicator.due(basis, period).clauses, indicator.reached(basis, period)
            return Definition(_distinct(due), _distinct(reached))
        if isinstance(indicator, Count):
            return Definition(_distinct(indicator.rule(basis, indicator.period_of(figure, basis)).clauses), [])
    except RuleBroken as broken:
        return Definition([], [], broken.message)
    return Definition([], [])


def _distinct(clauses: Iterable[Clause]) -> list[Clause]:
    found: dict[Any, Clause] = {}
    for clause in clauses:
        found.setdefault((clause.reason, clause.source), clause)
    return list(found.values())


@dataclass(frozen=True)
class PeopleList:
    """One list of people behind a figure: its key, its name, how many there are."""

    key: str
    label: str
    size: int | None  # None: not known for the person's area


def people_lists(stored: Figure, shown: Figure | None = None) -> list[PeopleList]:
    """The lists that may be opened from a stored figure; sizes are those of the figure as the person is shown it."""
    figure = shown or stored
    if stored.state != FigureState.COMPUTED:  # no period, and nobody in it
        return []
    indicator = indicator_of(stored.snapshot.plan, stored.number)
    if isinstance(indicator, Coverage):
        lists = [
            PeopleList("missing", "未达到", (figure.denominator or 0) - (figure.numerator or 0)),
            PeopleList("numerator", "已达到", figure.numerator or 0),
        ]
        if indicator.beside is not None and indicator.beside.key in stored.details:
            ids = figure.details.get(indicator.beside.key)
            lists.append(PeopleList(indicator.beside.key, indicator.beside.label, None if ids is None else len(ids)))
        return lists
    if isinstance(indicator, Count):
        return [PeopleList("numerator", "已计入", figure.numerator or 0)]
    return []
