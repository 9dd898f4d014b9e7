"""What the audit's pages share: who may, the employer within the area, a list on its way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from employment.audit_exporting import List, export_list
from employment.models import Audit
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division, DivisionLevel
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

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

    def write(file: IO[bytes], reason: str) -> None:
        export_list(
            which,
            rows,
            file,
            by=request.user,
            at=timezone.now(),
            reason=reason,
            chosen=[f"{label}：{value}" for label, value in chosen.items()],
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=which.title,
        write=write,
        count=count,
        back=back,
        group="按比例就业",
        page=which.title,
        holds=f"条{which.holds}",
        chosen=chosen,
        example="报送税务部门征收",
    )
