"""What every act on a home shares: who may, the row held, the step kept with what the home said before it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from accessibility.models import HomeStage, HomeStep, HomeStepKind, HomeStepOutcome, RetrofitHome
from accessibility.stage_rules import StageRule, under
from zalainuoer.common.acting import changed_since, refuse_invalid, refuse_others
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

RECORD = "accessibility.record_homes"  # what is done on the spot: street and federation
MANAGE = "accessibility.manage_homes"  # what the federation decides and pays
# What a step may change of the home itself, and taking it back puts there again.
KEPT = (
    "stage",
    "since_on",
    "due_on",
    "is_alterable",
    "hardship",
    "level",
    "evidence",
    "retrofit_id",
    "contractor_id",
    "contract_number",
    "contract_yuan",
    "works_due_on",
    "end_reason",
)


@under(StageRule.ORDER)
def held_home(
    home: RetrofitHome, *, by: User, permission: str, stages: tuple[str, ...], seen: int | None = None
) -> RetrofitHome:
    """The home as it stands now, locked until the transaction ends.

    Refuses whoever may not act, a home outside the area, a stage at which the act has no place, and an old page:
    `seen` is the last step that the page showed (`last_step`).
    """
    refuse_others(by, permission)
    rows: Any = RetrofitHome.objects.visible_to(by)
    row: RetrofitHome | None = (
        rows.select_for_update(of=("self",))
        .select_related("household", "person", "retrofit")
        .filter(pk=home.pk)
        .first()
    )
    if row is None:
        raise RuleBroken("这一户不在您的辖区内。")
    if seen is not None and seen != last_step(row):
        raise RuleBroken(changed_since("这一户的办理"))
    if row.stage not in stages:
        raise RuleBroken(f"这一户现在的环节是“{row.get_stage_display()}”，不能办理这一步。请看页面上现在可以办的。")
    return row


def last_step(home: RetrofitHome) -> int:
    """The number of a home's last step, which grows with every act; 0 before the first."""
    return int(home.steps.aggregate(last=models.Max("pk"))["last"] or 0)


def as_it_is(home: RetrofitHome) -> dict[str, Any]:
    """What a step may change, as it stands now: {field: value as JSON keeps it}."""
    return {name: _plain(getattr(home, name)) for name in KEPT}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (datetime.date, Decimal)) else value


def put_back(home: RetrofitHome, before: dict[str, Any]) -> None:
    """Sets a home to what it said before a step; the caller saves it. What else was kept with the step is not the home's."""
    for name, value in ((name, before[name]) for name in KEPT if name in before):
        setattr(home, name, home._meta.get_field(name.removesuffix("_id")).to_python(value))  # type: ignore[union-attr]


def move_on(
    home: RetrofitHome,
    kind: HomeStepKind,
    *,
    stage: HomeStage,
    done_on: datetime.date,
    by: User,
    due_on: datetime.date | None = None,
    outcome: HomeStepOutcome = HomeStepOutcome.DONE,
    opinion: str = "",
    before: dict[str, Any] | None = None,
    takes_back: HomeStep | None = None,
) -> HomeStep:
    """Brings the home to a stage and keeps the step; `before` is `as_it_is` from before the caller's other changes."""
    before = as_it_is(home) if before is None else before
    home.stage, home.since_on, home.due_on = stage, done_on, due_on
    refuse_invalid(home)
    home.save()
    return HomeStep.objects.create(
        home=home,
        kind=kind,
        outcome=outcome,
        opinion=opinion,
        done_on=done_on,
        before=before,
        takes_back=takes_back,
        done_by=by,
    )


def standing_steps(home: RetrofitHome) -> models.QuerySet[HomeStep]:
    """The steps that have not been taken back, without those that took one back; the latest first."""
    steps = HomeStep.objects.filter(home=home, taken_back_by__isnull=True)
    return steps.exclude(kind=HomeStepKind.TAKE_BACK).order_by("-pk")
