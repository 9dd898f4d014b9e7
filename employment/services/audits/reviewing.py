"""初审 and 复审 by two people; what the second passes is certified, and its figures are frozen."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from employment.models import (
    Audit,
    AuditCertificate,
    AuditOutcome,
    AuditState,
    AuditStepKind,
    EmployerYear,
    QuotaSheet,
)
from employment.rules.audits import SOURCE, parameter_day
from employment.services.audits.common import SAME_PERSON, as_it_is, certificate_of, held, step
from employment.services.audits.figures import refuse_lacking, sheet_fit
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters


def audit_first_review(
    *,
    audit: Audit,
    opinion: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
    sheet_seen: datetime.datetime | None = None,
) -> Audit:
    """初审 passed: papers complete, the sheet reckoned. What does not pass is asked to be completed."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_first_review", reason="初审")
        row = held(audit, by=by, states=(AuditState.DECLARED,), seen=seen)
        refuse_lacking(row, sheet_fit(row, seen=sheet_seen))
        before = as_it_is(row)
        row.state, row.first_reviewed_by = AuditState.FIRST_REVIEWED, by
        kept(row)
        step(
            row, AuditStepKind.FIRST_REVIEW, before=before, by=by, today=today,
            outcome=AuditOutcome.PASSED, opinion=opinion.strip(),
        )  # fmt: skip
    return row


def refusal_to_certify(audit: Audit, by: User) -> str:
    """Why somebody may not do the second review; empty where they may."""
    return SAME_PERSON if audit.first_reviewed_by_id == by.pk else ""


def audit_return(*, audit: Audit, opinion: str, by: User, today: datetime.date, seen: int | None = None) -> Audit:
    """复审 sends it back to the first review, with the reason; another round of reviews begins."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_return", reason="复审退回")
        row = held(audit, by=by, states=(AuditState.FIRST_REVIEWED,), seen=seen)
        if refusal := refusal_to_certify(row, by):
            raise RuleBroken(refusal, source=SOURCE)
        opinion = text(opinion, what="退回的理由")
        before = as_it_is(row)
        row.state, row.first_reviewed_by, row.round = AuditState.DECLARED, None, next_round(row)
        kept(row)
        step(
            row, AuditStepKind.SECOND_REVIEW, before=before, by=by, today=today,
            outcome=AuditOutcome.RETURNED, opinion=opinion,
        )  # fmt: skip
    return row


def next_round(row: Audit) -> int:
    """A round in which nobody has decided anything."""
    latest = row.steps.aggregate(last=Max("round"))["last"] or 0
    return int(max(latest, row.round)) + 1


def audit_certify(
    *,
    audit: Audit,
    opinion: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
    sheet_seen: datetime.datetime | None = None,
) -> Audit:
    """复审 passed by somebody else than the first: 审核确认书 with the year's next number, the sheet's figures frozen."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_certify", reason="复审")
        row = held(audit, by=by, states=(AuditState.FIRST_REVIEWED,), seen=seen)
        if refusal := refusal_to_certify(row, by):
            raise RuleBroken(refusal, source=SOURCE)
        sheet = sheet_fit(row, seen=sheet_seen)
        refuse_lacking(row, sheet)
        before = as_it_is(row)
        row.certificate = _certificate(row, sheet, by=by, today=today)
        row.certified_by, row.due_yuan = by, row.certificate.net_yuan
        row.state = AuditState.CERTIFIED
        kept(row)
        step(
            row, AuditStepKind.SECOND_REVIEW, before=before, by=by, today=today,
            outcome=AuditOutcome.PASSED, opinion=opinion.strip(),
        )  # fmt: skip
    return row


