"""Lists of public places, notices and reports on their way out, and to other systems: what is in them, and for whom."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accessibility.services import places
from tests.accessibility.test_places import TODAY, barrier, facility, notice, report, staff
from tests.visiting import client_of, logged_in
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db
EXPORTS = ("facility_export", "notice_export", "barrier_case_export")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2025-09-30 10:00+08:00", tick=False):
        yield


def taken_out(client: Client, name: str, query: str = "", reason: str = "送住建局督办") -> list[dict[str, Any]]:
    """The rows of the workbook by heading, without the last one that says who took it out."""
    answer = client.post(f"{reverse(name)}?{query}", {"reason": reason})
    page = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert page is not None
    headings, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows if isinstance(row[0], int)]


def test_the_inventory_goes_out_as_filtered_with_what_is_missing_and_why_it_left() -> None:
    by = staff()
    place = facility(by, bays=51, accessible_bays=1)
    notice(place, barrier(place, by), by=by, working_days=1)
    facility(by, name="另一处", kind="service")
    (row,) = taken_out(client_of(by), "facility_export", "kind=parking")
    assert (row["名称"], row["应有无障碍停车位数"], row["缺无障碍停车位数"]) == (place.name, 2, 1)
    assert (row["未消除障碍"], row["整改逾期"]) == (1, 1)
    noted = AccessLog.objects.get(act=AccessAct.EXPORT)
    assert (noted.what, noted.reason, noted.people) == ("导出无障碍设施台账：类别：停车场", "送住建局督办", 0)


def test_what_the_filter_does_not_know_takes_nothing_out() -> None:
    by = staff()
    facility(by)
    page = client_of(by).get(reverse("facility_export") + "?kind=castle").content.decode()
    assert "没有可以导出的记录" in page
    assert taken_out(client_of(by), "facility_export", "kind=castle") == []


def test_notices_go_out_with_their_state() -> None:
    by = staff()
    place, late = facility(by), facility(by, name="逾期处")
    taken_back = notice(place, barrier(place, by), by=by)
    places.notice_withdraw(notice=taken_back, reason="对象有误", by=by, today=TODAY)
    found = barrier(place, by)
    notice(place, found, by=by)
    places.inspection_add(facility=place, inspected_on=TODAY, team="某队", removed=[found.pk], by=by, today=TODAY)
    notice(late, barrier(late, by), by=by, working_days=1)
    notice(late, barrier(late, by), by=by, working_days=3)
    rows = taken_out(client_of(by), "notice_export")
    assert [(row["文号"], row["情况"]) for row in rows] == [
        ("〔2025〕1号", "已撤回"), ("〔2025〕2号", "已消除"), ("〔2025〕3号", "逾期"), ("〔2025〕4号", "整改中"),
    ]  # fmt: skip
    assert [row["要求整改"] for row in rows] == [0, 1, 1, 1]


def test_reports_go_out_as_filtered_those_overdue_marked() -> None:
    by = staff()
    report(by, due_on=TODAY.replace(day=29))
    done = report(by, source_number="R2", topic="坡道过陡")
    places.barrier_case_reply(case=done, reply="已改", replied_on=TODAY, by=by, today=TODAY, seen="open")
    assert [(row["反映事项"], row["逾期"]) for row in taken_out(client_of(by), "barrier_case_export")] == [
        ("盲道被占", "是")
    ]
    (row,) = taken_out(client_of(by), "barrier_case_export", "show=replied")
    assert (row["反映事项"], row["逾期"], row["答复内容"]) == ("坡道过陡", None, "已改")


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_leaves_without_a_reason_or_with_a_number_in_it(name: str) -> None:
    by = staff()
    place = facility(by)
    notice(place, barrier(place, by), by=by)
    report(by)
    for reason in ("", "给 13800000001"):
        assert client_of(by).post(reverse(name), {"reason": reason}).status_code == 200
    assert not AccessLog.objects.filter(act=AccessAct.EXPORT).exists()


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("role", [Role.STREET_STAFF, Role.LEADERSHIP])
def test_only_the_federation_takes_lists_out(role: str, name: str) -> None:
    client = logged_in(role, street="第一街道" if role == Role.STREET_STAFF else None)
    assert client.get(reverse(name)).status_code == 403


def asked(client: Client, what: str, **query: str) -> Any:
    answer = client.get(f"/api/v1/accessibility/{what}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_other_systems_read_places_notices_and_reports() -> None:
    by = staff()
    place = facility(by, bays=51, accessible_bays=1)
    made = notice(place, barrier(place, by), by=by, working_days=1)
    case = report(by, facility=place)
    client = client_of(by)
    (row,) = asked(client, "facilities", kind="parking")["results"]
    assert (row["id"], row["bays"], row["standing"], row["overdue"]) == (place.pk, 51, 1, 1)
    assert asked(client, "facilities", kind="road")["results"] == []
    (row,) = asked(client, "notices", year="2025")["results"]
    assert (row["id"], row["facility"], row["barriers"], row["standing"]) == (made.pk, place.pk, 1, 1)
    (row,) = asked(client, "cases", state="open", due_before="2025-10-11")["results"]
    assert (row["id"], row["facility"], row["owner"]) == (case.pk, place.pk, by.name)
    assert asked(client, "cases", due_before="2025-10-10")["results"] == []


def test_the_interface_tells_nothing_of_another_area_and_leadership_nothing_at_all() -> None:
    by = staff()
    place, case = facility(by), report(by)
    made = notice(place, barrier(place, by), by=by)
    elsewhere, leader = logged_in(Role.STREET_STAFF, street="第二街道"), logged_in(Role.LEADERSHIP)
    for what, pk in (("facilities", place.pk), ("notices", made.pk), ("cases", case.pk)):
        assert asked(elsewhere, what)["results"] == []
        assert elsewhere.get(f"/api/v1/accessibility/{what}/{pk}/").status_code == 404
        assert leader.get(f"/api/v1/accessibility/{what}/").status_code == 403
        assert client_of(by).post(f"/api/v1/accessibility/{what}/", {}).status_code == 405


def test_more_rows_ask_no_more_of_the_database() -> None:
    by = staff()
    client = client_of(by)

    def statements() -> list[int]:
        counts = []
        for name in ("facilities", "notices", "cases"):
            with CaptureQueriesContext(connection) as caught:
                asked(client, name)
            counts.append(len(caught))
        for name in EXPORTS:
            with CaptureQueriesContext(connection) as caught:
                taken_out(client, name)
            counts.append(len(caught))
        return counts

    def more(n: int) -> None:
        place = facility(by, name=f"第{n}处")
        notice(place, barrier(place, by), by=by)
        report(by, source_number=f"Q{n}", facility=place)

    more(0)
    statements()
    before = statements()
    for n in range(1, 6):
        more(n)
    assert statements() == before
