"""One employer's audit of one year: where it stands, its figures, papers and steps, and what may be done next."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.audits import DeclareForm, ReviewForm
from employment.models import (
    Audit,
    AuditCertificate,
    AuditPaper,
    AuditState,
    AuditStepKind,
    Employer,
    LevyReminder,
    QuotaSheet,
)
from employment.rules.audits import Window, window_of
from employment.rules.levy import late_fee
from employment.services import audits as services
from employment.templatetags.exact import exact
from employment.views.audits.acts import ACTS, TAKE_BACK, acts_open, declare
from employment.views.audits.common import (
    REVIEW,
    audits_of,
    form_page,
    in_words,
    note_print,
    office,
    reviews,
    views_audits,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters

DECLARE, BACK = "declare", "take_back"
UNDER_REVIEW = (AuditState.DECLARED, AuditState.INCOMPLETE, AuditState.FIRST_REVIEWED)


def _employer(request: HttpRequest, pk: int, year: int) -> Employer:
    """The employer within the reader's area, for a year that can be audited."""
    if not 2016 <= year < timezone.localdate().year:
        raise Http404
    return get_object_or_404(Employer.objects.visible_to(request.user).select_related("street"), pk=pk)


def _audit(request: HttpRequest, employer: Employer, year: int) -> Audit | None:
    rows = audits_of(request).select_related("certificate__certified_by", "first_reviewed_by", "award")
    found: Audit | None = rows.filter(employer=employer, year=year).first()
    return found


@views_audits
@never_cache
def audit(request: HttpRequest, employer: int, year: int) -> HttpResponse:
    """The page."""
    of, today = _employer(request, employer, year), timezone.localdate()
    row = _audit(request, of, year)
    is_open = row is None or row.state == AuditState.NOT_DECLARED
    sheet = None if row is not None and row.certificate else QuotaSheet.objects.filter(employer=of, year=year).first()
    context = {
        "employer": of,
        "year": year,
        "audit": row,
        "state": AuditState(AuditState.NOT_DECLARED if row is None else row.state),
        "is_open": is_open,
        "sheet": sheet,
        "sheet_refusal": services.refusal_of(row, sheet) if row is not None and row.state in UNDER_REVIEW else "",
        "sheet_address": reverse("levy_sheet", args=[of.pk, year]),
        "today": today,
        **_window(year, today),
        **_kept(row, today),
        **_acts(request, row, is_open=is_open),
    }
    return render(request, "employment/audits/page.html", context)


def _window(year: int, today: datetime.date) -> dict[str, Any]:
    try:
        window, wrong = window_of(year, today=today), ""
    except RuleBroken as broken:
        window, wrong = Window(None, None), in_words(broken)
    return {"window": window, "window_wrong": wrong, "is_over": window.is_over(today)}


def _kept(row: Audit | None, today: datetime.date) -> dict[str, Any]:
    """What has been kept of an audit: its steps, papers, payments, reminders and records."""
    if row is None:
        return {}
    reminders = list(row.reminders.order_by("pk"))
    return {
        "steps": list(row.steps.select_related("done_by", "taken_back_by")),
        "papers": [(paper.label, paper in row.papers) for paper in AuditPaper],
        "payments": list(row.payments.order_by("paid_on", "pk")),
        "reminders": reminders,
        "credit": list(row.credit_records.select_related("decided_by")),
        "revoked": list(
            AuditCertificate.objects.filter(employer=row.employer_id, audit_year=row.year, revoked_on__isnull=False)
        ),
        "outstanding": row.outstanding_yuan,
        "fee": _late_fee(row, today),
    }


def _late_fee(row: Audit, today: datetime.date) -> dict[str, Any] | None:
    """滞纳金 as it would be today, and how it is reckoned; None where nothing is owed from a known day."""
    if row.state != AuditState.OWING or row.owing_since is None:
        return None
    days, parameters = (today - row.owing_since).days + 1, Parameters(on=today)
    try:
        daily = Decimal(str(parameters["employment.late_fee_daily"]))
        ceiling = Decimal(str(parameters["employment.late_fee_ceiling"]))
    except RuleBroken as broken:
        return {"wrong": in_words(broken)}
    return {"yuan": late_fee(row.outstanding_yuan, days, daily=daily, ceiling=ceiling), "days": days, "daily": daily}


def _acts(request: HttpRequest, row: Audit | None, *, is_open: bool) -> dict[str, Any]:
    """What the reader may do next, and why not what would be next."""
    if not request.user.has_perm(REVIEW):
        return {"acts": [], "why_not": ""}
    acts: list[tuple[str, str]] = []
    why_not = ""
    if is_open:
        acts = [(DECLARE, "受理申报")]
    last = None
    if row is not None:
        last = services.standing_steps(row).first()
        refusal = services.refusal_to_certify(row, request.user)
        for name in _open(row):
            if ACTS[name].is_second and refusal:
                why_not = refusal
            else:
                acts.append((name, ACTS[name].label))
    may_take_back = row is not None and last is not None and not services.refusal_to_take_back(row, last)
    return {"acts": acts, "why_not": why_not, "last": last, "may_take_back": may_take_back}


def _open(row: Audit) -> list[str]:
    until = [each.due_on for each in row.reminders.filter(withdrawn_on__isnull=True)]
    return acts_open(
        row,
        reminded=bool(until),
        overdue=bool(until) and max(until) < timezone.localdate(),
        is_listed=row.credit_records.filter(removed_on__isnull=True).exists(),
    )


