"""The acts on a run, from the proposal to the lock."""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from subsidies.ledger import propose
from subsidies.models import PaymentLine, PaymentRun, RunState
from subsidies.runs.differences import differences
from subsidies.services.runs.checks import (
    APPROVE,
    CHANGED_SINCE,
    LINE,
    PREPARE,
    digest_of,
    digest_of_lines,
    held_run,
    in_words,
    refuse_bounded,
    refuse_order,
    refuse_others,
    refuse_unless,
)
from subsidies.services.runs.publishing import publish
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Parameter, User
from zalainuoer.common.months import last_day, month_of

NOTE = 300
FACTS_CHANGED = (
    "提交之后资料有变动：按现在的资料，应发的明细与提交的不一致，没有锁定。请退回批次，重新生成、核对后再提交。"
)


def run_prepare(*, subsidy: str, month: datetime.date, by: User | None, today: datetime.date) -> PaymentRun:
    """Proposes a month's run, or proposes a draft anew: what it held is replaced, so that twice makes nothing twice."""
    month = month_of(month)
    refuse_others(by, PREPARE)
    if month > month_of(today):
        raise RuleBroken(f"{in_words(month)}还没有到，最多生成到本月（{in_words(month_of(today))}）的批次。")
    with transaction.atomic(), data_lock():
        _open_context(by, "run_prepare")
        run = PaymentRun.objects.select_for_update().filter(subsidy=subsidy, month=month).first()
        if run is not None:
            refuse_unless(run, RunState.DRAFT, "重新生成")
        refuse_order(subsidy, month)
        proposal = propose(subsidy, month=month)
        run = run or PaymentRun(subsidy=subsidy, month=month)
        run.pay_on = _pay_on(month, today)
        run.rules = proposal.rules
        run.refused = [[person, f"{of:%Y-%m}", sentence] for person, of, sentence in sorted(proposal.refused)]
        run.differences = differences(subsidy, month, proposal)
        run.prepared_by, run.prepared_at = by, Now()
        run.save()
        _delete_lines(run)
        for line in proposal.lines:
            line.run = run
        PaymentLine.objects.bulk_create(proposal.lines)
        run.refresh_from_db()
    return run


def run_submit(*, run: PaymentRun, by: User | None, seen: str | None = None) -> PaymentRun:
    """Hands a draft over for approval, with the fingerprint of its lines; `seen` is `version_of` as the page showed it."""
    refuse_others(by, PREPARE)
    with transaction.atomic(), data_lock():
        run = held_run(run, seen=seen)
        refuse_unless(run, RunState.DRAFT, "提交")
        rows = run.lines.values_list(*LINE)
        if not rows:
            raise RuleBroken("批次里没有一条明细，不需要提交。请先处理“不能发放”的人员后重新生成，或撤销批次。")
        _open_context(by, "run_submit")
        run.state, run.digest, run.note = RunState.SUBMITTED, digest_of(rows), ""
        run.submitted_by, run.submitted_at = by, Now()
        run.save()
        run.refresh_from_db()
    return run


def run_return(*, run: PaymentRun, by: User, note: str) -> PaymentRun:
    """Hands a submitted run back as a draft, saying why: by whoever approves, or by whoever prepares."""
    if not (by.has_perm(APPROVE) or by.has_perm(PREPARE)):
        raise RuleBroken("您的账号没有办理发放批次的权限。")
    note = note.strip()
    if not note:
        raise RuleBroken("请写明退回意见。")
    with transaction.atomic(), data_lock():
        run = held_run(run)
        refuse_bounded(by)
        refuse_unless(run, RunState.SUBMITTED, "退回")
        _open_context(by, "run_return", note)
        run.state, run.digest, run.note = RunState.DRAFT, "", note[:NOTE]
        run.submitted_by = run.submitted_at = None
        run.save()
    return run


def run_approve(*, run: PaymentRun, by: User, digest: str) -> PaymentRun:
    """Locks a submitted run for good and puts its payments on the roster; `digest` is that of what was looked at.

    By another person than prepared or submitted it, and only if the facts still come to the same lines.
    """
    refuse_others(by, APPROVE)
    with transaction.atomic(), data_lock():
        run = held_run(run)
        refuse_unless(run, RunState.SUBMITTED, "复核锁定")
        if by.pk in (run.prepared_by_id, run.submitted_by_id):
            raise RuleBroken("这个批次是您生成或提交的，须由另一人复核锁定。")
        if digest != run.digest:
            raise RuleBroken(CHANGED_SINCE)
        now_due = propose(run.subsidy, month=run.month).lines
        if not run.digest == digest_of(run.lines.values_list(*LINE)) == digest_of_lines(now_due):
            raise RuleBroken(FACTS_CHANGED)
        _open_context(by, "run_approve")
        run.lines.update(is_locked=True)
        run.state, run.approved_by, run.approved_at = RunState.LOCKED, by, Now()
        run.save()
        run.refresh_from_db()
        publish(run)
    return run


def run_discard(*, run: PaymentRun, by: User | None, seen: str | None = None) -> None:
    """Takes a draft away, with its lines; `seen` as in `run_submit`."""
    refuse_others(by, PREPARE)
    with transaction.atomic(), data_lock():
        run = held_run(run, seen=seen)
        refuse_unless(run, RunState.DRAFT, "撤销")
        _open_context(by, "run_discard")
        _delete_lines(run)
        run.delete()


def _pay_on(month: datetime.date, today: datetime.date) -> datetime.date:
    """The day of payment in the run's month, or today where that day has passed."""
    day: int = Parameter.objects.value("subsidy.pay_day", on=last_day(month))
    return max(month.replace(day=min(day, last_day(month).day)), today)


def _delete_lines(run: PaymentRun) -> None:
    """In one statement; of locked lines the database's triggers let go none."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {PaymentLine._meta.db_table} WHERE run_id = %s", [run.pk])


def _open_context(by: User | None, act: str, reason: str = "") -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
