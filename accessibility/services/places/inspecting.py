"""体验检查 and 整改通知: what was found, who is told to remove it by when, what a re-inspection found removed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from accessibility.models import Barrier, Facility, Inspection, RectificationNotice
from accessibility.services.places.common import MANAGE, RECORD, held
from zalainuoer.common.acting import refuse_day, refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.working_days import WorkingDays

LAW = "无障碍环境建设法 第六十二条"


@dataclass(frozen=True, slots=True)
class Found:
    """One barrier as an inspection found it."""

    place: str
    found: str
    standard: str = ""


def inspection_add(
    *,
    facility: Facility,
    inspected_on: datetime.date,
    team: str,
    note: str = "",
    found: Iterable[Found] = (),
    removed: Iterable[int] = (),
    by: User,
    today: datetime.date,
) -> Inspection:
    """Keeps an inspection with the barriers it found, and which of the place's earlier ones (`removed`) are gone."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="inspection_add", reason="体验检查")
        place = held(facility, by=by, what="这处设施")
        refuse_day(inspected_on, what="检查日期", today=today)
        row = Inspection(facility=place, inspected_on=inspected_on, team=team.strip(), note=note.strip())
        refuse_invalid(row)
        row.save()
        for each in found:
            barrier = Barrier(inspection=row, place=each.place, found=each.found, standard=each.standard)
            refuse_invalid(barrier)
            barrier.save()
        wanted = set(removed)
        earlier: Any = Barrier.objects.filter(inspection__facility=place, removed_in=None).exclude(inspection=row)
        gone = list(earlier.filter(pk__in=wanted).select_related("inspection"))
        if len(gone) != len(wanted):
            raise RuleBroken("所选的障碍有的已经消除，或不属于这处设施。请刷新页面后再选。")
        for barrier in gone:
            refuse_day(
                inspected_on, what="复查日期", today=today, since=barrier.inspection.inspected_on,
                since_what="发现障碍的检查日期",
            )  # fmt: skip
            barrier.removed_in = row
            barrier.save()
    return row


def notice_issue(
    *,
    facility: Facility,
    barriers: Iterable[int],
    issued_on: datetime.date,
    working_days: int,
    by: User,
    today: datetime.date,
) -> RectificationNotice:
    """整改通知书 over barriers that stand and that no notice in force names; refuses a year without a calendar."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="notice_issue", reason="整改通知")
        place = held(facility, by=by, what="这处设施")
        refuse_day(issued_on, what="发出日期", today=today)
        if working_days < 1:
            raise RuleBroken("整改期限至少 1 个工作日。")
        wanted = set(barriers)
        standing: Any = Barrier.objects.filter(inspection__facility=place, removed_in=None, notice=None)
        named = list(standing.filter(pk__in=wanted).select_related("inspection"))
        if not named or len(named) != len(wanted):
            raise RuleBroken(
                "请至少选择一项没有消除、也没有发过整改通知的障碍；页面打开后有变化的，请刷新后再选。", source=LAW
            )
        refuse_day(
            issued_on, what="发出日期", today=today, since=max(each.inspection.inspected_on for each in named),
            since_what="检查日期",
        )  # fmt: skip
        last = RectificationNotice.objects.filter(year=issued_on.year).aggregate(last=Max("number"))["last"] or 0
        row = RectificationNotice(
            facility=place, year=issued_on.year, number=last + 1, issued_on=issued_on, working_days=working_days,
            due_on=WorkingDays.read().after(issued_on, working_days),
        )  # fmt: skip
        refuse_invalid(row)
        row.save()
        for barrier in named:
            barrier.notice = row
            barrier.save()
    return row


def notice_withdraw(*, notice: RectificationNotice, reason: str, by: User, today: datetime.date) -> RectificationNotice:
    """Takes a notice back, with the reason: it stays to be read, and what still stands can be named anew."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="notice_withdraw", reason=reason)
        row = held(notice, by=by, what="这份整改通知")
        if row.withdrawn_on is not None:
            raise RuleBroken(f"这份整改通知已于 {row.withdrawn_on} 撤回。")
        row.withdrawn_on, row.withdrawn_reason = today, reason.strip()
        refuse_invalid(row)
        row.save()
        for barrier in row.barriers.filter(removed_in=None):
            barrier.notice = None
            barrier.save()
    return row
