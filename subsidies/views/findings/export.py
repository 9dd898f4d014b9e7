"""Findings on their way out of the system."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.comparison.exporting import TITLE, export_findings
from subsidies.forms.findings import FindingExportForm
from subsidies.views.findings.common import chosen_by, exports, list_url, visible


@exports
@never_cache
def finding_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the findings that the filter shows."""
    chosen = chosen_by(request, request.GET)
    rows = chosen.found(visible(request))
    form = FindingExportForm(request.POST or None)
    back = list_url(chosen)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        what = "导出两项补贴比对结果"
        if chosen.chosen:
            what += f"：{'、'.join(chosen.chosen)}"
        export_findings(
            rows,
            file,
            layout=form.cleaned_data["layout"],
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            what=what,
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{TITLE}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {"form": form, "chosen": chosen.chosen, "count": rows.count(), "back": back}
    return render(request, "subsidies/findings/export.html", context)
