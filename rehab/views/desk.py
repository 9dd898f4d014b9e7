"""The desk of rehabilitation: the year's figures, what waits to be done, and whom indicators 9 and 10 miss."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab import domains
from rehab.forms.filters import NO_PROVIDER, MissingFilter
from rehab.models import PlanDomain, PlanLine, Referral, RehabNeed, RehabService
from rehab.planning import counted, with_progress
from rehab.referring import WAITING, with_outcome
from rehab.rules import fitted, in_need_of_device, in_need_of_rehab, served, surveyed, to_survey
from rehab.services.plans import without_line
from rehab.views.common import PAGE, export_page, exports_rehab, note, survey_year, views_rehab
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.percent import percent
from zalainuoer.common.rules import Clause, Parameters, Rule, truth


@dataclass(frozen=True)
class Indicator:
    """One of the two, as the desk asks after it."""

    number: int
    name: str
    due: Callable[..., Rule]
    met: Callable[..., tuple[Clause, ...]]
    domains: tuple[str, ...]
    done: str
    missing: str


INDICATORS = {
    9: Indicator(
        9,
        "残疾人基本康复服务率",
        in_need_of_rehab,
        served,
        tuple(domain.value for domain in PlanDomain if domain != PlanDomain.DEVICE),
        "已服务",
        "有康复需求、当年还没有服务",
    ),
    10: Indicator(
        10,
        "残疾人辅助器具适配率",
        in_need_of_device,
        fitted,
        (PlanDomain.DEVICE.value,),
        "已适配",
        "有辅具需求、当年还没有适配",
    ),
}
COLUMNS = {"需求": 36, "调查年度": 10, "计划的服务机构": 30, "计划月份": 14, "康复协调员": 16}


def _asked(year: int, today: datetime.date) -> dict[str, Any]:
    return {"on": today, "year": year, "parameters": Parameters(on=today)}


def _due(indicator: Indicator, request: HttpRequest, asked: dict[str, Any]) -> Any:
    """Whom the indicator asks after in the reader's area; `reached` says who is."""
    conditions = [clause.condition for clause in indicator.met(**asked)]
    due = indicator.due(**asked).people(Person.objects.visible_to(request.user))
    return due.annotate(reached=truth(*conditions))


# the desk


@views_rehab
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Figures of the year and lists with their counts; the statements do not grow with the people."""
    today, year = timezone.localdate(), survey_year(request)
    context: dict[str, Any] = {"year": year, "this_year": today.year, "today": today}
    try:
        asked = _asked(year, today)
        context |= {
            "indicators": [_figure(each, request, asked) for each in INDICATORS.values()],
            "survey": _survey(request, today),
            "plan": _plan(request, asked),
            "services": _services(request, asked),
            "referrals": _referrals(request, today),
        }
    except RuleBroken as broken:
        context["broken"] = broken.message
    return render(request, "rehab/desk.html", context)


def _figure(indicator: Indicator, request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    """The area's figure and each street's, in one statement."""
    rows = _due(indicator, request, asked).values("community__parent", "community__parent__name")
    streets = [
        _share(row["reached_people"], row["due_people"])
        | {"pk": row["community__parent"], "name": row["community__parent__name"]}
        for row in rows.annotate(due_people=Count("pk"), reached_people=Count("pk", filter=Q(reached=True))).order_by(
            "community__parent__code"
        )
    ]
    total = _share(sum(row["reached"] for row in streets), sum(row["due"] for row in streets))
    return {"indicator": indicator, "streets": streets, **total}


def _share(reached: int, due: int) -> dict[str, Any]:
    return {
        "reached": reached,
        "due": due,
        "missing": due - reached,
        "percent": f"{percent(reached, due)}%" if due else "—",
    }


def _survey(request: HttpRequest, today: datetime.date) -> dict[str, Any]:
    """This year's survey, which may not have begun."""
    everybody = to_survey(**_asked(today.year, today)).people(Person.objects.visible_to(request.user))
    found = everybody.annotate(was_asked=truth(surveyed(today.year))).aggregate(
        people=Count("pk"), done=Count("pk", filter=Q(was_asked=True))
    )
    return {**found, "todo": found["people"] - found["done"]}


