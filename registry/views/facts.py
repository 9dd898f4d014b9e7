"""Forms for the rows of the sheets: add, correct, withdraw, each with a reason, each with what became of the row."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from registry.fact_history import cells_of, fact_history
from registry.forms.facts import FactForm, WithdrawForm
from registry.models import Person
from registry.services import facts
from registry.services.facts import FactExists, FactRefused, Subject, sheet_by_hand, subject_of, subject_of_row
from registry.sheets.lookup import HEAD, ID, NAME
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked, masked_name
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.comparing import KeyedSheet

changes_facts = permission_required("registry.change_facts", raise_exception=True)


@changes_facts
@never_cache
def fact_add(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    sheet = _sheet_or_404(code)
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    try:
        subject = subject_of(sheet, person)
    except RuleBroken as broken:
        messages.warning(request, broken.message)
        return redirect("person", person.pk)
    form = FactForm(request.POST or None, sheet=sheet, subject=subject, user=request.user)
    existing = None
    if request.method == "POST" and form.is_valid():
        try:
            facts.fact_add(
                sheet=sheet, subject=subject, values=form.values, by=request.user, reason=form.cleaned_data["reason"]
            )
        except FactExists as found:
            existing = found.pk
            form.add_error(None, found.message)
        except FactRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"已添加一条“{sheet.title}”的记录。")
            return redirect(_address(subject))
    _note(request, sheet, subject, act="添加")
    context = {**_context(sheet, subject), "form": form, "existing": existing}
    return render(request, "registry/facts/add.html", context)


@changes_facts
@never_cache
def fact_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    sheet, row, subject = _row_or_404(request, code, pk)
    form = FactForm(request.POST or None, sheet=sheet, subject=subject, user=request.user, row=row)
    existing = None
    if request.method == "POST" and form.is_valid():
        try:
            facts.fact_correct(
                sheet=sheet,
                row=row,
                seen=form.cleaned_data["seen"],
                subject=subject,
                values=form.values,
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        except FactExists as found:
            existing = found.pk
            form.add_error(None, found.message)
        except FactRefused as refused:
            form.refuse(refused)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已改正“{sheet.title}”的记录。")
            return redirect(_address(subject))
    _note(request, sheet, subject, act="改正")
    context = {
        **_context(sheet, subject),
        "form": form,
        "row": row,
        "existing": existing,
        "steps": fact_history(sheet, row),
    }
    return render(request, "registry/facts/edit.html", context)


@changes_facts
@never_cache
def fact_withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    sheet, row, subject = _row_or_404(request, code, pk)
    form = WithdrawForm(request.POST or None, initial={"seen": facts.version(row)})
    if request.method == "POST" and form.is_valid():
        try:
            facts.fact_withdraw(
                sheet=sheet,
                row=row,
                seen=form.cleaned_data["seen"],
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已撤下“{sheet.title}”的记录，历史中仍可查到。")
            return redirect(_address(subject))
    _note(request, sheet, subject, act="撤下")
    context = {**_context(sheet, subject), "form": form, "row": row, "cells": cells_of(sheet, row)}
    return render(request, "registry/facts/withdraw.html", context)


def _sheet_or_404(code: str) -> KeyedSheet:
    try:
        return sheet_by_hand(code)
    except KeyError:
        raise Http404 from None


def _row_or_404(request: HttpRequest, code: str, pk: int) -> tuple[KeyedSheet, Any, Subject]:
    sheet = _sheet_or_404(code)
    row = get_object_or_404(sheet.rows_for(request.user), pk=pk)
    return sheet, row, subject_of_row(sheet, row)


def _context(sheet: KeyedSheet, subject: Subject) -> dict[str, Any]:
    """Whom the row is about, masked, and the way back."""
    fixed = subject.fixed
    about = (
        f"户主 {masked(fixed[HEAD])} 一户" if HEAD in fixed else f"{masked_name(fixed[NAME])}（{masked(fixed[ID])}）"
    )
    return {"sheet": sheet, "about": about, "back": _address(subject)}


def _address(subject: Subject) -> str:
    name, target = ("household", subject.household) if subject.person is None else ("person", subject.person)
    return reverse(name, args=[getattr(target, "pk", None)])


def _note(request: HttpRequest, sheet: KeyedSheet, subject: Subject, *, act: str) -> None:
    """Whoever opens the form reads what stands in it."""
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what=f"{act}“{sheet.title}”的一条记录",
        people=1,
        person=None if subject.person is None else subject.person.pk,
        address=request.META.get("REMOTE_ADDR"),
    )


urls = [
    path("people/<int:pk>/facts/<slug:code>/add/", fact_add, name="fact_add"),
    path("facts/<slug:code>/<int:pk>/", fact_edit, name="fact_edit"),
    path("facts/<slug:code>/<int:pk>/withdraw/", fact_withdraw, name="fact_withdraw"),
]
