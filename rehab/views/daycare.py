"""阳光家园: institutions and places, who is there, who no longer may be; taking in and ending a stay; export."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab.forms.daycare import StayEndForm, StayFilter, StayForm
from rehab.forms.doctors import ReasonForm
from rehab.models import CareHome, CareMode, CarePlaces, CareSettlement, CareStandard, CareStay
from rehab.rules import may_stay
from rehab.services import daycare as services
from rehab.services.care_settlements import PERMISSION as SETTLES
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
TITLE = "阳光家园托养名单"
COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "托养机构": 28, "托养方式": 12, "起始日期": 14,
    "结束日期": 14, "照护计划": 50,
}, numbers={"序号"})  # fmt: skip
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
manages_rehab = permission_required(services.PERMISSION, raise_exception=True)
exports = permission_required("registry.export_people", raise_exception=True)


def _running(today: datetime.date) -> Q:
    return Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def _filter(request: HttpRequest) -> StayFilter:
    homes = list(CareHome.objects.all())
    return StayFilter(request.GET, user=request.user, today=timezone.localdate(), homes=homes)


@views_rehab
@never_cache
def daycare(request: HttpRequest) -> HttpResponse:
    """Institutions with their places, the stays of the reader's area, and those among them who no longer may stay."""
    today = timezone.localdate()
    form = _filter(request)
    stays = CareStay.objects.visible_to(request.user).select_related("person__community__parent", "home")
    page = Paginator(form.found(stays), PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    problem, wrong = _wrong(request, today)
    shown = {stay.person_id for stay in lines} | {each["stay"].person_id for each in wrong}
    _note(request, AccessAct.LIST, "阳光家园托养名单", people=len(shown))
    is_district = request.user.is_of_whole_district
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "stays": lines,
        "people": [stay.person for stay in lines],
        "wrong": wrong,
        "problem": problem,
        "homes": _homes(request, today, is_district=is_district),
        "is_district": is_district,
        "standards": CareStandard.objects.all(),
        "unpriced": _unpriced(today),
        "settlements": _settlements(request, is_district=is_district),
        "today": today,
    }
    return render(request, "rehab/daycare/page.html", context)


def _homes(request: HttpRequest, today: datetime.date, *, is_district: bool) -> list[dict[str, Any]]:
    """Every institution with its places of today and how many of the reader's people are there, in three statements."""
    current = CarePlaces.objects.filter(Q(until__isnull=True) | Q(until__gte=today))
    counted = CareStay.objects.visible_to(request.user).filter(_running(today)).order_by().values("home", "mode")
    taken = {(row["home"], row["mode"]): row["count"] for row in counted.annotate(count=Count("pk"))}
    homes = CareHome.objects.prefetch_related(Prefetch("places", current, to_attr="current_places"))
    return [
        {
            "home": home,
            "is_open": home.opened_on <= today and (home.closed_on is None or home.closed_on > today),
            "places": [
                {
                    "row": row,
                    "taken": taken.get((home.pk, row.mode), 0),
                    "free": max(row.capacity - taken.get((home.pk, row.mode), 0), 0) if is_district else None,
                }
                for row in home.current_places
            ],
        }
        for home in homes
    ]


def _unpriced(today: datetime.date) -> list[str]:
    """The modes that have no standard this month."""
    standards = CareStandard.objects.of_month(today.replace(day=1))
    return [mode.label for mode in CareMode if mode not in standards]


def _settlements(request: HttpRequest, *, is_district: bool) -> Any:
    if not (is_district and request.user.has_perm(SETTLES)):
        return None
    rows = CareSettlement.objects.select_related("home", "prepared_by", "approved_by")
    return rows.annotate(people=Count("lines"))[:24]


def _wrong(request: HttpRequest, today: datetime.date) -> tuple[str, list[dict[str, Any]]]:
    """Stays of today whose people do not meet every condition today, with all the reasons; or why it cannot be asked."""
    stays = CareStay.objects.visible_to(request.user).filter(_running(today))
    try:
        rule = may_stay(on=today, parameters=Parameters(on=today))
    except RuleBroken as broken:
        return broken.message, []
    failing = rule.failing(Person.objects.filter(pk__in=stays.values("person")))
    reasons = {person.pk: [v.clause for v in verdicts if not v.holds] for person, verdicts in rule.explained(failing)}
    rows = stays.filter(person__in=reasons).select_related("person__community__parent", "home")
    return "", [{"stay": stay, "clauses": reasons[stay.person_id]} for stay in rows.order_by("person__pinyin", "pk")]