def _plan(request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    lines = PlanLine.objects.visible_to(request.user).filter(year=asked["year"])
    found: dict[str, Any] = with_progress(lines, on=asked["on"]).aggregate(**counted())
    found["lacking"] = len(without_line(**asked, by=request.user))
    return found


def _services(request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    """人次 and 人数 of the year, and what was given to people without a need."""
    due = in_need_of_rehab(**asked).people(Person.objects.filter(pk=OuterRef("person")))
    mine = RehabService.objects.visible_to(request.user).filter(
        served_on__year=asked["year"], served_on__lte=asked["on"]
    )
    found: dict[str, Any] = mine.annotate(needed=truth(Exists(due))).aggregate(
        count=Count("pk"),
        people=Count("person", distinct=True),
        without_count=Count("pk", filter=Q(needed=False)),
        without_people=Count("person", distinct=True, filter=Q(needed=False)),
    )
    return found


def _referrals(request: HttpRequest, today: datetime.date) -> dict[str, Any]:
    rows = with_outcome(Referral.objects.visible_to(request.user), on=today).filter(WAITING)
    found: dict[str, Any] = rows.aggregate(count=Count("pk"), earliest=Min("since"))
    found["days"] = (today - found["earliest"]).days if found["earliest"] else None
    return found


# whom an indicator misses


def _missing(request: HttpRequest, number: int) -> tuple[Indicator, MissingFilter, Any, int]:
    if number not in INDICATORS:
        raise Http404
    indicator, year = INDICATORS[number], survey_year(request)
    form = MissingFilter(request.GET, user=request.user, today=timezone.localdate())
    form.domains, form.of_year = indicator.domains, year
    people = _due(indicator, request, _asked(year, timezone.localdate())).filter(reached=False)
    return indicator, form, people, year


def _with_lines(people: Any, indicator: Indicator, year: int) -> Any:
    """With the latest needs, and what the plan says of them."""
    lines = PlanLine.objects.filter(year=year, domain__in=indicator.domains).order_by("domain")
    needs = RehabNeed.objects.filter(year__lte=year).order_by("-year")
    return (
        people.select_related("community__parent")
        .prefetch_related(Prefetch("planlines", lines, to_attr="lines"), Prefetch("rehabneeds", needs, to_attr="needs"))
        .order_by("community__parent__code", "community__code", "pinyin", "pk")
    )


def _line(person: Any, indicator: Indicator) -> dict[str, Any]:
    """Somebody missing, with the need that is still open, in the words of the year it was found."""
    name = "device" if indicator.number == 10 else "rehab"
    need = next((row for row in person.needs if domains.read(getattr(row, name)).domains), None)
    return {
        "person": person,
        "need": getattr(need, name) if need else "",
        "need_year": need.year if need else None,
        "lines": person.lines,
    }


@views_rehab
@never_cache
def missing(request: HttpRequest, number: int) -> HttpResponse:
    """Whom the indicator misses, by street and by the provider of the plan."""
    indicator, form, people, year = _missing(request, number)
    found = _with_lines(form.found(people), indicator, year)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [_line(person, indicator) for person in page.object_list]
    note(request, AccessAct.SEARCH, f"指标{number}未达到的人，第{page.number}页", people=len(lines))
    context = {
        "indicator": indicator,
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": year,
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "streets": _by_street(form, people),
        "providers": _by_provider(form, people, indicator, year),
    }
    return render(request, "rehab/missing.html", context)


def _by_street(form: MissingFilter, people: Any) -> list[dict[str, Any]]:
    rows = form.found(people, without="street").order_by().values("community__parent", "community__parent__name")
    return [
        {
            "name": row["community__parent__name"],
            "count": row["count"],
            "query": form.with_(street=str(row["community__parent"]), community=""),
            "is_current": form.data.get("street") == str(row["community__parent"]),
        }
        for row in rows.annotate(count=Count("pk")).order_by("community__parent__code")
    ]


def _by_provider(form: MissingFilter, people: Any, indicator: Indicator, year: int) -> list[dict[str, Any]]:
    """By whoever was to serve; somebody planned for two providers is missing at both."""
    found = form.found(people, without="provider")
    lines = PlanLine.objects.filter(
        year=year, domain__in=indicator.domains, person__in=found.order_by().values("pk")
    ).exclude(provider="")
    rows = lines.order_by().values("provider").annotate(count=Count("person", distinct=True))
    groups = [
        {"name": row["provider"], "count": row["count"], "query": form.with_(provider=row["provider"])}
        for row in rows.order_by("-count", "provider")
    ]
    planned = PlanLine.objects.filter(year=year, domain__in=indicator.domains, person=OuterRef("pk"))
    if nobody := found.filter(~Exists(planned.exclude(provider=""))).count():
        groups.append({"name": "还没有机构", "count": nobody, "query": form.with_(provider=NO_PROVIDER)})
    current = form.with_()
    return [{**group, "is_current": group["query"] == current} for group in groups]


@exports_rehab
@never_cache
def missing_export(request: HttpRequest, number: int) -> HttpResponse:
    indicator, form, people, year = _missing(request, number)
    found = form.found(people)
    rows = (
        (line["person"], _values(line))
        for line in (_line(p, indicator) for p in _with_lines(found, indicator, year).iterator(chunk_size=2000))
    )
    back = f"{reverse('rehab_missing', args=[number])}?{form.query}"
    title = f"{year}年指标{number}未达到的人"
    return export_page(request, title=title, columns=COLUMNS, rows=rows, count=found.count(), form=form, back=back)


def _values(line: dict[str, Any]) -> tuple[Any, ...]:
    planned = line["lines"]
    return (
        line["need"],
        str(line["need_year"] or ""),
        "；".join(dict.fromkeys(each.provider for each in planned if each.provider)),
        "；".join(dict.fromkeys(f"{each.month}月" for each in planned if each.month)),
        "；".join(dict.fromkeys(each.coordinator for each in planned if each.coordinator)),
    )


urls = [
    path("rehab/", desk, name="rehab_desk"),
    path("rehab/missing/<int:number>/", missing, name="rehab_missing"),
    path("rehab/missing/<int:number>/export/", missing_export, name="rehab_missing_export"),
]
