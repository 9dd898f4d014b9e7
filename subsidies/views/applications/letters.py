"""The letters about a case: handed to the person, so with the name in full and the number masked; each print noted."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.models import Application, ApplicationState, Outcome, StepKind
from subsidies.services import applications as services
from subsidies.views.applications.common import note, views_subsidies, visible
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division, DivisionLevel
from zalainuoer.common.rules import Parameters

NOTICE, REFUSAL, GRANT = "notice", "refusal", "grant"
LETTERS = {NOTICE: "一次性告知书", REFUSAL: "不予批准决定书", GRANT: "核发通知"}


def letters_of(row: Application, steps: list[Any]) -> list[tuple[str, str]]:
    """The letters that there are about a case: (kind, title)."""
    there = {
        NOTICE: _notice(steps) is not None,
        REFUSAL: row.state == ApplicationState.REFUSED,
        GRANT: row.state == ApplicationState.GRANTED,
    }
    return [(kind, LETTERS[kind]) for kind, is_there in there.items() if is_there]


@views_subsidies
@never_cache
def application_letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A letter to print."""
    row = get_object_or_404(visible(request).select_related("accepted_in"), pk=pk)
    steps = list(row.steps.select_related("done_by"))
    if kind not in dict(letters_of(row, steps)):
        raise Http404
    note(request, AccessAct.PRINT, f"{LETTERS[kind]}：{row.get_subsidy_display()}", people=1, person=row.person_id)
    notice = _notice(steps)
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first() or ""
    context = {
        "application": row,
        "person": row.person,
        "kind": kind,
        "title": LETTERS[kind],
        "notice": notice,
        "missing": notice.opinion.split("；") if notice is not None else [],
        "failed": _failed(steps),
        "was_contested": row.objections.exists(),
        "district": district,
        "street": row.person.community.parent,
        "sender": _sender(row, kind, notice, district),
        "limit": _limit_after(row, notice),
        "today": timezone.localdate(),
    }
    return render(request, "subsidies/applications/letter.html", context)


def _notice(steps: list[Any]) -> Any:
    """The latest step that asked for papers."""
    asked = [step for step in steps if step.kind == StepKind.NOTICE or step.outcome == Outcome.RETURNED]
    return asked[-1] if asked else None


def _sender(row: Application, kind: str, notice: Any, district: str) -> str:
    """Whose letter it is: 民政 decides; papers are asked for by the desk that lacks them."""
    if kind != NOTICE or notice.kind == StepKind.CIVIL_REVIEW:
        return f"{district}民政局"
    is_federation = notice.kind == StepKind.FEDERATION_REVIEW or (
        notice.kind == StepKind.NOTICE and row.accepted_elsewhere
    )
    return f"{district}残疾人联合会" if is_federation else str(row.person.community.parent)


def _failed(steps: list[Any]) -> list[list[Any]]:
    """The clauses that did not hold when 民政 decided: [sentence, source, False]."""
    decided = [step for step in steps if step.kind == StepKind.CIVIL_REVIEW and step.outcome == Outcome.REFUSED]
    return [verdict for verdict in decided[-1].verdicts if not verdict[2]] if decided else []


def _limit_after(row: Application, notice: Any) -> int | None:
    """The working days of the step that goes on once the papers are there, or None where they are not maintained."""
    if notice is None:
        return None
    state = ApplicationState.FIRST_REVIEW if notice.kind == StepKind.NOTICE else notice.kind
    try:
        return services.limit_days(row, state, Parameters(on=notice.done_on))
    except RuleBroken:
        return None
