"""A home's page until its approval: assessment, plan, publicity, what approval froze; and the acts of these stages."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accessibility.models import HomeAssessment, HomeStage, RetrofitHome
from accessibility.parts import Link, Part
from accessibility.services.homes.deciding import refusal_to_decide
from accessibility.services.homes.opening import BEFORE_ACCEPTANCE, may_end
from accessibility.services.homes.planning import known_cap
from accessibility.services.homes.steps import MANAGE, RECORD
from zalainuoer.common.models import User

S = HomeStage


def assessment(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """The visit and its rooms."""
    found = HomeAssessment.objects.filter(home=home).prefetch_related("rooms").first()
    return {"assessment": found, "rooms": list(found.rooms.all())} if found else None


def plan(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """Items, funds and their sums, beside the ceiling in force."""
    items, shares = list(home.items.select_related("item")), list(home.shares.all())
    if not items and not shares:
        return None
    budget = sum((each.amount_yuan for each in items), Decimal(0))
    funded = sum((each.budget_yuan for each in shares), Decimal(0))
    cap = known_cap(today)
    return {
        "lines": items,
        "shares": shares,
        "budget": budget,
        "funded": funded,
        "cap": cap,
        "is_over": cap is not None and budget > cap,
    }


def publicity(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """The objections, whoever has to judge them."""
    found = list(home.objections.select_related("judged_by"))
    may_judge = home.stage == S.ON_SHOW and user.has_perm(MANAGE)
    return {"objections": found, "may_judge": may_judge} if found else None


def approval(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """What was frozen, and the row that counts."""
    return {"project": home.retrofit} if home.retrofit_id else None


def act(name: str) -> Callable[[RetrofitHome], str]:
    """The address of an act's form."""
    return lambda home: reverse("home_act", args=[home.pk, name])


def _page(name: str) -> Callable[[RetrofitHome], str]:
    return lambda home: reverse(name, args=[home.pk])


def _is_over(home: RetrofitHome, user: User, today: datetime.date) -> bool:
    return home.due_on is not None and home.due_on < today


PARTS = (
    Part(20, "assessment", "入户评估", "accessibility/homes/part_assessment.html", assessment),
    Part(30, "plan", "改造方案", "accessibility/homes/part_plan.html", plan),
    Part(40, "publicity", "公示异议", "accessibility/homes/part_publicity.html", publicity),
    Part(50, "approval", "批准", "accessibility/homes/part_approval.html", approval),
)
LINKS = (
    Link("入户评估", _page("home_assessment"), (S.CANDIDATE,), RECORD),
    Link("编制方案", _page("home_plan"), (S.PLANNING,), RECORD),
    Link("开始公示", act("show"), (S.PUBLICITY,), MANAGE),
    Link("公示结束", act("show_end"), (S.ON_SHOW,), MANAGE, is_open=_is_over),
    Link("登记异议", _page("home_objection_add"), (S.ON_SHOW,), RECORD, is_minor=True),
    Link("审批", act("decide"), (S.APPROVING,), MANAGE, refusal=refusal_to_decide),
    Link(
        "终止办理", act("end"), BEFORE_ACCEPTANCE, RECORD, is_minor=True,
        is_open=lambda home, user, today: may_end(home, user),
    ),
)  # fmt: skip
