"""The figures' pages: the dashboard, one figure, its people, and the button that recomputes."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from indicators import pages, services, tasks
from indicators.catalogue import indicator_of
from indicators.models import Figure, Plan, Snapshot
from indicators.people import people_of, reasons
from indicators.retrofits import projects_behind
from registry.models import Certificate, Household, Person
from zalainuoer.common import services as common_services
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessAct, Division, User

PAGE = 50
PATIENCE = datetime.timedelta(minutes=3)
views_figures = permission_required("indicators.view_figures", raise_exception=True)
views_people = permission_required("indicators.view_people", raise_exception=True)
recomputes = permission_required("indicators.recompute", raise_exception=True)


def _newest() -> tuple[Plan, Snapshot | None]:
    plan = services.current_plan(on=timezone.localdate())
    return plan, services.latest_snapshot(plan=plan)


@views_figures
def dashboard(request: HttpRequest) -> HttpResponse:
    plan, snapshot = _newest()
    rows = pages.rows_of(snapshot, user=request.user) if snapshot else []
    streets = pages.streets_of(request.user)
    context = {
        "plan": plan,
        "snapshot": snapshot,
        "rows": rows,
        "streets": streets,
        "street_rows": [{"row": row, "cells": [row.streets.get(s.pk) for s in streets]} for row in rows if row.streets],
        "scope_name": request.user.division if request.user.scope_ids is not None and len(streets) < _all() else None,
        "since": request.GET.get("since"),
    }
    return render(request, "figures/dashboard.html", context)


def _all() -> int:
    return Division.objects.streets().count()


@recomputes
@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Asks the worker; the dashboard then waits for the new snapshot."""
    since = timezone.now()
    tasks.recompute_now.delay(request.user.pk)
    return redirect(f"{reverse('figures')}?since={since.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}")


@recomputes
def recompute_state(request: HttpRequest) -> HttpResponse:
    """Polled: sends the browser to the fresh dashboard as soon as there is one."""
    since = parse_datetime(request.GET.get("since", ""))
    if since is None or timezone.is_naive(since):
        raise Http404
    _, snapshot = _newest()
    if snapshot is not None and snapshot.computed_at >= since:
        messages.success(request, "已重新计算。")
        return HttpResponseClientRedirect(reverse("figures"))
    late = timezone.now() - since > PATIENCE
    return render(request, "figures/recompute.html", {"since": None if late else request.GET["since"], "late": late})


def _row(request: HttpRequest, number: int) -> pages.Row:
    _, snapshot = _newest()
    if snapshot is None:
        raise Http404
    row = next((row for row in pages.rows_of(snapshot, user=request.user) if row.number == number), None)
    if row is None:
        raise Http404
    return row


def _stored(row: pages.Row) -> Figure:
    """The figure as it was kept, not narrowed to anybody's area."""
    return Figure.objects.select_related("snapshot__plan").defer(*pages.HEAVY).get(pk=row.figure.pk)


@views_figures
def figure(request: HttpRequest, number: int) -> HttpResponse:
    row = _row(request, number)
    streets = pages.streets_of(request.user)
    stored = _stored(row)
    context = {
        "row": row,
        "snapshot": row.figure.snapshot,
        "streets": [(street, row.streets.get(street.pk)) for street in streets] if row.streets else [],
        "definition": pages.definition_of(stored),
        "lists": pages.people_lists(stored, row.figure) if request.user.has_perm("indicators.view_people") else [],
    }
    return render(request, "figures/figure.html", context)


@views_people
def people(request: HttpRequest, number: int, which: str) -> HttpResponse:
    """A list of the people (or households) behind a figure, a page at a time; every page shown is noted."""
    row = _row(request, number)
    stored = _stored(row)
    lists = {found.key: found for found in pages.people_lists(stored, row.figure)}
    if which not in lists:
        raise Http404
    households = getattr(indicator_of(stored.snapshot.plan, number), "model", None) is Household
    queryset = people_of(stored, which, user=request.user)
    queryset = queryset.order_by("pk") if households else queryset.order_by("pinyin", "pk")
    street = _chosen_street(request)
    if street is not None and not households:
        queryset = queryset.filter(community__in=Division.objects.subtree_ids(street.pk))
    page = Paginator(queryset, PAGE).get_page(request.GET.get("page"))
    shown = (
        _households(stored, page.object_list, request.user) if households else _people(stored, page.object_list, which)
    )
    what = f"指标{number}“{row.name}”{lists[which].label}名单，第{page.number}页"
    common_services.access_record(
        by=request.user, act=AccessAct.LIST, what=what, people=len(shown), address=request.META.get("REMOTE_ADDR")
    )
    context = {
        "row": row,
        "snapshot": stored.snapshot,
        "lists": lists.values(),
        "which": which,
        "label": lists[which].label,
        "page_obj": page,
        "shown": shown,
        "on_page": _on_page(shown),
        "households": households,
        "has_reasons": not households and which != "numerator",
        "streets": [] if households else pages.streets_of(request.user),
        "street": street,
    }
    return render(request, "figures/people.html", context)


def _chosen_street(request: HttpRequest) -> Division | None:
    chosen = request.GET.get("street", "")
    if not chosen.isdigit():
        return None
    return next((street for street in pages.streets_of(request.user) if street.pk == int(chosen)), None)


def _on_page(shown: list[dict[str, Any]]) -> list[Person]:
    """Everybody whose masked name stands on the page, once."""
    people = [person for row in shown for person in row.get("members", [row.get("person")])]
    return list({person.pk: person for person in people}.values())


def _people(stored: Figure, queryset: Any, which: str) -> list[dict[str, Any]]:
    why = reasons(stored, queryset, which)
    people = queryset.select_related("community__parent")
    return [
        {
            "person": person,
            "street": person.community.parent,
            "community": person.community,
            "reasons": [clause.reason for clause in why.get(person.pk, ())],
        }
        for person in people
    ]


def _households(stored: Figure, queryset: Any, user: User) -> list[dict[str, Any]]:
    current = (
        Certificate.objects.current()
        .visible_to(user)
        .select_related("person", "community__parent")
        .order_by("person_id")
    )
    households = list(queryset.prefetch_related(Prefetch("certificates", current)))
    projects = projects_behind(stored, households, user=user)
    return [
        {
            "pk": household.pk,
            "number": masked(household.head_id_number),
            "projects": projects[household.pk],
            "members": [certificate.person for certificate in household.certificates.all()],
            "community": next((certificate.community for certificate in household.certificates.all()), None),
        }
        for household in households
    ]
