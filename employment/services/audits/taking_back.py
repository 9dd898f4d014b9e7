"""撤回上一步: the last step is undone where nothing follows from it; it stays to be read, and so does who undid it."""

from __future__ import annotations

import datetime

from django.db import transaction

from employment.models import Audit, AuditOutcome, AuditState, AuditStep, AuditStepKind, LevyPayment, LevyReminder
from employment.services.audits.common import as_it_is, held, put_back, standing_steps, step
from employment.services.audits.reviewing import certificate_revoke, next_round, refuse_followed
from zalainuoer.common.acting import kept, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

ANY = tuple(AuditState)


def refusal_to_take_back(row: Audit, last: AuditStep | None) -> str:
    """Why the last step cannot be taken back; empty where it can."""
    if last is None:
        return "没有可以撤回的环节。"
    if row.credit_records.filter(removed_on__isnull=True).exists():
        return "这个单位已列入失信记录，请先移出，再撤回。"
    if last.outcome == AuditOutcome.UPHELD:
        return "异议成立后，审核确认书已经撤回，不能恢复。请重新初审、复审。"
    return ""


def audit_take_back(*, audit: Audit, reason: str, by: User, today: datetime.date, seen: int | None = None) -> Audit:
    """Takes the last step back: the audit says again what it said before it.

    A review that was passed may be decided again by the same person: a new round begins. A certificate is revoked and
    its number not given again; a payment is deleted, a reminder withdrawn.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_take_back", reason=reason)
        row = held(audit, by=by, states=ANY, seen=seen)
        reason = text(reason, what="撤回的理由")
        last = standing_steps(row).first()
        refusal = refusal_to_take_back(row, last)
        if last is None or refusal:
            raise RuleBroken(refusal)
        before, later = as_it_is(row), next_round(row)
        _undo(row, last, reason=reason, today=today)
        put_back(row, last.before)
        if last.outcome == AuditOutcome.PASSED:
            row.round = later
        kept(row)
        step(row, AuditStepKind.TAKE_BACK, before=before, by=by, today=today, opinion=reason, takes_back=last)
    return row


def _undo(row: Audit, last: AuditStep, *, reason: str, today: datetime.date) -> None:
    """What the step has made beside the audit itself."""
    if last.kind == AuditStepKind.SECOND_REVIEW and last.outcome == AuditOutcome.PASSED:
        refuse_followed(row)
        certificate_revoke(row, reason=reason, today=today)
    elif last.kind == AuditStepKind.PAY:
        LevyPayment.objects.filter(step=last).delete()
    elif last.kind == AuditStepKind.REMIND:
        LevyReminder.objects.filter(step=last).update(withdrawn_on=today)
