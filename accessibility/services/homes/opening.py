"""登记: a candidate becomes a home in the retrofit; and 终止, before its end."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accessibility.evidence import home_of, refuse_unless_candidate
from accessibility.models import EndReason, HomeStage, HomeStepKind, HomeStepOutcome, RetrofitHome
from accessibility.rules import ONCE, SOFT, by_priority
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.steps import MANAGE, RECORD, as_it_is, held_home, move_on
from accessibility.stage_rules import StageRule, under
from registry.models import Person
from zalainuoer.common import ciphers
from zalainuoer.common.acting import refuse_others, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

S = HomeStage
# Before the federation has approved, whoever visits the home may end it; afterwards money is bound.
BEFORE_APPROVAL = (S.CANDIDATE, S.PLANNING, S.PUBLICITY, S.ON_SHOW, S.APPROVING)
BEFORE_ACCEPTANCE = (*BEFORE_APPROVAL, S.CONTRACTING, S.WAITING_FOR_WORKS, S.WORKS, S.ACCEPTING, S.CORRECTING)
# How a home may be ended by hand; the others are what assessment and approval come to.
BY_HAND = (EndReason.DECLINED, EndReason.GONE, EndReason.ALREADY, EndReason.NOT_ELIGIBLE, EndReason.NOT_ALTERABLE)


@under(StageRule.OPEN)
def home_open(
    *,
    person: Person,
    year: int,
    wish: str,
    opened_on: datetime.date,
    address: str = "",
    reason: str = "",
    by: User,
    today: datetime.date,
) -> RetrofitHome:
    """Opens a home for a disabled member; `address` is empty where it is that of the person's file.

    A household that declined once, or whose dwelling could not be altered, is opened again with a `reason`.
    """
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        open_context(by, "home_open", reason)
        rows: Any = Person.objects.visible_to(by)
        seen = rows.select_for_update(of=("self",)).filter(pk=person.pk).first()
        if seen is None:
            raise RuleBroken("此人不在您的辖区内。")
        refuse_day(opened_on, what="登记日期", today=today)
        parameters = Parameters(on=opened_on)
        but = SOFT if reason.strip() else ()
        refuse_unless_candidate(seen, on=opened_on, parameters=parameters, but=but)
        home = RetrofitHome(person=seen, household=home_of(seen, on=opened_on), year=year, opened_on=opened_on)
        home.wish = text(wish, what="改造意愿", longest=300)
        if address := address.strip():
            home.address, home.address_index = address, ciphers.blind_index(address, purpose="address")
        marks = by_priority(Person.objects.filter(pk=seen.pk), on=opened_on)[0].get()
        home.has_several_disabled, home.is_old_caring = marks.several, marks.elder
        move_on(home, HomeStepKind.OPEN, stage=S.CANDIDATE, done_on=opened_on, by=by, opinion=reason.strip(), before={})
    return home


def may_end(home: RetrofitHome, user: User) -> bool:
    """Whether somebody may end the home as it stands."""
    if home.stage in BEFORE_APPROVAL and user.has_perm(RECORD):
        return True
    return home.stage in BEFORE_ACCEPTANCE and user.has_perm(MANAGE)


@under(StageRule.END)
def home_end(
    *,
    home: RetrofitHome,
    end_reason: str,
    opinion: str,
    ended_on: datetime.date,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> RetrofitHome:
    """Ends a home before acceptance: 本人放弃 and the like. The approved project stays, unfinished, and does not count."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_end", opinion)
        row = held_home(home, by=by, permission=RECORD, stages=BEFORE_ACCEPTANCE, seen=seen)
        if not may_end(row, by):
            raise RuleBroken("已经批准的改造由区残联终止，请联系区残联。")
        if end_reason not in BY_HAND:
            raise RuleBroken("请选择终止原因。")
        refuse_day(ended_on, what="终止日期", today=today, since=row.since_on, since_what="进入本环节的日期")
        opinion = text(opinion, what="终止的情况（放弃的写明谁签的字）")
        before = as_it_is(row)
        row.end_reason = end_reason
        move_on(
            row,
            HomeStepKind.END,
            stage=S.ENDED,
            done_on=ended_on,
            by=by,
            outcome=HomeStepOutcome.DONE,
            opinion=f"{EndReason(end_reason).label}：{opinion}"[:500],
            before=before,
        )
    return row


def retrofitted_elsewhere(home: RetrofitHome) -> bool:
    """Whether the household has another project, accepted 合格, than this home's own."""
    others = home.household.retrofits.filter(verdict="passed").filter(~Q(pk=home.retrofit_id))
    return others.exists()


def refuse_retrofitted(home: RetrofitHome) -> None:
    if retrofitted_elsewhere(home):
        raise RuleBroken("这一户已有验收合格的改造，一户只改造一次。请终止这一件，原因选“已享受过改造”。", source=ONCE)
