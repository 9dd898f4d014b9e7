"""The pages of training: a class from creation to certificates, scope, figures, exports, statements."""

from __future__ import annotations

import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from employment.models import Attendance, TrainingClass, TrainingRecord
from tests.employment.training_makers import complete, course, enrol, lesson, staff, street
from tests.records import day, holder, person, training
from tests.visiting import client_of
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessLog, Parameter

pytestmark = pytest.mark.django_db
NOON = "2025-12-20 12:00+08:00"
CLASS = {
    "name": "2025年电商一班", "trade": "电子商务", "organiser": "federation_base", "provider": "甲乙丙培训学校",
    "starts_on": "2025-03-03", "ends_on": "2025-03-28", "hours": "16", "capacity": "10", "budget_yuan": "10000",
}  # fmt: skip


@pytest.fixture(autouse=True)
def december() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_class_from_creation_to_certificates() -> None:
    one, client = holder(), client_of(staff())
    client.post(reverse("training_class_add"), CLASS)
    of = TrainingClass.objects.get()
    client.post(
        reverse("training_session_add", args=[of.pk]), {"held_on": "2025-03-03", "hours": "16", "topic": "开店"}
    )
    found = client.post(reverse("training_enrol", args=[of.pk]), {"find": "1", "who": one.id_number})
    assert one.id_number in found.content.decode().split("</textarea>")[0]  # what was typed, and nowhere else
    assert one.id_number not in found.content.decode().split("</textarea>")[1]
    client.post(reverse("training_enrol", args=[of.pk]), {"enrol": "1", "person": [one.pk]})
    record, session = TrainingRecord.objects.get(), of.sessions.get()
    client.post(
        reverse("training_attendance", args=[of.pk]),
        {"record": [record.pk], "session": [session.pk], "present": [f"{record.pk}-{session.pk}"]},
    )
    assert Attendance.objects.get().is_present
    client.post(
        reverse("training_complete", args=[of.pk]),
        {
            "completed_on": "2025-03-28", "certificate_kind": "completion", "certified_on": "2025-04-01",
            "record": [record.pk], f"number-{record.pk}": "Z001",
        },
    )  # fmt: skip
    text = client.get(reverse("training_class", args=[of.pk])).content.decode()
    for shown in ("已结业", "Z001", "计入指标2", "16 / 16 学时", "0000.00 元", "短期"):
        assert shown in text
    assert one.id_number not in text
    assert "取得培训证书" in client.get(reverse("person", args=[one.pk])).content.decode()


def test_a_street_sees_its_own_people_and_neither_names_nor_numbers_of_others() -> None:
    of, near, far = course(), holder(1), holder(2, street="第二街道")
    records = enrol(of, near, far)
    client = client_of(street())
    page = client.get(reverse("training_class", args=[of.pk]))
    assert [line["person"] for line in page.context["lines"]] == [near]
    assert "本辖区学员（1 人）" in page.content.decode()
    assert client.get(reverse("training_certificate", args=[records[1].pk])).status_code == 404
    assert client.get(reverse("training_enrol_person", args=[far.pk])).status_code == 404
    posted = client.post(reverse("training_enrol", args=[of.pk]), {"enrol": "1", "person": [far.pk]})
    assert posted.status_code == 404
    assert client.get(reverse("training_class_add")).status_code == 403
    found = client.post(reverse("training_enrol", args=[of.pk]), {"find": "1", "who": far.id_number})
    assert found.context["nobody"] == [1]


def test_the_page_says_who_is_not_counted_and_who_was_seldom_there() -> None:
    of, outsider = course(), person(1)
    lesson(of)
    enrol(of, outsider)
    client = client_of(staff())
    text = client.get(reverse("training_class", args=[of.pk])).content.decode()
    assert "开班时不在册" in text
    assert "参数“培训最低出勤率”未维护" in text
    assert "出勤不足" not in text
    Parameter.objects.filter(key="training.minimum_attendance_percent").update(value=80)
    for name in ("training_class", "training_complete"):
        assert "出勤不足" in client.get(reverse(name, args=[of.pk])).content.decode()


