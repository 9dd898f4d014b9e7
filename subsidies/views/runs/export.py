"""A locked run out of the system: for 财政, and for the bank."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.forms.runs import RunExportForm
from subsidies.models import PaymentRun
from subsidies.runs import overview
from subsidies.runs.exporting import TITLES, export_run
from subsidies.views.runs.access import of_the_district

exports = permission_required("subsidies.export_subsidies", raise_exception=True)


@of_the_district
@exports
@never_cache
def run_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what and why, then hands out a locked run."""
    found = get_object_or_404(PaymentRun, pk=pk)
    if not found.is_locked:
        messages.warning(request, f"{found}的批次还没有锁定，不能导出。")
        return redirect("run", found.pk)
    form = RunExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        kind = form.cleaned_data["kind"]
        export_run(
            found,
            file,
            kind=kind,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{found.code} {TITLES[kind]}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    without = overview.without_account(found).count()
    context = {"form": form, "run": found, "sent": overview.sent(found), "without": without}
    return render(request, "subsidies/runs/export.html", context)
