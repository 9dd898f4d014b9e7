"""What the pages of public places share: who may, a page of one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accessibility.models import Facility
from accessibility.services.places.common import MANAGE, RECORD
from accessibility.views.common import done

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
