"""Device cases: the worklist, one case with its acts, and opening one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from rehab.device_exporting import CASES
from rehab.device_terms import subsidy_of, terms_on, too_early
from rehab.device_worklist import TONES, counted, in_order, waits_for
from rehab.forms.device_filters import DUE, MINE, OVERDUE, CaseFilter
from rehab.forms.devices import (
    REFUSE,
    SUBSIDISED,
    AssessForm,
    DecideForm,
    FitForm,
    FollowUpForm,
    OpenForm,
    ReasonForm,
)
from rehab.models import CaseState, DeviceCase
from rehab.models.device_cases import STAGES
from rehab.services import device_cases as services
from rehab.services.device_writing import MANAGE
from rehab.views.device_pages import (
    EXPORT,
    PAGE,
    export_page,
    exports,
    in_words,
    note,
    records,
    views_rehab,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.queries import with_query

ACTS: dict[str, tuple[type[Any], str, str]] = {
    # act: (form, heading, button)
    "decide": (DecideForm, "审批", "提交审批"),
    "assess": (AssessForm, "登记评估", "保存评估"),
    "fit": (FitForm, "登记适配", "登记适配"),
    "follow_up": (FollowUpForm, "登记回访", "登记回访"),
    "unfit": (ReasonForm, "撤销适配登记", "撤销适配登记"),
    "withdraw": (ReasonForm, "撤回申请", "撤回申请"),
}
RELATED = ("person__community__parent", "item__device_class", "opened_by", "assessed_by", "decided_by", "fitted_by")


def _mine(request: HttpRequest) -> Any:
    return DeviceCase.objects.visible_to(request.user)


# the worklist


@views_rehab
@never_cache
def device_case_list(request: HttpRequest) -> HttpResponse:
    """Overdue first; how much lies at each stage, and how late."""
    today = timezone.localdate()
    form = CaseFilter(request.GET, user=request.user, today=today)
    rows = in_order(form.found(_mine(request)), request.user, today=today)
    page = Paginator(rows.select_related("person__community__parent", "item"), PAGE).get_page(request.GET.get("page"))
    lines = [_line(row, today) for row in page.object_list]
    note(request, AccessAct.SEARCH, f"辅具适配清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "lines": lines,
        "people": [line["case"].person for line in lines],
        "tiles": _tiles(form, counted(form.tab(_mine(request)), request.user, today=today)),
        "may_export": request.user.has_perms(EXPORT),
    }
    return render(request, "rehab/devices/list.html", context)


def _line(row: DeviceCase, today: Any) -> dict[str, Any]:
    """One case as lists and its own page head show it."""
    left, tone = "", ""
    if row.due_on is not None and not row.is_ended:
        days = (row.due_on - today).days
        left = f"还剩 {days} 天" if days > 0 else "今天到期" if days == 0 else f"已超期 {-days} 天"
        tone = "wait" if days > 0 else "warn" if days == 0 else "bad"
    return {"case": row, "tone": TONES[CaseState(row.state)], "left": left, "left_tone": tone, "waits": waits_for(row)}


def _tiles(form: CaseFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each stage with what lies there; every tile is an address."""
    tiles = [(MINE, "待我办理", counts["mine"], 0), (OVERDUE, "已超期", counts["overdue"], counts["overdue"])]
    tiles += [(state, CaseState(state).label, counts[state], counts[f"{state}_overdue"]) for state in STAGES]
    tiles.append((DUE, "到期应回访", counts["due"], 0))
    return [
        {
            "label": label,
            "count": count,
            "late": late,
            "query": with_query(form.data, state=state),
            "is_current": form.data.get("state") == state,
        }
        for state, label, count, late in tiles
    ]


@exports
@never_cache
def device_case_export(request: HttpRequest) -> HttpResponse:
    """The cases that the filter shows, as a workbook."""
    today = timezone.localdate()
    form = CaseFilter(request.GET, user=request.user, today=today)
    rows = in_order(form.found(_mine(request)), request.user, today=today)
    rows = rows.select_related("person__community__parent", "item", "decided_by", "terms")
    back = f"{reverse('device_case_list')}?{form.query}" if form.query else reverse("device_case_list")
    return export_page(request, CASES, rows, chosen=form.chosen, back=back)


# opening


@records
@never_cache
def device_case_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens a case for a person, from a need or without one."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    form = OpenForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.case_open(person=person, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, in_words(broken))
        else:
            messages.success(request, "已登记辅具需求，下一步登记评估。")
            return redirect("device_case", row.pk)
    note(request, AccessAct.READ, "登记辅具需求", people=1, person=person.pk)
    cases = person.devicecases.select_related("item").order_by("-pk")
    context = {
        "form": form,
        "person": person,
        "statement": statement_in_force(person),
        "today": today,
        "cases": [_line(row, today) for row in cases],
    }
    return render(request, "rehab/devices/add.html", context)


# one case


@views_rehab
@never_cache
def device_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what is known, what the terms come to, all that was done, and the forms of the next act."""
    row = get_object_or_404(_mine(request).select_related(*RELATED, "terms"), pk=pk)
    today = timezone.localdate()
    sent = request.POST.get("act", "") if request.method == "POST" else ""
    forms = {
        act: ACTS[act][0](request.POST if act == sent else None, case=row, today=today, auto_id=f"{act}_%s")
        for act in services.acts_open(row, request.user)
    }
    if request.method == "POST":
        if sent not in forms:
            messages.error(request, _why_not(request, row, sent))
            return redirect("device_case", row.pk)
        if forms[sent].is_valid() and _done(request, row, sent, forms[sent]):
            return redirect("device_case", row.pk)
    note(request, AccessAct.READ, "辅具适配办理", people=1, person=row.person_id)
    context = {
        **_line(row, today),
        "person": row.person,
        "today": today,
        "terms": _terms(row, today),
        "follow_ups": list(row.follow_ups.select_related("done_by")),
        "forms": [(act, form, *ACTS[act][1:]) for act, form in forms.items()],
        "why_not": _why_not(request, row, "") if "decide" not in forms else "",
    }
    return render(request, "rehab/devices/page.html", context)


def _why_not(request: HttpRequest, row: DeviceCase, act: str) -> str:
    """Why somebody who approves may not approve this one; or why an act is not done."""
    is_own = row.state == CaseState.ASSESSED and row.assessed_by_id == request.user.pk
    if is_own and request.user.has_perm(MANAGE) and act in ("", "decide"):
        return services.OWN_ASSESSMENT
    return "这份申请的状态已经改变，或不由您办理，没有作任何改动。" if act else ""


def _terms(row: DeviceCase, today: Any) -> dict[str, Any]:
    """What is in force for the item, what it would come to, and whether it is too early: as advice before the decision."""
    if row.item is None or row.state != CaseState.ASSESSED:
        return {"applied": row.terms}
    terms = terms_on(row.item, today)
    found: dict[str, Any] = {"advice": True, "terms": terms}
    if terms is not None and row.price_yuan is not None:
        subsidy = subsidy_of(terms, price_yuan=row.price_yuan, quantity=row.quantity)
        found |= {"subsidy": subsidy, "self_pay": row.price_yuan * row.quantity - subsidy}
    found["too_early"] = too_early(row.item, person=row.person_id, on=today)
    return found


def _done(request: HttpRequest, row: DeviceCase, act: str, form: Any) -> bool:
    """Does what was sent, and says so; False where it was refused, which the form then says."""
    try:
        said = DO[act](row, form.cleaned_data, {"by": request.user, "today": timezone.localdate()})
    except RuleBroken as broken:
        form.add_error(None, in_words(broken))
        return False
    messages.success(request, said)
    return True


def _assess(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.case_assess(case=row, **sent, **how)
    return "已登记评估，等区残联的其他人审批。"


def _decide(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    after = services.case_decide(
        case=row,
        approved=sent["decision"] != REFUSE,
        subsidised=sent["decision"] == SUBSIDISED,
        reason=sent["reason"],
        seen=sent["seen"],
        **how,
    )
    if after.state == CaseState.REFUSED:
        return "已登记不予批准。请把理由告知本人。"
    return f"已批准，补贴 {after.subsidy_yuan} 元。"


def _fit(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    after = services.case_fit(case=row, **sent, **how)
    return f"已登记适配，计入辅具适配率；补贴 {after.subsidy_yuan} 元，自付 {after.self_pay_yuan} 元。{after.due_on} 前回访。"


def _follow_up(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.case_follow_up(case=row, **sent, **how)
    return "已登记回访。"


def _unfit(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.case_unfit(case=row, **sent, **how)
    return "已撤销适配登记，回到待适配。"


def _withdraw(row: DeviceCase, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.case_withdraw(case=row, **sent, **how)
    return "已撤回这份申请；以后可以重新登记。"


DO: dict[str, Callable[[DeviceCase, dict[str, Any], dict[str, Any]], str]] = {
    "assess": _assess,
    "decide": _decide,
    "fit": _fit,
    "follow_up": _follow_up,
    "unfit": _unfit,
    "withdraw": _withdraw,
}

urls = [
    path("rehab/devices/", device_case_list, name="device_case_list"),
    path("rehab/devices/export/", device_case_export, name="device_case_export"),
    path("rehab/devices/<int:pk>/", device_case, name="device_case"),
    path("people/<int:pk>/rehab/device/", device_case_add, name="device_case_add"),
]
