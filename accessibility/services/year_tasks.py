"""年度任务: what a year's document asks and gives; kept by the federation."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from accessibility.models import Fund, YearTask
from accessibility.services.homes.steps import MANAGE
from registry.services.facts import version
from zalainuoer.common.acting import changed_since, refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

YEARS = range(2016, 2101)  # the first plan that asked for retrofits began in 2016
WHAT = "这条年度任务"


def year_task_save(
    *,
    task: YearTask | None,
    year: int,
    fund: str,
    homes: int | None,
    budget_yuan: Decimal | None,
    document: str,
    reason: str,
    by: User,
    seen: int | None = None,
) -> YearTask:
    """Stores a new or a changed task: of homes (`fund` empty) or of one source's yuan.

    Raises RuleBroken where the year has that line already, or it says both or neither.
    """
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = YearTask() if task is None else _held(task, seen)
        row.year, row.fund, row.homes, row.budget_yuan, row.document = year, fund, homes, budget_yuan, document.strip()
        _refuse(row)
        open_history_context(user=by.username, reason=reason, act="year_task_save")
        refuse_invalid(row)
        row.save()
    return row


def year_task_withdraw(*, task: YearTask, reason: str, by: User, seen: int | None = None) -> None:
    """Takes out a task that was entered by mistake; the history keeps it."""
    refuse_others(by, MANAGE)
    if not reason.strip():
        raise RuleBroken("请写明撤下的理由。")
    with transaction.atomic(), data_lock():
        row = _held(task, seen)
        open_history_context(user=by.username, reason=reason, act="year_task_withdraw")
        row.delete()


def _held(task: YearTask, seen: int | None) -> YearTask:
    row = YearTask.objects.select_for_update().filter(pk=task.pk).first()
    if row is None or (seen is not None and version(row) != seen):
        raise RuleBroken(changed_since(WHAT))
    return row


def _refuse(row: YearTask) -> None:
    if row.year not in YEARS:
        raise RuleBroken(f"年度应在 {YEARS[0]} 至 {YEARS[-1]} 之间。")
    if not row.document:
        raise RuleBroken("请写明下达任务或资金的文号。")
    if row.fund == "" and (row.homes is None or row.budget_yuan is not None):
        raise RuleBroken("任务户数一行只填户数；资金请按来源另加一行。")
    if row.fund != "" and (row.budget_yuan is None or row.homes is not None):
        raise RuleBroken("资金一行只填预算金额；户数请填在任务户数一行。")
    others = YearTask.objects.filter(year=row.year, fund=row.fund).exclude(pk=row.pk)
    if others.exists():
        what = Fund(row.fund).label if row.fund else "任务户数"
        raise RuleBroken(f"{row.year}年已经有“{what}”一行，请打开它修改。")
