"""归档: what a home's file must hold before it is closed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from accessibility.models import HomeStage, HomeStep, HomeStepKind, HomeStepOutcome, PhotoPurpose, RetrofitHome
from accessibility.services.homes.common import open_context, refuse_day
from accessibility.services.homes.following import FOLLOW_UP_MONTHS
from accessibility.services.homes.steps import MANAGE, held_home, move_on, standing_steps
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

# Photographs of the same places before and after; of the works at least one.
PHOTOS = {PhotoPurpose.BEFORE: 3, PhotoPurpose.DURING: 1, PhotoPurpose.AFTER: 3}


@dataclass(frozen=True)
class Paper:
    """One part of the file: what it is, whether it is there, and what is to be done where it is not."""

    name: str
    is_there: bool
    lack: str = ""


def papers_of(home: RetrofitHome) -> list[Paper]:
    """Every part of a home's file, in the order of the work. The number of statements does not depend on the home."""
    standing = standing_steps(home).order_by("pk").prefetch_related("signatures")
    steps = {(step.kind, step.outcome): step for step in standing}
    accepted = steps.get((HomeStepKind.ACCEPT, HomeStepOutcome.PASSED))
    photos = dict(home.photos.order_by().values_list("purpose").annotate(Count("pk")))
    done = set(home.follow_ups.filter(done_on__isnull=False).values_list("months", flat=True))
    has_assessment = hasattr(home, "assessment") and home.assessment.rooms.exists()
    items = list(home.items.all())
    settled = bool(items) and all(item.settled_yuan is not None for item in items)
    return [
        Paper("困难和残疾等级认定依据", bool(home.evidence), "审批时固定"),
        Paper("入户评估", has_assessment, "评估里至少有一个位置"),
        Paper("方案和预算", bool(items) and home.shares.exists(), "方案要有明细和资金构成"),
        Paper("公示", (HomeStepKind.SHOW_END, HomeStepOutcome.PASSED) in steps, "登记公示结束"),
        Paper("审批", (HomeStepKind.DECIDE, HomeStepOutcome.PASSED) in steps, "登记审批"),
        Paper("合同", (HomeStepKind.CONTRACT, HomeStepOutcome.DONE) in steps, "登记合同"),
        *(_photos(purpose, photos.get(purpose, 0), least) for purpose, least in PHOTOS.items()),
        Paper(
            "验收和双方签名",
            accepted is not None and len(accepted.signatures.all()) == 2,
            "登记验收合格，由本人或家属和验收人签名",
        ),
        Paper("结算", settled, "登记每个项目的决算"),
        *(Paper(f"第 {months} 个月回访", months in done, "登记回访") for months in FOLLOW_UP_MONTHS),
    ]


def _photos(purpose: PhotoPurpose, count: int, least: int) -> Paper:
    return Paper(f"{purpose.label}照片", count >= least, f"至少 {least} 张，现有 {count} 张")


@under(StageRule.FILE)
def home_file(
    *, home: RetrofitHome, filed_on: datetime.date, by: User, today: datetime.date, seen: int | None = None
) -> HomeStep:
    """Closes a home whose file is complete; says what is lacking where it is not."""
    with transaction.atomic(), data_lock():
        open_context(by, "home_file")
        row = held_home(home, by=by, permission=MANAGE, stages=(HomeStage.FILING,), seen=seen)
        refuse_day(filed_on, what="归档日期", today=today, since=row.since_on, since_what="最后一次回访日期")
        lacking = [f"{paper.name}（{paper.lack}）" for paper in papers_of(row) if not paper.is_there]
        if lacking:
            raise RuleBroken(f"档案不完整，不能归档。还缺：{'、'.join(lacking)}。")
        return move_on(row, HomeStepKind.FILE, stage=HomeStage.FILED, done_on=filed_on, by=by)
