"""Rows of the sheets by hand: the form takes and refuses what the upload takes and refuses, and nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pghistory.models import Context

from registry.models import (
    DibaoApplication,
    HouseholdIncome,
    MedicalEnrolment,
    OtherBenefit,
    PensionEnrolment,
    Person,
    SchoolEnrolment,
    SocialAssistance,
)
from registry.services.facts import FACT_SHEETS
from rehab.models import DoctorContract
from tests.deliveries import FACTS, fact, holder, id_number, upload, user
from zalainuoer.common.models import AccessLog
from zalainuoer.common.sheets.base import sheet_of

pytestmark = [pytest.mark.django_db, pytest.mark.core]
MODELS: dict[str, Any] = {
    "social-assistance": SocialAssistance,
    "dibao-applications": DibaoApplication,
    "other-benefits": OtherBenefit,
    "household-income": HouseholdIncome,
    "pension-enrolment": PensionEnrolment,
    "medical-enrolment": MedicalEnrolment,
    "school-enrolment": SchoolEnrolment,
    "family-doctors": DoctorContract,
}
ONE, TWO, CHILD = holder(1), holder(2), holder(3, born="2015-01-01")
REASON = "民政局来函更正"


@pytest.fixture(autouse=True)
def registered() -> None:
    upload("registry", [ONE, TWO, CHILD, holder(4, 所属街道="第三街道", 所属社区="西铁社区")])


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(user("federation_staff", department="区残联"), backend="zalainuoer.roles.RoleBackend")
    return client


def person(row: dict[str, object] = ONE) -> Person:
    return Person.objects.get(name=row["姓名"])


def typed(code: str, **change: object) -> dict[str, object]:
    """What somebody types into the form: the example row's cells by field name, and a reason."""
    row = {**FACTS[code], **change}
    fields = {name: row[c.heading] for name, c in sheet_of(code).fields.items() if row.get(c.heading) is not None}
    if code == "school-enrolment":
        fields["community"] = person(CHILD).community_id
    return {**fields, "reason": REASON}


def whom(code: str) -> dict[str, object]:
    return CHILD if code == "school-enrolment" else ONE


def add_url(code: str, row: dict[str, object] = ONE) -> str:
    return f"/people/{person(row).pk}/facts/{code}/add/"


def edit(client: Client, code: str, row: Any, **change: object) -> Any:
    """Opens the form of a row, changes some cells, sends it."""
    form = client.get(f"/facts/{code}/{row.pk}/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    names = {c.heading: name for name, c in sheet_of(code).fields.items()}
    changed = {names.get(heading, heading): value for heading, value in change.items()}
    return client.post(f"/facts/{code}/{row.pk}/", {**data, "reason": REASON, **changed})


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


def stored(model: Any) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "id"} for row in model.objects.order_by("pk").values()]


@pytest.mark.parametrize("code", FACT_SHEETS)
def test_the_form_stores_what_the_upload_stores(staff: Client, code: str) -> None:
    row = whom(code)
    upload(code, [fact(code, row)])
    model = MODELS[code]
    uploaded = stored(model)
    model.objects.all().delete()
    answer = staff.post(add_url(code, row), typed(code))
    assert answer.status_code == 302, errors(answer)
    assert answer.url == f"/people/{person(row).pk}/"
    assert stored(model) == uploaded


@pytest.mark.parametrize("code", FACT_SHEETS)
def test_every_column_but_the_persons_own_is_asked_for(staff: Client, code: str) -> None:
    form = staff.get(add_url(code, whom(code))).context["form"]
    asked = {field.label for field in form.fields.values()} - {"依据或理由"}
    fixed = {"身份证号", "姓名", "户主身份证号", "户主姓名", "所属街道"}
    assert asked == {column.heading for column in sheet_of(code).columns} - fixed


