"""入户评估: what is found on the spot, room by room, and whether the home can be altered."""

from __future__ import annotations

import datetime

from django.db import transaction

from accessibility.models import (
    EndReason,
    HomeAssessment,
    HomeRoom,
    HomeStage,
    HomeStepKind,
    HomeStepOutcome,
    RetrofitHome,
)
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.steps import RECORD, as_it_is, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import changed_since, kept, text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

MEASURES = ("door_width_mm", "height_gap_mm", "length_mm", "width_mm")
HIGHEST_MM = 20_000  # twenty metres: a longer measure was typed in another unit


@under(StageRule.ASSESS)
def assessment_save(
    *,
    home: RetrofitHome,
    assessed_on: datetime.date,
    assessors: str,
    is_own: bool | None,
    owner_agrees: bool | None,
    moves_by: str = "",
    wishes: str = "",
    note: str = "",
    by: User,
    today: datetime.date,
) -> HomeAssessment:
    """Notes the visit; saved as often as needed until it is finished (`home_assess`)."""
    with transaction.atomic(), data_lock():
        open_context(by, "assessment_save")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.CANDIDATE,))
        refuse_day(assessed_on, what="评估日期", today=today, since=row.opened_on, since_what="登记日期")
        found = HomeAssessment.objects.filter(home=row).first() or HomeAssessment(home=row)
        found.assessed_on, found.is_own, found.owner_agrees = assessed_on, is_own, owner_agrees
        found.assessors = text(assessors, what="评估人员", longest=100)
        found.moves_by, found.wishes, found.note = moves_by.strip(), wishes.strip(), note.strip()
        kept(found)
    return found


@under(StageRule.ASSESS)
def room_save(
    *,
    home: RetrofitHome,
    room: str,
    barrier: str,
    door_width_mm: int | None = None,
    height_gap_mm: int | None = None,
    length_mm: int | None = None,
    width_mm: int | None = None,
    wish: str = "",
    correcting: HomeRoom | None = None,
    by: User,
) -> HomeRoom:
    """Notes what hinders in a room, with its measures in millimetres; None is not measured."""
    measures = dict(zip(MEASURES, (door_width_mm, height_gap_mm, length_mm, width_mm), strict=True))
    with transaction.atomic(), data_lock():
        open_context(by, "room_save")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.CANDIDATE,))
        assessment = HomeAssessment.objects.filter(home=row).first()
        if assessment is None:
            raise RuleBroken("请先填写评估日期和评估人员，再逐个位置填写。")
        found = HomeRoom(assessment=assessment) if correcting is None else _own_room(assessment, correcting)
        for name, value in measures.items():
            if value is not None and not 0 < value <= HIGHEST_MM:
                label = HomeRoom._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                raise RuleBroken(f"{label}应在 1 到 {HIGHEST_MM} 之间；没有量的留空。")
            setattr(found, name, value)
        found.room, found.wish = room, wish.strip()
        found.barrier = text(barrier, what="障碍情况", longest=300)
        kept(found)
    return found


@under(StageRule.ASSESS)
def room_delete(*, home: RetrofitHome, room: HomeRoom, by: User) -> None:
    """Takes out a room that was filled in by mistake."""
    with transaction.atomic(), data_lock():
        open_context(by, "room_delete")
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.CANDIDATE,))
        _own_room(HomeAssessment.objects.get(home=row), room).delete()


def _own_room(assessment: HomeAssessment, room: HomeRoom) -> HomeRoom:
    found = HomeRoom.objects.select_for_update().filter(assessment=assessment, pk=room.pk).first()
    if found is None:
        raise RuleBroken(changed_since("这个位置"))
    return found


@under(StageRule.ASSESS)
def home_assess(
    *,
    home: RetrofitHome,
    is_alterable: bool,
    opinion: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> RetrofitHome:
    """Finishes the assessment: a home that can be altered goes to its plan, another ends here."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_assess", opinion)
        row = held_home(home, by=by, permission=RECORD, stages=(HomeStage.CANDIDATE,), seen=seen)
        assessment = HomeAssessment.objects.filter(home=row).first()
        if assessment is None:
            raise RuleBroken("还没有入户评估，请先填写评估情况。")
        before = as_it_is(row)
        row.is_alterable = is_alterable
        if not is_alterable:
            row.end_reason = EndReason.NOT_ALTERABLE
            opinion = text(opinion, what="不具备改造条件的理由")
        elif refusal := _incomplete(assessment):
            raise RuleBroken(refusal)
        move_on(
            row,
            HomeStepKind.ASSESS,
            stage=HomeStage.PLANNING if is_alterable else HomeStage.ENDED,
            done_on=assessment.assessed_on,
            by=by,
            outcome=HomeStepOutcome.PASSED if is_alterable else HomeStepOutcome.FAILED,
            opinion=opinion.strip(),
            before=before,
        )
    return row


def _incomplete(assessment: HomeAssessment) -> str:
    """What an assessment that says 可以改造 still lacks; empty where it is whole."""
    if not assessment.rooms.exists():
        return "还没有填写任何位置的障碍情况，至少填写一处。"
    if assessment.is_own is None:
        return "请填写住房是不是自有的。"
    if not assessment.is_own and not assessment.owner_agrees:
        return "不是自有住房的，须房屋所有人同意改造。没有同意的，不能认定为可以改造。"
    return ""
