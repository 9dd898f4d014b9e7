"""停发 and 恢复: each of T1 to T11 learnt of late, what a stop would come to, and suspended months put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry.models import Certificate, OtherBenefit, Person, SocialAssistance
from subsidies.models import Resumption, Stop, Subsidy
from subsidies.months import due_months
from subsidies.services.stops import (
    resumption_decide,
    stop_end,
    stop_preview,
    stop_record,
    stop_withdraw,
    suspended_months,
)
from tests.deliveries import user
from tests.records import assistance, benefit, day, holder
from tests.subsidies.paid import LIVING, NURSING, granted, locked, locked_between, standard, told
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, User

pytestmark = pytest.mark.django_db
EVENT, TODAY = "2024-10-15", day("2025-02-20")


def recipient(subsidy: str, n: int = 1) -> Person:
    """Granted from October 2024, on 低保, 肢体二级, and paid for four months."""
    somebody = holder(n)
    assistance(somebody)
    granted(somebody, subsidy, since="2024-10-01")
    return somebody


def paid(subsidy: str = NURSING) -> Person:
    standard(subsidy)
    somebody = recipient(subsidy)
    locked_between(subsidy, "2024-10-01", "2025-01-01")
    return somebody


# --- T1 to T11 -------------------------------------------------------------------------------------------------------


def statement(of: Person, **change: Any) -> None:
    """The certificate says something else from the event's day on."""
    before = of.certificates.get()
    Certificate.objects.filter(pk=before.pk).update(held_until=EVENT)
    before.pk, before._state.adding = None, True
    before.held_from = day(EVENT)
    for name, value in change.items():
        setattr(before, name, value)
    before.save()


def stopped(code: str) -> Callable[[Person], Any]:
    def record(of: Person) -> Any:
        facts = {"code": code, "effective_on": EVENT, "reason": "核实", "document": "某号"}
        return [Stop.objects.create(person=of, subsidy=subsidy, **facts) for subsidy in Subsidy]

    return record


EVENTS: dict[str, tuple[str, str, Callable[[Person], Any]]] = {
    # what happens: (code of the demand, subsidy, how it comes to be known)
    "died": ("T1", NURSING, lambda p: Person.objects.filter(pk=p.pk).update(died_on=EVENT)),
    "cancelled for death": (
        "T1",
        NURSING,
        lambda p: statement(p, status="cancelled", status_on=day(EVENT), status_reason="死亡"),
    ),
    "declared missing": ("T2", NURSING, stopped("T2")),
    "moved away": ("T3", NURSING, lambda p: statement(p, status="moved_out", status_on=day(EVENT))),
    "certificate cancelled": (
        "T4",
        NURSING,
        lambda p: statement(p, status="cancelled", status_on=day(EVENT), status_reason="本人申请"),
    ),
    "certificate expired": ("T4", NURSING, lambda p: p.certificates.update(expires_on="2024-10-14")),
    "certificate frozen": ("T4", NURSING, lambda p: statement(p, status="frozen", status_on=day(EVENT))),
    "level lowered": ("T5", NURSING, lambda p: statement(p, level="3")),
    "left dibao": ("T6", LIVING, lambda p: SocialAssistance.objects.filter(person=p).update(ends_on=EVENT)),
    "entered tekun": ("T7", NURSING, lambda p: assistance(p, "tekun", EVENT)),
    "an excluding benefit": ("T7", LIVING, lambda p: benefit(p, "orphan", starts_on=EVENT)),
    "a higher rival": ("T7", NURSING, lambda p: benefit(p, "elder_care", "300", starts_on=EVENT)),
    "in prison": ("T8", NURSING, stopped("T8")),
    "false papers": ("T9", NURSING, stopped("T9")),
    "review missed": ("T10", NURSING, stopped("T10")),
    "waived in writing": ("T11", LIVING, stopped("T11")),
}


