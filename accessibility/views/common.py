"""What the pages of homes share: who may, the home within the area, a look noted, a page of one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accessibility.models import RetrofitHome
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

VIEW = "accessibility.view_accessibility"
views_homes = permission_required(VIEW, raise_exception=True)
records_homes = permission_required("accessibility.record_homes", raise_exception=True)
manages_homes = permission_required("accessibility.manage_homes", raise_exception=True)


def in_words(broken: RuleBroken) -> str:
    """What a rule says, with its source."""
    return f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message


def the_home(request: HttpRequest, pk: int) -> RetrofitHome:
    """The home, with its person and household; outside the area there is none."""
    rows = RetrofitHome.objects.visible_to(request.user)
    found: RetrofitHome = get_object_or_404(
        rows.select_related("person__community__parent", "household", "retrofit", "contractor"), pk=pk
    )
    return found


def note(
    request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None, reason: str = ""
) -> None:
    """Writes down whose data has been shown, or has left the system and why."""
    address = request.META.get("REMOTE_ADDR")
    access_record(by=request.user, act=act, what=what, people=people, person=person, reason=reason, address=address)


def note_home(request: HttpRequest, home: RetrofitHome, what: str) -> None:
    """Writes down that a home has been looked at."""
    note(request, AccessAct.READ, f"家庭无障碍改造：{what}", people=1, person=home.person_id)


def done(request: HttpRequest, form: Any, save: Callable[[], Any], said: str) -> bool:
    """Does what a valid form asks, and says so; False where it was not done, which the form then says."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save()
    except RuleBroken as broken:
        form.add_error(None, in_words(broken))
        return False
    messages.success(request, said)
    return True


def home_form(
    request: HttpRequest,
    home: RetrofitHome,
    form: Any,
    save: Callable[[], Any],
    *,
    title: str,
    submit: str,
    said: str,
    back: str,
    template: str = "accessibility/homes/form.html",
    **more: Any,
) -> HttpResponse:
    """A page of one form about a home: does it and leads back, or shows it again with what is wrong."""
    if done(request, form, save, said):
        return redirect(back)
    note_home(request, home, title)
    context = {"home": home, "form": form, "title": title, "submit": submit, "back": back, **more}
    return render(request, template, context)
