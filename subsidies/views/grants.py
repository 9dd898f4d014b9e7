"""Recipients: stops recorded with a look at what they come to, their end, and suspended months put back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.forms.grants import ResumptionForm, StopEndForm, StopForm, StopWithdrawForm
from subsidies.models import Grant, Resumption, Stop, StopCode, Subsidy
from subsidies.outlook import Change
from subsidies.services import stops as services
from subsidies.services.applications.cases import CIVIL_REVIEW
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

records_stops = permission_required(services.RECORD_STOPS, raise_exception=True)
decides_resumptions = permission_required(CIVIL_REVIEW, raise_exception=True)


@records_stops
@never_cache
def stop_add(request: HttpRequest, pk: int, subsidy: str) -> HttpResponse:
    """A stop: what it would come to is shown first, and recorded only if it still comes to that."""
    person, known = _person(request, pk), _subsidy(subsidy)
    today = timezone.localdate()
    grants = list(Grant.objects.filter(person=person, subsidy=known).order_by("first_month"))
    form = StopForm(request.POST or None, grants=grants, today=today)
    change: Change | None = None
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("code", "effective_on", "reason", "document")}
        facts = {"person": person, "subsidy": known, "by": request.user, "today": today, **asked}
        try:
            change = services.stop_preview(**facts)
            seen = _stamp(asked, change)
            if "save" in request.POST and form.cleaned_data["seen"] == seen:
                services.stop_record(**facts)
                messages.success(request, _recorded(known, change))
                return redirect("person", person.pk)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
            change = None
        else:
            form.data = {**form.data.dict(), "seen": seen}  # type: ignore[union-attr]
    _note(request, person, "登记停发")
    context = {
        "form": form,
        "change": change,
        "grants": grants,
        "subsidy": known,
        "standing": Stop.objects.standing().filter(person=person, subsidy=known, until_on__isnull=True),
        "reapply": services.REAPPLY,
        "is_prison": change is not None and form.cleaned_data["code"] == StopCode.PRISON,
        **_subject(person),
    }
    return render(request, "subsidies/stops/add.html", context)


def _stamp(asked: dict[str, Any], change: Change) -> str:
    """What was looked at: another day, another ground or another sum is looked at again."""
    return f"{asked['code']} {asked['effective_on']} {change.after.last_month} {change.yuan_back}"


def _recorded(subsidy: Subsidy, change: Change) -> str:
    last = change.after.last_month
    said = f"已登记停发{subsidy.label}，" + (f"最后一个可发的月份是{last:%Y-%m}。" if last else "没有可发的月份。")
    if change.months_back:
        said += f"已发的 {len(change.months_back)} 个月、{change.yuan_back:.2f} 元由下一个批次列入追回。"
    return said


@records_stops
@never_cache
def stop_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back a stop that should never have been."""
    stop = _stop(request, pk)
    form = StopWithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_withdraw(stop=stop, reason=form.cleaned_data["reason"], by=request.user)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已撤销停发登记。停掉的月份由下一个批次补发，还没有追回的不再追回。")
            return redirect("person", stop.person_id)
    return _stop_page(request, stop, form, "撤销停发登记", "确认撤销")


@records_stops
@never_cache
def stop_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes from which day a stop's ground is gone."""
    stop = _stop(request, pk)
    form = StopEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_end(stop=stop, by=request.user, today=timezone.localdate(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已登记终止。{services.REAPPLY}")
            return redirect("person", stop.person_id)
    return _stop_page(request, stop, form, "登记终止", "确认终止")


def _stop_page(request: HttpRequest, stop: Stop, form: Any, title: str, submit: str) -> HttpResponse:
    _note(request, stop.person, title)
    context = {"form": form, "stop": stop, "title": title, "submit": submit, "reapply": services.REAPPLY}
    return render(request, "subsidies/stops/change.html", {**context, **_subject(stop.person)})


@decides_resumptions
@never_cache
def resumption_add(request: HttpRequest, pk: int, subsidy: str) -> HttpResponse:
    """The suspended months, and the decision that some of them are paid after all."""
    person, known = _person(request, pk), _subsidy(subsidy)
    today = timezone.localdate()
    groups = services.groups_of(services.suspended_months(person, known, today=today))
    initial = {"first_month": groups[-1][0], "last_month": groups[-1][1]} if groups else {}
    form = ResumptionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.resumption_decide(person=person, subsidy=known, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已作出恢复补发决定，暂停的月份由下一个批次补发。")
            return redirect("person", person.pk)
    _note(request, person, "恢复补发决定")
    context = {
        "form": form,
        "groups": groups,
        "still": services.still_suspended(person, known, today=today) if groups else "",
        "decisions": Resumption.objects.filter(person=person, subsidy=known).select_related("decided_by"),
        "subsidy": known,
        **_subject(person),
    }
    return render(request, "subsidies/stops/resume.html", context)


def _person(request: HttpRequest, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)


def _stop(request: HttpRequest, pk: int) -> Stop:
    rows = Stop.objects.visible_to(request.user).select_related("person__community__parent", "recorded_by")
    return get_object_or_404(rows, pk=pk)


def _subsidy(code: str) -> Subsidy:
    if code not in Subsidy.values:
        raise Http404
    return Subsidy(code)


def _subject(person: Person) -> dict[str, Any]:
    return {"person": person, "statement": statement_in_force(person), "today": timezone.localdate()}


def _note(request: HttpRequest, person: Person, what: str) -> None:
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what=what,
        people=1,
        person=person.pk,
        address=request.META.get("REMOTE_ADDR"),
    )


urls = [
    path("people/<int:pk>/stop/<slug:subsidy>/", stop_add, name="stop_add"),
    path("people/<int:pk>/resume/<slug:subsidy>/", resumption_add, name="resumption_add"),
    path("subsidies/stops/<int:pk>/withdraw/", stop_withdraw, name="stop_withdraw"),
    path("subsidies/stops/<int:pk>/end/", stop_end, name="stop_end"),
]
