"""What employment's pages share: who may, whom a look is noted of, a form's page, a list on its way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
views_employment = permission_required("employment.view_employment", raise_exception=True)
records_employment = permission_required("employment.record_employment", raise_exception=True)
manages_employers = permission_required("employment.manage_employers", raise_exception=True)
exports_employment = permission_required("employment.export_employment", raise_exception=True)


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Whoever is shown people is written down."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


def form_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    title: str,
    said: str | Callable[[Any], str],
    back: str,
    trail: Sequence[tuple[str, str]] = (),
    leads_to: Callable[[Any], str] | None = None,
    template: str = "employment/form.html",
    **context: Any,
) -> HttpResponse:
    """A form, or what comes of it; `trail` are the pages above it: (label, address)."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except RuleBroken as broken:
            form.add_error(None, f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message)
        else:
            messages.success(request, said(saved) if callable(said) else said)
            return redirect(leads_to(saved) if leads_to else back)
    return render(request, template, {**context, "form": form, "title": title, "back": back, "trail": trail})


def export_page(
    request: HttpRequest,
    *,
    title: str,
    widths: Mapping[str, int],
    numbers: Iterable[str],
    rows: Iterable[Sequence[Any]],
    count: int,
    people: int,
    chosen: Mapping[str, str],
    back: str,
    group: str,
    page: str,
    holds: str = "",
) -> HttpResponse:
    """Asks why, then hands out exactly the rows that the list's filter shows; `people` is how many persons are in it."""

    def write(file: IO[bytes], reason: str) -> None:
        columns = columns_of(widths, numbers=set(numbers))
        write_list(file, title=title, columns=columns, rows=rows, by=request.user, at=timezone.now())
        access_record(
            by=request.user,
            act=AccessAct.EXPORT,
            what=f"导出{title}" + ("（完整号码）" if people else "") + (f"：{'、'.join(chosen)}" if chosen else ""),
            people=people,
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request, title=title, write=write, count=count, back=back, group=group, page=page,
        holds=f"条{holds}", chosen=chosen, example="年审核对",
    )  # fmt: skip
