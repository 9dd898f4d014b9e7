"""求职登记: the list, one registration with its referrals, which vacancies suit it and why; registering and ending."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.seeking import SeekerEndForm, SeekerFilter, SeekerForm
from employment.models import LOOKING, JobSeeker, SeekerStatus, Vacancy
from employment.rules.matching import hard, ranked, vacancies_for
from employment.services import seeking
from employment.views.common import PAGE, note
from employment.views.job_pages import RECORD, export_page, exports_jobs, form_page, people_of, records_jobs, views_jobs
from employment.views.matching import Pairing, pairings
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

TITLE = "求职登记清单"
COLUMNS = {
    "登记日期": 14, "文化程度": 16, "会做的工种": 30, "想做的工种": 30, "期望月工资（元）": 14, "期望工作地点": 16,
    "身体条件和限制": 30, "状态": 10, "结束日期": 14, "结束原因": 30,
}  # fmt: skip
TONES = {
    SeekerStatus.SEEKING: "warn",
    SeekerStatus.REFERRED: "wait",
    SeekerStatus.EMPLOYED: "good",
    SeekerStatus.ENDED: "idle",
}


def seekers_of(request: HttpRequest) -> Any:
    """The registrations of the reader's area, with their people."""
    rows = JobSeeker.objects.visible_to(request.user)
    return rows.select_related("person__community__parent", "wanted_street")


@views_jobs
@never_cache
def seeker_list(request: HttpRequest) -> HttpResponse:
    """Who looks for work, the longest first, unless the filter asks for others."""
    form = SeekerFilter(request.GET, user=request.user)
    found = form.found(seekers_of(request)).order_by("registered_on", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "tone": TONES[row.status]} for row in page.object_list]
    note(request, AccessAct.SEARCH, f"求职登记清单，第{page.number}页", people=len(lines))
    people = [line["row"].person for line in lines]
    context = {"form": form, "query": form.query, "chosen": form.chosen, "page_obj": page}
    return render(request, "employment/jobs/seekers.html", {**context, "lines": lines, "people": people})


@exports_jobs
@never_cache
def seeker_export(request: HttpRequest) -> HttpResponse:
    form = SeekerFilter(request.GET, user=request.user)
    found = form.found(seekers_of(request)).order_by("registered_on", "pk")
    rows = ((row.person, _values(row)) for row in found.iterator(chunk_size=2000))
    back = f"{reverse('job_seeker_list')}?{form.query}"
    return export_page(
        request,
        title=TITLE,
        columns=COLUMNS,
        rows=rows,
        count=found.count(),
        chosen=form.chosen,
        back=back,
        numbers=("期望月工资（元）",),
    )


def _values(row: JobSeeker) -> tuple[Any, ...]:
    return (
        row.registered_on.isoformat(),
        row.get_education_display(),
        row.skills_text,
        row.wanted_text or "不限",
        row.least_wage_yuan,
        str(row.wanted_street or "不限"),
        row.health_limits,
        row.get_status_display(),
        row.ended_on.isoformat() if row.ended_on else "",
        row.end_reason,
    )


@views_jobs
@never_cache
def seeker(request: HttpRequest, pk: int) -> HttpResponse:
    """One registration: who, what, and what came of it."""
    row = get_object_or_404(seekers_of(request), pk=pk)
    referrals = row.referrals.select_related("vacancy__employer")
    note(request, AccessAct.READ, "求职登记", people=1, person=row.person_id)
    context = {"seeker": row, "person": row.person, "tone": TONES[row.status], "referrals": referrals}
    return render(request, "employment/jobs/seeker.html", {**context, "is_open": row.status in LOOKING})


@records_jobs
@never_cache
def seeker_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new registration of one person; an open one is shown instead."""
    person, today = get_object_or_404(people_of(request), pk=pk), timezone.localdate()
    form = SeekerForm(request.POST or None, user=request.user, today=today)
    return form_page(
        request,
        form,
        lambda: seeking.seeker_save(person=person, by=request.user, today=today, **form.cleaned_data),
        title="求职登记",
        said="已登记求职，下面可以查找适合的岗位。",
        back=reverse("person", args=[pk]),
        leads_to=lambda saved: reverse("job_seeker", args=[saved.pk]),
        person=person,
        lead="残联的就业服务机构免费办理求职登记和推介（残疾人就业条例第二十二条）。",
        at="求职登记",
    )


@records_jobs
@never_cache
def seeker_change(request: HttpRequest, pk: int) -> HttpResponse:
    row, today = get_object_or_404(seekers_of(request), pk=pk), timezone.localdate()
    form = SeekerForm(request.POST or None, user=request.user, today=today, instance=row)
    return form_page(
        request,
        form,
        lambda: seeking.seeker_save(seeker=row, by=request.user, today=today, **form.cleaned_data),
        title="修改求职登记",
        said="已保存。",
        back=reverse("job_seeker", args=[pk]),
        person=row.person,
        at="求职登记",
    )


@records_jobs
@never_cache
def seeker_end(request: HttpRequest, pk: int) -> HttpResponse:
    row, today = get_object_or_404(seekers_of(request), pk=pk), timezone.localdate()
    form = SeekerEndForm(request.POST or None, today=today)
    return form_page(
        request,
        form,
        lambda: seeking.seeker_end(seeker=row, by=request.user, today=today, **form.cleaned_data),
        title="结束求职登记",
        said="求职登记已经结束。",
        back=reverse("job_seeker", args=[pk]),
        person=row.person,
        at="求职登记",
    )


@views_jobs
@never_cache
def seeker_matches(request: HttpRequest, pk: int) -> HttpResponse:
    """The vacancies open today for one seeker: those that suit, ranked, or (`?show=others`) the rest, with what forbids."""
    row, today = get_object_or_404(seekers_of(request), pk=pk), timezone.localdate()
    rule = vacancies_for(row, on=today, parameters=Parameters(on=today))
    is_open = Q(registered_on__lte=today, valid_until__gte=today, closed_on__isnull=True)
    offers = Vacancy.objects.filter(is_open).select_related("employer", "street")
    others = request.GET.get("show") == "others"
    found = ranked(rule, hard(rule).failing(offers) if others else hard(rule).people(offers))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines: list[Pairing] = pairings(rule, page.object_list)
    note(request, AccessAct.READ, "求职匹配", people=1, person=row.person_id)
    context = {"seeker": row, "person": row.person, "others": others, "page_obj": page, "lines": lines}
    may = request.user.has_perm(RECORD)
    return render(request, "employment/jobs/seeker_matches.html", {**context, "may_send": may and not others})


urls = [
    path("employment/seekers/", seeker_list, name="job_seeker_list"),
    path("employment/seekers/export/", seeker_export, name="job_seeker_export"),
    path("employment/seekers/<int:pk>/", seeker, name="job_seeker"),
    path("employment/seekers/<int:pk>/change/", seeker_change, name="job_seeker_change"),
    path("employment/seekers/<int:pk>/end/", seeker_end, name="job_seeker_end"),
    path("employment/seekers/<int:pk>/matches/", seeker_matches, name="job_seeker_matches"),
    path("people/<int:pk>/employment/seekers/add/", seeker_add, name="job_seeker_add"),
]
