"""The domain's golden cases of who is granted what (rules §12, numbers 4, 6, 7, 8), from the counter to the decision."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from registry.models import Certificate, Person
from subsidies.ledger import propose
from subsidies.models import ApplicationState, Grant, Paper, Standard
from tests.records import assistance, benefit, certificate, day, due, holder, nursing
from tests.subsidies.desks import (
    BASIC,
    LIVING,
    NURSING,
    PAPERS,
    accept,
    at_civil,
    civil,
    close,
    counter,
    federation,
    review,
    standard,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter

pytestmark = pytest.mark.django_db
ON = day("2025-09-22")
WITH_GUARDIAN = {subsidy: [*papers, Paper.GUARDIAN] for subsidy, papers in PAPERS.items()}


@pytest.fixture(autouse=True)
def standards() -> None:
    standard(LIVING)
    standard(NURSING)


def decided(of: Person, subsidy: str, *, on: datetime.date = ON) -> list[str]:
    """What an application comes to: the clauses for which it cannot be passed, or nothing where it is granted."""
    row = at_civil(of, subsidy=subsidy, on=on, papers=WITH_GUARDIAN[subsidy])  # type: ignore[index]
    try:
        row = review(row, civil(), on=on)
    except RuleBroken as broken:
        said = broken.message
    else:
        close(row.publicity_until + datetime.timedelta(days=1))
        assert Grant.objects.get(application=row).first_month == on.replace(day=1)
        return []
    row = review(row, civil(), passed=False, opinion="不符合条件", on=on)
    assert row.state == ApplicationState.REFUSED
    failed = [sentence for sentence, _, holds in row.steps.get(kind="civil_review").verdicts if not holds]
    assert failed
    assert all(sentence in said for sentence in failed)
    return failed


def extended(**change: Any) -> None:
    """A local document opens the nursing subsidy to 三、四级智力、精神."""
    facts = {"value": ["5", "6"], "effective_from": "2025-01-01", "name": "扩面", "document": "某文", **change}
    Parameter.objects.create(key="nursing.extension_categories", **facts)


def test_4_applied_for_in_may_and_approved_in_july_is_paid_from_may() -> None:
    Standard.objects.filter(subsidy=LIVING).delete()
    standard(LIVING, "100", last_month="2024-06-01")
    standard(LIVING, "125", since="2024-07-01")
    somebody = holder()
    assistance(somebody)
    row = at_civil(somebody, on=day("2024-05-28"))
    row = review(row, civil(), on=day("2024-07-15"))
    assert row.amount_yuan == 125
    close("2024-07-23")
    lines = propose(LIVING, month=day("2024-07-01")).lines
    assert [(line.kind, f"{line.benefit_month:%m}", int(line.amount_yuan)) for line in lines] == [
        ("backpay", "05", 100),
        ("backpay", "06", 100),
        ("regular", "07", 125),
    ]


@pytest.mark.parametrize("kind", ["orphan", "de_facto_orphan"])
def test_6_an_orphan_of_level_one_has_the_nursing_subsidy_and_not_the_living_one(kind: str) -> None:
    child = holder(born="2015-05-05", level="1")
    assistance(child)
    benefit(child, kind)
    (reason,) = decided(child, LIVING)
    assert "孤儿基本生活费" in reason
    assert decided(child, NURSING) == []


def test_6_somebody_kept_by_the_state_has_neither() -> None:
    somebody = holder(level="1")
    assistance(somebody, "tekun")
    reasons = decided(somebody, LIVING)
    assert any("特困" in reason for reason in reasons)
    assert any("不属于低保家庭" in reason for reason in reasons)  # all of them, not the first
    (reason,) = decided(somebody, NURSING)
    assert "特困" in reason


def test_6_somebody_on_dibao_of_level_one_has_both() -> None:
    somebody = holder(level="1")
    assistance(somebody)
    assert decided(somebody, LIVING) == []
    assert decided(somebody, NURSING) == []


def test_6_level_three_of_the_mind_waits_for_the_extension() -> None:
    mental, later = holder(1, category="6", level="3"), holder(2, category="6", level="3")
    (reason,) = decided(mental, NURSING)
    assert "残疾等级不是一级、二级" in reason
    extended()
    assert decided(later, NURSING) == []


def test_6_so_does_a_multiple_disability_with_such_a_component() -> None:
    several = {"category": "7", "level": "3", "components": "肢体四级；精神三级"}
    before, after = holder(1, **several), holder(2, **several)
    assert decided(before, NURSING) != []
    extended()
    assert decided(after, NURSING) == []


def test_6_the_extension_opens_nothing_to_a_body_of_level_three() -> None:
    extended()
    (reason,) = decided(holder(level="3"), NURSING)
    assert "智力残疾" in reason


def test_6_with_the_care_of_the_work_injury_insurance_there_is_neither() -> None:
    somebody = holder(level="2")
    assistance(somebody)
    benefit(somebody, "work_injury_care")
    for subsidy in (LIVING, NURSING):
        (reason,) = decided(somebody, subsidy)
        assert "工伤保险生活护理费" in reason


def test_7_of_two_nursing_benefits_the_higher_is_chosen_and_the_other_not_counted_as_wanting() -> None:
    higher, lower = holder(1), holder(2)
    benefit(higher, "veteran_care", "200")
    benefit(lower, "veteran_care", "100")
    (reason,) = decided(higher, NURSING)
    assert "残疾军人护理费" in reason
    assert "择高" in reason
    assert decided(lower, NURSING) == []
    nursing(lower, "2025-12-01")
    assert due(5) == {lower.pk}


def test_7_of_two_living_benefits_too() -> None:
    somebody = holder()
    assistance(somebody)
    benefit(somebody, "old_age", "125")  # as much is enough: nothing is paid on top
    (reason,) = decided(somebody, LIVING)
    assert "高龄津贴" in reason


def test_8_whose_certificate_was_cancelled_is_refused_until_there_is_a_new_one() -> None:
    """When a new one may be issued is the registry's golden test; the subsidy begins with an application after it."""
    somebody = holder(status="cancelled", status_on="2024-03-01", status_reason="本人自愿申请")
    (reason, *_) = decided(somebody, NURSING, on=day("2025-02-20"))
    assert "残疾人证" in reason
    Certificate.objects.filter(person=somebody).update(held_until="2025-03-02")
    home = somebody.certificates.get().household
    certificate(
        somebody, home=home, held_from="2025-03-02", first_issued_on="2025-03-02", issued_on="2025-03-02",
        expires_on="2035-03-01",
    )  # fmt: skip
    assert decided(somebody, NURSING, on=day("2025-03-03")) == []


def test_whoever_comes_from_another_counter_is_decided_by_the_same_rules() -> None:
    somebody = holder(level="2")
    row = accept(
        somebody,
        subsidy=NURSING,
        accepted_elsewhere="满洲里市某镇",
        by=federation("残联乙"),
        papers=[*BASIC, Paper.CARE],
    )
    row = review(review(row, counter()), federation())
    assert review(row, civil()).state == ApplicationState.PUBLICITY
