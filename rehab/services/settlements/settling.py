"""A sheet settled (核定), line by line and all at once, and its payment registered (拨付)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, DecimalField, F, Value, When

from rehab.models import (
    ChildApplication,
    ChildSettlement,
    MonthState,
    RehabService,
    ServiceKind,
    SettlementState,
    TrainingMonth,
)
from rehab.services.settlements.checking import Finding, findings_of
from rehab.services.settlements.common import FOREIGN, SETTLE, draft_of
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_name
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Decision:
    """What is decided of one line: nothing approved is a refusal, and less than requested needs its reason."""

    approved_yuan: Decimal
    reason: str = ""


def settlement_settle(
    *,
    settlement: ChildSettlement,
    decisions: Mapping[int, Decision],
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> ChildSettlement:
    """核定: decides every line of a sheet at once, or none. `seen` is `version_of` as the page showed it."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = draft_of(settlement, seen=seen)
        lines = list(row.months.select_related("person").order_by("person__pinyin", "pk"))
        if (
            by.scope_ids is not None
            and row.months.count() != TrainingMonth.objects.visible_to(by).filter(settlement=row).count()
        ):
            raise RuleBroken(FOREIGN)
        if set(decisions) != {line.pk for line in lines}:
            raise RuleBroken(changed_since("这份结算表"))
        if any(decision.approved_yuan for decision in decisions.values()) and not row.institution.account_number:
            raise RuleBroken(f"“{row.institution}”没有登记收款账户，请先在机构页面登记。")
        open_history_context(user=by.username, act="settlement_settle")
        found = findings_of(row, lines, by=by)
        for place, line in enumerate(lines, 1):
            _decide(place, line, decisions[line.pk], found[line.pk], by)
        _pay_out(lines)
        row.state, row.settled_on, row.settled_by = SettlementState.SETTLED, today, by
        row.save(update_fields=["state", "settled_on", "settled_by"])
        _serve(row, lines)
    return row


def _decide(place: int, line: TrainingMonth, decision: Decision, found: Finding, by: User) -> None:
    who = f"第 {place} 行（{masked_name(line.person.name)}）"
    amount, reason = decision.approved_yuan, decision.reason.strip()
    if amount < 0 or amount > line.requested_yuan:
        raise RuleBroken(f"{who}：核定金额应在 0 与申报的 {line.requested_yuan} 元之间。")
    if amount and found.refusals:
        raise RuleBroken(f"{who}不能结算：{'；'.join(found.refusals)}。请把核定金额改为 0，并写明理由。")
    if found.balance_yuan is not None and amount > found.balance_yuan:
        raise RuleBroken(
            f"{who}：核定 {amount} 元超过年度救助限额，余额 {found.balance_yuan} 元。请核减到余额以内，并写明理由。"
        )
    if (amount < line.requested_yuan or not amount) and not reason:
        raise RuleBroken(f"{who}：核减或不予结算的，请写明理由。")
    line.approved_yuan, line.settled_by = amount, by
    line.reason = reason if amount < line.requested_yuan or not amount else ""
    line.state = MonthState.APPROVED if amount else MonthState.REJECTED
    line.application = found.application
    line.granted_by_id = found.application.decided_by_id if found.application else None
    line.balance_yuan = None if found.balance_yuan is None else found.balance_yuan - amount


def _pay_out(lines: list[TrainingMonth]) -> None:
    """Writes the lines and what they take of each year's grant: the constraints have the last word."""
    paid = {line.application_id: line.approved_yuan for line in lines if line.approved_yuan and line.application_id}
    if paid:
        more = Case(*(When(pk=key, then=Value(yuan)) for key, yuan in paid.items()), output_field=DecimalField())
        ChildApplication.objects.filter(pk__in=paid).update(settled_yuan=F("settled_yuan") + more)
    columns = ["approved_yuan", "settled_by", "reason", "state", "application", "granted_by", "balance_yuan"]
    TrainingMonth.objects.bulk_update(lines, columns)


def _serve(settlement: ChildSettlement, lines: list[TrainingMonth]) -> None:
    """Each settled month is a service of its last attended day, so that indicator 9 sees it."""
    RehabService.objects.bulk_create(
        [
            RehabService(
                person=line.person,
                served_on=line.last_on,
                kind=ServiceKind.TRAINING,
                provider=settlement.institution.name,
            )
            for line in lines
            if line.state == MonthState.APPROVED and line.last_on
        ],
        ignore_conflicts=True,
    )


def settlement_pay(
    *,
    settlement: ChildSettlement,
    paid_on: datetime.date,
    document: str,
    by: User | None,
    today: datetime.date,
) -> ChildSettlement:
    """拨付登记: the day and the voucher of what the finance office has paid to the institution."""
    refuse_others(by, SETTLE)
    if paid_on > today:
        raise RuleBroken(f"拨付日期 {paid_on} 晚于今天，请核对。")
    with transaction.atomic(), data_lock():
        row = ChildSettlement.objects.select_for_update().get(pk=settlement.pk)
        if row.state != SettlementState.SETTLED:
            raise RuleBroken(f"结算表现在的状态是“{row.get_state_display()}”，不能登记拨付。")
        if row.settled_on and paid_on < row.settled_on:
            raise RuleBroken(f"拨付日期不能早于核定日期 {row.settled_on}。")
        row.state, row.paid_on, row.paid_document = SettlementState.PAID, paid_on, document.strip()
        if not row.paid_document:
            raise RuleBroken("请填写拨付凭证。")
        open_history_context(user=by.username if by else "system", act="settlement_pay")
        row.save(update_fields=["state", "paid_on", "paid_document"])
    return row
