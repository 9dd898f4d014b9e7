"""培训数字: distinct people beside 人次, by street and trade, down to those counted and those not, and why; budgets."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.training import NO_TRADE, FigureFilter
from employment.models import TrainingClass, TrainingRecord
from employment.rules.training import counted
from employment.views.common import PAGE, note, views_employment
from employment.views.training import used_percent
from registry.models import Person
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import truth

SETS = {"counted": "计入指标2的人", "uncounted": "参加了培训而不计入的人"}


def _mine(request: HttpRequest, form: FigureFilter) -> Any:
    """The records that the filter shows; `is_counted` says whether indicator 2 counts them."""
    rule = counted(on=timezone.localdate())
    conditions = (clause.condition for clause in rule.clauses)
    rows = TrainingRecord.objects.visible_to(request.user).filter(form.where())
    return rows.annotate(is_counted=truth(*conditions))


COUNTS = {
    "people": Count("person", Q(is_counted=True), distinct=True),
    "times": Count("pk", Q(is_counted=True)),
    "everybody": Count("person", distinct=True),
    "uncounted_times": Count("pk", Q(is_counted=False)),
}


def _with_uncounted(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "uncounted": line["everybody"] - line["people"]}


@views_employment
@never_cache
def training_figures(request: HttpRequest) -> HttpResponse:
    """The figures of the plan's years or of one year, as indicator 2 counts them."""
    today = timezone.localdate()
    form = FigureFilter(request.GET, user=request.user, today=today)
    rows = _mine(request, form).order_by()
    first, last = form.years
    classes = TrainingClass.objects.filter(starts_on__year__gte=first, starts_on__year__lte=last)
    streets = rows.values("person__community__parent", "person__community__parent__name").annotate(**COUNTS)
    trades = rows.values("trade").annotate(**COUNTS)
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "years": f"{first}年" if first == last else f"{first}—{last}年",
        "is_plan": first != last,
        "total": _with_uncounted(rows.aggregate(**COUNTS)),
        "streets": [
            _with_uncounted({**row, "name": row["person__community__parent__name"]})
            for row in streets.order_by("person__community__parent__code")
        ],
        "trades": [_with_uncounted({**row, "name": row["trade"] or NO_TRADE}) for row in trades.order_by("trade")],
        "classes": [{"row": row, "used": used_percent(row)} for row in classes],
        "money": classes.order_by().aggregate(budget=Sum("budget_yuan"), spent=Sum("spent_yuan")),
        "no_trade": NO_TRADE,
    }
    return render(request, "employment/training/figures.html", context)


@views_employment
@never_cache
def training_figure_people(request: HttpRequest, which: str) -> HttpResponse:
    """The people behind a figure with their courses; of those not counted, the reasons of each course."""
    if which not in SETS:
        raise Http404
    today = timezone.localdate()
    form = FigureFilter(request.GET, user=request.user, today=today)
    rows = _mine(request, form)
    people = Person.objects.visible_to(request.user)
    there = people.filter(pk__in=rows.filter(is_counted=True).order_by().values("person"))
    if which == "uncounted":
        there = people.filter(pk__in=rows.order_by().values("person")).exclude(pk__in=there.values("pk"))
    found = there.select_related("community__parent").order_by("pinyin", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    lines = _lines(shown, rows.filter(person__in=shown), today)
    note(request, AccessAct.LIST, f"培训：{SETS[which]}", people=len(shown))
    context = {
        "title": SETS[which],
        "which": which,
        "chosen": form.chosen,
        "query": form.query,
        "page_obj": page,
        "lines": lines,
        "people": shown,
    }
    return render(request, "employment/training/people.html", context)


def _lines(people: list[Person], rows: Any, today: Any) -> list[dict[str, Any]]:
    courses: dict[int, list[dict[str, Any]]] = {}
    for record, verdicts in counted(on=today).explained(rows.order_by("-starts_on", "pk")):
        reasons = [verdict.clause for verdict in verdicts if not verdict.holds]
        courses.setdefault(record.person_id, []).append({"record": record, "reasons": reasons})
    return [{"person": person, "courses": courses.get(person.pk, [])} for person in people]


urls = [
    path("employment/training/figures/", training_figures, name="training_figures"),
    path("employment/training/figures/<slug:which>/", training_figure_people, name="training_figure_people"),
]
