"""残疾儿童康复救助: who waits for what, one child's case, and every act in it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab.child_exporting import CASES, HOLDS_CHILDREN, export_cases
from rehab.forms.children import ACT_FORMS, OVERDUE, CaseFilter, ScreeningForm, WithdrawForm
from rehab.models import WAITING, ChildCase, ChildStepKind
from rehab.pipeline import ACTS, acts_at, is_waiting, limit_of, overdue, turn_of
from rehab.services import children as services
from rehab.services.children.steps import withdrawal_refusal
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
records_services = permission_required("rehab.record_services", raise_exception=True)
DO: Mapping[str, Callable[..., Any]] = {
    ChildStepKind.RESCREENING: services.case_rescreen,
    ChildStepKind.DIAGNOSIS: services.case_diagnose,
    ChildStepKind.INFORMING: services.case_inform,
    ChildStepKind.APPLICATION: services.case_apply,
    ChildStepKind.DECISION: services.case_decide,
    ChildStepKind.PLACEMENT: services.case_place,
    ChildStepKind.CLOSING: services.case_close_year,
    ChildStepKind.END: services.case_end,
    ChildStepKind.HAND_OVER: services.case_hand_over,
}


def _mine(request: HttpRequest) -> Any:
    return ChildCase.objects.visible_to(request.user)


# the list


@views_rehab
@never_cache
def child_case_list(request: HttpRequest) -> HttpResponse:
    """Who is stuck between screening and rehabilitation, the longest first; or whatever the filter asks for."""
    today = timezone.localdate()
    form, parameters = CaseFilter(request.GET, user=request.user, today=today), Parameters(on=today)
    rows = form.found(_mine(request)).select_related("person__community__parent", "owner")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [shown(case, today, parameters) for case in page.object_list]
    _note(request, AccessAct.SEARCH, f"儿童康复个案清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "lines": lines,
        "people": [line["case"].person for line in lines],
        "page_obj": page,
        "tiles": _tiles(_mine(request), today, parameters, form.data.get("stage", "")),
    }
    return render(request, "rehab/children/list.html", context)


def shown(case: ChildCase, today: datetime.date, parameters: Parameters) -> dict[str, Any]:
    """A case as lists and its page show it: days at the stage, whose turn, and whether its limit has passed."""
    limit = limit_of(case, parameters)
    return {
        "case": case,
        "days": (today - case.since_on).days,
        "turn": turn_of(case),
        "limit": limit,
        "late": max((today - limit).days, 0) if limit else 0,
        "is_waiting": is_waiting(case),
    }


def _tiles(rows: Any, today: datetime.date, parameters: Parameters, chosen: str) -> list[dict[str, Any]]:
    """How many wait for what, and how many of them too long, in one statement."""
    late = overdue(today, parameters)
    counts: dict[str, Any] = {stage: Count("pk", filter=Q(stage=stage)) for stage in WAITING}
    counts |= {f"{stage}_late": Count("pk", filter=Q(stage=stage) & late) for stage in WAITING}
    found = rows.order_by().aggregate(**counts)
    tiles = [
        {
            "code": stage.value,
            "label": stage.label,
            "count": found[stage],
            "late": found[f"{stage}_late"],
            "is_current": chosen == stage,
        }
        for stage in WAITING
    ]
    every = sum(tile["late"] for tile in tiles)
    return [
        {"code": OVERDUE, "label": "已超期", "count": every, "late": every, "is_current": chosen == OVERDUE},
        *tiles,
    ]


@views_rehab
@never_cache
def child_case_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the cases that the filter shows."""
    if not request.user.has_perm("registry.export_people"):
        raise PermissionDenied
    today = timezone.localdate()
    chosen = CaseFilter(request.GET, user=request.user, today=today)
    rows = chosen.found(_mine(request))

    def write(file: IO[bytes], reason: str) -> None:
        export_cases(
            rows,
            file,
            by=request.user,
            at=timezone.now(),
            today=today,
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=CASES,
        write=write,
        count=rows.count(),
        back=f"{reverse('child_case_list')}?{chosen.query}" if chosen.query else reverse("child_case_list"),
        group="康复服务",
        page="儿童康复",
        holds=f"条{HOLDS_CHILDREN}",
        chosen=chosen.chosen,
        example="交各街道联系家长",
    )


# one case


