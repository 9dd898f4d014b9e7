"""转介: from one provider to the next; who waits, how long, and for what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from rehab.forms.filters import WAITING_LONGEST, ReferralFilter
from rehab.forms.referrals import AnswerForm, ReferralForm
from rehab.models import Referral, ReferralState
from rehab.referring import days_waiting, is_done, with_outcome
from rehab.services.referrals import referral_answer, referral_send
from rehab.views.common import PAGE, export_page, exports_rehab, note, people_of, records_services, views_rehab
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

TITLE = "康复转介清单"
COLUMNS = {
    "服务类别": 14, "转出机构": 26, "转入机构": 26, "转出日期": 14, "状态": 12, "答复日期": 14, "等待天数": 10,
    "完成日期": 14, "转介事由": 36, "答复说明": 30,
}  # fmt: skip


def _filter(request: HttpRequest) -> ReferralFilter:
    return ReferralFilter(request.GET, user=request.user, today=timezone.localdate())


def _mine(request: HttpRequest) -> Any:
    rows = Referral.objects.visible_to(request.user).select_related("person__community__parent")
    return with_outcome(rows, on=timezone.localdate())


def shown(row: Any) -> dict[str, Any]:
    """A referral with how it stands today, in words."""
    return {
        "referral": row,
        "person": row.person,
        "is_done": is_done(row),
        "state": "已完成" if is_done(row) else row.get_state_display(),
        "tone": "good" if is_done(row) else TONES[row.state],
        "days": days_waiting(row, on=timezone.localdate()),
    }


TONES = {
    ReferralState.SENT: "warn",
    ReferralState.ACCEPTED: "wait",
    ReferralState.DECLINED: "bad",
    ReferralState.WITHDRAWN: "idle",
}


@views_rehab
@never_cache
def referral_list(request: HttpRequest) -> HttpResponse:
    """Those still waiting, the longest first, unless the filter asks for others."""
    form = _filter(request)
    page = Paginator(form.found(_mine(request)).order_by(*WAITING_LONGEST), PAGE).get_page(request.GET.get("page"))
    lines = [shown(row) for row in page.object_list]
    note(request, AccessAct.SEARCH, f"康复转介清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
    }
    return render(request, "rehab/referrals/list.html", context)


@exports_rehab
@never_cache
def referral_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    found = form.found(_mine(request)).order_by(*WAITING_LONGEST)
    rows = ((row.person, _values(shown(row))) for row in found.iterator(chunk_size=2000))
    back = f"{reverse('rehab_referral_list')}?{form.query}"
    return export_page(request, title=TITLE, columns=COLUMNS, rows=rows, count=found.count(), form=form, back=back)


def _values(line: dict[str, Any]) -> tuple[Any, ...]:
    row = line["referral"]
    return (
        row.get_kind_display(),
        row.from_provider,
        row.to_provider,
        row.sent_on.isoformat(),
        line["state"],
        row.answered_on.isoformat() if row.answered_on else "",
        line["days"],
        row.done_on.isoformat() if line["is_done"] else "",
        row.reason,
        row.answer,
    )


@records_services
@never_cache
def referral_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new referral of one person; `?after=` begins where a declined one ended."""
    person = get_object_or_404(people_of(request), pk=pk)
    initial = {}
    if (after := request.GET.get("after", "")).isdecimal() and len(after) < 19:
        former = get_object_or_404(Referral.objects.visible_to(request.user), pk=after, person=person)
        initial = {"kind": former.kind, "from_provider": former.from_provider, "reason": former.reason}
    form = ReferralForm(request.POST or None, user=request.user, today=timezone.localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            referral = referral_send(person=person, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已登记转介，等待转入机构答复。")
            return redirect("rehab_referral", referral.pk)
    note(request, AccessAct.READ, "登记康复转介", people=1, person=person.pk)
    return render(request, "rehab/referrals/add.html", {"form": form, "person": person})


@views_rehab
@never_cache
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """One referral: what was asked, what was answered, what comes next."""
    row = get_object_or_404(_mine(request), pk=pk)
    may = request.user.has_perm("rehab.record_services")
    form = None
    if may and row.state == ReferralState.SENT:
        form = AnswerForm(request.POST or None, referral=row, today=timezone.localdate())
    if request.method == "POST":
        if not may:
            return HttpResponse(status=403)
        if form is None:
            messages.warning(request, "这次转介已经有了答复，没有作任何改动。")
            return redirect("rehab_referral", row.pk)
        if form.is_valid():
            try:
                referral_answer(referral=row, by=request.user, **form.cleaned_data)
            except RuleBroken as broken:
                form.add_error(None, broken.message)
            else:
                messages.success(request, "已登记答复。")
                return redirect("rehab_referral", row.pk)
    note(request, AccessAct.READ, "康复转介", people=1, person=row.person_id)
    return render(request, "rehab/referrals/page.html", {**shown(row), "form": form})


urls = [
    path("rehab/referrals/", referral_list, name="rehab_referral_list"),
    path("rehab/referrals/export/", referral_export, name="rehab_referral_export"),
    path("rehab/referrals/<int:pk>/", referral, name="rehab_referral"),
    path("people/<int:pk>/rehab/referrals/add/", referral_add, name="rehab_referral_add"),
]
