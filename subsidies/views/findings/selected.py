"""Several findings at once: asked once more, then assigned or resolved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.comparison.causes import cause_label
from subsidies.forms.findings import AssignForm, ResolveForm
from subsidies.models import FindingState
from subsidies.services import findings as services
from subsidies.views.findings.common import chosen_by, list_url, note, resolves_findings, visible
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

AT_ONCE = 500  # findings dealt with in one go


@resolves_findings
@never_cache
def finding_selected(request: HttpRequest) -> HttpResponse:
    """指派 or 处理 of the findings that were ticked, or of all that the filter shows: asked once more before it is done."""
    data = request.POST if request.method == "POST" else request.GET
    act = "assign" if data.get("act") == "assign" else "resolve"
    form = chosen_by(request, QueryDict(data.get("query", "")))
    ticked = visible(request).filter(pk__in=_keys(data))
    if _keys(data) and not ticked.exists():
        raise Http404
    rows = form.found(visible(request)) if data.get("all") else ticked
    rows = rows.exclude(state=FindingState.GONE) if act == "assign" else rows.filter(state=FindingState.OPEN)
    back = list_url(form)
    if not rows.exists():
        messages.warning(request, "没有选中可以办理的比对结果。请在列表中勾选，再点“指派”或“处理”。")
        return redirect(back)
    confirmed = request.method == "POST" and "confirm" in data
    bound = data if confirmed else None
    asked = _asked(request, act, bound)
    if confirmed and asked.is_valid():
        # What was shown is what is done: never what the filter has come to show since.
        keys = list(ticked.values_list("pk", flat=True))
        try:
            count = _do(request, act, asked, keys)
        except RuleBroken as broken:
            asked.add_error(None, broken.message)
        else:
            messages.success(request, f"已{'指派' if act == 'assign' else '处理'} {count} 条。")
            return redirect(back)
    shown = list(rows.select_related("person__community__parent").order_by("person__community", "pk")[: AT_ONCE + 1])
    is_cut, shown = len(shown) > AT_ONCE, shown[:AT_ONCE]
    note(request, AccessAct.READ, "办理所选的比对结果", people=len({row.person_id for row in shown}))
    lines = [{"finding": row, "cause": cause_label(row.cause)} for row in shown]
    context = {"act": act, "form": asked, "lines": lines, "back": back, "query": form.query, "cut": is_cut}
    return render(request, "subsidies/findings/selected.html", context)


def _keys(data: QueryDict) -> list[int]:
    return [int(key) for key in data.getlist("finding") if key.isdecimal() and len(key) < 19]


def _asked(request: HttpRequest, act: str, data: Any) -> Any:
    if act == "assign":
        return AssignForm(data, reader=request.user)
    return ResolveForm(data, today=timezone.localdate())


def _do(request: HttpRequest, act: str, form: Any, keys: list[int]) -> int:
    if act == "assign":
        return services.finding_assign(findings=keys, to=form.user, by=request.user)
    return services.finding_resolve(findings=keys, by=request.user, today=timezone.localdate(), **form.cleaned_data)
