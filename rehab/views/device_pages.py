"""What the devices' pages share: who may, whom a look is noted of, and a list on its way out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rehab.device_exporting import List, export_list
from rehab.forms.devices import DeviceExportForm
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

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
    form = DeviceExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        export_list(
            which,
            rows,
            file,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            chosen=_words(chosen),
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{which.title}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {
        "form": form,
        "heading": f"导出{which.title}",
        "page": which.title,
        "holds": "，涉及个人的含完整姓名和身份证号",
        "chosen": chosen,
        "count": rows.count(),
        "back": back,
    }
    return render(request, "rehab/export.html", context)


def _words(chosen: dict[str, str]) -> Iterable[str]:
    return (f"{label}：{value}" for label, value in chosen.items())
