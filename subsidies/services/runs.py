"""月度发放: a month's run is proposed, submitted, and locked by somebody else; what it pays then stands on the roster.

A locked run is never touched again: whatever turns out to be wrong is made up or taken back by a later one
(国发〔2015〕52号; subsidies/ledger).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models.functions import Now

from subsidies.ledger import propose
from subsidies.models import ONCE, LineKind, PaymentLine, PaymentRun, RunState, Subsidy
from subsidies.months import last_day, month_of
from subsidies.rules import ROSTERS
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import DivisionLevel, Parameter, User

PREPARE, APPROVE = "subsidies.prepare_runs", "subsidies.approve_runs"
NOTE = 300
CHANGED_SINCE = "您打开页面之后，这个批次又有变化，没有办理。请刷新页面，核对后再办。"
FACTS_CHANGED = (
    "提交之后资料有变动：按现在的资料，应发的明细与提交的不一致，没有锁定。请退回批次，重新生成、核对后再提交。"
)
# What a line is known by: neither its place in the run nor what is only said about it.
LINE = ("person_id", "benefit_month", "kind", "seq", "amount_yuan", "standard_id", "of_id", "code")


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
            _refuse_unless(run, RunState.DRAFT, "重新生成")
        _refuse_order(subsidy, month)
        proposal = propose(subsidy, month=month)
        run = run or PaymentRun(subsidy=subsidy, month=month)
        run.pay_on = _pay_on(month, today)
        run.rules = proposal.rules
        run.refused = [[person, f"{of:%Y-%m}", sentence] for person, of, sentence in sorted(proposal.refused)]
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
        run = _held(run, seen=seen)
        _refuse_unless(run, RunState.DRAFT, "提交")
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
        run = _held(run)
        refuse_bounded(by)
        _refuse_unless(run, RunState.SUBMITTED, "退回")
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
        run = _held(run)
        _refuse_unless(run, RunState.SUBMITTED, "复核锁定")
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
        _publish(run)
    return run


def run_discard(*, run: PaymentRun, by: User | None) -> None:
    """Takes a draft away, with its lines."""
    refuse_others(by, PREPARE)
    with transaction.atomic(), data_lock():
        run = _held(run)
        _refuse_unless(run, RunState.DRAFT, "撤销")
        _open_context(by, "run_discard")
        _delete_lines(run)
        run.delete()


def digest_of(rows: Iterable[tuple[object, ...]]) -> str:
    """The fingerprint of lines, given as the values of LINE: the same in whatever order they come."""
    texts = sorted("|".join(map(_text, row)) for row in rows)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def digest_of_lines(lines: Iterable[PaymentLine]) -> str:
    """The fingerprint of lines that are not stored."""
    return digest_of(tuple(getattr(line, name) for name in LINE) for line in lines)


def version_of(run: PaymentRun) -> str:
    """What changes whenever a run is proposed, submitted or returned."""
    return f"{run.state}-{run.prepared_at:%Y%m%d%H%M%S%f}"


def in_words(month: datetime.date) -> str:
    """2025年12月."""
    return f"{month.year}年{month.month}月"


def is_of_whole_district(user: User | None) -> bool:
    """Whether an account has no smaller area than the district: runs are the district's."""
    return user is None or user.division is None or user.division.level == DivisionLevel.DISTRICT


def refuse_bounded(by: User | None) -> None:
    """A run is about everybody: nobody of a smaller area has it in hand."""
    if not is_of_whole_district(by):
        raise RuleBroken("发放批次按全区办理，您的账号只管本辖区，不能办理。请由区残联或民政局的全区账号办理。")


def refuse_others(by: User | None, permission: str) -> None:
    """Whoever does it, does it with the permission and for the whole district."""
    if by is not None and not by.has_perm(permission):
        act = "复核锁定" if permission == APPROVE else "办理"
        raise RuleBroken(f"您的账号没有{act}发放批次的权限。")
    refuse_bounded(by)


def _text(value: object) -> str:
    return f"{value:.2f}" if hasattr(value, "quantize") else str(value)


