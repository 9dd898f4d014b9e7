"""What the pages of training and massage share: permissions, the access log, ordinary forms, exports."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from employment.forms.training import ExportForm
from employment.services.training_writing import MANAGE, RECORD
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, DivisionLevel
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list

PAGE = 50
views_employment = permission_required("employment.view_employment", raise_exception=True)
records_employment = permission_required(RECORD, raise_exception=True)
manages_classes = permission_required(MANAGE, raise_exception=True)
exports_lists = permission_required("employment.export_employment", raise_exception=True)
exports_people = permission_required(["employment.view_employment", "registry.export_people"], raise_exception=True)


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Whoever is shown people is written down."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


def sees_all(request: HttpRequest) -> bool:
    """Whether the people counted are all there are, and not only those of a street or community."""
    division = request.user.division
    return division is None or division.level not in (DivisionLevel.STREET, DivisionLevel.COMMUNITY)


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


def export_page(
    request: HttpRequest,
    *,
    title: str,
    widths: Mapping[str, int],
    numbers: Iterable[str],
    rows: Iterable[Iterable[Any]],
    count: int,
    people: int,
    chosen: Mapping[str, str],
    back: str,
    holds: str = "",
) -> HttpResponse:
    """Asks why, then hands out exactly the rows given; `people` is how many of the register they tell of."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        write_list(
            file,
            title=title,
            columns=columns_of(widths, numbers=list(numbers)),
            rows=(list(row) for row in rows),
            by=request.user,
            at=timezone.now(),
        )
        access_record(
            by=request.user,
            act=AccessAct.EXPORT,
            what=f"导出{title}" + ("（完整号码）" if people else ""),
            people=people,
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{title}（{timezone.localdate():%Y%m%d}导出）.xlsx")
    context = {"form": form, "title": f"导出{title}", "count": count, "chosen": chosen, "back": back, "holds": holds}
    return render(request, "employment/training/export.html", context)
