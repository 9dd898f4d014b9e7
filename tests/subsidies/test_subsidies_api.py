"""The subsidies in the REST API: the pages' scope, masking and audit; read only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from registry.models import Person
from subsidies.models import Application, ApplicationStep, Finding, Grant, PaymentLine, PaymentRun, Standard
from tests.deliveries import user
from tests.records import community, holder, living, nursing
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db
API = "/api/v1/subsidies"
PEOPLE = ("applications", "grants", "living-payments", "nursing-payments", "payment-lines", "findings")
ALL = (*PEOPLE, "standards", "runs")
SINGLE = tuple(name for name in ALL if not name.endswith("ing-payments"))


def client(role: str, **where: Any) -> Client:
    found = Client()
    found.force_login(user(role, **where), backend="zalainuoer.roles.RoleBackend")
    return found


@pytest.fixture
def staff() -> Client:
    return client(Role.FEDERATION_STAFF)


@pytest.fixture
def street() -> Client:
    return client(Role.STREET_STAFF, street="第一街道")


def run(month: str = "2025-12-01", state: str = "locked") -> PaymentRun:
    at = "2025-12-10 10:00+08:00"
    known = PaymentRun.objects.filter(subsidy="living", month=month).first()
    return known or PaymentRun.objects.create(
        subsidy="living", month=month, state=state, pay_on=month, prepared_at=at, approved_at=at
    )


def line(of: PaymentRun, somebody: Person, kind: str = "regular", **facts: Any) -> PaymentLine:
    return PaymentLine.objects.create(
        run=of,
        person=somebody,
        subsidy="living",
        benefit_month=of.month,
        kind=kind,
        amount_yuan=125,
        community=somebody.community,
        is_locked=of.state == "locked",
        **facts,
    )


def everything(n: int = 1, **where: Any) -> dict[str, int]:
    """Somebody with a row behind every address: {address: its key}."""
    somebody = holder(n, **where)
    application = Application.objects.create(
        person=somebody,
        subsidy="living",
        state="granted",
        applied_on="2025-11-03",
        arrived_on="2025-11-10",
        accepted_in=community().parent,
        applicant_name="代办甲",
        applicant_phone="13812345678",
        reason="张三反映",
    )
    ApplicationStep.objects.create(
        application=application, kind="first_review", outcome="passed", opinion="入户见到", done_on="2025-11-05"
    )
    grant = Grant.objects.create(
        person=somebody, subsidy="living", first_month="2025-11-01", origin="application", granted_on="2025-12-01"
    )
    living(somebody)
    nursing(somebody)
    finding = Finding.objects.create(
        person=somebody,
        subsidy="living",
        kind="unentitled",
        cause="T6",
        clause="已退出低保，名册仍有发放。",
        source="国发〔2015〕52号",
        since_month="2025-12-01",
        found_on="2025-12-20",
        seen_on="2025-12-20",
    )
    standard = Standard.objects.get_or_create(
        subsidy="living", name="统一", amount_yuan=125, first_month="2020-01-01", document="某文"
    )[0]
    of = run()
    return {
        "person": somebody.pk,
        "applications": application.pk,
        "grants": grant.pk,
        "living-payments": somebody.livingpayments.get().pk,
        "nursing-payments": somebody.nursingpayments.get().pk,
        "payment-lines": line(of, somebody).pk,
        "findings": finding.pk,
        "standards": standard.pk,
        "runs": of.pk,
    }


def get(by: Client, path: str, **query: Any) -> Any:
    answer = by.get(f"{API}/{path}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def noted() -> AccessLog:
    return AccessLog.objects.latest("pk")


# what is told


@pytest.mark.parametrize("name", PEOPLE)
def test_a_list_is_masked_and_noted(staff: Client, name: str) -> None:
    known = everything()
    somebody = Person.objects.get(pk=known["person"])
    (found,) = get(staff, name)["results"]
    assert (found["id"], found["person"], found["name"]) == (known[name], somebody.pk, "某＊")
    assert found["id_number"] == f"1507**********{somebody.id_number[14:]}"
    assert (found["street"], found["subsidy"]) == ("第一街道", "nursing" if name.startswith("nursing") else "living")
    assert (noted().act, noted().people) == (AccessAct.LIST, 1)
    assert "接口" in noted().what


@pytest.mark.parametrize("name", [name for name in SINGLE if name in PEOPLE])
def test_one_row_is_masked_and_noted_by_whom_it_is_about(staff: Client, name: str) -> None:
    known = everything()
    assert get(staff, f"{name}/{known[name]}")["id"] == known[name]
    assert (noted().act, noted().person, noted().people) == (AccessAct.READ, known["person"], 1)


def test_no_answer_holds_a_full_name_or_number_or_what_was_written_freely(staff: Client) -> None:
    known = everything()
    somebody = Person.objects.get(pk=known["person"])
    for path in (*ALL, *(f"{name}/{known[name]}" for name in SINGLE)):
        body = staff.get(f"{API}/{path}/").content.decode()
        for secret in (somebody.id_number, "1980", somebody.name, "代办甲", "13812345678", "张三", "入户见到"):
            assert secret not in body, path


def test_an_application_tells_its_steps(staff: Client) -> None:
    known = everything()
    found = get(staff, f"applications/{known['applications']}")
    assert [(step["kind"], step["outcome"]) for step in found["steps"]] == [("first_review", "passed")]
    assert (found["state"], found["applied_on"]) == ("granted", "2025-11-03")


def test_a_run_tells_what_its_lines_come_to_in_ones_own_area(staff: Client, street: Client) -> None:
    known = everything(1)
    everything(2, street="第二街道")
    (found,) = get(staff, "runs")["results"]
    assert (found["code"], found["state"]) == ("A202512", "locked")
    assert found["totals"] == [{"kind": "regular", "lines": 2, "people": 2, "yuan": "250.00"}]
    assert get(street, f"runs/{known['runs']}")["totals"][0]["people"] == 1


def test_lines_of_a_draft_are_nobodys_payments_yet(staff: Client) -> None:
    draft = line(run("2026-01-01", "draft"), holder(1))
    assert get(staff, "payment-lines")["count"] == 0
    assert staff.get(f"{API}/payment-lines/{draft.pk}/").status_code == 404


def test_lists_are_filtered(staff: Client) -> None:
    known = everything(1)
    everything(2, street="第二街道")
    for name in PEOPLE:
        assert get(staff, name)["count"] == 2
        assert get(staff, name, person=known["person"])["count"] == 1
        assert get(staff, name, street=community("第二街道").parent_id)["count"] == 1
        assert get(staff, name, community=community().pk)["count"] == 1
    assert get(staff, "applications", state=["granted", "refused"], applied_from="2025-11-01")["count"] == 2
    assert get(staff, "applications", state="refused")["count"] == 0
    assert get(staff, "living-payments", month="2025-11-01")["count"] == 0
    assert get(staff, "payment-lines", kind="recovery")["count"] == 0
    assert get(staff, "findings", kind="unentitled", state="open", cause="T6")["count"] == 2
    assert get(staff, "grants", subsidy="nursing")["count"] == 0
    assert get(staff, "runs", year=2024)["count"] == 0
    assert staff.get(f"{API}/findings/", {"kind": "x"}).status_code == 400


def test_standards_in_force_are_found(staff: Client) -> None:
    everything()
    Standard.objects.create(
        subsidy="living", name="旧", amount_yuan=100, first_month="2018-01-01", last_month="2019-12-01", document="某文"
    )
    assert get(staff, "standards")["count"] == 2
    (found,) = get(staff, "standards", in_force="true")["results"]
    assert (found["amount_yuan"], found["document"]) == ("125.00", "某文")


def test_a_page_has_fifty(staff: Client) -> None:
    for n in range(1, 53):
        living(holder(n))
    found = get(staff, "living-payments")
    assert (found["count"], len(found["results"])) == (52, 50)


# who may


@pytest.mark.parametrize("name", ALL)
def test_without_a_login_the_answer_is_401(name: str) -> None:
    assert Client().get(f"{API}/{name}/").status_code == 401


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.LEADERSHIP, Role.LIAISON])
def test_who_has_nothing_to_do_with_the_subsidies_gets_403(role: str, name: str) -> None:
    known = everything()
    by = client(role, department="民政局")
    assert by.get(f"{API}/{name}/").status_code == 403
    if name in SINGLE:
        assert by.get(f"{API}/{name}/{known[name]}/").status_code == 403


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("role", [Role.STREET_STAFF, Role.CIVIL_STAFF, Role.SYSTEM_CLIENT])
def test_whose_work_it_is_reads_them(role: str, name: str) -> None:
    everything()
    by = APIClient()
    by.force_authenticate(user(role, street="第一街道"))
    assert by.get(f"{API}/{name}/").json()["count"] == 1


@pytest.mark.parametrize("name", PEOPLE)
def test_outside_the_own_area_nothing_is_found_or_counted(street: Client, name: str) -> None:
    known = everything(1, street="第二街道")
    assert get(street, name)["count"] == 0
    assert get(street, name, person=known["person"])["count"] == 0
    if name in SINGLE:
        assert street.get(f"{API}/{name}/{known[name]}/").status_code == 404


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_written(staff: Client, name: str) -> None:
    pk = everything()[name]
    for method in (staff.post, staff.put, staff.patch, staff.delete):
        assert method(f"{API}/{name}/").status_code == 405
        assert method(f"{API}/{name}/{pk}/").status_code in (404, 405)


@pytest.mark.parametrize("name", ALL)
def test_statements_do_not_grow_with_rows(staff: Client, name: str) -> None:
    counts = []
    for numbers in (range(1, 3), range(3, 15)):
        for n in numbers:
            everything(n)
            run(f"20{n + 10}-01-01")
        staff.get(f"{API}/{name}/")
        with CaptureQueriesContext(connection) as captured:
            assert get(staff, name)["count"] > 0
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_description_tells_every_address(staff: Client) -> None:
    paths = staff.get("/api/schema/?format=json").json()["paths"]
    for name in ALL:
        summary = paths[f"/api/v1/subsidies/{name}/"]["get"]["summary"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in summary)
    page = staff.get("/api/docs/").content.decode()
    assert "两项补贴" in page
    assert "核定享受" in page
