"""The list: four kinds with what is open in each, the causes among them, the lines; and the comparison on demand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from subsidies.comparison.causes import cause_label
from subsidies.forms.findings import FindingFilter
from subsidies.models import Finding, FindingKind, FindingState
from subsidies.services import findings as services
from subsidies.views.findings.common import chosen_by, compares, list_url, note, views_findings, visible
from zalainuoer.common.models import AccessAct
from zalainuoer.common.queries import with_query

PAGE = 50
ABOUT = {
    FindingKind.UNPAID: "符合条件却没有领到",
    FindingKind.UNENTITLED: "不符合条件却在领",
    FindingKind.DUPLICATE: "领了两份，或两人一个账号",
    FindingKind.AMOUNT: "领的钱和标准不一样",
}


@views_findings
@never_cache
def finding_list(request: HttpRequest) -> HttpResponse:
    """The desk: four kinds with what is open in each, the causes among them, and the lines themselves."""
    form = chosen_by(request, request.GET)
    mine = visible(request)
    rows = form.found(mine).select_related("person__community__parent", "assigned_to")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"finding": row, "cause": cause_label(row.cause)} for row in page.object_list]
    note(request, AccessAct.SEARCH, f"两项补贴比对清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "lines": lines,
        "people": [line["finding"].person for line in lines],
        "tiles": _tiles(form, mine),
        "causes": _causes(form, mine),
        "found": form.found(mine).order_by().aggregate(count=Count("pk"), yuan=Sum("amount_yuan")),
        "kind": FindingKind(form.data["kind"]).label if form.data.get("kind") in FindingKind.values else "",
        "compared_on": Finding.objects.aggregate(on=Max("seen_on"))["on"],
        "is_open": not form.data.get("state"),
    }
    return render(request, "subsidies/findings/list.html", context)


def _tiles(form: FindingFilter, mine: Any) -> list[dict[str, Any]]:
    """What is open of each kind, and what this month has brought, in one statement."""
    month = form.today.replace(day=1)
    is_open = Q(state=FindingState.OPEN)
    counted = (
        form.tab(mine)
        .order_by()
        .values("kind")
        .annotate(
            open=Count("pk", filter=is_open),
            yuan=Sum("amount_yuan", filter=is_open),
            new=Count("pk", filter=Q(found_on__gte=month) & ~Q(state=FindingState.GONE)),
            resolved=Count("pk", filter=Q(state=FindingState.RESOLVED)),
            gone=Count("pk", filter=Q(state=FindingState.GONE, gone_on__gte=month)),
        )
    )
    by_kind = {row["kind"]: row for row in counted}
    return [
        {
            "kind": kind,
            "about": ABOUT[kind],
            "is_current": form.data.get("kind") == kind,
            "query": with_query(form.data, kind=kind, cause="", state=""),
            **{name: by_kind.get(kind, {}).get(name) or 0 for name in ("open", "yuan", "new", "resolved", "gone")},
        }
        for kind in FindingKind
    ]


def _causes(form: FindingFilter, mine: Any) -> list[dict[str, Any]]:
    """The causes among the lines, the most frequent first, each an address."""
    counted = form.causes(mine).order_by().values("kind", "cause").annotate(count=Count("pk"))
    return [
        {
            **row,
            "label": cause_label(row["cause"]),
            "is_current": form.data.get("cause") == row["cause"],
            "query": with_query(form.data, kind=row["kind"], cause=row["cause"]),
        }
        for row in sorted(counted, key=lambda row: (-row["count"], row["cause"]))
    ]


@compares
@require_POST
def finding_compare(request: HttpRequest) -> HttpResponse:
    """立即比对: says what it has changed."""
    changes = services.findings_refresh(today=timezone.localdate(), by=request.user)
    # What has changed outside the reader's area is not counted to the reader.
    bounded = request.user.scope_ids is not None
    messages.success(request, "比对完成，请看下面的清单。" if bounded else changes.in_words())
    return redirect(list_url(chosen_by(request, QueryDict(request.POST.get("query", "")))))
