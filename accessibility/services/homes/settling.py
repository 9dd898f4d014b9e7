"""结算: what each item came to, and from which source it was paid; both sums are the same."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from accessibility.models import FollowUp, Fund, HomeStage, HomeStep, HomeStepKind, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.following import FOLLOW_UP_MONTHS, months_later
from accessibility.services.homes.project import project_of
from accessibility.services.homes.steps import MANAGE, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

DOCUMENT = 200


@under(StageRule.SETTLE)
def home_settle(
    *,
    home: RetrofitHome,
    settled_on: datetime.date,
    items: Mapping[int, Decimal],
    funds: Mapping[str, Decimal],
    document: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> HomeStep:
    """Settles a home: yuan of every item ({item's pk: yuan}) and of every source ({fund: yuan}).

    Refuses sums that differ, more than the contract, and more of a source than the plan has of it. The follow-ups after
    3 and 12 months are set by it.
    """
    with transaction.atomic(), data_lock():
        open_context(by, "home_settle", document)
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.SETTLING,), seen=seen)
        refuse_day(settled_on, what="结算日期", today=today, since=row.since_on, since_what="验收日期")
        document = text(document, what="结算单或票据编号", longest=DOCUMENT)
        total = _settle_items(row, items)
        _spend(row, funds, total)
        project = project_of(row)
        project.settled_yuan = total
        kept(project)
        accepted_on = project.accepted_on
        if accepted_on is None:
            raise RuleBroken("改造台账里这个项目没有验收日期，不能结算。请先办理验收。")
        for months in FOLLOW_UP_MONTHS:
            kept(FollowUp(home=row, months=months, due_on=months_later(accepted_on, months)))
        return move_on(
            row,
            HomeStepKind.SETTLE,
            stage=HomeStage.FOLLOWING,
            done_on=settled_on,
            due_on=months_later(accepted_on, FOLLOW_UP_MONTHS[0]),
            by=by,
            opinion=f"{total:.2f} 元，{document}",
        )


def _settle_items(home: RetrofitHome, items: Mapping[int, Decimal]) -> Decimal:
    """Writes what each item came to; returns the sum in yuan."""
    planned = list(home.items.select_related("item"))
    if {item.pk for item in planned} != set(items):
        raise RuleBroken("请填写每一个项目的决算金额；没有发生费用的填 0。")
    total = sum(items.values(), Decimal(0))
    if home.contract_yuan is not None and total > home.contract_yuan:
        raise RuleBroken(f"决算合计 {total} 元超过合同金额 {home.contract_yuan} 元，请核对各项目的金额。")
    for item in planned:
        item.settled_yuan = items[item.pk]
        kept(item)
    return total


def _spend(home: RetrofitHome, funds: Mapping[str, Decimal], total: Decimal) -> None:
    """Writes what each source has paid."""
    shares = {share.fund: share for share in home.shares.all()}
    if set(funds) != set(shares):
        raise RuleBroken("请填写方案里每一个资金来源的支出；没有支出的填 0。")
    paid = sum(funds.values(), Decimal(0))
    if paid != total:
        raise RuleBroken(f"各资金来源的支出合计 {paid} 元，与各项目的决算合计 {total} 元不一致，请核对。")
    for fund, share in shares.items():
        if funds[fund] > share.budget_yuan:
            raise RuleBroken(
                f"“{Fund(fund).label}”支出 {funds[fund]} 元，超过方案里的 {share.budget_yuan} 元，请核对。"
            )
        share.spent_yuan = funds[fund]
        kept(share)
