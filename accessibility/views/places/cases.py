"""障碍反映: the list, overdue first, and a report with its acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms import cases as forms
from accessibility.models import BarrierCase, BarrierCaseState
from accessibility.services import places as services
from accessibility.services.places.cases import UNANSWERED
from accessibility.services.places.common import RECORD
from accessibility.views.common import views_homes
from accessibility.views.places.common import PAGE, form_page, records_places

LIST = "barrier_case_list"
S = BarrierCaseState


@dataclass(frozen=True)
class Act:
    """One act: `do` takes what the form sent, the report and who acts; `dated` ones take today as well."""

    label: str
    said: str
    form: type[Any]
    states: tuple[str, ...]
    do: Callable[..., Any]
    dated: bool = False


ACTS: dict[str, Act] = {
    "transfer": Act("转办", "已转办。", forms.TransferForm, (S.OPEN,), services.barrier_case_transfer, True),
    "reply": Act("登记答复", "已登记答复。", forms.ReplyForm, UNANSWERED, services.barrier_case_reply, True),
    "rate": Act("登记满意度", "已登记满意度。", forms.RateForm, (S.REPLIED,), services.barrier_case_rate),
    "withdraw": Act("撤销", "已撤销。", forms.WithdrawForm, UNANSWERED, services.barrier_case_withdraw),
}


def case_rows(request: HttpRequest) -> Any:
    """Reports of the reader's area."""
    return BarrierCase.objects.visible_to(request.user).select_related("community__parent", "facility", "owner")


def is_overdue(row: BarrierCase) -> bool:
    """Waits for an answer beyond the day."""
    return row.state in UNANSWERED and row.due_on < timezone.localdate()


@views_homes
@never_cache
def barrier_case_list(request: HttpRequest) -> HttpResponse:
    """Reports of the area by the day they must be answered: what is overdue comes first."""
    form = forms.CaseFilter(request.GET, user=request.user)
    rows = form.found(case_rows(request), today=timezone.localdate()).order_by("due_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "lines": [(row, is_overdue(row)) for row in page],
    }
    return render(request, "accessibility/places/cases.html", context)


@views_homes
@never_cache
def barrier_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A report, and the acts that its state leaves open."""
    row = get_object_or_404(case_rows(request), pk=pk)
    may = request.user.has_perm(RECORD)
    context = {
        "case": row,
        "is_overdue": is_overdue(row),
        "acts": [(name, act.label) for name, act in ACTS.items() if may and row.state in act.states],
    }
    return render(request, "accessibility/places/case.html", context)


@records_places
@never_cache
def barrier_case_add(request: HttpRequest) -> HttpResponse:
    """Receives a report; whoever enters it is its owner."""
    today = timezone.localdate()
    form = forms.CaseForm(request.POST or None, user=request.user, today=today)
    back = reverse(LIST)
    return form_page(
        request, form,
        lambda: services.barrier_case_open(owner=request.user, by=request.user, today=today, **form.cleaned_data),
        title="登记障碍反映", submit="保存", said="已登记，由您承办。", back=back, crumb=("障碍反映", back),
    )  # fmt: skip


@records_places
@never_cache
def barrier_case_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    chosen, row, today = ACTS.get(act), get_object_or_404(case_rows(request), pk=pk), timezone.localdate()
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST or None, case=row, today=today)
    how = {"by": request.user, **({"today": today} if chosen.dated else {})}
    back = reverse("barrier_case", args=[row.pk])
    return form_page(
        request, form, lambda: chosen.do(case=row, **form.cleaned_data, **how),
        title=chosen.label, submit=chosen.label, said=chosen.said, back=back, crumb=("这件反映", back), hint=row.topic,
    )  # fmt: skip


urls = [
    path("accessibility/cases/", barrier_case_list, name=LIST),
    path("accessibility/cases/add/", barrier_case_add, name="barrier_case_add"),
    path("accessibility/cases/<int:pk>/", barrier_case, name="barrier_case"),
    path("accessibility/cases/<int:pk>/do/<slug:act>/", barrier_case_act, name="barrier_case_act"),
]