@manages_rehab
@never_cache
def stay_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a person in: every condition is shown with the form, holding or not."""
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)
    today = timezone.localdate()
    form = StayForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            stay = services.stay_add(person=person, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已办理托养。")
            return redirect("stay", stay.pk)
    judged_on = form.cleaned_data.get("starts_on") or today if form.is_bound else today
    problem, verdicts = "", []
    try:
        verdicts = services.stay_verdicts(person=person, on=judged_on)
    except RuleBroken as broken:
        problem = broken.message
    _note(request, AccessAct.READ, "办理阳光家园托养", people=1, person=person.pk)
    context = {
        "form": form,
        "person": person,
        "verdicts": verdicts,
        "obstacles": [v.clause for v in verdicts if not v.holds],
        "judged_on": judged_on,
        "problem": problem,
        "has_homes": form.fields["home"].queryset.exists(),
    }
    return render(request, "rehab/daycare/stay_add.html", context)


@views_rehab
@never_cache
def stay(request: HttpRequest, pk: int) -> HttpResponse:
    """One stay with its settled months; its end is set here, and a stay that never was is withdrawn."""
    rows = CareStay.objects.visible_to(request.user).select_related("person__community__parent", "home", "approved_by")
    found = get_object_or_404(rows, pk=pk)
    may_change = request.user.has_perm(services.PERMISSION)
    if request.method == "POST" and not may_change:
        return HttpResponse(status=403)
    act = request.POST.get("act") if request.method == "POST" else ""
    end = StayEndForm(request.POST if act == "end" else None, stay=found, auto_id="end_%s")
    withdraw = ReasonForm(
        request.POST if act == "withdraw" else None,
        label="撤下理由",
        help_text="只用于登记错了、没有实际托养的；托养过的请填写结束日期。",
        auto_id="withdraw_%s",
    )
    if act == "end" and end.is_valid() and _done(end, services.stay_end, found, request):
        messages.success(request, "已登记结束日期。")
        return redirect("stay", found.pk)
    if act == "withdraw" and withdraw.is_valid() and _done(withdraw, services.stay_withdraw, found, request):
        messages.success(request, "已撤下托养记录，历史中仍可查到。")
        return redirect("daycare")
    found.refresh_from_db(fields=["ends_on"])
    _note(request, AccessAct.READ, "阳光家园托养", people=1, person=found.person_id)
    context = {
        "stay": found,
        "person": found.person,
        "lines": found.lines.select_related("settlement").order_by("-month"),
        "forms": {"end": end, "withdraw": withdraw} if may_change else {},
        "today": timezone.localdate(),
    }
    return render(request, "rehab/daycare/stay.html", context)


def _done(form: Any, act: Callable[..., Any], found: CareStay, request: HttpRequest) -> bool:
    """Whether the service did what the form asks; if not, the form says why."""
    try:
        act(stay=found, by=request.user, **form.cleaned_data)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return False
    return True


@exports
@never_cache
def stay_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the stays that the filter shows, with whole numbers."""
    chosen = _filter(request)
    stays = chosen.found(CareStay.objects.visible_to(request.user))

    def write(file: IO[bytes], reason: str) -> None:
        rows = list(stays.select_related("person__community__parent", "home"))
        write_list(
            file,
            title=TITLE,
            columns=COLUMNS,
            rows=(_row(number, row) for number, row in enumerate(rows, 1)),
            by=request.user,
            at=timezone.now(),
            freeze="B2",
        )
        access_record(
            by=request.user,
            act=AccessAct.EXPORT,
            what="导出阳光家园托养名单（完整号码）",
            people=len({row.person_id for row in rows}),
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=TITLE,
        write=write,
        count=stays.count(),
        back=f"{reverse('daycare')}?{chosen.query}" if chosen.query else reverse("daycare"),
        group="康复服务",
        page="阳光家园",
        holds="条，含完整姓名和身份证号",
        chosen=chosen.chosen or {"条件": "在托的全部人员"},
        example="核对机构花名册",
    )


def _row(number: int, row: CareStay) -> list[Any]:
    person = row.person
    return [
        number,
        person.name,
        person.id_number,
        str(person.community.parent),
        str(person.community),
        row.home.name,
        row.get_mode_display(),
        row.starts_on.isoformat(),
        row.ends_on.isoformat() if row.ends_on else "",
        row.care_plan,
    ]


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("rehab/daycare/", daycare, name="daycare"),
    path("rehab/daycare/export/", stay_export, name="stay_export"),
    path("rehab/daycare/stays/<int:pk>/", stay, name="stay"),
    path("people/<int:pk>/rehab/daycare/", stay_add, name="stay_add"),
]
