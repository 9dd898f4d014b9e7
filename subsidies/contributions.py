"""What the two subsidies contribute to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from registry.contributions import Entitlement, Filter, contribute
from registry.models import Person
from subsidies import applying, person_page
from subsidies.merging import collisions
from subsidies.models import LivingPayment, NursingPayment, Payment
from subsidies.rules import living_entitled, living_paid, nursing_entitled, nursing_paid
from zalainuoer.common.errors import RuleBroken
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
        filters=filters(),
        sections=(*person_page.SECTIONS, applying.SECTION),
        timelines=(person_page.timeline,),
        entitlements=entitlements(),
        merge_checks=(collisions,),
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