@views_rehab
@never_cache
def child_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One child's way: where it stands, whose turn it is, what may be done, and what has been done."""
    case = _case(request, pk)
    today = timezone.localdate()
    steps = list(case.steps.select_related("recorded_by").order_by("-pk"))
    may_record = request.user.has_perm("rehab.record_services")
    _note(request, AccessAct.READ, "儿童康复个案", people=1, person=case.person_id)
    context = {
        **shown(case, today, Parameters(on=today)),
        "person": case.person,
        "age": age_on(case.person.born_on, today),
        "acts": [act for act in acts_at(case) if request.user.has_perm(act.permission)],
        "may_withdraw": may_record and not withdrawal_refusal(case, steps[0] if steps else None),
        "steps": steps,
        "applications": _applications(case),
        "placements": case.placements.select_related("institution"),
        "months": case.person.trainingmonths.select_related("settlement__institution").order_by("-month", "-pk"),
    }
    return render(request, "rehab/children/page.html", context)


def _applications(case: ChildCase) -> list[dict[str, Any]]:
    rows = case.applications.select_related("decided_by", "recorded_by")
    return [{"row": row, "balance": None if row.cap_yuan is None else row.cap_yuan - row.settled_yuan} for row in rows]


@records_services
@never_cache
def child_screening_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A first screening of a person in the register, certified or not."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    form = ScreeningForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            case = services.case_screen(person=person, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已登记初筛，现在的环节：{case.get_stage_display()}。")
            return redirect("child_case", case.pk)
    _note(request, AccessAct.READ, "登记儿童筛查", people=1, person=person.pk)
    context = {"form": form, "person": person, "title": "登记初筛", "back": reverse("person", args=[pk])}
    return render(request, "rehab/children/act.html", context)


@views_rehab
@never_cache
def child_case_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The next step of a case, by its own form."""
    case = _case(request, pk)
    if act not in DO:
        raise Http404
    chosen = ACTS[ChildStepKind(act)]
    if not request.user.has_perm(chosen.permission):
        raise PermissionDenied
    if chosen not in acts_at(case):
        messages.warning(request, f"个案现在的环节是“{case.get_stage_display()}”，不能办理“{chosen.kind.label}”。")
        return redirect("child_case", pk)
    today = timezone.localdate()
    form = ACT_FORMS[act](request.POST or None, case=case, user=request.user, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            DO[act](case=case, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            case.refresh_from_db()
            messages.success(request, f"已{chosen.label}，现在的环节：{case.get_stage_display()}。")
            return redirect("child_case", pk)
    _note(request, AccessAct.READ, f"儿童康复个案：{chosen.label}", people=1, person=case.person_id)
    asks = case.applications.filter(state="pending").first() if act == ChildStepKind.DECISION else None
    context = {
        "form": form,
        "case": case,
        "person": case.person,
        "title": chosen.label,
        "back": reverse("child_case", args=[pk]),
        "asks": asks,
        "age": age_on(case.person.born_on, asks.applied_on if asks else today),
    }
    return render(request, "rehab/children/act.html", context)


@records_services
@never_cache
def child_case_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the latest step back."""
    case = _case(request, pk)
    form = WithdrawForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            left = services.step_withdraw(case=case, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已撤回上一步。")
            return redirect("child_case", pk) if left is not None else redirect("person", case.person_id)
    step = case.steps.order_by("-pk").first()
    context = {
        "form": form,
        "person": case.person,
        "title": f"撤回上一步：{step.get_kind_display()}" if step else "撤回上一步",
        "back": reverse("child_case", args=[pk]),
    }
    return render(request, "rehab/children/act.html", context)


def _case(request: HttpRequest, pk: int) -> ChildCase:
    rows = _mine(request).select_related("person__community__parent", "owner")
    case: ChildCase = get_object_or_404(rows, pk=pk)
    return case


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("rehab/children/", child_case_list, name="child_case_list"),
    path("rehab/children/export/", child_case_export, name="child_case_export"),
    path("rehab/children/<int:pk>/", child_case, name="child_case"),
    path("rehab/children/<int:pk>/withdraw/", child_case_withdraw, name="child_case_withdraw"),
    path("rehab/children/<int:pk>/<str:act>/", child_case_act, name="child_case_act"),
    path("people/<int:pk>/rehab/screening/", child_screening_add, name="child_screening_add"),
]
