"""One case: the facts, the clauses as they stand, all its steps, and the forms of the next act."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.services.statements import statement_in_force
from subsidies.models import Application, ApplicationState, Outcome
from subsidies.services import applications as services
from subsidies.views.applications.acts import ACTS, do, forms_of, judging_of
from subsidies.views.applications.common import advice, line_of, note, views_subsidies, visible
from subsidies.views.applications.contacts import CONTACTS, contacts_of
from subsidies.views.applications.letters import letters_of
from zalainuoer.common.models import AccessAct
from zalainuoer.common.working_days import WorkingDays

STAGES = (
    ("", "受理"),
    (ApplicationState.FIRST_REVIEW, "街道初审"),
    (ApplicationState.FEDERATION_REVIEW, "区残联审核"),
    (ApplicationState.CIVIL_REVIEW, "民政审定"),
    (ApplicationState.PUBLICITY, "公示"),
    ("", "核发"),
)
STEP_TONES = {Outcome.PASSED: "good", Outcome.REFUSED: "bad", Outcome.RETURNED: "warn", Outcome.DONE: "even"}


@views_subsidies
@never_cache
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a case, or does the act that was sent to it."""
    row = get_object_or_404(visible(request).select_related("accepted_in", "recorded_by"), pk=pk)
    today = timezone.localdate()
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms, judging = forms_of(request, row, act), judging_of(request, row, act)
    contacts = contacts_of(request, row, act, [each["objection"] for each in judging])
    is_asking = act == CONTACTS and contacts["contacts_form"] is not None
    if request.method == "POST" and not is_asking and do(request, row, act, forms, judging):
        return redirect("application", row.pk)
    note(request, AccessAct.READ, f"补贴申请：{row.get_subsidy_display()}", people=1, person=row.person_id)
    steps = list(row.steps.select_related("done_by"))
    context = {
        **line_of(row, WorkingDays.read(), today),
        **advice(row, today),
        **contacts,
        "person": row.person,
        "statement": statement_in_force(row.person),
        "stages": _stages(row),
        "papers": services.checked_papers(row),
        "today": today,
        "steps": [_shown(step) for step in steps],
        "objections": judging,
        "forms": [(name, form, *ACTS[name][1:]) for name, form in forms.items()],
        "why_not": _why_not(request, row, forms),
        "letters": letters_of(row, steps),
    }
    return render(request, "subsidies/applications/page.html", context)


def _stages(row: Application) -> list[dict[str, Any]]:
    """The way of a case, with what is done and what it is at; nothing of one that has ended without a grant."""
    if row.state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN):
        return []
    at = row.resumes_at or row.state  # what waits for papers is still at the desk that asked for them
    states = [state for state, _ in STAGES]
    here = states.index(at) if at in states else len(states)
    return [
        {"label": label, "is_done": place < here, "is_current": place == here}
        for place, (_, label) in enumerate(STAGES)
    ]


def _shown(step: Any) -> dict[str, Any]:
    failed = [verdict for verdict in step.verdicts if not verdict[2]]
    return {"step": step, "tone": STEP_TONES[step.outcome], "failed": failed, "asked": len(step.verdicts)}


def _why_not(request: HttpRequest, row: Application, forms: dict[str, Any]) -> str:
    """Why the reader may not review this case, though it lies at a desk."""
    return (
        services.refusal_to_review(row, request.user) if row.state in services.DESKS and "review" not in forms else ""
    )
