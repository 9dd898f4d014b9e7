"""The worklist: what waits for the reader first, then by the day it is due."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from subsidies.forms.worklist import MINE, OPEN, OVERDUE, UNTOLD, ApplicationFilter
from subsidies.models import ApplicationState
from subsidies.services import applications as services
from subsidies.views.applications.common import line_of, note, views_subsidies, visible
from zalainuoer.common.models import AccessAct
from zalainuoer.common.working_days import WorkingDays

PAGE = 50


@views_subsidies
@never_cache
def application_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader first, then by the day it is due; how much lies at each desk, and how late."""
    today = timezone.localdate()
    form = ApplicationFilter(request.GET, user=request.user, today=today)
    rows = form.found(visible(request))
    rows = rows.annotate(is_mine=Case(When(services.waiting_for(request.user), then=Value(True)), default=Value(False)))
    rows = rows.order_by("-is_mine", F("due_on").asc(nulls_last=True), "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    calendar = WorkingDays.read()
    lines = [line_of(row, calendar, today) for row in page.object_list]
    note(request, AccessAct.SEARCH, f"补贴申请清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "is_open": form.cleaned_data.get("state", OPEN) in (OPEN, MINE, OVERDUE),
        "page_obj": page,
        "lines": lines,
        "people": [line["application"].person for line in lines],
        "tiles": _tiles(form, services.counted(form.place(visible(request)), request.user, today=today)),
    }
    return render(request, "subsidies/applications/list.html", context)


def _tiles(form: ApplicationFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each desk with what lies there; every tile is an address."""
    states = [ApplicationState.SUPPLEMENT, *services.DESKS, ApplicationState.PUBLICITY]
    tiles = [(MINE, "待我办理", counts["mine"], 0), (OVERDUE, "已超期", counts["overdue"], counts["overdue"])]
    tiles += [(state, ApplicationState(state).label, counts[state], counts[f"{state}_overdue"]) for state in states]
    tiles.append((UNTOLD, "待告知结果", counts["untold"], counts["untold_overdue"]))
    found = []
    for state, label, count, late in tiles:
        query = form.data.copy()
        query["state"] = state
        is_current = form.data.get("state") == state
        found.append(
            {
                "label": label,
                "count": count,
                "late": late,
                "query": query.urlencode(),
                "is_current": is_current,
                "is_mine": state == MINE,
            }
        )
    return found
