"""The acts that bring a home on until its approval, one form each; and objections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.evidence import evidence_on
from accessibility.forms import homes as forms
from accessibility.models import HomeObjection, HomeStage, RetrofitHome
from accessibility.parts_first import plan as plan_of
from accessibility.services.homes import assessing, deciding, opening, planning, showing, taking_back
from accessibility.services.homes.steps import MANAGE, RECORD
from accessibility.views.common import home_form, in_words, manages_homes, records_homes, the_home, views_homes
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters


@dataclass(frozen=True)
class Act:
    """One act: `do` is a service that takes what the form sent, `home`, `by` and `today`."""

    label: str
    submit: str
    said: str
    form: type[Any]
    permission: str
    do: Callable[..., Any]
    hint: str = ""


ACTS: dict[str, Act] = {
    "assess": Act(
        "完成评估", "提交评估", "已完成评估。", forms.AssessForm, RECORD, assessing.home_assess,
        "提交后评估不能再改；填错了的，先撤回。",
    ),
    "plan": Act(
        "提交方案", "提交方案", "方案已提交，下一步公示。", forms.PlanForm, RECORD, planning.home_plan,
        "方案至少有一项工程类项目：不得以简单配发辅助器具代替改造。",
    ),
    "show": Act("开始公示", "开始公示", "已开始公示。", forms.ShowForm, MANAGE, showing.home_show),
    "show_end": Act("公示结束", "登记公示结束", "已登记公示结束。", forms.ShowEndForm, MANAGE, showing.home_show_end),
    "decide": Act(
        "审批", "提交审批", "已登记审批结果。", forms.DecideForm, MANAGE, deciding.home_decide,
        "批准后，困难类型和残疾等级按当天的台账固定，写入改造台账；验收合格后计入指标 11。",
    ),
    "end": Act("终止办理", "终止办理", "已终止办理。", forms.EndForm, RECORD, opening.home_end),
    "take_back": Act(
        "撤回上一步", "撤回", "已撤回上一步。", forms.TakeBackForm, RECORD, taking_back.home_take_back,
        "撤回的环节仍留在经过里。撤回审批的，改造台账里的项目一并撤销。",
    ),
}  # fmt: skip


@views_homes
@never_cache
def home_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The form of one act, with what the decision rests on."""
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404
    home, today = the_home(request, pk), timezone.localdate()
    if not request.user.has_perm(chosen.permission):
        raise PermissionDenied
    form = chosen.form(request.POST or None, home=home, today=today)
    return home_form(
        request,
        home,
        form,
        lambda: chosen.do(home=home, by=request.user, today=today, **form.cleaned_data),
        title=chosen.label,
        submit=chosen.submit,
        said=chosen.said,
        back=reverse("home_page", args=[home.pk]),
        hint=chosen.hint,
        facts=_facts(request, home, act),
    )


def _facts(request: HttpRequest, home: RetrofitHome, act: str) -> list[tuple[str, str]]:
    """What whoever decides needs to see beside the form."""
    if act not in ("plan", "decide"):
        return []
    today = timezone.localdate()
    data = plan_of(home, request.user, today)
    facts = []
    if data is not None:
        cap = "参数未维护" if data["cap"] is None else f"{data['cap']} 元"
        facts = [("预算", f"{data['budget']} 元"), ("每户上限", cap), ("资金构成", f"{data['funded']} 元")]
    if act == "decide" and home.stage == HomeStage.APPROVING:
        facts.append(("认定依据", _evidence(home)))
    return facts


def _evidence(home: RetrofitHome) -> str:
    today = timezone.localdate()
    try:
        return evidence_on(home, on=today, parameters=Parameters(on=today)).sentence
    except RuleBroken as broken:
        return in_words(broken)


@records_homes
@never_cache
def home_objection_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes an objection while the home is on show."""
    home, today = the_home(request, pk), timezone.localdate()
    form = forms.ObjectionForm(request.POST or None, today=today)
    return home_form(
        request,
        home,
        form,
        lambda: showing.objection_record(home=home, by=request.user, today=today, **form.cleaned_data),
        title="登记异议",
        submit="登记异议",
        said="已登记异议，处理以前公示不能结束。",
        back=reverse("home_page", args=[home.pk]),
    )


@manages_homes
@never_cache
def home_objection(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """Judges an objection."""
    home, today = the_home(request, pk), timezone.localdate()
    row = get_object_or_404(HomeObjection, pk=objection, home=home)
    form = forms.JudgeForm(request.POST or None)
    return home_form(
        request,
        home,
        form,
        lambda: showing.objection_judge(objection=row, by=request.user, today=today, **form.cleaned_data),
        title="处理异议",
        submit="保存处理结果",
        said="已保存处理结果。",
        back=reverse("home_page", args=[home.pk]),
        facts=[("收到日期", f"{row.received_on}"), ("异议内容", row.content)],
    )


urls = [
    path("accessibility/homes/<int:pk>/objections/add/", home_objection_add, name="home_objection_add"),
    path("accessibility/homes/<int:pk>/objections/<int:objection>/", home_objection, name="home_objection"),
    path("accessibility/homes/<int:pk>/act/<str:act>/", home_act, name="home_act"),
]
