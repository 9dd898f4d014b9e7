"""Training: enrolling, attendance, completing, each taken back; what indicator 2 counts by form and by sheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from employment.attendance import attendance_of, minimum_percent
from employment.models import Attendance, TrainingClass, TrainingPeriod, TrainingRecord
from employment.rules.training import counted, period_of
from employment.services import training as services
from registry.models import Person
from registry.services.facts import version
from tests.deliveries import fact, id_number, upload
from tests.deliveries import holder as row_of
from tests.employment.training_makers import TODAY, complete, course, enrol, lesson, staff, street
from tests.records import DAY, day, figure, holder, person, reached, training
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter

pytestmark = pytest.mark.django_db


def refused(act: Any, *words: str) -> None:
    with pytest.raises(RuleBroken) as broken, transaction.atomic():
        act()
    assert all(word in broken.value.message for word in words), broken.value.message


def reasons(record: TrainingRecord) -> set[str]:
    return {v.clause.code for v in counted(on=DAY).explain(record) if not v.holds}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "period"),
    [
        ("2025-03-01", "2025-03-31", TrainingPeriod.SHORT),
        ("2025-03-01", "2025-04-01", TrainingPeriod.MIDDLE),
        ("2025-01-31", "2025-02-27", TrainingPeriod.SHORT),
        ("2025-01-01", "2025-06-30", TrainingPeriod.MIDDLE),
        ("2025-01-01", "2025-07-01", TrainingPeriod.LONG),
    ],
)
def test_the_period_follows_from_both_days(starts_on: str, ends_on: str, period: str) -> None:
    assert period_of(day(starts_on), day(ends_on)) == period


def test_enrolling_writes_the_record_that_the_indicator_counts_once_it_is_completed() -> None:
    of, one = course(), holder()
    (record,) = enrol(of, one)
    assert (record.class_name, record.trade, record.starts_on) == (of.name, of.trade, of.starts_on)
    assert (record.is_completed, record.ends_on, record.enrolled_on) == (False, None, TODAY)
    assert reached(2) == set()
    complete(of, record, numbers=("Z1",))
    record.refresh_from_db()
    assert (record.is_completed, record.ends_on, record.certificate_number) == (True, day("2025-03-28"), "Z1")
    assert reached(2) == {one.pk}


def test_taking_a_completion_back_takes_it_out_of_the_figure_with_its_certificate() -> None:
    of, one = course(), holder()
    (record,) = enrol(of, one)
    complete(of, record, numbers=("Z1",))
    services.completion_withdraw(record=record, by=staff(), reason="登记错了")
    record.refresh_from_db()
    assert (record.is_completed, record.ends_on, record.certificate_number, record.certified_on) == (
        False, None, None, None,
    )  # fmt: skip
    assert reached(2) == set()


def test_taking_an_enrolment_back_removes_what_the_class_wrote_and_keeps_what_the_sheet_brought() -> None:
    of, one, two = course(), holder(1), holder(2)
    training(two, "2025-03-03", "2025-03-28", name=of.name)
    enrol(of, one, two)
    for record in of.records.all():
        services.enrolment_withdraw(record=record, by=staff(), reason="登记错了人")
    left = TrainingRecord.objects.get()
    assert (left.person, left.training_class, left.is_completed) == (two, None, True)


def test_whoever_is_not_on_the_register_takes_part_and_is_not_counted() -> None:
    of, outsider, gone, late = (
        course(),
        person(1),
        holder(2, status="cancelled", status_on="2025-01-01"),
        holder(3, first_issued_on="2025-06-01", issued_on="2025-06-01"),
    )
    records = enrol(of, outsider, gone, late)
    complete(of, *records)
    assert reached(2) == set()
    assert [reasons(record) for record in TrainingRecord.objects.order_by("pk")] == [{"register"}] * 3


def test_what_is_not_finished_or_ends_after_the_day_is_not_counted_and_says_why() -> None:
    training(holder(1), "2025-03-03", completed=False)
    training(holder(2), "2025-12-01", "2026-01-10")
    one, two = TrainingRecord.objects.order_by("pk")
    assert (reasons(one), reasons(two)) == ({"completed"}, {"over"})


def test_whoever_finished_two_classes_is_one_person_and_two_times() -> None:
    one, first, second = holder(), course("一班"), course("二班")
    for of in (first, second):
        complete(of, *enrol(of, one))
    found = figure(2)
    assert (found.numerator_ids, found.details["records"]) == ([one.pk], 2)


def test_a_world_entered_through_classes_gives_the_figure_and_people_of_the_sheet() -> None:
    """Three classes, five people, one of them twice, one unfinished, one without a certificate on the first day."""
    rows = [
        ("一班", "2021-05-10", 1, "是"), ("二班", "2024-05-10", 1, "是"), ("一班", "2021-05-10", 2, "是"),
        ("二班", "2024-05-10", 3, "否"), ("三班", "2025-12-10", 4, "是"),
    ]  # fmt: skip
    cards = [row_of(n) for n in (1, 2, 3)] + [row_of(4, 首次发证日期="2025-12-20", 发证日期="2025-12-20")]
    upload("registry", cards)
    people = {n: Person.objects.get(id_index=Person._meta.get_field("id_index").of(id_number(n))) for n in range(1, 5)}
    facts = [
        fact("training", cards[n - 1], 培训班名称=name, 开班日期=start, 结业日期=f"{start[:8]}28", 是否结业=done)
        for name, start, n, done in rows
    ]
    assert upload("training", facts).refused == 0
    by_sheet, times = reached(2), figure(2).details["records"]
    assert by_sheet == {people[1].pk, people[2].pk}
    TrainingRecord.objects.all().delete()
    for name, start in (("一班", "2021-05-10"), ("二班", "2024-05-10"), ("三班", "2025-12-10")):
        of = course(name, starts_on=day(start), ends_on=day(f"{start[:8]}28"))
        taking = [n for each, _, n, _ in rows if each == name]
        records = dict(zip(taking, enrol(of, *(people[n] for n in taking)), strict=True))
        finished = [records[n] for each, _, n, done in rows if each == name and done == "是"]
        complete(of, *finished, completed_on=of.ends_on, today=day("2026-01-05"))
    assert (reached(2), figure(2).details["records"]) == (by_sheet, times)


def test_the_sheet_of_the_same_class_changes_the_same_row_and_leaves_the_certificate() -> None:
    card = row_of(1)
    upload("registry", [card])
    of, one = course(), Person.objects.get()
    complete(of, *enrol(of, one), numbers=("Z1",))
    sent = fact(
        "training",
        card,
        培训班名称=of.name,
        培训工种=of.trade,
        开班日期="2025-03-03",
        结业日期="2025-03-29",
        是否结业="是",
    )
    upload("training", [sent])
    record = TrainingRecord.objects.get()
    assert (record.ends_on, record.certificate_number, record.training_class) == (day("2025-03-29"), "Z1", of)


class TestEnrolling:
    def test_a_full_class_takes_nobody_of_the_group(self) -> None:
        of = course(capacity=1)
        refused(lambda: enrol(of, holder(1), holder(2)), "名额是 1 人", "不够 2 人")
        assert TrainingRecord.objects.count() == 0

    def test_whoever_lives_elsewhere_is_refused(self) -> None:
        refused(lambda: enrol(course(), holder(1, street="第二街道"), by=street()), "不在您的辖区内")

    def test_the_dead_are_refused(self) -> None:
        gone = holder()
        Person.objects.filter(pk=gone.pk).update(died_on="2025-01-01")
        refused(lambda: enrol(course(), gone), "已登记死亡")

    def test_a_record_of_the_sheet_with_another_first_day_is_told(self) -> None:
        one = holder()
        training(one, "2024-03-03", name="2025年电商一班")
        refused(lambda: enrol(course(), one), "开班日期不是 2025-03-03")

    def test_twice_is_once(self) -> None:
        of, one = course(), holder()
        enrol(of, one)
        done = services.class_enrol(training_class=of, people=[one], by=staff(), today=TODAY)
        assert (done.new, done.known, TrainingRecord.objects.count()) == (0, 1, 1)

    def test_the_sheets_records_of_the_same_name_and_day_are_linked_within_the_area(self) -> None:
        of, near, far, other = course(), holder(1), holder(2, street="第二街道"), holder(3)
        for one in (near, far):
            training(one, "2025-03-03", name=of.name)
        training(other, "2025-03-04", name=of.name)
        assert services.records_link(training_class=of, by=street()) == 1
        assert [record.person for record in of.records.all()] == [near]
        assert services.records_link(training_class=of, by=staff()) == 1
        refused(lambda: services.records_link(training_class=of, by=staff()), "没有可以并入")

    def test_somebody_with_attendance_or_finished_stays(self) -> None:
        of, one, two = course(), holder(1), holder(2)
        record, done = enrol(of, one, two)
        there = lesson(of)
        services.attendance_record(
            training_class=of, records=[record.pk], sessions=[there.pk], present=[(record.pk, there.pk)], by=staff(),
            today=TODAY,
        )  # fmt: skip
        refused(lambda: services.enrolment_withdraw(record=record, by=staff(), reason="错"), "已有出勤")
        complete(of, done)
        refused(lambda: services.enrolment_withdraw(record=done, by=staff(), reason="错"), "已经结业")

    def test_what_has_changed_since_it_was_shown_is_not_taken_back(self) -> None:
        of = course()
        (record,) = enrol(of, holder())
        seen = version(record)
        complete(of, record)
        refused(
            lambda: services.completion_withdraw(record=record, by=staff(), reason="错", seen=seen), "又被改过"
        )  # fmt: skip


class TestAttendance:
    def test_hours_present_of_hours_held_and_what_is_not_noted(self) -> None:
        of = course()
        record, other = enrol(of, holder(1), holder(2))
        first, second, coming = lesson(of), lesson(of, "2025-03-10", 4), lesson(of, "2025-03-20", 4, "以后")
        on = day("2025-03-12")
        saved = services.attendance_record(
            training_class=of, records=[record.pk, other.pk], sessions=[first.pk], present=[(record.pk, first.pk)],
            by=staff(), today=on,
        )  # fmt: skip
        assert saved == 2
        found = attendance_of([record.pk, other.pk], today=on)
        assert (found[record.pk].present, found[record.pk].held, found[record.pk].unnoted) == (8, 12, 1)
        assert found[other.pk].percent == 0
        assert found[record.pk].is_below(None) is False
        assert found[record.pk].is_below(Decimal(67)) is True
        assert found[record.pk].is_below(Decimal(66)) is False
        refused(
            lambda: services.attendance_record(
                training_class=of, records=[record.pk], sessions=[coming.pk], present=[], by=staff(), today=on
            ),
            "课还没有上",
        )
        assert second.attendances.count() == 0

    def test_a_box_unticked_is_an_absence_and_saved_twice_changes_nothing(self) -> None:
        of = course()
        (record,), there = enrol(of, holder()), lesson(of)
        facts: dict[str, Any] = {
            "training_class": of, "records": [record.pk], "sessions": [there.pk], "by": staff(), "today": TODAY,
        }  # fmt: skip
        services.attendance_record(present=[(record.pk, there.pk)], **facts)
        assert services.attendance_record(present=[], **facts) == 1
        assert services.attendance_record(present=[], **facts) == 0
        assert Attendance.objects.get().is_present is False

    def test_people_of_another_street_are_not_noted(self) -> None:
        of = course()
        (record,), there = enrol(of, holder(street="第二街道")), lesson(of)
        refused(
            lambda: services.attendance_record(
                training_class=of, records=[record.pk], sessions=[there.pk], present=[], by=street(), today=TODAY
            ),
            "名单或课次又有变化",
        )

    def test_without_a_parameter_nobody_is_warned_of(self) -> None:
        assert minimum_percent(TODAY) is None
        Parameter.objects.filter(key="training.minimum_attendance_percent").update(value=80)
        assert minimum_percent(TODAY) == 80

    def test_many_entries_take_as_many_statements_as_few(self) -> None:
        of, sessions = course(), []
        for n in range(1, 4):
            sessions.append(lesson(of, f"2025-03-{n + 2:02d}"))
        few, many = enrol(of, holder(1)), enrol(of, *(holder(n) for n in range(2, 8)))

        def count(records: list[TrainingRecord]) -> int:
            with CaptureQueriesContext(connection) as captured:
                services.attendance_record(
                    training_class=of, records=[r.pk for r in records], sessions=[s.pk for s in sessions], present=[],
                    by=by, today=TODAY,
                )  # fmt: skip
                attendance_of([r.pk for r in records], today=TODAY)
            return len(captured)

        by = staff()
        assert count(few) == count(many)


class TestCompleting:
    def test_one_wrong_number_completes_nobody(self) -> None:
        of = course()
        one, two, three = enrol(of, holder(1), holder(2), holder(3))
        complete(of, one, numbers=("Z1",))
        refused(lambda: complete(of, two, three, numbers=("Z2", "Z1")), "已经登记给别的培训记录", "Z1")
        refused(lambda: complete(of, two, three, numbers=("Z2", "Z2")), "同一个证书编号")
        assert of.records.filter(is_completed=True).count() == 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"completed_on": day("2025-12-21")}, "不能晚于今天"),
            ({"completed_on": day("2025-03-02")}, "不能早于开班日期"),
            ({"numbers": ("Z1",), "certificate_kind": ""}, "证书种类"),
            ({"numbers": ("Z1",), "certified_on": None}, "发证日期"),
            ({"numbers": ("Z1",), "certified_on": day("2025-03-01")}, "发证日期不能早于"),
        ],
    )
    def test_dates_and_certificates_fit(self, change: dict[str, Any], words: str) -> None:
        of = course()
        (record,) = enrol(of, holder())
        refused(lambda: complete(of, record, **change), words)

    def test_a_second_click_does_not_overwrite(self) -> None:
        of = course()
        (record,) = enrol(of, holder())
        complete(of, record, numbers=("Z1",))
        refused(lambda: complete(of, record, numbers=("Z2",)), "已经结业")

    def test_a_certificate_can_be_added_later(self) -> None:
        of = course()
        (record,) = enrol(of, holder())
        facts: dict[str, Any] = {
            "record": record, "kind": "skill_level", "number": "S1", "certified_on": day("2025-06-01"), "by": staff(),
            "reason": "补发", "today": TODAY,
        }  # fmt: skip
        refused(lambda: services.certificate_save(**facts), "还没有结业")
        complete(of, record)
        services.certificate_save(**facts)
        record.refresh_from_db()
        assert (record.certificate_kind, record.certificate_number) == ("skill_level", "S1")


class TestClasses:
    def test_a_renamed_class_takes_its_records_along(self) -> None:
        of = course()
        enrol(of, holder())
        services.class_save(training_class=of, by=staff(), reason="名称写错", name="新名", trade="直播")
        record = TrainingRecord.objects.get()
        assert (record.class_name, record.trade) == ("新名", "直播")

    def test_the_first_day_stays_once_somebody_has_finished(self) -> None:
        of = course()
        complete(of, *enrol(of, holder()))
        refused(
            lambda: services.class_save(training_class=of, by=staff(), reason="错", starts_on=day("2025-03-04")),
            "开班日期不能再改",
        )

    def test_sessions_lie_within_the_class_and_stay_once_attendance_is_noted(self) -> None:
        of = course()
        (record,), there = enrol(of, holder()), lesson(of)
        refused(
            lambda: services.session_save(session=there, by=staff(), held_on=day("2025-04-01")), "不在开班"
        )  # fmt: skip
        services.attendance_record(
            training_class=of, records=[record.pk], sessions=[there.pk], present=[], by=staff(), today=TODAY
        )
        refused(lambda: services.session_withdraw(session=there, by=staff(), reason="错"), "已登记出勤")
        refused(lambda: services.class_withdraw(training_class=of, by=staff(), reason="错"), "还有学员")

    def test_a_street_keeps_no_classes(self) -> None:
        refused(lambda: services.class_save(training_class=None, by=street(), name="班"), "没有办理这一步的权限")

    def test_a_name_belongs_to_one_class(self) -> None:
        course()
        facts = {name: getattr(TrainingClass.objects.get(), name) for name in services.CLASS_FIELDS}
        refused(lambda: services.class_save(training_class=None, by=staff(), **facts), "已有这个名称的培训班")
