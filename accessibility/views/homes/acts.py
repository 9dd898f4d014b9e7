"""The acts that bring a home on from its assessment to the archive, one form each; and objections."""

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
from accessibility.forms import works as works_forms
from accessibility.models import HomeObjection, HomeStage, RetrofitHome
from accessibility.parts_first import plan as plan_of
from accessibility.services.homes import (
    accepting,
    assessing,
    deciding,
    filing,
    following,
    opening,
    planning,
    settling,
    showing,
    taking_back,
    works,
)
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
    template: str = "accessibility/homes/form.html"


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
    "contract": Act(
        "签订合同", "保存合同", "已登记合同。", works_forms.ContractForm, MANAGE, works.home_contract,
        "合同金额不能超过批准的预算。",
    ),
    "start": Act("开工", "登记开工", "已登记开工。", works_forms.StartForm, RECORD, works.home_start),
    "finish": Act(
        "完工报验", "登记完工", "已登记完工，下一步验收。", works_forms.FinishForm, RECORD, works.home_finish
    ),
    "accept": Act(
        "验收", "提交验收", "已登记验收结果。", works_forms.AcceptForm, MANAGE, accepting.home_accept,
        "逐项验收，双方签名。有一项不合格的，整改后重新验收；全部合格的，从验收日期起计入指标 11。",
        "accessibility/homes/sign.html",
    ),
    "correct": Act(
        "整改完成", "登记整改完成", "已登记整改，重新验收。", works_forms.CorrectForm, RECORD, works.home_correct
    ),
    "settle": Act(
        "结算", "保存结算", "已登记结算，三个月和一年时回访。", works_forms.SettleForm, MANAGE, settling.home_settle,
        "各项目的决算合计与各资金来源的支出合计应当相等，不能超过合同金额。",
    ),
    "follow_up": Act("回访", "保存回访", "已登记回访。", works_forms.FollowUpForm, RECORD, following.home_follow_up),
    "file": Act(
        "归档", "归档", "已归档。", works_forms.FileForm, MANAGE, filing.home_file, "档案完整的才能归档，归档以后不能增减；归档错了的，由区残联撤回。"
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
        template=chosen.template,
    )


def _facts(request: HttpRequest, home: RetrofitHome, act: str) -> list[tuple[str, str]]:
    """What whoever decides needs to see beside the form."""
    if act in ("accept", "settle") and home.contract_yuan is not None:
        return [("施工单位", str(home.contractor)), ("合同", f"{home.contract_number}，{home.contract_yuan} 元")]
    if act == "file":
        return [(paper.name, "有" if paper.is_there else f"缺：{paper.lack}") for paper in filing.papers_of(home)]
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
