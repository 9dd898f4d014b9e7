"""A device from the need to the follow-up: what is paid, what comes too early, who decides, what counts."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rehab.device_terms import months_later, too_early, years_later
from rehab.device_worklist import needs_without_case
from rehab.models import CaseState, DeviceCase, DeviceClass, DeviceFitting, DeviceItem
from rehab.services import device_cases, device_catalogue
from tests import records
from tests.records import day, holder, reached
from tests.rehab.devices import (
    TODAY,
    approver,
    assessed,
    assessor,
    decided,
    fit,
    fitted_case,
    item,
    opened,
    terms_of,
)
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


# the catalogue


def test_the_main_classes_of_the_standard_are_there() -> None:
    assert list(DeviceClass.objects.values_list("code", flat=True)) == [
        "04", "05", "06", "09", "12", "15", "18", "22", "24", "27", "28", "30",
    ]  # fmt: skip


def test_a_code_begins_with_its_class() -> None:
    with pytest.raises(RuleBroken, match="以主类代码 12 开头"):
        device_catalogue.item_save(
            by=approver(), device_class=DeviceClass.objects.get(code="12"), code="091203", name="坐便椅", unit="把",
            other_names=[], is_active=True,
        )  # fmt: skip


def test_a_former_name_stays_among_the_other_names_so_that_old_fittings_still_count() -> None:
    wheelchair = item()
    device_catalogue.item_save(item=wheelchair, by=approver(), name="手动轮椅")
    wheelchair.refresh_from_db()
    assert wheelchair.names == ["手动轮椅", "轮椅"]


def test_a_name_means_one_item() -> None:
    item()
    with pytest.raises(RuleBroken, match="只能指一种辅具"):
        device_catalogue.item_save(
            by=approver(), device_class=None, code="", name="护理轮椅", unit="辆", other_names=["轮椅"], is_active=True
        )


def test_terms_that_a_case_was_approved_by_are_not_changed() -> None:
    wheelchair = item()
    decided(assessed(opened(holder()), wheelchair))
    with pytest.raises(RuleBroken, match="从调整的日期起新增一条"):
        device_catalogue.terms_save(terms=wheelchair.terms.get(), by=approver(), percent=Decimal(90))


def test_only_the_federation_keeps_the_catalogue() -> None:
    with pytest.raises(RuleBroken, match="权限"):
        device_catalogue.class_save(code="31", name="某类", by=assessor())


# what is paid


@pytest.mark.parametrize(
    ("price", "quantity", "subsidy"),
    [("700", 1, "350"), ("800", 1, "400"), ("5000", 1, "400"), ("700", 2, "700"), ("33.33", 1, "16.67"), ("0", 1, "0")],
)
def test_the_subsidy_is_the_percentage_of_each_piece_and_at_most_the_ceiling(
    price: str, quantity: int, subsidy: str
) -> None:
    case = assessed(opened(holder()), item(), price_yuan=Decimal(price), quantity=quantity)
    assert decided(case).subsidy_yuan == Decimal(subsidy)


def test_the_terms_of_the_day_of_the_decision_apply() -> None:
    wheelchair = item()
    terms_of(wheelchair, "2025-12-20", percent=Decimal(100), ceiling_yuan=Decimal(2000))
    terms_of(wheelchair, "2025-12-21", percent=Decimal(0))
    case = assessed(opened(holder()), wheelchair)
    assert decided(case).subsidy_yuan == 700


def test_without_terms_nothing_is_approved_with_a_subsidy() -> None:
    case = assessed(opened(holder()), item(terms=False))
    with pytest.raises(RuleBroken, match="参数未维护"):
        decided(case)
    case.refresh_from_db()
    assert case.state == CaseState.ASSESSED


def test_terms_that_begin_tomorrow_are_none_today() -> None:
    wheelchair = item(terms=False)
    terms_of(wheelchair, "2025-12-21")
    with pytest.raises(RuleBroken, match="参数未维护"):
        decided(assessed(opened(holder()), wheelchair))


def test_without_terms_a_device_may_be_approved_without_a_subsidy() -> None:
    case = decided(assessed(opened(holder()), item(terms=False)), subsidised=False)
    after = fit(case)
    assert (after.subsidy_yuan, after.self_pay_yuan, after.terms) == (0, 700, None)


@pytest.mark.parametrize(("price", "subsidy", "self_pay"), [("500", "250", "250"), ("900", "350", "550")])
def test_a_lower_price_lowers_the_subsidy_and_a_higher_one_is_paid_by_the_person(
    price: str, subsidy: str, self_pay: str
) -> None:
    after = fit(decided(assessed(opened(holder()), item())), price_yuan=Decimal(price))
    assert (after.subsidy_yuan, after.self_pay_yuan) == (Decimal(subsidy), Decimal(self_pay))


# too early


def test_a_new_one_within_the_years_of_use_is_refused_with_rule_and_day() -> None:
    somebody = holder()
    records.fitting(somebody, "2023-06-07")
    case = assessed(opened(somebody), item())
    with pytest.raises(RuleBroken, match="使用年限 3 年未满，2026-06-07 起才能再次适配") as refused:
        decided(case)
    assert refused.value.source == "辅具补贴标准：某文〔2020〕1号（2020-01-01 起执行）"


def test_on_the_day_the_years_are_over_it_is_not_refused() -> None:
    somebody = holder()
    records.fitting(somebody, "2022-12-20")
    assert decided(assessed(opened(somebody), item())).state == CaseState.APPROVED


def test_another_item_or_another_person_is_no_reason() -> None:
    somebody = holder(1)
    records.fitting(somebody, "2025-06-07", device="拐杖")
    records.fitting(holder(2), "2025-06-07")
    assert decided(assessed(opened(somebody), item())).state == CaseState.APPROVED


def test_the_same_item_under_another_name_counts() -> None:
    somebody = holder()
    records.fitting(somebody, "2025-06-07", device="轮椅车")
    with pytest.raises(RuleBroken, match="未满"):
        decided(assessed(opened(somebody), item(other_names=["轮椅车"])))


@pytest.mark.parametrize("reason", ["damaged", "growth", "lost"])
def test_a_reasoned_exception_lets_it_pass(reason: str) -> None:
    somebody = holder()
    records.fitting(somebody, "2025-06-07")
    case = assessed(opened(somebody), item(), replacement=reason, replacement_note="车架断裂，无法修复")
    assert decided(case).state == CaseState.APPROVED


@pytest.mark.parametrize("half", [{"replacement": "lost"}, {"replacement_note": "断了"}])
def test_an_exception_is_a_reason_and_a_story(half: dict[str, str]) -> None:
    with pytest.raises(RuleBroken, match="更换理由"):
        assessed(opened(holder()), item(), **half)


def test_what_was_fitted_between_approval_and_handing_over_refuses_the_handing_over() -> None:
    somebody = holder()
    case = decided(assessed(opened(somebody, today=day("2025-12-01")), item(), today=day("2025-12-01")))
    records.fitting(somebody, "2025-12-10")
    with pytest.raises(RuleBroken, match="未满"):
        fit(case)
    assert DeviceFitting.objects.count() == 1


def test_a_sheet_that_delivered_the_same_handing_over_already_is_not_counted_twice() -> None:
    somebody = holder()
    case = decided(assessed(opened(somebody), item()))
    records.fitting(somebody, TODAY.isoformat())
    after = fit(case)
    assert DeviceFitting.objects.count() == 1
    device_cases.case_unfit(case=after, reason="登记错了", by=approver(), today=TODAY)
    assert DeviceFitting.objects.count() == 1, "the sheet's row is the sheet's to take back"


def test_of_29_february_the_years_are_over_on_the_first_of_march() -> None:
    assert years_later(day("2024-02-29"), 3) == day("2027-03-01")
    assert years_later(day("2024-02-29"), 4) == day("2028-02-29")
    assert months_later(day("2025-11-30"), 3) == day("2026-02-28")
    assert months_later(day("2025-09-30"), 3) == day("2025-12-30")


def test_without_terms_nothing_is_too_early() -> None:
    somebody = holder()
    records.fitting(somebody, "2025-06-07")
    assert too_early(item(terms=False), person=somebody.pk, on=TODAY) is None


# who, and in which order


def test_whoever_assessed_does_not_decide() -> None:
    federation = approver()
    case = assessed(opened(holder()), item(), by=federation)
    with pytest.raises(RuleBroken, match="不能是同一个人"):
        decided(case)


def test_the_database_keeps_one_person_from_both() -> None:
    case = assessed(opened(holder()), item())
    with pytest.raises(IntegrityError, match="device_case_second_pair_of_eyes"), transaction.atomic():
        DeviceCase.objects.filter(pk=case.pk).update(
            state=CaseState.APPROVED, decided_on=TODAY, decided_by=case.assessed_by
        )


def test_a_street_does_not_approve() -> None:
    case = assessed(opened(holder()), item())
    with pytest.raises(RuleBroken, match="权限"):
        decided(case, by=another_of_the_street())


def another_of_the_street() -> User:
    return User.objects.create(username="x", name="别人", role=Role.STREET_STAFF, division=records.community().parent)


def test_a_refusal_says_why() -> None:
    case = assessed(opened(holder()), item())
    with pytest.raises(RuleBroken, match="理由"):
        decided(case, approved=False, reason=" ")
    assert decided(case, approved=False, reason="不属于补贴范围").state == CaseState.REFUSED


def test_an_old_page_does_not_decide_what_has_moved_on() -> None:
    case = decided(assessed(opened(holder()), item()))
    with pytest.raises(RuleBroken, match="待适配"):
        decided(case, approved=False, reason="不行", seen="assessed")


def test_another_street_does_nothing_with_a_case() -> None:
    case = opened(holder())
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        assessed(case, item(), by=assessor("第二街道"))


def test_one_item_is_on_its_way_once() -> None:
    somebody, wheelchair = holder(), item()
    assessed(opened(somebody), wheelchair)
    with pytest.raises(RuleBroken, match="已有一份正在办理"):
        assessed(opened(somebody, wanted="轮椅车"), wheelchair)


def test_nothing_is_fitted_to_the_dead_or_in_the_future_or_before_the_approval() -> None:
    somebody = holder()
    case = decided(assessed(opened(somebody), item()))
    with pytest.raises(RuleBroken, match="不能晚于今天"):
        fit(case, fitted_on=day("2025-12-21"))
    with pytest.raises(RuleBroken, match="不能早于审批日期"):
        fit(case, fitted_on=day("2025-12-19"))
    somebody.died_on = TODAY
    somebody.save(update_fields=["died_on"])
    with pytest.raises(RuleBroken, match="死亡"):
        fit(case)


# what counts, and what follows


def test_what_is_fitted_is_counted_by_indicator_10() -> None:
    somebody = holder()
    records.need(somebody, device="轮椅")
    fitted_case(somebody, item())
    row = DeviceFitting.objects.get()
    assert (row.person, row.fitted_on, row.device, row.quantity) == (somebody, TODAY, "轮椅", 1)
    assert reached(10) == {somebody.pk}


def test_a_fitting_noted_by_mistake_is_taken_back() -> None:
    somebody = holder()
    records.need(somebody, device="轮椅")
    case = fitted_case(somebody, item())
    after = device_cases.case_unfit(case=case, reason="登记错人", by=approver(), today=TODAY)
    assert (after.state, DeviceFitting.objects.count(), reached(10)) == (CaseState.APPROVED, 0, set())


def test_it_is_followed_up_after_three_months_and_repaired_and_seen_again() -> None:
    case = fitted_case(holder(), item())
    assert case.due_on == day("2026-03-20")
    visit: dict[str, Any] = {"case": case, "by": assessor(), "today": day("2026-03-20")}
    with pytest.raises(RuleBroken, match="维修或调整的内容"):
        device_cases.case_follow_up(done_on=day("2026-03-20"), result="repair", **visit)
    device_cases.case_follow_up(done_on=day("2026-03-20"), result="repair", repair="换前轮", **visit)
    case.refresh_from_db()
    assert (case.state, case.due_on) == (CaseState.FITTED, day("2026-04-20"))
    visit["today"] = day("2026-04-20")
    device_cases.case_follow_up(done_on=day("2026-04-20"), result="good", **visit)
    case.refresh_from_db()
    assert (case.state, case.due_on, case.ended_on) == (CaseState.DONE, None, day("2026-04-20"))


# needs without a case


def needs(by: User | None = None) -> list[tuple[int, str, int]]:
    found = needs_without_case(by or approver(), today=TODAY).order_by("pk")
    return [(person.pk, person.wanted, person.need_year) for person in found]  # type: ignore[attr-defined]


def test_a_need_stands_on_the_list_until_somebody_begins() -> None:
    somebody = holder()
    records.need(somebody, device="轮椅", year=2024)
    assert needs() == [(somebody.pk, "轮椅", 2024)]
    case = opened(somebody, need_year=2024)
    assert needs() == []
    device_cases.case_withdraw(case=case, reason="本人不要了", by=assessor(), today=TODAY)
    assert needs() == [(somebody.pk, "轮椅", 2024)]


def test_whoever_was_refused_stands_on_the_list_again_with_the_next_survey() -> None:
    somebody = holder()
    records.need(somebody, device="轮椅", year=2024)
    decided(assessed(opened(somebody, need_year=2024), item()), approved=False, reason="不属于补贴范围")
    assert needs() == []
    records.need(somebody, device="轮椅", year=2025)
    assert needs() == [(somebody.pk, "轮椅", 2025)]


def test_who_was_fitted_or_needs_nothing_or_lives_elsewhere_is_not_on_the_list() -> None:
    records.need(holder(1), device=None)
    done = holder(2)
    records.need(done, device="轮椅")
    records.fitting(done, "2025-03-04")
    records.need(holder(3, street="第二街道"), device="轮椅")
    assert needs(assessor()) == []


# the pages


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(datetime.datetime(2025, 12, 20, 10, tzinfo=datetime.UTC), tick=False):
        yield


def test_a_case_is_walked_through_its_page(clock: Any) -> None:
    somebody, wheelchair = holder(), item()
    records.need(somebody, device="轮椅")
    street, federation = client_of(assessor()), client_of(approver())
    page = street.get(reverse("device_need_list"))
    assert reverse("device_case_add", args=[somebody.pk]) in page.content.decode()
    sent = street.post(reverse("device_case_add", args=[somebody.pk]), {"need_year": "2025", "wanted": "轮椅"})
    case = DeviceCase.objects.get()
    address = reverse("device_case", args=[case.pk])
    assert sent.headers["Location"] == address
    facts = {
        "act": "assess", "seen": "need", "assessed_on": "2025-12-20", "assessor": "辅具服务站", "item": wheelchair.pk,
        "quantity": "1", "price_yuan": "700", "measures": "座宽42厘米", "replacement": "", "replacement_note": "",
    }  # fmt: skip
    assert street.post(address, facts).status_code == 302
    assert street.post(address, {"act": "decide", "seen": "assessed"}).status_code == 302  # not the street's
    assert "补贴 <strong>350.00</strong> 元，自付 350.00 元" in federation.get(address).content.decode()
    assert "请选择" in federation.post(address, {"act": "decide", "seen": "assessed"}).content.decode()
    sent = {"act": "decide", "seen": "assessed", "decision": "subsidised", "reason": ""}
    assert federation.post(address, sent).status_code == 302
    facts = {
        "act": "fit", "seen": "approved", "fitted_on": "2025-12-20", "price_yuan": "700", "serial_number": "A1",
        "supplier": "", "signed_by": "guardian",
    }  # fmt: skip
    assert street.post(address, facts).status_code == 302
    text = street.get(address).content.decode()
    for said in ("自付 350.00 元", "监护人签收", "出厂编号 A1", "2026-03-20"):
        assert said in text
    facts = {"act": "follow_up", "seen": "fitted", "done_on": "2025-12-20", "result": "good", "note": "", "repair": ""}
    assert street.post(address, facts).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.DONE


def test_the_page_says_that_it_is_too_early_and_the_form_why_not(clock: Any) -> None:
    somebody = holder()
    records.fitting(somebody, "2025-06-07")
    case = assessed(opened(somebody), item())
    federation, address = client_of(approver()), reverse("device_case", args=[case.pk])
    assert "2028-06-07 起才能再次适配" in federation.get(address).content.decode()
    page = federation.post(address, {"act": "decide", "seen": "assessed", "decision": "subsidised", "reason": ""})
    assert "依据：辅具补贴标准：某文〔2020〕1号" in page.content.decode()


def test_whoever_assessed_reads_why_somebody_else_decides(clock: Any) -> None:
    case = assessed(opened(holder()), item(), by=approver())
    page = client_of(approver()).get(reverse("device_case", args=[case.pk]))
    assert "评估和审批不能是同一个人" in page.content.decode()


def test_the_worklist_shows_what_is_overdue_first_and_what_waits_for_whom(clock: Any) -> None:
    wheelchair = item()
    fresh = opened(holder(1))
    late = opened(holder(2), today=day("2025-11-01"))
    waiting = assessed(opened(holder(3), wanted="拐杖"), wheelchair)
    page = client_of(approver()).get(reverse("device_case_list"))
    assert [line["case"].pk for line in page.context["lines"]] == [late.pk, waiting.pk, fresh.pk]
    tiles = {tile["label"]: tile["count"] for tile in page.context["tiles"]}
    assert (tiles["已超期"], tiles["待评估"], tiles["待审批"], tiles["待我办理"]) == (1, 2, 1, 3)
    assert "已超期 19 天" in page.content.decode()
    mine = client_of(assessor()).get(reverse("device_case_list"), {"state": "mine"})
    assert {line["case"].pk for line in mine.context["lines"]} == {late.pk, fresh.pk}
    assert AccessLog.objects.filter(what__startswith="辅具适配清单").count() == 2


def test_what_is_fitted_waits_for_nobody_until_it_is_due() -> None:
    case = fitted_case(holder(), item())
    client = client_of(assessor())
    with time_machine.travel("2026-03-19 12:00+08:00", tick=False):
        assert client.get(reverse("device_case_list"), {"state": "due"}).context["lines"] == []
    with time_machine.travel("2026-03-20 12:00+08:00", tick=False):
        shown = client.get(reverse("device_case_list"), {"state": "due"}).context["lines"]
    assert [line["case"].pk for line in shown] == [case.pk]


def test_an_address_with_what_is_no_choice_shows_nothing(clock: Any) -> None:
    opened(holder())
    client = client_of(approver())
    for query in ({"street": "999999"}, {"state": "x"}, {"item": "0"}):
        page = client.get(reverse("device_case_list"), query)
        assert page.context["lines"] == []
        assert "筛选条件有误" in page.content.decode()


def _community_worker() -> User:
    return User.objects.create(username="z", name="专委", role=Role.COMMUNITY_WORKER, division=records.community())


def test_who_may_open_what() -> None:
    case = opened(holder())
    community = client_of(_community_worker())
    assert community.get(reverse("device_case_list")).status_code == 200
    assert community.get(reverse("device_case_add", args=[case.person_id])).status_code == 403
    assert community.get(reverse("device_case_export")).status_code == 403
    assert client_of(assessor()).get(reverse("device_item_add")).status_code == 403
    assert client_of(assessor("第二街道")).get(reverse("device_case", args=[case.pk])).status_code == 404
    leader = client_of(User.objects.create(username="l", name="领导", role=Role.LEADERSHIP))
    assert leader.get(reverse("device_case_list")).status_code == 403


def test_the_catalogue_is_kept_in_the_browser(clock: Any) -> None:
    client = client_of(approver())
    facts = {
        "device_class": DeviceClass.objects.get(code="12").pk, "code": "12 22 03", "name": "轮椅", "unit": "辆",
        "other_names": "轮椅车\n手推轮椅", "is_active": "on",
    }  # fmt: skip
    assert client.post(reverse("device_item_add"), facts).status_code == 302
    wheelchair = DeviceItem.objects.get()
    assert (wheelchair.code, wheelchair.other_names) == ("122203", ["手推轮椅", "轮椅车"])
    assert "参数未维护" in client.get(reverse("device_catalogue")).content.decode()
    facts = {
        "effective_from": "2025-01-01", "years_of_use": "3", "ceiling_yuan": "800", "percent": "100", "document": "某文",
    }  # fmt: skip
    assert client.post(reverse("device_terms_add", args=[wheelchair.pk]), facts).status_code == 302
    text = client.get(reverse("device_catalogue")).content.decode()
    assert "3 年，100%，每件最高 800.00 元；某文" in text
    again = client.post(reverse("device_terms_add", args=[wheelchair.pk]), facts)
    assert "从这一天起已有标准" in again.content.decode()
    terms = reverse("device_terms_change", args=[wheelchair.terms.get().pk])
    seen = client.get(terms).context["form"].fields["seen"].initial
    assert client.post(terms, {**facts, "percent": "101", "seen": seen}).status_code == 200
    assert client.post(terms, {**facts, "percent": "90", "seen": seen}).status_code == 302
    assert "又被改过" in client.post(terms, {**facts, "percent": "80", "seen": seen}).content.decode()


def test_the_statements_of_the_lists_do_not_grow(clock: Any) -> None:
    wheelchair, client = item(), client_of(approver())

    def counted(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        return len(queries)

    names = ("device_case_list", "device_need_list", "device_catalogue")
    for n in (1, 2):
        records.need(holder(n), device="轮椅")
        assessed(opened(holder(n + 10)), wheelchair)
    few = [counted(name) for name in names]
    for n in range(3, 9):
        records.need(holder(n), device="轮椅")
        assessed(opened(holder(n + 10)), wheelchair)
        item(f"辅具{n}")
    assert [counted(name) for name in names] == few
