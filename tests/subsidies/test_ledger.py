"""Which months are due, and what a run proposes: golden tests of the domain rules, through months and ledger."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.ledger import propose
from subsidies.models import Grant, LineKind, Origin, PaymentLine, PaymentRun, RunState, Standard, Stop, Subsidy
from subsidies.months import due_months
from tests.records import assistance, benefit, day, holder, nursing
from zalainuoer.common.models import Parameter
from zalainuoer.common.months import month_of

pytestmark = pytest.mark.django_db
NURSING, LIVING = Subsidy.NURSING, Subsidy.LIVING


def standard(subsidy: str = NURSING, amount: str = "125", since: str = "2020-01-01", **change: Any) -> Standard:
    facts = {"name": f"{amount}元档", "document": "测试文件", **change}
    return Standard.objects.create(subsidy=subsidy, amount_yuan=amount, first_month=since, **facts)


def grant(of: Person, subsidy: str = NURSING, since: str = "2024-05-01", origin: str = Origin.APPLICATION) -> Grant:
    return Grant.objects.create(person=of, subsidy=subsidy, first_month=since, origin=origin, granted_on=since)


def paid_by_run(subsidy: str, month: str) -> list[PaymentLine]:
    """Proposes a month's run and locks it."""
    proposal = propose(subsidy, month=day(month))
    run = PaymentRun.objects.create(
        subsidy=subsidy,
        month=month,
        state=RunState.LOCKED,
        pay_on=month,
        prepared_at="2024-01-01T00:00Z",
        approved_at="2024-01-01T00:00Z",
    )
    for line in proposal.lines:
        line.run, line.is_locked = run, True
    PaymentLine.objects.bulk_create(proposal.lines)
    return proposal.lines


def told(lines: list[PaymentLine]) -> list[tuple[str, str, str]]:
    return [(line.kind, f"{line.benefit_month:%Y-%m}", f"{line.amount_yuan:.0f}") for line in lines]


def months_due(subsidy: str, until: str) -> list[str]:
    return [f"{one.month:%Y-%m}" for one in due_months(subsidy, until=day(until)) if one.due]


def test_an_application_of_may_approved_in_july_is_paid_two_months_back_at_their_own_standards() -> None:
    somebody = holder()
    assistance(somebody)
    standard(LIVING, "100", last_month="2024-06-01")
    standard(LIVING, "125", since="2024-07-01")
    grant(somebody, LIVING, since="2024-05-01")
    assert told(paid_by_run(LIVING, "2024-07-01")) == [
        ("backpay", "2024-05", "100"),
        ("backpay", "2024-06", "100"),
        ("regular", "2024-07", "125"),
    ]


def test_a_death_learnt_of_late_leaves_its_month_and_takes_back_the_three_after_it() -> None:
    somebody = holder()
    standard()
    grant(somebody, since="2024-10-01")
    for month in ("2024-10-01", "2024-11-01", "2024-12-01", "2025-01-01"):
        assert told(paid_by_run(NURSING, month)) == [("regular", month[:7], "125")]
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-10-31")
    lines = paid_by_run(NURSING, "2025-02-01")
    assert told(lines) == [("recovery", m, "125") for m in ("2024-11", "2024-12", "2025-01")]
    assert {line.code for line in lines} == {"T1"}
    assert "已死亡" in lines[0].reason
    assert paid_by_run(NURSING, "2025-03-01") == []


def test_a_death_that_was_a_mistake_drops_the_demands_and_pays_the_month_that_was_left_out() -> None:
    somebody = holder()
    standard()
    grant(somebody, since="2024-10-01")
    paid_by_run(NURSING, "2024-10-01")
    paid_by_run(NURSING, "2024-11-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-10-31")
    assert told(paid_by_run(NURSING, "2024-12-01")) == [("recovery", "2024-11", "125")]
    Person.objects.filter(pk=somebody.pk).update(died_on=None)
    assert told(paid_by_run(NURSING, "2025-01-01")) == [
        ("cancel", "2024-11", "125"),
        ("backpay", "2024-12", "125"),
        ("regular", "2025-01", "125"),
    ]


def test_proposing_twice_gives_the_same_lines_and_after_locking_none() -> None:
    for n in range(1, 6):
        grant(holder(n))
    standard()
    first, second = propose(NURSING, month=day("2024-07-01")), propose(NURSING, month=day("2024-07-01"))
    assert told(first.lines) == told(second.lines)
    assert len(first.lines) == 15
    paid_by_run(NURSING, "2024-07-01")
    assert propose(NURSING, month=day("2024-07-01")).lines == []


