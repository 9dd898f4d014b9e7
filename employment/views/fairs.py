"""就业援助月 and 专场招聘会, and who came to them; 一人一策 for graduates, and each contact."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.registers import AttendanceForm, ContactForm, FairForm, GraduateForm
from employment.models import (
    GRADUATES_AT_WORK,
    FairAttendance,
    GraduateContact,
    GraduatePlan,
    JobFair,
)
from employment.services.entries import RECORD, entry_save
from employment.views.common import note
from employment.views.job_pages import form_page, people_of, records_jobs, views_jobs
from employment.views.registers import Register, withdraw_page
from zalainuoer.common.models import AccessAct
from zalainuoer.common.percent import percent

# --- fairs

FAIRS = Register(
    name="job_fair",
    folder="fairs",
    title="就业服务活动",
    unit="场",
    lead="就业援助月、残疾人专场招聘会等，一场一条（规划（二）2）。",
    empty="还没有登记就业服务活动",
    rows=lambda request: JobFair.objects.all(),
    columns={
        "活动名称": (36, lambda row: row.name),
        "活动种类": (18, lambda row: row.get_kind_display()),
        "日期": (26, lambda row: f"{row.held_on} 至 {row.ends_on}" if row.ends_on else row.held_on),
        "地点": (26, lambda row: row.place),
        "参加单位数": (12, lambda row: row.units),
        "提供岗位数": (12, lambda row: row.posts),
        "参加残疾人数": (14, lambda row: row.participants),
        "达成意向人数": (14, lambda row: row.agreements),
    },
    opens="job_fair",
    numbers=("参加单位数", "提供岗位数", "参加残疾人数", "达成意向人数"),
    add="job_fair_add",
    writes=RECORD,
)


@views_jobs
@never_cache
def fair(request: HttpRequest, pk: int) -> HttpResponse:
    """One event; of those whose names were taken the reader's people, and how many others there are."""
    row = get_object_or_404(JobFair, pk=pk)
    mine = list(row.attendances.visible_to(request.user).select_related("person__community__parent"))
    if mine:
        note(request, AccessAct.LIST, f"就业服务活动 {pk} 的参加人", people=len(mine))
    context = {"fair": row, "attendances": mine, "people": [each.person for each in mine]}
    return render(request, "employment/jobs/fair.html", {**context, "elsewhere": row.attendances.count() - len(mine)})


@records_jobs
@never_cache
def fair_add(request: HttpRequest) -> HttpResponse:
    form = FairForm(request.POST or None, user=request.user)
    return form_page(
        request,
        form,
        lambda: entry_save(model=JobFair, row=None, by=request.user, **form.cleaned_data),
        title="登记就业服务活动",
        said="已登记活动。",
        back=reverse("job_fair_list"),
        at="就业服务活动",
    )


@records_jobs
@never_cache
def fair_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(JobFair, pk=pk)
    form = FairForm(request.POST or None, user=request.user, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=JobFair, row=row, by=request.user, **form.cleaned_data),
        title="修改就业服务活动",
        said="已保存。",
        back=reverse("job_fair", args=[pk]),
        at="就业服务活动",
        extra={"withdraw": reverse("job_fair_withdraw", args=[pk])},
    )


@records_jobs
@never_cache
def fair_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(JobFair, pk=pk)
    return withdraw_page(request, row, title="就业服务活动", back=reverse("job_fair_list"), at="就业服务活动")


@records_jobs
@never_cache
def attendance_add(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people_of(request), pk=pk)
    form = AttendanceForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: entry_save(model=FairAttendance, row=None, by=request.user, person=person, **form.cleaned_data),
        title="登记参加就业服务活动",
        said="已列为参加人。",
        back=reverse("person", args=[pk]),
        leads_to=lambda saved: reverse("job_fair", args=[saved.fair_id]),
        person=person,
        at="就业服务活动",
    )


@records_jobs
@never_cache
def attendance_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = FairAttendance.objects.visible_to(request.user).select_related("person__community__parent")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("job_fair", args=[row.fair_id])
    return withdraw_page(request, row, title="参加人", back=back, at="就业服务活动", person=row.person)


# --- graduates


def _graduates(request: HttpRequest) -> Any:
    return GraduatePlan.objects.visible_to(request.user).select_related("person__community__parent")


def rate_of_graduates(request: HttpRequest) -> str:
    """就业率 of the reader's area in a sentence: of those who want work, not of all."""
    wanting, working = Q(wants_work=True), Q(wants_work=True, outcome__in=GRADUATES_AT_WORK)
    counted = GraduatePlan.objects.visible_to(request.user).aggregate(
        wanting=Count("pk", filter=wanting),
        working=Count("pk", filter=working),
        unasked=Count("pk", filter=Q(wants_work__isnull=True)),
    )
    if not counted["wanting"]:
        return "还没有登记有就业意愿的毕业生，就业率无法计算。"
    rate = percent(counted["working"], counted["wanting"])
    asked = f"；另有 {counted['unasked']} 人还没有问过意愿" if counted["unasked"] else ""
    return f"有就业意愿 {counted['wanting']} 人，已就业或创业 {counted['working']} 人，就业率 {rate}%{asked}。"


