"""一户一策: the items of the plan, and the funds that pay them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accessibility import parts_first
from accessibility.forms.homes import PlanItemForm, SharesForm
from accessibility.models import HomeStage, PlanItem
from accessibility.services.homes import planning
from accessibility.views.common import done, home_form, in_words, note_home, records_homes, the_home
from zalainuoer.common.errors import RuleBroken


@records_homes
@never_cache
def home_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Items and funds with their sums, and what is still wrong."""
    home = the_home(request, pk)
    form = SharesForm(request.POST or None, home=home)

    def save() -> None:
        planning.shares_save(home=home, budgets=form.cleaned_data, by=request.user)

    if done(request, form, save, "已保存资金构成。"):
        return redirect("home_plan", home.pk)
    note_home(request, home, "改造方案")
    context = {
        "home": home,
        "form": form,
        "data": parts_first.plan(home, request.user, timezone.localdate()),
        "cap": planning.known_cap(timezone.localdate()),
        "is_open": home.stage == HomeStage.PLANNING,
        "refusal": planning.refusal_to_plan(home),
        "finish": reverse("home_act", args=[home.pk, "plan"]),
    }
    return render(request, "accessibility/homes/plan.html", context)


@records_homes
@never_cache
def plan_item_add(request: HttpRequest, pk: int) -> HttpResponse:
    return _item(request, pk, None)


@records_homes
@never_cache
def plan_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    return _item(request, pk, item)


def _item(request: HttpRequest, pk: int, item: int | None) -> HttpResponse:
    home = the_home(request, pk)
    row = None if item is None else get_object_or_404(PlanItem.objects.select_related("item"), pk=item, home=home)
    form = PlanItemForm(request.POST or None, row=row)
    return home_form(
        request,
        home,
        form,
        lambda: planning.plan_item_save(home=home, plan_item=row, by=request.user, **form.cleaned_data),
        title="新增项目" if row is None else f"修改项目：{row.item}",
        submit="保存项目",
        said="已保存项目。",
        back=reverse("home_plan", args=[home.pk]),
    )


@records_homes
@require_POST
def plan_item_delete(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Takes an item out of the plan."""
    home = the_home(request, pk)
    row = get_object_or_404(PlanItem.objects.select_related("item"), pk=item, home=home)
    try:
        planning.plan_item_delete(home=home, plan_item=row, by=request.user)
    except RuleBroken as broken:
        messages.error(request, in_words(broken))
    else:
        messages.success(request, f"已从方案中删除“{row.item}”。")
    return redirect("home_plan", home.pk)


urls = [
    path("accessibility/homes/<int:pk>/plan/", home_plan, name="home_plan"),
    path("accessibility/homes/<int:pk>/plan/add/", plan_item_add, name="plan_item_add"),
    path("accessibility/homes/<int:pk>/plan/<int:item>/", plan_item, name="plan_item"),
    path("accessibility/homes/<int:pk>/plan/<int:item>/delete/", plan_item_delete, name="plan_item_delete"),
]