def _certificate(row: Audit, sheet: QuotaSheet, *, by: User, today: datetime.date) -> AuditCertificate:
    parameters = Parameters(on=datetime.date(row.year, 12, 31))
    year = EmployerYear.objects.filter(employer=row.employer_id, year=row.year).first()
    last = AuditCertificate.objects.filter(year=today.year).aggregate(last=Max("number"))["last"] or 0
    made = AuditCertificate(
        employer=row.employer,
        audit_year=row.year,
        year=today.year,
        number=last + 1,
        certified_on=today,
        certified_by=by,
        wage_total_yuan=None if year is None else year.wage_total_yuan,
        quota_ratio=Decimal(str(parameters["employment.quota_ratio"])),
        **{
            name: getattr(sheet, name)
            for name in (
                "headcount",
                "placed",
                "required",
                "gap",
                "average_wage_yuan",
                "base_yuan",
                "gross_yuan",
                "net_yuan",
                "lines",
                "reckoned_at",
            )
        },
    )
    kept(made)
    return made


def objection_record(
    *,
    audit: Audit,
    objected_on: datetime.date,
    content: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> Audit:
    """The employer objects to what was certified: it is not pushed before that has been looked at again."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="objection_record", reason="登记异议")
        row = held(audit, by=by, states=(AuditState.CERTIFIED,), seen=seen)
        if row.objected_on is not None:
            raise RuleBroken("已有一项异议正在复核，请先复核。")
        parameters = Parameters(on=parameter_day(row.year, today=today))
        certificate = certificate_of(row)
        since, last = certificate.certified_on, objection_until(certificate, parameters)
        refuse_day(objected_on, what="提出异议日期", today=today, since=since, since_what="认证日期")
        if objected_on > last:
            raise RuleBroken(f"提出异议的期限是 {last}，{objected_on} 已经超过，不再受理。")
        content = text(content, what="异议的内容")
        before = as_it_is(row)
        row.objected_on = objected_on
        row.objection_due_on = objected_on + datetime.timedelta(days=int(parameters["employment.rereview_days"]))
        kept(row)
        step(
            row, AuditStepKind.OBJECTION, before=before, by=by, today=today,
            opinion=content, due_on=row.objection_due_on,
        )  # fmt: skip
    return row


def objection_until(certificate: AuditCertificate, parameters: Parameters) -> datetime.date:
    """The last day on which an employer may object to its certificate."""
    return certificate.certified_on + datetime.timedelta(days=int(parameters["employment.objection_days"]))


def objection_judge(
    *, audit: Audit, upheld: bool, opinion: str, by: User, today: datetime.date, seen: int | None = None
) -> Audit:
    """异议复核: dismissed, the certificate stands; upheld, it is revoked and the reviews begin again."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="objection_judge", reason="异议复核")
        row = held(audit, by=by, states=(AuditState.CERTIFIED,), seen=seen)
        if row.objected_on is None:
            raise RuleBroken("这份年审没有待复核的异议。")
        opinion = text(opinion, what="复核意见")
        before = as_it_is(row)
        row.objected_on = row.objection_due_on = None
        if upheld:
            refuse_followed(row)
            certificate_revoke(row, reason=f"异议成立：{opinion}", today=today)
            row.state, row.first_reviewed_by, row.round = AuditState.DECLARED, None, next_round(row)
        kept(row)
        outcome = AuditOutcome.UPHELD if upheld else AuditOutcome.DISMISSED
        step(row, AuditStepKind.JUDGE, before=before, by=by, today=today, outcome=outcome, opinion=opinion)
    return row


def refuse_followed(row: Audit) -> None:
    """Refuses to take away a certificate that an award rests on."""
    if hasattr(row, "award"):
        raise RuleBroken("这份审核确认书已用于超比例奖励申请，请先撤销奖励申请。")


def certificate_revoke(row: Audit, *, reason: str, today: datetime.date) -> None:
    """Takes the certificate in force back; its number stays used."""
    certificate = certificate_of(row)
    row.certificate, row.certified_by, row.due_yuan = None, None, None
    AuditCertificate.objects.filter(pk=certificate.pk).update(revoked_on=today, revoked_reason=reason[:500])