@pytest.mark.parametrize("code", FACT_SHEETS)
def test_a_second_record_with_the_same_key_leads_to_the_first(staff: Client, code: str) -> None:
    row = whom(code)
    upload(code, [fact(code, row)])
    known = MODELS[code].objects.get()
    answer = staff.post(add_url(code, row), typed(code))
    assert "已有同一条记录" in answer.content.decode()
    assert f'href="/facts/{code}/{known.pk}/"' in answer.content.decode()
    assert MODELS[code].objects.count() == 1


def test_a_cell_that_the_upload_refuses_is_refused_beside_its_field(staff: Client) -> None:
    answer = staff.post(add_url("other-benefits"), typed("other-benefits", 月标准="1.234", 起始日期="2023-02-30"))
    assert errors(answer) == {"monthly": ["“1.234”：金额最多两位小数。"], "starts_on": ["“2023-02-30”：没有这一天。"]}


def test_cells_that_contradict_each_other_are_refused_beside_the_field(staff: Client) -> None:
    answer = staff.post(add_url("dibao-applications"), typed("dibao-applications", 认定结果="审核中"))
    assert errors(answer) == {"decided_on": ["认定结果为“审核中”的，不应有认定日期。"]}


def test_a_span_neither_ends_before_it_begins_nor_begins_before_birth(staff: Client) -> None:
    dates = {"起始日期": "2025-06-01", "终止日期": "2025-05-31"}
    answer = staff.post(add_url("social-assistance"), typed("social-assistance", **dates))
    assert errors(answer) == {"ends_on": ["终止日期早于起始日期 2025-06-01，请核对。"]}
    answer = staff.post(add_url("social-assistance"), typed("social-assistance", 起始日期="1900-01-01", 终止日期=""))
    assert errors(answer) == {"starts_on": ["起始日期早于此人的出生日期，请核对。"]}


def test_nothing_is_stored_without_a_reason(staff: Client) -> None:
    answer = staff.post(add_url("pension-enrolment"), {**typed("pension-enrolment"), "reason": " "})
    assert errors(answer) == {"reason": ["请填写。"]}
    assert not PensionEnrolment.objects.exists()


class TestCorrecting:
    @pytest.fixture
    def known(self) -> SocialAssistance:
        upload("social-assistance", [fact("social-assistance", ONE), fact("social-assistance", TWO)])
        return SocialAssistance.objects.get(person=person())

    def test_a_corrected_value_keeps_the_row(self, staff: Client, known: SocialAssistance) -> None:
        assert edit(staff, "social-assistance", known, 终止日期="2025-06-30").status_code == 302
        after = SocialAssistance.objects.get(person=person())
        assert (after.pk, after.ends_on.isoformat(), after.unit) == (known.pk, "2025-06-30", "household")
        assert SocialAssistance.objects.count() == 2

    def test_a_corrected_key_is_a_withdrawal_and_an_addition_in_one_act(
        self, staff: Client, known: SocialAssistance
    ) -> None:
        assert edit(staff, "social-assistance", known, 起始日期="2023-02-01").status_code == 302
        after = SocialAssistance.objects.get(person=person())
        assert (after.pk != known.pk, after.starts_on.isoformat()) == (True, "2023-02-01")
        events = SocialAssistance.pgh_event_model.objects.order_by("-pgh_id")[:2]
        assert [event.pgh_label for event in events] == ["insert", "delete"]
        (context,) = {event.pgh_context_id for event in events}
        metadata = Context.objects.get(pk=context).metadata
        assert (metadata["reason"], metadata["form"]) == (REASON, "social-assistance")
        assert metadata["user"] == "federation_staff-区残联-None"
        assert metadata["what"] == "社会救助对象名册：改正"

    def test_a_key_that_another_record_has_leads_there(self, staff: Client, known: SocialAssistance) -> None:
        other = SocialAssistance.objects.create(person=person(), kind="dibao", starts_on="2020-01-01")
        answer = edit(staff, "social-assistance", known, 起始日期="2020-01-01")
        assert f'href="/facts/social-assistance/{other.pk}/"' in answer.content.decode()
        assert SocialAssistance.objects.filter(person=person()).count() == 2

    def test_nothing_different_is_said_and_not_stored(self, staff: Client, known: SocialAssistance) -> None:
        answer = edit(staff, "social-assistance", known)
        assert errors(answer) == {"__all__": ["内容和原来一样，没有需要改正的地方。"]}

    def test_who_comes_second_is_told(self, staff: Client, known: SocialAssistance) -> None:
        form = staff.get(f"/facts/social-assistance/{known.pk}/").context["form"]
        first = {name: form[name].value() or "" for name in form.fields} | {"reason": REASON}
        edit(staff, "social-assistance", known, 终止日期="2025-06-30")
        answer = staff.post(f"/facts/social-assistance/{known.pk}/", {**first, "unit": "单人户"})
        assert "又被改过" in errors(answer)["__all__"][0]
        assert SocialAssistance.objects.get(pk=known.pk).unit == "household"

    def test_the_history_says_who_when_why_and_what_over_a_corrected_key(
        self, staff: Client, known: SocialAssistance
    ) -> None:
        edit(staff, "social-assistance", known, 终止日期="2025-06-30")
        edit(staff, "social-assistance", known, 起始日期="2023-02-01")
        after = SocialAssistance.objects.get(person=person())
        steps = staff.get(f"/facts/social-assistance/{after.pk}/").context["steps"]
        told = [(s.act, s.who, s.reason, [(c.heading, c.old, c.new) for c in s.changes]) for s in steps]
        assert told[:2] == [
            ("改正", "陈同志", REASON, [("起始日期", "2023-01-01", "2023-02-01")]),
            ("改正", "陈同志", REASON, [("终止日期", "空", "2025-06-30")]),
        ]
        act, who, reason, cells = told[2]
        assert (act, who, re.sub(r"\d+", "N", reason)) == ("新增", "系统", "报表上传（第 N 号）")
        assert ("救助类型", "", "低保") in cells
        assert len(told) == 3


