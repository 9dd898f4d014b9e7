"""一户一策: what is to be done where, at what price, and from which money."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Sum

from accessibility.models import (
    Fund,
    FundingShare,
    HomeStage,
    HomeStepKind,
    ItemGroup,
    PlanItem,
    RetrofitHome,
    RetrofitItem,
)
from accessibility.rules import WORKS
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.opening import refuse_retrofitted
from accessibility.services.homes.steps import RECORD, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import changed_since, kept, text
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

FEN = Decimal("0.01")
DEVICES_ONLY = "方案里只有辅具和设备，没有工程类项目：不得以简单配发辅助器具代替改造。请至少列一项工程类项目。"


def amount_of(quantity: Decimal, price_yuan: Decimal) -> Decimal:
    """Quantity × price, rounded half up to 分."""
    return (quantity * price_yuan).quantize(FEN, ROUND_HALF_UP)


def budget_of(home: RetrofitHome) -> Decimal:
    """The sum of the plan's items."""
    return home.items.aggregate(sum=Sum("amount_yuan"))["sum"] or Decimal(0)


def cap_on(day: datetime.date) -> Decimal:
    """The ceiling of a home's budget in force. Raises ParameterMissing where none is maintained."""
    parameters = Parameters(on=day)
    return Decimal(str(parameters["retrofit.cap_per_household_yuan"]))


def known_cap(day: datetime.date) -> Decimal | None:
    """The same for pages, which say 参数未维护 themselves."""
    try:
        return cap_on(day)
    except ParameterMissing:
        return None


@under(StageRule.PLAN)
def plan_item_save(
    *,
    home: RetrofitHome,
    item: RetrofitItem,
    room: str,
    quantity: Decimal,
    price_yuan: Decimal,
    note: str = "",
    plan_item: PlanItem | None = None,
    by: User,
) -> PlanItem:
    """Puts an item into the plan, or corrects one (`plan_item`); the price within the catalogue's ceiling."""
    with transaction.atomic(), data_lock():
        open_context(by, "plan_item_save")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.PLANNING,))
        line = PlanItem(home=row) if plan_item is None else _own_item(row, plan_item)
        if not item.is_active and line.item_id != item.pk:
            raise RuleBroken(f"“{item.name}”在改造项目目录中已停用，请另选。")
        if item.ceiling_yuan is not None and price_yuan > item.ceiling_yuan:
            raise RuleBroken(
                f"“{item.name}”的单价 {price_yuan} 元超过目录的上限 {item.ceiling_yuan} 元，请核对。",
                source=item.source,
            )
        line.item, line.room, line.quantity, line.price_yuan, line.note = item, room, quantity, price_yuan, note.strip()
        line.amount_yuan = amount_of(quantity, price_yuan)
        kept(line)
    return line


@under(StageRule.PLAN)
def plan_item_delete(*, home: RetrofitHome, plan_item: PlanItem, by: User) -> None:
    """Takes an item out of the plan."""
    with transaction.atomic(), data_lock():
        open_context(by, "plan_item_delete")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.PLANNING,))
        _own_item(row, plan_item).delete()


def _own_item(home: RetrofitHome, plan_item: PlanItem) -> PlanItem:
    found = PlanItem.objects.select_for_update().filter(home=home, pk=plan_item.pk).first()
    if found is None:
        raise RuleBroken(changed_since("这个项目"))
    return found


@under(StageRule.PLAN)
def shares_save(*, home: RetrofitHome, budgets: Mapping[str, Decimal | None], by: User) -> list[FundingShare]:
    """Says from which funds the budget comes: {fund: yuan}; a fund without an amount, or of 0, is left out."""
    with transaction.atomic(), data_lock():
        open_context(by, "shares_save")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.PLANNING,))
        known = {share.fund: share for share in row.shares.select_for_update()}
        for fund in Fund.values:
            budget, share = budgets.get(fund), known.get(fund)
            if budget:
                share = share or FundingShare(home=row, fund=fund)
                share.budget_yuan = budget
                kept(share)
            elif share is not None:
                share.delete()
    return list(row.shares.all())


def plan_as_it_is(home: RetrofitHome) -> dict[str, list[list[str]]]:
    """Items and shares as JSON keeps them: what was shown or decided on, beside a step that sends the plan back."""
    items = home.items.order_by("pk").values_list("item", "room", "quantity", "price_yuan", "note")
    shares = home.shares.order_by("fund").values_list("fund", "budget_yuan")
    return {
        "items": [[str(each) for each in row] for row in items],
        "shares": [[str(e) for e in row] for row in shares],
    }


def refusal_to_plan(home: RetrofitHome) -> str:
    """What the plan lacks before it may be shown; empty where it is whole. The ceiling is asked for apart."""
    items = list(home.items.select_related("item"))
    if not items:
        return "方案里还没有项目，请从目录中选。"
    if all(line.item.group == ItemGroup.DEVICE for line in items):
        return DEVICES_ONLY
    budget = sum((line.amount_yuan for line in items), Decimal(0))
    if not budget:
        return "预算合计是 0 元，请填写项目的单价。"
    funded = sum((share.budget_yuan for share in home.shares.all()), Decimal(0))
    if budget != funded:
        return f"资金构成合计 {funded} 元，与预算合计 {budget} 元不等，请核对后再提交。"
    return ""


@under(StageRule.PLAN)
def home_plan(
    *,
    home: RetrofitHome,
    planned_on: datetime.date,
    over_cap_reason: str = "",
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> RetrofitHome:
    """Finishes the plan; a budget above the ceiling needs a reason, which whoever approves has to accept."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_plan", over_cap_reason)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.PLANNING,), seen=seen)
        refuse_day(planned_on, what="方案日期", today=today, since=row.since_on, since_what="进入本环节的日期")
        refuse_retrofitted(row)
        if refusal := refusal_to_plan(row):
            raise RuleBroken(refusal, source=WORKS if refusal == DEVICES_ONLY else "")
        budget, cap = budget_of(row), cap_on(planned_on)
        reason = ""
        if budget > cap:
            reason = text(over_cap_reason, what=f"预算 {budget} 元超过每户上限 {cap} 元的理由")
        move_on(row, HomeStepKind.PLAN, stage=HomeStage.PUBLICITY, done_on=planned_on, by=by, opinion=reason)
    return row