GRADUATES = Register(
    name="graduate",
    folder="graduates",
    title="高校毕业残疾人一人一策",
    unit="人",
    lead="对应届高校毕业残疾大学生一人一策（规划（二）2）。从个人档案的“求职与就业服务”里建立。",
    empty="还没有建立一人一策",
    rows=_graduates,
    person=lambda row: row.person,
    columns={
        "毕业院校": (26, lambda row: row.school),
        "毕业日期": (14, lambda row: row.graduated_on),
        "就业意愿": (12, lambda row: {True: "有", False: "没有", None: "没有问过"}[row.wants_work]),
        "就业意向": (30, lambda row: row.intention),
        "毕业去向": (12, lambda row: row.get_outcome_display()),
        "落实日期": (14, lambda row: row.outcome_on),
    },
    opens="graduate",
    summary=rate_of_graduates,
)


@views_jobs
@never_cache
def graduate(request: HttpRequest, pk: int) -> HttpResponse:
    """One graduate's plan with every contact."""
    row = get_object_or_404(_graduates(request), pk=pk)
    note(request, AccessAct.READ, "毕业生一人一策", people=1, person=row.person_id)
    contacts = row.contacts.select_related("recorded_by")
    steps = [line.strip() for line in row.steps.splitlines() if line.strip()]
    context = {"plan": row, "person": row.person, "contacts": contacts, "steps": steps}
    return render(request, "employment/jobs/graduate.html", context)


@records_jobs
@never_cache
def graduate_add(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people_of(request), pk=pk)
    form = GraduateForm(request.POST or None, user=request.user)
    return form_page(
        request,
        form,
        lambda: entry_save(model=GraduatePlan, row=None, by=request.user, person=person, **form.cleaned_data),
        title="建立毕业生一人一策",
        said="已建立，请在下面登记每次联系。",
        back=reverse("graduate_list"),
        leads_to=lambda saved: reverse("graduate", args=[saved.pk]),
        person=person,
        at="一人一策",
    )


@records_jobs
@never_cache
def graduate_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_graduates(request), pk=pk)
    form = GraduateForm(request.POST or None, user=request.user, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=GraduatePlan, row=row, by=request.user, **form.cleaned_data),
        title="修改毕业生一人一策",
        said="已保存。",
        back=reverse("graduate", args=[pk]),
        person=row.person,
        at="一人一策",
        extra={"withdraw": reverse("graduate_withdraw", args=[pk])},
    )


@records_jobs
@never_cache
def graduate_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_graduates(request), pk=pk)
    return withdraw_page(
        request, row, title="毕业生一人一策", back=reverse("graduate_list"), at="一人一策", person=row.person
    )


@records_jobs
@never_cache
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_graduates(request), pk=pk)
    form = ContactForm(request.POST or None, user=request.user, initial={"contacted_on": timezone.localdate()})
    return form_page(
        request,
        form,
        lambda: entry_save(
            model=GraduateContact, row=None, by=request.user, plan=row, recorded_by=request.user, **form.cleaned_data
        ),
        title="登记联系",
        said="已登记联系。",
        back=reverse("graduate", args=[pk]),
        person=row.person,
        at="一人一策",
    )


urls = [
    *FAIRS.urls,
    path("employment/fairs/add/", fair_add, name="job_fair_add"),
    path("employment/fairs/<int:pk>/", fair, name="job_fair"),
    path("employment/fairs/<int:pk>/change/", fair_change, name="job_fair_change"),
    path("employment/fairs/<int:pk>/withdraw/", fair_withdraw, name="job_fair_withdraw"),
    path("people/<int:pk>/employment/fairs/add/", attendance_add, name="fair_attendance_add"),
    path("employment/attendances/<int:pk>/withdraw/", attendance_withdraw, name="fair_attendance_withdraw"),
    *GRADUATES.urls,
    path("employment/graduates/<int:pk>/", graduate, name="graduate"),
    path("employment/graduates/<int:pk>/change/", graduate_change, name="graduate_change"),
    path("employment/graduates/<int:pk>/withdraw/", graduate_withdraw, name="graduate_withdraw"),
    path("employment/graduates/<int:pk>/contacts/add/", contact_add, name="graduate_contact_add"),
    path("people/<int:pk>/employment/graduates/add/", graduate_add, name="graduate_add"),
]
