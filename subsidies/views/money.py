"""资金情况: money by month, street and standard, as plots and tables, and as a workbook. Aggregates: it names nobody."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.forms.money import MoneyChoice
from subsidies.models import Subsidy
from subsidies.money import Tables, read, tables_of
from subsidies.money.drawing import plots_of
from subsidies.money.exporting import TITLE, export_money
from zalainuoer.common.models import AccessAct
from zalainuoer.common.months import next_month, previous_month
from zalainuoer.common.plots import Gap
from zalainuoer.common.services import access_record

views_money = permission_required("subsidies.view_money", raise_exception=True)


def _tables(request: HttpRequest, choice: MoneyChoice) -> dict[Subsidy, Tables]:
    """Both subsidies: the one that is looked at, and the other for its tile."""
    today = timezone.localdate()
    reports = {one: read(one, user=request.user, today=today, year=choice.year) for one in Subsidy}
    return {one: tables_of(report, user=request.user) for one, report in reports.items()}


@views_money
@never_cache
def money(request: HttpRequest) -> HttpResponse:
    choice = MoneyChoice(request.GET)
    both = _tables(request, choice)
    tables = both[choice.subsidy]
    report = tables.report
    context: dict[str, Any] = {
        "choice": choice,
        "tables": tables,
        "tiles": [_tile(choice, one) for one in both.values()],
        "years": _years(choice, both.values()),
        "export_query": choice.query(year=choice.year),
        "late": _late(tables),
    }
    if report.latest is not None:
        month = choice.among([row.month for row in tables.months if row.month not in report.without], report.latest)
        context |= {
            "month": month,
            "month_row": tables.row_of(month),
            "streets": tables.by_street[month],
            "totals": [(words, tables.by_standard[month][amount]) for amount, words in tables.standards],
            "lines": [
                {
                    "row": row,
                    "query": None if row.month in report.without else choice.query(year=choice.year, month=row.month),
                    "is_current": row.month == month,
                }
                for row in reversed(tables.months)
            ],
            "plots": plots_of(tables, month),
        }
    return render(request, "subsidies/money/page.html", context)


def _tile(choice: MoneyChoice, tables: Tables) -> dict[str, Any]:
    """A subsidy at a glance, and the way to it."""
    report = tables.report
    return {
        "subsidy": report.subsidy,
        "is_current": report.subsidy == choice.subsidy,
        "query": choice.query(subsidy=report.subsidy.value, year=choice.year),
        "month": report.latest,
        "paid": None if report.latest is None else tables.row_of(report.latest).paid,
        "total": tables.total,
        "total_is_known": not isinstance(tables.total, Gap),
        "months": len(tables.months),
        "outstanding": tables.outstanding,
    }


def _years(choice: MoneyChoice, both: Any) -> list[dict[str, Any]]:
    """The last 24 months, and every year that was paid for."""
    years = sorted({month.year for tables in both for month in tables.report.known}, reverse=True)
    return [
        {
            "label": f"{year} 年" if year else "近 24 个月",
            "query": choice.query(year=year),
            "is_current": choice.year == year,
        }
        for year in (None, *years)
    ]


def _late(tables: Tables) -> str:
    """The months that have gone by without a roster since the latest: 2026-01 至 2026-10."""
    known, last = tables.report.known, timezone.localdate().replace(day=1)
    if not known or known[-1] >= previous_month(last):
        return ""
    first, before = next_month(known[-1]), previous_month(last)
    return f"{first:%Y-%m}" if first == before else f"{first:%Y-%m} 至 {before:%Y-%m}"


@views_money
@never_cache
def money_export(request: HttpRequest) -> HttpResponse:
    """The tables of both subsidies for the months that the page shows."""
    choice = MoneyChoice(request.GET)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    export_money(list(_tables(request, choice).values()), file, by=request.user, at=timezone.now())
    span = f"{choice.year}年" if choice.year else "近24个月"
    access_record(
        by=request.user,
        act=AccessAct.EXPORT,
        what=f"导出{TITLE}（{span}，汇总数）",
        address=request.META.get("REMOTE_ADDR"),
    )
    file.seek(0)
    name = f"{TITLE}（{span}，{timezone.localdate():%Y%m%d}导出）.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


urls = [
    path("subsidies/money/", money, name="money"),
    path("subsidies/money/export/", money_export, name="money_export"),
]
