"""The list of runs, the form that makes one, and 存量接收."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Func, IntegerField, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.forms.runs import PrepareForm, TakeoverForm
from subsidies.models import PAID_OUT, LineKind, PaymentRun, RunState, Subsidy
from subsidies.runs.overview import next_run
from subsidies.services import runs as services
from subsidies.services.takeover import grants_take_over, takeover_preview
from subsidies.views.runs.access import TONES, of_the_district
from zalainuoer.common.errors import RuleBroken

PAGE = 50


@of_the_district
@never_cache
def run_list(request: HttpRequest) -> HttpResponse:
    """Months and subsidies with what each run comes to; the form that makes the next one."""
    today = timezone.localdate()
    subsidy, month = next_run(today=today)
    form = PrepareForm(request.POST or None, subsidy=subsidy, month=month)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.run_prepare(by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已生成{run}的批次，请核对后提交。")
            return redirect("run", run.pk)
    rows = (
        PaymentRun.objects.defer("rules", "differences", "refused")
        .select_related("prepared_by", "submitted_by", "approved_by")
        .annotate(
            people=Count("lines__person", filter=Q(lines__kind__in=PAID_OUT), distinct=True),
            yuan=Sum("lines__amount_yuan", filter=Q(lines__kind__in=PAID_OUT)),
            demanded=Sum("lines__amount_yuan", filter=Q(lines__kind=LineKind.RECOVERY)),
            left_out=Func(F("refused"), function="jsonb_array_length", output_field=IntegerField()),
        )
        .order_by("-month", "subsidy")  # an aggregate forgets the model's own order
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": [{"run": run, "tone": TONES[RunState(run.state)]} for run in page.object_list],
        "may_prepare": request.user.has_perm(services.PREPARE),
    }
    return render(request, "subsidies/runs/list.html", context)


@of_the_district
@never_cache
def run_takeover(request: HttpRequest) -> HttpResponse:
    """Who would be taken over from the latest rosters; a second look before it is done."""
    sent = request.POST.get("subsidy", "")
    shown = []
    for subsidy in Subsidy:
        form = TakeoverForm(request.POST if sent == subsidy else None, auto_id=f"{subsidy}_%s")
        if sent == subsidy and form.is_valid():
            try:
                count = grants_take_over(by=request.user, today=timezone.localdate(), **form.cleaned_data)
            except RuleBroken as broken:
                form.add_error(None, broken.message)
            else:
                messages.success(request, f"已接收 {count} 人享受{subsidy.label}，下一个批次起由本系统发放。")
                return redirect("run_takeover")
        preview = takeover_preview(subsidy)
        form.initial = {"subsidy": subsidy.value, "seen": preview.version}
        shown.append({"preview": preview, "form": form})
    context = {"shown": shown, "may_prepare": request.user.has_perm(services.PREPARE)}
    return render(request, "subsidies/runs/takeover.html", context)
