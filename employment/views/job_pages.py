"""What the pages of job services share: permissions, the access log, forms, exports."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from employment.forms.job_fields import ExportForm
from employment.job_exporting import Rows, export_list
from registry.models import Person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

PAGE = 50
VIEW, RECORD, MANAGE = "employment.view_employment", "employment.record_employment", "employment.manage_employers"
views_jobs = permission_required(VIEW, raise_exception=True)
records_jobs = permission_required([VIEW, RECORD], raise_exception=True)
manages_jobs = permission_required([VIEW, MANAGE], raise_exception=True)
exports_jobs = permission_required([VIEW, "employment.export_employment"], raise_exception=True)


def people_of(request: HttpRequest) -> Any:
    """The people of the reader's area, with their places."""
    return Person.objects.visible_to(request.user).select_related("community__parent")


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
    said: str,
    back: str,
    leads_to: Callable[[Any], str] | None = None,
    person: Person | None = None,
    lead: str = "",
    submit: str = "保存",
    at: str = "",
    template: str = "employment/jobs/form.html",
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A form on a page of its own: shown, or saved and left for where it came from; `at` names the crumb before it."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, said)
            return redirect(leads_to(saved) if leads_to else back)
    if person is not None:
        note(request, AccessAct.READ, title, people=1, person=person.pk)
    context = {"form": form, "title": title, "back": back, "person": person, "lead": lead, "submit": submit, "at": at}
    return render(request, template, {**context, **(extra or {})})


def export_page(
    request: HttpRequest,
    *,
    title: str,
    columns: Mapping[str, int],
    rows: Rows,
    count: int,
    chosen: Mapping[str, str],
    back: str,
    about_people: bool = True,
    numbers: Collection[str] = (),
) -> HttpResponse:
    """Asks why, then hands out exactly the rows that the list shows."""
    asked = ExportForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        export_list(
            file,
            title=title,
            columns=columns,
            rows=rows,
            about_people=about_people,
            numbers=numbers,
            by=request.user,
            at=timezone.now(),
            reason=asked.cleaned_data["reason"],
            what=f"导出{title}" + (f"：{'、'.join(chosen.values())}" if chosen else ""),
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{title}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {"form": asked, "title": title, "chosen": chosen, "count": count, "back": back, "people": about_people}
    return render(request, "employment/jobs/export.html", context)
