"""What the audit's pages share: who may, the employer within the area, a list on its way out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from employment.audit_exporting import List, export_list
from employment.forms.audits import OutForm
from employment.models import Audit
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division, DivisionLevel
from zalainuoer.common.services import access_record

PAGE = 50
VIEW, REVIEW, EXPORT = "employment.view_levy", "employment.review_audits", "employment.export_employment"
views_audits = permission_required(VIEW, raise_exception=True)
reviews = permission_required(REVIEW, raise_exception=True)
exports = permission_required((VIEW, EXPORT), raise_exception=True)


def audits_of(request: HttpRequest) -> Any:
    """The audits of the reader's area, with employer and certificate."""
    return Audit.objects.visible_to(request.user).select_related("employer__street", "certificate")


def note_print(request: HttpRequest, what: str) -> None:
    """Whoever prints a letter is written down."""
    access_record(by=request.user, act=AccessAct.PRINT, what=what, people=0, address=request.META.get("REMOTE_ADDR"))


def in_words(broken: RuleBroken) -> str:
    """What a rule says, with its source."""
    return f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message


def with_(data: QueryDict, **change: str) -> str:
    """The address with some filters set otherwise; an empty one is left out."""
    query = data.copy()
    for name, value in change.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()


def office() -> str:
    """Whose letters they are."""
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first() or ""
    return f"{district}残疾人联合会"


def form_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    title: str,
    submit: str,
    said: str,
    back: str,
    crumb: tuple[str, str],
    facts: Iterable[tuple[str, Any]] = (),
    hint: str = "",
    text: str = "",
) -> HttpResponse:
    """A page of one form: does it and leads back, or shows it again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RuleBroken as broken:
            form.add_error(None, in_words(broken))
        else:
            messages.success(request, said)
            return redirect(back)
    context = {
        "form": form, "title": title, "submit": submit, "back": back, "crumb": crumb, "facts": list(facts),
        "hint": hint, "text": text,
    }  # fmt: skip
    return render(request, "employment/audits/form.html", context)


def export_page(
    request: HttpRequest, which: List, rows: Any, *, count: int, chosen: dict[str, str], back: str
) -> HttpResponse:
    """Asks why, then hands out exactly the rows that the filter shows."""
    form = OutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        export_list(
            which,
            rows,
            file,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            chosen=[f"{label}：{value}" for label, value in chosen.items()],
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{which.title}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {
        "form": form,
        "heading": f"导出{which.title}",
        "page": which.title,
        "holds": which.holds,
        "chosen": chosen,
        "count": count,
        "back": back,
    }
    return render(request, "employment/audits/export.html", context)
