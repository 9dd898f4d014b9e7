"""Undoing a batch: rows come back as they were, rows edited since are named and kept, nothing else changes."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from registry.models import (
    Certificate,
    Household,
    PensionEnrolment,
    Person,
    SchoolEnrolment,
    SocialAssistance,
)
from rehab.models import RehabNeed
from tests.deliveries import BY_PERSON, Row, counts, fact, holder, id_number, row_of, undo, upload, user
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import undo_forecast
from zalainuoer.common.models import BatchState

pytestmark = [pytest.mark.django_db, pytest.mark.core]

ONE, TWO, THREE = holder(1), holder(2), holder(3)
PENSION = "pension-enrolment"


@pytest.fixture
def registered() -> None:
    upload("registry", [ONE, TWO, THREE])


def rows_of(model: Any) -> list[dict[str, Any]]:
    """A table's rows as they are stored, ciphertexts included."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def everything() -> dict[str, list[dict[str, Any]]]:
    models = [
        model
        for app in ("registry", "subsidies", "rehab", "employment", "accessibility")
        for model in apps.get_app_config(app).get_models()
        if hasattr(model, "pgh_event_model")
    ]
    return {model._meta.label: rows_of(model) for model in models}


# --- as if it had never been -----------------------------------------------------------------------------------------


def test_undoing_a_first_delivery_leaves_nothing() -> None:
    before = everything()
    batch = undo(upload("registry", [ONE, {**TWO, "户主身份证号": id_number(20)}]))
    assert (batch.state, batch.undo_report) == (BatchState.UNDONE, {"undone": 2, "kept": []})
    assert everything() == before


def test_undoing_a_correction_brings_the_old_values_back_to_the_last_byte(registered: None) -> None:
    before = everything()
    changed: dict[str, object] = {
        "民族": "汉族",
        "联系电话": "13800000077",
        "监护人电话": None,
        "所属街道": "灵泉镇",
        "所属社区": "光明社区",
        "户主身份证号": id_number(30),
        "证件状态": "挂失",
        "状态日期": "2025-01-01",
    }
    batch = upload("registry", [{**ONE, **changed}, {**TWO, "残疾人证号": f"{TWO['身份证号']}42B1"}, THREE, holder(4)])
    assert counts(batch) == {"changed": 2, "same": 1, "new": 1}
    assert everything() != before
    assert undo(batch).undo_report == {"undone": 3, "kept": []}
    assert everything() == before


@pytest.mark.parametrize("code", BY_PERSON)
def test_in_every_sheet_undoing_brings_back_what_was(registered: None, code: str) -> None:
    before = everything()
    one = upload(code, [row_of(code, ONE), row_of(code, TWO)])
    between = everything()
    two = upload(code, [row_of(code, TWO), row_of(code, THREE)], withdraws_absent=True)
    assert everything() != between
    undo(two)
    assert everything() == between
    undo(one)
    assert everything() == before


def test_undoing_a_withdrawal_brings_the_row_back(registered: None) -> None:
    upload(PENSION, [fact(PENSION, ONE), fact(PENSION, TWO)])
    before = rows_of(PensionEnrolment)
    batch = upload(PENSION, [fact(PENSION, ONE)], withdraws_absent=True)
    assert len(rows_of(PensionEnrolment)) == 1
    assert undo(batch).undo_report == {"undone": 1, "kept": []}
    assert rows_of(PensionEnrolment) == before


def test_nothing_else_changes(registered: None) -> None:
    upload(PENSION, [fact(PENSION, ONE)])
    before = everything()
    undo(upload("social-assistance", [fact("social-assistance", ONE), fact("social-assistance", TWO)]))
    assert everything() == before


def test_a_spoilt_span_comes_back_with_its_neighbours(registered: None) -> None:
    upload("registry", [{**ONE, "证件状态": "注销", "状态日期": "2025-06-01"}])
    before = rows_of(Certificate)
    assert len(before) == 4
    taken_back = upload("registry", [ONE])
    assert len(rows_of(Certificate)) == 3
    assert undo(taken_back).undo_report == {"undone": 1, "kept": []}
    assert sorted(rows_of(Certificate), key=lambda row: row["id"]) == before


def test_a_batch_undone_may_be_delivered_again(registered: None) -> None:
    rows = [fact(PENSION, ONE)]
    undo(upload(PENSION, rows))
    assert counts(upload(PENSION, rows)) == {"new": 1}


# --- edited since ----------------------------------------------------------------------------------------------------


def test_rows_edited_since_are_named_and_kept_and_the_others_come_back(registered: None) -> None:
    first = upload(PENSION, [fact(PENSION, ONE), fact(PENSION, TWO), fact(PENSION, THREE)])
    upload(PENSION, [fact(PENSION, TWO, 参保状态="终止")])
    batch = undo(first)
    assert batch.undo_report["undone"] == 2
    ((who, why),) = batch.undo_report["kept"]
    assert str(TWO["姓名"]) in who
    assert why == "之后又有改动"
    assert list(PensionEnrolment.objects.values_list("person__name", "status")) == [(TWO["姓名"], "ended")]


