"""The acts on a case: whose forms are open to the reader, and what each of them tells its service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from subsidies.forms.applications import (
    PASS,
    RETURN,
    CompleteForm,
    JudgeForm,
    NotifiedForm,
    ObjectionForm,
    ReviewForm,
    WithdrawForm,
)
from subsidies.models import Application, Objection, ObjectionState
from subsidies.services import applications as services
from subsidies.views.applications.common import said
from zalainuoer.common.errors import RuleBroken

JUDGE = "judge"  # has a form for each objection, and so none in ACTS
ACTS: dict[str, tuple[type[Any], str, str]] = {
    # act: (form, heading, button)
    "review": (ReviewForm, "审核", "提交审核意见"),
    "complete": (CompleteForm, "登记补正", "登记补正，继续办理"),
    "objection": (ObjectionForm, "登记异议", "登记异议"),
    "notified": (NotifiedForm, "告知结果", "登记已告知"),
    "withdraw": (WithdrawForm, "撤回申请", "撤回申请"),
}


def forms_of(request: HttpRequest, row: Application, sent: str) -> dict[str, Any]:
    """The forms of the acts open to the reader; the one that was sent holds what was typed."""
    today = timezone.localdate()
    return {
        act: ACTS[act][0](request.POST if act == sent else None, application=row, today=today, auto_id=f"{act}_%s")
        for act in services.acts_open(row, request.user)
    }


def judging_of(request: HttpRequest, row: Application, sent: str) -> list[dict[str, Any]]:
    """The case's objections, each with its form where the reader may judge it, or why not."""
    found = []
    objections = list(row.objections.select_related("recorded_by"))
    is_open = any(objection.state == ObjectionState.OPEN for objection in objections)
    refusal = services.refusal_to_judge(row, request.user) if is_open else ""
    for objection in objections:
        form = None
        if objection.state == ObjectionState.OPEN and not refusal:
            is_sent = sent == JUDGE and request.POST.get("objection") == str(objection.pk)
            form = JudgeForm(request.POST if is_sent else None, auto_id=f"judge{objection.pk}_%s")
        why_not = refusal if objection.state == ObjectionState.OPEN else ""
        found.append({"objection": objection, "form": form, "why_not": why_not})
    return found


def do(request: HttpRequest, row: Application, act: str, forms: dict[str, Any], judging: list[dict[str, Any]]) -> bool:
    """Does what was sent, and says so; False where the page is to be shown again with what is wrong in the form."""
    about: Application | Objection = row
    form = forms.get(act)
    if act == JUDGE:
        sent = next((each for each in judging if each["form"] is not None and each["form"].is_bound), None)
        form, about = (None, row) if sent is None else (sent["form"], sent["objection"])
    if form is None:
        messages.error(request, _closed(request, row, act))
        return True
    if not form.is_valid():
        return False
    try:
        done = DO[act](about, form.cleaned_data, {"by": request.user, "today": timezone.localdate()})
    except RuleBroken as broken:
        form.add_error(None, said(broken))
        return False
    messages.success(request, done)
    return True


def _closed(request: HttpRequest, row: Application, act: str) -> str:
    if act == JUDGE:
        return "没有办理：这项异议已经处理，或不由您办理。"
    refusal = services.refusal_to_review(row, request.user) if act == "review" else ""
    return f"没有办理。{refusal or '这份申请的状态已经改变，请看下面现在的状态。'}"


def _review(row: Application, sent: dict[str, Any], how: dict[str, Any]) -> str:
    decision = sent["decision"]
    after = services.application_review(
        application=row,
        passed=decision == PASS,
        returned=decision == RETURN,
        opinion=sent["opinion"],
        seen=sent["seen"],
        **how,
    )
    return f"已提交审核意见。这份申请现在的状态：{after.get_state_display()}。"


def _complete(row: Application, sent: dict[str, Any], how: dict[str, Any]) -> str:
    after = services.application_complete(
        application=row, papers=sent.get("papers", []), note=sent["note"], seen=sent["seen"], **how
    )
    return f"已登记补正。这份申请现在的状态：{after.get_state_display()}。"


def _objection(row: Application, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.objection_record(
        application=row, content=sent["content"], received_on=sent["received_on"], said_by=sent["said_by"], **how
    )
    return "已登记异议。异议处理完以前，这份申请不会核发。"


def _judge(objection: Objection, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.objection_resolve(objection=objection, upheld=sent["upheld"] == "yes", opinion=sent["opinion"], **how)
    return "已登记异议的处理结果。"


def _notified(row: Application, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.application_notified(application=row, on=sent["on"], **how)
    return "已登记告知日期。"


def _withdraw(row: Application, sent: dict[str, Any], how: dict[str, Any]) -> str:
    services.application_withdraw(application=row, reason=sent["reason"], seen=sent["seen"], **how)
    return "已撤回这份申请；以后可以重新申请。"


DO: dict[str, Callable[[Any, dict[str, Any], dict[str, Any]], str]] = {
    "review": _review,
    "complete": _complete,
    "objection": _objection,
    JUDGE: _judge,
    "notified": _notified,
    "withdraw": _withdraw,
}
