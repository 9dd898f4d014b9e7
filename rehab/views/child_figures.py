"""How many children were screened, diagnosed, and got rehabilitation: by street and institution, down to the missing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab import child_rules as rules
from rehab.models import OVER, ChildCase, ChildPlacement, MonthState, TrainingMonth
from rehab.pipeline import turn_of
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Rule, truth
from zalainuoer.common.services import access_record

PAGE = 50
FIRST_YEAR = 2018  # 国发〔2018〕20号 took effect
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
SETS = {
    "screened": "筛查",
    "positive": "初筛阳性",
    "diagnosed": "当年确诊",
    "need": "有康复需求",
    "placed": "在机构训练",
    "trained": "得到康复",
    "missing": "有需求还没有得到康复",
}


def rule_of(which: str, *, year: int, on: datetime.date) -> Rule:
    """The set behind a figure."""
    need = rules.in_need(year=year, on=on)
    if which == "trained":
        return need.but(*rules.rehabilitated(year=year, on=on))
    plain = {
        "screened": rules.screened,
        "positive": rules.positive,
        "diagnosed": rules.diagnosed,
        "need": rules.in_need,
        "placed": rules.placed,
    }
    return plain[which](year=year, on=on)


def people_of(which: str, people: QuerySet[Person], *, year: int, on: datetime.date) -> QuerySet[Person]:
    """Those of the people who are in a set; the missing are in need and not rehabilitated."""
    if which != "missing":
        return rule_of(which, year=year, on=on).people(people)
    got = (clause.condition for clause in rules.rehabilitated(year=year, on=on))
    return rules.in_need(year=year, on=on).people(people).filter(truth(*got, negated=True))


@dataclass(frozen=True)
class Line:
    """A street's figures, or all of them together."""

    key: int | None
    name: str
    counts: dict[str, int]

    @property
    def rate(self) -> str:
        """得到康复 of 有康复需求, in percent; — where nobody is in need."""
        need = self.counts["need"]
        return f"{self.counts['trained'] * 100 / need:.2f}%" if need else "—"

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        return [(which, SETS[which], self.counts[which]) for which in SETS]


@views_rehab
@never_cache
def child_figures(request: HttpRequest) -> HttpResponse:
    """The figures of a year, by street and by institution."""
    today = timezone.localdate()
    year = _year(request, today)
    people = Person.objects.visible_to(request.user)
    streets = _streets(people, year=year, on=today)
    total = Line(None, "合计", {which: sum(line.counts[which] for line in streets) for which in SETS})
    context = {
        "year": year,
        "years": range(today.year, max(today.year - 5, FIRST_YEAR - 1), -1),
        "streets": streets,
        "total": total,
        "headings": SETS,
        "institutions": _institutions(request, year=year, on=today),
        "today": today,
    }
    return render(request, "rehab/children/figures.html", context)


def _year(request: HttpRequest, today: datetime.date) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    if not FIRST_YEAR <= year <= today.year:
        raise Http404
    return year


def _streets(people: QuerySet[Person], *, year: int, on: datetime.date) -> list[Line]:
    """Each street with any child in any of the sets, in one statement: the sets are asked of children with a case."""
    known = people.filter(pk__in=ChildCase.objects.values("person"))
    flags = {
        f"is_{which}": truth(*(clause.condition for clause in rule_of(which, year=year, on=on).clauses))
        for which in SETS
        if which != "missing"
    }
    counts = {which: Count("pk", filter=Q(**{f"is_{which}": True})) for which in SETS if which != "missing"}
    rows = (
        known.annotate(**flags)
        .order_by()
        .values("community__parent", "community__parent__name")
        .annotate(**counts)
        .order_by("community__parent__code")
    )
    return [
        Line(
            row["community__parent"],
            row["community__parent__name"],
            {**{which: row[which] for which in counts}, "missing": row["need"] - row["trained"]},
        )
        for row in rows
    ]


def _institutions(request: HttpRequest, *, year: int, on: datetime.date) -> list[dict[str, Any]]:
    """Each institution's children of the year, their settled months, and what was settled."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    placements = ChildPlacement.objects.visible_to(request.user).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last
    )
    children = placements.order_by().values("institution", "institution__name").annotate(n=Count("case", distinct=True))
    found = {
        row["institution"]: {
            "name": row["institution__name"],
            "children": row["n"],
            "trained": 0,
            "months": 0,
            "yuan": 0,
        }
        for row in children
    }
    settled = TrainingMonth.objects.visible_to(request.user).filter(month__year=year, state=MonthState.APPROVED)
    sums = (
        settled.order_by()
        .values("settlement__institution", "settlement__institution__name")
        .annotate(trained=Count("person", distinct=True), months=Count("pk"), yuan=Sum("approved_yuan"))
    )
    for row in sums:
        line = found.setdefault(
            row["settlement__institution"], {"name": row["settlement__institution__name"], "children": 0}
        )
        line |= {name: row[name] for name in ("trained", "months", "yuan")}
    return sorted(found.values(), key=lambda line: str(line["name"]))


@views_rehab
@never_cache
def child_figure_people(request: HttpRequest, which: str) -> HttpResponse:
    """The children behind a figure; of the missing also where they are stuck and whose turn it is."""
    if which not in SETS:
        raise Http404
    today = timezone.localdate()
    year = _year(request, today)
    people = Person.objects.visible_to(request.user)
    street = request.GET.get("street", "")
    if street:
        people = people.filter(community__parent=int(street) if street.isdecimal() and len(street) < 10 else 0)
    known = people.filter(pk__in=ChildCase.objects.values("person"))
    rows = people_of(which, known, year=year, on=today).select_related("community__parent").order_by("pinyin", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    cases = _cases(shown)
    access_record(
        by=request.user,
        act=AccessAct.LIST,
        what=f"儿童康复：{SETS[which]}，{year}年",
        people=len(shown),
        address=request.META.get("REMOTE_ADDR"),
    )
    context = {
        "title": SETS[which],
        "year": year,
        "people": shown,
        "lines": [{"person": person, **cases.get(person.pk, {})} for person in shown],
        "page_obj": page,
        "is_missing": which == "missing",
        "reason": rules.rehabilitated(year=year, on=today)[0].reason,
        "today": today,
    }
    return render(request, "rehab/children/people.html", context)


def _cases(people: list[Person]) -> dict[int, dict[str, Any]]:
    """Each child's latest case, the open one first, in one statement."""
    rows = ChildCase.objects.filter(person__in=people).select_related("owner").order_by("pk")
    found: dict[int, dict[str, Any]] = {}
    for case in rows:
        known = found.get(case.person_id)
        if known is None or case.stage not in OVER or known["case"].stage in OVER:
            found[case.person_id] = {"case": case, "turn": turn_of(case)}
    return found


urls = [
    path("rehab/figures/children/", child_figures, name="child_figures"),
    path("rehab/figures/children/<str:which>/", child_figure_people, name="child_figure_people"),
]
