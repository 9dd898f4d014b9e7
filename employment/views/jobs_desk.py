"""就业服务: the desk with what waits, and the figure 新增就业 down to its people."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.new_jobs import NewJobsFilter
from employment.models import UNDECIDED, EmploymentRecord, JobReferral, JobSeeker, SeekerStatus, Vacancy
from employment.new_jobs import NewJobs
from employment.rules.new_employment import FIRST_YEAR, LAST_YEAR, SOURCE, YEARS
from employment.views.common import PAGE, note
from employment.views.job_pages import export_page, exports_jobs, views_jobs
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

COLUMNS = {"年度": 8, "就业日期": 14, "就业形式": 18, "单位或项目": 30, "岗位": 18}


def _new_jobs(request: HttpRequest) -> NewJobs:
    return NewJobs(on=timezone.localdate(), rows=EmploymentRecord.objects.visible_to(request.user))


@views_jobs
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """What there is, and what waits, of the reader's area."""
    today = timezone.localdate()
    seekers = JobSeeker.objects.visible_to(request.user).aggregate(
        seeking=Count("pk", filter=Q(status=SeekerStatus.SEEKING)),
        referred=Count("pk", filter=Q(status=SeekerStatus.REFERRED)),
    )
    waiting = JobReferral.objects.visible_to(request.user).filter(outcome__in=UNDECIDED).order_by("sent_on")
    since = waiting.values_list("sent_on", flat=True).first()
    offers = Vacancy.objects.filter(valid_until__gte=today, closed_on__isnull=True)
    context: dict[str, Any] = {
        "today": today,
        "seekers": seekers,
        "waiting": waiting.count(),
        "days": (today - since).days if since else None,
        "vacancies": offers.count(),
        "ending": offers.filter(valid_until__lt=today + datetime.timedelta(days=7)).count(),
    }
    try:
        context["figure"] = _new_jobs(request)
    except RuleBroken as broken:
        context["broken"] = broken.message
    return render(request, "employment/jobs/desk.html", context)


@views_jobs
@never_cache
def new_jobs(request: HttpRequest) -> HttpResponse:
    """The figure by year, street and form."""
    context: dict[str, Any] = {"years": list(YEARS), "source": SOURCE, "first": FIRST_YEAR, "last": LAST_YEAR}
    context["whole"] = request.user.scope_ids is None  # the target is the whole district's
    try:
        figure = _new_jobs(request)
        context |= {"figure": figure, "by_year": figure.by_year.items()}
    except RuleBroken as broken:
        context["broken"] = broken.message
    return render(request, "employment/jobs/new_jobs.html", context)


def _counted(request: HttpRequest, form: NewJobsFilter) -> Any:
    """The employments that the figure counts, as the filter chooses."""
    figure, chosen = _new_jobs(request), form.cleaned_data
    years = [int(chosen["year"])] if chosen["year"] else YEARS
    keys = [row.record for row in figure.rows if row.year in years]
    rows = form.found(EmploymentRecord.objects.filter(pk__in=keys))
    return rows.select_related("person__community__parent", "employer").order_by("started_on", "pk")


@views_jobs
@never_cache
def new_jobs_people(request: HttpRequest) -> HttpResponse:
    """Who is counted, by their employments; the filter chooses year, street and form."""
    form = NewJobsFilter(request.GET, user=request.user)
    found = _counted(request, form) if form.is_valid() else EmploymentRecord.objects.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    people = [row.person for row in page.object_list]
    note(request, AccessAct.SEARCH, f"新增就业名单，第{page.number}页", people=len(people))
    context = {"form": form, "query": form.query, "chosen": form.chosen, "page_obj": page, "people": people}
    counted = found.order_by().values("person").distinct().count()
    return render(request, "employment/jobs/new_jobs_people.html", {**context, "counted": counted})


@exports_jobs
@never_cache
def new_jobs_export(request: HttpRequest) -> HttpResponse:
    form = NewJobsFilter(request.GET, user=request.user)
    found = _counted(request, form) if form.is_valid() else EmploymentRecord.objects.none()
    return export_page(
        request,
        title="新增就业名单",
        columns=COLUMNS,
        rows=((row.person, _values(row)) for row in found),
        count=found.count(),
        chosen=form.chosen,
        back=f"{reverse('new_jobs_people')}?{form.query}",
        numbers=("年度",),
    )


def _values(row: EmploymentRecord) -> tuple[Any, ...]:
    place = str(row.employer) if row.employer else row.workplace
    return (row.started_on.year, row.started_on.isoformat(), row.get_form_display(), place, row.post)


urls = [
    path("employment/jobs/", desk, name="jobs_desk"),
    path("employment/new-jobs/", new_jobs, name="new_jobs"),
    path("employment/new-jobs/people/", new_jobs_people, name="new_jobs_people"),
    path("employment/new-jobs/export/", new_jobs_export, name="new_jobs_export"),
]
