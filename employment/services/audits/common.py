"""What every act on an audit shares: who may, the row held, the step that is kept with what was before it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction

from employment.models import Audit, AuditCertificate, AuditOutcome, AuditStep, AuditStepKind, Employer
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

REVIEW = "employment.review_audits"
ONE_DECISION = "audit_step_one_decision_a_person"
SAME_PERSON = "初审是您办理的，同一人不能再办理复审，请由其他人办理。"
# What a step may change, and taking it back puts there again.
KEPT = (
    "state",
    "declared_on",
    "papers",
    "missing",
    "complete_by",
    "round",
    "first_reviewed_by_id",
    "certified_by_id",
    "certificate_id",
    "due_yuan",
    "pushed_on",
    "push_document",
    "paid_yuan",
    "owing_since",
    "objected_on",
    "objection_due_on",
)


def refuse_others(by: User | None, permission: str = REVIEW) -> None:
    """Refuses whoever lacks the permission; `by` None is the system."""
    if by is not None and not by.has_perm(permission):
        raise RuleBroken("您的账号不能办理按比例就业年审，请由有权限的人员办理。")


def employer_of(employer: Employer, *, by: User) -> Employer:
    """The employer, held until the transaction ends; refuses one outside the area."""
    rows: Any = Employer.objects.visible_to(by)
    found: Employer | None = rows.select_for_update(of=("self",)).filter(pk=employer.pk).first()
    if found is None:
        raise RuleBroken("这个单位不在您的辖区内。")
    return found


def held(audit: Audit, *, by: User, states: tuple[str, ...], seen: int | None = None) -> Audit:
    """The audit as it stands now, held until the transaction ends.

    `seen` is the last step that the page showed (`last_step`): what has moved on since is not decided by an old page.
    """
    refuse_others(by)
    rows: Any = Audit.objects.visible_to(by)
    row: Audit | None = (
        rows.select_for_update(of=("self",)).select_related("employer", "certificate").filter(pk=audit.pk).first()
    )
    if row is None:
        raise RuleBroken("这份年审不在您的辖区内。")
    if seen is not None and seen != last_step(row):
        raise RuleBroken(f"您打开页面之后，这份年审已到“{row.get_state_display()}”，没有办理。请刷新后再看。")
    if row.state not in states:
        raise RuleBroken(f"这份年审现在的状态是“{row.get_state_display()}”，不能办理这一步。请看页面上现在可以办的。")
    return row


def last_step(audit: Audit | None) -> int:
    """The number of an audit's last step, which grows with every act; 0 before the first."""
    if audit is None or audit.pk is None:
        return 0
    return int(audit.steps.aggregate(last=models.Max("pk"))["last"] or 0)


def certificate_of(audit: Audit) -> AuditCertificate:
    """The certificate in force."""
    if audit.certificate is None:
        raise RuleBroken("这份年审还没有认证。")
    return audit.certificate


def as_it_is(row: Audit) -> dict[str, Any]:
    """What a step may change, as it stands now: {field: value as JSON keeps it}."""
    return {name: _plain(getattr(row, name)) for name in KEPT}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (datetime.date, Decimal)) else value


def put_back(row: Audit, before: dict[str, Any]) -> None:
    """Sets an audit to what it said before a step."""
    for name, value in before.items():
        setattr(row, name, row._meta.get_field(name.removesuffix("_id")).to_python(value))  # type: ignore[union-attr]


def step(
    row: Audit,
    kind: AuditStepKind,
    *,
    before: dict[str, Any],
    by: User | None,
    today: datetime.date,
    outcome: AuditOutcome = AuditOutcome.DONE,
    opinion: str = "",
    due_on: datetime.date | None = None,
    takes_back: AuditStep | None = None,
) -> AuditStep:
    """Keeps what was done. The constraint is the net where two acts of one person race."""
    made = AuditStep(
        audit=row,
        kind=kind,
        outcome=outcome,
        opinion=opinion,
        papers=row.papers,
        round=before.get("round", 1),
        done_on=today,
        due_on=due_on,
        before=before,
        takes_back=takes_back,
        done_by=by,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if ONE_DECISION not in str(error):
            raise
        raise RuleBroken(SAME_PERSON) from error
    return made


def standing_steps(row: Audit) -> Any:
    """The steps that have not been taken back, without those that took one back; the latest first."""
    steps = AuditStep.objects.filter(audit=row, taken_back_by__isnull=True)
    return steps.exclude(kind=AuditStepKind.TAKE_BACK).order_by("-pk")
