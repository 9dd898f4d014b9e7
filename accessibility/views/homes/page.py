"""One home: where it stands, what may be done now, its parts, and all that was done."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.home_parts import LINKS, PARTS
from accessibility.models import HomeStage, RetrofitHome
from accessibility.services.homes.steps import RECORD, standing_steps
from accessibility.services.homes.taking_back import refusal_to_take_back
from accessibility.views.common import note_home, the_home, views_homes

TONES = {HomeStage.FILED: "good", HomeStage.ENDED: "idle", HomeStage.CORRECTING: "warn"}


@views_homes
@never_cache
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    row, today = the_home(request, pk), timezone.localdate()
    note_home(request, row, "办理")
    parts = [(part, part.data(row, request.user, today)) for part in PARTS]
    context = {
        "home": row,
        "person": row.person,
        "today": today,
        "tone": TONES.get(HomeStage(row.stage), "wait"),
        "is_late": row.due_on is not None and row.due_on < today,
        "sees_address": request.user.has_perm(RECORD),
        "parts": [{"part": part, "data": data} for part, data in parts if data is not None],
        "steps": list(row.steps.select_related("done_by", "taken_back_by")),
        **_now(request, row, today),
    }
    return render(request, "accessibility/homes/home.html", context)


def _now(request: HttpRequest, row: RetrofitHome, today: datetime.date) -> dict[str, Any]:
    """What the reader may do next, and why not what would be next."""
    user = request.user
    buttons: list[tuple[str, str, bool]] = []
    why_not: list[str] = []
    for link in LINKS:
        if row.stage not in link.stages or not user.has_perm(link.permission) or not link.is_open(row, user, today):
            continue
        if refusal := link.refusal(row, user):
            why_not.append(refusal)
        else:
            buttons.append((link.label, link.address(row), link.is_minor))
    last = standing_steps(row).first()
    back = ""
    if user.has_perm(RECORD) and not refusal_to_take_back(last, user):
        back = reverse("home_act", args=[row.pk, "take_back"])
    buttons.sort(key=lambda button: button[2])  # what comes next stands first
    return {"buttons": buttons, "why_not": why_not, "last": last, "take_back": back}


urls = [path("accessibility/homes/<int:pk>/", home, name="home_page")]
