"""学员: enrolling, attendance, completing, certificates, and taking each of them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from employment.attendance import minimum_percent
from employment.forms.training import CertificateForm, ChooseClassForm, CompleteForm, FindForm, ReasonForm
from employment.models import Attendance, TrainingClass, TrainingRecord
from employment.rules.training import registered_at_start
from employment.services import training as services
from employment.views.common import PAGE, note, records_employment
from employment.views.training import LIST, judged, participants
from employment.views.training_common import form_page, keys, refused
from registry import finding
from registry.models import Person
from registry.services.facts import version
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

MATCHES = 10  # of one line that was typed
SESSIONS = 8  # in one page of the grid


@records_employment
@never_cache
def training_enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Finds people by what is typed (posted), shows whether they would count, and enrols those who are ticked."""
    of = get_object_or_404(TrainingClass, pk=pk)
    form = FindForm(request.POST if "find" in request.POST else None)
    found: list[dict[str, Any]] = []
    nobody: list[int] = []
    problem = ""
    if "enrol" in request.POST:
        people = list(Person.objects.visible_to(request.user).filter(pk__in=keys(request.POST, "person")))
        if len(people) != len(set(keys(request.POST, "person"))):
            raise Http404
        if not people:
            problem = "没有勾选任何人。请先查找，再勾选要报名的人。"
        else:
            try:
                done = services.class_enrol(
                    training_class=of, people=people, by=request.user, today=timezone.localdate()
                )
            except RuleBroken as broken:
                problem = broken.message
                found = _judged(of, [person.pk for person in people])
            else:
                messages.success(request, _said(done))
                return redirect("training_class", of.pk)
    elif form.is_bound and form.is_valid():
        found, nobody = _found(request, of, form.cleaned_data["who"])
    if found:
        note(request, AccessAct.SEARCH, f"培训报名查找：{of}", people=len(found))
    context = {
        "class": of, "form": form, "found": found, "nobody": nobody, "problem": problem,
        "people": [each["person"] for each in found], "free": max(of.capacity - of.records.count(), 0),
        "whole": request.user.is_of_whole_district,
    }  # fmt: skip
    return render(request, "employment/training/enrol.html", context)


def _found(request: HttpRequest, of: TrainingClass, lines: list[str]) -> tuple[list[dict[str, Any]], list[int]]:
    """The people of the reader's area whom the lines name, and the numbers of the lines that name nobody."""
    mine, pks, nobody = Person.objects.visible_to(request.user), [], []
    for number, line in enumerate(lines, 1):
        asked = finding.search(line)
        matches = list(mine.filter(asked.condition).values_list("pk", flat=True)[:MATCHES]) if asked else []
        pks += matches
        if not matches:
            nobody.append(number)
    return _judged(of, list(dict.fromkeys(pks))), nobody


def _judged(of: TrainingClass, pks: list[int]) -> list[dict[str, Any]]:
    rows = Person.objects.filter(pk__in=pks).select_related("community__parent").order_by("pinyin", "pk")
    there = set(of.records.filter(person__in=pks).values_list("person", flat=True))
    return [
        {
            "person": person,
            "reasons": [verdict.clause for verdict in verdicts if not verdict.holds],
            "is_there": person.pk in there,
        }
        for person, verdicts in registered_at_start(of.starts_on).explained(rows)
    ]


def _said(done: services.Enrolled) -> str:
    parts = [f"已报名 {done.new} 人。"]
    if done.linked:
        parts.append(f"另有 {done.linked} 人的花名册记录并入本班。")
    if done.known:
        parts.append(f"{done.known} 人原来就在班里。")
    return "".join(parts)


@records_employment
@never_cache
def training_enrol_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person into one of the classes that are not over."""
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)
    today = timezone.localdate()
    form = ChooseClassForm(request.POST or None, today=today)

    def save() -> TrainingClass:
        of: TrainingClass = form.cleaned_data["training_class"]
        services.class_enrol(training_class=of, people=[person], by=request.user, today=today)
        return of

    return form_page(
        request,
        form,
        save,
        said="已报名。",
        back=reverse("person", args=[pk]),
        leads_to=lambda of: reverse("training_class", args=[of.pk]),
        title="培训报名",
        person=person,
        submit="报名",
        **LIST,
    )


@records_employment
@never_cache
@require_POST
def training_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets the sheet's records of the same name and day belong to the class."""
    of = get_object_or_404(TrainingClass, pk=pk)
    try:
        count = services.records_link(training_class=of, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, f"已把花名册的 {count} 条记录并入本班。")
    return redirect("training_class", pk)


