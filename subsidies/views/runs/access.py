"""Who has runs in hand, how states look, and that whoever looks is noted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from subsidies.models import LineKind, RunState
from subsidies.services import runs as services
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

View = Callable[..., HttpResponse]
TONES = {RunState.DRAFT: "idle", RunState.SUBMITTED: "warn", RunState.LOCKED: "good"}
KIND_TONES = {LineKind.RECOVERY: "warn", LineKind.CANCEL: "idle", LineKind.REISSUE: "wait"}


def has_runs_in_hand(user: Any) -> bool:
    """Whoever prepares or approves runs, and has the whole district: a run is about everybody."""
    may = user.has_perm(services.PREPARE) or user.has_perm(services.APPROVE)
    return bool(may and services.is_of_whole_district(user))


def of_the_district(view: View) -> View:
    """Forbids a page of runs to whoever has none in hand."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_runs_in_hand(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return asked


def line_tone(kind: str) -> str:
    """How a kind of line looks."""
    return KIND_TONES.get(LineKind(kind), "good")


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Notes what of a run was shown, and how many people."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )
