"""One run: what it comes to, what differs from last month, who is left out, its lines, and the next act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from subsidies.forms.runs import ApproveForm, LineFilter, ReturnForm, SubmitForm
from subsidies.models import BankAccount, PaymentRun, RunState
from subsidies.runs import overview
from subsidies.runs.differences import KINDS
from subsidies.services import runs as services
from subsidies.views.runs.access import TONES, line_tone, note, of_the_district
from zalainuoer.common.bank import masked_account
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

PAGE = 50
LINES, REFUSED, ACCOUNTS, FAILED = "lines", "refused", "accounts", "failed"
SHOWN = (LINES, *KINDS, REFUSED, ACCOUNTS, FAILED)
TABS = (
    (LINES, "发放明细"),
    *KINDS.items(),
    (REFUSED, "不能发放"),
    (ACCOUNTS, "没有收款账户"),
    (FAILED, "没有到账"),
)


@of_the_district
@never_cache
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it comes to, what differs from last month, who is left out, its lines; and the next act."""
    found = get_object_or_404(PaymentRun.objects.select_related("prepared_by", "submitted_by", "approved_by"), pk=pk)
    forms = _forms(request, found)
    if request.method == "POST" and (answer := _act(request, found, forms)) is not None:
        return answer
    shown = request.GET.get("show", LINES)
    shown = shown if shown in SHOWN else LINES
    counts = _counts(found)
    context = {
        "run": found,
        "tone": TONES[RunState(found.state)],
        "kinds": overview.kind_totals(found),
        "streets": overview.street_totals(found),
        "sent": overview.sent(found),
        "tabs": [
            {"show": name, "label": label, "count": counts[name], "is_current": name == shown} for name, label in TABS
        ],
        "shown": shown,
        "forms": forms,
        "may_export": found.is_locked and request.user.has_perm("subsidies.export_subsidies"),
        "may_change_accounts": request.user.has_perm("subsidies.change_bank_accounts"),
        "is_own": request.user.pk in (found.prepared_by_id, found.submitted_by_id),
        **SECTIONS[shown](request, found),
    }
    label = dict(TABS)[shown]
    note(request, AccessAct.SEARCH, f"发放批次 {found.code}：{label}", people=len(context["people"]))
    return render(request, "subsidies/runs/run.html", context)


def _counts(found: PaymentRun) -> dict[str, int]:
    return {
        LINES: found.lines.count(),
        **{kind: len(found.differences.get(kind, ())) for kind in KINDS},
        REFUSED: len(found.refused),
        ACCOUNTS: overview.without_account(found).count(),
        FAILED: overview.failures(found).count(),
    }


