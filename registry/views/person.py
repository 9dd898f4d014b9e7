"""一人一档: everything the system knows of a person on one page, each look at it noted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.contributions import SECTIONS, in_order
from registry.models import MergePair, MergePairState, Person
from registry.persons import card
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

views_people = permission_required("registry.view_people", raise_exception=True)


@views_people
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    merged = MergePair.objects.filter(gone=pk, state=MergePairState.MERGED).first()
    if merged is not None and Person.objects.visible_to(request.user).filter(pk=merged.kept).exists():
        messages.info(request, "这份档案已经并入下面这一份。")
        return redirect("person", merged.kept)
    found = _person(request, pk)
    note_look(request, found, AccessAct.READ, "档案")
    return person_page(request, found)


@views_people
@never_cache
def person_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper: masked as on the screen, every part open, saying who printed it and when."""
    found = _person(request, pk)
    note_look(request, found, AccessAct.PRINT, "档案打印")
    return person_page(request, found, printing=True, printed_at=timezone.now())


def _person(request: HttpRequest, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)


def note_look(request: HttpRequest, found: Person, act: AccessAct, what: str) -> None:
    """Notes a look at the page of one person."""
    access_record(
        by=request.user, act=act, what=what, people=1, person=found.pk, address=request.META.get("REMOTE_ADDR")
    )


def person_page(request: HttpRequest, found: Person, *, revealed: bool = False, **context: Any) -> HttpResponse:
    """The page about a person the caller has found in the reader's area, and noted."""
    today = timezone.localdate()
    parts = [(section, section.load(found, today, request.user)) for section in in_order(SECTIONS)]
    data = {section.code: loaded for section, loaded in parts}
    context |= {
        "person": found,
        "today": today,
        "card": card(found, today, (data.get("entitlements") or {}).get("findings", ())),
        "parts": [{"section": section, "data": loaded} for section, loaded in parts],
        "revealed": {found.pk} if revealed else set(),
    }
    return render(request, "registry/person/page.html", context)


urls = [
    path("people/<int:pk>/", person, name="person"),
    path("people/<int:pk>/print/", person_print, name="person_print"),
]
