"""From the contract to the end of the works."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accessibility.models import Contractor, HomeStage, HomeStep, HomeStepKind, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.project import project_of
from accessibility.services.homes.steps import MANAGE, RECORD, as_it_is, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

NUMBER = 100  # characters of a contract's number


@under(StageRule.CONTRACT)
def home_contract(
    *,
    home: RetrofitHome,
    contractor: Contractor,
    number: str,
    amount_yuan: Decimal,
    signed_on: datetime.date,
    works_due_on: datetime.date,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> HomeStep:
    """Notes the contract (or the order under a framework contract): not above the approved budget, by a firm in use."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_contract", number)
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.CONTRACTING,), seen=seen)
        refuse_day(signed_on, what="签订日期", today=today, since=row.since_on, since_what="审批日期")
        if not contractor.is_active:
            raise RuleBroken(f"施工单位“{contractor.name}”已停用，请另选，或先在施工单位中重新启用。")
        if amount_yuan <= 0:
            raise RuleBroken("合同金额应大于 0。")
        budget = row.items.aggregate(sum=Sum("amount_yuan"))["sum"] or Decimal(0)
        if amount_yuan > budget:
            raise RuleBroken(
                f"合同金额 {amount_yuan} 元超过批准的预算 {budget} 元。请核对金额；确需增加的，撤回审批，修改方案后重新审批。"
            )
        if works_due_on < signed_on:
            raise RuleBroken(f"合同完工日期不能早于签订日期（{signed_on}）。")
        before = as_it_is(row)
        row.contractor, row.contract_number = contractor, text(number, what="合同编号", longest=NUMBER)
        row.contract_yuan, row.works_due_on = amount_yuan, works_due_on
        return move_on(
            row,
            HomeStepKind.CONTRACT,
            stage=HomeStage.WAITING_FOR_WORKS,
            done_on=signed_on,
            due_on=works_due_on,
            by=by,
            opinion=f"{contractor.name}，{row.contract_number}，{amount_yuan:.2f} 元",
            before=before,
        )


@under(StageRule.WORKS)
def home_start(
    *, home: RetrofitHome, started_on: datetime.date, note: str = "", by: User, today: datetime.date,
    seen: int | None = None,
) -> HomeStep:  # fmt: skip
    """Notes the first day of the works, in the project that counts as well."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_start", note)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.WAITING_FOR_WORKS,), seen=seen)
        refuse_day(started_on, what="开工日期", today=today, since=row.since_on, since_what="签订合同日期")
        project = project_of(row)
        project.started_on = started_on
        kept(project)
        return move_on(
            row,
            HomeStepKind.START,
            stage=HomeStage.WORKS,
            done_on=started_on,
            due_on=row.works_due_on,
            by=by,
            opinion=note.strip(),
        )


@under(StageRule.WORKS)
def home_finish(
    *, home: RetrofitHome, finished_on: datetime.date, note: str = "", by: User, today: datetime.date,
    seen: int | None = None,
) -> HomeStep:  # fmt: skip
    """Notes that the contractor has finished and asks for the acceptance."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_finish", note)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.WORKS,), seen=seen)
        refuse_day(finished_on, what="完工日期", today=today, since=row.since_on, since_what="开工日期")
        return move_on(
            row, HomeStepKind.FINISH, stage=HomeStage.ACCEPTING, done_on=finished_on, by=by, opinion=note.strip()
        )


@under(StageRule.WORKS)
def home_correct(
    *, home: RetrofitHome, corrected_on: datetime.date, note: str, by: User, today: datetime.date,
    seen: int | None = None,
) -> HomeStep:  # fmt: skip
    """Notes what was done about the items that failed; they are then accepted again."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_correct", note)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.CORRECTING,), seen=seen)
        refuse_day(corrected_on, what="整改完成日期", today=today, since=row.since_on, since_what="验收日期")
        note = text(note, what="整改的情况")
        return move_on(row, HomeStepKind.CORRECT, stage=HomeStage.ACCEPTING, done_on=corrected_on, by=by, opinion=note)
