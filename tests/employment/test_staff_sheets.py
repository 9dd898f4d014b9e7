"""The sheets of employers and staff: what they take, what they refuse and where, and that undoing brings back what was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from employment.models import DispatchAgreement, Employer, EmployerYear, EmploymentMonth, EmploymentRecord
from tests.deliveries import Row, counts, holder, receive, refused, undo, upload, user
from tests.employment.employers import code, employer
from zalainuoer.common.models import AccessAct, AccessLog, Role
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.export import export_workbook

pytestmark = pytest.mark.django_db
ONE = holder(1)


def unit(n: int = 1, **change: object) -> Row:
    return {
        "统一社会信用代码": code(n), "单位名称": f"甲乙丙{n}有限公司", "单位性质": "企业", "隶属层级": None, "中小学或幼儿园": "否",
        "财政拨款单位": "否", "享受增值税即征即退的集中安置单位": "否", "所属街道": "第一街道", "成立日期": None, "注销日期": None,
        "通讯地址": "某路1号", "联系人": "王某", "联系电话": "13800000001", **change,
    }  # fmt: skip


def year(n: int = 1, **change: object) -> Row:
    counts = {f"{month}月职工人数": 30 + month for month in range(1, 13)}
    named = {"年度": 2024, "统一社会信用代码": code(n), "单位名称": f"甲乙丙{n}有限公司", "编制数": None}
    return {**named, **counts, "工资总额": "2,400,000.00", **change}


def staff(n: int = 1, **change: object) -> Row:
    return {
        "统一社会信用代码": code(n), "单位名称": f"甲乙丙{n}有限公司", "身份证号": ONE["身份证号"], "姓名": ONE["姓名"],
        "就业形式": "按比例就业", "就业日期": "2024-03-01", "终止日期": None, "终止原因": None, "岗位": "保管员", "用工依据": "劳动合同",
        "合同起始日期": "2024-03-01", "合同截止日期": None, "用工单位统一社会信用代码": None, "依法延迟退休仍在职": "否",
        "延迟退休的依据": None, **change,
    }  # fmt: skip


def month(n: int = 1, **change: object) -> Row:
    return {
        "统一社会信用代码": code(n), "单位名称": f"甲乙丙{n}有限公司", "身份证号": ONE["身份证号"], "姓名": ONE["姓名"],
        "所属月份": "2024-05", "实发工资": "3000.00", "养老保险已缴": "是", "医疗保险已缴": "是", **change,
    }  # fmt: skip


@pytest.fixture
def registered() -> None:
    upload("registry", [ONE])


@pytest.fixture
def known(registered: None) -> None:
    upload("employers", [unit(1), unit(2)])


@pytest.fixture
def at_work(known: None) -> None:
    upload("disabled-staff", [staff()])


def said(code: str, *rows: Row) -> dict[str, str]:
    """What the one refused row is refused for, by heading."""
    (problems,) = refused(receive(code, list(rows))).values()
    return dict(problems)


# --- employers -------------------------------------------------------------------------------------------------------


def test_employers_come_are_corrected_and_go_again() -> None:
    first = upload("employers", [unit(1), unit(2)])
    assert counts(first) == {"new": 2}
    assert Employer.objects.get(credit_code=code(1)).contact_phone == "13800000001"
    second = upload("employers", [unit(1, 联系电话="13800000002", 通讯地址="某路2号"), unit(2)])
    assert counts(second) == {"changed": 1, "same": 1}
    undo(second)
    assert Employer.objects.get(credit_code=code(1)).address == "某路1号"
    undo(first)
    assert not Employer.objects.exists()


@pytest.mark.parametrize(
    ("change", "heading", "sentence"),
    [
        ({"统一社会信用代码": code(1)[:-1]}, "统一社会信用代码", "现为 17 位"),
        ({"统一社会信用代码": 91150799000000011}, "统一社会信用代码", "数字格式"),
        ({"单位性质": "公司"}, "单位性质", "可选"),
        ({"所属街道": "第九街道"}, "所属街道", "没有这个街道"),
        ({"成立日期": "2024-05-01", "注销日期": "2024-04-01"}, "注销日期", "早于成立日期"),
    ],
)
def test_what_an_employer_is_refused_for_stands_at_its_cell(
    change: dict[str, Any], heading: str, sentence: str
) -> None:
    assert sentence in said("employers", unit(**change))[heading]


def test_another_name_for_a_known_code_is_refused_and_told() -> None:
    upload("employers", [unit()])
    assert "不一致" in said("employers", unit(单位名称="丁戊己有限公司"))["单位名称"]
    assert "单位名称" not in refused(receive("employers", [unit(单位名称="甲乙丙 1有限公司")]))


def test_employers_go_out_as_they_came_and_are_nobodys_data(known: None) -> None:
    by, sheet = user(Role.FEDERATION_STAFF, department="区残联"), sheet_of("employers")
    assert counts(upload("employers", export_workbook(sheet, by, now=timezone.now()))) == {"same": 2}
    assert AccessLog.objects.get(act=AccessAct.EXPORT).people == 0


def test_a_street_does_not_deliver_employers() -> None:
    batch = receive("employers", [unit()], by=user(Role.STREET_STAFF, department="区残联", street="第一街道"))
    assert "由区里统一填报" in refused(batch)[2][0][1]


# --- years -----------------------------------------------------------------------------------------------------------


def test_a_years_figures_come_and_go(known: None) -> None:
    batch = upload("employer-years", [year()])
    row = EmployerYear.objects.get()
    assert (row.headcounts[0], row.headcounts[11], row.wage_total_yuan) == (31, 42, Decimal("2400000.00"))
    undo(batch)
    assert not EmployerYear.objects.exists()


def test_an_employer_nobody_has_registered_is_refused(known: None) -> None:
    assert "系统里没有" in said("employer-years", year(3))["统一社会信用代码"]


def test_head_counts_of_months_before_it_existed_are_refused() -> None:
    employer(1, established_on="2024-06-15")
    problems = said("employer-years", year())
    assert set(problems) == {f"{n}月职工人数" for n in range(1, 6)}


# --- staff -----------------------------------------------------------------------------------------------------------


def test_somebody_at_work_comes_and_goes(known: None) -> None:
    batch = upload("disabled-staff", [staff()])
    record = EmploymentRecord.objects.get()
    assert (record.employer.credit_code, record.person.name, record.post) == (code(1), ONE["姓名"], "保管员")
    undo(batch)
    assert not EmploymentRecord.objects.exists()


@pytest.mark.parametrize(
    ("change", "heading", "sentence"),
    [
        ({"单位名称": "丁戊己有限公司"}, "单位名称", "甲乙丙1有限公司"),
        ({"姓名": "李四"}, "姓名", "不一致"),
        ({"终止日期": "2024-02-01"}, "终止日期", "早于就业日期"),
        ({"合同起始日期": None}, "合同起始日期", "须填写起始日期"),
        ({"合同截止日期": "2024-01-01"}, "合同截止日期", "早于合同起始日期"),
        ({"依法延迟退休仍在职": "是"}, "延迟退休的依据", "须写明依据"),
        ({"用工单位统一社会信用代码": code(2)}, "用工单位统一社会信用代码", "没有登记"),
    ],
)
def test_what_a_row_of_staff_is_refused_for(known: None, change: dict[str, Any], heading: str, sentence: str) -> None:
    assert sentence in said("disabled-staff", staff(**change))[heading]


def test_dispatched_staff_find_the_agreement_in_force(known: None) -> None:
    one, two = Employer.objects.order_by("credit_code")
    DispatchAgreement.objects.create(dispatcher=one, host=two, starts_on="2024-01-01", document="某协议")
    upload("disabled-staff", [staff(用工单位统一社会信用代码=code(2))])
    agreement = EmploymentRecord.objects.get().agreement
    assert agreement is not None
    assert agreement.host == two


def test_two_employers_may_claim_one_person(at_work: None) -> None:
    assert counts(upload("disabled-staff", [staff(2)])) == {"new": 1}
    assert EmploymentRecord.objects.count() == 2


# --- months ----------------------------------------------------------------------------------------------------------


def test_a_month_is_attached_to_the_work_that_covers_it(at_work: None) -> None:
    upload("disabled-staff", [staff(就业日期="2025-01-01", 合同起始日期="2025-01-01")])
    batch = upload("staff-months", [month(), month(所属月份="2025-02")])
    assert [row.record.started_on.year for row in EmploymentMonth.objects.order_by("month")] == [2024, 2025]
    assert counts(upload("staff-months", [month(实发工资="3100")])) == {"changed": 1}
    assert undo(batch).undo_report["kept"] == [[f"{ONE['姓名']}（甲乙丙1有限公司，2024-05）", "之后又有改动"]]


@pytest.mark.parametrize(
    ("change", "heading", "sentence"),
    [
        ({"所属月份": "2024-02"}, "统一社会信用代码", "没有在这个单位的就业登记"),
        ({"实发工资": "三千"}, "实发工资", "不是金额"),
        ({"养老保险已缴": "交了"}, "养老保险已缴", "可选"),
        ({"姓名": "李四"}, "姓名", "不一致"),
    ],
)
def test_what_a_month_is_refused_for(at_work: None, change: dict[str, Any], heading: str, sentence: str) -> None:
    assert sentence in said("staff-months", month(**change))[heading]


def test_the_same_month_twice_with_two_wages_is_refused(at_work: None) -> None:
    batch = receive("staff-months", [month(), month(实发工资="3100")])
    assert refused(batch) == {3: [("实发工资", "与本表第 2 行是同一条记录，内容却不一致。")]}


# --- other work ------------------------------------------------------------------------------------------------------


def test_work_at_an_employer_is_sent_to_its_own_sheet(registered: None) -> None:
    row = {
        "身份证号": ONE["身份证号"], "姓名": ONE["姓名"], "就业形式": "按比例就业", "就业日期": "2024-03-01", "终止日期": None,
        "终止原因": None, "工作单位或项目": "某店", "岗位": None,
    }  # fmt: skip
    assert "残疾职工就业情况表" in said("other-employment", row)["就业形式"]
    assert counts(upload("other-employment", [{**row, "就业形式": "灵活就业"}])) == {"new": 1}
