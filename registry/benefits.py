"""应享未享, 不应享而享: what a person is entitled to and what they receive, laid beside each other, clause by clause.

The rules are the indicators' own (contributions.Entitlement), asked of one person. The answer is for a person to check
and never a decision (个人信息保护法 第二十四条).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from registry.contributions import ENTITLEMENTS, Entitlement, in_order
from registry.models import MedicalEnrolment, PensionEnrolment, Person
from registry.rules import (
    dibao_due,
    dibao_included,
    medical_due,
    medical_insured,
    pension_due,
    pension_insured,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Clause, Parameters, Rule, Verdict


@dataclass(frozen=True)
class Finding:
    """One entitlement, asked of one person: every clause of being due and of receiving; or why it cannot be asked."""

    entitlement: Entitlement
    due: list[Verdict] = field(default_factory=list)
    received: list[Verdict] = field(default_factory=list)
    problem: str = ""

    @property
    def is_due(self) -> bool:
        return not self.problem and all(verdict.holds for verdict in self.due)

    @property
    def is_received(self) -> bool:
        return not self.problem and all(verdict.holds for verdict in self.received)

    @property
    def is_missing(self) -> bool:
        """应享未享."""
        return self.is_due and not self.is_received

    @property
    def is_wrong(self) -> bool:
        """不应享而享, where that is wrong at all."""
        return self.entitlement.is_exclusive and self.is_received and not self.is_due and not self.problem

    @property
    def clause_count(self) -> int:
        return len(self.due) + len(self.received)

    @property
    def obstacles(self) -> list[Clause]:
        """The clauses of being due that do not hold."""
        return [verdict.clause for verdict in self.due if not verdict.holds]

    @property
    def lacks(self) -> list[Clause]:
        """The clauses of receiving that do not hold; each is narrower than the one before, so the first tells."""
        return [verdict.clause for verdict in self.received if not verdict.holds][:1]


def check(person: Person, *, on: datetime.date) -> list[Finding]:
    """Every entitlement that any app contributes, in its order; one statement for each, and the periods they rest on."""
    parameters = Parameters(on=on)
    return [_finding(entitlement, person, on, parameters) for entitlement in in_order(ENTITLEMENTS)]


def _finding(entitlement: Entitlement, person: Person, on: datetime.date, parameters: Parameters) -> Finding:
    try:
        due, received = entitlement.due(on, parameters), entitlement.received(on, parameters)
    except RuleBroken as broken:
        return Finding(entitlement, problem=broken.message)
    verdicts = due.but(*received).explain(person)
    return Finding(entitlement, verdicts[: len(due.clauses)], verdicts[len(due.clauses) :])


# the registry's own entitlements


def _dibao_due(on: datetime.date, parameters: Parameters) -> Rule:
    return dibao_due(on=on, parameters=parameters)


def _dibao_received(on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    return dibao_included(on=on, parameters=parameters)


def _pension_due(on: datetime.date, parameters: Parameters) -> Rule:
    return pension_due(on=on, year=latest_year(PensionEnrolment, on=on), parameters=parameters)


def _pension_received(on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    return pension_insured(on=on, year=latest_year(PensionEnrolment, on=on), parameters=parameters)


def _medical_due(on: datetime.date, parameters: Parameters) -> Rule:
    return medical_due(on=on, year=latest_year(MedicalEnrolment, on=on), parameters=parameters)


def _medical_received(on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    return medical_insured(on=on, year=latest_year(MedicalEnrolment, on=on), parameters=parameters)


def latest_year(roster: type[PensionEnrolment] | type[MedicalEnrolment], *, on: datetime.date) -> int:
    """The newest year a roster has, as the indicators choose it; RuleBroken where there is none yet."""
    rows = roster.objects.filter(year__lte=on.year)
    year = rows.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        raise RuleBroken(f"没有{on}及以前的“{roster._meta.verbose_name}”数据，无法比对。")
    return year


OWN = (
    Entitlement(30, "dibao", "最低生活保障、特困供养（依申请）", _dibao_due, _dibao_received),
    Entitlement(40, "pension", "基本养老保险", _pension_due, _pension_received),
    Entitlement(50, "medical", "基本医疗保险", _medical_due, _medical_received),
)
