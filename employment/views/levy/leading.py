"""带头安排: the large organs and institutions of a year, and what the public employers have placed together."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.levy import LeadingFilter
from employment.models import AdminLevel, EmployerYear, QuotaSheet
from employment.rules.leading import PUBLIC, TOGETHER, bound_to_lead, lead_deadline, share
from employment.rules.levy import percent
from employment.rules.terms import ParameterBook
from employment.views.levy.access import for_district, sees_levy
from zalainuoer.common.errors import ParameterMissing


@sees_levy
@for_district
@never_cache
def leading_list(request: HttpRequest) -> HttpResponse:
    """Which of the large ones have placed nobody, by level; the aggregate of the level, or of district and below."""
    today = timezone.localdate()
    form = LeadingFilter(request.GET, today=today)
    year = form.year_of
    chosen = form.cleaned_data if form.is_valid() else {}
    level = chosen.get("level", "")
    book = ParameterBook()
    now, then = book.on(today), book.on(datetime.date(year, 12, 31))
    lines, problem = [], ""
    try:
        rule = bound_to_lead(now, levels=[level] if level else ())
        if form.is_valid():
            lines = _lines(rule.people(EmployerYear.objects.filter(year=year)), year)
    except ParameterMissing as missing:
        problem = missing.message
    without = [line for line in lines if line["state"] == "nobody"]
    context = {
        "form": form,
        "chosen": form.chosen,
        "query": form.query,
        "year": year,
        "lines": lines if chosen.get("show") == "all" else [line for line in lines if line["state"] != "placed"],
        "all": lines,
        "without": without,
        "open": [line for line in lines if line["state"] == "open"],
        "problem": problem,
        "organ": now.get("employment.lead_organ_posts"),
        "institution": now.get("employment.lead_institution_posts"),
        "deadline": lead_deadline(now),
        "today": today,
        "together": _together(year, [level] if level else list(TOGETHER), then["employment.quota_ratio"]),
        "levels": AdminLevel(level).label if level else "、".join(each.label for each in TOGETHER),
    }
    return render(request, "employment/levy/leading.html", context)


def _lines(rows: QuerySet[EmployerYear], year: int) -> list[dict[str, Any]]:
    found = list(rows.select_related("employer").order_by("employer__name", "pk"))
    sheets = {
        sheet.employer_id: sheet
        for sheet in QuotaSheet.objects.filter(year=year, employer__in=[row.employer_id for row in found])
    }
    lines = []
    for row in found:
        sheet = sheets.get(row.employer_id)
        placed = None if sheet is None else sheet.placed
        state = "open" if placed is None else "nobody" if placed == 0 else "placed"
        lines.append({"row": row, "employer": row.employer, "sheet": sheet, "placed": placed, "state": state})
    return lines


def _together(year: int, levels: list[str], ratio: Any) -> dict[str, Any]:
    """Σ安排人数÷Σ编制 of organs and institutions of the levels, schools too, against the ratio of the year."""
    public = Q(employer__kind__in=PUBLIC, employer__level__in=levels)
    years = EmployerYear.objects.filter(public, year=year)
    posts = years.aggregate(sum=Sum("posts"), without=Count("pk", filter=Q(posts__isnull=True)))
    counted = QuotaSheet.objects.filter(public, year=year).aggregate(
        sum=Sum("placed"), open=Count("pk", filter=Q(placed__isnull=True))
    )
    placed = Fraction(counted["sum"] or 0)
    rate = share(placed, posts["sum"] or 0)
    return {
        "posts": posts["sum"],
        "without": posts["without"],
        "placed": counted["sum"] or 0,
        "open": counted["open"],
        "rate": None if rate is None else percent(rate),
        "ratio": None if ratio is None else percent(Fraction(str(ratio))),
        "is_reached": None if rate is None or ratio is None else rate >= Fraction(str(ratio)),
    }