def test_an_edit_undone_no_longer_keeps_the_row(registered: None) -> None:
    first = upload(PENSION, [fact(PENSION, ONE)])
    undo(upload(PENSION, [fact(PENSION, ONE, 参保状态="终止")]))
    assert undo(first).undo_report == {"undone": 1, "kept": []}
    assert not PensionEnrolment.objects.exists()


def test_undoing_a_correction_after_another_keeps_the_later_value(registered: None) -> None:
    upload(PENSION, [fact(PENSION, ONE)])
    second = upload(PENSION, [fact(PENSION, ONE, 参保状态="政府代缴")])
    upload(PENSION, [fact(PENSION, ONE, 参保状态="待遇领取")])
    batch = undo(second)
    assert (batch.undo_report["undone"], len(batch.undo_report["kept"])) == (0, 1)
    assert PensionEnrolment.objects.get().status == "drawing"


def test_a_person_corrected_since_is_kept_whole(registered: None) -> None:
    """The later batch touched only the person's phone; certificate and household stay with the person."""
    first = upload(
        "registry", [{**ONE, "残疾等级": "一级", "残疾人证号": f"{ONE['身份证号']}41"}, holder(4), holder(5)]
    )
    upload("registry", [holder(5, 联系电话="13800000077")])
    before = rows_of(Certificate)
    batch = undo(first)
    assert batch.undo_report == {"undone": 2, "kept": [[holder(5)["姓名"], "之后又有改动"]]}
    assert Person.objects.get(name=ONE["姓名"]).certificates.get().level == "2"
    assert not Person.objects.filter(name=holder(4)["姓名"]).exists()
    kept = Person.objects.get(name=holder(5)["姓名"])
    assert kept.phone == "13800000077"
    assert [row for row in rows_of(Certificate) if row["person_id"] == kept.pk] == [
        row for row in before if row["person_id"] == kept.pk
    ]


def test_a_row_withdrawn_since_is_kept_away(registered: None) -> None:
    first = upload(PENSION, [fact(PENSION, ONE), fact(PENSION, TWO)])
    upload(PENSION, [fact(PENSION, ONE)], withdraws_absent=True)
    batch = undo(first)
    assert batch.undo_report["undone"] == 1
    ((who, why),) = batch.undo_report["kept"]
    assert (str(TWO["姓名"]) in who, why) == (True, "之后又有改动")
    assert not PensionEnrolment.objects.exists()


def test_a_withdrawn_row_delivered_anew_since_is_kept_as_it_is_now(registered: None) -> None:
    upload(PENSION, [fact(PENSION, ONE), fact(PENSION, TWO)])
    withdrawal = upload(PENSION, [fact(PENSION, ONE)], withdraws_absent=True)
    upload(PENSION, [fact(PENSION, TWO, 参保状态="终止")])
    batch = undo(withdrawal)
    assert batch.undo_report["undone"] == 0
    ((who, why),) = batch.undo_report["kept"]
    assert (str(TWO["姓名"]) in who, why) == (True, "之后已有同一条新记录")
    assert list(PensionEnrolment.objects.order_by("pk").values_list("status", flat=True)) == ["paying", "ended"]


def test_a_withdrawn_row_whose_person_has_gone_since_stays_away(registered: None) -> None:
    register = upload("registry", [holder(4)])
    upload(PENSION, [fact(PENSION, ONE), fact(PENSION, holder(4))])
    withdrawal = upload(PENSION, [fact(PENSION, ONE)], withdraws_absent=True)
    assert undo(register).undo_report["kept"] == []
    batch = undo(withdrawal)
    assert batch.state == BatchState.UNDONE
    ((_, why),) = batch.undo_report["kept"]
    assert why == "所属人员或户已不在台账中"
    connection.check_constraints()
    assert PensionEnrolment.objects.count() == 1


# --- referred to -----------------------------------------------------------------------------------------------------


def test_a_person_another_sheet_speaks_of_is_kept_whole() -> None:
    first = upload("registry", [ONE, TWO])
    upload("social-assistance", [fact("social-assistance", ONE)])
    batch = undo(first)
    assert batch.undo_report == {"undone": 1, "kept": [[ONE["姓名"], "已有其他数据引用"]]}
    person = Person.objects.get()
    assert (person.name, person.certificates.count(), Household.objects.count()) == (ONE["姓名"], 1, 1)


@pytest.mark.parametrize("code", [code for code in BY_PERSON if code != "household-income"])
def test_every_other_sheet_keeps_a_person(code: str) -> None:
    first = upload("registry", [ONE])
    upload(code, [row_of(code, ONE)])
    assert undo(first).undo_report["kept"] == [[ONE["姓名"], "已有其他数据引用"]]
    assert Certificate.objects.count() == 1


def test_a_correction_is_undone_although_others_speak_of_the_person(registered: None) -> None:
    second = upload("registry", [{**ONE, "民族": "汉族"}])
    upload("social-assistance", [fact("social-assistance", ONE)])
    assert undo(second).undo_report == {"undone": 1, "kept": []}
    assert Person.objects.get(name=ONE["姓名"]).ethnicity == "蒙古族"


