"""What the pages of public places share: who may, a page of one form."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accessibility import parking
from accessibility.models import Facility
from accessibility.services.places.common import MANAGE, RECORD
from accessibility.views.common import done, in_words
from zalainuoer.common.errors import RuleBroken

PAGE = 50
records_places = permission_required(RECORD, raise_exception=True)
manages_places = permission_required(MANAGE, raise_exception=True)


def the_facility(request: HttpRequest, pk: int) -> Facility:
    """The place; outside the area there is none."""
    rows = Facility.objects.visible_to(request.user).select_related("community__parent")
    found: Facility = get_object_or_404(rows, pk=pk)
    return found


def form_page(
    request: HttpRequest, form: Any, save: Callable[[], Any], *, title: str, submit: str, said: str, back: str,
    crumb: tuple[str, str], hint: str = "",
) -> HttpResponse:  # fmt: skip
    """A page of one form: does it and leads back, or shows it again with what is wrong."""
    if done(request, form, save, said):
        return redirect(back)
    context = {"form": form, "title": title, "submit": submit, "back": back, "crumb": crumb, "hint": hint}
    return render(request, "accessibility/places/form.html", context)


def percent_on(today: datetime.date) -> tuple[int | None, str]:
    """The percentage of accessible bays in force; without one, the sentence that says so."""
    try:
        return parking.percent_on(today), ""
    except RuleBroken as broken:
        return None, in_words(broken)


def parking_of(row: Facility, percent: int | None) -> dict[str, Any] | None:
    """What the check of a car park says; None of a place without bays."""
    if row.bays is None:
        return None
    if percent is None or row.accessible_bays is None:
        return {"text": "参数未维护" if percent is None else "无障碍车位数没有填写", "tone": "warn"}
    wanting = parking.bays_wanting(row, percent=percent)
    text = f"应有 {parking.bays_required(row.bays, percent=percent)} 个，现有 {row.accessible_bays} 个"
    return {"text": f"{text}，缺 {wanting} 个" if wanting else f"{text}，达标", "tone": "bad" if wanting else "good"}
