"""The pages of public places, notices and reports: what they show, to whom, and what they send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accessibility.models import BarrierCase, Facility, RectificationNotice
from registry.services.facts import version
from tests.accessibility.test_places import barrier, facility, notice, report, staff
from tests.records import community
from tests.visiting import client_of, logged_in
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2025-09-30 10:00+08:00", tick=False):
        yield


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, address: str, *args: Any, **data: Any) -> None:
    answer = client.post(reverse(address, args=args), data)
    assert answer.status_code == 302, answer.context["form"].errors


def test_a_place_is_entered_inspected_notified_and_found_removed() -> None:
    client = client_of(staff())
    send(client, "facility_add", name="某大厅", kind="service", community=community().pk, keeper="某单位")
    place = Facility.objects.get()
    facts = {"inspected_on": "2025-09-01", "team": "体验促进队", "place_1": "入口", "found_1": "坡道过陡"}
    send(client, "inspection_add", place.pk, **facts)
    found = place.inspections.get().barriers.get()
    assert "坡道过陡" in page(client, "facility", place.pk)
    send(client, "notice_issue", place.pk, barriers=[found.pk], issued_on="2025-09-26", working_days=1)
    made = RectificationNotice.objects.get()
    assert "坡道过陡" in page(client, "notice_letter", made.pk)
    assert AccessLog.objects.filter(act=AccessAct.PRINT, what__contains=str(made)).exists()
    send(client, "inspection_add", place.pk, inspected_on="2025-09-30", team="体验促进队", removed=[found.pk])
    assert "已消除 1 项" in page(client, "facility", place.pk)


def test_a_place_is_changed_with_a_reason() -> None:
    by = staff()
    row = facility(by)
    facts = {"name": row.name, "kind": row.kind, "community": row.community_id, "keeper": "新单位"}
    answer = client_of(by).post(reverse("facility_change", args=[row.pk]), {**facts, "seen": version(row)})
    assert answer.status_code == 200
    send(client_of(by), "facility_change", row.pk, **facts, seen=version(row), reason="更名")
    row.refresh_from_db()
    assert row.keeper == "新单位"


def test_an_inspection_asks_for_the_other_half_of_a_barrier() -> None:
    by = staff()
    facts = {"inspected_on": "2025-09-01", "team": "体验促进队", "found_1": "坡道过陡"}
    answer = client_of(by).post(reverse("inspection_add", args=[facility(by).pk]), facts)
    assert "也要写明具体位置" in answer.content.decode()


def test_a_withdrawn_notice_is_not_printed() -> None:
    by = staff()
    place = facility(by)
    made = notice(place, barrier(place, by), by=by)
    send(client_of(by), "notice_withdraw", made.pk, reason="对象有误")
    assert client_of(by).get(reverse("notice_letter", args=[made.pk])).status_code == 404
    assert "对象有误" in page(client_of(by), "facility", place.pk)


def test_an_overdue_notice_is_found_by_the_filter_alone() -> None:
    by = staff()
    place, other = facility(by), facility(by, name="另一处")
    notice(place, barrier(place, by), by=by, working_days=1)
    barrier(other, by)
    shown = page(client_of(by), "facility_list", show="overdue")
    assert place.name in shown
    assert other.name not in shown


def test_the_list_counts_the_bays_a_car_park_lacks() -> None:
    by = staff()
    facility(by, bays=51, accessible_bays=1)
    assert "应有 2 个，现有 1 个，缺 1 个" in page(client_of(by), "facility_list")


def test_a_report_is_received_handed_on_answered_and_rated() -> None:
    client = client_of(staff())
    facts = {"channel": "12345", "received_on": "2025-09-26", "topic": "盲道被占", "place": "某路口"}
    send(client, "barrier_case_add", **facts, community=community().pk, due_on="2025-09-29")
    row = BarrierCase.objects.get()
    assert "逾期" in page(client, "barrier_case", row.pk)
    send(client, "barrier_case_act", row.pk, "transfer", seen="open", to="住建局", transferred_on="2025-09-30")
    send(client, "barrier_case_act", row.pk, "reply", seen="transferred", reply="已清理", replied_on="2025-09-30")
    send(client, "barrier_case_act", row.pk, "rate", seen="replied", satisfaction="5")
    assert "盲道被占" not in page(client, "barrier_case_list")
    assert "盲道被占" in page(client, "barrier_case_list", show="all")


def test_a_report_is_withdrawn_with_a_reason() -> None:
    by = staff()
    row = report(by)
    send(client_of(by), "barrier_case_act", row.pk, "withdraw", seen="open", reason="重复登记")
    assert "重复登记" in page(client_of(by), "barrier_case", row.pk)


def test_another_street_sees_nothing_of_them() -> None:
    by = staff()
    place, case = facility(by), report(by)
    made = notice(place, barrier(place, by), by=by)
    other = logged_in(Role.STREET_STAFF, street="第二街道")
    for name, pk in (
        ("facility", place.pk),
        ("inspection_add", place.pk),
        ("facility_change", place.pk),
        ("notice_letter", made.pk),
        ("barrier_case", case.pk),
    ):
        assert other.get(reverse(name, args=[pk])).status_code == 404
    assert other.get(reverse("barrier_case_act", args=[case.pk, "reply"])).status_code == 404
    assert place.name not in page(other, "facility_list")
    assert case.topic not in page(other, "barrier_case_list", show="all")


def test_a_street_writes_no_notice_on_the_page() -> None:
    place = facility(staff())
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    assert client.get(reverse("notice_issue", args=[place.pk])).status_code == 403


def statements(client: Client, name: str, *args: Any) -> int:
    page(client, name, *args)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(client, name, *args)
    return len(caught)


def test_more_places_and_reports_ask_no_more_of_the_database() -> None:
    by = staff()
    client, place = client_of(by), facility(by)
    barrier(place, by)
    report(by, facility=place)
    pages = (("facility_list",), ("barrier_case_list",), ("facility", place.pk))
    before = [statements(client, *each) for each in pages]
    for n in range(5):
        barrier(facility(by, name=f"第{n}处"), by)
        barrier(place, by)
        report(by, source_number=f"Q{n}", facility=place)
    assert [statements(client, *each) for each in pages] == before
