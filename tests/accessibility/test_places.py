"""Public places: inventory, inspections, notices with working days, what residents report."""

from __future__ import annotations

from typing import Any

import pytest

from accessibility.models import (
    Barrier,
    BarrierCase,
    BarrierCaseState,
    CaseChannel,
    Facility,
    FacilityKind,
    RectificationNotice,
)
from accessibility.parking import bays_wanting, percent_on
from accessibility.services import places
from accessibility.services.places import Found
from registry.services.facts import version
from tests.deliveries import user
from tests.records import community, day
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.models import CalendarDay, Parameter, Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-09-30")


def staff() -> User:
    return user(Role.FEDERATION_STAFF)


def street(name: str = "第一街道") -> User:
    return user(Role.STREET_STAFF, street=name)


def facility(by: User, **change: Any) -> Facility:
    facts = {"name": "第一停车场", "kind": FacilityKind.PARKING, "community": community(), "keeper": "某物业", **change}
    return places.facility_add(by=by, **facts)


def barrier(of: Facility, by: User) -> Barrier:
    found = [Found("入口", "坡道过陡")]
    facts: dict[str, Any] = {"inspected_on": day("2025-09-01"), "team": "体验促进队", "found": found}
    return places.inspection_add(facility=of, by=by, today=TODAY, **facts).barriers.get()


def notice(of: Facility, *barriers: Barrier, by: User, **change: Any) -> RectificationNotice:
    facts = {"issued_on": day("2025-09-26"), "working_days": 3, "today": TODAY, **change}
    return places.notice_issue(facility=of, barriers=[each.pk for each in barriers], by=by, **facts)


def report(by: User, **change: Any) -> BarrierCase:
    facts = {
        "channel": CaseChannel.HOTLINE_12345,
        "source_number": "R1",
        "received_on": day("2025-09-26"),
        "topic": "盲道被占",
        "community": community(),
        "place": "某路口",
        "owner": by,
        "due_on": day("2025-10-10"),
        "today": TODAY,
        **change,
    }
    return places.barrier_case_open(by=by, **facts)


def test_a_car_park_lacks_what_the_dated_percentage_asks_for() -> None:
    assert bays_wanting(facility(staff(), bays=51, accessible_bays=1), percent=percent_on(TODAY)) == 1
    Parameter.objects.create(
        key="parking.accessible_percent", name="比例", value=1, effective_from=TODAY, document="某文件"
    )
    assert bays_wanting(Facility.objects.get(), percent=percent_on(TODAY)) == 0
    assert bays_wanting(Facility(bays=51), percent=percent_on(TODAY)) is None


def test_a_car_park_has_no_more_accessible_bays_than_bays() -> None:
    with pytest.raises(RuleBroken, match="多于停车泊位总数"):
        facility(staff(), bays=1, accessible_bays=2)


def test_a_street_enters_and_changes_places_of_its_own_area_only() -> None:
    row, other = facility(street()), street("第二街道")
    with pytest.raises(RuleBroken, match="不在您的辖区内"):
        facility(other, name="另一处")
    with pytest.raises(RuleBroken, match="不在您的辖区内"):
        places.facility_change(facility=row, seen=version(row), reason="改", by=other, note="改")


def test_an_old_page_does_not_change_a_place() -> None:
    by = staff()
    row = facility(by)
    seen = version(row)
    places.facility_change(facility=row, seen=seen, reason="核对", by=by, note="新")
    with pytest.raises(RuleBroken, match="刷新页面"):
        places.facility_change(facility=row, seen=seen, reason="核对", by=by, note="旧")


def test_the_term_of_a_notice_is_counted_in_working_days() -> None:
    CalendarDay.objects.filter(day__year=2025).delete()
    by = staff()
    place = facility(by)
    found = barrier(place, by)
    with pytest.raises(ParameterMissing):
        notice(place, found, by=by)
    CalendarDay.objects.create(day=day("2025-09-28"), is_working=True, name="补班", document="某通知")
    CalendarDay.objects.create(day=day("2025-10-01"), is_working=False, name="国庆节", document="某通知")
    made = notice(place, found, by=by)  # a Friday; Sunday is worked
    assert (made.due_on, str(made)) == (day("2025-09-30"), "〔2025〕1号")


def test_a_barrier_stands_in_one_notice_until_it_is_withdrawn() -> None:
    by = staff()
    place = facility(by)
    found = barrier(place, by)
    made = notice(place, found, by=by)
    with pytest.raises(RuleBroken, match="也没有发过整改通知"):
        notice(place, found, by=by)
    places.notice_withdraw(notice=made, reason="对象有误", by=by, today=TODAY)
    assert notice(place, found, by=by).number == 2


def test_a_street_writes_no_notice() -> None:
    by = street()
    place = facility(by)
    with pytest.raises(RuleBroken, match="有权限的人员"):
        notice(place, barrier(place, by), by=by)


def test_a_reinspection_removes_a_barrier_once_and_only_of_its_place() -> None:
    by = staff()
    place = facility(by)
    found = barrier(place, by)
    facts: dict[str, Any] = {"inspected_on": TODAY, "team": "体验促进队", "by": by, "today": TODAY}
    with pytest.raises(RuleBroken, match="不属于这处设施"):
        places.inspection_add(facility=facility(by, name="另一处"), removed=[found.pk], **facts)
    again = places.inspection_add(facility=place, removed=[found.pk], **facts)
    assert list(again.removed.all()) == [found]
    with pytest.raises(RuleBroken, match="已经消除"):
        places.inspection_add(facility=place, removed=[found.pk], **facts)


def test_a_report_is_handed_on_answered_and_rated() -> None:
    by = staff()
    row = report(by)
    row = places.barrier_case_transfer(case=row, to="住建局", transferred_on=TODAY, by=by, today=TODAY, seen="open")
    with pytest.raises(RuleBroken, match="答复日期不能早于转办日期"):
        places.barrier_case_reply(
            case=row, reply="已清理", replied_on=day("2025-09-29"), by=by, today=TODAY, seen="transferred"
        )
    row = places.barrier_case_reply(case=row, reply="已清理", replied_on=TODAY, by=by, today=TODAY, seen="transferred")
    with pytest.raises(RuleBroken, match="1 到 5 分"):
        places.barrier_case_rate(case=row, satisfaction=6, by=by, seen="replied")
    row = places.barrier_case_rate(case=row, satisfaction=5, by=by, seen="replied")
    assert (row.state, row.satisfaction) == (BarrierCaseState.REPLIED, 5)


def test_the_term_of_a_report_without_one_is_the_parameter_s_and_is_never_invented() -> None:
    with pytest.raises(ParameterMissing, match="参数未维护") as missing:
        report(staff(), due_on=None)
    assert "直接填写“答复期限”" in missing.value.message


def test_a_hotline_number_is_entered_once() -> None:
    by = staff()
    report(by)
    with pytest.raises(RuleBroken, match="来源编号"):
        report(by)


def test_the_owner_of_a_report_is_somebody_of_its_area() -> None:
    with pytest.raises(RuleBroken, match="另选承办人"):
        report(staff(), owner=street("第二街道"))


def test_an_old_page_does_not_answer_a_report_that_has_moved_on() -> None:
    by = staff()
    row = report(by)
    places.barrier_case_withdraw(case=row, reason="重复登记", by=by, seen="open")
    with pytest.raises(RuleBroken, match="刷新页面"):
        places.barrier_case_reply(case=row, reply="已清理", replied_on=TODAY, by=by, today=TODAY, seen="open")