def months_due(subsidy: str, of: Person) -> list[str]:
    outcomes = due_months(subsidy, until=day("2025-02-01"), people={of.pk})
    return [f"{one.month:%Y-%m}" for one in outcomes if one.due]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_learnt_of_late_leaves_its_month_and_takes_back_the_months_after(event: str) -> None:
    code, subsidy, happens = EVENTS[event]
    somebody = paid(subsidy)
    other = recipient(subsidy, 3)
    happens(somebody)
    lines = locked(subsidy, "2025-02-01")
    of_somebody = [line for line in lines if line.person_id == somebody.pk]
    assert told(of_somebody) == [("recovery", month, "125") for month in ("2024-11", "2024-12", "2025-01")]
    assert {line.code for line in of_somebody} == {code}
    assert all(line.reason for line in of_somebody)
    assert {line.kind for line in lines if line.person_id == other.pk} == {"backpay", "regular"}
    assert months_due(subsidy, somebody) == ["2024-10"]
    assert {line.person_id for line in locked(subsidy, "2025-03-01")} == {other.pk}


UNDONE: dict[str, Callable[[Person], Any]] = {
    "died": lambda p: Person.objects.filter(pk=p.pk).update(died_on=None),
    "level lowered": lambda p: p.certificates.update(level="2"),
    "left dibao": lambda p: SocialAssistance.objects.filter(person=p).update(ends_on=None),
    "an excluding benefit": lambda p: OtherBenefit.objects.all().delete(),
    "in prison": lambda p: Stop.objects.update(withdrawn_at="2025-02-21T00:00Z", withdrawn_reason="错报"),
    "certificate frozen": lambda p: p.certificates.update(status="normal", status_on=None),
}


@pytest.mark.parametrize("event", UNDONE)
def test_an_event_that_never_was_drops_the_demands_and_pays_on(event: str) -> None:
    _, subsidy, happens = EVENTS[event]
    somebody = paid(subsidy)
    happens(somebody)
    locked(subsidy, "2025-02-01")
    UNDONE[event](somebody)
    assert told(locked(subsidy, "2025-03-01")) == [
        ("cancel", "2024-11", "125"),
        ("cancel", "2024-12", "125"),
        ("cancel", "2025-01", "125"),
        ("backpay", "2025-02", "125"),
        ("regular", "2025-03", "125"),
    ]


# --- recorded by hand ------------------------------------------------------------------------------------------------


def values(somebody: Person, by: User, **change: Any) -> dict[str, Any]:
    return {
        "person": somebody,
        "subsidy": NURSING,
        "code": "T8",
        "effective_on": day(EVENT),
        "reason": "判决生效后服刑",
        "document": "（2024）某刑初1号",
        "by": by,
        "today": TODAY,
        **change,
    }


def test_the_preview_says_what_the_next_run_then_does_and_writes_nothing(staff: User) -> None:
    somebody = paid()
    change = stop_preview(**values(somebody, staff))
    assert change.after.last_month == day("2024-10-01")
    assert [(f"{month:%Y-%m}", f"{yuan:.0f}") for month, yuan in change.months_back] == [
        ("2024-11", "125"),
        ("2024-12", "125"),
        ("2025-01", "125"),
    ]
    assert change.yuan_back == 375
    assert not Stop.objects.exists()
    stop_record(**values(somebody, staff))
    lines = locked(NURSING, "2025-02-01")
    assert [(line.benefit_month, line.amount_yuan) for line in lines] == change.months_back


def test_a_stop_that_begins_today_takes_nothing_back(staff: User) -> None:
    somebody = paid()
    change = stop_preview(**values(somebody, staff, effective_on=TODAY))
    assert (change.after.last_month, change.months_back) == (day("2025-02-01"), [])


def test_papers_false_from_the_start_take_back_every_month(staff: User) -> None:
    somebody = paid()
    change = stop_preview(**values(somebody, staff, code="T9", effective_on=day("2024-09-30")))
    assert change.after.last_month is None
    assert change.yuan_back == 500


@pytest.mark.parametrize("code", ["T1", "T3", "T4", "T5", "T6", "T7", "T10"])
def test_what_follows_from_the_register_or_from_the_review_is_not_recorded_by_hand(code: str, staff: User) -> None:
    with pytest.raises(RuleBroken, match=r"由台账自动得出|年度复核"):
        stop_record(**values(paid(), staff, code=code))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"document": " "}, "判决书或服刑证明"),
        ({"code": "T11", "document": ""}, "书面声明"),
        ({"reason": ""}, "请写明原因"),
        ({"effective_on": day("2025-02-21")}, "不能晚于今天"),
    ],
)
def test_a_stop_wants_paper_reason_and_a_day_that_has_been(change: dict[str, Any], sentence: str, staff: User) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        stop_record(**values(paid(), staff, **change))


