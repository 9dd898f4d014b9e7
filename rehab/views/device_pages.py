"""What the devices' pages share: who may, whom a look is noted of, and a list on its way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rehab.device_exporting import List, export_list
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
EXPORT = ("rehab.record_services", "registry.export_people")
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
records = permission_required("rehab.record_services", raise_exception=True)
manages = permission_required("rehab.manage_rehab", raise_exception=True)
exports = permission_required(EXPORT, raise_exception=True)


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Writes down whose data has been shown."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


def in_words(broken: RuleBroken) -> str:
    """What a rule says, with its source."""
    return f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message


def export_page(request: HttpRequest, which: List, rows: Any, *, chosen: dict[str, str], back: str) -> HttpResponse:
    """Asks why, then hands out exactly the rows that the filter shows."""

    def write(file: IO[bytes], reason: str) -> None:
        export_list(
            which,
            rows,
            file,
            by=request.user,
            at=timezone.now(),
            reason=reason,
            chosen=_words(chosen),
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=which.title,
        write=write,
        count=rows.count(),
        back=back,
        group="康复服务",
        page=which.title,
        holds="条，涉及个人的含完整姓名和身份证号",
        chosen=chosen,
        example="交各街道核对",
    )


def _words(chosen: dict[str, str]) -> Iterable[str]:
    return (f"{label}：{value}" for label, value in chosen.items())
