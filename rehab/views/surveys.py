"""需求调查: who has not been asked yet, community by community, and the form for a home."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.fact_history import fact_history
from registry.models import Person
from registry.services.facts import FactRefused
from rehab.forms.fields import FIRST_YEAR
from rehab.forms.filters import SurveyFilter
from rehab.forms.surveys import SurveyForm
from rehab.models import RehabNeed
from rehab.rules import surveyed, to_survey
from rehab.services.surveys import survey_record
from rehab.sheets import RehabNeedSheet
from rehab.views.common import PAGE, export_page, exports_rehab, note, people_of, records_surveys, views_rehab
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters, truth

TITLE = "康复需求调查清单"
COLUMNS = {"调查年度": 10, "是否已调查": 12, "康复需求": 36, "辅具需求": 24, "调查日期": 14, "上一年康复需求": 36}


def _filter(request: HttpRequest) -> SurveyFilter:
    return SurveyFilter(request.GET, user=request.user, today=timezone.localdate())


def _everybody(request: HttpRequest, year: int) -> Any:
    """Those of the reader's area whom the year's survey is to reach."""
    today = timezone.localdate()
    on = min(today, today.replace(year=year, month=12, day=31))
    return to_survey(on=on, year=year, parameters=Parameters(on=on)).people(Person.objects.visible_to(request.user))


def _with_answers(people: Any, year: int) -> Any:
    """With the answers of the year and of the one before."""
    rows = RehabNeed.objects.filter(year__in=(year, year - 1))
    return (
        people.select_related("community__parent")
        .prefetch_related(Prefetch("rehabneeds", rows, to_attr="answers"))
        .order_by("community__parent__code", "community__code", "pinyin", "pk")
    )


def _line(person: Any, year: int) -> dict[str, Any]:
    by_year = {row.year: row for row in person.answers}
    return {"person": person, "row": by_year.get(year), "before": by_year.get(year - 1)}


@views_rehab
@never_cache
def survey_list(request: HttpRequest) -> HttpResponse:
    """Who has not been surveyed (or has), and how far each community has come."""
    form = _filter(request)
    year = form.chosen_year
    everybody = _everybody(request, year)
    page = Paginator(_with_answers(form.found(everybody), year), PAGE).get_page(request.GET.get("page"))
    lines = [_line(person, year) for person in page.object_list]
    note(request, AccessAct.SEARCH, f"{year}年康复需求调查清单，第{page.number}页", people=len(lines))
    communities = list(
        everybody.annotate(was_asked=truth(surveyed(year)))
        .values("community", "community__name", "community__parent__name")
        .annotate(people=Count("pk"), done=Count("pk", filter=Q(was_asked=True)))
        .order_by("community__parent__code", "community__code")
    )
    for row in communities:
        row["todo"] = row["people"] - row["done"]
        row["query"] = form.with_(community=str(row["community"]), street="", state="")
        row["is_current"] = form.data.get("community") == str(row["community"])
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": year,
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "communities": communities,
        "total": sum(row["people"] for row in communities),
        "done": sum(row["done"] for row in communities),
        "is_todo": not form.data.get("state") and not form.data.get("need"),
    }
    return render(request, "rehab/surveys/list.html", context)


@exports_rehab
@never_cache
def survey_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    year = form.chosen_year
    found = form.found(_everybody(request, year))
    rows = (
        (line["person"], _values(line, year))
        for line in (_line(person, year) for person in _with_answers(found, year).iterator(chunk_size=2000))
    )
    back = f"{reverse('rehab_survey_list')}?{form.query}"
    return export_page(request, title=TITLE, columns=COLUMNS, rows=rows, count=found.count(), form=form, back=back)


def _values(line: dict[str, Any], year: int) -> tuple[Any, ...]:
    row, before = line["row"], line["before"]
    if row is None:
        return (str(year), "未调查", "", "", "", (before and before.rehab) or "")
    day = row.surveyed_on.isoformat() if row.surveyed_on else ""
    return (str(year), "已调查", row.rehab or "无", row.device or "无", day, (before and before.rehab) or "")


@records_surveys
@never_cache
def survey(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """One person's answers of a year; `?last=1` begins with the latest earlier ones, which stand above the form."""
    today = timezone.localdate()
    if not FIRST_YEAR <= year <= today.year:
        raise Http404
    person = get_object_or_404(people_of(request), pk=pk)
    rows = RehabNeed.objects.filter(person=person, year__lte=year).select_related("community__parent")
    found = {row.year: row for row in rows.order_by("year")}
    row = found.pop(year, None)
    last = found[max(found)] if found else None
    takes_over = last is not None and "last" in request.GET
    form = SurveyForm(request.POST or None, year=year, today=today, row=row, offered=last if takes_over else None)
    if request.method == "POST" and form.is_valid():
        try:
            survey_record(person=person, year=year, by=request.user, row=row, **form.answers)
        except FactRefused as refused:
            form.add_error(None, refused.message)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已{'改正' if row else '登记'} {year} 年的调查结果。")
            return redirect(f"{reverse('rehab_survey_list')}?year={year}&community={person.community_id}")
    note(request, AccessAct.READ, f"{year}年康复需求调查", people=1, person=person.pk)
    context = {
        "person": person,
        "year": year,
        "row": row,
        "last": last,
        "takes_over": takes_over,
        "form": form,
        "steps": fact_history(RehabNeedSheet(), row) if row else [],
    }
    return render(request, "rehab/surveys/form.html", context)


urls = [
    path("rehab/surveys/", survey_list, name="rehab_survey_list"),
    path("rehab/surveys/export/", survey_export, name="rehab_survey_export"),
    path("people/<int:pk>/rehab/survey/<int:year>/", survey, name="rehab_survey"),
]
