"""年度任务: the homes and the yuan that a year's documents give; kept by the federation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms.year_tasks import YearTaskForm, YearTaskWithdrawForm
from accessibility.models import YearTask
from accessibility.services import year_tasks as services
from accessibility.target import goal_on
from zalainuoer.common.errors import RuleBroken

manages = permission_required(("accessibility.view_accessibility", "accessibility.manage_homes"), raise_exception=True)


@manages
@never_cache
def year_task_list(request: HttpRequest) -> HttpResponse:
    """All lines, the latest year first; what the years ask together beside the plan's target."""
    tasks = list(YearTask.objects.order_by("-year", "fund"))
    goal = goal_on(timezone.localdate())
    planned = short = None
    if goal is not None:
        span = range(goal.starts_on.year, goal.ends_on.year + 1)
        planned = sum(row.homes or 0 for row in tasks if row.year in span)
        short = max(0, goal.homes - planned)
    context = {"tasks": tasks, "goal": goal, "planned": planned, "short": short}
    return render(request, "accessibility/board/tasks.html", context)


@manages
@never_cache
def year_task_add(request: HttpRequest) -> HttpResponse:
    form = YearTaskForm(request.POST or None, initial={"year": timezone.localdate().year})

    def save() -> None:
        services.year_task_save(task=None, by=request.user, reason="", **form.cleaned_data)

    return _page(request, form, save, title="新增年度任务", submit="保存", said="已保存年度任务。")


@manages
@never_cache
def year_task_change(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(YearTask, pk=pk)
    form = YearTaskForm(request.POST or None, task=task)

    def save() -> None:
        services.year_task_save(task=task, by=request.user, **form.cleaned_data)

    return _page(request, form, save, title=f"修改{_named(task)}", submit="保存修改", said="已修改年度任务。")


@manages
@never_cache
def year_task_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(YearTask, pk=pk)
    form = YearTaskWithdrawForm(request.POST or None, task=task)

    def save() -> None:
        services.year_task_withdraw(task=task, by=request.user, **form.cleaned_data)

    return _page(request, form, save, title=f"撤下{_named(task)}", submit="撤下", said="已撤下年度任务。")


def _named(task: YearTask) -> str:
    return f"{task.year}年{task.get_fund_display() if task.fund else '任务户数'}"


def _page(
    request: HttpRequest, form: Any, save: Callable[[], None], *, title: str, submit: str, said: str
) -> HttpResponse:
    """A page of one form: does it and leads back, or shows it again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, said)
            return redirect("year_task_list")
    return render(request, "accessibility/board/task_form.html", {"form": form, "title": title, "submit": submit})


urls = [
    path("accessibility/year-tasks/", year_task_list, name="year_task_list"),
    path("accessibility/year-tasks/add/", year_task_add, name="year_task_add"),
    path("accessibility/year-tasks/<int:pk>/", year_task_change, name="year_task_change"),
    path("accessibility/year-tasks/<int:pk>/withdraw/", year_task_withdraw, name="year_task_withdraw"),
]
