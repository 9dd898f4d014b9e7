"""The REST API's figures: counts for whoever sees figures, people only for those who may, each in the own area."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators import services
from indicators.models import Snapshot, SnapshotKind
from registry.models import Person
from tests.deliveries import fact, holder, upload
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct, AccessLog, Department, Division, Role, User

pytestmark = pytest.mark.django_db
API = "/api/v1"
NIGHT = datetime.date(2025, 12, 31)
HOLDERS = range(1, 5)


def client(role: str, *, department: str | None = None, division: Division | None = None) -> Client:
    user = User.objects.create(
        username=f"{role}-api",
        name="某人",
        role=role,
        department=Department.objects.get(name=department) if department else None,
        division=division,
    )
    found = Client()
    found.force_login(user, backend="zalainuoer.roles.RoleBackend")
    return found


@pytest.fixture
def snapshot() -> Snapshot:
    """Four holders of one street, the first two of them insured; a retrofit in the first one's home."""
    people = [holder(i) for i in HOLDERS]
    upload("registry", people)
    upload("medical-enrolment", [fact("medical-enrolment", person) for person in people[:2]])
    upload("home-retrofits", [fact("home-retrofits", people[0])])
    return services.take_snapshot(night=NIGHT, kind=SnapshotKind.NIGHTLY)


@pytest.fixture
def leader(snapshot: Snapshot) -> Client:
    return client(Role.LEADERSHIP)


@pytest.fixture
def staff(snapshot: Snapshot) -> Client:
    return client(Role.FEDERATION_STAFF, department="区残联")


def street(client_of: str, name: str) -> Client:
    return client(client_of, division=Division.objects.streets().get(name=name))


def numbers_of(answer: Any) -> list[str]:
    return [member["id_number"] for member in answer.json()["results"]]


def test_the_newest_snapshot_has_the_eleven_in_the_plans_order(leader: Client) -> None:
    found = leader.get(f"{API}/snapshots/latest/").json()
    assert [figure["number"] for figure in found["figures"]] == list(range(1, 12))
    assert (found["night"], found["on_register"]) == ("2025-12-31", 4)


def test_a_figure_is_told_with_target_status_and_streets(leader: Client) -> None:
    found = leader.get(f"{API}/figures/7/").json()
    assert (found["numerator"], found["denominator"], found["value"]) == (2, 4, "50.0%")
    assert (found["target"], found["region_target"], found["nature"]) == ("＞90%", "＞95%", "预期性")
    assert (found["status"]["code"], found["status"]["is_met"]) == ("below", False)
    assert found["by_street"] == [{"street": "第一街道", "numerator": 2, "denominator": 4}]
    assert found["data_period"] == "2025年"


def test_a_figure_that_cannot_be_computed_says_why(leader: Client) -> None:
    found = leader.get(f"{API}/figures/1/").json()
    assert (found["value"], found["status"]["label"]) == ("—", "无法计算")
    assert "家庭收入调查" in found["reason"]


def test_leadership_gets_counts_and_no_people(leader: Client) -> None:
    assert leader.get(f"{API}/figures/7/").json()["lists"] == []
    assert leader.get(f"{API}/figures/7/people/missing/").status_code == 403


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SYSTEM_ADMINISTRATOR])
def test_who_may_not_see_figures_sees_none(snapshot: Snapshot, role: str) -> None:
    own = client(role, department="民政局")
    for path in (
        "snapshots/",
        "snapshots/latest/",
        f"snapshots/{snapshot.pk}/",
        "figures/7/",
        "figures/7/people/missing/",
    ):
        assert own.get(f"{API}/{path}").status_code == 403, path


def test_staff_opens_a_figure_down_to_the_people_with_reasons(staff: Client) -> None:
    assert staff.get(f"{API}/figures/7/").json()["lists"] == ["missing", "numerator"]
    found = staff.get(f"{API}/figures/7/people/missing/").json()
    assert found["count"] == 2
    assert all("参保名册中没有此人" in member["reasons"][0] for member in found["results"])
    assert {member["street"] for member in found["results"]} == {"第一街道"}


