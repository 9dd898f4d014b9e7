"""公示: for so many working days; an objection is looked into before it ends."""

from __future__ import annotations

import datetime

from django.db import transaction

from accessibility.models import HomeObjection, HomeStage, HomeStep, HomeStepKind, HomeStepOutcome, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.opening import refuse_retrofitted
from accessibility.services.homes.planning import plan_as_it_is
from accessibility.services.homes.steps import MANAGE, RECORD, as_it_is, held_home, move_on, standing_steps
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters
from zalainuoer.common.working_days import WorkingDays


@under(StageRule.SHOW)
def home_show(
    *, home: RetrofitHome, shown_on: datetime.date, place: str, by: User, today: datetime.date, seen: int | None = None
) -> RetrofitHome:
    """Begins the days on show; `due_on` is their last one, the day of beginning not counted (民法典 第二百零一条)."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_show")
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.PUBLICITY,), seen=seen)
        refuse_day(shown_on, what="公示开始日期", today=today, since=row.since_on, since_what="方案日期")
        refuse_retrofitted(row)
        parameters = Parameters(on=shown_on)
        until = WorkingDays.read().after(shown_on, int(parameters["retrofit.publicity_days"]))
        place = text(place, what="公示的地点或网址")
        move_on(row, HomeStepKind.SHOW, stage=HomeStage.ON_SHOW, done_on=shown_on, due_on=until, by=by, opinion=place)
    return row


def showing(home: RetrofitHome) -> HomeStep | None:
    """The step that the home is on show by, or was last."""
    return standing_steps(home).filter(kind=HomeStepKind.SHOW).first()


@under(StageRule.SHOW)
def objection_record(
    *, home: RetrofitHome, received_on: datetime.date, content: str, by: User, today: datetime.date
) -> HomeObjection:
    """Notes an objection: the days on show do not end while one is open."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_objection_record")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.ON_SHOW,))
        refuse_day(received_on, what="收到日期", today=today, since=row.since_on, since_what="公示开始日期")
        found = HomeObjection(home=row, show=showing(row), received_on=received_on, recorded_by=by)
        found.content = text(content, what="异议内容")
        kept(found)
    return found


@under(StageRule.SHOW)
def objection_judge(
    *, objection: HomeObjection, is_upheld: bool, opinion: str, by: User, today: datetime.date
) -> HomeObjection:
    """Says what became of an objection: upheld, the plan goes back when the days end, or the home is ended."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_objection_judge")
        row = held_home(objection.home, by=by, permission=MANAGE, stages=(HomeStage.ON_SHOW,))
        found = HomeObjection.objects.select_for_update().get(pk=objection.pk, home=row)
        if found.is_upheld is not None:
            raise RuleBroken(f"这项异议已经处理，结果是“{'成立' if found.is_upheld else '不成立'}”。")
        found.is_upheld, found.opinion = is_upheld, text(opinion, what="核实意见", longest=400)
        found.judged_on, found.judged_by = today, by
        kept(found)
    return found


@under(StageRule.SHOW)
def home_show_end(
    *, home: RetrofitHome, ended_on: datetime.date, by: User, today: datetime.date, seen: int | None = None
) -> RetrofitHome:
    """Ends the days on show: without an upheld objection to approval, with one back to the plan."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_show_end")
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.ON_SHOW,), seen=seen)
        refuse_day(ended_on, what="公示结束日期", today=today)
        until = row.due_on
        if until is None or ended_on <= until:
            raise RuleBroken(f"公示到 {until} 满，期满的次日起才能登记公示结束。")
        objections = list(HomeObjection.objects.filter(show=showing(row)))
        if any(each.is_upheld is None for each in objections):
            raise RuleBroken("还有没处理的异议，请先核实处理。")
        upheld = [each.opinion for each in objections if each.is_upheld]
        said = f"异议成立，退回修改方案：{'；'.join(upheld)}"[:500] if upheld else ""
        if not upheld:
            said = f"收到异议 {len(objections)} 项，均不成立。" if objections else "没有收到异议。"
        move_on(
            row,
            HomeStepKind.SHOW_END,
            stage=HomeStage.PLANNING if upheld else HomeStage.APPROVING,
            done_on=ended_on,
            by=by,
            outcome=HomeStepOutcome.RETURNED if upheld else HomeStepOutcome.PASSED,
            opinion=said,
            before=as_it_is(row) | {"plan": plan_as_it_is(row)},
        )
    return row
