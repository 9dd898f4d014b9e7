"""What every act on a run asks first: who, in which state, in which order; and the fingerprint of what was looked at."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

from subsidies.models import PaymentLine, PaymentRun, RunState, Subsidy
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

PREPARE, APPROVE = "subsidies.prepare_runs", "subsidies.approve_runs"
CHANGED_SINCE = "您打开页面之后，这个批次又有变化，没有办理。请刷新页面，核对后再办。"
# What a line is known by: neither its place in the run nor what is only said about it.
LINE = ("person_id", "benefit_month", "kind", "seq", "amount_yuan", "standard_id", "of_id", "code")


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
    return user is None or user.is_of_whole_district


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


def held_run(run: PaymentRun, *, seen: str | None = None) -> PaymentRun:
    """The run as it stands now, held until the transaction ends."""
    row = PaymentRun.objects.select_for_update().filter(pk=run.pk).first()
    if row is None:
        raise RuleBroken("这个批次已经撤销，请回到列表核对。")
    if seen is not None and seen != version_of(row):
        raise RuleBroken(CHANGED_SINCE)
    return row


def refuse_unless(run: PaymentRun, state: RunState, act: str) -> None:
    if run.state == state:
        return
    if run.state == RunState.LOCKED:
        raise RuleBroken(f"{run}的批次已经锁定，不能{act}。有错的，由以后的批次补发或追回。")
    if run.state == RunState.SUBMITTED:
        raise RuleBroken(f"{run}的批次已提交复核，不能{act}。要改的请先退回。")
    raise RuleBroken(f"{run}的批次还没有提交，不能{act}。")


def refuse_order(subsidy: str, month: datetime.date) -> None:
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
