"""Runs through the services: proposed, submitted, locked by somebody else, and answered only by later runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.ledger import propose
from subsidies.models import (
    Grant,
    LineKind,
    NursingPayment,
    Origin,
    PaymentLine,
    PaymentRun,
    RecoveryReceipt,
    RunState,
    Standard,
    Stop,
)
from subsidies.services.runs import run_approve, run_discard, run_prepare, run_return, run_submit, version_of
from tests.deliveries import user
from tests.records import assistance, certificate, day, holder, nursing
from tests.subsidies.paying import (
    LIVING,
    NURSING,
    civil,
    failed,
    federation,
    grant,
    locked,
    prepared,
    standard,
    submitted,
    told,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db


def roster() -> list[tuple[int, str, str]]:
    rows = NursingPayment.objects.order_by("person", "month")
    return [(row.person_id, f"{row.month:%Y-%m}", f"{row.amount_yuan:.0f}") for row in rows]


# the golden tests of the domain rules, through the services


def test_an_application_of_may_approved_in_july_is_paid_two_months_back_at_their_own_standards() -> None:
    somebody = holder()
    assistance(somebody)
    standard(LIVING, "100", last_month="2024-06-01")
    standard(LIVING, "125", since="2024-07-01")
    Grant.objects.create(
        person=somebody,
        subsidy=LIVING,
        first_month="2024-05-01",
        origin=Origin.APPLICATION,
        granted_on="2024-07-15",
    )
    run = locked("2024-07-01", LIVING)
    assert told(run) == [("backpay", "2024-05", "100"), ("backpay", "2024-06", "100"), ("regular", "2024-07", "125")]
    assert [entry["reason"] for entry in run.differences["new"]] == ["新核定：2024-07-15 核定，自 2024-05 起享受"]


def test_a_death_learnt_of_late_takes_back_the_three_months_after_it() -> None:
    somebody = holder()
    standard()
    grant(somebody, since="2024-10-01")
    for month in ("2024-10-01", "2024-11-01", "2024-12-01", "2025-01-01"):
        locked(month)
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-10-31")
    run = locked("2025-02-01")
    assert told(run) == [("recovery", month, "125") for month in ("2024-11", "2024-12", "2025-01")]
    (stopped,) = run.differences["stopped"]
    assert stopped["code"] == "T1"
    assert "已死亡" in stopped["reason"]
    assert (stopped["before"], stopped["after"]) == ("125.00", None)


def test_a_lower_level_from_september_leaves_september_as_the_last_month_of_nursing() -> None:
    somebody = holder(held_until="2024-09-10")
    certificate(somebody, held_from="2024-09-10", level="3")
    standard()
    grant(somebody, since="2024-08-01")
    assert told(locked("2024-08-01")) == [("regular", "2024-08", "125")]
    assert told(locked("2024-09-01")) == [("regular", "2024-09", "125")]
    run = prepared("2024-10-01")
    assert told(run) == []
    assert run.differences["stopped"][0]["code"] == "T5"
    assert "残疾等级不是" in run.differences["stopped"][0]["reason"]


def test_the_same_run_prepared_twice_has_the_same_lines_and_none_twice() -> None:
    for n in range(1, 6):
        grant(holder(n), since="2024-06-01")
    standard()
    first = told(prepared("2024-07-01"))
    again = prepared("2024-07-01")
    assert told(again) == first
    assert PaymentLine.objects.count() == len(first) == 10
    assert PaymentRun.objects.count() == 1


# differences


def test_a_standard_raised_afterwards_is_made_up_and_told_as_a_change_of_standard() -> None:
    somebody = holder()
    old = standard(amount="100")
    grant(somebody, since="2024-05-01")
    locked("2024-05-01")
    locked("2024-06-01")
    Standard.objects.filter(pk=old.pk).update(last_month="2024-05-01")
    standard(amount="125", since="2024-06-01")
    run = locked("2024-07-01")
    assert told(run) == [("standard_diff", "2024-06", "25"), ("regular", "2024-07", "125")]
    (changed,) = run.differences["changed"]
    assert changed["reason"] == "标准由100元调整为125元（测试文件125号）"
    assert (changed["before"], changed["after"]) == ("100.00", "125.00")
    assert roster()[1] == (somebody.pk, "2024-06", "125")
    assert prepared("2024-08-01").differences["changed"] == []


def test_a_standard_raised_twice_says_each_time_from_what_to_what() -> None:
    grant(holder(), since="2024-05-01")
    first = standard(amount="100")
    locked("2024-05-01")
    Standard.objects.filter(pk=first.pk).update(last_month="2024-04-01")
    second = standard(amount="125", since="2024-05-01")
    locked("2024-06-01")
    Standard.objects.filter(pk=second.pk).update(first_month="2024-04-01", last_month="2024-04-01")
    Standard.objects.filter(pk=first.pk).update(last_month="2024-03-01")
    standard(amount="150", since="2024-05-01")
    reasons = prepared("2024-07-01").lines.filter(kind="standard_diff").values_list("reason", flat=True)
    assert set(reasons) == {"月标准由125元调整为150元"}


def test_another_level_in_the_same_standards_is_told_as_a_change_of_class() -> None:
    standard(amount="100", name="二级", levels=["2"])
    standard(amount="200", name="一级", levels=["1"])
    somebody = holder(held_until="2024-06-10")
    certificate(somebody, held_from="2024-06-10", level="1")
    grant(somebody)
    locked("2024-05-01")
    run = prepared("2024-06-01")
    assert run.differences["changed"][0]["reason"] == "档次由“二级”100元变为“一级”200元，残疾等级一级"


def test_going_on_is_counted_and_a_suspension_that_ends_is_told_as_a_return() -> None:
    stays, returns = holder(1), holder(2)
    standard()
    for somebody in (stays, returns):
        grant(somebody)
    facts = {"reason": "未参加复核", "until_on": "2024-06-10"}
    Stop.objects.create(person=returns, subsidy=NURSING, code="T10", effective_on="2024-04-30", **facts)
    locked("2024-05-01")
    run = prepared("2024-06-01")
    assert run.differences["going_on"] == 1
    (new,) = run.differences["new"]
    assert (new["person"], new["code"]) == (returns.pk, "T10")
    assert "恢复发放。上月没有发：" in new["reason"]
    assert "年度复核暂停" in new["reason"]


def test_whoever_is_on_the_roster_without_a_grant_is_told_so() -> None:
    somebody = holder()
    standard()
    nursing(somebody, month="2024-05-01")
    run = prepared("2024-06-01")
    assert run.differences["stopped"][0]["reason"].startswith("没有享受记录")


def test_the_differences_of_a_locked_run_stay_as_they_were_approved() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    locked("2024-05-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-05-20")
    grant(holder(2), since="2024-06-01")
    run = locked("2024-06-01")
    before = run.differences
    Person.objects.filter(pk=somebody.pk).update(died_on=None)
    run.refresh_from_db()
    assert run.differences == before
    assert "已死亡" in before["stopped"][0]["reason"]


# who, and in which state


def test_whoever_prepared_or_submitted_a_run_cannot_lock_it_in_the_service_or_in_the_database() -> None:
    standard()
    grant(holder())
    one, other = civil(), user(Role.CIVIL_STAFF, department="民政局")
    run = run_prepare(subsidy=NURSING, month=day("2024-05-01"), by=one, today=day("2024-05-20"))
    run = run_submit(run=run, by=other)
    for by in (one, other):
        with pytest.raises(RuleBroken, match="须由另一人"):
            run_approve(run=run, by=by, digest=run.digest)
        with pytest.raises(IntegrityError, match="second_pair_of_eyes"), transaction.atomic():
            PaymentRun.objects.filter(pk=run.pk).update(approved_by=by)
    with pytest.raises(RuleBroken, match="没有复核锁定发放批次的权限"):
        run_approve(run=run, by=federation(), digest=run.digest)


def test_a_street_account_has_no_run_in_hand() -> None:
    bounded = user(Role.FEDERATION_STAFF, street="第一街道")
    with pytest.raises(RuleBroken, match="全区"):
        run_prepare(subsidy=NURSING, month=day("2024-05-01"), by=bounded, today=day("2024-05-20"))


def test_a_locked_line_and_its_run_can_be_neither_edited_nor_deleted() -> None:
    standard()
    grant(holder())
    run = locked("2024-05-01")
    lines, runs = PaymentLine.objects.filter(run=run), PaymentRun.objects.filter(pk=run.pk)
    acts: list[Callable[[], Any]] = [
        lambda: lines.update(amount_yuan=1),
        lambda: lines.update(is_locked=False),
        lambda: lines.update(reason="改"),
        lambda: lines.delete(),
        lambda: runs.update(state=RunState.DRAFT),
        lambda: runs.delete(),
    ]
    for act in acts:
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            act()
    for act in (lambda: run_discard(run=run, by=federation()), lambda: run_submit(run=run, by=federation())):
        with pytest.raises(RuleBroken, match="已经锁定"):
            act()


def test_a_month_is_paid_once_whoever_writes_the_line() -> None:
    standard()
    grant(holder())
    line = locked("2024-05-01").lines.get()
    other = prepared("2024-06-01")
    for kind in ("regular", "backpay"):
        facts = {"person": line.person, "subsidy": NURSING, "benefit_month": line.benefit_month}
        with pytest.raises(IntegrityError, match="payment_line_once_a_month"), transaction.atomic():
            PaymentLine.objects.create(run=other, kind=kind, amount_yuan=1, community=line.community, **facts)


def test_facts_that_changed_after_the_submission_refuse_the_lock() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    run = submitted("2024-05-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    with pytest.raises(RuleBroken, match="提交之后资料有变动"):
        run_approve(run=run, by=civil(), digest=run.digest)
    run.refresh_from_db()
    assert (run.state, NursingPayment.objects.count()) == (RunState.SUBMITTED, 0)


def test_what_is_approved_is_what_was_looked_at() -> None:
    standard()
    grant(holder())
    run = submitted("2024-05-01")
    with pytest.raises(RuleBroken, match="又有变化"):
        run_approve(run=run, by=civil(), digest="0" * 64)


def test_a_page_that_is_out_of_date_submits_nothing() -> None:
    standard()
    grant(holder())
    run = prepared("2024-05-01")
    seen = version_of(run)
    prepared("2024-05-01")
    with pytest.raises(RuleBroken, match="又有变化"):
        run_submit(run=run, by=federation(), seen=seen)


def test_a_returned_run_is_a_draft_again_and_says_why() -> None:
    standard()
    grant(holder())
    run = submitted("2024-05-01")
    with pytest.raises(RuleBroken, match="退回意见"):
        run_return(run=run, by=civil(), note="  ")
    run = run_return(run=run, by=civil(), note="请核对张某")
    assert (run.state, run.note, run.digest, run.submitted_by) == (RunState.DRAFT, "请核对张某", "", None)
    assert run_submit(run=run, by=federation()).note == ""


def test_months_go_in_order_and_none_comes_early() -> None:
    standard()
    grant(holder())
    with pytest.raises(RuleBroken, match="还没有到"):
        run_prepare(subsidy=NURSING, month=day("2024-06-01"), by=federation(), today=day("2024-05-31"))
    draft = prepared("2024-05-01")
    with pytest.raises(RuleBroken, match=r"2024年5月.*还没有锁定"):
        prepared("2024-06-01")
    run_discard(run=draft, by=federation())
    locked("2024-06-01")
    with pytest.raises(RuleBroken, match="漏发的，由下一批次补发"):
        prepared("2024-05-01")


def test_a_month_without_a_standard_pays_nothing_and_names_who_cannot_be_paid() -> None:
    somebody = holder()
    grant(somebody, since="2024-06-01")
    run = prepared("2024-06-01")
    ((person, month, sentence),) = run.refused
    assert (person, month, run.lines.count()) == (somebody.pk, "2024-06", 0)
    assert "参数未维护" in sentence
    with pytest.raises(RuleBroken, match="没有一条明细"):
        run_submit(run=run, by=federation())


# what stands on the roster


def test_a_locked_run_stands_on_the_roster_and_an_uploaded_row_stays_as_it_is() -> None:
    paid, new = holder(1), holder(2)
    standard()
    nursing(paid, month="2024-05-01", amount="130")
    for somebody in (paid, new):
        grant(somebody)
    run = locked("2024-05-01")
    assert told(run) == [("regular", "2024-05", "125")]
    assert roster() == [(paid.pk, "2024-05", "130"), (new.pk, "2024-05", "125")]


def test_a_month_taken_back_and_then_due_after_all_stands_on_the_roster_once() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    locked("2024-05-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    recovery = locked("2024-06-01").lines.get()
    receipt = {"received_on": "2024-07-02", "method": "cash", "document": "收据1"}
    RecoveryReceipt.objects.create(line=recovery, amount_yuan="125", **receipt)
    Person.objects.filter(pk=somebody.pk).update(died_on=None)
    run = locked("2024-07-01")
    assert ("standard_diff", "2024-05", "125") in told(run)
    assert roster()[0] == (somebody.pk, "2024-05", "125")


# the bank's answer


def test_what_failed_is_paid_again_until_it_arrives() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    first = locked("2024-05-01")
    failed(first, somebody)
    second = locked("2024-06-01")
    assert told(second) == [("reissue", "2024-05", "125"), ("regular", "2024-06", "125")]
    failed(second, somebody)
    third = locked("2024-07-01")
    assert told(third) == [
        ("reissue", "2024-05", "125"),
        ("reissue", "2024-06", "125"),
        ("regular", "2024-07", "125"),
    ]
    assert [line for line in told(prepared("2024-08-01")) if line[0] == "reissue"] == []


def test_what_failed_is_not_paid_again_to_whoever_should_not_have_had_it() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    first = locked("2024-05-01")
    failed(first, somebody)
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    assert told(locked("2024-06-01")) == [("cancel", "2024-05", "125")]
    assert roster() == [(somebody.pk, "2024-05", "0")]


def test_a_failure_that_is_told_after_the_demand_cancels_both_and_pays_nothing() -> None:
    somebody = holder()
    standard()
    grant(somebody)
    first = locked("2024-05-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    assert told(locked("2024-06-01")) == [("recovery", "2024-05", "125")]
    failed(first, somebody)
    run = locked("2024-07-01")
    assert told(run) == [("cancel", "2024-05", "125"), ("cancel", "2024-05", "125")]
    assert {line.of.kind for line in run.lines.select_related("of")} == {LineKind.RECOVERY, LineKind.REGULAR}
    assert told(prepared("2024-08-01")) == []


def test_of_a_demand_for_two_payments_only_the_one_that_arrived_is_kept() -> None:
    old = standard(amount="100")
    somebody = holder()
    grant(somebody)
    locked("2024-05-01")
    Standard.objects.filter(pk=old.pk).update(last_month="2024-04-01")
    standard(amount="125", since="2024-05-01")
    Stop.objects.create(person=somebody, subsidy=NURSING, code="T8", effective_on="2024-05-20", reason="判决")
    second = locked("2024-06-01")
    assert told(second) == [("standard_diff", "2024-05", "25")]
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-04-02")
    assert told(locked("2024-07-01")) == [("recovery", "2024-05", "125")]
    failed(second, somebody)
    run = locked("2024-08-01")
    assert told(run) == [("cancel", "2024-05", "125"), ("cancel", "2024-05", "25"), ("recovery", "2024-05", "100")]
    assert told(prepared("2024-09-01")) == []


# how much is asked of the database


def test_statements_do_not_grow_with_people() -> None:
    """A month with people who are new, stopped, changed, gone on, failed at the bank, and taken back."""
    counts = []
    for each in (2, 20):
        with transaction.atomic():
            counts.append(_statements_with(each))
            transaction.set_rollback(True)
    assert counts[0] == counts[1]


def _statements_with(each: int) -> tuple[int, int]:
    old = standard(amount="100")
    people = [holder(n) for n in range(1, 5 * each + 1)]
    for somebody in people[:-each]:
        grant(somebody)
    before = locked("2024-05-01")
    for somebody in people[:each]:
        failed(before, somebody)
    gone = [somebody.pk for somebody in people[each : 2 * each]]
    Person.objects.filter(pk__in=gone).update(died_on="2024-04-02")
    Standard.objects.filter(pk=old.pk).update(last_month="2024-05-01")
    standard(amount="125", since="2024-06-01")
    for somebody in people[-each:]:
        grant(somebody, since="2024-06-01")
    with CaptureQueriesContext(connection) as preparing:
        run = prepared("2024-06-01")
    assert [len(run.differences[kind]) for kind in ("new", "stopped", "changed")] == [each, each, 3 * each]
    run = run_submit(run=run, by=federation())
    with CaptureQueriesContext(connection) as approving:
        run_approve(run=run, by=civil(), digest=run.digest)
    return len(preparing), len(approving)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_approvals_at_the_same_moment_lock_once() -> None:
    standard()
    grant(holder())
    run = submitted("2024-05-01")
    approvers = [user(Role.CIVIL_STAFF, department=name) for name in ("民政局", "区残联")]
    gate, answers = threading.Barrier(2), []

    def approve(by: Any) -> None:
        gate.wait()
        try:
            run_approve(run=run, by=by, digest=run.digest)
            answers.append("locked")
        except RuleBroken as broken:
            answers.append(broken.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(by,)) for by in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer == "locked" for answer in answers) == [False, True]
    assert any("已经锁定" in answer for answer in answers)
    assert (PaymentLine.objects.filter(is_locked=True).count(), NursingPayment.objects.count()) == (1, 1)
    assert propose(NURSING, month=day("2024-05-01")).lines == []
