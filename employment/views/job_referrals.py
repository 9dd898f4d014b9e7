"""推介: who was recommended to whom, whose outcome is wanted; sent, answered, taken back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.job_fields import ReasonForm
from employment.forms.seeking import OutcomeForm, ReferralFilter, SendForm
from employment.models import UNDECIDED, JobReferral, ReferralOutcome
from employment.rules.matching import vacancies_for
from employment.services import seeking
from employment.views.common import PAGE, note
from employment.views.job_pages import export_page, exports_jobs, form_page, records_jobs, views_jobs
from employment.views.matching import pairings
from employment.views.seekers import seekers_of
from employment.views.vacancies import vacancies
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

COLUMNS = {"用人单位": 30, "岗位": 16, "推介日期": 14, "结果": 12, "结果日期": 14, "说明": 40}
TONES = {
    ReferralOutcome.WAITING: "warn",
    ReferralOutcome.INTERVIEW: "wait",
    ReferralOutcome.HIRED: "good",
    ReferralOutcome.REFUSED: "bad",
    ReferralOutcome.DECLINED: "idle",
    ReferralOutcome.WITHDRAWN: "idle",
}


def referrals_of(request: HttpRequest) -> Any:
    """The referrals of the reader's people."""
    rows = JobReferral.objects.visible_to(request.user)
    return rows.select_related("seeker__person__community__parent", "vacancy__employer", "sent_by")


@views_jobs
@never_cache
def referral_list(request: HttpRequest) -> HttpResponse:
    """Those whose outcome is wanted, the oldest first, unless the filter asks for others."""
    form = ReferralFilter(request.GET, user=request.user)
    found = form.found(referrals_of(request)).order_by("sent_on", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "person": row.seeker.person, "tone": TONES[row.outcome]} for row in page.object_list]
    people = [line["person"] for line in lines]
    note(request, AccessAct.SEARCH, f"求职推介清单，第{page.number}页", people=len(people))
    context = {"form": form, "query": form.query, "chosen": form.chosen, "page_obj": page, "lines": lines}
    return render(request, "employment/jobs/referrals.html", {**context, "people": people})


@exports_jobs
@never_cache
def referral_export(request: HttpRequest) -> HttpResponse:
    form = ReferralFilter(request.GET, user=request.user)
    found = form.found(referrals_of(request)).order_by("sent_on", "pk")
    rows = ((row.seeker.person, _values(row)) for row in found.iterator(chunk_size=2000))
    back = f"{reverse('job_referral_list')}?{form.query}"
    return export_page(
        request, title="求职推介清单", columns=COLUMNS, rows=rows, count=found.count(), chosen=form.chosen, back=back
    )


def _values(row: JobReferral) -> tuple[Any, ...]:
    return (
        row.vacancy.employer.name,
        row.vacancy.post,
        row.sent_on.isoformat(),
        row.get_outcome_display(),
        row.outcome_on.isoformat() if row.outcome_on else "",
        row.reason,
    )


@records_jobs
@never_cache
def referral_add(request: HttpRequest, pk: int, vacancy: int) -> HttpResponse:
    """Recommends one seeker for one vacancy, beside why they suit each other."""
    row, offer = get_object_or_404(seekers_of(request), pk=pk), get_object_or_404(vacancies(), pk=vacancy)
    today = timezone.localdate()
    form = SendForm(request.POST or None, today=today)
    rule = vacancies_for(row, on=today, parameters=Parameters(on=today))
    pairing = pairings(rule, vacancies().filter(pk=offer.pk))[0]
    return form_page(
        request,
        form,
        lambda: seeking.referral_send(seeker=row, vacancy=offer, by=request.user, today=today, **form.cleaned_data),
        title=f"推介：{offer}",
        said="已登记推介，等待单位反馈。",
        back=reverse("job_seeker_matches", args=[pk]),
        leads_to=lambda saved: reverse("job_referral", args=[saved.pk]),
        person=row.person,
        submit="推介",
        template="employment/jobs/referral_add.html",
        extra={"seeker": row, "vacancy": offer, "line": pairing},
    )


@views_jobs
@never_cache
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """One referral: who, for what, what came of it, and what may be done next."""
    row = get_object_or_404(referrals_of(request), pk=pk)
    note(request, AccessAct.READ, "求职推介", people=1, person=row.seeker.person_id)
    context = {
        "referral": row,
        "person": row.seeker.person,
        "tone": TONES[row.outcome],
        "is_undecided": row.outcome in UNDECIDED,
        "is_withdrawn": row.outcome == ReferralOutcome.WITHDRAWN,
    }
    return render(request, "employment/jobs/referral.html", context)


@records_jobs
@never_cache
def referral_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a referral; of a hiring the employment is registered in the same act."""
    row, today = get_object_or_404(referrals_of(request), pk=pk), timezone.localdate()
    form = OutcomeForm(request.POST or None, today=today)

    def save() -> JobReferral:
        told = form.cleaned_data
        how: Any = {"referral": row, "reason": told["reason"], "by": request.user, "today": today}
        if told["outcome"] == ReferralOutcome.HIRED:
            return seeking.referral_hire(form=told["form"], started_on=told["outcome_on"], **how)
        return seeking.referral_answer(outcome=told["outcome"], outcome_on=told["outcome_on"], **how)

    return form_page(
        request,
        form,
        save,
        title=f"登记推介结果：{row.vacancy}",
        said="已登记结果。",
        back=reverse("job_referral", args=[pk]),
        person=row.seeker.person,
        at="求职推介",
    )


@records_jobs
@never_cache
def referral_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the outcome back, else the referral itself."""
    row = get_object_or_404(referrals_of(request), pk=pk)
    form = ReasonForm(request.POST or None)
    is_sent = row.outcome == ReferralOutcome.WAITING
    lead = {
        ReferralOutcome.WAITING: "撤回后可以重新推介。",
        ReferralOutcome.HIRED: "同时登记的就业一并撤下，求职登记重新打开。",
    }.get(row.outcome, "撤回后重新等待单位反馈。")
    return form_page(
        request,
        form,
        lambda: seeking.referral_take_back(referral=row, by=request.user, **form.cleaned_data),
        title="撤回推介" if is_sent else f"撤回结果：{row.get_outcome_display()}",
        said="已撤回。",
        back=reverse("job_referral", args=[pk]),
        person=row.seeker.person,
        lead=lead,
        submit="撤回",
        at="求职推介",
    )


urls = [
    path("employment/referrals/", referral_list, name="job_referral_list"),
    path("employment/referrals/export/", referral_export, name="job_referral_export"),
    path("employment/referrals/<int:pk>/", referral, name="job_referral"),
    path("employment/referrals/<int:pk>/outcome/", referral_outcome, name="job_referral_outcome"),
    path("employment/referrals/<int:pk>/undo/", referral_undo, name="job_referral_undo"),
    path("employment/seekers/<int:pk>/refer/<int:vacancy>/", referral_add, name="job_referral_add"),
]
