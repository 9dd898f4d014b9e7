"""Adding, correcting and withdrawing plain records: one pair of pages for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from registry.services.facts import version
from rehab.forms import records as forms
from rehab.models import (
    AwarenessSurvey,
    CareHome,
    CarePlaces,
    CareStandard,
    CommunitySite,
    Coordinator,
    CoordinatorTraining,
    PreventionCampaign,
)
from rehab.services import daycare
from rehab.services.records import permission_of, record_save, record_withdraw
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division

COMMUNITY, DAYCARE = ("community_rehab", "社区康复"), ("daycare", "阳光家园")


@dataclass(frozen=True)
class Kind:
    """A table kept by hand: its form, the page it stands on, and the record each row belongs to (`owner`)."""

    model: type[models.Model]
    form: type[forms.RecordForm]
    page: tuple[str, str]
    owner: str = ""  # the field's name
    save: Callable[..., Any] = lambda record, **how: record_save(record=record, **how)

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name)


KINDS = {
    "site": Kind(CommunitySite, forms.SiteForm, COMMUNITY, "community"),
    "coordinator": Kind(Coordinator, forms.CoordinatorForm, COMMUNITY, "community"),
    "training": Kind(CoordinatorTraining, forms.TrainingForm, COMMUNITY, "coordinator"),
    "campaign": Kind(PreventionCampaign, forms.CampaignForm, COMMUNITY),
    "survey": Kind(AwarenessSurvey, forms.SurveyForm, COMMUNITY),
    "home": Kind(CareHome, forms.HomeForm, DAYCARE),
    "places": Kind(
        CarePlaces, forms.PlacesForm, DAYCARE, "home", lambda record, **how: daycare.places_save(places=record, **how)
    ),
    "standard": Kind(
        CareStandard,
        forms.CareStandardForm,
        DAYCARE,
        save=lambda record, **how: daycare.standard_save(standard=record, **how),
    ),
}


def _kind(request: HttpRequest, code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    if not request.user.has_perm(permission_of(KINDS[code].model)):
        raise PermissionDenied
    return KINDS[code]


def _mine(request: HttpRequest, model: type[models.Model]) -> Any:
    """The rows of a table in the reader's area; of one that knows no area, all."""
    rows: Any = model._default_manager
    if model is Division:
        found = Division.objects.communities()
        return found if request.user.scope_ids is None else found.filter(pk__in=request.user.scope_ids)
    return rows.visible_to(request.user) if hasattr(model, "division_path") else rows.all()


@never_cache
def record_add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new record; `?of=` names what it belongs to."""
    chosen = _kind(request, kind)
    record = chosen.model()
    owner = None
    if chosen.owner:
        field: Any = chosen.model._meta.get_field(chosen.owner)
        of = request.GET.get("of", "")
        if not of.isdecimal() or len(of) > 18:
            raise Http404
        owner = get_object_or_404(_mine(request, field.related_model), pk=of)
        setattr(record, chosen.owner, owner)
    form = chosen.form(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid() and _saved(request, chosen, form):
        messages.success(request, f"已登记{chosen.title}。")
        return redirect(chosen.page[0])
    context = {**_context(chosen), "form": form, "owner": owner, "heading": f"登记{chosen.title}", "submit": "保存"}
    return render(request, "rehab/records/form.html", context)


@never_cache
def record_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    chosen = _kind(request, kind)
    record = get_object_or_404(_mine(request, chosen.model), pk=pk)
    form = chosen.form(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid() and _saved(request, chosen, form):
        messages.success(request, f"已改正{chosen.title}。")
        return redirect(chosen.page[0])
    context = {
        **_context(chosen),
        "form": form,
        "owner": getattr(record, chosen.owner, None) if chosen.owner else None,
        "heading": f"改正{chosen.title}",
        "submit": "保存修改",
        "withdraw": reverse("rehab_record_withdraw", args=[kind, pk]),
    }
    return render(request, "rehab/records/form.html", context)


def _saved(request: HttpRequest, chosen: Kind, form: Any) -> bool:
    how = {"seen": form.cleaned_data["seen"], "reason": form.cleaned_data["reason"]} if form.instance.pk else {}
    try:
        chosen.save(form.instance, by=request.user, **how)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return False
    return True


@never_cache
def record_withdraw_page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    chosen = _kind(request, kind)
    record = get_object_or_404(_mine(request, chosen.model), pk=pk)
    form = forms.WithdrawRecordForm(request.POST or None, initial={"seen": version(record)})
    if request.method == "POST" and form.is_valid():
        try:
            record_withdraw(
                record=record, by=request.user, reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"]
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已撤下{chosen.title}，历史中仍可查到。")
            return redirect(chosen.page[0])
    context = {
        **_context(chosen),
        "form": form,
        "owner": getattr(record, chosen.owner, None) if chosen.owner else None,
        "heading": f"撤下{chosen.title}",
        "submit": "确认撤下",
        "cells": _cells(chosen, record),
    }
    return render(request, "rehab/records/form.html", context)


def _cells(chosen: Kind, record: Any) -> list[tuple[str, str]]:
    """What stands in the record, in words."""
    found = []
    for name in chosen.form._meta.fields:
        shown = getattr(record, f"get_{name}_display", None) or getattr(record, f"{name}_in_words", None)
        value = shown() if shown else getattr(record, name)
        found.append((str(chosen.model._meta.get_field(name).verbose_name), "—" if value is None else str(value)))
    return found


def _context(chosen: Kind) -> dict[str, Any]:
    return {"page": chosen.page[1], "back": reverse(chosen.page[0])}


urls = [
    path("rehab/records/<slug:kind>/add/", record_add, name="rehab_record_add"),
    path("rehab/records/<slug:kind>/<int:pk>/", record_edit, name="rehab_record_edit"),
    path("rehab/records/<slug:kind>/<int:pk>/withdraw/", record_withdraw_page, name="rehab_record_withdraw"),
]
