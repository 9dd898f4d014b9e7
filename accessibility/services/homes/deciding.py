"""审批: the federation's decision by a second person, which freezes hardship and level and writes the row that counts."""

from __future__ import annotations

import datetime

from django.db import transaction

from accessibility.evidence import evidence_on
from accessibility.models import EndReason, HomeRetrofit, HomeStage, HomeStepKind, HomeStepOutcome, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.opening import refuse_retrofitted
from accessibility.services.homes.planning import budget_of, cap_on, plan_as_it_is
from accessibility.services.homes.steps import MANAGE, as_it_is, held_home, move_on, standing_steps
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

PREPARING = (HomeStepKind.ASSESS, HomeStepKind.PLAN)
SAME_PERSON = "这一户的入户评估或方案是您提交的，同一人不能再审批，请由区残联其他人办理。"
WORKS = 300  # characters of HomeRetrofit.works


def refusal_to_decide(home: RetrofitHome, user: User) -> str:
    """Why somebody may not decide; empty where they may."""
    if not user.has_perm(MANAGE):
        return "改造方案由区残联审批。"
    if standing_steps(home).filter(kind__in=PREPARING, done_by=user).exists():
        return SAME_PERSON
    return ""


@under(StageRule.DECIDE)
def home_decide(
    *,
    home: RetrofitHome,
    outcome: str,
    decided_on: datetime.date,
    opinion: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> RetrofitHome:
    """Approves (passed), sends the plan back (returned) or refuses (failed), by nobody who has prepared it.

    An approval writes the home's `HomeRetrofit` and rests on what the registry says on the day.
    """
    with transaction.atomic(), data_lock():
        open_context(by, "home_decide", opinion)
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.APPROVING,), seen=seen)
        if refusal := refusal_to_decide(row, by):
            raise RuleBroken(refusal)
        refuse_day(decided_on, what="审批日期", today=today, since=row.since_on, since_what="公示结束日期")
        before, result = as_it_is(row) | {"plan": plan_as_it_is(row)}, HomeStepOutcome(outcome)
        if result == HomeStepOutcome.PASSED:
            _approve(row, decided_on, opinion)
            stage = HomeStage.CONTRACTING
        else:
            opinion = text(opinion, what="退回或不予批准的理由")
            stage = HomeStage.PLANNING if result == HomeStepOutcome.RETURNED else HomeStage.ENDED
            row.end_reason = EndReason.REFUSED if stage == HomeStage.ENDED else ""
        move_on(
            row,
            HomeStepKind.DECIDE,
            stage=stage,
            done_on=decided_on,
            by=by,
            outcome=result,
            opinion=opinion.strip(),
            before=before,
        )
    return row


def _approve(row: RetrofitHome, decided_on: datetime.date, opinion: str) -> None:
    """Freezes hardship and level, and writes the project."""
    refuse_retrofitted(row)
    budget, cap = budget_of(row), cap_on(decided_on)
    if budget > cap:
        text(opinion, what=f"同意预算 {budget} 元超过每户上限 {cap} 元的意见")
    evidence = evidence_on(row, on=decided_on, parameters=Parameters(on=decided_on))
    if HomeRetrofit.objects.filter(household=row.household, person=row.person, approved_on=decided_on).exists():
        raise RuleBroken(
            f"改造台账里这一户已有 {decided_on} 批准的项目（报表报送的）。请核对是不是同一件，再定审批日期。"
        )
    project = HomeRetrofit(
        household=row.household,
        person=row.person,
        hardship=evidence.hardship,
        level=evidence.level,
        works=works_of(row),
        approved_on=decided_on,
    )
    kept(project)
    row.hardship, row.level, row.evidence = evidence.hardship, evidence.level, evidence.sentence
    row.retrofit = project


def works_of(home: RetrofitHome) -> str:
    """改造内容 in the words of the plan, each item once."""
    names = list(dict.fromkeys(home.items.order_by("pk").values_list("item__name", flat=True)))
    said = "、".join(names)
    tail = f"等{len(names)}项"
    return said if len(said) <= WORKS else f"{said[: WORKS - len(tail)]}{tail}"
