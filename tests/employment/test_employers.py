"""用人单位: credit codes, years, agreements, and the pages of both lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employment.models import CountedAt, DispatchAgreement, Employer, EmployerYear, EmploymentMonth
from employment.services import employers as services
from employment.services.staff import months_save
from tests.deliveries import user
from tests.employment.employers import code, employed, employer, months, paid, year_of
from tests.records import day, holder
from tests.visiting import client_of, logged_in
from zalainuoer.common.credit_codes import NotACreditCode, checked_credit_code
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def october() -> Any:
    with time_machine.travel("2025-10-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF, department="区残联")


# --- credit codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [code(), code().lower(), f" {code()[:8]} {code()[8:]} ", f"{code()}　"])
def test_a_code_is_read_however_it_is_spaced(written: str) -> None:
    assert checked_credit_code(written) == code()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (code()[:-1], "现为 17 位"),
        (code()[:-1] + ("0" if code()[-1] != "0" else "1"), "校验位不符"),
        ("91150799I00000001" + "1", "只含数字和大写字母"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(written: str, sentence: str) -> None:
    with pytest.raises(NotACreditCode, match=sentence):
        checked_credit_code(written)


# --- services --------------------------------------------------------------------------------------------------------


def saved(staff: User, **change: Any) -> Employer:
    facts = {"credit_code": code(), "name": "甲乙丙有限公司", "kind": "enterprise", "reason": "申报材料", **change}
    return services.employer_save(employer=facts.pop("employer", None), by=staff, **facts)


def test_an_employer_is_registered_once(staff: User) -> None:
    assert saved(staff, contact_phone="138 0000 0001").contact_phone == "13800000001"
    with pytest.raises(RuleBroken, match="已有这个统一社会信用代码"):
        saved(staff)


def test_an_employer_does_not_close_before_it_opens(staff: User) -> None:
    with pytest.raises(RuleBroken, match="注销日期不能早于成立日期"):
        saved(staff, established_on=day("2024-05-01"), closed_on=day("2024-04-30"))


def test_head_counts_of_months_before_it_existed_are_refused(staff: User) -> None:
    row = saved(staff, established_on=day("2025-03-15"))
    with pytest.raises(RuleBroken, match="2025年2月填写了职工人数"):
        services.employer_year_save(employer=row, year=2025, by=staff, reason="申报表", headcount_02=5)
    services.employer_year_save(employer=row, year=2025, by=staff, reason="申报表", headcount_03=5)
    assert EmployerYear.objects.get().headcounts[1:3] == (None, 5)


def test_days_of_existence_that_leave_a_head_count_outside_are_refused(staff: User) -> None:
    row = saved(staff)
    services.employer_year_save(employer=row, year=2025, by=staff, reason="申报表", headcount_01=5)
    with pytest.raises(RuleBroken, match="2025年1月填写了职工人数"):
        saved(staff, employer=row, established_on=day("2025-02-01"))


def test_somebody_faster_is_not_overwritten(staff: User) -> None:
    row = saved(staff)
    with pytest.raises(RuleBroken, match="又有变化"):
        saved(staff, employer=row, name="丁有限公司", seen=0)


def test_a_street_may_not_change_employers() -> None:
    with pytest.raises(RuleBroken, match="不能办理"):
        saved(user(Role.STREET_STAFF, street="第一街道"))


def test_two_agreements_of_the_same_two_do_not_overlap(staff: User) -> None:
    facts: dict[str, Any] = {"dispatcher": employer(1), "host": employer(2), "document": "某协议", "by": staff}
    facts["counted_at"] = CountedAt.HOST
    first = services.agreement_add(starts_on=day("2024-01-01"), ends_on=None, **facts)
    with pytest.raises(RuleBroken, match="重叠"):
        services.agreement_add(starts_on=day("2025-01-01"), ends_on=None, **facts)
    services.agreement_end(agreement=first, ends_on=day("2024-12-31"), reason="到期", by=staff)
    services.agreement_add(starts_on=day("2025-01-01"), ends_on=None, **facts)
    assert DispatchAgreement.objects.count() == 2


def test_nobody_dispatches_to_oneself(staff: User) -> None:
    one = employer()
    with pytest.raises(RuleBroken, match="不能是同一个单位"):
        services.agreement_add(
            dispatcher=one,
            host=one,
            starts_on=day("2024-01-01"),
            ends_on=None,
            counted_at="host",
            document="某",
            by=staff,
        )


# --- months ----------------------------------------------------------------------------------------------------------


def test_months_are_made_what_was_typed(staff: User) -> None:
    record = employed(holder(), at=employer(), since="2025-03-10")
    paid(record, "2025-03-01", "2025-04-01")
    rows = {day("2025-03-01"): (Decimal("3100.00"), True, True), day("2025-05-01"): (Decimal("3000.00"), True, False)}
    assert months_save(record=record, year=2025, rows=rows, by=staff, reason="工资表") == 3
    stored = EmploymentMonth.objects.order_by("month").values_list("month", "wage_yuan", "is_medical_paid")
    assert list(stored) == [
        (day("2025-03-01"), Decimal("3100.00"), True),
        (day("2025-05-01"), Decimal("3000.00"), False),
    ]
    assert months_save(record=record, year=2025, rows=rows, by=staff, reason="工资表") == 0


def test_a_month_outside_the_employment_is_refused(staff: User) -> None:
    record = employed(holder(), at=employer(), since="2025-03-10")
    with pytest.raises(RuleBroken, match="2025-02不在这段就业期间内"):
        months_save(
            record=record, year=2025, rows={day("2025-02-01"): (Decimal(3000), True, True)}, by=staff, reason="工资表"
        )


# --- pages -----------------------------------------------------------------------------------------------------------


def test_employers_are_found_by_name_code_and_whether_a_year_is_there(staff: User) -> None:
    one, two = employer(1), employer(2, kind="organ", level="district")
    year_of(one)
    client = client_of(staff)

    def shown(**query: str) -> list[Employer]:
        return list(client.get(reverse("employer_list"), query).context["page_obj"].object_list)

    assert shown() == [one, two]
    assert shown(q=code(2)[:17]) == [two]
    assert shown(q="丙1") == [one]
    assert shown(kind="organ") == [two]
    assert shown(year="2025") == [one]
    assert shown(year="-2025") == [two]


def test_a_street_sees_its_own_employers_and_of_the_staff_its_own_people() -> None:
    mine = employer(1, street="第一街道")
    employed(holder(1), at=mine)
    other = employed(holder(2, street="第二街道"), at=mine)
    elsewhere = employer(2, street="第二街道")
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    page = client.get(reverse("employer", args=[mine.pk]))
    assert [row.person.name for row in page.context["staff"]] == ["某1"]
    assert "另有 1 条登记的职工不在您的辖区" in page.content.decode()
    assert client.get(reverse("employer", args=[elsewhere.pk])).status_code == 404
    assert client.get(reverse("employment_months", args=[other.pk, 2025])).status_code == 404


def test_a_second_claim_is_kept_and_names_the_other_employer(staff: User) -> None:
    somebody = holder()
    first, second = employed(somebody, at=employer(1)), employed(somebody, at=employer(2), since="2025-01-01")
    paid(first, *months())
    client = client_of(staff)
    answer = client.post(
        reverse("employment_months", args=[second.pk, 2025]),
        {"seen": "", "wage_5": "3000", "pension_5": "on", "medical_5": "on", "reason": "工资表"},
        follow=True,
    )
    assert "重复申报，待核：甲乙丙2有限公司与其他单位都报了 2025-05（甲乙丙1有限公司）" in answer.content.decode()
    for address in (reverse("employer", args=[first.employer_id]), reverse("employment_list")):
        text = client.get(address).content.decode()
        assert "重复申报，待核" in text
        assert "甲乙丙2有限公司也有申报" in text


def test_insurance_without_a_wage_is_asked_about_at_its_month(staff: User) -> None:
    record = employed(holder(), at=employer())
    answer = client_of(staff).post(
        reverse("employment_months", args=[record.pk, 2025]), {"seen": "", "pension_5": "on", "reason": "工资表"}
    )
    assert "5月已缴保险，请填写实发工资" in answer.content.decode()
    assert not EmploymentMonth.objects.exists()


def test_what_a_year_is_asked_for_are_the_months_of_existence(staff: User) -> None:
    row = employer(established_on="2025-11-03")
    text = client_of(staff).get(reverse("employer_year", args=[row.pk, 2025])).content.decode()
    assert "11月职工人数" in text
    assert "10月职工人数" not in text


def test_a_name_on_the_list_leaves_the_house_with_a_reason(staff: User) -> None:
    employed(holder(), at=employer())
    client = client_of(staff)
    assert "请填写" in client.post(reverse("employment_export"), {"reason": ""}).content.decode()
    answer = client.post(reverse("employment_export"), {"reason": "年审核对"})
    assert answer["Content-Type"].endswith("sheet")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert AccessLog.objects.filter(act="export").values_list("people", "reason").get() == (1, "年审核对")


@pytest.mark.parametrize("address", ["employer_list", "employment_list"])
def test_more_rows_make_no_more_statements(staff: User, address: str) -> None:
    client = client_of(staff)

    def statements(first: int, last: int) -> int:
        for n in range(first, last):
            paid(employed(holder(n), at=employer(n)), *months())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(address)).status_code == 200
        return len(queries)

    client.get(reverse(address))
    assert statements(1, 3) == statements(3, 12)


def test_an_employers_page_takes_the_same_statements_with_two_and_with_ten(staff: User) -> None:
    at, client = employer(), client_of(staff)

    def statements(first: int, last: int) -> int:
        for n in range(first, last):
            paid(employed(holder(n), at=at), *months())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("employer", args=[at.pk])).status_code == 200
        return len(queries)

    statements(1, 2)
    assert statements(2, 3) == statements(3, 11)