@pytest.mark.parametrize("event_on", ["2024-09-01", "2024-09-10", "2024-09-30"])
def test_the_month_of_the_event_is_still_paid_whatever_its_day(event_on: str) -> None:
    somebody = holder()
    standard(LIVING)
    assistance(somebody, ends_on=event_on)
    grant(somebody, LIVING)
    assert months_due(LIVING, "2024-12-01")[-1] == "2024-09"


def test_a_right_that_begins_and_ends_within_a_month_is_paid_for_that_month() -> None:
    somebody = holder()
    standard(LIVING)
    assistance(somebody, starts_on="2024-09-05", ends_on="2024-09-20")
    grant(somebody, LIVING, since="2024-09-01")
    assert months_due(LIVING, "2024-12-01") == ["2024-09"]


def test_whoever_leaves_dibao_and_comes_back_is_paid_again_only_from_a_new_grant() -> None:
    somebody = holder()
    standard(LIVING)
    assistance(somebody, ends_on="2024-06-15")
    assistance(somebody, starts_on="2024-09-01")
    grant(somebody, LIVING)
    assert months_due(LIVING, "2024-12-01") == ["2024-05", "2024-06"]
    grant(somebody, LIVING, since="2024-10-01")
    assert months_due(LIVING, "2024-12-01") == ["2024-05", "2024-06", "2024-10", "2024-11", "2024-12"]


def test_a_suspension_takes_its_months_out_and_payment_goes_on_by_itself() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    facts = {"reason": "未参加复核", "until_on": "2024-09-10"}
    Stop.objects.create(person=somebody, subsidy=NURSING, code="T10", effective_on="2024-06-30", **facts)
    assert months_due(NURSING, "2024-10-01") == ["2024-05", "2024-06", "2024-09", "2024-10"]


def test_a_waiver_ends_the_right_from_the_month_after() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    Stop.objects.create(person=somebody, subsidy=NURSING, code="T11", effective_on="2024-06-12", reason="自愿放弃")
    assert months_due(NURSING, "2024-10-01") == ["2024-05", "2024-06"]


def test_a_month_without_a_standard_or_with_two_cannot_be_paid() -> None:
    somebody = holder()
    grant(somebody, since="2024-06-01")
    assert "没有补贴标准" in propose(NURSING, month=day("2024-06-01")).refused[0][2]
    standard(levels=["1"])
    assert "没有适用于此人" in propose(NURSING, month=day("2024-06-01")).refused[0][2]
    standard(amount="150", name="甲")
    standard(amount="160", name="乙", levels=["2"])
    proposal = propose(NURSING, month=day("2024-06-01"))
    assert "“甲”、“乙”都适用" in proposal.refused[0][2]
    assert proposal.lines == []


def test_the_class_of_the_month_of_a_change_is_that_of_its_end() -> None:
    standard(amount="100", name="二级", levels=["2"])
    standard(amount="200", name="一级", levels=["1"])
    somebody = holder(held_until="2024-06-10")
    from tests.records import certificate

    certificate(somebody, held_from="2024-06-10", level="1")
    grant(somebody)
    assert [line[2] for line in told(paid_by_run(NURSING, "2024-07-01"))] == ["100", "200", "200"]


def test_a_standard_raised_afterwards_is_made_up_month_by_month() -> None:
    somebody = holder()
    old = standard(amount="100")
    grant(somebody)
    for month in ("2024-05-01", "2024-06-01", "2024-07-01"):
        paid_by_run(NURSING, month)
    Standard.objects.filter(pk=old.pk).update(last_month="2024-05-01")
    standard(amount="125", since="2024-06-01")
    lines = paid_by_run(NURSING, "2024-08-01")
    assert told(lines) == [
        ("standard_diff", "2024-06", "25"),
        ("standard_diff", "2024-07", "25"),
        ("regular", "2024-08", "125"),
    ]
    assert lines[0].reason == "月标准由100元调整为125元"


def test_what_an_uploaded_roster_paid_counts_and_is_taken_back_only_where_the_register_rules_it_out() -> None:
    alive, dead = holder(1), holder(2)
    standard()
    for somebody in (alive, dead):
        grant(somebody, since="2025-10-01", origin=Origin.ROSTER)
        for month in ("2025-10-01", "2025-11-01"):
            nursing(somebody, month=month, amount="130", standard="130")
    Person.objects.filter(pk=dead.pk).update(died_on="2025-10-03")
    lines = propose(NURSING, month=day("2025-12-01")).lines
    assert [(line.person_id, *told([line])[0]) for line in lines] == [
        (alive.pk, "regular", "2025-12", "125"),
        (dead.pk, "recovery", "2025-11", "130"),
    ]


