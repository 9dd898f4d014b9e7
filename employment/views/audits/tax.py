"""推送税务: the certified audits of a year that the tax office is to get, and those it has got."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.audit_exporting import TAX
from employment.forms.audit_filters import PUSHED, TaxFilter
from employment.forms.audits import PushForm
from employment.models import AFTER_PUSH, AuditState
from employment.services import audits as services
from employment.views.audits.common import (
    EXPORT,
    REVIEW,
    audits_of,
    export_page,
    exports,
    in_words,
    views_audits,
    with_,
)
from zalainuoer.common.errors import RuleBroken


def _rows(request: HttpRequest, form: TaxFilter) -> Any:
    """The audits of the chosen list; those under objection wait."""
    if not form.is_valid():
        return audits_of(request).none()
    rows = audits_of(request).filter(year=form.chosen_year).order_by("employer__name", "pk")
    if form.cleaned_data["show"] == PUSHED:
        return rows.filter(state__in=AFTER_PUSH)
    return rows.filter(state=AuditState.CERTIFIED, objected_on__isnull=True)


def keys(request: HttpRequest) -> list[int]:
    """The audits that were ticked."""
    return [int(key) for key in request.POST.getlist("audit") if key.isdecimal() and len(key) < 19]


@views_audits
@never_cache
def tax_push_list(request: HttpRequest) -> HttpResponse:
    """The list, and the form that records that it went."""
    today = timezone.localdate()
    form, may_push = TaxFilter(request.GET, today=today), request.user.has_perm(REVIEW)
    asked = PushForm(request.POST or None, today=today)
    if request.method == "POST" and not may_push:
        raise PermissionDenied
    if request.method == "POST" and asked.is_valid():
        try:
            rows = services.audits_push(audits=keys(request), by=request.user, today=today, **asked.cleaned_data)
        except RuleBroken as broken:
            asked.add_error(None, in_words(broken))
        else:
            settled = sum(row.state == AuditState.SETTLED for row in rows)
            messages.success(request, f"已登记推送 {len(rows)} 个单位，其中 {settled} 个达标或免缴，其余待缴费。")
            return redirect(f"{reverse('tax_push_list')}?{with_(form.data, show=PUSHED)}")
    rows = list(_rows(request, form))
    is_pushed = form.data.get("show") == PUSHED
    context = {
        "form": form,
        "push": asked if may_push and rows and not is_pushed else None,
        "ticked": set(keys(request)) if request.method == "POST" else {row.pk for row in rows},
        "rows": rows,
        "year": form.chosen_year,
        "query": form.query,
        "is_pushed": is_pushed,
        "waiting": audits_of(request)
        .filter(year=form.chosen_year, state=AuditState.CERTIFIED, objected_on__isnull=False)
        .count(),
        "pending_query": with_(form.data, show=""),
        "pushed_query": with_(form.data, show=PUSHED),
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "employment/audits/tax.html", context)


@exports
@never_cache
def tax_push_export(request: HttpRequest) -> HttpResponse:
    """The list in the columns of the national declaration form."""
    form = TaxFilter(request.GET, today=timezone.localdate())
    rows = _rows(request, form)
    back = f"{reverse('tax_push_list')}?{form.query}" if form.query else reverse("tax_push_list")
    chosen = {"年审年度": f"{form.chosen_year}年", "清单": "已推送" if form.data.get("show") == PUSHED else "待推送"}
    return export_page(request, TAX, rows, count=rows.count(), chosen=chosen, back=back)


urls = [
    path("employment/audits/tax-push/", tax_push_list, name="tax_push_list"),
    path("employment/audits/tax-push/export/", tax_push_export, name="tax_push_export"),
]
