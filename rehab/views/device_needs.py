"""Needs of devices that nobody has begun to see to, by street."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab.device_worklist import needs_without_case
from rehab.forms.device_filters import PlaceFilter
from rehab.views.device_pages import PAGE, note, views_rehab
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.queries import with_query


@views_rehab
@never_cache
def device_need_list(request: HttpRequest) -> HttpResponse:
    """Needs that nobody has begun to see to, by street: where indicator 10 still misses people."""
    today = timezone.localdate()
    form = PlaceFilter(request.GET, user=request.user, today=today)
    people, missing = Person.objects.none(), ""
    try:
        people = needs_without_case(request.user, today=today)
    except RuleBroken as broken:
        missing = broken.message
    found = form.place(people, "community").order_by("community__parent__code", "community__code", "pinyin", "pk")
    page = Paginator(found.select_related("community__parent"), PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    note(request, AccessAct.SEARCH, f"尚未办理的辅具需求，第{page.number}页", people=len(shown))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "people": shown,
        "missing": missing,
        "tiles": _streets(form, people),
    }
    return render(request, "rehab/devices/needs.html", context)


def _streets(form: PlaceFilter, people: Any) -> list[dict[str, Any]]:
    """Each street with the needs nobody has begun to see to, in one statement."""
    counted = people.order_by().values("community__parent").annotate(count=Count("pk"))
    by_street = {str(row["community__parent"]): row["count"] for row in counted}
    return [
        {
            "label": name,
            "count": by_street.get(pk, 0),
            "query": with_query(form.data, street=pk, community=""),
            "is_current": form.data.get("street") == pk,
        }
        for pk, name in form.streets.items()
    ]


urls = [path("rehab/devices/needs/", device_need_list, name="device_need_list")]