def test_id_numbers_are_masked_and_the_reading_is_noted(staff: Client) -> None:
    shown = numbers_of(staff.get(f"{API}/figures/7/people/numerator/"))
    assert len(shown) == 2
    assert all(number[4:14] == "*" * 10 for number in shown)
    note = AccessLog.objects.get(act=AccessAct.LIST)
    assert note.people == 2
    assert "指标7" in note.what


def test_households_are_listed_by_their_head(staff: Client) -> None:
    found = staff.get(f"{API}/figures/11/people/numerator/").json()["results"]
    assert [(member["name"], member["community"]) for member in found] == [
        (masked_name(str(holder(1)["姓名"])), "友谊社区")
    ]


def test_street_staff_sees_the_own_streets_counts_and_people(snapshot: Snapshot) -> None:
    own = street(Role.STREET_STAFF, "第一街道")
    assert own.get(f"{API}/figures/7/").json()["denominator"] == 4
    assert own.get(f"{API}/figures/7/people/missing/").json()["count"] == 2


def test_another_street_sees_nobody(snapshot: Snapshot) -> None:
    other = street(Role.STREET_STAFF, "第二街道")
    found = other.get(f"{API}/figures/7/").json()
    assert (found["numerator"], found["denominator"], found["by_street"]) == (0, 0, [])
    assert found["status"]["code"] == "not_computable"
    for which in ("missing", "numerator"):
        assert other.get(f"{API}/figures/7/people/{which}/").json()["count"] == 0
    assert other.get(f"{API}/figures/11/people/numerator/").json()["count"] == 0


def test_the_list_narrows_to_a_street(staff: Client) -> None:
    first, second = (Division.objects.streets().get(name=name).pk for name in ("第一街道", "第二街道"))
    path = f"{API}/figures/7/people/missing/"
    assert staff.get(f"{path}?street={first}").json()["count"] == 2
    assert staff.get(f"{path}?street={second}").json()["count"] == 0


@pytest.mark.parametrize(
    "path", ["figures/12/", "figures/7/people/denominators/", "figures/1/people/missing/", "snapshots/0/"]
)
def test_what_does_not_exist_is_not_found(staff: Client, path: str) -> None:
    assert staff.get(f"{API}/{path}").status_code == 404


def test_before_the_first_night_there_is_nothing_to_find() -> None:
    assert client(Role.LEADERSHIP).get(f"{API}/snapshots/latest/").status_code == 404


def test_a_stored_snapshot_keeps_what_was_known(leader: Client, snapshot: Snapshot) -> None:
    upload("medical-enrolment", [fact("medical-enrolment", holder(i)) for i in HOLDERS])
    later = services.take_snapshot(night=NIGHT + datetime.timedelta(days=1), kind=SnapshotKind.NIGHTLY)
    old, new = (leader.get(f"{API}/snapshots/{pk}/").json()["figures"][6] for pk in (snapshot.pk, later.pk))
    assert (old["numerator"], new["numerator"]) == (2, 4)
    assert [found["id"] for found in leader.get(f"{API}/snapshots/").json()["results"]] == [later.pk, snapshot.pk]


@pytest.mark.parametrize("path", ["snapshots/", "snapshots/latest/", "figures/7/"])
def test_the_number_of_statements_does_not_grow_with_the_nights(leader: Client, path: str) -> None:
    counts = []
    for nights in (1, 3):
        for night in range(nights):
            day = NIGHT + datetime.timedelta(days=10 * nights + night)
            services.take_snapshot(night=day, kind=SnapshotKind.NIGHTLY)
        with CaptureQueriesContext(connection) as captured:
            assert leader.get(f"{API}/{path}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_number_of_statements_does_not_grow_with_the_people(staff: Client, snapshot: Snapshot) -> None:
    counts = []
    for most in (5, 41):
        upload("registry", [holder(i) for i in range(1, most)])
        services.take_snapshot(night=NIGHT + datetime.timedelta(days=most), kind=SnapshotKind.NIGHTLY)
        with CaptureQueriesContext(connection) as captured:
            found = staff.get(f"{API}/figures/7/people/missing/").json()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert found["count"] == Person.objects.count() - 2
