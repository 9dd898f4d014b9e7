"""盲人按摩: who may be registered, where, titles, and what the office is reminded of."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employment.models import (
    MassageCheck,
    MassageCredit,
    MassagePractitioner,
    MassageShop,
    PracticeFiling,
    TitleReview,
)
from employment.rules.massage import REMINDERS, with_reminders
from employment.services.massage import massage_save, massage_withdraw
from tests.employment.training_makers import TODAY, blind, practitioner, shop, staff, street
from tests.records import day, holder
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessLog, Parameter
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
NOON = "2025-12-20 12:00+08:00"


def save(record: Any, **values: Any) -> Any:
    return massage_save(record=record, values=values, by=staff(), today=TODAY)


def refused(act: Any, *words: str) -> None:
    with pytest.raises(RuleBroken) as broken, transaction.atomic():
        act()
    assert all(word in broken.value.message for word in words), broken.value.message


def registered(of: Any, **change: Any) -> MassagePractitioner:
    facts = {
        "kind": "medical", "certificate_number": "M001", "qualified_on": day("2020-06-01"),
        "qualified_by": "exam_by_schooling", **change,
    }  # fmt: skip
    found: MassagePractitioner = save(MassagePractitioner(person=of), **facts)
    return found


def filed(of: MassagePractitioner, at: MassageShop | None = None, **change: Any) -> PracticeFiling:
    facts = {"shop": at or shop(), "starts_on": day("2021-01-01"), **change}
    found: PracticeFiling = save(PracticeFiling(practitioner=of), **facts)
    return found


def reminders(of: MassagePractitioner) -> set[str]:
    rows = with_reminders(MassagePractitioner.objects.all(), on=TODAY, parameters=Parameters(on=TODAY))
    row = rows.get(pk=of.pk)
    return {name for name in REMINDERS if getattr(row, f"remind_{name}")}


def in_order(of: MassagePractitioner) -> None:
    """Nothing to be reminded of."""
    PracticeFiling.objects.create(practitioner=of, shop=shop(), starts_on=day("2021-01-01"))
    MassageCheck.objects.create(practitioner=of, year=2025, result="passed", checked_on=day("2025-05-01"))


@pytest.mark.parametrize(
    ("certificate", "may"),
    [
        ({"category": "1", "level": "3"}, True),
        ({"category": "7", "level": "1", "components": "视力残疾1级,听力残疾2级"}, True),
        ({"category": "7", "level": "1", "components": "听力残疾1级,言语残疾2级"}, False),
        ({"category": "4", "level": "1"}, False),
        ({"category": "1", "level": "1", "status": "cancelled", "status_on": "2025-01-01"}, False),
    ],
)
def test_only_whoever_has_a_visual_disability_is_registered(certificate: dict[str, Any], may: bool) -> None:
    somebody = holder(**certificate)
    if may:
        assert registered(somebody).pk
    else:
        refused(lambda: registered(somebody), "没有视力残疾的残疾人证")


@pytest.mark.parametrize(
    "change",
    [
        {"qualified_by": ""},
        {"qualified_by": "", "level": "junior"},
        {"kind": "health"},
        {"kind": "health", "qualified_by": "", "level": ""},
    ],
)
def test_medical_ones_say_how_they_qualified_and_health_ones_their_level(change: dict[str, str]) -> None:
    refused(lambda: registered(blind(), **change), "医疗按摩人员请选取得资格的途径")


class TestFiling:
    def test_medical_massage_is_filed_in_medical_institutions_only(self) -> None:
        one = practitioner()
        with pytest.raises(RuleBroken) as broken:
            filed(one, shop("某保健店", "health_shop"))
        assert "只能在医疗机构内" in broken.value.message
        assert broken.value.source == "盲人医疗按摩管理办法 第二条"
        assert filed(one, shop("某医院", "hospital")).pk

    def test_health_massage_may_be_filed_in_a_health_shop(self) -> None:
        assert filed(practitioner(kind="health"), shop("某保健店", "health_shop")).pk

    def test_moving_is_to_stop_and_to_file_anew(self) -> None:
        one, other = practitioner(), shop("某医院", "hospital")
        first = filed(one)
        refused(lambda: filed(one, other, starts_on=day("2025-06-01")), "先填写原备案的停止日期")
        save(first, stopped_on=day("2025-06-01"))
        assert filed(one, other, starts_on=day("2025-06-01")).pk

    def test_a_shop_with_medical_filings_does_not_become_a_health_shop(self) -> None:
        filing = filed(practitioner())
        refused(lambda: save(filing.shop, kind="health_shop"), "不能改为保健按摩机构")
        refused(
            lambda: massage_withdraw(record=filing.shop, by=staff(), reason="错"), "还有执业备案"
        )  # fmt: skip


class TestTitles:
    def test_a_title_is_decided_after_the_first_review_has_passed(self) -> None:
        one = practitioner()
        facts = {"title": "attending", "applied_on": day("2024-05-01")}
        refused(
            lambda: save(TitleReview(practitioner=one), **facts, result="passed", decided_on=day("2024-07-01")),
            "初评合格之后才能评审",
        )
        review = save(TitleReview(practitioner=one), **facts)
        save(review, first_result="passed", first_reviewed_on=day("2024-06-01"))
        save(review, result="passed", decided_on=day("2024-07-01"))
        review.refresh_from_db()
        assert review.result == "passed"

    def test_health_massage_has_no_such_titles(self) -> None:
        one = practitioner(kind="health")
        refused(
            lambda: save(TitleReview(practitioner=one), title="masseur", applied_on=day("2024-05-01")), "只适用于"
        )  # fmt: skip


class TestReminders:
    def test_none_for_whoever_has_everything(self) -> None:
        one = practitioner()
        in_order(one)
        assert reminders(one) == set()

    def test_the_yearly_check_is_due_from_the_year_after_qualifying_until_one_has_passed(self) -> None:
        one, new = practitioner(), practitioner(blind(2), number="M002", qualified_on=day("2025-03-01"))
        assert "check" in reminders(one)
        assert "check" not in reminders(new)
        MassageCheck.objects.create(practitioner=one, year=2025, result="failed", checked_on=day("2025-05-01"))
        assert "check" in reminders(one)
        MassageCheck.objects.update(result="passed")
        assert "check" not in reminders(one)

    def test_nobody_is_short_of_credits_until_a_number_is_given(self) -> None:
        one = practitioner()
        in_order(one)
        for year, number in ((2025, 9), (2025, 10), (2024, 30)):
            MassageCredit.objects.create(
                practitioner=one, year=year, learned_on=day(f"{year}-05-{number:02d}"[:10]), topic="甲", credits=number
            )  # fmt: skip
        assert reminders(one) == set()
        Parameter.objects.filter(key="massage.required_credits").update(value=20)
        assert reminders(one) == {"credits"}
        Parameter.objects.filter(key="massage.required_credits").update(value=19)
        assert reminders(one) == set()

    @pytest.mark.parametrize(("until", "due"), [("2026-03-20", True), ("2026-03-21", False), ("2025-01-01", True)])
    def test_a_filing_that_lapses_within_90_days(self, until: str, due: bool) -> None:
        one = practitioner()
        in_order(one)
        PracticeFiling.objects.update(valid_until=day(until))
        assert reminders(one) == ({"filing"} if due else set())

    def test_medical_ones_without_a_filing_and_not_health_ones(self) -> None:
        one, other = practitioner(), practitioner(blind(2), number="H1", kind="health")
        assert "unfiled" in reminders(one)
        assert "unfiled" not in reminders(other)

    @pytest.mark.parametrize(
        ("certificate", "due"),
        [
            ({"expires_on": "2026-03-20"}, True),
            ({"expires_on": "2026-03-21"}, False),
            ({"status": "frozen", "status_on": "2025-01-01"}, True),
            ({"status": "cancelled", "status_on": "2025-01-01"}, True),
        ],
    )
    def test_a_certificate_that_expires_or_no_longer_holds(self, certificate: dict[str, str], due: bool) -> None:
        one = practitioner(blind(**certificate))
        in_order(one)
        assert reminders(one) == ({"disability"} if due else set())

    def test_whoever_no_longer_practises_is_reminded_of_nothing(self) -> None:
        assert reminders(practitioner(ended_on=day("2025-01-01"))) == set()


def test_a_practitioner_with_records_is_not_withdrawn() -> None:
    one = practitioner()
    in_order(one)
    refused(lambda: massage_withdraw(record=one, by=staff(), reason="错"), "还有职称、备案")
    other = practitioner(blind(2), number="M002")
    massage_withdraw(record=other, by=staff(), reason="错")
    assert not MassagePractitioner.objects.filter(pk=other.pk).exists()


class TestPages:
    @time_machine.travel(NOON, tick=False)
    def test_the_list_shows_the_own_area_masked_with_reminders(self) -> None:
        near, far = practitioner(), practitioner(blind(2, street="第二街道"), number="M002")
        answer = client_of(street()).get(reverse("massage_list"))
        text = answer.content.decode()
        assert masked(near.person.id_number) not in text  # not even masked: the list does without
        assert near.person.id_number not in text
        assert [line["row"] for line in answer.context["lines"]] == [near]
        assert "本年度没有年审合格" in text
        assert AccessLog.objects.latest("pk").people == 1
        assert client_of(street("第三街道")).get(reverse("massage_practitioner", args=[far.pk])).status_code == 404

    @time_machine.travel(NOON, tick=False)
    def test_reminders_lead_to_those_who_have_them(self) -> None:
        due, fine = practitioner(), practitioner(blind(2), number="M002")
        in_order(fine)
        client = client_of(staff())
        found = client.get(reverse("massage_list"), {"remind": "check"}).context["lines"]
        assert [line["row"] for line in found] == [due]
        assert client.get(reverse("massage_list"), {"remind": "nonsense"}).context["lines"] == []

    @time_machine.travel(NOON, tick=False)
    def test_everything_is_entered_through_the_pages(self) -> None:
        one, at, client = blind(), shop(), client_of(staff())
        page = client.post(
            reverse("massage_add", args=[one.pk]),
            {"kind": "medical", "certificate_number": "M009", "qualified_on": "2020-06-01", "qualified_by": "exam_by_schooling"},
        )  # fmt: skip
        made = MassagePractitioner.objects.get()
        assert page["Location"] == reverse("massage_practitioner", args=[made.pk])
        for kind, form in {
            "filing": {"shop": at.pk, "starts_on": "2021-01-01"},
            "title": {"title": "masseur", "applied_on": "2024-05-01"},
            "check": {"year": "2025", "result": "passed", "checked_on": "2025-05-01"},
            "credit": {"year": "2025", "learned_on": "2025-05-01", "topic": "手法", "credits": "12.5"},
        }.items():
            answer = client.post(reverse("massage_record_add", args=[made.pk, kind]), form)
            assert answer.status_code == 302, answer.context["form"].errors
        text = client.get(reverse("massage_practitioner", args=[made.pk])).content.decode()
        for shown in ("某盲人医疗按摩所", "医疗按摩师", "12.5", "参数未维护"):
            assert shown in text
        person_page = client.get(reverse("person", args=[one.pk])).content.decode()
        assert "盲人按摩执业备案" in person_page

    @time_machine.travel(NOON, tick=False)
    def test_the_export_has_whole_numbers_and_is_noted(self) -> None:
        one = practitioner()
        answer = client_of(staff()).post(reverse("massage_export"), {"reason": "核对"})
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 1000
        log = AccessLog.objects.latest("pk")
        assert (log.people, log.reason, "完整号码" in log.what) == (1, "核对", True)
        assert one.pk

    @time_machine.travel(NOON, tick=False)
    def test_many_rows_take_as_many_statements_as_few(self) -> None:
        client = client_of(staff())
        client.get(reverse("massage_list"))

        def statements() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("massage_list")).status_code == 200
            return len(captured)

        in_order(practitioner())
        few = statements()
        for n in range(2, 8):
            one = practitioner(blind(n), number=f"M00{n}")
            PracticeFiling.objects.create(practitioner=one, shop=MassageShop.objects.get(), starts_on=day("2021-01-01"))
        assert statements() == few
