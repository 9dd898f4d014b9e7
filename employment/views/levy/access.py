"""Who sees the levy, and that whoever is shown people is written down."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse

from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

View = Callable[..., HttpResponse]
sees_levy = permission_required("employment.view_levy", raise_exception=True)
takes_out = permission_required(["employment.view_levy", "employment.export_employment"], raise_exception=True)


def for_district(view: View) -> View:
    """An employer's levy is about all its staff, wherever they live: to a smaller area it is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_of_whole_district:  # type: ignore[union-attr]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, reason: str = "") -> None:
    """Writes down what was shown or taken out, and how many people it names."""
    address = request.META.get("REMOTE_ADDR")
    access_record(by=request.user, act=act, what=what, people=people, reason=reason, address=address)