@reviews
@never_cache
def audit_act(request: HttpRequest, employer: int, year: int, act: str) -> HttpResponse:
    """One act, with its form; what the state does not leave open is not there."""
    of, today = _employer(request, employer, year), timezone.localdate()
    row = _audit(request, of, year)
    how = {"by": request.user, "today": today}
    back = reverse("annual_audit", args=[of.pk, year])
    page: dict[str, Any] = {"back": back, "crumb": ("年审", back)}
    head = [("单位", of.name), ("年审年度", f"{year}年")]
    seen = services.last_step(row)
    if act == DECLARE:
        form: Any = DeclareForm(request.POST or None, audit=row, today=today, seen=seen)
        return form_page(
            request, form, lambda: declare(of, year, form.cleaned_data, how),
            title="受理申报", submit="受理申报", said="已受理申报。", facts=head, hint=_window_hint(year, today), **page,
        )  # fmt: skip
    which = TAKE_BACK if act == BACK else ACTS.get(act)
    if row is None or which is None:
        raise Http404
    extra: dict[str, Any] = {}
    if which.form is ReviewForm:
        sheet = services.sheet_of(row)
        head += _figures(sheet)
        extra["reckoned_at"] = None if sheet is None else sheet.reckoned_at
    else:
        head += _facts(row, act)
    form = which.form(request.POST or None, audit=row, today=today, seen=seen, **extra)
    return form_page(
        request, form, lambda: which.do(row, form.cleaned_data, how),
        title=which.label, submit=which.submit, said=which.said, facts=head, hint=which.hint, **page,
    )  # fmt: skip


def _window_hint(year: int, today: datetime.date) -> str:
    found = _window(year, today)
    if found["window_wrong"]:
        return str(found["window_wrong"])
    window = found["window"]
    if not window.is_maintained:
        return "参数未维护：申报期没有填写，申报日期只核对是不是在次年以后；没有申报的单位不会视为未安排。"
    return f"申报期 {window.first} 至 {window.last}，含两端。"


def _figures(sheet: QuotaSheet | None) -> list[tuple[str, Any]]:
    """The figures that a review passes."""
    if sheet is None:
        return [("测算表", "还没有测算")]
    named = (
        ("在职职工人数（年平均）", sheet.headcount, "人"),
        ("安排残疾人人数", sheet.placed, "人"),
        ("应安排人数", sheet.required, "人"),
        ("少安排人数", sheet.gap, "人"),
        ("应纳费额", sheet.gross_yuan, "元"),
        ("减免后应缴", sheet.net_yuan, "元"),
    )
    shown: list[tuple[str, Any]] = [
        (label, "没有算出" if value is None else f"{value:.2f} 元" if unit == "元" else f"{exact(value)} {unit}")
        for label, value, unit in named
    ]
    return [*shown, ("测算时间", f"{timezone.localtime(sheet.reckoned_at):%Y-%m-%d %H:%M}")]


def _facts(row: Audit, act: str) -> list[tuple[str, Any]]:
    """What an act is about."""
    if act == BACK:
        last = services.standing_steps(row).first()
        return [] if last is None else [("将要撤回", f"{last.get_kind_display()}，{last.done_on:%Y-%m-%d}")]
    if act == "complete":
        return [("需补正的内容", row.missing), ("补正期限", f"{row.complete_by:%Y-%m-%d}" if row.complete_by else "")]
    if act == "judge":
        step = row.steps.filter(kind=AuditStepKind.OBJECTION).last()
        return [("异议的内容", "" if step is None else step.opinion), ("复核期限", f"{row.objection_due_on}")]
    if row.due_yuan is not None:
        return [
            ("应缴", f"{row.due_yuan} 元"), ("已缴", f"{row.paid_yuan} 元"), ("尚欠", f"{row.outstanding_yuan} 元"),
        ]  # fmt: skip
    return []


@views_audits
@never_cache
def audit_certificate(request: HttpRequest, employer: int, year: int) -> HttpResponse:
    """审核确认书 to print."""
    of = _employer(request, employer, year)
    row = _audit(request, of, year)
    if row is None or row.certificate is None:
        raise Http404
    note_print(request, f"打印审核确认书{row.certificate}")
    context = {
        "employer": of, "year": year, "audit": row, "certificate": row.certificate, "office": office(),
        "objection_until": _objection_until(row.certificate),
    }  # fmt: skip
    return render(request, "employment/audits/certificate.html", context)


def _objection_until(certificate: AuditCertificate) -> datetime.date | None:
    """The last day to object, by the parameters of the day of the certificate; None where they are not maintained."""
    try:
        return services.objection_until(certificate, Parameters(on=certificate.certified_on))
    except RuleBroken:
        return None


@views_audits
@never_cache
def audit_reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """催缴通知书 to print."""
    rows = LevyReminder.objects.visible_to(request.user).select_related("audit__employer", "audit__certificate")
    row = get_object_or_404(rows.filter(withdrawn_on__isnull=True), pk=pk)
    note_print(request, f"打印催缴通知书{row}")
    paid = row.audit.certificate.net_yuan - row.amount_yuan if row.audit.certificate else Decimal(0)
    context = {
        "reminder": row, "audit": row.audit, "employer": row.audit.employer, "office": office(), "paid": paid,
    }  # fmt: skip
    return render(request, "employment/audits/reminder.html", context)


urls = [
    path("employment/audits/<int:employer>/<int:year>/", audit, name="annual_audit"),
    path(
        "employment/audits/<int:employer>/<int:year>/certificate/", audit_certificate, name="annual_audit_certificate"
    ),
    path("employment/audits/<int:employer>/<int:year>/do/<slug:act>/", audit_act, name="annual_audit_act"),
    path("employment/audits/reminders/<int:pk>/", audit_reminder, name="levy_reminder"),
]
