"""The levy of a year: every employer with what it owes, reckoned by night or by the button; the list as a workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from employment.forms.levy import LevyFilter, year_choices
from employment.levy_exporting import export_levies
from employment.models import Employer, QuotaSheet
from employment.rules.terms import expiring
from employment.services.quota import quota_reckon
from employment.views.levy.access import for_district, note, sees_levy, takes_out
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
ORDER = ("-net_yuan", "employer__name", "pk")


def _ordered(rows: QuerySet[QuotaSheet]) -> QuerySet[QuotaSheet]:
    """Who cannot be reckoned first, for something is to be done there; then who owes most."""
    return rows.order_by(*ORDER)  # PostgreSQL sorts NULL before the largest


@sees_levy
@for_district
@never_cache
def levy_list(request: HttpRequest) -> HttpResponse:
    """The employers of a year with their figures and the totals of what is shown."""
    today = timezone.localdate()
    form = LevyFilter(request.GET, today=today)
    rows = form.found()
    page = Paginator(_ordered(rows), PAGE).get_page(request.GET.get("page"))
    year = form.year_of
    context = {
        "form": form,
        "chosen": form.chosen,
        "query": form.query,
        "year": year,
        "page_obj": page,
        "totals": totals(rows),
        "warnings": expiring(year=year, today=today),
        "reckoned_at": QuotaSheet.objects.filter(year=year).aggregate(at=Max("reckoned_at"))["at"],
        "has_employers": Employer.objects.exists(),
    }
    return render(request, "employment/levy/list.html", context)


def totals(rows: QuerySet[QuotaSheet]) -> dict[str, Any]:
    """Sums of what is known, and of how many employers it is not."""
    return rows.order_by().aggregate(
        employers=Count("pk"),
        owing=Count("pk", filter=Q(net_yuan__gt=0)),
        open=Count("pk", filter=Q(net_yuan__isnull=True)),
        undeclared=Count("pk", filter=Q(is_undeclared=True)),
        required_people=Sum("required"),
        placed_people=Sum("placed"),
        gap_people=Sum("gap"),
        gross=Sum("gross_yuan", default=Decimal(0)),
        net=Sum("net_yuan", default=Decimal(0)),
    )


@sees_levy
@for_district
@never_cache
@require_POST
def levy_reckon(request: HttpRequest) -> HttpResponse:
    """Reckons a year anew, or one employer's."""
    known = {str(year): year for year, _ in year_choices(timezone.localdate())}
    year = known.get(request.POST.get("year", ""))
    key = request.POST.get("employer", "")
    employer = int(key) if key.isdecimal() and len(key) < 19 else None
    if year is None or (key and employer is None):
        messages.warning(request, "没有选择年度，没有测算。请选择年度后再试。")
        return redirect("levy_list")
    try:
        changes = quota_reckon(
            year=year, at=timezone.now(), by=request.user, employers=None if employer is None else [employer]
        )
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, changes.in_words())
    if employer is not None:
        return redirect("levy_sheet", employer, year)
    return redirect(f"{reverse('levy_list')}?year={year}")


@takes_out
@for_district
@never_cache
def levy_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the employers that the list's filter shows."""
    form = LevyFilter(request.GET, today=timezone.localdate())
    rows = _ordered(form.found())
    title = f"{form.year_of}年度残保金测算"

    def write(file: IO[bytes], reason: str) -> None:
        export_levies(file, year=form.year_of, rows=rows, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        what = f"导出{title}" + (f"：{'、'.join(form.chosen)}" if form.chosen else "")
        note(request, AccessAct.EXPORT, what, people=0, reason=reason)

    return take_out(
        request,
        title=title,
        write=write,
        count=rows.count(),
        back=f"{reverse('levy_list')}?{form.query}",
        group="按比例就业",
        page="残保金测算",
        holds="个单位的测算结果，不含人员",
        chosen={"年度": f"{form.year_of}年", **form.chosen},
        example="送税务局核对",
    )
