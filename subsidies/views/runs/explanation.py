"""为什么: one line with everything it rests on."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from subsidies.models import PaymentLine, PaymentReturn
from subsidies.runs import explaining, overview
from subsidies.views.runs.access import has_runs_in_hand, line_tone, note
from zalainuoer.common.models import AccessAct

views_lines = permission_required("subsidies.view_subsidies", raise_exception=True)


@views_lines
@never_cache
def run_line(request: HttpRequest, pk: int) -> HttpResponse:
    """为什么: the facts of the day that decided, the clauses, the standard with its document, and the month's other lines."""
    rows = PaymentLine.objects.visible_to(request.user)
    if not has_runs_in_hand(request.user):
        rows = rows.filter(is_locked=True)  # what is only proposed is for those who work on it
    rows = rows.select_related("person__community__parent", "community__parent", "run", "standard", "of__run")
    line = get_object_or_404(rows, pk=pk)
    context = {
        "line": line,
        "person": line.person,
        "is_sent": line.kind not in overview.NOT_SENT,
        "facts": explaining.facts_in_words(line.facts),
        "judged_on": datetime.date.fromisoformat(line.facts["on"]) if "on" in line.facts else None,
        "clauses": explaining.clauses_of(line),
        "stop": explaining.stop_in_words(line.code),
        "month_lines": list(explaining.month_of_line(line)),
        "answer": PaymentReturn.objects.filter(run=line.run_id, person=line.person_id).first(),
        "may_open_run": has_runs_in_hand(request.user),
        "tone": line_tone(line.kind),
    }
    note(request, AccessAct.READ, f"发放明细：批次 {line.run.code}", people=1, person=line.person_id)
    return render(request, "subsidies/runs/line.html", context)
