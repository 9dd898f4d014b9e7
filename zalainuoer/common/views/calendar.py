"""节假日: the years that are maintained, a year's days, and a whole notice pasted at once."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from zalainuoer.common import holidays
from zalainuoer.common.calendar_forms import CalendarDayForm, CalendarPasteForm
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import CalendarDay

manages_parameters = permission_required("common.manage_parameters", raise_exception=True)
NOTICE_MONTH = 11  # by when the State Council has published the next year's days
WEEKDAYS = "一二三四五六日"


@manages_parameters
@never_cache
def calendar_list(request: HttpRequest) -> HttpResponse:
    """One year's days; which years are maintained, and whether the next one should be by now."""
    today = timezone.localdate()
    maintained = holidays.maintained_years()
    year = _year(request, today)
    rows = CalendarDay.objects.filter(day__year=year)
    shown = sorted({*maintained, today.year, today.year + 1, year}, reverse=True)
    context = {
        "year": year,
        "lines": [{"row": row, "weekday": WEEKDAYS[row.day.weekday()]} for row in rows],
        "years": [{"year": each, "days": maintained.get(each, 0)} for each in shown],
        "wanting": [each for each in _due_years(today) if each not in maintained],
    }
    return render(request, "calendar/list.html", context)


def _year(request: HttpRequest, today: datetime.date) -> int:
    asked = request.GET.get("year", "")
    is_year = asked.isascii() and asked.isdigit() and int(asked) in holidays.YEARS
    return int(asked) if is_year else today.year


def _due_years(today: datetime.date) -> list[int]:
    """The years whose days should be known: this one, and from November on the next."""
    return [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]


@manages_parameters
@never_cache
def calendar_add(request: HttpRequest) -> HttpResponse:
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = holidays.day_add(by=request.user, **form.values)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已登记 {row.day} {_act(row)}。")
            _warn(request, [(row.day, row.is_working)])
            return redirect(_list_of(row.day.year))
    return render(request, "calendar/form.html", {"form": form, "title": "新增一天", "submit": "保存"})


@manages_parameters
@never_cache
def calendar_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CalendarDay, pk=pk)
    form = CalendarDayForm(request.POST or None, initial=CalendarDayForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            changed = holidays.day_change(row=row, by=request.user, **form.values)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已修改为 {changed.day} {_act(changed)}。")
            _warn(request, [(changed.day, changed.is_working)])
            return redirect(_list_of(changed.day.year))
    return render(request, "calendar/form.html", {"form": form, "title": f"修改 {row.day}", "submit": "保存"})


@manages_parameters
@never_cache
def calendar_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; tells where the year is left without any day."""
    row = get_object_or_404(CalendarDay, pk=pk)
    is_last = not CalendarDay.objects.filter(day__year=row.day.year).exclude(pk=pk).exists()
    if request.method == "POST":
        try:
            holidays.day_delete(row=row, by=request.user)
        except RuleBroken as broken:
            messages.error(request, broken.message)
        else:
            messages.success(request, f"已删除 {row.day} {_act(row)}。")
        return redirect(_list_of(row.day.year))
    return render(request, "calendar/delete.html", {"row": row, "act": _act(row), "is_last": is_last})


@manages_parameters
@never_cache
def calendar_paste(request: HttpRequest) -> HttpResponse:
    """A whole notice; every line that cannot be read is named, and then nothing is stored."""
    form = CalendarPasteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text, document = form.cleaned_data["text"], form.cleaned_data["document"]
        try:
            pasted = holidays.year_paste(text=text, document=document, by=request.user)
        except holidays.BadLines as bad:
            form.add_error(None, bad.message)
            for sentence in bad.problems:
                form.add_error("text", sentence)
        else:
            messages.success(
                request, f"已保存：新增 {pasted.added} 天，更改 {pasted.changed} 天，{pasted.same} 天没有变化。"
            )
            _warn(request, [(day, line.is_working) for line in holidays.read_lines(text) for day in line.days])
            return redirect(_list_of(pasted.years[-1]))
    context: dict[str, Any] = {"form": form, "example": holidays.EXAMPLE}
    return render(request, "calendar/paste.html", context)


def _warn(request: HttpRequest, days: list[tuple[datetime.date, bool]]) -> None:
    if found := holidays.doubtful(days):
        named = "、".join(f"{day}（周{WEEKDAYS[day.weekday()]}）" for day in found)
        messages.warning(request, f"{named}本来就是工作日，登记为“上班”没有作用，请核对日期。")


def _act(row: CalendarDay) -> str:
    return f"{row.name}{holidays.WORKED if row.is_working else holidays.HOLIDAY}"


def _list_of(year: int) -> str:
    return f"{reverse('calendar_list')}?year={year}"