def test_the_same_stop_twice_is_refused_and_after_its_withdrawal_is_not(staff: User) -> None:
    somebody = paid()
    stop = stop_record(**values(somebody, staff))
    with pytest.raises(RuleBroken, match="不用重复登记"):
        stop_record(**values(somebody, staff, effective_on=day("2024-12-01")))
    stop_withdraw(stop=stop, reason="登记错人", by=staff)
    with pytest.raises(RuleBroken, match="已经撤销"):
        stop_withdraw(stop=stop, reason="再撤一次", by=staff)
    stop_record(**values(somebody, staff, effective_on=day("2024-12-01")))


def test_the_history_says_who_recorded_a_stop_and_who_withdrew_it(staff: User) -> None:
    stop = stop_record(**values(paid(), staff))
    stop_withdraw(stop=stop, reason="登记错人", by=staff)
    events = Stop.pgh_event_model.objects.select_related("pgh_context").order_by("pgh_id")  # type: ignore[attr-defined]
    assert {event.pgh_context.metadata["user"] for event in events} == {staff.username}
    assert [event.pgh_label for event in events] == ["insert", "update"]


def test_after_a_release_nothing_is_paid_until_there_is_a_new_grant(staff: User) -> None:
    somebody = paid()
    stop = stop_record(**values(somebody, staff))
    stop_end(stop=stop, until_on=day("2025-01-20"), reason="刑满释放", by=staff, today=TODAY)
    assert {line.kind for line in locked(NURSING, "2025-02-01")} == {"recovery"}
    granted(somebody, since="2025-02-01")
    assert told(locked(NURSING, "2025-03-01")) == [("backpay", "2025-02", "125"), ("regular", "2025-03", "125")]


def test_a_stop_ends_after_it_began_and_only_once(staff: User) -> None:
    stop = stop_record(**values(paid(), staff))
    with pytest.raises(RuleBroken, match="终止日期应晚于发生日期"):
        stop_end(stop=stop, until_on=day(EVENT), reason="释放", by=staff, today=TODAY)
    stop_end(stop=stop, until_on=day("2025-01-20"), reason="释放", by=staff, today=TODAY)
    with pytest.raises(RuleBroken, match="已于 2025-01-20 终止"):
        stop_end(stop=stop, until_on=day("2025-01-21"), reason="释放", by=staff, today=TODAY)


def test_a_missed_review_is_not_ended_by_hand(staff: User) -> None:
    somebody = paid()
    EVENTS["review missed"][2](somebody)
    with pytest.raises(RuleBroken, match="补上复核就自动结束"):
        stop_end(stop=Stop.objects.first(), until_on=TODAY, reason="补", by=staff, today=TODAY)


@pytest.mark.parametrize("role", [Role.STREET_STAFF, Role.COMMUNITY_WORKER, Role.LEADERSHIP])
def test_nobody_else_records_a_stop(role: str) -> None:
    with pytest.raises(RuleBroken, match="没有登记停发的权限"):
        stop_record(**values(paid(), user(role, street="第一街道")))


def test_nobody_records_a_stop_outside_the_area() -> None:
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        stop_record(**values(paid(), user(Role.FEDERATION_STAFF, street="第二街道")))


# --- suspended months put back ---------------------------------------------------------------------------------------


def frozen_for_two_months() -> Person:
    """Frozen from 15 October 2024 to 10 January 2025, when it was already known: November and December left out."""
    standard()
    somebody = recipient(NURSING)
    locked(NURSING, "2024-10-01")
    statement(somebody, status="frozen", status_on=day(EVENT))
    locked(NURSING, "2024-11-01")
    locked(NURSING, "2024-12-01")
    thaw(somebody)
    return somebody


def thaw(somebody: Person, on: str = "2025-01-10") -> None:
    frozen = somebody.certificates.get(status="frozen")
    Certificate.objects.filter(pk=frozen.pk).update(held_until=on)
    frozen.pk, frozen._state.adding = None, True
    frozen.held_from, frozen.status, frozen.status_on = day(on), "normal", None
    frozen.save()


