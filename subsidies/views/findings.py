"""比对: a desk of work. The list with its filter, one finding with all its evidence, what is done about it, exports."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.models import Person
from subsidies.comparison import evidence
from subsidies.comparison.causes import CAUSES, cause_label
from subsidies.comparison.exporting import TITLE, export_findings
from subsidies.comparison.rosters import roster_months
from subsidies.comparison.strip import month_strip
from subsidies.comparison.trail import trail_of
from subsidies.forms.findings import (
    AssignForm,
    FindingExportForm,
    FindingFilter,
    NoteForm,
    ReopenForm,
    ResolveForm,
)
from subsidies.models import Application, Finding, FindingKind, FindingState
from subsidies.months import last_day
from subsidies.rules import decide
from subsidies.services import findings as services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record

PAGE = 50
AT_ONCE = 500  # findings dealt with in one go
views_findings = permission_required("subsidies.view_subsidies", raise_exception=True)
resolves_findings = permission_required("subsidies.resolve_findings", raise_exception=True)
compares = permission_required("subsidies.prepare_runs", raise_exception=True)
exports = permission_required("subsidies.export_subsidies", raise_exception=True)
ABOUT = {
    FindingKind.UNPAID: "符合条件却没有领到",
    FindingKind.UNENTITLED: "不符合条件却在领",
    FindingKind.DUPLICATE: "领了两份，或两人一个账号",
    FindingKind.AMOUNT: "领的钱和标准不一样",
}
# Where a cause's next form is: what the link says, and whose permission it asks for.
FORMS = {
    "application_add": ("办理申请", "subsidies.accept_applications"),
    "application": ("查看申请", "subsidies.view_subsidies"),
    "stop_add": ("登记停发", "subsidies.record_stops"),
    "run_list": ("打开月度发放", "subsidies.prepare_runs"),
    "standard_list": ("打开补贴标准", "subsidies.manage_standards"),
    "review_list": ("打开年度复核", "subsidies.confirm_reviews"),
    "bank_account": ("核对收款账户", "subsidies.change_bank_accounts"),
    "person": ("到档案办理残疾人证业务", "registry.change_certificates"),
    "deaths": ("打开死亡信息核实", "registry.change_certificates"),
    "merging": ("打开疑似重复", "registry.merge_people"),
}


def _mine(request: HttpRequest) -> Any:
    return Finding.objects.visible_to(request.user)


def _filter(request: HttpRequest, data: QueryDict) -> FindingFilter:
    return FindingFilter(data, user=request.user, today=timezone.localdate())


# the list


@views_findings
@never_cache
def finding_list(request: HttpRequest) -> HttpResponse:
    """The desk: four kinds with what is open in each, the causes among them, and the lines themselves."""
    form = _filter(request, request.GET)
    mine = _mine(request)
    rows = form.found(mine).select_related("person__community__parent", "assigned_to")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"finding": row, "cause": cause_label(row.cause)} for row in page.object_list]
    _note(request, AccessAct.SEARCH, f"两项补贴比对清单，第{page.number}页", people=len(lines))
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
            "query": _with(form.data, kind=kind, cause="", state=""),
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
            "query": _with(form.data, kind=row["kind"], cause=row["cause"]),
        }
        for row in sorted(counted, key=lambda row: (-row["count"], row["cause"]))
    ]


def _with(data: QueryDict, **change: str) -> str:
    """The address with some filters set otherwise; an empty one is left out."""
    query = data.copy()
    for name, value in change.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()


@compares
@require_POST
def finding_compare(request: HttpRequest) -> HttpResponse:
    """立即比对: says what it has changed."""
    changes = services.findings_refresh(today=timezone.localdate(), by=request.user)
    # What has changed outside the reader's area is not counted to the reader.
    bounded = request.user.scope_ids is not None
    messages.success(request, "比对完成，请看下面的清单。" if bounded else changes.in_words())
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    query = FindingFilter(QueryDict(request.POST.get("query", "")), user=request.user, today=timezone.localdate()).query
    return f"{reverse('finding_list')}?{query}" if query else reverse("finding_list")


# several at once


@resolves_findings
@never_cache
def finding_selected(request: HttpRequest) -> HttpResponse:
    """指派 or 处理 of the findings that were ticked, or of all that the filter shows: asked once more before it is done."""
    data = request.POST if request.method == "POST" else request.GET
    act = "assign" if data.get("act") == "assign" else "resolve"
    form = _filter(request, QueryDict(data.get("query", "")))
    ticked = _mine(request).filter(pk__in=_keys(data))
    if _keys(data) and not ticked.exists():
        raise Http404
    rows = form.found(_mine(request)) if data.get("all") else ticked
    rows = rows.exclude(state=FindingState.GONE) if act == "assign" else rows.filter(state=FindingState.OPEN)
    back = f"{reverse('finding_list')}?{form.query}" if form.query else reverse("finding_list")
    if not rows.exists():
        messages.warning(request, "没有选中可以办理的比对结果。请在列表中勾选，再点“指派”或“处理”。")
        return redirect(back)
    confirmed = request.method == "POST" and "confirm" in data
    bound = data if confirmed else None
    asked = _asked(request, act, bound)
    if confirmed and asked.is_valid():
        # What was shown is what is done: never what the filter has come to show since.
        keys = list(ticked.values_list("pk", flat=True))
        try:
            count = _do(request, act, asked, keys)
        except RuleBroken as broken:
            asked.add_error(None, broken.message)
        else:
            messages.success(request, f"已{'指派' if act == 'assign' else '处理'} {count} 条。")
            return redirect(back)
    shown = list(rows.select_related("person__community__parent").order_by("person__community", "pk")[: AT_ONCE + 1])
    is_cut, shown = len(shown) > AT_ONCE, shown[:AT_ONCE]
    _note(request, AccessAct.READ, "办理所选的比对结果", people=len({row.person_id for row in shown}))
    lines = [{"finding": row, "cause": cause_label(row.cause)} for row in shown]
    context = {"act": act, "form": asked, "lines": lines, "back": back, "query": form.query, "cut": is_cut}
    return render(request, "subsidies/findings/selected.html", context)


def _keys(data: QueryDict) -> list[int]:
    return [int(key) for key in data.getlist("finding") if key.isdecimal() and len(key) < 19]


def _asked(request: HttpRequest, act: str, data: Any) -> Any:
    if act == "assign":
        return AssignForm(data, reader=request.user)
    return ResolveForm(data, today=timezone.localdate())


def _do(request: HttpRequest, act: str, form: Any, keys: list[int]) -> int:
    if act == "assign":
        return services.finding_assign(findings=keys, to=form.user, by=request.user)
    return services.finding_resolve(findings=keys, by=request.user, today=timezone.localdate(), **form.cleaned_data)


# one


@views_findings
@never_cache
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: the clauses, the evidence, the months, what to do next, and what has been done."""
    rows = _mine(request).select_related("person__community__parent", "assigned_to", "resolved_by")
    found = get_object_or_404(rows, pk=pk)
    may_resolve = request.user.has_perm(services.PERMISSION)
    forms = _forms(request, found) if may_resolve else {}
    if request.method == "POST":
        if not may_resolve:
            return HttpResponse(status=403)
        if (answer := _act(request, found, forms)) is not None:
            return answer
    _note(request, AccessAct.READ, f"比对结果：{found.get_kind_display()}", people=1, person=found.person_id)
    return render(request, "subsidies/findings/page.html", {**_context(request, found), "forms": forms})


