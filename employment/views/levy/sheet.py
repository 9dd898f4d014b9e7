"""测算表: one employer's year, every figure with its formula, the people it rests on; on paper and as a workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.levy import LateFeeForm
from employment.levy_exporting import export_sheet
from employment.levy_sheet import LevySheet
from employment.models import Employer
from employment.rules.levy import CEILING, LATE, late_fee, money, percent
from employment.services.quota import YEARS
from employment.views.levy.access import for_district, note, sees_levy, takes_out
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters
from zalainuoer.common.views.taking_out import take_out


def _sheet(pk: int, year: int) -> LevySheet:
    if year not in YEARS:
        raise Http404
    return LevySheet(get_object_or_404(Employer, pk=pk), year, today=timezone.localdate())


@sees_levy
@for_district
@never_cache
def levy_sheet(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """The lines of the sheet, the people month by month with what keeps them from counting, and the late fee."""
    sheet = _sheet(pk, year)
    people = sheet.people
    note(
        request, AccessAct.LIST, f"残保金测算表 {year}年：安排的残疾人", people=len({each.person.pk for each in people})
    )
    form = LateFeeForm(request.GET if "days" in request.GET else None)
    context = {
        "sheet": sheet,
        "row": sheet.row,
        "employer": sheet.employer,
        "year": year,
        "persons": list({each.person.pk: each.person for each in people}.values()),
        "late_form": form,
        "late": _late(sheet, form),
        "later": sheet.today.year >= year + 1,
    }
    return render(request, "employment/levy/sheet.html", context)


def _late(sheet: LevySheet, form: LateFeeForm) -> dict[str, Any] | None:
    """The late fee of the net fee for the days asked; None where nothing is owed or nothing is asked."""
    principal = sheet.row.net_yuan if sheet.row else None
    if not principal or not form.is_bound or not form.is_valid():
        return None
    parameters, days = Parameters(on=sheet.today), form.cleaned_data["days"]
    try:
        daily = Decimal(str(parameters["employment.late_fee_daily"]))
        ceiling = Decimal(str(parameters["employment.late_fee_ceiling"]))
    except ParameterMissing as missing:
        return {"problem": missing.message}
    fee = late_fee(principal, days, daily=daily, ceiling=ceiling)
    figures = f"{money(principal)}×{percent(daily)}×{days} 天，最多 {money(principal * ceiling)}"
    return {"fee": fee, "figures": figures, "source": f"{LATE}；{CEILING}", "days": days}


@sees_levy
@for_district
@never_cache
def levy_sheet_print(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """The sheet on paper, in the columns of the national form; it counts people and names none."""
    sheet = _sheet(pk, year)
    if sheet.row is None:
        return redirect("levy_sheet", pk, year)
    note(request, AccessAct.PRINT, f"残保金测算表 {year}年（不含姓名）", people=0)
    context = {"sheet": sheet, "row": sheet.row, "employer": sheet.employer, "year": year, "at": timezone.now()}
    return render(request, "employment/levy/print.html", context)


@takes_out
@for_district
@never_cache
def levy_sheet_export(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Asks why, then hands the sheet out, with the whole names and numbers of the people on its last page."""
    sheet = _sheet(pk, year)
    if sheet.row is None:
        return redirect("levy_sheet", pk, year)
    count = len({each.person.pk for each in sheet.people})

    def write(file: IO[bytes], reason: str) -> None:
        export_sheet(file, sheet, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        what = f"导出残保金测算表 {year}年（完整号码）"
        note(request, AccessAct.EXPORT, what, people=count, reason=reason)

    return take_out(
        request,
        title="测算表",
        write=write,
        count=count,
        back=reverse("levy_sheet", args=[pk, year]),
        group="按比例就业",
        page="测算表",
        holds="名残疾人的完整姓名和身份证号，以及测算过程",
        chosen={"单位": str(sheet.employer), "年度": f"{year}年"},
        example="送税务局核对",
        is_whole=True,
        file_name=f"{year}年度残保金测算表（{sheet.employer}）",
    )
