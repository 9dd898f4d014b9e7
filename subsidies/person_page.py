"""两项补贴 on the person page: what was paid year by month, what has been granted, stopped and demanded, and the acts.

Money that is to come back and findings are shown to whoever works on the subsidies; a community worker sees
what was paid, and what is suspended.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from registry.contributions import Happening, Section
from registry.models import Person
from registry.persons import rows_of
from subsidies.comparison.causes import cause_label
from subsidies.models import (
    Application,
    ApplicationState,
    Finding,
    Grant,
    LineKind,
    Payment,
    PaymentLine,
    Resumption,
    Review,
    Stop,
    StopCode,
    Subsidy,
)
from subsidies.recovering import demands
from subsidies.rules import ROSTERS
from subsidies.services.applications.cases import CIVIL_REVIEW
from subsidies.services.stops import RECORD_STOPS
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day, month_of, next_month

MONTHS = range(1, 13)
VIEW = "subsidies.view_subsidies"


def section(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The section's data; None where nothing is on file and the reader has nothing to do here."""
    grants, stops = grants_of(person), stops_of(person)
    views = by.has_perm(VIEW)
    findings = rows_of(person, "findings", newest="since_month", queryset=Finding.objects.standing()) if views else []
    open_demands = [row for row in recoveries_of(person) if row.still > 0] if views else []
    parts = [
        {
            "subsidy": subsidy,
            "table": _table(payments_of(person, subsidy)),
            "grants": [row for row in grants if row.subsidy == subsidy],
            "stops": [_stop(row, today) for row in stops if row.subsidy == subsidy],
            "resumptions": [row for row in resumptions_of(person) if row.subsidy == subsidy],
            "demands": _summed([row for row in open_demands if row.subsidy == subsidy]),
            "findings": [(row, cause_label(row.cause)) for row in findings if row.subsidy == subsidy],
        }
        for subsidy in Subsidy
    ]
    reviews = rows_of(person, "reviews", newest="year")
    there = [grants, stops, findings, open_demands, reviews, *(part["table"] for part in parts)]
    if not any(there) and not by.has_perm(RECORD_STOPS):
        return None
    return {
        "parts": parts,
        "months": MONTHS,
        "reviews": reviews[:3],
        "views": views,
        "records": by.has_perm(RECORD_STOPS),
        "decides": by.has_perm(CIVIL_REVIEW),
    }


def _table(rows: list[Payment]) -> list[dict[str, Any]]:
    years: dict[int, dict[int, Payment]] = {}
    for row in rows:
        years.setdefault(row.month.year, {})[row.month.month] = row
    return [
        {
            "year": year,
            "cells": [(month, paid.get(month)) for month in MONTHS],
            "total": sum(row.amount_yuan for row in paid.values()),
        }
        for year, paid in years.items()
    ]


def _stop(row: Stop, today: datetime.date) -> dict[str, Any]:
    """A stop with how it stands: withdrawn, over, or in force."""
    if row.withdrawn_at is not None:
        label, tone = "已撤销", "idle"
    elif row.until_on is not None and row.until_on <= today:
        label, tone = "已终止", "idle"
    else:
        label, tone = ("暂停中" if row.code == StopCode.REVIEW else "停发中"), "warn"
    # Months lie between the event's and the one from which payment goes on: 民政 may put them back.
    last = month_of(row.until_on) if row.until_on else None
    gap = row.code == StopCode.REVIEW and last is not None and next_month(month_of(row.effective_on)) < last
    return {"row": row, "label": label, "tone": tone, "is_review": row.code == StopCode.REVIEW, "has_gap": gap}


def _summed(rows: list[Any]) -> dict[str, Any] | None:
    if not rows:
        return None
    months = sorted(row.benefit_month for row in rows)
    return {
        "count": len(rows),
        "first": months[0],
        "last": months[-1],
        "still": sum((row.still for row in rows), Decimal(0)),
    }


def payments_of(person: Person, subsidy: Subsidy) -> list[Payment]:
    """The rows of the subsidy's rosters."""
    return rows_of(person, f"{ROSTERS[subsidy]._meta.model_name}s", newest="month")


def grants_of(person: Person) -> list[Grant]:
    """Newest first, as the rest."""
    return rows_of(person, "grants", newest="first_month")


