"""The monthly settlement: what refuses a month, the cap and the one institution a month, also at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rehab.models import (
    ChildApplication,
    ChildPlacement,
    ChildSettlement,
    MonthState,
    RehabService,
    TrainingMonth,
)
from rehab.services import children, settlements
from rehab.services.institutions import check_add, designation_end
from rehab.services.settlements import findings_of
from tests import records
from tests.records import day
from tests.rehabilitation import (
    TODAY,
    approved,
    approver,
    attended,
    child,
    grant,
    institution,
    month,
    settle,
    settler,
    sheet,
    training,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter

pytestmark = pytest.mark.django_db


def test_a_month_is_settled_paid_from_the_grant_and_seen_by_indicator_9() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    records.need(somebody, "康复训练", year=2026)
    assert records.reached(9, on=day("2026-11-20")) == set()
    found = settle(month(somebody, at), "1500")
    line = TrainingMonth.objects.get()
    assert (found.state, line.state, line.balance_yuan) == ("settled", MonthState.APPROVED, Decimal("13500.00"))
    assert grant(somebody).settled_yuan == Decimal("1500.00")
    service = RehabService.objects.get()
    assert (service.kind, service.provider, service.served_on) == ("training", at.name, day("2026-04-28"))
    assert records.reached(9, on=day("2026-11-20")) == {somebody.pk}


def test_a_refused_month_is_kept_with_its_reason_and_is_no_service() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = month(somebody, at)
    with pytest.raises(RuleBroken, match=r"第 1 行（某＊）：核减或不予结算的，请写明理由"):
        settle(found, "0")
    settle(found, "0", reason="票据不全")
    assert (TrainingMonth.objects.get().state, RehabService.objects.count()) == (MonthState.REJECTED, 0)
    assert grant(somebody).settled_yuan == 0


def test_nothing_above_the_cap_is_settled_and_the_balance_is_shown() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    settle(month(somebody, at, yuan="14500.50"), "14500.50")
    more = month(somebody, at, "2026-05-01", yuan="500")
    with pytest.raises(RuleBroken, match=r"超过年度救助限额，余额 499\.50 元"):
        settle(more, "500")
    settle(more, "499.50", reason="余额不足")
    assert grant(somebody).settled_yuan == Decimal("15000.00")
    last = month(somebody, at, "2026-06-01", yuan="1")
    with pytest.raises(RuleBroken, match="限额已用完"):
        settle(last, "1")


def refused(somebody: object, at: object, says: str, **how: str) -> None:
    found = month(somebody, at, **how)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match=says):
        settle(found, "1500")


def test_without_an_approved_application_of_the_year_nothing_is_settled() -> None:
    at, somebody = institution(), child()
    case = training(somebody, at)
    children.case_close_year(case=case, on=TODAY, assessment="好", by=approver(), today=TODAY)
    refused(somebody, at, "2026年的救助已结项")
    ChildApplication.objects.update(state="refused", reason="误批", cap_yuan=None, decided_by=None)
    refused(somebody, at, "2026年的救助没有批准", of_month="2026-05-01")


def test_an_institution_not_designated_on_a_day_of_service_is_not_paid() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    designation_end(designation=at.designations.get(), ends_on=day("2026-04-27"), by=None, reason="到期")
    refused(somebody, at, "机构在 2026-04-28 没有这一类别的定点资格")


def test_a_failed_check_stops_payment_from_its_day() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    check_add(
        institution=at, checked_on=day("2026-04-28"), result="failed", document="", note="师资", by=None, today=TODAY
    )
    refused(somebody, at, "年度检查不合格")


def test_a_child_too_old_on_the_day_of_application_is_not_paid() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    Parameter.objects.filter(key="rehab.child_grant_max_age").update(value=3)
    refused(somebody, at, "已超过 3 周岁")


def test_a_month_without_attendance_is_not_paid() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = sheet(at)
    assert findings_of(found, found.months.all(), by=settler())[found.months.get().pk].refusals == ("没有出勤",)


def test_the_least_number_of_days_is_asked_for_where_it_has_a_value() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = sheet(at)
    attended(found.months.get(), days=9)
    Parameter.objects.filter(key="rehab.child_minimum_days").update(value=10)
    with pytest.raises(RuleBroken, match="出勤 9 天，少于要求的 10 天"):
        settle(found, "1500")
    Parameter.objects.filter(key="rehab.child_minimum_days").update(value=None)
    settle(found, "1500")


def test_who_approved_the_grant_does_not_settle_it_in_service_and_database() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = month(somebody, at)
    with pytest.raises(RuleBroken, match="由您审核批准"):
        settle(found, "1500", by=approver())
    with pytest.raises(IntegrityError, match="training_month_second_pair_of_eyes"), transaction.atomic():
        found.months.update(
            state="approved",
            approved_yuan=1500,
            application=grant(somebody),
            granted_by=approver(),
            settled_by=approver(),
        )


def test_one_institution_a_month_in_service_and_database() -> None:
    one, other, somebody = institution("甲中心"), institution("乙中心"), child()
    case = training(somebody, one)
    first = month(somebody, one)
    children.case_place(case=case, institution=other, on=day("2026-04-15"), by=None, today=TODAY)
    second = month(somebody, other)
    settle(first, "1500")
    with pytest.raises(RuleBroken, match="这个月已在“甲中心”结算"):
        settle(second, "1500")
    with pytest.raises(IntegrityError, match="training_month_one_institution"), transaction.atomic():
        second.months.update(
            state="approved",
            approved_yuan=1500,
            application=grant(somebody),
            granted_by=approver(),
            settled_by=settler(),
        )


def test_the_cap_is_the_databases_too() -> None:
    approved(child())
    with pytest.raises(IntegrityError, match="child_application_within_cap"), transaction.atomic():
        ChildApplication.objects.update(settled_yuan=Decimal("15000.01"))


def test_a_settled_month_is_neither_edited_nor_deleted() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    settle(month(somebody, at), "1500")
    for act in (lambda: TrainingMonth.objects.update(approved_yuan=1), lambda: TrainingMonth.objects.all().delete()):
        with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
            act()


def test_without_an_account_of_the_institution_nothing_is_settled() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    type(at).objects.update(account_number=None)
    refused(somebody, at, "没有登记收款账户")


def test_a_sheet_has_the_children_placed_there_and_a_second_one_those_not_settled() -> None:
    at, one, two = institution(), child(1), child(2)
    training(one, at)
    training(two, at, on="2026-05-04")
    found = sheet(at)
    assert [line.person for line in found.months.all()] == [one]
    with pytest.raises(RuleBroken, match="正在编制"):
        sheet(at)
    attended(found.months.get())
    settle(found, "1500")
    with pytest.raises(RuleBroken, match="没有在这家机构训练"):
        sheet(at)
    ChildPlacement.objects.filter(case__person=two).update(starts_on="2026-04-20")
    again = sheet(at)
    assert (again.number, [line.person for line in again.months.all()]) == (2, [two])


def test_days_of_training_lie_in_the_month_and_are_as_many_as_there_are() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    line = sheet(at).months.get()
    facts = {"requested_yuan": Decimal(1500), "by": settler(), "today": TODAY}
    for days, first, last, says in (
        (20, "2026-03-30", "2026-04-20", "2026-04 之内"),
        (20, "2026-04-01", "2026-04-10", "只有 10 天"),
        (5, None, None, "首次和末次"),
        (0, None, None, "应当空着"),
    ):
        with pytest.raises(RuleBroken, match=says):
            settlements.month_save(
                month=line,
                attended_days=days,
                first_on=first and day(first),
                last_on=last and day(last),
                **facts,  # type: ignore[arg-type]
            )


def test_a_sheet_that_has_changed_since_is_not_settled() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = month(somebody, at)
    seen = settlements.version_of(found)
    attended(found.months.get(), "1400")
    with pytest.raises(RuleBroken, match="又有变化"):
        settlements.settlement_settle(
            settlement=found,
            decisions={found.months.get().pk: settlements.Decision(Decimal(1400))},
            by=settler(),
            today=TODAY,
            seen=seen,
        )


def test_a_voucher_is_asked_for_when_it_is_paid() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    found = settle(month(somebody, at), "1500")
    with pytest.raises(RuleBroken, match="请填写拨付凭证"):
        settlements.settlement_pay(settlement=found, paid_on=TODAY, document=" ", by=settler(), today=TODAY)
    settlements.settlement_pay(settlement=found, paid_on=TODAY, document="支付令7号", by=settler(), today=TODAY)
    found.refresh_from_db()
    assert (found.state, found.paid_on) == ("paid", TODAY)


def test_statements_do_not_grow_with_children() -> None:
    at, counted = institution(), []
    for month_number, (first, last) in enumerate(((1, 2), (2, 6)), 4):
        for n in range(first, last):
            training(child(n), at)
        found = sheet(at, f"2026-{month_number:02d}-01")
        for line in found.months.all():
            attended(line)
        with CaptureQueriesContext(connection) as captured:
            settle(found, *["1500"] * found.months.count())
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_a_case_with_an_open_month_is_neither_closed_nor_ended() -> None:
    at, somebody = institution(), child()
    case = training(somebody, at)
    month(somebody, at)
    with pytest.raises(RuleBroken, match="还没有核定"):
        children.case_close_year(case=case, on=TODAY, assessment="好", by=approver(), today=TODAY)
    with pytest.raises(RuleBroken, match="没核定的训练月"):
        children.case_end(case=case, on=TODAY, reason="迁出", by=None, today=TODAY)


# at the same moment


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs the acts in threads with connections of their own, started together; what each came to."""
    barrier, came_to = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            acts[place]()
            came_to[place] = "done"
        except RuleBroken as broken:
            came_to[place] = broken.message
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came_to


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_settlements_at_one_moment_do_not_pass_the_cap() -> None:
    at, somebody = institution(), child()
    training(somebody, at)
    sheets = [month(somebody, at, of_month, yuan="8000") for of_month in ("2026-04-01", "2026-05-01")]
    found = at_once(*(lambda each=each: settle(each, "8000") for each in sheets))
    assert sorted(outcome == "done" for outcome in found) == [False, True]
    assert any("余额 7000.00 元" in outcome for outcome in found)
    assert grant(somebody).settled_yuan == Decimal("8000.00")
    assert TrainingMonth.objects.filter(state=MonthState.APPROVED).count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_institutions_at_one_moment_are_not_both_paid_for_a_month() -> None:
    one, other, somebody = institution("甲中心"), institution("乙中心"), child()
    case = training(somebody, one)
    first = month(somebody, one)
    children.case_place(case=case, institution=other, on=day("2026-04-15"), by=None, today=TODAY)
    second = month(somebody, other)
    found = at_once(lambda: settle(first, "1500"), lambda: settle(second, "1500"))
    assert sorted(outcome == "done" for outcome in found) == [False, True]
    assert any("结算" in outcome for outcome in found if outcome != "done")
    assert grant(somebody).settled_yuan == Decimal("1500.00")
    assert ChildSettlement.objects.filter(state="settled").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_last_place_is_given_once() -> None:
    at = institution(capacity=1)
    cases = [approved(child(n)) for n in (1, 2)]
    acts = [
        lambda case=case: children.case_place(case=case, institution=at, on=day("2026-03-10"), by=None, today=TODAY)
        for case in cases
    ]
    assert sorted(outcome == "done" for outcome in at_once(*acts)) == [False, True]
    assert ChildPlacement.objects.count() == 1
