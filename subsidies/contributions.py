"""What the two subsidies contribute to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from registry.contributions import Entitlement, Filter, Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from subsidies import applying
from subsidies.models import LivingPayment, NursingPayment, Payment
from subsidies.rules import living_entitled, living_paid, nursing_entitled, nursing_paid
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User
from zalainuoer.common.rules import Clause, Parameters, Rule

RECEIVING = (
    ("received", "已发放"),
    ("due", "应当享受"),
    ("missing", "应享受而未发放"),
    ("wrong", "不应享受而已发放"),
)


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(
        filters=filters(), sections=(*SECTIONS, applying.SECTION), timelines=(timeline,), entitlements=entitlements()
    )


@dataclass(frozen=True)
class Subsidy:
    """One of the two, as the list's filter asks for it."""

    code: str
    name: str
    roster: type[Payment]
    due: Callable[..., Rule]
    paid: Callable[..., tuple[Clause, ...]]

    def condition(self, value: str, on: datetime.date, parameters: Parameters) -> Any:
        """Of Person, in the latest month on the roster; as indicators 4 and 5 look at it."""
        month = latest_month(self.roster, on=on)
        if month is None:
            return Q(pk__in=())
        asked = {"on": min(on, _last_day(month)), "month": month, "parameters": parameters}
        due = [clause.condition for clause in self.due(**asked).clauses]
        paid = [clause.condition for clause in self.paid(**asked)]
        return {
            "received": Q(*paid),
            "due": Q(*due),
            "missing": Q(*due) & _outside(paid),
            "wrong": Q(*paid) & _outside(due),
        }[value]

    def asked(self, on: datetime.date, parameters: Parameters) -> dict[str, Any]:
        """What the rules are asked with: the latest month on the roster, as indicators 4 and 5 choose it."""
        month = latest_month(self.roster, on=on)
        if month is None:
            raise RuleBroken(f"没有{on}及以前的“{self.roster._meta.verbose_name}”数据，无法比对。")
        return {"on": min(on, _last_day(month)), "month": month, "parameters": parameters}

    def entitlement(self, order: int) -> Entitlement:
        """Who is due in that month, and who was paid."""
        return Entitlement(
            order,
            self.code,
            self.name,
            due=lambda on, parameters: self.due(**self.asked(on, parameters)),
            received=lambda on, parameters: self.paid(**self.asked(on, parameters)),
            is_exclusive=True,
        )

    @property
    def rows(self) -> str:
        """The person's related name of the roster."""
        return f"{self.roster._meta.model_name}s"


SUBSIDIES = (
    Subsidy("living", "困难残疾人生活补贴", LivingPayment, living_entitled, living_paid),
    Subsidy("nursing", "重度残疾人护理补贴", NursingPayment, nursing_entitled, nursing_paid),
)


def latest_month(roster: type[Payment], *, on: datetime.date) -> datetime.date | None:
    """The latest month of which there is a roster, at most the day's."""
    return roster.objects.filter(month__lte=on).aggregate(latest=Max("month"))["latest"]


def _outside(conditions: list[Any]) -> Q:
    """Not in the set: asked as a set, which PostgreSQL makes once, where a negated EXISTS is probed person by person."""
    return ~Q(pk__in=Person.objects.filter(*conditions).values("pk"))


def _last_day(month: datetime.date) -> datetime.date:
    return (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def filters() -> tuple[Filter, ...]:
    """应享受 and 已发放, of each subsidy."""
    return tuple(
        Filter(order, subsidy.code, subsidy.name, RECEIVING, subsidy.condition)
        for order, subsidy in enumerate(SUBSIDIES, 10)
    )


def entitlements() -> tuple[Entitlement, ...]:
    """Both subsidies, asked about the latest month paid."""
    return tuple(subsidy.entitlement(order) for order, subsidy in enumerate(SUBSIDIES, 10))


# the person page

MONTHS = range(1, 13)


def payments(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Year by month, of each subsidy."""
    tables = [_table(subsidy, rows_of(person, subsidy.rows, newest="month")) for subsidy in SUBSIDIES]
    return {"tables": tables, "months": MONTHS} if any(table["years"] for table in tables) else None


def _table(subsidy: Subsidy, rows: list[Payment]) -> dict[str, Any]:
    years: dict[int, dict[int, Payment]] = {}
    for row in rows:
        years.setdefault(row.month.year, {})[row.month.month] = row
    return {
        "subsidy": subsidy,
        "years": [
            {
                "year": year,
                "cells": [(month, paid.get(month)) for month in MONTHS],
                "total": sum(row.amount_yuan for row in paid.values()),
            }
            for year, paid in years.items()
        ],
    }


def timeline(person: Person) -> Iterator[Happening]:
    """One line for each run of months without a gap."""
    for subsidy in SUBSIDIES:
        paid = [row for row in rows_of(person, subsidy.rows, newest="month")[::-1] if row.amount_yuan > 0]
        for run in _runs(paid):
            last = run[-1].month
            total = sum((row.amount_yuan for row in run), Decimal(0))
            until = f"至{last.year}年{last.month}月，" if len(run) > 1 else ""
            yield Happening(
                run[0].month,
                f"发放{subsidy.name}",
                f"{until}共{len(run)}个月、{total.normalize():f}元",
                when=f"{run[0].month:%Y-%m}",
            )


def _runs(paid: list[Payment]) -> list[list[Payment]]:
    runs: list[list[Payment]] = []
    for row in paid:
        if runs and row.month <= _last_day(runs[-1][-1].month) + datetime.timedelta(days=1):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


SECTIONS = (Section(50, "subsidies", "两项补贴", "subsidies/person.html", payments),)
