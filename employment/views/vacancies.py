"""招聘登记: the list, one vacancy with those recommended for it, who suits it and why; registering and changing."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.job_fields import ReasonForm
from employment.forms.seeking import VacancyFilter, VacancyForm
from employment.models import JobReferral, ReferralOutcome, Vacancy
from employment.rules.matching import hard, ranked, seekers_for
from employment.services.entries import entry_save, entry_withdraw
from employment.views.common import PAGE, note
from employment.views.job_pages import RECORD, export_page, exports_jobs, form_page, records_jobs, views_jobs
from employment.views.matching import pairings
from employment.views.seekers import seekers_of
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

COLUMNS = {
    "用人单位": 30, "岗位": 16, "招聘人数": 10, "已录用": 10, "工种": 24, "适合的残疾": 30, "最低文化程度": 16,
    "月工资（元）": 12, "工作地点": 28, "有效期至": 14, "状态": 10, "岗位条件": 36,
}  # fmt: skip


def vacancies() -> Any:
    """Every vacancy, with how many it has hired: offers are told to whoever helps people find work, wherever they are."""
    hired = Count("referrals", filter=Q(referrals__outcome=ReferralOutcome.HIRED))
    return Vacancy.objects.select_related("employer", "street").annotate(hired=hired).order_by("valid_until", "pk")


def state_of(row: Any, today: datetime.date) -> dict[str, str]:
    """How a vacancy stands on a day, in words and tone."""
    if row.closed_on is not None:
        return {"state": "已停止", "tone": "idle"}
    if row.valid_until < today:
        return {"state": "已过期", "tone": "idle"}
    if row.hired >= row.number:
        return {"state": "已招满", "tone": "idle"}
    return {"state": "招聘中", "tone": "good"}


def _filter(request: HttpRequest) -> VacancyFilter:
    return VacancyFilter(request.GET, user=request.user, today=timezone.localdate())


@views_jobs
@never_cache
def vacancy_list(request: HttpRequest) -> HttpResponse:
    """What is offered today, the next to end first, unless the filter asks for others."""
    form, today = _filter(request), timezone.localdate()
    page = Paginator(form.found(vacancies()), PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, **state_of(row, today)} for row in page.object_list]
    context = {"form": form, "query": form.query, "chosen": form.chosen, "page_obj": page, "lines": lines}
    return render(request, "employment/jobs/vacancies.html", context)


@exports_jobs
@never_cache
def vacancy_export(request: HttpRequest) -> HttpResponse:
    form, today = _filter(request), timezone.localdate()
    found = form.found(vacancies())
    rows = ((None, _values(row, today)) for row in found.iterator(chunk_size=2000))
    return export_page(
        request,
        title="招聘登记清单",
        columns=COLUMNS,
        rows=rows,
        count=found.count(),
        chosen=form.chosen,
        back=f"{reverse('vacancy_list')}?{form.query}",
        about_people=False,
        numbers=("招聘人数", "已录用", "月工资（元）"),
    )


def _values(row: Any, today: datetime.date) -> tuple[Any, ...]:
    return (
        row.employer.name,
        row.post,
        row.number,
        row.hired,
        row.trades_text,
        row.suits_text,
        row.get_education_display() if row.education else "不限",
        row.wage_yuan,
        f"{row.street or '本区以外'} {row.place}".strip(),
        row.valid_until.isoformat(),
        state_of(row, today)["state"],
        row.conditions,
    )


@views_jobs
@never_cache
def vacancy(request: HttpRequest, pk: int) -> HttpResponse:
    """One vacancy; of those recommended for it the people of the reader's area, and how many others there are."""
    row, today = get_object_or_404(vacancies(), pk=pk), timezone.localdate()
    rows = JobReferral.objects.filter(vacancy=row)
    mine = list(rows.visible_to(request.user).select_related("seeker__person__community__parent"))
    people = [referral.seeker.person for referral in mine]
    if mine:
        note(request, AccessAct.LIST, f"招聘登记 {row.pk} 的推介", people=len(mine))
    context = {
        "vacancy": row,
        **state_of(row, today),
        "referrals": mine,
        "people": people,
        "elsewhere": rows.count() - len(mine),
    }
    return render(request, "employment/jobs/vacancy.html", context)


@records_jobs
@never_cache
def vacancy_add(request: HttpRequest) -> HttpResponse:
    form = VacancyForm(request.POST or None, user=request.user, today=timezone.localdate())
    return form_page(
        request,
        form,
        lambda: entry_save(model=Vacancy, row=None, by=request.user, **form.cleaned_data),
        title="招聘登记",
        said="已登记招聘，下面可以查找适合的求职人员。",
        back=reverse("vacancy_list"),
        leads_to=lambda saved: reverse("vacancy", args=[saved.pk]),
        lead="用人单位不得歧视残疾人（就业促进法第二十九条）：残疾类别和等级只写确实不能胜任时的限制。",
        at="招聘登记",
    )


@records_jobs
@never_cache
def vacancy_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Vacancy.objects.visible_to(request.user), pk=pk)
    form = VacancyForm(request.POST or None, user=request.user, today=timezone.localdate(), instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=Vacancy, row=row, by=request.user, **form.cleaned_data),
        title="修改招聘登记",
        said="已保存。",
        back=reverse("vacancy", args=[pk]),
        at="招聘登记",
    )


@records_jobs
@never_cache
def vacancy_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Vacancy.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: entry_withdraw(row=row, by=request.user, **form.cleaned_data),
        title="撤下招聘登记",
        said="已撤下。",
        back=reverse("vacancy_list"),
        lead="只用来撤下登记错的；不再招聘的，请修改登记，填写停止招聘日期。",
        submit="撤下",
        at="招聘登记",
    )


@views_jobs
@never_cache
def vacancy_matches(request: HttpRequest, pk: int) -> HttpResponse:
    """The seekers of the reader's area for one vacancy: those who suit, ranked, or (`?show=others`) the rest."""
    row, today = get_object_or_404(vacancies(), pk=pk), timezone.localdate()
    rule = seekers_for(row, on=today, parameters=Parameters(on=today))
    looking = seekers_of(request).filter(ended_on__isnull=True)
    others = request.GET.get("show") == "others"
    found = ranked(rule, hard(rule).failing(looking) if others else hard(rule).people(looking))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = pairings(rule, page.object_list)
    people = [line.row.person for line in lines]
    note(request, AccessAct.LIST, f"招聘登记 {row.pk} 的匹配", people=len(people))
    context = {"vacancy": row, **state_of(row, today), "others": others, "page_obj": page, "lines": lines}
    may = request.user.has_perm(RECORD) and not others
    return render(request, "employment/jobs/vacancy_matches.html", {**context, "people": people, "may_send": may})


urls = [
    path("employment/vacancies/", vacancy_list, name="vacancy_list"),
    path("employment/vacancies/add/", vacancy_add, name="vacancy_add"),
    path("employment/vacancies/export/", vacancy_export, name="vacancy_export"),
    path("employment/vacancies/<int:pk>/", vacancy, name="vacancy"),
    path("employment/vacancies/<int:pk>/change/", vacancy_change, name="vacancy_change"),
    path("employment/vacancies/<int:pk>/withdraw/", vacancy_withdraw, name="vacancy_withdraw"),
    path("employment/vacancies/<int:pk>/matches/", vacancy_matches, name="vacancy_matches"),
]
