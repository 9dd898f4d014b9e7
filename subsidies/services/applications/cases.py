"""What every act on an application shares: the row held, who may, and the step that is kept."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from subsidies.models import Application, ApplicationStep, Outcome
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

ACCEPT = "subsidies.accept_applications"
FIRST_REVIEW = "subsidies.first_review"
FEDERATION_REVIEW = "subsidies.federation_review"
CIVIL_REVIEW = "subsidies.civil_review"
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
