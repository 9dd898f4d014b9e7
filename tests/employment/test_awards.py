"""超比例奖励: who is eligible, by how much, and who decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from employment.models import Audit, AwardState, QuotaAward
from employment.rules.awards import award_yuan, over_quota
from employment.services import audits as audit_services
from employment.services import awards as services
from tests.employment.audit_makers import TODAY, certified, official, parameter, ready
from tests.records import day
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_a_minimum_wage() -> None:
    parameter("employment.minimum_wage_yuan", 2000)


def over(headcount: int = 60, placed: int = 2, **employer: Any) -> Audit:
    return certified(ready(of=employer, headcount=Decimal(headcount), placed=Decimal(placed)))


def applied(audit: Audit, *, hukou_checked: bool = True, **change: Any) -> QuotaAward:
    facts = {"applied_on": TODAY, "by": official(), "today": TODAY, **change}
    return services.award_apply(audit=audit, hukou_checked=hukou_checked, **facts)


def decided(award: QuotaAward, *, approved: bool = True, opinion: str = "", by: str = "乙") -> QuotaAward:
    return services.award_decide(award=award, approved=approved, opinion=opinion, by=official(by), today=TODAY)


@pytest.mark.parametrize(("headcount", "expected"), [(60, "1.10"), (66, "1.01"), (80, "0.80")])
def test_the_published_cases_exactly(headcount: int, expected: str) -> None:
    found = over_quota(headcount=Decimal(headcount), placed=Decimal(2), ratio=Decimal("0.015"))
    assert found == Decimal(expected)


@pytest.mark.parametrize("headcount", [60, 66])
def test_one_over_the_quota_is_eligible_for_the_whole_person(headcount: int) -> None:
    award = decided(applied(over(headcount)))
    assert (award.state, award.persons, award.amount_yuan) == (AwardState.APPROVED, 1, Decimal(10000))
    assert all(holds for _, _, holds in award.clauses)


def test_less_than_one_over_the_quota_is_not_eligible() -> None:
    with pytest.raises(RuleBroken, match="超比例 1 人以上（含）（不符合）"):
        applied(over(80))


@pytest.mark.parametrize(
    ("employer", "said"),
    [
        ({"kind": "organ"}, "财政拨款"),
        ({"is_budget_funded": True}, "财政拨款"),
        ({"is_concentrated": True}, "即征即退"),
    ],
)
def test_who_lives_of_the_budget_or_has_its_vat_back_is_excluded(employer: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        applied(over(**employer))


def test_an_application_after_the_deadline_is_refused() -> None:
    row = over()
    with pytest.raises(RuleBroken, match="2026-06-30"):
        applied(row, applied_on=day("2026-07-01"), today=day("2026-07-01"))
    assert applied(row, applied_on=day("2026-06-30"), today=day("2026-07-01")).state == AwardState.APPLIED


def test_the_hukou_must_have_been_seen_by_somebody_with_a_name() -> None:
    award = applied(over(), hukou_checked=False)
    with pytest.raises(RuleBroken, match="内蒙古户籍（待核对）"):
        decided(award)
    award = services.award_check_hukou(award=award, by=official("乙"), today=TODAY)
    assert (award.hukou_checked_by, award.hukou_checked_on) == (official("乙"), TODAY)
    assert decided(award).state == AwardState.APPROVED


def test_whoever_took_the_application_does_not_decide() -> None:
    with pytest.raises(RuleBroken, match="请由其他人审核"):
        decided(applied(over()), by="甲")


def test_without_a_minimum_wage_nothing_is_awarded() -> None:
    Parameter.objects.filter(key="employment.minimum_wage_yuan").update(value=None)
    award = applied(over())
    with pytest.raises(RuleBroken, match="参数未维护"):
        decided(award)


def test_the_rounding_is_a_parameter() -> None:
    parameter("employment.award_rounding", "exact", since="2026-01-01")
    assert decided(applied(over())).amount_yuan == Decimal(11000)
    assert award_yuan(persons=Decimal("1.01"), months=5, minimum_wage=Decimal("1999.99")) == Decimal("10099.95")


def test_a_refusal_says_why_and_a_payment_has_its_voucher() -> None:
    with pytest.raises(RuleBroken, match="不予奖励的理由"):
        decided(applied(over()), approved=False)
    award = decided(QuotaAward.objects.get())
    with pytest.raises(RuleBroken, match="发放凭证"):
        services.award_pay(award=award, paid_on=TODAY, document="", by=official(), today=TODAY)
    award = services.award_pay(award=award, paid_on=TODAY, document="凭证1", by=official(), today=TODAY)
    assert award.state == AwardState.PAID


def test_a_certificate_that_an_award_rests_on_is_not_taken_back_before_it() -> None:
    row = over()
    award = applied(row)
    with pytest.raises(RuleBroken, match="撤销奖励申请"):
        audit_services.audit_take_back(audit=row, reason="某", by=official(), today=TODAY)
    services.award_drop(award=award, reason="单位撤回", by=official())
    audit_services.audit_take_back(audit=row, reason="某", by=official(), today=TODAY)
    assert not QuotaAward.objects.exists()
