"""失信记录: employers that owe after their reminders, with the days of each; pushed to the credit platform, removed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.audit_exporting import CREDIT
from employment.forms.audit_filters import CreditFilter
from employment.forms.audits import CreditPushedForm, CreditRemoveForm
from employment.models import CreditRecord
from employment.services import audits as services
from employment.views.audits.common import EXPORT, PAGE, REVIEW, export_page, exports, form_page, reviews, views_audits


def _rows(request: HttpRequest) -> Any:
    rows = CreditRecord.objects.visible_to(request.user)
    return rows.select_related("audit__employer").order_by("-decided_on", "audit__employer__name", "pk")


@views_audits
@never_cache
def credit_list(request: HttpRequest) -> HttpResponse:
    """The list: names of employers, no names of people."""
    form = CreditFilter(request.GET, today=timezone.localdate())
    page = Paginator(form.found(_rows(request)), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "may_export": request.user.has_perm(EXPORT),
        "may_change": request.user.has_perm(REVIEW),
    }
    return render(request, "employment/audits/credit.html", context)


@exports
@never_cache
def credit_export(request: HttpRequest) -> HttpResponse:
    form = CreditFilter(request.GET, today=timezone.localdate())
    rows = form.found(_rows(request))
    back = f"{reverse('credit_list')}?{form.query}" if form.query else reverse("credit_list")
    return export_page(request, CREDIT, rows, count=rows.count(), chosen=form.chosen, back=back)


ACTS: dict[str, tuple[type[Any], Any, str, str]] = {
    "push": (CreditPushedForm, services.credit_pushed, "登记推送信用平台", "已登记推送。"),
    "remove": (CreditRemoveForm, services.credit_remove, "移出失信记录", "已移出失信记录。"),
}


@reviews
@never_cache
def credit_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Pushed to the platform, or removed."""
    row = get_object_or_404(_rows(request), pk=pk)
    if act not in ACTS:
        raise Http404
    form_class, service, title, said = ACTS[act]
    today = timezone.localdate()
    form = form_class(request.POST or None, today=today)
    back = reverse("credit_list")
    owed = f"应缴 {row.due_yuan} 元，已缴 {row.paid_yuan} 元"
    return form_page(
        request, form, lambda: service(record=row, by=request.user, today=today, **form.cleaned_data),
        title=title, submit=title, said=said, back=back, crumb=("失信记录", back),
        facts=[("单位", row.audit.employer.name), ("年度", f"{row.year}年"), ("决定时", owed), ("决定文号", row.document)],
    )  # fmt: skip


urls = [
    path("employment/credit-records/", credit_list, name="credit_list"),
    path("employment/credit-records/export/", credit_export, name="credit_export"),
    path("employment/credit-records/<int:pk>/<slug:act>/", credit_act, name="credit_act"),
]
