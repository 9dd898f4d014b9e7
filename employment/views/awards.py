"""超比例奖励: who is above the quota, clause by clause; applied for, decided by somebody else, paid."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.audit_exporting import AWARDS
from employment.forms.audit_filters import YearFilter
from employment.forms.awards import ApplyForm, DecideForm, DropForm, HukouForm, PaidForm
from employment.models import Audit, AwardState, QuotaAward
from employment.rules.audits import parameter_day
from employment.rules.awards import AwardClause, clauses_of, is_eligible, may_apply, over_of
from employment.services import awards as services
from employment.templatetags.exact import exact
from employment.views.audits.common import (
    EXPORT,
    REVIEW,
    audits_of,
    export_page,
    exports,
    form_page,
    in_words,
    reviews,
    views_audits,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters

OVER = ExpressionWrapper(
    F("certificate__placed") - F("certificate__headcount") * F("certificate__quota_ratio"),
    output_field=DecimalField(max_digits=20, decimal_places=9),
)


def _award(row: Audit) -> QuotaAward | None:
    return getattr(row, "award", None)


def _lines(request: HttpRequest, year: int, today: datetime.date) -> list[dict[str, Any]]:
    """The certified employers above the quota, each with its clauses; in two statements."""
    rows = (
        audits_of(request)
        .filter(year=year, certificate__isnull=False)
        .annotate(over=OVER)
        .filter(over__gt=0)
        .select_related("award__hukou_checked_by", "award__decided_by")
        .order_by("-over", "employer__name")
    )
    parameters = Parameters(on=parameter_day(year, today=today))
    return [_line(row, parameters, today) for row in rows]


def _line(row: Audit, parameters: Parameters, today: datetime.date) -> dict[str, Any]:
    award = _award(row)
    clauses = _clauses(row, award, parameters, today)
    if award is not None and award.state != AwardState.APPLIED:
        word = "符合" if award.state in (AwardState.APPROVED, AwardState.PAID) else "不符合"
    else:
        word = "符合" if is_eligible(clauses) else "待核对" if may_apply(clauses) else "不符合"
    over = None if row.certificate is None else over_of(row.certificate)
    return {
        "audit": row,
        "award": award,
        "clauses": clauses,
        "word": word,
        "over": over,
        "may_apply": may_apply(clauses),
    }


def _clauses(row: Audit, award: QuotaAward | None, parameters: Parameters, today: datetime.date) -> list[AwardClause]:
    """As they were decided upon, or as they stand."""
    if row.certificate is None:
        return []
    if award is not None and award.clauses:
        return [AwardClause(*clause) for clause in award.clauses]
    checked = True if award is not None and award.hukou_checked_by_id else None
    return clauses_of(
        row.employer,
        row.certificate,
        parameters,
        applied_on=None if award is None else award.applied_on,
        hukou_checked=checked,
        today=today,
    )


@views_audits
@never_cache
def award_list(request: HttpRequest) -> HttpResponse:
    """Everybody above the quota in a year."""
    today = timezone.localdate()
    form = YearFilter(request.GET, today=today)
    wrong, lines = "", []
    try:
        lines = _lines(request, form.chosen_year, today) if form.is_valid() else []
    except RuleBroken as broken:
        wrong = in_words(broken)
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "year": form.chosen_year,
        "lines": lines,
        "wrong": wrong,
        "may_export": request.user.has_perm(EXPORT),
        "may_act": request.user.has_perm(REVIEW),
        "user": request.user,
    }
    return render(request, "employment/awards/list.html", context)


@exports
@never_cache
def award_export(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = YearFilter(request.GET, today=today)
    try:
        lines = _lines(request, form.chosen_year, today) if form.is_valid() else []
    except RuleBroken:  # said on the page
        lines = []
    back = f"{reverse('award_list')}?{form.query}" if form.query else reverse("award_list")
    chosen = {"年审年度": f"{form.chosen_year}年"}
    return export_page(request, AWARDS, lines, count=len(lines), chosen=chosen, back=back)


Do = Callable[[QuotaAward, dict[str, Any], dict[str, Any]], Any]
ACTS: dict[str, tuple[type[Any], str, str, Do]] = {
    "hukou": (
        HukouForm,
        "登记户籍核对",
        "已登记户籍核对。",
        lambda a, _, how: services.award_check_hukou(award=a, **how),
    ),
    "decide": (
        DecideForm,
        "审核奖励申请",
        "已审核。",
        lambda a, sent, how: services.award_decide(
            award=a, approved=sent["decision"] == "yes", opinion=sent["opinion"], **how
        ),
    ),
    "pay": (PaidForm, "登记发放", "已登记发放。", lambda a, sent, how: services.award_pay(award=a, **sent, **how)),
    "drop": (
        DropForm,
        "撤销奖励申请",
        "已撤销奖励申请。",
        lambda a, sent, how: services.award_drop(award=a, reason=sent["reason"], by=how["by"]),
    ),
}


@reviews
@never_cache
def award_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on the award of an audit (its key): applying, or what follows."""
    row = get_object_or_404(audits_of(request).select_related("award"), pk=pk, certificate__isnull=False)
    today = timezone.localdate()
    how = {"by": request.user, "today": today}
    back = f"{reverse('award_list')}?year={row.year}"
    award = _award(row)
    facts = [
        ("单位", row.employer.name),
        ("年审年度", f"{row.year}年"),
        ("超比例人数", f"{exact(over_of(row.certificate))} 人"),
    ]
    page: dict[str, Any] = {"back": back, "crumb": ("超比例奖励", back)}
    if act == "apply":
        form: Any = ApplyForm(request.POST or None, today=today)
        return form_page(
            request, form, lambda: services.award_apply(audit=row, **form.cleaned_data, **how),
            title="受理奖励申请", submit="受理申请", said="已受理奖励申请，等其他人审核。", facts=facts, **page,
        )  # fmt: skip
    if award is None or act not in ACTS:
        raise Http404
    form_class, title, said, do = ACTS[act]
    if act == "decide":
        facts += _amount(award)
    form = form_class(request.POST or None, today=today)
    return form_page(
        request, form, lambda: do(award, form.cleaned_data, how),
        title=title, submit=title, said=said, facts=facts, **page,
    )  # fmt: skip


def _amount(award: QuotaAward) -> list[tuple[str, Any]]:
    """What would be paid, or why it cannot be reckoned."""
    try:
        found = services.figures_of(award)
    except RuleBroken as broken:
        return [("奖励金额", in_words(broken))]
    said = f"{found['persons']} 人 × {found['months']} 个月 × {found['minimum_wage_yuan']} 元"
    return [("奖励金额", f"{found['amount_yuan']} 元（{said}）")]


urls = [
    path("employment/awards/", award_list, name="award_list"),
    path("employment/awards/export/", award_export, name="award_export"),
    path("employment/awards/<int:pk>/<slug:act>/", award_act, name="award_act"),
]