def test_figures_count_people_once_and_lead_to_those_counted_and_not() -> None:
    one, two, other = holder(1), holder(2, street="第二街道"), person(3)
    for name, year in (("一班", 2021), ("二班", 2025)):
        training(one, f"{year}-03-03", name=name)
    training(two, "2024-03-03", name="三班")
    training(other, "2024-03-03", name="三班")
    training(holder(4), "2020-03-03", name="旧班")  # before the plan
    training(holder(5), "2025-03-03", completed=False, name="二班")
    client = client_of(staff())
    page = client.get(reverse("training_figures"))
    total = page.context["total"]
    assert (total["people"], total["times"], total["uncounted"], total["uncounted_times"]) == (2, 3, 2, 2)
    assert [(row["name"], row["people"], row["times"]) for row in page.context["streets"]] == [
        ("第一街道", 1, 2), ("第二街道", 1, 1),
    ]  # fmt: skip
    counted = client.get(reverse("training_figure_people", args=["counted"]))
    assert {line["person"] for line in counted.context["lines"]} == {one, two}
    missing = client.get(reverse("training_figure_people", args=["uncounted"])).content.decode()
    assert "开班时不在册" in missing
    assert "没有结业" in missing
    near = client_of(street()).get(reverse("training_figures")).context["total"]
    assert (near["people"], near["uncounted"]) == (1, 2)
    year = client.get(reverse("training_figures"), {"year": "2025"}).context["total"]
    assert (year["people"], year["uncounted"]) == (1, 1)


def test_the_sheets_records_are_offered_and_linked() -> None:
    of, one = course(), holder()
    training(one, "2025-03-03", name=of.name)
    client = client_of(staff())
    assert "并入本班（1 条）" in client.get(reverse("training_class", args=[of.pk])).content.decode()
    client.post(reverse("training_link", args=[of.pk]))
    assert of.records.get().person == one


def test_the_sign_in_sheet_masks_numbers_and_is_noted() -> None:
    of, one = course(), holder()
    enrol(of, one)
    session = lesson(of)
    text = client_of(staff()).get(reverse("training_sign_in", args=[of.pk]), {"session": session.pk}).content.decode()
    assert masked(one.id_number) in text
    assert one.id_number not in text
    assert AccessLog.objects.latest("pk").act == "print"


def test_the_roster_and_the_list_of_classes_are_exported() -> None:
    of, one = course(), holder()
    complete(of, *enrol(of, one), numbers=("Z001",))
    client = client_of(staff())
    answer = client.post(reverse("training_roster_export", args=[of.pk]), {"reason": "核对"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[1][2] == one.id_number
    assert "Z001" in rows[1]
    assert AccessLog.objects.latest("pk").people == 1
    answer = client.post(reverse("training_class_export"), {"reason": "核对"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[1][0] == of.name
    assert client_of(street()).get(reverse("training_class_export")).status_code == 403


def test_a_class_and_its_sessions_are_changed_and_withdrawn_with_a_reason() -> None:
    of, client = course(), client_of(staff())
    session = lesson(of)
    seen = client.get(reverse("training_class_change", args=[of.pk])).context["form"].fields["seen"].initial
    client.post(
        reverse("training_class_change", args=[of.pk]), {**CLASS, "capacity": "12", "seen": seen, "reason": "增额"}
    )
    of.refresh_from_db()
    assert of.capacity == 12
    late = client.post(
        reverse("training_class_change", args=[of.pk]), {**CLASS, "capacity": "13", "seen": seen, "reason": "增额"}
    )
    assert "又被改过" in late.content.decode()
    for name, row in (("training_session_withdraw", session), ("training_class_withdraw", of)):
        page = client.get(reverse(name, args=[row.pk]))
        client.post(reverse(name, args=[row.pk]), {"seen": page.context["form"].initial["seen"], "reason": "录错"})
    assert not TrainingClass.objects.exists()


@pytest.mark.parametrize(
    "name", ["training_class", "training_attendance", "training_complete", "training_sign_in", "training_figures"]
)
def test_many_rows_take_as_many_statements_as_few(name: str) -> None:
    of, client = course(), client_of(staff())
    for n in (3, 4):
        lesson(of, f"2025-03-{n:02d}")
    enrol(of, holder(1))
    address = reverse(name, args=[] if name == "training_figures" else [of.pk])
    client.get(address)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = statements()
    enrol(of, *(holder(n) for n in range(2, 8)))
    assert statements() == few


def test_the_list_takes_as_many_statements_for_many_classes() -> None:
    client = client_of(staff())
    client.get(reverse("training_class_list"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("training_class_list")).status_code == 200
        return len(captured)

    enrol(course("零班"), holder(1))
    few = statements()
    for n in range(5):
        enrol(course(f"{n}班", starts_on=day("2024-03-03")), holder(n + 2))
    assert statements() == few
