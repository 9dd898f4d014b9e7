"""超比例奖励: applied for, the household registration seen, decided by somebody else, paid."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from employment.models import AFTER_CERTIFICATE, Audit, AwardState, QuotaAward
from employment.rules.audits import parameter_day
from employment.rules.awards import (
    SOURCE,
    AwardClause,
    as_kept,
    award_yuan,
    clauses_of,
    is_eligible,
    over_of,
    persons_paid,
)
from employment.services.audits.common import certificate_of, held, refuse_others
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters


def award_apply(
    *, audit: Audit, applied_on: datetime.date, hukou_checked: bool, by: User, today: datetime.date
) -> QuotaAward:
    """Takes an application, if nothing that is known speaks against it."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="award_apply", reason="受理超比例奖励申请")
        row = held(audit, by=by, states=AFTER_CERTIFICATE)
        certificate = certificate_of(row)
        if hasattr(row, "award"):
            raise RuleBroken(f"这个单位{row.year}年度已申请超比例奖励。")
        since = certificate.certified_on
        refuse_day(applied_on, what="申请日期", today=today, since=since, since_what="认证日期")
        made = QuotaAward(
            audit=row,
            certificate=certificate,
            applied_on=applied_on,
            over=over_of(certificate),
            hukou_checked_on=today if hukou_checked else None,
            hukou_checked_by=by if hukou_checked else None,
            recorded_by=by,
        )
        refuse_ineligible(clauses_now(made, today=today), known_only=True)
        kept(made)
    return made


def award_check_hukou(*, award: QuotaAward, by: User, today: datetime.date) -> QuotaAward:
    """Somebody has seen that the people placed beyond the quota have 内蒙古户籍."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="award_check_hukou", reason="核对内蒙古户籍")
        row = _held(award, by=by, state=AwardState.APPLIED)
        if row.hukou_checked_by_id is not None:
            raise RuleBroken("内蒙古户籍已经核对过。")
        row.hukou_checked_on, row.hukou_checked_by = today, by
        kept(row)
    return row


def award_decide(*, award: QuotaAward, approved: bool, opinion: str, by: User, today: datetime.date) -> QuotaAward:
    """Decides; not whoever took the application. Approved with the amount of the parameters of the day of applying."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="award_decide", reason="审核超比例奖励")
        row = _held(award, by=by, state=AwardState.APPLIED)
        if row.recorded_by_id == by.pk:
            raise RuleBroken("这份申请是您受理的，请由其他人审核。")
        clauses = clauses_now(row, today=today)
        if approved:
            refuse_ineligible(clauses)
            for name, value in figures_of(row).items():
                setattr(row, name, value)
        else:
            opinion = text(opinion, what="不予奖励的理由")
        row.clauses, row.opinion = as_kept(clauses), opinion.strip()
        row.state = AwardState.APPROVED if approved else AwardState.REFUSED
        row.decided_on, row.decided_by = today, by
        kept(row)
    return row


def award_pay(
    *, award: QuotaAward, paid_on: datetime.date, document: str, by: User, today: datetime.date
) -> QuotaAward:
    """Records that it was paid out."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="award_pay", reason=document)
        row = _held(award, by=by, state=AwardState.APPROVED)
        refuse_day(paid_on, what="发放日期", today=today, since=row.decided_on, since_what="决定日期")
        row.state, row.paid_on = AwardState.PAID, paid_on
        row.document = text(document, what="发放凭证", longest=100)
        kept(row)
    return row


def award_drop(*, award: QuotaAward, reason: str, by: User) -> None:
    """Takes an application away that is not decided; its history keeps it."""
    with transaction.atomic(), data_lock():
        reason = text(reason, what="撤销的理由", longest=200)
        open_history_context(user=by.username, act="award_drop", reason=reason)
        _held(award, by=by, state=AwardState.APPLIED).delete()


def clauses_now(award: QuotaAward, *, today: datetime.date) -> list[AwardClause]:
    """The conditions as they stand for an application."""
    return clauses_of(
        award.audit.employer,
        award.certificate,
        Parameters(on=parameter_day(award.audit.year, today=today)),
        applied_on=award.applied_on,
        hukou_checked=True if award.hukou_checked_by_id is not None else None,
        today=today,
    )


def figures_of(award: QuotaAward) -> dict[str, Any]:
    """What is paid, by the parameters of the day it was applied for: {field: value}. Refuses where one is missing."""
    parameters = Parameters(on=award.applied_on)
    persons, months = persons_paid(award.over, parameters), int(parameters["employment.award_months"])
    wage = Decimal(str(parameters["employment.minimum_wage_yuan"]))
    if persons <= 0:
        raise RuleBroken("按“超比例人数怎样计奖”的参数，计奖人数为 0，不能奖励。", source=SOURCE)
    amount = award_yuan(persons=persons, months=months, minimum_wage=wage)
    return {"persons": persons, "months": months, "minimum_wage_yuan": wage, "amount_yuan": amount}


def refuse_ineligible(clauses: list[AwardClause], *, known_only: bool = False) -> None:
    """Refuses where a condition does not hold; one that nobody has looked at refuses too, unless `known_only`."""
    if known_only:
        against = [clause for clause in clauses if clause.holds is False]
    elif is_eligible(clauses):
        return
    else:
        against = [clause for clause in clauses if not clause.holds]
    if against:
        said = "；".join(f"{clause.sentence}（{clause.word}）" for clause in against)
        raise RuleBroken(f"不符合超比例奖励的条件：{said}。", source=SOURCE)


def _held(award: QuotaAward, *, by: User, state: str) -> QuotaAward:
    refuse_others(by)
    rows: Any = QuotaAward.objects.visible_to(by).select_for_update(of=("self",))
    row: QuotaAward | None = rows.select_related("audit__employer", "certificate").filter(pk=award.pk).first()
    if row is None:
        raise RuleBroken("这份奖励申请不在您的辖区内，或者已经撤销。")
    if row.state != state:
        raise RuleBroken(f"这份奖励申请现在的状态是“{row.get_state_display()}”，不能办理这一步。")
    return row
