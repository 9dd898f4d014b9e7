"""康复服务: what has been given, and recording it for one person or for many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.facts import FactRefused
from rehab.forms.filters import ServiceFilter
from rehab.forms.services import ServiceForm
from rehab.models import PlanDomain, PlanLine, Referral, RehabService, ServiceKind
from rehab.models import ServiceForm as Way
from rehab.rules import in_need_of_rehab
from rehab.services.services import MOST, services_record
from rehab.views.common import (
    PAGE,
    export_page,
    exports_rehab,
    keys,
    note,
    people_of,
    records_services,
    survey_year,
    views_rehab,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters, truth

TITLE = "康复服务记录"
COLUMNS = {
    "服务日期": 14, "服务类别": 14, "服务机构": 26, "目录项目": 34, "服务形式": 10, "服务人员": 12, "费用（元）": 12,
    "服务成效": 36, "当年是否有康复需求": 20,
}  # fmt: skip


def _filter(request: HttpRequest) -> ServiceFilter:
    return ServiceFilter(request.GET, user=request.user, today=timezone.localdate(), year=survey_year(request))


def _mine(request: HttpRequest, year: int) -> Any:
    """The services of the reader's area; `needed` says whether indicator 9 asks after the person in the year."""
    today = timezone.localdate()
    on = min(today, today.replace(year=year, month=12, day=31))
    people = Person.objects.filter(pk=OuterRef("person"))
    due = in_need_of_rehab(on=on, year=year, parameters=Parameters(on=on)).people(people)
    return RehabService.objects.visible_to(request.user).annotate(needed=truth(Exists(due)))


def _with_people(rows: Any) -> Any:
    return rows.select_related("person__community__parent", "item").order_by("-served_on", "-pk")


@views_rehab
@never_cache
def service_list(request: HttpRequest) -> HttpResponse:
    """The year's services, newest first, with 人次 and 人数, and those of people without a need apart."""
    form = _filter(request)
    mine = _mine(request, form.chosen_year)
    page = Paginator(_with_people(form.found(mine)), PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    note(request, AccessAct.SEARCH, f"{form.chosen_year}年康复服务记录，第{page.number}页", people=len(lines))
    counts = {"count": Count("pk"), "people": Count("person", distinct=True)}
    found = form.found(mine, without="need").order_by()
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": form.chosen_year,
        "page_obj": page,
        "lines": lines,
        "people": [line.person for line in lines],
        "all": found.aggregate(**counts),
        "without": found.filter(needed=False).aggregate(**counts),
        "all_query": form.with_(need=""),
        "without_query": form.with_(need="without"),
    }
    return render(request, "rehab/services/list.html", context)


@exports_rehab
@never_cache
def service_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    found = form.found(_mine(request, form.chosen_year))
    rows = ((row.person, _values(row)) for row in _with_people(found).iterator(chunk_size=2000))
    back = f"{reverse('rehab_service_list')}?{form.query}"
    return export_page(request, title=TITLE, columns=COLUMNS, rows=rows, count=found.count(), form=form, back=back)


def _values(row: Any) -> tuple[Any, ...]:
    return (
        row.served_on.isoformat(),
        row.get_kind_display(),
        row.provider,
        str(row.item or ""),
        row.get_form_display() or "",
        row.worker or "",
        row.cost_yuan,
        row.outcome or "",
        "有" if row.needed else "没有",
    )


@records_services
@never_cache
def service_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A service of one person; `?referral=` begins with what the receiver of a referral is to give."""
    person = get_object_or_404(people_of(request), pk=pk)
    initial = {"form": Way.INSTITUTION.label}
    if referred := keys(request.GET, "referral"):
        referral = get_object_or_404(Referral.objects.visible_to(request.user), pk=referred[0], person=person)
        initial = {"kind": referral.get_kind_display(), "provider": referral.to_provider, "form": Way.REFERRAL.label}
    elif planned := keys(request.GET, "line"):
        line = get_object_or_404(PlanLine.objects.visible_to(request.user), pk=planned[0], person=person)
        initial |= _of_lines([line])
    form = ServiceForm(request.POST or None, user=request.user, today=timezone.localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        counts = _recorded(request, form, [person])
        if counts is not None:
            new, _ = counts
            if new:
                messages.success(request, "已登记一条康复服务。")
                return redirect("person", person.pk)
            form.add_error(
                None, "此人当天在这家机构的同类服务已经登记过，没有重复登记。要改内容，请在档案里改正那一条。"
            )
    note(request, AccessAct.READ, "登记康复服务", people=1, person=person.pk)
    return render(request, "rehab/services/add.html", {"form": form, "person": person})


@records_services
@never_cache
def service_many(request: HttpRequest) -> HttpResponse:
    """The same service for everybody who was ticked (`person`), or whose plan line was (`line`)."""
    data = request.POST if request.method == "POST" else request.GET
    lines = list(PlanLine.objects.visible_to(request.user).filter(pk__in=keys(data, "line")))
    asked = {*keys(data, "person"), *(line.person_id for line in lines)}
    people = list(
        people_of(request).filter(pk__in=asked).order_by("community__parent__code", "community__code", "pk")[: MOST + 1]
    )
    if (data.getlist("person") or data.getlist("line")) and not people:
        raise Http404
    back = reverse("rehab_plan_list" if data.get("from") == "plans" else "rehab_desk")
    if not people:
        messages.warning(request, "没有选中任何人。请在列表中勾选，再点“登记服务”。")
        return redirect(back)
    confirmed = request.method == "POST" and "confirm" in data
    form = ServiceForm(
        data if confirmed else None, user=request.user, today=timezone.localdate(), initial=_of_lines(lines)
    )
    if confirmed and form.is_valid():
        counts = _recorded(request, form, people)
        if counts is not None:
            messages.success(request, _said(*counts))
            return redirect(back)
    note(request, AccessAct.READ, "为所选的人登记康复服务", people=len(people))
    context = {"form": form, "people": people, "back": back, "from": data.get("from", "")}
    return render(request, "rehab/services/many.html", context)


def _of_lines(lines: list[PlanLine]) -> dict[str, str]:
    """What all of the lines agree on."""
    domains, providers = {line.domain for line in lines}, {line.provider for line in lines}
    found = {}
    if len(domains) == 1 and (domain := domains.pop()) not in (PlanDomain.OTHER, PlanDomain.DEVICE):
        found["kind"] = str(ServiceKind(domain).label)
    if len(providers) == 1:
        found["provider"] = providers.pop()
    return found


def _recorded(request: HttpRequest, form: ServiceForm, people: list[Person]) -> tuple[int, int] | None:
    """(new, known already); None where it was refused, which the form then says."""
    try:
        return services_record(people=people, values=form.values, by=request.user, reason=form.cleaned_data["reason"])
    except FactRefused as refused:
        form.refuse(refused)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
    return None


def _said(new: int, known: int) -> str:
    return f"已为 {new} 人登记服务。" + (f"另有 {known} 人当天已登记过同一服务，没有重复登记。" if known else "")


urls = [
    path("rehab/services/", service_list, name="rehab_service_list"),
    path("rehab/services/export/", service_export, name="rehab_service_export"),
    path("rehab/services/record/", service_many, name="rehab_service_many"),
    path("people/<int:pk>/rehab/services/add/", service_add, name="rehab_service_add"),
]