def _forms(request: HttpRequest, found: Finding) -> dict[str, Any]:
    """The forms that the finding's state allows; the one that was sent is bound."""
    if found.state == FindingState.GONE:
        return {}
    sent = request.POST.get("act") if request.method == "POST" else None

    def of(name: str) -> Any:
        return request.POST if sent == name else None

    forms: dict[str, Any] = {
        "assign": AssignForm(
            of("assign"), reader=request.user, auto_id="assign_%s", initial={"to": str(found.assigned_to_id or "")}
        ),
        "note": NoteForm(of("note"), auto_id="note_%s", initial={"note": found.note}),
    }
    if found.state == FindingState.OPEN:
        forms["resolve"] = ResolveForm(of("resolve"), today=timezone.localdate(), auto_id="resolve_%s")
    else:
        forms["reopen"] = ReopenForm(of("reopen"), auto_id="reopen_%s")
    return forms


DONE = {"assign": "已改变指派。", "note": "备注已保存。", "resolve": "已处理。", "reopen": "已重新打开。"}


def _act(request: HttpRequest, found: Finding, forms: dict[str, Any]) -> HttpResponse | None:
    act = request.POST.get("act", "")
    form, by, today = forms.get(act), request.user, timezone.localdate()
    if form is None:
        messages.warning(request, "这条比对结果的状态已经改变，没有作任何改动。")
        return redirect("finding", found.pk)
    if not form.is_valid():
        return None
    try:
        if act == "assign":
            services.finding_assign(findings=[found.pk], to=form.user, by=by)
        elif act == "note":
            services.finding_note(finding=found, note=form.cleaned_data["note"], by=by)
        elif act == "resolve":
            services.finding_resolve(findings=[found.pk], by=by, today=today, **form.cleaned_data)
        else:
            services.finding_reopen(finding=found, reason=form.cleaned_data["why"], by=by, today=today)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return None
    messages.success(request, DONE[act])
    return redirect("finding", found.pk)