def decided(somebody: Person, by: User, first: str, last: str, **change: Any) -> Resumption:
    facts = {"person": somebody, "subsidy": NURSING, "reason": "经查不属实", "by": by, "today": TODAY, **change}
    return resumption_decide(first_month=day(first), last_month=day(last), **facts)


def test_after_a_thaw_payment_goes_on_and_the_months_between_come_only_by_a_decision(civil: User) -> None:
    somebody = frozen_for_two_months()
    assert told(locked(NURSING, "2025-01-01")) == [("regular", "2025-01", "125")]
    found = suspended_months(somebody, NURSING, today=TODAY)
    assert [(f"{each.month:%Y-%m}", each.cause) for each in found] == [("2024-11", "frozen"), ("2024-12", "frozen")]
    assert "冻结" in found[0].sentence
    row = decided(somebody, civil, "2024-11-01", "2024-12-01")
    assert (row.cause, row.decided_by) == ("frozen", civil)
    assert told(locked(NURSING, "2025-02-01")) == [
        ("backpay", "2024-11", "125"),
        ("backpay", "2024-12", "125"),
        ("regular", "2025-02", "125"),
    ]


def test_a_demand_for_suspended_months_is_dropped_where_they_are_put_back(civil: User) -> None:
    somebody = paid()
    statement(somebody, status="frozen", status_on=day(EVENT))
    locked(NURSING, "2025-02-01")
    thaw(somebody, "2025-02-10")
    decided(somebody, civil, "2024-11-01", "2025-01-01")
    assert told(locked(NURSING, "2025-03-01")) == [
        ("cancel", "2024-11", "125"),
        ("cancel", "2024-12", "125"),
        ("cancel", "2025-01", "125"),
        ("backpay", "2025-02", "125"),
        ("regular", "2025-03", "125"),
    ]


def test_months_that_were_not_suspended_or_not_due_are_refused(civil: User) -> None:
    somebody = frozen_for_two_months()
    with pytest.raises(RuleBroken, match="2024年10月不能补发"):
        decided(somebody, civil, "2024-10-01", "2024-12-01")
    with pytest.raises(RuleBroken, match="2025年1月"):
        decided(somebody, civil, "2024-11-01", "2025-01-01")
    with pytest.raises(RuleBroken, match="最多补发到本月"):
        decided(somebody, civil, "2024-11-01", "2025-03-01")
    with pytest.raises(RuleBroken, match="不能早于起始月份"):
        decided(somebody, civil, "2024-12-01", "2024-11-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-11-20")
    with pytest.raises(RuleBroken, match="2024年12月不能补发"):
        decided(somebody, civil, "2024-11-01", "2024-12-01")


def test_a_stop_that_ended_the_right_is_no_suspension(staff: User, civil: User) -> None:
    somebody = paid()
    stop = stop_record(**values(somebody, staff))
    stop_end(stop=stop, until_on=day("2025-01-20"), reason="释放", by=staff, today=TODAY)
    with pytest.raises(RuleBroken, match="2024年11月、2024年12月不能补发"):
        decided(somebody, civil, "2024-11-01", "2024-12-01")


def test_while_the_suspension_lasts_nothing_is_put_back(civil: User) -> None:
    somebody = paid()
    statement(somebody, status="frozen", status_on=day(EVENT))
    with pytest.raises(RuleBroken, match=r"暂停还没有结束.*冻结"):
        decided(somebody, civil, "2024-11-01", "2024-12-01")


def test_a_month_is_put_back_once(civil: User) -> None:
    somebody = frozen_for_two_months()
    decided(somebody, civil, "2024-11-01", "2024-11-01")
    with pytest.raises(RuleBroken, match="请不要重复决定"):
        decided(somebody, civil, "2024-11-01", "2024-12-01")
    decided(somebody, civil, "2024-12-01", "2024-12-01")


def test_only_the_civil_affairs_bureau_decides(staff: User) -> None:
    with pytest.raises(RuleBroken, match="由民政局决定"):
        decided(frozen_for_two_months(), staff, "2024-11-01", "2024-12-01")
