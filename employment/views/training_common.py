"""What the pages of training and massage share: permissions, the access log, ordinary forms, exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from employment.services.training_writing import MANAGE
from employment.views.common import note
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

manages_classes = permission_required(MANAGE, raise_exception=True)
exports_people = permission_required(["employment.view_employment", "registry.export_people"], raise_exception=True)


def keys(data: QueryDict, name: str) -> list[int]:
    """The primary keys that were ticked."""
    return [int(key) for key in data.getlist(name) if key.isdecimal() and len(key) < 19]


def refused(form: Any, broken: RuleBroken) -> None:
    """Says in the form's summary what was refused, and on what ground."""
    form.add_error(None, broken.message + (f"（依据：{broken.source}）" if broken.source else ""))


def form_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    said: str,
    back: str,
    leads_to: Callable[[Any], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """An ordinary form: saved and led on, or shown again with what is wrong.

    `context`: title, group (the list's name), list_url, submit; `person` and `facts` where the form is about somebody.
    """
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except RuleBroken as broken:
            refused(form, broken)
        else:
            messages.success(request, said)
            return redirect(leads_to(saved) if leads_to else back)
    if (person := context.get("person")) is not None:
        note(request, AccessAct.READ, context["title"], people=1, person=person.pk)
    return render(request, "employment/training/form.html", {"submit": "保存", **context, "form": form, "back": back})