@records_employment
@never_cache
def training_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid: participants by sessions held so far, a page of each at a time."""
    of, today = get_object_or_404(TrainingClass, pk=pk), timezone.localdate()
    held = of.sessions.filter(held_on__lte=today).order_by("-held_on", "-pk")
    sessions = Paginator(held, SESSIONS).get_page(request.GET.get("sessions"))
    page = Paginator(participants(request, of), PAGE).get_page(request.GET.get("page"))
    problem = ""
    if request.method == "POST":
        try:
            changed = services.attendance_record(
                training_class=of,
                records=keys(request.POST, "record"),
                sessions=keys(request.POST, "session"),
                present=_ticked(request),
                by=request.user,
                today=today,
            )
        except RuleBroken as broken:
            problem = broken.message
        else:
            messages.success(request, f"已保存出勤，{changed} 处有变化。")
            return redirect(request.get_full_path())
    columns = list(sessions.object_list)[::-1]
    rows = list(page.object_list)
    known = {
        (each.record_id, each.session_id): each.is_present
        for each in Attendance.objects.filter(record__in=rows, session__in=columns)
    }
    lines = [
        {"record": row, "cells": [(session, known.get((row.pk, session.pk))) for session in columns]} for row in rows
    ]
    note(request, AccessAct.LIST, f"培训出勤：{of}", people=len(rows))
    context = {
        "class": of, "columns": columns, "lines": lines, "page_obj": page, "session_pages": sessions,
        "people": [row.person for row in rows], "problem": problem, "later": of.sessions.filter(held_on__gt=today).count(),
    }  # fmt: skip
    return render(request, "employment/training/attendance.html", context)


def _ticked(request: HttpRequest) -> list[tuple[int, int]]:
    found = []
    for text in request.POST.getlist("present"):
        record, _, session = text.partition("-")
        if not (record.isdecimal() and session.isdecimal() and max(len(record), len(session)) < 19):
            raise Http404
        found.append((int(record), int(session)))
    return found


@records_employment
@never_cache
def training_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who have not finished, with their attendance; ticked ones finish together, each with a number or none."""
    of, today = get_object_or_404(TrainingClass, pk=pk), timezone.localdate()
    page = Paginator(participants(request, of).filter(is_completed=False), PAGE).get_page(request.GET.get("page"))
    lines = judged(page.object_list, today)
    form = CompleteForm(request.POST or None, initial={"completed_on": min(of.ends_on, today)})
    ticked = keys(request.POST, "record")
    if request.method == "POST" and form.is_valid():
        numbers = {key: request.POST.get(f"number-{key}", "").strip()[:50] for key in ticked}
        try:
            count = services.class_complete(
                training_class=of, numbers=numbers, by=request.user, today=today, **form.cleaned_data
            )
        except RuleBroken as broken:
            refused(form, broken)
        else:
            messages.success(request, f"已登记 {count} 人结业。")
            return redirect("training_class", of.pk)
    for line in lines:
        line["is_ticked"] = line["record"].pk in ticked
        line["number"] = request.POST.get(f"number-{line['record'].pk}", "")
    note(request, AccessAct.LIST, f"培训结业：{of}", people=len(lines))
    context = {
        "class": of, "form": form, "lines": lines, "page_obj": page,
        "people": [line["person"] for line in lines], "minimum": minimum_percent(today),
    }  # fmt: skip
    return render(request, "employment/training/complete.html", context)


def _record(request: HttpRequest, pk: int) -> TrainingRecord:
    rows = TrainingRecord.objects.visible_to(request.user).filter(training_class__isnull=False)
    found: TrainingRecord = get_object_or_404(rows.select_related("person__community__parent", "training_class"), pk=pk)
    return found


@records_employment
@never_cache
def training_enrolment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    record = _record(request, pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(record)})
    return form_page(
        request,
        form,
        lambda: services.enrolment_withdraw(record=record, by=request.user, **form.cleaned_data),
        said="已撤下报名。" if record.enrolled_on else "已与本班脱开，花名册的记录还在。",
        back=reverse("training_class", args=[record.training_class_id]),
        title="撤下报名",
        person=record.person,
        facts={"培训班": record.class_name},
        submit="确认撤下",
        **LIST,
    )


@records_employment
@never_cache
def training_completion_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    record = _record(request, pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(record)})
    return form_page(
        request,
        form,
        lambda: services.completion_withdraw(record=record, by=request.user, **form.cleaned_data),
        said="已撤回结业，证书也一并撤回。",
        back=reverse("training_class", args=[record.training_class_id]),
        title="撤回结业",
        person=record.person,
        facts={"培训班": record.class_name, "结业日期": str(record.ends_on or "—")},
        submit="确认撤回",
        **LIST,
    )


@records_employment
@never_cache
def training_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of somebody who has finished: added later, or corrected."""
    record = _record(request, pk)
    initial = {
        "seen": version(record), "kind": record.certificate_kind, "number": record.certificate_number,
        "certified_on": record.certified_on,
    }  # fmt: skip
    form = CertificateForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: services.certificate_save(
            record=record, by=request.user, today=timezone.localdate(), **form.cleaned_data
        ),
        said="已登记证书。",
        back=reverse("training_class", args=[record.training_class_id]),
        title="登记培训证书",
        person=record.person,
        facts={"培训班": record.class_name, "结业日期": str(record.ends_on or "—")},
        **LIST,
    )


urls = [
    path("employment/training/<int:pk>/enrol/", training_enrol, name="training_enrol"),
    path("employment/training/<int:pk>/link/", training_link, name="training_link"),
    path("employment/training/<int:pk>/attendance/", training_attendance, name="training_attendance"),
    path("employment/training/<int:pk>/complete/", training_complete, name="training_complete"),
    path(
        "employment/training/records/<int:pk>/withdraw/",
        training_enrolment_withdraw,
        name="training_enrolment_withdraw",
    ),
    path(
        "employment/training/records/<int:pk>/unfinish/",
        training_completion_withdraw,
        name="training_completion_withdraw",
    ),
    path("employment/training/records/<int:pk>/certificate/", training_certificate, name="training_certificate"),
    path("people/<int:pk>/training/", training_enrol_person, name="training_enrol_person"),
]