def _held(run: PaymentRun, *, seen: str | None = None) -> PaymentRun:
    """The run as it stands now, held until the transaction ends."""
    row = PaymentRun.objects.select_for_update().filter(pk=run.pk).first()
    if row is None:
        raise RuleBroken("这个批次已经撤销，请回到列表核对。")
    if seen is not None and seen != version_of(row):
        raise RuleBroken(CHANGED_SINCE)
    return row


def _refuse_unless(run: PaymentRun, state: RunState, act: str) -> None:
    if run.state == state:
        return
    if run.state == RunState.LOCKED:
        raise RuleBroken(f"{run}的批次已经锁定，不能{act}。有错的，由以后的批次补发或追回。")
    if run.state == RunState.SUBMITTED:
        raise RuleBroken(f"{run}的批次已提交复核，不能{act}。要改的请先退回。")
    raise RuleBroken(f"{run}的批次还没有提交，不能{act}。")


def _refuse_order(subsidy: str, month: datetime.date) -> None:
    """Months go in order: what an earlier one pays decides what a later one still owes."""
    runs = PaymentRun.objects.filter(subsidy=subsidy)
    earlier = runs.filter(month__lt=month).exclude(state=RunState.LOCKED).order_by("month").first()
    if earlier is not None:
        raise RuleBroken(
            f"{earlier}的批次还没有锁定（{earlier.get_state_display()}）。请先办完或撤销它，再生成{in_words(month)}的批次。"
        )
    later = runs.filter(month__gt=month).order_by("month").first()
    if later is not None:
        advice = "这个月漏发的，由下一批次补发。" if later.is_locked else f"要生成{in_words(month)}的批次，请先撤销它。"
        raise RuleBroken(
            f"之后的{in_words(later.month)}{Subsidy(subsidy).label}已有批次（{later.get_state_display()}），批次须按月份先后办理。{advice}"
        )


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


# the roster


def _publish(run: PaymentRun) -> None:
    """What a locked run pays stands on the roster, where indicators, the person's page and the comparison look.

    A row of an uploaded roster stands as it is. A row that a run of this system put there follows what later runs
    make up for its month, or cancel because it never arrived.
    """
    lines, roster = PaymentLine._meta.db_table, ROSTERS[run.subsidy]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {roster} (month, person_id, standard_yuan, amount_yuan, paid_on)"
            f" SELECT benefit_month, person_id, standard_yuan, amount_yuan, %s FROM {lines}"
            " WHERE run_id = %s AND kind = ANY(%s) ORDER BY id ON CONFLICT (month, person_id) DO NOTHING",
            [run.pay_on, run.pk, list(ONCE)],
        )
        # The history's triggers keep the plan they were first run with; one made for an empty table is ruinous.
        cursor.execute("DISCARD PLANS")
        cursor.execute(
            f"UPDATE {roster} r SET amount_yuan = greatest(r.amount_yuan + since.more, 0),"
            " standard_yuan = coalesce(since.standard, r.standard_yuan) FROM ("
            "  SELECT l.person_id, l.benefit_month, max(l.standard_yuan) FILTER (WHERE l.kind = %s) AS standard,"
            "   sum(CASE WHEN l.kind = %s THEN l.amount_yuan ELSE -l.amount_yuan END) AS more"
            f"  FROM {lines} l LEFT JOIN {lines} o ON o.id = l.of_id"
            "  WHERE l.run_id = %s AND (l.kind = %s OR l.kind = %s AND o.kind <> %s)"
            "  GROUP BY l.person_id, l.benefit_month) since"
            " WHERE r.person_id = since.person_id AND r.month = since.benefit_month AND r.row_number IS NULL"
            f" AND EXISTS (SELECT FROM {lines} own WHERE own.person_id = r.person_id AND own.subsidy = %s"
            "  AND own.benefit_month = r.month AND own.kind = ANY(%s) AND own.is_locked)",
            [
                LineKind.STANDARD_DIFF,
                LineKind.STANDARD_DIFF,
                run.pk,
                LineKind.STANDARD_DIFF,
                LineKind.CANCEL,
                LineKind.RECOVERY,
                run.subsidy,
                list(ONCE),
            ],
        )
