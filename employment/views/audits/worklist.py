"""年审台账 of a year: how many employers stand where, what is to be done today, and the list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.audit_exporting import AUDITS
from employment.audit_worklist import TODO, counts_of, employers_of
from employment.forms.audit_filters import AuditFilter
from employment.models import AuditState
from employment.rules.audits import Window, window_of
from employment.views.audits.common import EXPORT, PAGE, export_page, exports, in_words, views_audits, with_
from zalainuoer.common.errors import RuleBroken

GOOD, BAD = "good", "bad"


@views_audits
@never_cache
def audit_list(request: HttpRequest) -> HttpResponse:
    """The worklist."""
    today = timezone.localdate()
    form = AuditFilter(request.GET, user=request.user, today=today)
    year = form.chosen_year
    window, wrong = _window(year, today)
    rows = employers_of(year, request.user)
    states, todo = counts_of(rows, window=window, today=today)
    page = Paginator(form.found(rows, window=window).select_related("street"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": year,
        "window": window,
        "window_wrong": wrong,
        "is_over": window.is_over(today),
        "total": sum(states.values()),
        "tiles": [_tile(form, "state", state, AuditState(state).label, count) for state, count in states.items()],
        "todo": [_tile(form, "todo", which, TODO[which], count) for which, count in todo.items() if count],
        "page_obj": page,
        "lines": [{"row": row, "state": AuditState(row.state)} for row in page],
        "today": today,
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "employment/audits/list.html", context)


def _window(year: int, today: Any) -> tuple[Window, str]:
    """The window, and what is wrong with its parameters."""
    try:
        return window_of(year, today=today), ""
    except RuleBroken as broken:
        return Window(None, None), in_words(broken)


def _tile(form: AuditFilter, name: str, value: str, label: str, count: int) -> dict[str, Any]:
    other = "todo" if name == "state" else "state"
    return {
        "label": label,
        "count": count,
        "query": with_(form.data, **{name: value, other: ""}),
        "is_current": form.data.get(name) == value,
    }


@exports
@never_cache
def audit_export(request: HttpRequest) -> HttpResponse:
    """The same rows as a workbook."""
    today = timezone.localdate()
    form = AuditFilter(request.GET, user=request.user, today=today)
    window, _ = _window(form.chosen_year, today)
    rows = form.found(employers_of(form.chosen_year, request.user), window=window).select_related("street")
    back = f"{reverse('annual_audit_list')}?{form.query}" if form.query else reverse("annual_audit_list")
    chosen = {"年审年度": f"{form.chosen_year}年", **form.chosen}
    return export_page(request, AUDITS, rows, count=rows.count(), chosen=chosen, back=back)


urls = [
    path("employment/audits/", audit_list, name="annual_audit_list"),
    path("employment/audits/export/", audit_export, name="annual_audit_export"),
]
