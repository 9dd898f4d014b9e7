"""验收: every item judged, both signatures; devices alone are no retrofit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accessibility.models import (
    AcceptanceVerdict,
    HomeRetrofit,
    HomeStage,
    HomeStep,
    HomeStepKind,
    HomeStepOutcome,
    ItemCheck,
    ItemGroup,
    ItemVerdict,
    PlanItem,
    RetrofitHome,
    Signer,
)
from accessibility.rules import ONCE, WORKS
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.project import project_of
from accessibility.services.homes.signatures import Signature, signature_keep
from accessibility.services.homes.steps import MANAGE, held_home, move_on
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import kept
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Judged:
    """What the acceptance found of one item."""

    verdict: str
    note: str = ""


@under(StageRule.ACCEPT)
def home_accept(
    *,
    home: RetrofitHome,
    accepted_on: datetime.date,
    items: Mapping[int, Judged],
    household: Signature,
    federation: Signature,
    note: str = "",
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> HomeStep:
    """Accepts or fails a home by its items ({item's pk: what was found}): one that fails fails the home.

    What passes counts from `accepted_on`: the verdict is written into the project in the same transaction.
    """
    with transaction.atomic(), data_lock():
        open_context(by, "home_accept", note)
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.ACCEPTING,), seen=seen)
        refuse_day(accepted_on, what="验收日期", today=today, since=row.since_on, since_what="完工或整改完成日期")
        planned = list(row.items.select_related("item"))
        _refuse_gaps(planned, items)
        passed = all(items[item.pk].verdict == ItemVerdict.PASSED for item in planned)
        if passed:
            _refuse_devices_only(planned)
            _refuse_counted(row)
        project = project_of(row)
        project.accepted_on = accepted_on
        project.verdict = AcceptanceVerdict.PASSED if passed else AcceptanceVerdict.FAILED
        kept(project)
        step = move_on(
            row,
            HomeStepKind.ACCEPT,
            stage=HomeStage.SETTLING if passed else HomeStage.CORRECTING,
            done_on=accepted_on,
            by=by,
            outcome=HomeStepOutcome.PASSED if passed else HomeStepOutcome.FAILED,
            opinion=note.strip(),
        )
        for item in planned:
            found = items[item.pk]
            item.verdict, item.verdict_note = found.verdict, found.note.strip()
            kept(item)
            kept(ItemCheck(step=step, item=item, verdict=item.verdict, note=item.verdict_note))
        signature_keep(step, Signer.HOUSEHOLD, household)
        signature_keep(step, Signer.FEDERATION, federation)
    return step


def _refuse_gaps(planned: list[PlanItem], items: Mapping[int, Judged]) -> None:
    lacking = [f"{item.item.name}（{item.get_room_display()}）" for item in planned if item.pk not in items]
    if not planned or lacking:
        raise RuleBroken(f"请逐项验收，还没有结果的：{'、'.join(lacking) or '方案没有明细'}。")
    if set(items) - {item.pk for item in planned}:
        raise RuleBroken("验收的项目不在这一户的方案里，请刷新页面后重新填写。")


def _refuse_devices_only(planned: list[PlanItem]) -> None:
    if all(item.item.group == ItemGroup.DEVICE for item in planned):
        raise RuleBroken(
            "方案里只有辅具和设备，没有工程类项目，不能验收合格：不得以简单配发辅助器具代替改造。请撤回到制定方案，补充工程类项目。",
            source=WORKS,
        )


def _refuse_counted(home: RetrofitHome) -> None:
    """A household counts once: another project may have been delivered by a sheet in the meantime."""
    others = HomeRetrofit.objects.filter(household=home.household, verdict=AcceptanceVerdict.PASSED)
    other = others.exclude(pk=project_of(home).pk).order_by("accepted_on").first()
    if other is not None:
        raise RuleBroken(
            f"改造台账里这一户已有 {other.accepted_on} 验收合格的项目，一户只能改造一次。请核对那次报送；这一户确已改造的，请终止办理。",
            source=ONCE,
        )