def stops_of(person: Person) -> list[Stop]:
    queryset = Stop.objects.select_related("recorded_by")
    return rows_of(person, "stops", newest="effective_on", queryset=queryset)


def resumptions_of(person: Person) -> list[Resumption]:
    return rows_of(person, "resumptions", newest="first_month")


def recoveries_of(person: Person) -> list[Any]:
    queryset = demands().select_related("run")
    return rows_of(person, "payment_lines", newest="benefit_month", queryset=queryset)


# the timeline


def timeline(person: Person) -> Iterator[Happening]:
    """Months paid without a gap in one line; what was decided, granted, stopped, put back, reviewed and demanded."""
    for subsidy in Subsidy:
        yield from _paid(person, subsidy)
    for application in rows_of(person, "applications", newest="applied_on"):
        yield from _application(application)
    for grant in grants_of(person):
        detail = f"自{grant.first_month:%Y-%m}起，{grant.get_origin_display()}"
        yield Happening(grant.granted_on, f"核定享受{grant.get_subsidy_display()}", detail)
    for stop in stops_of(person):
        if stop.withdrawn_at is None:
            verb = "暂停" if stop.code == StopCode.REVIEW else "停发"
            detail = f"{stop.get_code_display()}，次月起{verb}"
            yield Happening(stop.effective_on, f"{verb}{stop.get_subsidy_display()}", detail)
            if stop.until_on is not None:
                what = "复核后恢复" if stop.code == StopCode.REVIEW else "停发原因消失"
                yield Happening(stop.until_on, f"{what}：{stop.get_subsidy_display()}", stop.get_code_display())
    for row in resumptions_of(person):
        detail = f"{row.first_month:%Y-%m}至{row.last_month:%Y-%m}，{row.reason}"
        yield Happening(row.decided_on, f"决定恢复补发{row.get_subsidy_display()}", detail)
    for review in rows_of(person, "reviews", newest="year"):
        yield Happening(review.reviewed_on, f"{review.year}年度复核", _review(review))
    yield from _recoveries(person)


def _review(review: Review) -> str:
    note = f"：{review.note}" if review.note else ""
    return f"{review.get_result_display()}（{review.get_method_display()}）{note}"


def _application(row: Application) -> Iterator[Happening]:
    yield Happening(row.applied_on, f"申请{row.get_subsidy_display()}")
    if row.decided_on is not None and row.state in (ApplicationState.GRANTED, ApplicationState.REFUSED):
        yield Happening(row.decided_on, f"{row.get_subsidy_display()}申请：{row.get_state_display()}", row.reason)


def _recoveries(person: Person) -> Iterator[Happening]:
    """One line for the demands of one run; how much, the pages for whoever works on them say."""
    by_run: dict[int, list[PaymentLine]] = {}
    for line in recoveries_of(person):
        by_run.setdefault(line.run_id, []).append(line)
    for lines in by_run.values():
        run, months = lines[0].run, sorted(line.benefit_month for line in lines)
        on = run.approved_at.date() if run.approved_at else run.month
        until = f"至{months[-1]:%Y-%m}" if len(months) > 1 else ""
        detail = f"{months[0]:%Y-%m}{until}，{len(months)}个月（批次 {run.code}）"
        yield Happening(on, f"{LineKind.RECOVERY.label}{run.get_subsidy_display()}", detail)


def _paid(person: Person, subsidy: Subsidy) -> Iterator[Happening]:
    paid = [row for row in payments_of(person, subsidy)[::-1] if row.amount_yuan > 0]
    for run in _runs(paid):
        last = run[-1].month
        total = sum((row.amount_yuan for row in run), Decimal(0))
        until = f"至{last.year}年{last.month}月，" if len(run) > 1 else ""
        yield Happening(
            run[0].month,
            f"发放{subsidy.label}",
            f"{until}共{len(run)}个月、{total.normalize():f}元",
            when=f"{run[0].month:%Y-%m}",
        )


def _runs(paid: list[Payment]) -> list[list[Payment]]:
    runs: list[list[Payment]] = []
    for row in paid:
        if runs and row.month <= last_day(runs[-1][-1].month) + datetime.timedelta(days=1):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


SECTIONS = (Section(50, "subsidies", "两项补贴", "subsidies/person.html", section),)
