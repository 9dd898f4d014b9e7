"""超比例安置奖励: who is eligible, and how much it is (内残联发〔2024〕36号, from 2025-01-01)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from employment.models import AuditCertificate, Employer, EmployerKind
from employment.rules.audits import CENT, day_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters

SOURCE = "内残联发〔2024〕36号"
INTEGER, EXACT = "integer", "exact"
WHOLE = Decimal(1)


@dataclass(frozen=True)
class AwardClause:
    """One condition: the sentence of what is asked, its source, whether it holds; None where nobody has said yet."""

    sentence: str
    source: str
    holds: bool | None

    @property
    def word(self) -> str:
        return {True: "符合", False: "不符合", None: "待核对"}[self.holds]


def over_quota(*, headcount: Decimal, placed: Decimal, ratio: Decimal) -> Decimal:
    """How many more are placed than the quota asks for; below zero where fewer are. Exact, nothing rounded."""
    return placed - headcount * ratio


def over_of(certificate: AuditCertificate) -> Decimal:
    """The same of a certificate's figures."""
    return over_quota(headcount=certificate.headcount, placed=certificate.placed, ratio=certificate.quota_ratio)


def deadline_of(year: int, parameters: Parameters) -> datetime.date:
    """The last day to apply for the award of a year: in the year after it."""
    return day_of(year + 1, parameters["employment.award_deadline"], name="超比例奖励申请的截止日期")


def persons_paid(over: Decimal, parameters: Parameters) -> Decimal:
    """How many of those over the quota are paid for: the integer part, or exactly as many."""
    rounding = parameters["employment.award_rounding"]
    if rounding not in (INTEGER, EXACT):
        raise RuleBroken(f"参数“超比例人数怎样计奖”的值“{rounding}”无效，请系统管理员填写 {INTEGER} 或 {EXACT}。")
    counted = max(over, Decimal(0))
    return counted.quantize(WHOLE, ROUND_DOWN) if rounding == INTEGER else counted


def award_yuan(*, persons: Decimal, months: int, minimum_wage: Decimal) -> Decimal:
    """Persons × months × the local monthly minimum wage, half up to 分."""
    return (persons * months * minimum_wage).quantize(CENT, ROUND_HALF_UP)


def clauses_of(
    employer: Employer,
    certificate: AuditCertificate,
    parameters: Parameters,
    *,
    applied_on: datetime.date | None,
    hukou_checked: bool | None,
    today: datetime.date,
) -> list[AwardClause]:
    """Every condition of the award, in the document's order. `applied_on` None: nobody has applied until today."""
    over = over_of(certificate)
    least = Decimal(str(parameters["employment.award_min_over"]))
    until = deadline_of(certificate.audit_year, parameters)
    in_time: bool | None = (applied_on or today) <= until
    if in_time and applied_on is None:
        in_time = None
    funded = employer.is_budget_funded or employer.kind == EmployerKind.ORGAN
    percent = f"{(certificate.quota_ratio * 100).normalize():f}%"
    return [
        AwardClause(f"安排残疾人就业的比例高于 {percent}", SOURCE, over > 0),
        AwardClause(f"超比例 {least.normalize():f} 人以上（含）", SOURCE, over >= least),
        AwardClause("不是财政拨款单位", SOURCE, not funded),
        AwardClause("不是已享受增值税即征即退的集中安置单位", SOURCE, not employer.is_concentrated),
        AwardClause(f"在 {until:%Y-%m-%d} 以前（含）申请", SOURCE, in_time),
        AwardClause("超比例安置的残疾人具有内蒙古户籍", SOURCE, hukou_checked),
    ]


def may_apply(clauses: list[AwardClause]) -> bool:
    """Whether nothing that is known speaks against it."""
    return all(clause.holds is not False for clause in clauses)


def is_eligible(clauses: list[AwardClause]) -> bool:
    """Whether everything holds, and somebody has said so."""
    return all(clause.holds for clause in clauses)


def as_kept(clauses: list[AwardClause]) -> list[list[Any]]:
    """As they are kept with a decision: [[sentence, source, holds]]."""
    return [[clause.sentence, clause.source, clause.holds] for clause in clauses]
