"""家庭医生: the sheet, single and many contracts, who is missing, both rates, visits, pages and export."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Person
from rehab.models import DoctorContract, DoctorVisit, RehabService
from rehab.rules import doctor_signed, should_sign
from rehab.services.doctors import contracts_sign, visit_add, visit_withdraw
from rehab.shares import percent_text
from tests import deliveries
from tests.deliveries import fact, refused_at, upload, user
from tests.records import day, holder, need, person, reached
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-12-20")
NOON = "2025-12-20 12:00+08:00"


def staff(street: str | None = None, role: str = Role.FEDERATION_STAFF) -> User:
    return user(role, street=street)


def signed(somebody: Person, **change: Any) -> DoctorContract:
    facts = {
        "year": 2025, "outcome": "signed", "team": "第一团队", "doctor": "周医生", "signed_on": day("2025-03-01"),
        "until": day("2026-02-28"), **change,
    }  # fmt: skip
    return DoctorContract.objects.create(person=somebody, **facts)


def declined(somebody: Person) -> DoctorContract:
    return DoctorContract.objects.create(person=somebody, year=2025, outcome="declined", declined_because="已有医生")


def sign(*people: Person, by: User, **change: Any) -> int:
    facts = {
        "year": 2025, "team": "第一团队", "doctor": "周医生", "signed_on": day("2025-12-01"), "until": day("2026-11-30"),
        "today": TODAY, **change,
    }  # fmt: skip
    return contracts_sign(people=[somebody.pk for somebody in people], by=by, **facts)


def is_signed(somebody: Person, on: str = "2025-12-20") -> bool:
    clauses = doctor_signed(on=day(on), year=2025)
    return should_sign(on=day(on)).but(*clauses).people(Person.objects.filter(pk=somebody.pk)).exists()


# the rule


def test_the_last_day_of_the_agreement_counts_and_the_next_does_not() -> None:
    somebody = holder(1)
    signed(somebody, until=day("2025-12-20"))
    assert is_signed(somebody, "2025-12-20")
    assert not is_signed(somebody, "2025-12-21")


def test_a_contract_counts_from_the_day_it_was_signed() -> None:
    somebody = holder(1)
    signed(somebody)
    assert not is_signed(somebody, "2025-02-28")
    assert is_signed(somebody, "2025-03-01")


def test_the_dead_and_those_off_the_register_are_not_on_the_list() -> None:
    holder(1, status="cancelled", status_on="2025-01-01")
    gone = holder(2)
    Person.objects.filter(pk=gone.pk).update(died_on=day("2025-12-20"))
    person(3)
    assert not should_sign(on=TODAY).people(Person.objects.all()).exists()


def test_shares_are_cut_off_and_never_rounded_up() -> None:
    assert percent_text(5999, 10000) == "59.99%"
    assert percent_text(59_999, 100_000) == "59.99%"
    assert percent_text(99_999, 100_000) == "99.99%"
    assert percent_text(3, 5) == "60.00%"
    assert percent_text(0, 0) == "—"


# the sheet


def test_the_sheet_takes_contracts_and_refusals_and_refuses_what_is_neither() -> None:
    rows = [deliveries.holder(n) for n in (1, 2, 3, 4)]
    upload("registry", rows)
    nothing = dict.fromkeys(("签约团队", "签约医生", "签约日期", "有效期至", "服务包"))
    batch = upload(
        "family-doctors",
        [
            fact("family-doctors", rows[0]),
            fact("family-doctors", rows[1], 签约情况="不同意签约", 不同意原因="在外地居住", **nothing),
            fact("family-doctors", rows[2], 签约医生=None, 有效期至="2025-01-01"),
            fact("family-doctors", rows[3], 签约情况="不同意签约"),
        ],
    )
    assert DoctorContract.objects.count() == 2
    assert refused_at(batch) == {
        4: {"签约医生", "有效期至"},
        5: {"签约团队", "签约医生", "签约日期", "有效期至", "服务包", "不同意原因"},
    }


def test_a_contract_of_another_year_is_refused() -> None:
    row = deliveries.holder(1)
    upload("registry", [row])
    batch = upload("family-doctors", [fact("family-doctors", row, 年度=2024)])
    assert refused_at(batch) == {2: {"签约日期"}}


# many at once


def test_many_are_signed_at_once_in_a_constant_number_of_statements() -> None:
    by = staff()

    def counted(*people: Person) -> int:
        with CaptureQueriesContext(connection) as queries:
            sign(*people, by=by)
        return len(queries)

    counted(holder(1))
    few = counted(holder(2), holder(3))
    assert counted(*(holder(n) for n in range(10, 40))) == few
    assert DoctorContract.objects.count() == 33


def test_all_or_none_is_signed() -> None:
    one, other, by = holder(1), holder(2), staff()
    declined(other)
    with pytest.raises(RuleBroken, match="1 人在 2025 年已有签约或不同意的记录"):
        sign(one, other, by=by)
    assert DoctorContract.objects.count() == 1


def test_nobody_outside_the_area_is_signed() -> None:
    here, there = holder(1), holder(2, street="第二街道")
    with pytest.raises(RuleBroken, match="不在您辖区"):
        sign(here, there, by=staff("第一街道", Role.STREET_STAFF))
    assert not DoctorContract.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"signed_on": day("2025-12-21")}, "还没有到"), ({"until": day("2025-11-30")}, "早于签约日期")],
)
def test_dates_that_cannot_be_are_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        sign(holder(1), by=staff(), **change)


# visits


def visit(contract: DoctorContract, by: User, **change: Any) -> DoctorVisit:
    facts = {"visited_on": day("2025-06-01"), "content": "上门康复指导", "today": TODAY, **change}
    return visit_add(contract=contract, by=by, **facts)


def test_a_visit_with_rehabilitation_is_a_service_that_indicator_9_counts() -> None:
    somebody, by = holder(1), staff()
    need(somebody)
    contract = signed(somebody)
    visit(contract, by)
    assert reached(9) == set()
    visit(contract, by, content="上门护理", kind="nursing")
    assert reached(9) == {somebody.pk}
    assert RehabService.objects.get().provider == "第一团队"


def test_withdrawing_a_visit_takes_back_the_service_it_brought_and_no_other() -> None:
    somebody, by = holder(1), staff()
    contract = signed(somebody)
    own = visit(contract, by, kind="nursing")
    again = visit(contract, by, content="又一项", kind="nursing")  # delivered already: no second row
    assert again.service is None
    visit_withdraw(visit=again, reason="登记错", by=by)
    assert RehabService.objects.count() == 1
    visit_withdraw(visit=own, reason="登记错", by=by)
    assert not RehabService.objects.exists()


@pytest.mark.parametrize("on", ["2025-02-28", "2026-03-01"])
def test_a_visit_lies_within_the_agreement(on: str) -> None:
    with pytest.raises(RuleBroken, match="不在协议期内"):
        visit(signed(holder(1)), staff(), visited_on=day(on), today=day("2026-12-01"))


# the pages


@time_machine.travel(NOON)
def test_the_list_shows_both_rates_and_who_is_missing() -> None:
    signed(holder(1))
    signed(holder(2), until=day("2025-12-19"))
    declined(holder(3))
    holder(4)
    page = client_of(staff()).get(reverse("doctor_list"))
    total = page.context["total"]
    assert (total.holders, total.signed, total.declined, total.missing) == (4, 1, 1, 2)
    assert (total.of_consenting, total.of_all) == ("33.33%", "25.00%")
    assert [line["reason"][:5] for line in page.context["lines"]] == ["2025年", "2025年"]
    assert "没有续签" in page.content.decode()
    assert AccessLog.objects.filter(what="家庭医生：应签未签").latest("pk").people == 2


@time_machine.travel(NOON)
def test_the_statements_of_the_list_do_not_grow_with_people() -> None:
    client = client_of(staff())

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("doctor_list")).status_code == 200
        return len(queries)

    signed(holder(1))
    holder(2)
    counted()
    few = counted()
    for n in range(10, 40):
        somebody = holder(n)
        if n % 2:
            signed(somebody, until=day("2025-12-01"))
    assert counted() == few


@time_machine.travel(NOON)
def test_a_street_sees_its_own_and_a_community_worker_may_not_sign() -> None:
    holder(1)
    holder(2, street="第二街道")
    street = client_of(staff("第一街道", Role.STREET_STAFF))
    assert street.get(reverse("doctor_list")).context["total"].holders == 1
    worker = client_of(user(Role.COMMUNITY_WORKER, street="友谊社区"))
    assert worker.get(reverse("doctor_list")).status_code == 200
    assert worker.get(reverse("doctor_sign")).status_code == 403
    assert worker.get(reverse("doctor_export")).status_code == 403
    assert client_of(user(Role.LEADERSHIP)).get(reverse("doctor_list")).status_code == 403


@time_machine.travel(NOON)
def test_those_ticked_are_shown_once_more_and_signed() -> None:
    one, other = holder(1), holder(2)
    client, address = client_of(staff()), reverse("doctor_sign")
    assert "批量签约 2 人" in client.get(address, {"person": [one.pk, other.pk]}).content.decode()
    assert "批量签约 2 人" in client.get(address, {"all": "1"}).content.decode()
    sent = {"person": [one.pk, other.pk], "confirm": "1", "team": "第一团队", "doctor": "周医生",
            "signed_on": "2025-12-01", "until": "2026-11-30", "package": ""}  # fmt: skip
    assert client.post(address, {**sent, "team": ""}).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert DoctorContract.objects.count() == 2
    assert "已有签约或不同意的记录" in client.post(address, sent).content.decode()


@time_machine.travel(NOON)
def test_a_single_contract_is_entered_and_corrected_from_the_persons_file() -> None:
    somebody, client = holder(1), client_of(staff())
    address = reverse("fact_add", args=[somebody.pk, "family-doctors"])
    sent = {"year": "2025", "outcome": "不同意签约", "declined_because": "", "reason": "电话核实"}
    assert "不同意签约的须写明原因" in client.post(address, sent).content.decode()
    assert client.post(address, {**sent, "declined_because": "在外地"}).status_code == 302
    row = DoctorContract.objects.get()
    assert row.declined_because == "在外地"
    assert "在外地" in client.get(reverse("person", args=[somebody.pk])).content.decode()
    assert client.get(reverse("doctor_contract", args=[row.pk])).status_code == 200


@time_machine.travel(NOON)
def test_a_visit_is_added_and_withdrawn_on_the_pages() -> None:
    contract, client = signed(holder(1)), client_of(staff())
    address = reverse("doctor_contract", args=[contract.pk])
    assert client.post(address, {"visited_on": "2025-06-01", "content": "随访", "kind": "nursing"}).status_code == 302
    made = DoctorVisit.objects.get()
    assert "随访" in client.get(address).content.decode()
    withdraw = reverse("doctor_visit_withdraw", args=[made.pk])
    assert "会一起撤下" in client.get(withdraw).content.decode()
    assert client.post(withdraw, {"reason": "登记错"}).status_code == 302
    assert not DoctorVisit.objects.exists()
    assert not RehabService.objects.exists()


@time_machine.travel(NOON)
def test_the_export_holds_the_people_of_the_filter_and_is_noted_with_its_reason() -> None:
    somebody = holder(1)
    signed(holder(2))
    answer = client_of(staff()).post(reverse("doctor_export"), {"reason": "交卫生服务中心"})
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    rows = list(page.iter_rows(values_only=True))
    assert rows[1][1:3] == (somebody.name, somebody.id_number)
    assert rows[2][0] is None
    noted = AccessLog.objects.latest("pk")
    assert (noted.people, noted.reason) == (1, "交卫生服务中心")


@time_machine.travel(NOON)
def test_the_api_lists_contracts_masked() -> None:
    somebody = holder(1)
    signed(somebody)
    answer = client_of(staff()).get(reverse("api_doctor_contract-list"), {"year": 2025})
    (row,) = answer.json()["results"]
    assert row["team"] == "第一团队"
    assert row["name"] != somebody.name
    assert client_of(user(Role.LEADERSHIP)).get(reverse("api_doctor_contract-list")).status_code == 403
