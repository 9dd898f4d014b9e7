"""What every act on an application shares: the row held, who may, and the step that is kept."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from subsidies.models import Application, ApplicationStep, Outcome
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

ACCEPT = "subsidies.accept_applications"
FIRST_REVIEW = "subsidies.first_review"
FEDERATION_REVIEW = "subsidies.federation_review"
CIVIL_REVIEW = "subsidies.civil_review"
TEXT = 500  # what an opinion, a reason or a notice may be long
ONE_DECISION = "application_step_one_decision_a_person"


def held(application: Application, *, by: User, may: tuple[str, ...], seen: str | None = None) -> Application:
    """The application as it stands now, held until the transaction ends.

    `seen` is the state that the form was filled in upon: what has moved on since is not decided by an old page.
    """
    if not any(by.has_perm(permission) for permission in may):
        raise RuleBroken("您的账号没有办理这一环节的权限。")
    row = Application.objects.select_for_update(of=("self",)).select_related("person__community__parent")
    found = row.visible_to(by).filter(pk=application.pk).first()
    if found is None:
        raise RuleBroken("这份申请不在您的辖区内。")
    if seen is not None and seen != found.state:
        raise RuleBroken(f"您打开页面之后，这份申请已到“{found.get_state_display()}”，没有办理。请刷新后再看。")
    return found


def text(value: str, *, what: str, longest: int = TEXT) -> str:
    """A sentence that must be there, without the blanks around it."""
    value = value.strip()
    if not value:
        raise RuleBroken(f"请写明{what}。")
    if len(value) > longest:
        raise RuleBroken(f"{what}最多 {longest} 个字，现有 {len(value)} 个字。")
    return value


def refuse_day(day: datetime.date, *, what: str, today: datetime.date) -> None:
    """What is noted has happened."""
    if day > today:
        raise RuleBroken(f"{what}不能晚于今天（{today}）。")


def kept(row: models.Model) -> None:
    """Writes a row; what its constraints say of it is said in their words."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error
    row.save()


def step(
    application: Application,
    kind: str,
    outcome: str,
    *,
    by: User | None,
    today: datetime.date,
    opinion: str = "",
    verdicts: list[list[Any]] | None = None,
    due_on: datetime.date | None = None,
) -> ApplicationStep:
    """Keeps what was done. The constraint is the net where two acts of one person race."""
    row = ApplicationStep(
        application=application,
        kind=kind,
        outcome=outcome,
        opinion=opinion,
        verdicts=verdicts or [],
        done_on=today,
        due_on=due_on,
        done_by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if ONE_DECISION not in str(error):
            raise
        raise RuleBroken("您已办理过这份申请的另一个审核环节，请由其他人办理。") from error
    return row


def decided_by(application: Application, by: User) -> ApplicationStep | None:
    """The step of the case that somebody has decided, if there is one."""
    decisions = application.steps.filter(done_by=by, outcome__in=(Outcome.PASSED, Outcome.REFUSED))
    return decisions.order_by("pk").first()