def test_a_household_somebody_else_still_belongs_to_stays_in_silence() -> None:
    upload("registry", [TWO])
    head = id_number(20)
    first = upload("registry", [{**ONE, "户主身份证号": head}])
    upload("registry", [{**TWO, "户主身份证号": head}])
    assert undo(first).undo_report == {"undone": 1, "kept": []}
    assert [household.head_id_number for household in Household.objects.order_by("pk")] == [TWO["身份证号"], head]
    assert Certificate.objects.get().household.head_id_number == head


def test_a_household_with_an_income_stays_when_its_people_go() -> None:
    first = upload("registry", [ONE])
    upload("household-income", [fact("household-income", ONE)])
    assert undo(first).undo_report["kept"] == []
    assert (Person.objects.count(), Household.objects.count()) == (0, 1)


def test_a_child_known_to_another_sheet_stays_a_person() -> None:
    child = holder(5, born="2015-01-01")
    school = upload("school-enrolment", [fact("school-enrolment", child)])
    needs = upload("rehab-needs", [fact("rehab-needs", child)])
    assert undo(school).undo_report == {"undone": 1, "kept": []}
    assert (SchoolEnrolment.objects.count(), RehabNeed.objects.count(), Person.objects.count()) == (0, 1, 1)
    undo(needs)
    assert RehabNeed.objects.count() == 0


def test_batches_undone_in_reverse_leave_nothing_whoever_brought_the_child() -> None:
    before = everything()
    child = holder(5, born="2015-01-01")
    batches = [
        upload("school-enrolment", [fact("school-enrolment", child)]),
        upload("rehab-needs", [fact("rehab-needs", child)]),
        upload("registry", [child]),
        upload("device-fittings", [fact("device-fittings", child)]),
    ]
    for batch in reversed(batches):
        assert undo(batch).undo_report["kept"] == []
    assert everything() == before


def test_undoing_the_first_of_two_leaves_the_second_alone() -> None:
    first = upload("registry", [ONE])
    upload("registry", [TWO])
    second = rows_of(Person)[1]
    undo(first)
    assert rows_of(Person) == [second]


# --- what is said about it -------------------------------------------------------------------------------------------


def test_the_forecast_says_what_undoing_will_do_and_does_nothing(registered: None) -> None:
    first = upload(PENSION, [fact(PENSION, ONE), fact(PENSION, TWO)])
    upload(PENSION, [fact(PENSION, TWO, 参保状态="终止")])
    before = everything()
    forecast = undo_forecast(first)
    assert everything() == before
    report = undo(first).undo_report
    assert {"undone": forecast["undone"], "kept": [list(kept) for kept in forecast["kept"]]} == report  # type: ignore[union-attr]


@pytest.mark.parametrize("code", [code for code in BY_PERSON if code != "rehab-services"])
def test_a_kept_row_is_named_as_people_know_it_without_an_id_number(registered: None, code: str) -> None:
    changes: dict[str, Row] = {
        "household-income": {"家庭人口数": 5},
        "social-assistance": {"终止日期": "2025-01-01"},
        "dibao-applications": {"认定日期": "2022-12-30"},
        "living-subsidy-payments": {"发放金额": "1"},
        "nursing-subsidy-payments": {"发放金额": "1"},
        "other-benefits": {"月标准": "1"},
        "pension-enrolment": {"参保状态": "终止"},
        "medical-enrolment": {"参保状态": "终止"},
        "school-enrolment": {"安置方式": "缓学"},
        "rehab-needs": {"辅具需求": "手杖"},
        "device-fittings": {"数量": 5},
        "training": {"是否结业": "否"},
        "home-retrofits": {"困难类型": "特困"},
        "deaths": {"来源": "民政"},
        "bank-accounts": {"开户银行": "工商银行"},
        "family-doctors": {"签约医生": "郑医生"},
        "other-employment": {"岗位": "店长"},
        "military-certificates": {"残疾军人等级": 6},
    }
    first = upload(code, [row_of(code, ONE)])
    upload(code, [row_of(code, ONE, **changes[code])])
    ((who, _),) = undo(first).undo_report["kept"]
    assert who.startswith(f"{ONE['姓名']}（")
    assert "150799" not in who
    assert "object" not in who


def test_who_undid_a_batch_is_on_record(registered: None) -> None:
    liaison = user("liaison", department="人力资源和社会保障局")
    batch = undo(upload(PENSION, [fact(PENSION, ONE)]), by=liaison)
    assert (batch.undone_by, batch.undone_at is not None) == (liaison, True)


def test_only_what_is_committed_can_be_undone(registered: None) -> None:
    batch = upload(PENSION, [fact(PENSION, ONE)])
    undo(batch)
    with pytest.raises(RuleBroken, match="不能撤销"):
        undo(batch)
    unchanged = upload("registry", [ONE])
    assert unchanged.state == BatchState.UNCHANGED
    with pytest.raises(RuleBroken, match="不能撤销"):
        undo(unchanged)
    assert SocialAssistance.objects.count() == 0
