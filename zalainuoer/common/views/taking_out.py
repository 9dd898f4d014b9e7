"""A list on its way out of the system: a page that asks why, and the workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from typing import IO, Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zalainuoer.common.forms import PlainWords


class TakeOutForm(PlainWords, forms.Form):
    """Why a list leaves the system; `example` is a reason as somebody might give it."""

    reason = forms.CharField(label="导出事由", max_length=200)

    def __init__(self, *args: Any, example: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"写明用途，如“{example}”。事由会记入导出登记。"


def take_out(
    request: HttpRequest,
    *,
    title: str,
    write: Callable[[IO[bytes], str], object],
    count: int,
    back: str,
    group: str,
    page: str,
    holds: str = "条",
    chosen: Mapping[str, str] | None = None,
    example: str = "报区政府",
    is_whole: bool = False,
    file_name: str = "",
) -> HttpResponse:
    """Asks why, then hands out what `write(file, reason)` has written and noted in the register of exports.

    `back` leads to the page named `page` of the menu's `group`; `holds` goes on after the number of rows, `chosen` are
    the filters in force, in words. A thing that `is_whole` goes out even where its list has no row.
    """
    form = TakeOutForm(request.POST or None, example=example)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        write(file, form.cleaned_data["reason"])
        file.seek(0)
        name = file_name or f"{title}（{timezone.localdate():%Y%m%d}导出）"
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    context = {
        "form": form, "title": title, "count": count, "back": back, "group": group, "page": page, "holds": holds,
        "chosen": chosen, "may": count or is_whole,
    }  # fmt: skip
    return render(request, "export.html", context)