class TestWithdrawing:
    @pytest.mark.parametrize("code", FACT_SHEETS)
    def test_a_withdrawn_row_is_gone_and_in_the_history(self, staff: Client, code: str) -> None:
        upload(code, [fact(code, whom(code))])
        row = MODELS[code].objects.get()
        url = f"/facts/{code}/{row.pk}/withdraw/"
        seen = staff.get(url).context["form"]["seen"].value()
        answer = staff.post(url, {"reason": "重复登记", "seen": seen})
        assert answer.status_code == 302
        assert not MODELS[code].objects.exists()
        event = row.pgh_event_model.objects.select_related("pgh_context").latest("pgh_id")
        assert (event.pgh_label, event.pgh_context.metadata["reason"]) == ("delete", "重复登记")

    def test_without_a_reason_nothing_is_withdrawn(self, staff: Client) -> None:
        upload("pension-enrolment", [fact("pension-enrolment", ONE)])
        row = PensionEnrolment.objects.get()
        answer = staff.post(f"/facts/pension-enrolment/{row.pk}/withdraw/", {"seen": 1})
        assert errors(answer)["reason"] == ["请填写。"]
        assert PensionEnrolment.objects.exists()


class TestIncomes:
    def test_an_income_is_the_households_and_the_holders_name_is_not_asked(self, staff: Client) -> None:
        answer = staff.post(add_url("household-income"), typed("household-income"))
        assert answer.status_code == 302
        income = HouseholdIncome.objects.get()
        assert (income.head_name, income.household.head_id_number) == (ONE["姓名"], ONE["身份证号"])

    def test_of_a_head_who_is_no_holder_the_name_is_typed_once(self, staff: Client) -> None:
        head = id_number(70)
        upload("registry", [{**ONE, "户主身份证号": head}])
        assert errors(staff.post(add_url("household-income"), typed("household-income"))) == {"head": ["请填写。"]}
        staff.post(add_url("household-income"), typed("household-income", 户主姓名="赵户主"))
        income = HouseholdIncome.objects.get()
        page = staff.get(f"/facts/household-income/{income.pk}/").content.decode()
        assert "赵＊＊" in page
        assert "赵户主" not in page
        answer = edit(staff, "household-income", income, 家庭人口数="5")
        assert answer.url == f"/households/{income.household_id}/"
        income.refresh_from_db()
        assert (income.head_name, income.members) == ("赵户主", 5)

    def test_somebody_without_a_certificate_has_no_household(self, staff: Client) -> None:
        child = holder(30, born="2016-01-01")
        upload("school-enrolment", [fact("school-enrolment", child)])
        answer = staff.get(add_url("household-income", child))
        assert answer.url == f"/people/{person(child).pk}/"


