"""What the pages about applications share: whose they are, how one is shown in a line, and that looking is noted."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest

from subsidies.models import Application, ApplicationState
from subsidies.services import applications as services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.working_days import WorkingDays

views_subsidies = permission_required("subsidies.view_subsidies", raise_exception=True)
accepts = permission_required("subsidies.accept_applications", raise_exception=True)

TONES = {
    ApplicationState.SUPPLEMENT: "warn",
    ApplicationState.PUBLICITY: "even",
    ApplicationState.GRANTED: "good",
    ApplicationState.REFUSED: "bad",
    ApplicationState.WITHDRAWN: "idle",
}


def visible(request: HttpRequest) -> QuerySet[Application]:
    """The applications of people in the reader's area."""
    return Application.objects.visible_to(request.user).select_related("person__community__parent")


def line_of(row: Application, calendar: WorkingDays, today: datetime.date) -> dict[str, Any]:
    """One case as the list and its own page's head show it."""
    is_untold = row.state in services.TOLD and row.notified_on is None
    left, tone = "", ""
    if is_untold or row.state in services.DESKS:
        left, tone = services.time_left(calendar, row.due_on, today)
    return {
        "application": row,
        "tone": TONES.get(row.state, "wait"),
        "left": left,
        "left_tone": tone,
        "is_untold": is_untold,
    }


def advice(row: Application, today: datetime.date) -> dict[str, Any]:
    """The clauses as they stand, those that fail first, or the sentence why they cannot be said."""
    try:
        verdicts = services.judged_now(row, today=today)
    except RuleBroken as broken:
        return {"verdicts": [], "failed": 0, "refusal": broken.message}
    verdicts.sort(key=lambda verdict: verdict.holds)
    return {"verdicts": verdicts, "failed": sum(not verdict.holds for verdict in verdicts), "refusal": ""}


def said(broken: RuleBroken) -> str:
    """A broken rule as forms say it."""
    return f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Notes that people were shown."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )
