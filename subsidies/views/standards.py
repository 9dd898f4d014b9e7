"""补贴标准: what a month of a subsidy comes to, for whom; and whether a local document has opened further groups."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import AssistanceKind, Category, Level
from subsidies.forms.standards import EndForm, StandardForm
from subsidies.models import Standard, Subsidy
from subsidies.services import standards as services
from subsidies.switches import switches
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.months import month_of, months_between
from zalainuoer.common.rules import labels

manages_standards = permission_required("subsidies.manage_standards", raise_exception=True)
NOW, FUTURE, PAST = "现行", "尚未执行", "已停止"
ANYBODY = "不限"
MONTHS_LOOKED_AT = 13


@dataclass(frozen=True)
class ShownStandard:
    """A standard in words."""

    row: Standard
    conditions: list[tuple[str, str]]
    is_paid_by: bool


@dataclass(frozen=True)
class ShownSubsidy:
    """A subsidy's standards by time, and the recent months that have none."""

    subsidy: Subsidy
    groups: list[tuple[str, list[ShownStandard]]]
    missing: list[datetime.date]


@manages_standards
@never_cache
def standard_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = list(Standard.objects.order_by("subsidy", "-first_month", "name"))
    paid = services.paid_by(rows)
    shown = [_shown(Subsidy(code), [row for row in rows if row.subsidy == code], paid, today) for code in Subsidy]
    context = {"subsidies": shown, "switches": switches(today=today)}
    return render(request, "subsidies/standards/list.html", context)


def _shown(subsidy: Subsidy, rows: list[Standard], paid: set[int], today: datetime.date) -> ShownSubsidy:
    month = month_of(today)
    groups = {
        name: [ShownStandard(row, in_words(row), row.pk in paid) for row in rows if _when(row, month) == name]
        for name in (NOW, FUTURE, PAST)
    }
    return ShownSubsidy(subsidy, list(groups.items()), list(_missing(rows, month)))


def _when(row: Standard, month: datetime.date) -> str:
    if row.first_month > month:
        return FUTURE
    return PAST if row.last_month is not None and row.last_month < month else NOW


def _missing(rows: list[Standard], month: datetime.date) -> Iterable[datetime.date]:
    """The recent months, this one included, without any standard."""
    first = month_of(month - datetime.timedelta(days=365))
    for each in list(months_between(first, month))[-MONTHS_LOOKED_AT:]:
        if not any(row.first_month <= each and (row.last_month is None or row.last_month >= each) for row in rows):
            yield each


def in_words(row: Standard) -> list[tuple[str, str]]:
    """Whom a standard is for: (condition, what it asks)."""
    return [
        ("等级", labels(Level, row.levels) or ANYBODY),
        ("类别", labels(Category, row.categories) or ANYBODY),
        ("户口", row.get_hukou_type_display() or ANYBODY),
        ("救助类型", labels(AssistanceKind, row.assistance_kinds) or ANYBODY),
    ]


@manages_standards
@never_cache
def standard_add(request: HttpRequest) -> HttpResponse:
    """A new class, or the next amount of one."""
    chosen = {name: request.GET[name] for name in ("subsidy",) if name in request.GET}
    form = StandardForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, form, lambda: services.standard_add(by=request.user, **form.values))
        if saved is not None:
            messages.success(request, f"已新增标准“{saved}”，自 {saved.first_month:%Y-%m} 起执行。")
            return redirect("standard_list")
    context = {"form": form, "title": "新增补贴标准", "submit": "保存"}
    return render(request, "subsidies/standards/form.html", context)


@manages_standards
@never_cache
def standard_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of a standard, or what may still be changed of one that was paid by."""
    standard = get_object_or_404(Standard, pk=pk)
    paid = services.paid_until(standard)
    form = StandardForm(request.POST or None, standard=standard, is_paid_by=paid is not None)
    if request.method == "POST" and form.is_valid():
        saved = _saved(
            request,
            form,
            lambda: services.standard_change(
                standard=standard,
                by=request.user,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                **form.values,
            ),
        )
        if saved is not None:
            messages.success(request, f"已修改标准“{saved}”。")
            return redirect("standard_list")
    context = {"form": form, "title": f"修改标准：{standard}", "submit": "保存修改", "paid": paid}
    return render(request, "subsidies/standards/form.html", context)


@manages_standards
@never_cache
def standard_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The month a standard ends with."""
    standard = get_object_or_404(Standard, pk=pk)
    form = EndForm(request.POST or None, standard=standard)
    if request.method == "POST" and form.is_valid():
        saved = _saved(
            request,
            form,
            lambda: services.standard_end(
                standard=standard,
                last_month=form.cleaned_data["last_month"],
                by=request.user,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
            ),
        )
        if saved is not None:
            messages.success(request, f"标准“{saved}”执行到 {saved.last_month:%Y-%m} 为止。")
            return redirect("standard_list")
    context: dict[str, Any] = {"form": form, "standard": standard, "conditions": in_words(standard)}
    return render(request, "subsidies/standards/end.html", context)


def _saved(request: HttpRequest, form: Any, save: Callable[[], Standard]) -> Standard | None:
    """What was saved, with the warnings told; None where it was refused, which the form then says."""
    try:
        saved = save()
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return None
    for sentence in services.warnings_of(saved):
        messages.warning(request, sentence)
    return saved


urls = [
    path("subsidies/standards/", standard_list, name="standard_list"),
    path("subsidies/standards/add/", standard_add, name="standard_add"),
    path("subsidies/standards/<int:pk>/", standard_change, name="standard_change"),
    path("subsidies/standards/<int:pk>/end/", standard_end, name="standard_end"),
]
