"""Candidates for a retrofit, and opening a home for one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms.candidates import CandidateFilter
from accessibility.forms.homes import OpenForm
from accessibility.models import RetrofitHome
from accessibility.rules import by_priority, candidates
from accessibility.services.homes import opening
from accessibility.views.common import done, in_words, note, records_homes, views_homes
from registry.models import Level, Person
from registry.services.statements import statement_in_force
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

PAGE = 50


@views_homes
@never_cache
def home_candidate_list(request: HttpRequest) -> HttpResponse:
    """Who could be retrofitted for: 一户多残 and 以老养残 first, then the more severe."""
    today, form = timezone.localdate(), CandidateFilter(request.GET, user=request.user)
    missing: list[str] = []
    try:
        rule = candidates(on=today, parameters=Parameters(on=today))
    except RuleBroken as broken:
        rows, missing = Person.objects.none(), [in_words(broken)]
    else:
        people = rule.people(Person.objects.visible_to(request.user)).select_related("community__parent")
        rows, missing = by_priority(people, on=today)
        rows = form.found(rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    note(request, AccessAct.SEARCH, f"家庭无障碍改造候选，第{page.number}页", people=len(found))
    context = {
        "form": form,
        "page_obj": page,
        "people": found,
        "lines": [(person, Level(person.level).label) for person in found],
        "missing": missing,
        "mine": RetrofitHome.objects.visible_to(request.user).open().count(),
    }
    return render(request, "accessibility/homes/candidates.html", context)


@records_homes
@never_cache
def home_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens a home for a person; shows which clauses of the rule hold."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    form, made = OpenForm(request.POST or None, today=today), []

    def save() -> None:
        made.append(opening.home_open(person=person, by=request.user, today=today, **form.cleaned_data))

    if done(request, form, save, "已登记，下一步入户评估。"):
        return redirect("home_page", made[0].pk)
    note(request, AccessAct.READ, "家庭无障碍改造：登记", people=1, person=person.pk)
    context = {
        "form": form,
        "person": person,
        "statement": statement_in_force(person),
        "today": today,
        **_verdicts(person),
        "homes": person.retrofithomes.order_by("-pk"),
    }
    return render(request, "accessibility/homes/add.html", context)


def _verdicts(person: Person) -> dict[str, object]:
    today = timezone.localdate()
    try:
        verdicts = candidates(on=today, parameters=Parameters(on=today)).explain(person)
    except RuleBroken as broken:
        return {"refusal": in_words(broken)}
    failing = [each.clause for each in verdicts if not each.holds]
    return {"failing": failing, "is_candidate": not failing}


urls = [
    path("accessibility/candidates/", home_candidate_list, name="home_candidate_list"),
    path("people/<int:pk>/accessibility/home/", home_add, name="home_add"),
]