def test_a_month_of_which_nobody_knows_whether_it_was_paid_stops_the_run() -> None:
    from zalainuoer.common.errors import RuleBroken

    somebody = holder()
    standard()
    grant(somebody, since="2025-10-01", origin=Origin.ROSTER)
    nursing(somebody, month="2025-10-01")
    with pytest.raises(RuleBroken, match=r"2025年11月.*既没有上传的发放名册"):
        propose(NURSING, month=day("2025-12-01"))


@pytest.mark.parametrize(
    ("facts", "living", "nursing_too"),
    [
        ({"benefit": "orphan"}, False, True),
        ({"benefit": "work_injury_care"}, False, False),
        ({"assistance": "tekun"}, False, False),
        ({}, True, True),
    ],
)
def test_who_may_have_which_subsidy(facts: dict[str, str], living: bool, nursing_too: bool) -> None:
    somebody = holder(level="1")
    assistance(somebody)
    if "benefit" in facts:
        benefit(somebody, facts["benefit"])
    if "assistance" in facts:
        assistance(somebody, facts["assistance"])
    for subsidy in (LIVING, NURSING):
        standard(subsidy)
        grant(somebody, subsidy, since="2024-06-01")
    assert bool(months_due(LIVING, "2024-06-01")) is living
    assert bool(months_due(NURSING, "2024-06-01")) is nursing_too


def test_third_level_mental_disability_counts_only_once_a_document_opens_the_group() -> None:
    plain = holder(1, category="6", level="3")
    part = holder(2, category="7", level="3", components="肢体残疾三级、精神残疾三级")
    other = holder(3, category="7", level="3", components="肢体残疾三级、听力残疾四级")
    standard()
    for somebody in (plain, part, other):
        grant(somebody, since="2024-06-01")
    assert months_due(NURSING, "2024-06-01") == []
    Parameter.objects.create(
        key="nursing.extension_categories",
        name="扩面",
        value=["5", "6"],
        effective_from="2024-07-01",
        document="某文件",
    )
    Grant.objects.all().update(first_month="2024-07-01")
    months = list(due_months(NURSING, until=day("2024-07-01")))
    assert set(months[0].due) == {plain.pk, part.pk}


def test_a_lower_level_from_september_leaves_september_as_the_last_month_of_nursing() -> None:
    from tests.records import certificate

    somebody = holder(held_until="2024-09-10")
    certificate(somebody, held_from="2024-09-10", level="3")
    standard()
    grant(somebody)
    assert months_due(NURSING, "2024-12-01")[-1] == "2024-09"


def test_a_higher_rival_benefit_is_no_payment_and_a_lower_one_no_obstacle() -> None:
    outbid, paid = holder(1), holder(2)
    benefit(outbid, "veteran_care", "300")
    benefit(paid, "veteran_care", "124.99")
    standard()
    for somebody in (outbid, paid):
        grant(somebody, since="2024-06-01")
    months = list(due_months(NURSING, until=day("2024-06-01")))
    assert set(months[0].due) == {paid.pk}


def test_statements_do_not_grow_with_people() -> None:
    standard()
    counts = []
    for people in (range(1, 3), range(3, 30)):
        for n in people:
            grant(holder(n))
        with CaptureQueriesContext(connection) as queries:
            propose(NURSING, month=day("2024-12-01"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_statements_do_not_grow_with_the_days_on_which_something_of_somebodys_begins() -> None:
    standard()
    counts = []
    for days in (range(2, 4), range(4, 29)):
        for n in days:
            somebody = holder(n)
            grant(somebody)
            benefit(somebody, "veteran_care", ends_on=f"2024-05-{n:02}")  # and the next day another: met on one day
            benefit(somebody, "veteran_care", starts_on=f"2024-05-{n + 1:02}")
        with CaptureQueriesContext(connection) as queries:
            lines = propose(NURSING, month=day("2024-12-01")).lines
        assert {line.facts["on"] for line in lines} >= {f"2024-05-{n:02}" for n in days}
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_amounts_are_exact_decimals() -> None:
    somebody = holder()
    standard(amount="100.05")
    grant(somebody, since="2024-06-01")
    assert propose(NURSING, month=day("2024-06-01")).lines[0].amount_yuan == Decimal("100.05")
    assert month_of(datetime.date(2024, 6, 30)) == day("2024-06-01")
    assert LineKind.REGULAR.label == "当月发放"
