"""The yearly audit's acts: every one locks the audit, refuses with a sentence, and keeps its step."""

from employment.services.audits.collecting import (
    audits_push,
    credit_add,
    credit_pushed,
    credit_remove,
    owing_record,
    payment_add,
    reminder_issue,
)
from employment.services.audits.common import last_step, standing_steps
from employment.services.audits.declaring import audit_ask, audit_complete, audit_declare
from employment.services.audits.figures import papers_lacking, refusal_of, sheet_of
from employment.services.audits.reviewing import (
    audit_certify,
    audit_first_review,
    audit_return,
    objection_judge,
    objection_record,
    objection_until,
    refusal_to_certify,
)
from employment.services.audits.taking_back import audit_take_back, refusal_to_take_back

__all__ = [
    "audit_ask",
    "audit_certify",
    "audit_complete",
    "audit_declare",
    "audit_first_review",
    "audit_return",
    "audit_take_back",
    "audits_push",
    "credit_add",
    "credit_pushed",
    "credit_remove",
    "last_step",
    "objection_judge",
    "objection_record",
    "objection_until",
    "owing_record",
    "papers_lacking",
    "payment_add",
    "refusal_of",
    "refusal_to_certify",
    "refusal_to_take_back",
    "reminder_issue",
    "sheet_of",
    "standing_steps",
]
