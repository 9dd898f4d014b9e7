"""What the pages of job services share: permissions, the access log, forms, exports."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from employment.job_exporting import Rows, export_list
from employment.views.common import note
from registry.models import Person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.views.taking_out import take_out

VIEW, RECORD, MANAGE = "employment.view_employment", "employment.record_employment", "employment.manage_employers"
views_jobs = permission_required(VIEW, raise_exception=True)
records_jobs = permission_required([VIEW, RECORD], raise_exception=True)
manages_jobs = permission_required([VIEW, MANAGE], raise_exception=True)
exports_jobs = permission_required([VIEW, "employment.export_employment"], raise_exception=True)


def people_of(request: HttpRequest) -> Any:
    """The people of the reader's area, with their places."""
    return Person.objects.visible_to(request.user).select_related("community__parent")


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

    def write(file: IO[bytes], reason: str) -> None:
        export_list(
            file,
            title=title,
            columns=columns,
            rows=rows,
            about_people=about_people,
            numbers=numbers,
            by=request.user,
            at=timezone.now(),
            reason=reason,
            what=f"导出{title}" + (f"：{'、'.join(chosen.values())}" if chosen else ""),
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=title,
        write=write,
        count=count,
        back=back,
        group="就业服务",
        page=title,
        holds="条，含完整姓名、身份证号和电话" if about_people else "条",
        chosen=chosen,
        example="交各街道联系",
    )
