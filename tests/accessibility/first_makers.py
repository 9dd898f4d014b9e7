"""Homes on their way to approval, for tests: every stage reached through the services, one base fact each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accessibility.models import HomeStage, RetrofitHome, RetrofitItem
from accessibility.services import catalogue
from accessibility.services.homes import assessing, deciding, opening, planning, showing
from registry.models import Person
from tests.records import assistance, day, holder
from zalainuoer.common.models import Parameter, Role, User

TODAY = day("2026-11-25")


def federation(name: str = "jingban") -> User:
    """An account of the federation's for the whole district; another name is another person."""
    return User.objects.get_or_create(username=name, defaults={"name": "陈同志", "role": Role.FEDERATION_STAFF})[0]


def approver() -> User:
    return federation("shenpi")


def maintained(cap: Any = 6000, days: Any = 5) -> None:
    """The two parameters that no document of the district gives, as somebody has filled them in."""
    Parameter.objects.filter(key="retrofit.cap_per_household_yuan").update(value=cap)
    Parameter.objects.filter(key="retrofit.publicity_days").update(value=days)


def candidate(n: int = 1, **how: Any) -> Person:
    """肢体二级, on 低保 since 2023."""
    somebody = holder(n, **how)
    assistance(somebody)
    return somebody


def item(name: str = "出入口坡化", group: str = "engineering", ceiling: str | None = None) -> RetrofitItem:
    found = RetrofitItem.objects.filter(name=name).first()
    return found or catalogue.item_save(
        name=name,
        group=group,
        unit="处",
        source="某文〔2026〕1号" if ceiling else "",
        ceiling_yuan=Decimal(ceiling) if ceiling else None,
        by=federation(),
    )


def opened(of: Person | None = None, *, on: str = "2026-11-02", **how: Any) -> RetrofitHome:
    facts: dict[str, Any] = {"year": 2026, "wish": "卫生间改造", "opened_on": day(on), "by": federation(), **how}
    return opening.home_open(person=of or candidate(), today=TODAY, **facts)


def visited(home: RetrofitHome, *, rooms: tuple[str, ...] = ("toilet",), by: User | None = None, **how: Any) -> None:
    """The visit noted, not yet finished."""
    facts: dict[str, Any] = {"is_own": True, "owner_agrees": None, "assessors": "李、王", **how}
    who = by or federation()
    assessing.assessment_save(home=home, assessed_on=day("2026-11-03"), by=who, today=TODAY, **facts)
    for room in rooms:
        assessing.room_save(home=home, room=room, barrier="门槛高", height_gap_mm=50, by=who)


def assessed(of: Person | None = None, *, by: User | None = None, **how: Any) -> RetrofitHome:
    home = opened(of, **how)
    visited(home, by=by)
    return assessing.home_assess(home=home, is_alterable=True, opinion="", by=by or federation(), today=TODAY)


def budgeted(home: RetrofitHome, price: str = "3000", *, of: RetrofitItem | None = None) -> RetrofitHome:
    """One item and one fund that pays it."""
    planning.plan_item_save(
        home=home, item=of or item(), room="entrance", quantity=Decimal(1), price_yuan=Decimal(price), by=federation()
    )
    planning.shares_save(home=home, budgets={"district": planning.budget_of(home)}, by=federation())
    return home


def planned(of: Person | None = None, price: str = "3000", reason: str = "") -> RetrofitHome:
    home = budgeted(assessed(of), price)
    return planning.home_plan(
        home=home, planned_on=day("2026-11-04"), over_cap_reason=reason, by=federation(), today=TODAY
    )


def on_show(of: Person | None = None, **how: Any) -> RetrofitHome:
    """On show from Thursday 2026-11-05: five working days end on Thursday 2026-11-12."""
    home = planned(of, **how)
    return showing.home_show(home=home, shown_on=day("2026-11-05"), place="社区公告栏", by=federation(), today=TODAY)


def approving(of: Person | None = None, **how: Any) -> RetrofitHome:
    home = on_show(of, **how)
    return showing.home_show_end(home=home, ended_on=day("2026-11-13"), by=federation(), today=TODAY)


def approved(of: Person | None = None, *, opinion: str = "", **how: Any) -> RetrofitHome:
    home = approving(of, **how)
    decided = deciding.home_decide(
        home=home, outcome="passed", decided_on=day("2026-11-16"), opinion=opinion, by=approver(), today=TODAY
    )
    assert decided.stage == HomeStage.CONTRACTING
    return decided