def _lines_shown(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    form = LineFilter(request.GET)
    rows = form.found(found.lines.select_related("person__community__parent", "community__parent", "standard"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"line": line, "tone": line_tone(line.kind)} for line in page.object_list]
    people = list({row["line"].person_id: row["line"].person for row in lines}.values())
    total = form.found(found.lines.all()).order_by().aggregate(yuan=Sum("amount_yuan"))["yuan"]
    return {"filter": form, "page_obj": page, "lines": lines, "people": people, "total": total}


def _differences_shown(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    return _of_people(request, found.differences.get(request.GET["show"], []), lambda entry: entry["person"])


def _refused_shown(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    return _of_people(request, found.refused, lambda entry: entry[0])


def _accounts_shown(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    rows = overview.without_account(found).order_by("person__community__code", "person__pinyin", "person")
    return _of_people(request, rows, lambda row: row["person"])


def _failed_shown(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    shown = _of_people(request, overview.failures(found), lambda row: row.person_id)
    answered = overview.answers_to(entry["row"] for entry in shown["entries"])
    accounts = BankAccount.objects.filter(person__in=[person.pk for person in shown["people"]])
    tails = {account.person_id: f"{account.bank}，{masked_account(account.number)}" for account in accounts}
    for entry in shown["entries"]:
        entry["answer"] = answered.get(entry["row"].person_id)
        entry["account"] = tails.get(entry["row"].person_id)
    return shown


def _of_people(request: HttpRequest, rows: Any, key: Callable[[Any], int]) -> dict[str, Any]:
    """A page of rows about people: each row with its person (None where the file has been merged into another)."""
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    visible = Person.objects.visible_to(request.user).select_related("community__parent")
    known = visible.in_bulk([key(row) for row in page.object_list])
    entries = [{"row": row, "person": known.get(key(row))} for row in page.object_list]
    return {"page_obj": page, "entries": entries, "people": list(known.values())}


SECTIONS: dict[str, Callable[[HttpRequest, PaymentRun], dict[str, Any]]] = {
    LINES: _lines_shown,
    **dict.fromkeys(KINDS, _differences_shown),
    REFUSED: _refused_shown,
    ACCOUNTS: _accounts_shown,
    FAILED: _failed_shown,
}


def _forms(request: HttpRequest, found: PaymentRun) -> dict[str, Any]:
    """The forms of the acts that the state and the account allow; the one that was sent is bound."""
    sent = request.POST.get("act") if request.method == "POST" else None
    may_prepare, may_approve = (request.user.has_perm(name) for name in (services.PREPARE, services.APPROVE))

    def of(name: str) -> QueryDict | None:
        return request.POST if sent == name else None

    forms: dict[str, Any] = {}
    if found.state == RunState.DRAFT and may_prepare:
        seen = {"seen": services.version_of(found)}
        forms = {
            "submit": SubmitForm(of("submit"), initial=seen, auto_id="submit_%s"),
            "prepare": SubmitForm(of("prepare"), initial=seen, auto_id="prepare_%s"),
            "discard": SubmitForm(of("discard"), initial=seen, auto_id="discard_%s"),
        }
    elif found.state == RunState.SUBMITTED:
        if may_approve and request.user.pk not in (found.prepared_by_id, found.submitted_by_id):
            initial = {"digest": found.digest}
            forms["approve"] = ApproveForm(of("approve"), initial=initial, auto_id="approve_%s")
        forms["return"] = ReturnForm(of("return"), auto_id="return_%s")
    return forms


def _act(request: HttpRequest, found: PaymentRun, forms: dict[str, Any]) -> HttpResponse | None:
    act = request.POST.get("act", "")
    form = forms.get(act)
    if form is None:
        messages.warning(request, "批次的状态已经改变，或不由您办理，没有作任何改动。")
        return redirect("run", found.pk)
    if not form.is_valid():
        return None
    try:
        said = ACTS[act](request, found, form.cleaned_data)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return None
    messages.success(request, said)
    return redirect("run_list") if act == "discard" else redirect("run", found.pk)


def _submit(request: HttpRequest, found: PaymentRun, asked: dict[str, Any]) -> str:
    services.run_submit(run=found, by=request.user, seen=asked["seen"])
    return "已提交，请由另一人复核并锁定。"


def _prepare(request: HttpRequest, found: PaymentRun, asked: dict[str, Any]) -> str:
    services.run_prepare(subsidy=found.subsidy, month=found.month, by=request.user, today=timezone.localdate())
    return "已按现在的资料重新生成。"


def _discard(request: HttpRequest, found: PaymentRun, asked: dict[str, Any]) -> str:
    services.run_discard(run=found, by=request.user, seen=asked["seen"])
    return f"已撤销{found}的批次，没有发放任何补贴。"


def _return(request: HttpRequest, found: PaymentRun, asked: dict[str, Any]) -> str:
    services.run_return(run=found, by=request.user, note=asked["note"])
    return "已退回，批次回到草拟状态。"


def _approve(request: HttpRequest, found: PaymentRun, asked: dict[str, Any]) -> str:
    services.run_approve(run=found, by=request.user, digest=asked["digest"])
    return f"已锁定{found}的批次（批次号 {found.code}）。现在可以导出发放表和银行代发文件。"


ACTS: dict[str, Callable[[HttpRequest, PaymentRun, dict[str, Any]], str]] = {
    "submit": _submit,
    "prepare": _prepare,
    "discard": _discard,
    "return": _return,
    "approve": _approve,
}
