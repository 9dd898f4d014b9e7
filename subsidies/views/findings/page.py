"""One finding: the clauses, the evidence, the months, what to do next, and what has been done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from subsidies.comparison import evidence
from subsidies.comparison.causes import CAUSES, cause_label
from subsidies.comparison.rosters import roster_months
from subsidies.comparison.strip import month_strip
from subsidies.comparison.trail import trail_of
from subsidies.forms.findings import AssignForm, NoteForm, ReopenForm, ResolveForm
from subsidies.models import Application, Finding, FindingState
from subsidies.rules import decide
from subsidies.services import findings as services
from subsidies.views.findings.common import note, views_findings, visible
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import Parameters

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


@views_findings
@never_cache
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: the clauses, the evidence, the months, what to do next, and what has been done."""
    rows = visible(request).select_related("person__community__parent", "assigned_to", "resolved_by")
    found = get_object_or_404(rows, pk=pk)
    may_resolve = request.user.has_perm(services.PERMISSION)
    forms = _forms(request, found) if may_resolve else {}
    if request.method == "POST":
        if not may_resolve:
            return HttpResponse(status=403)
        if (answer := _act(request, found, forms)) is not None:
            return answer
    note(request, AccessAct.READ, f"比对结果：{found.get_kind_display()}", people=1, person=found.person_id)
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
    rows = visible(request).standing().filter(person=found.person_id).exclude(pk=found.pk).order_by("pk")
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