class TestWhoMay:
    def test_street_staff_correct_their_own_street_only(self, client: Client) -> None:
        street = user("street_staff", street="第一街道")
        client.force_login(street, backend="zalainuoer.roles.RoleBackend")
        far = person(holder(4))
        for somebody, status in ((person(), 200), (far, 404)):
            row = PensionEnrolment.objects.create(person=somebody, year=2025, scheme="resident", status="paying")
            home = somebody.certificates.get().household
            income = HouseholdIncome.objects.create(
                household=home, year=2024, head_name="某", members=1, disposable_income_yuan=1
            )
            for url in (
                f"/people/{somebody.pk}/facts/pension-enrolment/add/",
                f"/people/{somebody.pk}/facts/household-income/add/",
                f"/facts/pension-enrolment/{row.pk}/",
                f"/facts/pension-enrolment/{row.pk}/withdraw/",
                f"/facts/household-income/{income.pk}/",
            ):
                assert client.get(url).status_code == status, url
                assert client.post(url).status_code == status, url

    @pytest.mark.parametrize("role", ["system_administrator", "liaison", "leadership", "community_worker"])
    def test_nobody_else(self, client: Client, role: str) -> None:
        account = user(role, department="民政局" if role == "liaison" else None, street="友谊社区")
        client.force_login(account, backend="zalainuoer.roles.RoleBackend")
        assert client.get(add_url("pension-enrolment")).status_code == 403

    def test_a_sheet_of_another_app_or_of_nobody_has_no_form(self, staff: Client) -> None:
        for code in ("registry", "living-subsidy-payments", "nowhere"):
            assert staff.get(f"/people/{person().pk}/facts/{code}/add/").status_code == 404
            assert staff.get(f"/facts/{code}/1/").status_code == 404

    def test_opening_a_row_is_noted_without_a_name(self, staff: Client) -> None:
        upload("pension-enrolment", [fact("pension-enrolment", ONE)])
        staff.get(f"/facts/pension-enrolment/{PensionEnrolment.objects.get().pk}/")
        note = AccessLog.objects.first()
        assert note is not None
        assert (note.act, note.person, note.people) == ("read", person().pk, 1)
        assert str(ONE["姓名"]) not in note.what

    def test_the_pages_mask_name_and_number(self, staff: Client) -> None:
        upload("pension-enrolment", [fact("pension-enrolment", ONE)])
        row = PensionEnrolment.objects.get()
        for url in (add_url("pension-enrolment"), f"/facts/pension-enrolment/{row.pk}/"):
            page = staff.get(url).content.decode()
            assert str(ONE["身份证号"]) not in page
            assert str(ONE["姓名"]) not in page
            assert "张＊＊（1507**********" in page


def test_statements_do_not_grow_with_the_history(staff: Client, django_assert_max_num_queries: Any) -> None:
    upload("pension-enrolment", [fact("pension-enrolment", ONE)])
    row = PensionEnrolment.objects.get()
    for status in ("ended", "paying") * 10:
        PensionEnrolment.objects.filter(pk=row.pk).update(status=status)
    with django_assert_max_num_queries(20):
        answer = staff.get(f"/facts/pension-enrolment/{row.pk}/")
    assert len(answer.context["steps"]) == 21