def _context(request: HttpRequest, found: Finding) -> dict[str, Any]:
    today = timezone.localdate()
    months = roster_months(found.subsidy, today=today)
    month = months[-1] if months else today.replace(day=1)
    on = min(today, last_day(month))
    rule = decide(found.subsidy, on=on, month=month, parameters=Parameters(on=on))
    others = Person.objects.visible_to(request.user).select_related("community__parent")
    among = others.in_bulk(evidence.others_of([found]))
    cause = CAUSES.get(found.cause)
    return {
        "finding": found,
        "person": found.person,
        "cause": cause,
        "next_form": _next_form(request, found),
        "verdicts": rule.explain(found.person),
        "judged_on": on,
        "pieces": evidence.pieces_of(found, evidence.sources_of([found]), among),
        "years": _years(month_strip(found.subsidy, found.person_id, latest=month)),
        "trail": trail_of(found),
        "siblings": _siblings(request, found),
    }


def _siblings(request: HttpRequest, found: Finding) -> list[dict[str, Any]]:
    """What else stands about the same person."""
    rows = _mine(request).standing().filter(person=found.person_id).exclude(pk=found.pk).order_by("pk")
    return [{"finding": row, "cause": cause_label(row.cause)} for row in rows]


def _years(strip: list[Any]) -> list[tuple[int, list[Any]]]:
    """The months by year, newest first, twelve cells each."""
    by_month = {month.month: month for month in strip}
    years = sorted({month.month.year for month in strip}, reverse=True)
    return [(year, [by_month.get(strip[0].month.replace(year=year, month=m)) for m in range(1, 13)]) for year in years]


def _next_form(request: HttpRequest, found: Finding) -> dict[str, str] | None:
    """The form that the cause leads to, where there is one and the reader may open it."""
    cause = CAUSES.get(found.cause)
    if cause is None or not cause.act or not request.user.has_perm(FORMS[cause.act][1]):
        return None
    arguments: list[Any] = []
    if cause.act in ("application_add", "stop_add"):
        arguments = [found.person_id, found.subsidy]
    elif cause.act in ("bank_account", "person"):
        arguments = [found.person_id]
    elif cause.act == "application":
        application = Application.objects.open().filter(person=found.person_id, subsidy=found.subsidy).first()
        arguments = [application.pk] if application else []
    try:
        return {"label": FORMS[cause.act][0], "url": reverse(cause.act, args=arguments)}
    except NoReverseMatch:
        return None


# out of the system


@exports
@never_cache
def finding_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the findings that the filter shows."""
    chosen = _filter(request, request.GET)
    rows = chosen.found(_mine(request))
    form = FindingExportForm(request.POST or None)
    back = f"{reverse('finding_list')}?{chosen.query}" if chosen.query else reverse("finding_list")
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        what = "导出两项补贴比对结果"
        if chosen.chosen:
            what += f"：{'、'.join(chosen.chosen)}"
        export_findings(
            rows,
            file,
            layout=form.cleaned_data["layout"],
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            what=what,
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{TITLE}（{timezone.localdate():%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {"form": form, "chosen": chosen.chosen, "count": rows.count(), "back": back}
    return render(request, "subsidies/findings/export.html", context)


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("subsidies/findings/", finding_list, name="finding_list"),
    path("subsidies/findings/compare/", finding_compare, name="finding_compare"),
    path("subsidies/findings/selected/", finding_selected, name="finding_selected"),
    path("subsidies/findings/export/", finding_export, name="finding_export"),
    path("subsidies/findings/<int:pk>/", finding, name="finding"),
]
