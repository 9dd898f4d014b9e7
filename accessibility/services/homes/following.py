"""回访 after 3 and 12 months."""

from __future__ import annotations

import calendar
import datetime

from django.db import transaction

from accessibility.models import FollowUp, FollowUpUse, HomeStage, HomeStep, HomeStepKind, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.project import project_of
from accessibility.services.homes.steps import RECORD, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

FOLLOW_UP_MONTHS = (3, 12)  # after the acceptance
NOTE = 300


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_follow_up(home: RetrofitHome) -> FollowUp | None:
    """The first that has not been done; None where both have."""
    return home.follow_ups.filter(done_on__isnull=True).order_by("months").first()


@under(StageRule.FOLLOW_UP)
def home_follow_up(
    *,
    home: RetrofitHome,
    done_on: datetime.date,
    use: str,
    satisfaction: int,
    note: str = "",
    repair: str = "",
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> HomeStep:
    """Notes the next follow-up; after the last one the home waits to be filed.

    The second is not done before its own time: it would say nothing of the year.
    """
    with transaction.atomic(), data_lock():
        open_context(by, "home_follow_up", note)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.FOLLOWING,), seen=seen)
        found = next_follow_up(row)
        if found is None:
            raise RuleBroken("这一户的两次回访都已登记。")
        accepted_on = project_of(row).accepted_on
        refuse_day(done_on, what="回访日期", today=today, since=accepted_on, since_what="验收日期")
        if done_on < found.due_on:
            raise RuleBroken(
                f"验收后第 {found.months} 个月的回访应在 {found.due_on} 及以后，不能提前登记。请到时再回访。"
            )
        if use == FollowUpUse.REPAIR:
            repair = text(repair, what="需要维修的内容", longest=NOTE)
        if use == FollowUpUse.UNUSED:
            note = text(note, what="没有使用的原因", longest=NOTE)
        found.done_on, found.use, found.satisfaction, found.done_by = done_on, use, satisfaction, by
        found.note, found.repair = note.strip(), repair.strip()
        kept(found)
        following = next_follow_up(row)
        return move_on(
            row,
            HomeStepKind.FOLLOW_UP,
            stage=HomeStage.FILING if following is None else HomeStage.FOLLOWING,
            done_on=done_on,
            due_on=following.due_on if following else None,
            by=by,
            opinion=f"第 {found.months} 个月：{found.get_use_display()}，满意度 {satisfaction} 分",
        )
