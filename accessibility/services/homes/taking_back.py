"""撤回上一步: the last step is undone where nothing follows from it; it stays to be read, and so does who undid it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import transaction

from accessibility.models import HomeRetrofit, HomeStage, HomeStep, HomeStepKind, HomeStepOutcome, RetrofitHome
from accessibility.services.homes.common import open_context
from accessibility.services.homes.planning import plan_as_it_is
from accessibility.services.homes.steps import MANAGE, RECORD, as_it_is, held_home, put_back, standing_steps
from accessibility.services.homes.undoing import UNDO_WORKS, Undo
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import refuse_invalid, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

ANY = tuple(HomeStage)


def _undo_show(home: RetrofitHome, step: HomeStep) -> None:
    if step.objections.exists():
        raise RuleBroken("公示期间已登记异议，不能撤回开始公示。请处理异议，等公示期满。")


def _undo_return(home: RetrofitHome, step: HomeStep) -> None:
    """What stands on show or waits for the decision again must be what stood there."""
    if step.outcome == HomeStepOutcome.RETURNED and step.before.get("plan") != plan_as_it_is(home):
        raise RuleBroken("退回以后方案已经修改，不能再撤回。请改好方案，重新提交和公示。")


def _undo_decision(home: RetrofitHome, step: HomeStep) -> Callable[[], object] | None:
    """The project goes; one that a sheet has carried further stays, and so does the decision."""
    _undo_return(home, step)
    project = home.retrofit
    if step.outcome != HomeStepOutcome.PASSED or project is None:
        return None
    if project.started_on or project.accepted_on or project.verdict or project.settled_yuan is not None:
        raise RuleBroken("改造台账里这个项目已有开工、验收或决算（报表报送的），不能撤回审批。请先撤销那次报送。")
    pk = project.pk
    return lambda: HomeRetrofit.objects.filter(pk=pk).delete()


# Kinds without an entry change the home alone.
UNDO: dict[str, Undo] = {
    HomeStepKind.SHOW: _undo_show,
    HomeStepKind.SHOW_END: _undo_return,
    HomeStepKind.DECIDE: _undo_decision,
    **UNDO_WORKS,
}


def refusal_to_take_back(last: HomeStep | None, user: User) -> str:
    """Why somebody may not take the last step back; empty where they may."""
    if last is None or last.kind == HomeStepKind.OPEN:
        return "没有可以撤回的环节。登记错了的，请终止。"
    if user.has_perm(MANAGE) or (last.done_by_id == user.pk and user.has_perm(RECORD)):
        return ""
    return "上一步是其他人办理的，由区残联撤回。"


@under(StageRule.TAKE_BACK)
def home_take_back(
    *, home: RetrofitHome, reason: str, by: User, today: datetime.date, seen: int | None = None
) -> RetrofitHome:
    """Takes the last step back: the home says again what it said before it."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_take_back", reason)
        row = held_home(home, by=by, permission=RECORD, stages=ANY, seen=seen)
        reason = text(reason, what="撤回的理由")
        last = standing_steps(row).first()
        refusal = refusal_to_take_back(last, by)
        if last is None or refusal:
            raise RuleBroken(refusal)
        before, undo = as_it_is(row), UNDO.get(last.kind)
        afterwards = undo(row, last) if undo else None
        put_back(row, last.before)
        refuse_invalid(row)
        row.save()
        if afterwards:
            afterwards()
        HomeStep.objects.create(
            home=row,
            kind=HomeStepKind.TAKE_BACK,
            opinion=reason,
            done_on=today,
            before=before,
            takes_back=last,
            done_by=by,
        )
    return row
