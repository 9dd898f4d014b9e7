"""What the two subsidies contribute to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from registry.contributions import Filter, contribute
from subsidies.models import LivingPayment, NursingPayment, Payment
from subsidies.rules import living_entitled, living_paid, nursing_entitled, nursing_paid
from zalainuoer.common.rules import Clause, Parameters, Rule, truth

RECEIVING = (
    ("received", "已发放"),
    ("due", "应当享受"),
    ("missing", "应享受而未发放"),
    ("wrong", "不应享受而已发放"),
)


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(filters=filters())


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
            "missing": Q(*due) & Q(truth(*paid, negated=True)),
            "wrong": Q(*paid) & Q(truth(*due, negated=True)),
        }[value]


SUBSIDIES = (
    Subsidy("living", "困难残疾人生活补贴", LivingPayment, living_entitled, living_paid),
    Subsidy("nursing", "重度残疾人护理补贴", NursingPayment, nursing_entitled, nursing_paid),
)


def latest_month(roster: type[Payment], *, on: datetime.date) -> datetime.date | None:
    """The latest month of which there is a roster, at most the day's."""
    return roster.objects.filter(month__lte=on).aggregate(latest=Max("month"))["latest"]


def _last_day(month: datetime.date) -> datetime.date:
    return (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def filters() -> tuple[Filter, ...]:
    """应享受 and 已发放, of each subsidy."""
    return tuple(
        Filter(order, subsidy.code, subsidy.name, RECEIVING, subsidy.condition)
        for order, subsidy in enumerate(SUBSIDIES, 10)
    )
