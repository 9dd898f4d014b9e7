"""What becomes of a delivery: every row is accepted, unchanged or refused, and what is refused says why."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from registry.models import (
    Certificate,
    Household,
    HouseholdIncome,
    MedicalEnrolment,
    PensionEnrolment,
    Person,
    SchoolEnrolment,
    SocialAssistance,
)
from rehab.models import RehabNeed
from subsidies.models import LivingPayment
from tests.deliveries import (
    BY_PERSON,
    FIFTEEN,
    changes,
    confirm,
    counts,
    fact,
    holder,
    id_number,
    previewed,
    receive,
    refused,
    refused_at,
    row_of,
    undo,
    upload,
    user,
    workbook,
)
from zalainuoer.common import services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import BatchState, StoredFile, UploadBatch
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.template import write_template

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = holder(1), holder(2), holder(3)
ELSEWHERE = {"所属街道": "第二街道", "所属社区": "东风社区"}


@pytest.fixture
def registered() -> None:
    """Two people of 第一街道 and one of 第二街道."""
    upload("registry", [ONE, TWO, {**THREE, **ELSEWHERE}])


# --- one file --------------------------------------------------------------------------------------------------------


def test_a_row_like_an_earlier_one_of_the_file_is_the_same() -> None:
    batch = upload("registry", [ONE, TWO, ONE])
    assert counts(batch) == {"new": 2, "same": 1}
    assert Person.objects.count() == 2


def test_a_row_that_contradicts_an_earlier_one_is_refused_where_it_does() -> None:
    batch = upload("registry", [ONE, {**ONE, "民族": "汉族"}])
    assert counts(batch) == {"new": 1, "refused": 1}
    assert refused(batch) == {3: [("民族", "与本表第 2 行是同一个人，内容却不一致。")]}
    assert Person.objects.get().ethnicity == "蒙古族"


@pytest.mark.parametrize("code", BY_PERSON)
def test_in_every_sheet_an_identical_row_is_the_same(registered: None, code: str) -> None:
    row = fact(code, ONE)
    assert counts(upload(code, [row, row])) == {"new": 1, "same": 1}


@pytest.mark.parametrize(
    ("code", "heading", "value"),
    [
        ("household-income", "家庭人口数", 4),
        ("social-assistance", "终止日期", "2024-01-01"),
        ("dibao-applications", "认定日期", "2022-12-21"),
        ("living-subsidy-payments", "发放金额", "120"),
        ("nursing-subsidy-payments", "发放日期", "2025-11-16"),
        ("other-benefits", "月标准", "90"),
        ("pension-enrolment", "参保状态", "政府代缴"),
        ("medical-enrolment", "参保状态", "资助参保"),
        ("school-enrolment", "安置方式", "缓学"),
        ("rehab-needs", "辅具需求", "手杖"),
        ("device-fittings", "数量", 2),
        ("training", "是否结业", "否"),
        ("home-retrofits", "验收结论", "不合格"),
    ],
)
def test_in_every_sheet_a_contradicting_row_is_refused_where_it_contradicts(
    registered: None, code: str, heading: str, value: object
) -> None:
    batch = upload(code, [fact(code, ONE), fact(code, ONE, **{heading: value})])
    assert counts(batch) == {"new": 1, "refused": 1}
    assert refused(batch) == {3: [(heading, "与本表第 2 行是同一条记录，内容却不一致。")]}


def test_a_row_is_compared_with_accepted_rows_only(registered: None) -> None:
    """The first row is refused for its name, so the second contradicts nothing."""
    batch = upload("registry", [{**ONE, "姓名": "李改名", "民族": "汉族"}, {**ONE, "民族": "满族"}])
    assert refused_at(batch) == {2: {"姓名"}}
    assert counts(batch) == {"changed": 1, "refused": 1}
    assert Person.objects.get(name=ONE["姓名"]).ethnicity == "满族"


def test_a_row_like_a_refused_one_is_refused_too(registered: None) -> None:
    wrong = {**ONE, "姓名": "李改名"}
    assert refused_at(upload("registry", [wrong, wrong])) == {2: {"姓名"}, 3: {"姓名"}}
    wrong = fact("training", ONE, 姓名="李改名")
    assert refused_at(upload("training", [wrong, wrong])) == {2: {"姓名"}, 3: {"姓名"}}


def test_one_bad_row_does_not_hold_back_the_good_ones() -> None:
    batch = upload("registry", [ONE, {**TWO, "性别": "不详"}, THREE])
    assert counts(batch) == {"new": 2, "refused": 1}
    assert batch.state == BatchState.COMMITTED
    assert batch.rows == batch.new + batch.changed + batch.same + batch.refused


def test_a_preview_may_be_dropped_to_mend_the_file_first() -> None:
    batch = receive("registry", [ONE, {**TWO, "性别": "不详"}])
    services.batch_discard(batch=batch, by=None)
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED
    assert not Person.objects.exists()
    with pytest.raises(RuleBroken, match="不能确认"):
        services.batch_confirm(batch=batch, by=None)


def test_every_problem_of_a_row_is_named_not_just_the_first() -> None:
    bad = {**ONE, "性别": "不详", "有效期至": "2001-01-01", "证件状态": "注销", "所属社区": "东风社区", "姓名": None}
    assert refused_at(receive("registry", [bad])) == {2: {"姓名", "性别", "有效期至", "状态日期", "所属社区"}}


# --- what the registry refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"身份证号": id_number(1)[:17]}, "身份证号"),
        ({"身份证号": None}, "身份证号"),
        ({"身份证号": 150799198001010000.0}, "身份证号"),
        ({"残疾人证号": id_number(2) + "42"}, "残疾人证号"),
        ({"残疾人证号": id_number(1)}, "残疾人证号"),
        ({"残疾人证号": id_number(1) + "52"}, "残疾类别"),
        ({"残疾人证号": id_number(1) + "41"}, "残疾等级"),
        ({"残疾类别": "视力残疾", "残疾人证号": id_number(1) + "42"}, "残疾类别"),
        ({"有效期至": "2019-04-30"}, "有效期至"),
        ({"所属社区": "东风社区"}, "所属社区"),
        ({"所属社区": "没有社区"}, "所属社区"),
        ({"所属街道": "没有街道"}, "所属街道"),
        ({"证件状态": "挂失"}, "状态日期"),
        ({"证件状态": "注销", "状态日期": "去年"}, "状态日期"),
        ({"户主身份证号": id_number(1)[:17] + "A"}, "户主身份证号"),
        ({"首次发证日期": None}, "首次发证日期"),
    ],
)
def test_a_faulty_row_is_refused_at_the_faulty_column(change: dict[str, object], heading: str) -> None:
    batch = upload("registry", [{**ONE, **change}, TWO])
    assert refused_at(batch) == {2: {heading}}
    assert counts(batch) == {"new": 1, "refused": 1}


@pytest.mark.parametrize(
    ("code", "change", "heading"),
    [
        ("dibao-applications", {"认定日期": None}, "认定日期"),
        ("dibao-applications", {"认定结果": "不符合", "认定日期": None}, "认定日期"),
        ("dibao-applications", {"认定结果": "审核中"}, "认定日期"),
        ("living-subsidy-payments", {"发放金额": "-1"}, "发放金额"),
        ("living-subsidy-payments", {"所属月份": "2025年13月"}, "所属月份"),
        ("household-income", {"家庭人口数": 0}, "家庭人口数"),
        ("household-income", {"家庭年可支配收入": "-0.01"}, "家庭年可支配收入"),
        ("school-enrolment", {"所属社区": "东风社区"}, "所属社区"),
        ("rehab-needs", {"所属街道": "没有街道"}, "所属街道"),
        ("device-fittings", {"数量": "若干"}, "数量"),
    ],
)
def test_another_sheets_faulty_row_is_refused_at_the_faulty_column(
    registered: None, code: str, change: dict[str, object], heading: str
) -> None:
    assert refused_at(receive(code, [fact(code, ONE, **change)])) == {2: {heading}}


def test_a_valid_day_is_the_last_day_and_may_be_the_first() -> None:
    assert counts(upload("registry", [{**ONE, "发证日期": "2019-05-01", "有效期至": "2019-05-01"}])) == {"new": 1}


def test_dates_are_not_compared_with_births() -> None:
    assert counts(upload("registry", [holder(1, born="2020-01-01", 首次发证日期="2019-01-01")])) == {"new": 1}


def test_an_id_number_in_a_number_cell_is_refused_not_guessed(registered: None) -> None:
    (problem,) = refused(receive("training", [fact("training", ONE, 身份证号=float(str(ONE["身份证号"])[:17] + "0"))]))[
        2
    ]
    assert problem[0] == "身份证号"
    assert "已经丢失" in problem[1]


# --- a corrected file ------------------------------------------------------------------------------------------------


def test_a_corrected_file_corrects_and_the_preview_shows_old_and_new(registered: None) -> None:
    corrected = {
        **ONE,
        "民族": "汉族",
        "联系电话": "13800000099",
        "所属街道": "灵泉镇",
        "所属社区": "光明社区",
        "户主身份证号": TWO["身份证号"],
        "在校学生": None,
        "残疾人证号": f"{ONE['身份证号']}42B1",
    }
    batch = receive("registry", [corrected, TWO])
    assert counts(batch) == {"changed": 1, "same": 1}
    cells = {change.heading: (change.old, change.new) for change in changes(batch)[2]}
    assert cells == {
        "民族": ("蒙古族", "汉族"),
        "联系电话": ("13800000001", "13800000099"),
        "所属社区": ("友谊社区", "光明社区"),
        "户主身份证号": (ONE["身份证号"], TWO["身份证号"]),
        "在校学生": ("否", ""),
        "残疾人证号": (f"{ONE['身份证号']}42", f"{ONE['身份证号']}42B1"),
    }
    assert Person.objects.get(name=ONE["姓名"]).ethnicity == "蒙古族"  # a preview writes nothing
    confirm(batch)
    person = Person.objects.get(name=ONE["姓名"])
    assert (person.ethnicity, person.phone, person.community.name) == ("汉族", "13800000099", "光明社区")
    certificate = person.certificates.get()
    assert (certificate.number, certificate.is_student) == (f"{ONE['身份证号']}42B1", None)
    assert certificate.household.head_id_number == TWO["身份证号"]
    assert counts(receive("registry", [corrected, TWO])) == {"same": 2}


@pytest.mark.parametrize(
    ("code", "change", "shown"),
    [
        ("household-income", {"家庭年可支配收入": "60000.5"}, ("家庭年可支配收入", "60000.00", "60000.50")),
        ("social-assistance", {"终止日期": "2024-05-01"}, ("终止日期", "", "2024-05-01")),
        ("dibao-applications", {"认定结果": "不符合"}, ("认定结果", "符合", "不符合")),
        ("living-subsidy-payments", {"发放金额": 0}, ("发放金额", "125.00", "0.00")),
        ("other-benefits", {"月标准": None}, ("月标准", "100.00", "")),
        ("pension-enrolment", {"参保状态": "终止"}, ("参保状态", "正常缴费", "终止")),
        ("school-enrolment", {"安置方式": "送教上门"}, ("安置方式", "随班就读", "送教上门")),
        ("school-enrolment", ELSEWHERE, ("所属社区", "友谊社区", "东风社区")),
        ("rehab-needs", ELSEWHERE, ("所属社区", "友谊社区", "东风社区")),
        ("rehab-needs", {"康复需求": "无"}, ("康复需求", "康复训练", "")),
        ("device-fittings", {"数量": 2}, ("数量", "1", "2")),
        ("training", {"是否结业": "否"}, ("是否结业", "是", "否")),
        ("home-retrofits", {"困难类型": "其他"}, ("困难类型", "低保", "其他")),
    ],
)
def test_in_every_sheet_a_correction_is_shown_cell_by_cell(
    registered: None, code: str, change: dict[str, object], shown: tuple[str, str, str]
) -> None:
    upload(code, [fact(code, ONE), fact(code, TWO)])
    batch = receive(code, [fact(code, TWO), fact(code, ONE, **change)])
    assert counts(batch) == {"same": 1, "changed": 1}
    (cell,) = changes(batch)[3]
    assert (cell.heading, cell.old, cell.new) == shown
    confirm(batch)
    assert counts(receive(code, [fact(code, TWO), fact(code, ONE, **change)])) == {"same": 2}


def test_a_record_is_told_by_its_key_so_another_key_is_another_record(registered: None) -> None:
    upload("social-assistance", [fact("social-assistance", ONE)])
    batch = upload("social-assistance", [fact("social-assistance", ONE, 起始日期="2024-01-01")])
    assert counts(batch) == {"new": 1}
    assert SocialAssistance.objects.count() == 2


def test_a_person_missing_from_a_later_registry_file_stays(registered: None) -> None:
    assert counts(upload("registry", [ONE])) == {"same": 1}
    assert Person.objects.count() == 3


def test_a_missing_optional_column_leaves_what_is_stored(registered: None) -> None:
    optional = ("民族", "联系电话", "监护人姓名", "监护人电话", "在校学生", "户口性质", "状态日期")
    batch = upload("registry", workbook([{**ONE, "有效期至": "2030-04-30"}], without=optional))
    assert counts(batch) == {"changed": 1}
    assert [change.heading for change in changes(batch)[2]] == ["有效期至"]
    person = Person.objects.get(name=ONE["姓名"])
    assert (person.ethnicity, person.phone, person.guardian_name) == ("蒙古族", "13800000001", "王监护")
    assert person.certificates.get().is_student is False


def test_an_empty_cell_clears_what_is_stored(registered: None) -> None:
    upload("registry", [{**ONE, "联系电话": None, "监护人姓名": " ", "户口性质": None}])
    person = Person.objects.get(name=ONE["姓名"])
    assert (person.phone, person.phone_index, person.guardian_name) == (None, None, None)
    assert person.certificates.get().hukou_type is None


def test_in_other_sheets_too_a_missing_column_leaves_and_an_empty_cell_clears(registered: None) -> None:
    upload("other-benefits", [fact("other-benefits", ONE)])
    row = fact("other-benefits", ONE)
    assert counts(upload("other-benefits", workbook([row], without=["月标准", "终止日期"]))) == {"same": 1}
    assert counts(upload("other-benefits", [{**row, "月标准": None}])) == {"changed": 1}
    assert apps.get_model("registry", "OtherBenefit").objects.get().monthly_yuan is None


def test_a_missing_required_column_makes_the_file_unreadable(registered: None) -> None:
    batch = receive("training", workbook([fact("training", ONE)], without=["是否结业"]))
    assert batch.state == BatchState.UNREADABLE
    assert "缺少必填的列：是否结业" in batch.message


# --- names and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in BY_PERSON if code != "household-income"])
def test_somebody_who_is_not_on_the_register_is_refused(registered: None, code: str) -> None:
    stranger = holder(8, 户主身份证号=ONE["身份证号"])
    batch = receive(code, [fact(code, stranger)])
    assert refused_at(batch) == {2: {"身份证号"}}
    assert "不在残疾人台账中" in refused(batch)[2][0][1]


@pytest.mark.parametrize("code", [code for code in BY_PERSON if code != "household-income"])
def test_another_name_for_a_known_number_is_refused_at_the_name(registered: None, code: str) -> None:
    batch = receive(code, [fact(code, ONE, 姓名="李四")])
    assert refused_at(batch) == {2: {"姓名"}}


@pytest.mark.parametrize("spelling", ["巴图孟和", "巴图·孟和", "巴 图 孟 和", "巴图．孟和", "巴图•孟和"])
def test_spaces_and_dots_in_a_name_make_no_other_name(spelling: str) -> None:
    person = holder(1, 姓名="巴图·孟和")
    upload("registry", [person])
    assert counts(upload("training", [fact("training", person, 姓名=spelling)])) == {"new": 1}
    assert refused_at(receive("registry", [{**person, "姓名": spelling}])) == {}


def test_in_the_registry_sheet_a_new_name_is_confirmed_row_by_row(registered: None) -> None:
    batch = receive("registry", [{**ONE, "姓名": "李新名"}, {**TWO, "姓名": "赵新名"}])
    assert refused_at(batch) == {2: {"姓名"}, 3: {"姓名"}}
    assert previewed(batch)[1].to_confirm == [0, 1]
    assert batch.state == BatchState.PREVIEW
    batch = confirm(batch, rename_rows=[2])
    assert batch.state == BatchState.PREVIEW  # the person sees what the confirmation leads to, first
    assert (counts(batch), refused_at(batch)) == ({"changed": 1, "refused": 1}, {3: {"姓名"}})
    (change,) = changes(batch)[2]
    assert (change.heading, change.old, change.new) == ("姓名", ONE["姓名"], "李新名")
    batch = confirm(batch)
    assert batch.state == BatchState.COMMITTED
    person = Person.objects.get(name="李新名")
    assert (person.id_number, person.pinyin, person.initials) == (ONE["身份证号"], "lixinming", "lxm")
    assert Person.objects.filter(name=TWO["姓名"]).exists()


def test_row_numbers_of_two_pages_are_not_taken_for_each_other(registered: None) -> None:
    """A row number does not say which page it is on: two new names in rows 2 cannot be confirmed one by one."""
    batch = receive("registry", workbook([{**ONE, "姓名": "李新名"}], [{**TWO, "姓名": "赵新名"}]))
    assert previewed(batch)[1].to_confirm == []
    assert "合为一张" in refused(batch)[2][0][1]
    batch = confirm(batch, rename_rows=[2])
    assert counts(batch) == {"refused": 2}
    batch = receive("registry", workbook([{**ONE, "姓名": "李新名"}], [TWO]))
    assert counts(confirm(batch, rename_rows=[2])) == {"changed": 1, "same": 1}


def test_a_household_is_known_from_either_id_column(registered: None) -> None:
    upload("registry", [{**THREE, **ELSEWHERE, "户主身份证号": id_number(20)}])
    rows = [
        fact("household-income", ONE),  # a holder who is head
        fact("household-income", THREE, 户主身份证号=id_number(20), 户主姓名="赵户主"),  # a head who is no holder
        fact("household-income", THREE),  # a holder who is not head
        fact("household-income", holder(8)),  # nobody
    ]
    batch = upload("household-income", rows)
    assert counts(batch) == {"new": 3, "refused": 1}
    assert refused_at(batch) == {5: {"户主身份证号"}}
    assert counts(receive("household-income", rows[:3])) == {"same": 3}


def test_an_uncertified_child_is_no_known_head_of_a_household(registered: None) -> None:
    child = holder(5, born="2015-01-01")
    upload("school-enrolment", [fact("school-enrolment", child)])
    assert refused_at(receive("household-income", [fact("household-income", child)])) == {2: {"户主身份证号"}}


def test_the_heads_name_is_checked_where_the_head_is_known(registered: None) -> None:
    batch = receive("household-income", [fact("household-income", ONE, 户主姓名="李四")])
    assert refused_at(batch) == {2: {"户主姓名"}}


# --- children --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "row", "born", "is_accepted"),
    [
        ("school-enrolment", {"学年": "2025-2026"}, "2009-09-01", True),  # 15 on 31 August 2025
        ("school-enrolment", {"学年": "2025-2026"}, "2009-08-31", False),  # 16 that day
        ("school-enrolment", {"学年": "2024-2025"}, "2008-09-01", True),
        ("school-enrolment", {"学年": "2024-2025"}, "2008-08-31", False),
        ("rehab-needs", {"年度": 2025}, "2010-01-01", True),  # 15 on 31 December 2025
        ("rehab-needs", {"年度": 2025}, "2009-12-31", False),  # 16 that day
    ],
)
def test_an_unknown_child_under_16_becomes_an_uncertified_child(
    code: str, row: dict[str, object], born: str, is_accepted: bool
) -> None:
    child = holder(5, born=born)
    batch = upload(code, [fact(code, child, **row)])
    if is_accepted:
        assert counts(batch) == {"new": 1}
        person = Person.objects.get()
        assert (person.id_number, person.name, person.sex) == (child["身份证号"], child["姓名"], "male")
        assert (str(person.born_on), person.community.name) == (born, "友谊社区")
        assert not Certificate.objects.exists()
    else:
        assert refused_at(batch) == {2: {"身份证号"}}
        assert not Person.objects.exists()


def test_a_child_once_known_is_known_in_every_sheet() -> None:
    child = holder(5, born="2015-01-01")
    upload("school-enrolment", [fact("school-enrolment", child)])
    assert counts(upload("rehab-services", [fact("rehab-services", child)])) == {"new": 1}
    assert refused_at(receive("rehab-needs", [fact("rehab-needs", child, 姓名="李四")])) == {2: {"姓名"}}


def test_a_child_named_twice_in_a_file_is_one_person() -> None:
    child = holder(5, born="2012-01-01")
    rows = [fact("school-enrolment", child, 学年=year) for year in ("2023-2024", "2024-2025", "2025-2026")]
    rows.append(fact("school-enrolment", child, 学年="2022-2023", 姓名="李四"))
    batch = upload("school-enrolment", rows)
    assert (counts(batch), refused_at(batch)) == ({"new": 3, "refused": 1}, {5: {"姓名"}})
    assert Person.objects.count() == 1


def test_an_uncertified_child_lives_where_the_latest_row_says() -> None:
    child = holder(5, born="2012-01-01")
    old, new = fact("school-enrolment", child, 学年="2024-2025"), fact("school-enrolment", child, **ELSEWHERE)
    upload("school-enrolment", [new, old])
    assert Person.objects.get().community.name == "东风社区"
    batch = upload("school-enrolment", [{**new, "所属街道": "灵泉镇", "所属社区": "光明社区"}])
    assert Person.objects.get().community.name == "光明社区"
    undo(batch)
    assert Person.objects.get().community.name == "东风社区"


def test_a_child_who_gets_a_certificate_stays_the_same_person() -> None:
    child = holder(5, born="2015-01-01")
    upload("school-enrolment", [fact("school-enrolment", child)])
    batch = upload("registry", [child])
    assert counts(batch) == {"new": 1}
    person = Person.objects.get()
    assert (person.phone, person.certificates.count()) == ("13800000005", 1)
    assert SchoolEnrolment.objects.get().person_id == person.pk
    undo(batch)
    person = Person.objects.get()
    assert (person.phone, person.certificates.count()) == (None, 0)


def test_a_holders_place_is_not_changed_by_a_school(registered: None) -> None:
    upload("school-enrolment", [fact("school-enrolment", ONE, **ELSEWHERE)])
    assert Person.objects.get(name=ONE["姓名"]).community.name == "友谊社区"


# --- scope -----------------------------------------------------------------------------------------------------------


def test_a_liaison_may_not_deliver_another_departments_sheet() -> None:
    liaison = user("liaison", department="医疗保障局")
    with pytest.raises(RuleBroken, match="民政局报送"):
        receive("social-assistance", [fact("social-assistance", ONE)], by=liaison)
    assert not UploadBatch.objects.exists()


@pytest.mark.parametrize("role", ["leadership", "system_administrator"])
def test_a_role_without_the_right_may_not_deliver_at_all(role: str) -> None:
    with pytest.raises(RuleBroken):
        receive("registry", [ONE], by=user(role, department="区残联"))


def test_street_staff_deliver_their_own_street_only(registered: None) -> None:
    staff = user("street_staff", department="区残联", street="第一街道")
    rows = [
        {**ONE, "民族": "汉族"},
        {**THREE, **ELSEWHERE, "民族": "汉族"},  # stays in the other street
        {**THREE, "民族": "汉族"},  # taken over from the other street
        {**TWO, **ELSEWHERE},  # pushed off to the other street
        holder(6),
        {**holder(7), **ELSEWHERE},
    ]
    batch = upload("registry", rows, by=staff)
    assert refused_at(batch) == {3: {"所属社区"}, 4: {"身份证号"}, 5: {"所属社区"}, 7: {"所属社区"}}
    assert counts(batch) == {"changed": 1, "new": 1, "refused": 4}


@pytest.mark.parametrize("code", ["rehab-needs", "device-fittings", "household-income"])
def test_street_staff_write_about_people_of_their_street_only(registered: None, code: str) -> None:
    staff = user("street_staff", department="区残联", street="第一街道")
    other = {**THREE, **ELSEWHERE}
    batch = upload(code, [fact(code, ONE), fact(code, other)], by=staff)
    assert counts(batch) == {"new": 1, "refused": 1}
    assert refused_at(batch).keys() == {3}
    assert all("不在您的辖区内" in sentence for _, sentence in refused(batch)[3])


def test_street_staff_cannot_bring_a_child_of_another_street(registered: None) -> None:
    staff = user("street_staff", department="区残联", street="第一街道")
    child = {**holder(5, born="2015-01-01"), **ELSEWHERE}
    assert refused_at(upload("rehab-needs", [fact("rehab-needs", child)], by=staff)) == {2: {"所属社区"}}
    assert Person.objects.count() == 3


@pytest.mark.parametrize("code", ["rehab-needs", "household-income"])
def test_street_staff_see_as_absent_and_withdraw_their_own_streets_rows_only(registered: None, code: str) -> None:
    other = {**THREE, **ELSEWHERE}
    upload(code, [fact(code, ONE), fact(code, TWO), fact(code, other)])
    staff = user("street_staff", department="区残联", street="第一街道")
    batch = upload(code, [fact(code, ONE)], by=staff, withdraws_absent=True)
    assert counts(batch) == {"same": 1, "absent": 1}
    assert PERIOD_SHEETS[code].objects.count() == 2


# --- sheets with a period --------------------------------------------------------------------------------------------

PERIOD_SHEETS = {
    "household-income": HouseholdIncome,
    "living-subsidy-payments": LivingPayment,
    "pension-enrolment": PensionEnrolment,
    "medical-enrolment": MedicalEnrolment,
    "school-enrolment": SchoolEnrolment,
    "rehab-needs": RehabNeed,
}


@pytest.mark.parametrize("code", PERIOD_SHEETS)
def test_what_was_there_and_is_not_delivered_is_listed_and_kept_unless_withdrawn(registered: None, code: str) -> None:
    model = PERIOD_SHEETS[code]
    upload(code, [fact(code, ONE), fact(code, TWO)])
    batch = receive(code, [fact(code, ONE)])
    assert counts(batch) == {"same": 1, "absent": 1}
    ((pk, who),) = previewed(batch)[1].absent
    assert model.objects.get(pk=pk)
    assert str(TWO["姓名"]) in who or code == "household-income"
    assert "150799" not in who
    assert confirm(batch).state == BatchState.UNCHANGED
    assert model.objects.count() == 2
    withdrawn = upload(code, [fact(code, ONE)], withdraws_absent=True)
    assert withdrawn.state == BatchState.COMMITTED
    assert model.objects.count() == 1
    undone = undo(withdrawn)
    assert undone.undo_report["kept"] == []
    assert model.objects.count() == 2
    assert counts(receive(code, [fact(code, ONE), fact(code, TWO)])) == {"same": 2}


def test_only_the_delivered_periods_are_looked_at(registered: None) -> None:
    upload("living-subsidy-payments", [fact("living-subsidy-payments", ONE, 所属月份="2025-10")])
    batch = receive("living-subsidy-payments", [fact("living-subsidy-payments", ONE, 所属月份="2025-11")])
    assert counts(batch) == {"new": 1}
    assert batch.periods == ["2025-11"]


def test_a_refused_row_is_not_taken_for_an_absent_one(registered: None) -> None:
    """Its record was delivered, only wrongly: withdrawing it would lose what was right last time."""
    code = "living-subsidy-payments"
    upload(code, [fact(code, ONE), fact(code, TWO)])
    batch = upload(code, [fact(code, ONE), fact(code, TWO, 发放金额="若干")], withdraws_absent=True)
    assert counts(batch) == {"same": 1, "refused": 1}
    assert LivingPayment.objects.count() == 2


def test_the_command_keeps_what_is_absent(registered: None, command: "Command") -> None:
    code = "pension-enrolment"
    upload(code, [fact(code, ONE), fact(code, TWO)])
    command(code, workbook([fact(code, ONE)]))
    assert PensionEnrolment.objects.count() == 2


# --- pages, files, the same file again -------------------------------------------------------------------------------


def test_a_sheet_per_street_is_read_whole() -> None:
    content = workbook([ONE, {**TWO, "性别": "不详"}], [{**THREE, **ELSEWHERE}, ONE])
    batch = upload("registry", content)
    assert counts(batch) == {"new": 2, "same": 1, "refused": 1}
    delivery, preview = previewed(batch)
    assert (delivery.numbers, delivery.pages) == ([2, 3, 2, 3], [("第1页", 2), ("第2页", 2)])
    assert preview.verdicts == "nrns"


def test_a_file_that_is_no_workbook_is_unreadable_and_says_so() -> None:
    batch = receive("registry", b"not a workbook")
    assert batch.state == BatchState.UNREADABLE
    assert batch.message
    assert not Person.objects.exists()


def test_another_sheets_template_is_not_believed_even_with_the_same_columns(registered: None) -> None:
    template = io.BytesIO()
    write_template(sheet_of("nursing-subsidy-payments"), template)
    batch = receive("living-subsidy-payments", template.getvalue())
    assert batch.state == BatchState.UNREADABLE
    assert "这份工作簿是“重度残疾人护理补贴发放名册”" in batch.message
    assert receive("nursing-subsidy-payments", template.getvalue()).state != BatchState.UNREADABLE


@pytest.mark.parametrize("where", ["title", "page name"])
def test_a_title_that_names_another_sheet_is_not_believed_either(registered: None, where: str) -> None:
    book = load_workbook(io.BytesIO(workbook([fact("living-subsidy-payments", ONE)])))
    page, title = book.worksheets[0], "重度残疾人护理补贴发放名册"
    if where == "title":
        page.insert_rows(1)
        page["A1"] = f"扎赉诺尔区{title}"
    else:
        page.title = title
    file = io.BytesIO()
    book.save(file)
    assert receive("living-subsidy-payments", file.getvalue()).state == BatchState.UNREADABLE
    assert receive("nursing-subsidy-payments", file.getvalue()).state == BatchState.PREVIEW


def test_the_same_file_again_says_so_and_changes_nothing() -> None:
    content = workbook([ONE])
    first = upload("registry", content)
    second = receive("registry", content)
    assert services.earlier_delivery(second) == first
    assert second.state == BatchState.UNCHANGED
    undo(first)
    third = receive("registry", content)
    assert services.earlier_delivery(third) is None
    assert counts(third) == {"new": 1}


def test_the_same_file_for_another_sheet_is_another_delivery() -> None:
    content = workbook([ONE])
    upload("registry", content)
    assert services.earlier_delivery(receive("training", content)) is None


def test_a_file_too_large_is_refused_before_anything_is_stored(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(RuleBroken, match="1 MB"):
        receive("registry", bytes(1024 * 1024 + 1))
    assert not StoredFile.objects.exists()


def test_a_table_without_rows_is_taken_for_what_it_is() -> None:
    batch = receive("registry", workbook([dict.fromkeys(ONE)]))
    assert (batch.state, batch.rows) == (BatchState.UNCHANGED, 0)


# --- the command -----------------------------------------------------------------------------------------------------

Command = Callable[..., dict[str, Any]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    def run(code: str, content: bytes, **options: object) -> dict[str, Any]:
        path = tmp_path / "报表.xlsx"
        path.write_bytes(content)
        out = io.StringIO()
        call_command("upload", code, str(path), json=True, stdout=out, **options)
        result: dict[str, Any] = json.loads(out.getvalue())
        return result

    return run


def test_the_command_prints_one_object(command: Command) -> None:
    result = command("registry", workbook([ONE, {**TWO, "性别": "不详"}, ONE]))
    batch = UploadBatch.objects.get()
    assert result == {
        "sheet": "registry",
        "file": "报表.xlsx",
        "rows": 3,
        "new": 1,
        "changed": 0,
        "same": 1,
        "refused": [{"row": 3, "column": "性别", "message": "“不详”不在可选范围内，可选：男、女。"}],
        "batch": batch.pk,
    }
    assert (batch.uploaded_by, batch.state) == (None, BatchState.COMMITTED)


def test_a_dry_run_writes_nothing_at_all(command: Command) -> None:
    result = command("registry", workbook([ONE, {**TWO, "性别": "不详"}]), dry_run=True)
    assert (result["new"], result["rows"], result["batch"], len(result["refused"])) == (1, 2, None, 1)
    for model in (Person, UploadBatch, StoredFile, Household):
        assert not model.objects.exists()


def test_the_command_refuses_a_new_name(registered: None, command: Command) -> None:
    result = command("registry", workbook([{**ONE, "姓名": "李新名"}]))
    assert [(problem["row"], problem["column"]) for problem in result["refused"]] == [(2, "姓名")]
    assert not Person.objects.filter(name="李新名").exists()


def test_the_command_names_the_page_where_there_are_several(command: Command) -> None:
    result = command("registry", workbook([ONE], [{**TWO, "性别": "不详"}]))
    (problem,) = result["refused"]
    assert (problem["row"], problem["column"]) == (2, "性别")
    assert problem["message"].startswith("工作表“第2页”：")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_cannot_be_read_ends_the_command_with_1_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dry_run: bool
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(SystemExit) as ended:
        call_command("upload", "registry", str(path), json=True, dry_run=dry_run)
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().endswith("。")


@pytest.mark.parametrize("dry_run", [True, False])
def test_another_departments_liaison_ends_the_command_with_2(command: Command, dry_run: bool) -> None:
    liaison = user("liaison", department="教育局")
    with pytest.raises(CommandError) as wrong:
        command("registry", workbook([ONE]), by=liaison.username, dry_run=dry_run)
    assert wrong.value.returncode == 2
    assert not Person.objects.exists()


def test_an_account_that_does_not_exist_or_sleeps_ends_the_command_with_2(command: Command) -> None:
    asleep = user("liaison", department="区残联")
    asleep.is_active = False
    asleep.save()
    for name in (asleep.username, "nobody"):
        with pytest.raises(CommandError) as wrong:
            command("registry", workbook([ONE]), by=name)
        assert wrong.value.returncode == 2


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_command_acts_with_the_scope_of_whoever_it_acts_for(command: Command, dry_run: bool) -> None:
    staff = user("street_staff", department="区残联", street="第一街道")
    result = command("registry", workbook([ONE, {**TWO, **ELSEWHERE}]), by=staff.username, dry_run=dry_run)
    assert (result["new"], [problem["column"] for problem in result["refused"]]) == (1, ["所属社区"])


# --- statements ------------------------------------------------------------------------------------------------------


def statements(act: Callable[..., UploadBatch], *arguments: Any, **options: Any) -> tuple[UploadBatch, int]:
    with CaptureQueriesContext(connection) as captured:
        batch = act(*arguments, **options)
    return batch, len(captured)


@pytest.mark.parametrize("code", FIFTEEN)
def test_the_number_of_statements_does_not_grow_with_the_rows(code: str) -> None:
    """A first load, a correction of every row, a withdrawal and the undoing of all that: 20 rows and 200."""
    seen = []
    for start, size in ((0, 20), (100, 200)):
        people = [holder(start + i, born="2012-03-04") for i in range(1, size + 1)]
        if code != "registry":
            upload("registry", people)
        first = [row_of(code, person) for person in people]
        value = different(code)
        corrected = [{**row, **value} for row in first[1:]]
        one, loading = statements(upload, code, first)
        two, correcting = statements(upload, code, corrected, withdraws_absent=True)
        assert counts(one)["new"] == size
        assert counts(two)["changed" if value else "same"] == size - 1
        undoing = [statements(undo, batch)[1] for batch in (two, one) if batch.state == BatchState.COMMITTED]
        seen.append((loading, correcting, *undoing))
    assert seen[0] == seen[1]


def different(code: str) -> dict[str, object]:
    """A value to correct every row with, where the sheet has one beside its key."""
    values: dict[str, dict[str, object]] = {
        "registry": {"证件状态": "注销", "状态日期": "2025-05-05", "联系电话": "13812345678"},
        "household-income": {"家庭人口数": 5},
        "social-assistance": {"终止日期": "2025-05-05"},
        "dibao-applications": {"认定日期": "2022-12-30"},
        "living-subsidy-payments": {"发放金额": "1"},
        "nursing-subsidy-payments": {"发放金额": "1"},
        "other-benefits": {"月标准": "1"},
        "pension-enrolment": {"参保状态": "终止"},
        "medical-enrolment": {"参保状态": "终止"},
        "school-enrolment": {"安置方式": "缓学"},
        "rehab-needs": {"辅具需求": "手杖"},
        "rehab-services": {},
        "device-fittings": {"数量": 5},
        "training": {"是否结业": "否"},
        "home-retrofits": {"困难类型": "特困"},
    }
    return values[code]


def test_unknown_children_do_not_add_statements_either() -> None:
    seen = []
    for start, size in ((0, 20), (100, 200)):
        children = [holder(start + i, born="2014-03-04") for i in range(1, size + 1)]
        rows = [fact("rehab-needs", child) for child in children]
        moved = [{**row, **ELSEWHERE} for row in rows]
        seen.append([statements(upload, "rehab-needs", delivered)[1] for delivered in (rows, moved)])
    assert seen[0] == seen[1]
