"""年度康复服务计划: made from the needs, arranged, followed by street and provider."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.services.facts import version
from rehab.forms.filters import NO_PROVIDER, PlanFilter
from rehab.forms.plans import ArrangeForm, WithdrawForm
from rehab.models import PlanLine
from rehab.planning import BY_PLACE, PlanState, counted, with_progress
from rehab.services import plans as services
from rehab.views.common import (
    PAGE,
    export_page,
    exports_rehab,
    keys,
    manages_rehab,
    note,
    survey_year,
    views_rehab,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

AT_ONCE = 500  # lines arranged in one go
TITLE = "康复服务计划"
COLUMNS = {
    "年度": 8, "需求类别": 16, "服务机构": 26, "计划月份": 10, "康复协调员": 14, "进展": 14, "完成日期": 14, "备注": 30,
}  # fmt: skip


def _filter(request: HttpRequest, data: Any) -> PlanFilter:
    return PlanFilter(data, user=request.user, today=timezone.localdate(), year=survey_year(request))


def _mine(request: HttpRequest) -> Any:
    lines = PlanLine.objects.visible_to(request.user).select_related("person__community__parent")
    return with_progress(lines, on=timezone.localdate())


@views_rehab
@never_cache
def plan_list(request: HttpRequest) -> HttpResponse:
    """The lines of the year, how far they have come by street and by provider, and what the plan still lacks."""
    form, mine = _filter(request, request.GET), _mine(request)
    rows = form.found(mine).order_by(*BY_PLACE)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    note(request, AccessAct.SEARCH, f"{form.chosen_year}年康复服务计划，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": form.chosen_year,
        "page_obj": page,
        "lines": lines,
        "people": [line.person for line in lines],
        "states": _states(form, mine),
        "streets": _streets(form, mine),
        "providers": _providers(form, mine),
        "lacking": _lacking(request, form.chosen_year),
    }
    return render(request, "rehab/plans/list.html", context)


def _states(form: PlanFilter, mine: Any) -> list[dict[str, Any]]:
    """How many lines stand in each state, each an address."""
    counts = form.found(mine, without="state").order_by().aggregate(**counted())
    return [
        {
            "label": state.label,
            "count": counts[state.value],
            "code": state.value,
            "is_current": form.data.get("state") == state.value,
            "query": form.with_(state=state.value),
        }
        for state in PlanState
    ]


def _streets(form: PlanFilter, mine: Any) -> list[dict[str, Any]]:
    grouped = form.found(mine, without="street").order_by()
    rows = grouped.values("person__community__parent", "person__community__parent__name").annotate(**counted())
    return [
        {
            **row,
            "name": row["person__community__parent__name"],
            "query": form.with_(street=str(row["person__community__parent"]), community=""),
        }
        for row in rows.order_by("person__community__parent__code")
    ]


def _providers(form: PlanFilter, mine: Any) -> list[dict[str, Any]]:
    rows = form.found(mine, without="provider").order_by().values("provider").annotate(**counted())
    return [
        {**row, "name": row["provider"] or "还没有机构", "query": form.with_(provider=row["provider"] or NO_PROVIDER)}
        for row in rows.order_by("-lines", "provider")
    ]


def _lacking(request: HttpRequest, year: int) -> dict[str, Any] | None:
    """How many needs have no line yet, for whoever may make them; with the sentence where that cannot be said."""
    if not request.user.has_perm("rehab.manage_rehab"):
        return None
    today = timezone.localdate()
    try:
        missing = services.without_line(year=year, on=today, parameters=Parameters(on=today), by=request.user)
    except RuleBroken as broken:
        return {"broken": broken.message}
    return {"lines": len(missing), "people": len({person for person, _ in missing})}


@manages_rehab
@require_POST
def plan_generate(request: HttpRequest) -> HttpResponse:
    """生成计划: a line for every need that has none."""
    form, today = _filter(request, request.POST), timezone.localdate()
    year = form.chosen_year
    try:
        count = services.plan_generate(year=year, on=today, parameters=Parameters(on=today), by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        said = f"已按需求调查生成 {count} 条计划，请安排机构和月份。" if count else "每项需求都已有计划，没有新增。"
        messages.success(request, said)
    return redirect(f"{reverse('rehab_plan_list')}?year={year}")


@manages_rehab
@never_cache
def plan_selected(request: HttpRequest) -> HttpResponse:
    """安排 of the lines that were ticked, or of all that the filter shows: asked once more before it is done."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = _filter(request, QueryDict(data.get("query", "")))
    back = f"{reverse('rehab_plan_list')}?{chosen.query}"
    ticked = _mine(request).filter(pk__in=keys(data, "line"))
    if keys(data, "line") and not ticked.exists():
        raise Http404
    rows = chosen.found(_mine(request)) if data.get("all") else ticked
    shown = list(rows.order_by(*BY_PLACE)[: AT_ONCE + 1])
    is_cut, shown = len(shown) > AT_ONCE, shown[:AT_ONCE]
    if not shown:
        messages.warning(request, "没有选中可以安排的计划。请在列表中勾选，再点“安排所选”。")
        return redirect(back)
    confirmed = request.method == "POST" and "confirm" in data
    form = ArrangeForm(data if confirmed else None, user=request.user)
    if confirmed and form.is_valid():
        try:
            # What was shown is what is done: never what the filter has come to show since.
            count = services.plan_arrange(lines=keys(data, "line"), by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已安排 {count} 条计划。")
            return redirect(back)
    note(request, AccessAct.READ, "安排所选的康复服务计划", people=len({row.person_id for row in shown}))
    context = {"form": form, "lines": shown, "back": back, "query": chosen.query, "cut": is_cut}
    return render(request, "rehab/plans/selected.html", context)


@manages_rehab
@never_cache
def plan_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: arranged anew, or withdrawn."""
    line = get_object_or_404(_mine(request), pk=pk)
    sent = request.POST.get("act") if request.method == "POST" else None
    form = ArrangeForm(request.POST if sent == "arrange" else None, user=request.user, line=line)
    seen = {"seen": version(line)}
    withdraw = WithdrawForm(request.POST if sent == "withdraw" else None, initial=seen, auto_id="withdraw_%s")
    asked = {"arrange": form, "withdraw": withdraw}.get(sent or "")
    if asked is not None and asked.is_valid():
        act = services.plan_change if sent == "arrange" else services.plan_withdraw
        try:
            act(line=line, by=request.user, **asked.cleaned_data)
        except RuleBroken as broken:
            asked.add_error(None, broken.message)
        else:
            messages.success(request, "已保存计划。" if sent == "arrange" else "已撤下，历史中仍可查到。")
            return redirect(f"{reverse('rehab_plan_list')}?year={line.year}")
    note(request, AccessAct.READ, "康复服务计划", people=1, person=line.person_id)
    context = {"line": line, "person": line.person, "form": form, "withdraw": withdraw}
    return render(request, "rehab/plans/line.html", context)


@exports_rehab
@never_cache
def plan_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request, request.GET)
    found = form.found(_mine(request)).order_by(*BY_PLACE)
    rows = ((line.person, _values(line)) for line in found.iterator(chunk_size=2000))
    back = f"{reverse('rehab_plan_list')}?{form.query}"
    count = found.order_by().aggregate(count=Count("pk"))["count"]
    return export_page(request, title=TITLE, columns=COLUMNS, rows=rows, count=count, form=form, back=back)


def _values(line: Any) -> tuple[Any, ...]:
    return (
        str(line.year),
        line.get_domain_display(),
        line.provider,
        f"{line.month}月" if line.month else "",
        line.coordinator,
        PlanState(line.state).label,
        line.done_on.isoformat() if line.done_on else "",
        line.note,
    )


urls = [
    path("rehab/plans/", plan_list, name="rehab_plan_list"),
    path("rehab/plans/generate/", plan_generate, name="rehab_plan_generate"),
    path("rehab/plans/selected/", plan_selected, name="rehab_plan_selected"),
    path("rehab/plans/export/", plan_export, name="rehab_plan_export"),
    path("rehab/plans/<int:pk>/", plan_line, name="rehab_plan_line"),
]
