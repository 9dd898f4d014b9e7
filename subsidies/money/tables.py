"""The tables as a reader may see them: who may look people up sees every number, others none that is about one or two."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from subsidies.models import Standard
from subsidies.money.reading import BACKPAY, DEMANDED, DROPPED, NOTHING, RECEIVED, WRITTEN_OFF, Cell, Place, Report
from zalainuoer.common.disclosure import LEAST, TOTAL, hidden_cells
from zalainuoer.common.models import Division, User
from zalainuoer.common.plots import Gap

HIDDEN, NO_ROSTER = Gap("不显示"), Gap("无名册")
MOVEMENTS = {
    BACKPAY: "补发、补差",
    DEMANDED: "追回",
    DROPPED: "不再追回",
    RECEIVED: "已退回",
    WRITTEN_OFF: "已核销",
}


@dataclass(frozen=True)
class Shown:
    """A number of people and an amount (yuan), or why they are not there."""

    people: int | Gap
    yuan: Decimal | Gap

    @property
    def is_hidden(self) -> bool:
        return HIDDEN in (self.people, self.yuan)


NONE_HERE = Shown(0, NOTHING)


@dataclass(frozen=True)
class MonthRow:
    """A month: what was paid for it, and what moved in it."""

    month: datetime.date
    paid: Shown
    moved: list[tuple[str, Shown]]


@dataclass(frozen=True)
class StreetRow:
    """A street in a month: by standard, and together."""

    name: str
    cells: list[tuple[str, Shown]]
    total: Shown


@dataclass(frozen=True)
class Tables:
    """Everything the page and the workbook show of a subsidy. `standards` are (yuan, in words), the lowest first."""

    report: Report
    months: list[MonthRow]
    standards: list[tuple[Decimal, str]]
    by_standard: dict[datetime.date, dict[Decimal, Shown]]
    by_street: dict[datetime.date, list[StreetRow]]
    outstanding: Shown
    is_guarded: bool

    @property
    def total(self) -> Decimal | Gap:
        """What the months come to; none where one of them is hidden and would follow from it."""
        if any(row.paid.yuan == HIDDEN for row in self.months):
            return HIDDEN
        return sum((row.paid.yuan for row in self.months if isinstance(row.paid.yuan, Decimal)), NOTHING)

    @property
    def hides(self) -> bool:
        """Whether anything has been left out."""
        shown = [cell for row in self.months for cell in (row.paid, *(moved for _, moved in row.moved))]
        shown += [cell for rows in self.by_street.values() for row in rows for _, cell in row.cells]
        return any(cell.is_hidden for cell in (*shown, self.outstanding))

    def row_of(self, month: datetime.date) -> MonthRow | None:
        return next((row for row in self.months if row.month == month), None)


def tables_of(report: Report, *, user: User) -> Tables:
    """The report's tables for a reader. Reads divisions and standards, in two statements."""
    is_guarded = not user.has_perm("registry.view_people")
    streets = _streets(report, user)
    amounts = sorted({standard for cells in report.paid.values() for _, standard in cells})
    words = _words(report, amounts)
    months, by_standard, by_street = [], {}, {}
    for month in report.months:
        table = _Month(report.paid.get(month, {}), is_guarded)
        here = report.moved.get(month, {})
        moved = [(label, _moved(here.get(what), is_guarded)) for what, label in MOVEMENTS.items()]
        gone = month in report.without
        months.append(MonthRow(month, Shown(NO_ROSTER, NO_ROSTER) if gone else table.shown(TOTAL, TOTAL), moved))
        by_standard[month] = {amount: table.shown(TOTAL, amount) for amount in amounts}
        by_street[month] = [
            StreetRow(name, [(words[a], table.shown(street, a)) for a in amounts], table.shown(street, TOTAL))
            for street, name in streets.items()
        ]
    outstanding = _moved(report.outstanding, is_guarded)
    if is_guarded and any(
        _moved(cell, is_guarded).is_hidden for here in report.moved.values() for cell in here.values()
    ):
        outstanding = Shown(HIDDEN, HIDDEN)  # it would tell the hidden one by subtraction
    return Tables(report, months, list(words.items()), by_standard, by_street, outstanding, is_guarded)


class _Month:
    """One month's street × standard table with its totals, and what of it is hidden."""

    def __init__(self, cells: Mapping[Place, Cell], is_guarded: bool):
        self.cells: dict[Any, Cell] = dict(cells)
        for (street, standard), cell in cells.items():
            for key in ((street, TOTAL), (TOTAL, standard), (TOTAL, TOTAL)):
                total = self.cells.setdefault(key, Cell())
                total.people += cell.people
                total.yuan += cell.yuan
        counts = {place: cell.people for place, cell in cells.items()}
        self.hidden = hidden_cells(counts) if is_guarded else set()

    def shown(self, street: Any, standard: Any) -> Shown:
        """A cell. Of a row of which something is hidden the amount is hidden too: at 130 and 100 yuan, people and
        amount together would tell how many are at which."""
        cell = self.cells.get((street, standard))
        if cell is None:
            return NONE_HERE
        people: int | Gap = HIDDEN if (street, standard) in self.hidden else cell.people
        torn = standard is TOTAL and any(row == street for row, _ in self.hidden)
        return Shown(people, HIDDEN if torn or people == HIDDEN else cell.yuan)


def _moved(cell: Cell | None, is_guarded: bool) -> Shown:
    if cell is None:
        return NONE_HERE
    if is_guarded and 0 < cell.people < LEAST:
        return Shown(HIDDEN, HIDDEN)
    return Shown(cell.people, cell.yuan)


def _streets(report: Report, user: User) -> dict[int, str]:
    """The streets of the reader's area, and any other that somebody of the area lives in, by code."""
    among = {street for cells in report.paid.values() for street, _ in cells}
    streets = Division.objects.streets().order_by("code").values_list("pk", "name")
    return {pk: name for pk, name in streets if user.scope_ids is None or pk in user.scope_ids or pk in among}


def _words(report: Report, amounts: list[Decimal]) -> dict[Decimal, str]:
    """Each amount with the classes that have it: 130 元（一级）."""
    names: dict[Decimal, list[str]] = {}
    for amount, name in Standard.objects.filter(subsidy=report.subsidy).values_list("amount_yuan", "name").distinct():
        names.setdefault(amount, []).append(name)
    return {
        amount: f"{amount.normalize():f} 元" + (f"（{'、'.join(sorted(names[amount]))}）" if amount in names else "")
        for amount in amounts
    }
