"""The registry in the REST API: the pages' scope, masking and audit, for people, certificates and households."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from registry.models import FormerIdentity, Person
from registry.services.identity import phone_fields
from tests import records
from tests.deliveries import id_number, user
from zalainuoer.common.models import AccessAct, AccessLog, Role, User

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def staff() -> Client:
    return client(user(Role.FEDERATION_STAFF, department="区残联"))


@pytest.fixture
def street() -> Client:
    return client(user(Role.STREET_STAFF, department="区残联", street="第一街道"))


def client(of: User) -> Client:
    found = Client()
    found.force_login(of, backend="zalainuoer.roles.RoleBackend")
    return found


def known(n: int = 1, **change: Any) -> Person:
    """A holder with a phone and an address on file."""
    found = records.holder(n, **change)
    Person.objects.filter(pk=found.pk).update(
        **phone_fields("phone", f"1380000{n:04d}"),
        **phone_fields("guardian_phone", f"1390000{n:04d}"),
        guardian_name="王监护",
        address="友谊路5号",
    )
    found.refresh_from_db()
    return found


def noted() -> AccessLog:
    return AccessLog.objects.latest("pk")


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_list_is_masked_and_noted(staff: Client) -> None:
    person = known()
    answer = staff.get(f"{API}/people/").json()
    (found,) = answer["results"]
    assert (found["id"], found["name"], found["age"]) == (person.pk, "某＊", found["age"])
    assert found["id_number"] == f"1507**********{person.id_number[14:]}"
    assert (found["street"], found["category"], found["level"]) == ("第一街道", "肢体残疾", "二级")
    assert found["states"] == ["正常"]
    assert (noted().act, noted().people) == (AccessAct.SEARCH, 1)


def test_masked_answers_hold_nothing_to_put_the_number_together_again(staff: Client) -> None:
    person = known(born="1987-06-05")
    for path in ("people/", f"people/{person.pk}/", "certificates/", f"certificates/{person.pk}/", "households/"):
        body = staff.get(f"{API}/{path}").content.decode()
        for secret in (person.id_number, "1987-06-05", "19870605", person.name, person.phone, person.guardian_name):
            assert str(secret) not in body, path


def test_people_are_found_as_on_the_page(staff: Client) -> None:
    person, other = known(1), known(2)
    for text in (person.id_number, person.id_number[-4:], person.phone, "mou", f"{person.id_number}42"):
        found = staff.get(f"{API}/people/", {"q": text}).json()
        assert person.pk in {each["id"] for each in found["results"]}, text
    assert staff.get(f"{API}/people/", {"q": other.id_number}).json()["count"] == 1
    assert other.id_number not in AccessLog.objects.latest("pk").what


def test_filters_are_the_pages(staff: Client) -> None:
    known(1)
    known(2, level="4")
    assert staff.get(f"{API}/people/", {"level": "4"}).json()["count"] == 1
    refused = staff.get(f"{API}/people/", {"category": "9"})
    assert refused.status_code == 400
    assert "category" in refused.json()


def test_a_past_days_register_is_listed(staff: Client) -> None:
    person = records.person(1)
    records.certificate(person, held_until="2025-01-01")
    records.certificate(person, held_from="2025-01-01", level="1", issued_on="2025-01-01", expires_on="2034-12-31")
    listed = [staff.get(f"{API}/people/", query).json()["results"][0] for query in ({"on": "2024-12-31"}, {})]
    assert [each["level"] for each in listed] == ["二级", "一级"]


def test_a_page_has_fifty(staff: Client) -> None:
    for n in range(1, 53):
        records.holder(n)
    answer = staff.get(f"{API}/people/").json()
    assert (answer["count"], len(answer["results"])) == (52, 50)


def test_one_person_is_masked_and_noted_by_key(staff: Client) -> None:
    person = known()
    found = staff.get(f"{API}/people/{person.pk}/").json()
    assert (found["phone"], found["guardian_name"], found["guardian_phone"]) == ("138****0001", "王＊＊", "139****0001")
    assert (found["born_on"], found["address"], found["is_revealed"]) == (None, None, False)
    assert found["certificate_number"].startswith("1507**********")
    assert found["household"] == person.certificates.get().household_id
    assert (noted().act, noted().person, noted().people) == (AccessAct.READ, person.pk, 1)


def test_a_child_without_a_certificate_is_a_person_too(staff: Client) -> None:
    child = records.person(1, born="2019-01-01")
    found = staff.get(f"{API}/people/{child.pk}/").json()
    assert (found["category"], found["certificate_number"], found["states"]) == (None, None, ["未办证"])


def test_full_values_need_a_reason_and_are_noted_with_it(staff: Client) -> None:
    person = known()
    assert staff.get(f"{API}/people/{person.pk}/", {"reveal": "1"}).status_code == 400
    assert staff.get(f"{API}/people/{person.pk}/", {"reveal": "1", "reason": person.id_number}).status_code == 400
    found = staff.get(f"{API}/people/{person.pk}/", {"reveal": "1", "reason": "核对材料"}).json()
    assert (found["name"], found["id_number"], found["phone"]) == (person.name, person.id_number, person.phone)
    assert (found["born_on"], found["address"]) == ("1980-01-01", "友谊路5号")
    assert found["certificate_number"] == f"{person.id_number}42"
    assert (noted().act, noted().person, noted().reason) == (AccessAct.UNMASK, person.pk, "核对材料")


def test_full_values_are_not_for_a_connected_system() -> None:
    person, system = known(), user(Role.SYSTEM_CLIENT)
    own = APIClient()
    own.force_authenticate(system)
    assert own.get(f"{API}/people/{person.pk}/").status_code == 200
    refused = own.get(f"{API}/people/{person.pk}/", {"reveal": "1", "reason": "核对材料"})
    assert refused.status_code == 403
    assert person.id_number not in refused.content.decode()
    assert not AccessLog.objects.filter(act=AccessAct.UNMASK).exists()


def test_full_values_are_asked_for_slowly(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {**SimpleRateThrottle.THROTTLE_RATES, "reveal": "1/min"}
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", rates)
    address = f"{API}/people/{known().pk}/"
    asked = {"reveal": "1", "reason": "核对材料"}
    assert [staff.get(address, asked).status_code for _ in range(2)] == [200, 429]
    assert staff.get(address).status_code == 200


# --- certificates ----------------------------------------------------------------------------------------------------


def test_certificates_are_todays_statements(staff: Client) -> None:
    person = records.person(1)
    records.certificate(person, held_until="2025-01-01")
    records.certificate(person, held_from="2025-01-01", level="1", issued_on="2025-01-01", expires_on="2034-12-31")
    answer = staff.get(f"{API}/certificates/").json()
    (found,) = answer["results"]
    assert (found["person"], found["level"], found["name"]) == (person.pk, "一级", "某＊")
    assert found["number"] == f"1507**********{person.id_number[14:]}**"
    assert (noted().act, noted().people) == (AccessAct.LIST, 1)


def test_a_certificate_tells_its_numbers_masked(staff: Client) -> None:
    person = records.person(1)
    records.certificate(person, held_until="2025-01-01")
    records.certificate(person, held_from="2025-01-01", level="1", issued_on="2025-01-01", expires_on="2034-12-31")
    FormerIdentity.objects.create(
        person=person,
        id_number=id_number(9),
        id_index=FormerIdentity._meta.get_field("id_index").of(id_number(9)),
        until="2022-01-01",
        reason="公安更正",
    )
    found = staff.get(f"{API}/certificates/{person.pk}/")
    numbers = found.json()["numbers"]
    assert [each["why"] for each in numbers] == ["首次发证", "身份证号更正", "类别等级变更"]
    assert all(each["number"].startswith("1507**********") for each in numbers)
    assert id_number(9) not in found.content.decode()
    assert noted().person == person.pk


def test_certificates_are_filtered(staff: Client) -> None:
    records.holder(1, expires_on="2026-01-01")
    records.holder(2, category="6")
    assert staff.get(f"{API}/certificates/", {"category": "6"}).json()["count"] == 1
    assert staff.get(f"{API}/certificates/", {"expires_before": "2027-01-01"}).json()["count"] == 1


# --- households ------------------------------------------------------------------------------------------------------


def test_a_household_names_its_holders_masked(staff: Client) -> None:
    home = records.household(id_number(1))
    head, other = records.holder(1, home=home), records.holder(2, home=home)
    (listed,) = staff.get(f"{API}/households/").json()["results"]
    assert (listed["id"], listed["holders"]) == (home.pk, 2)
    assert noted().people == 2
    found = staff.get(f"{API}/households/{home.pk}/").json()
    assert {(each["person"], each["is_head"]) for each in found["members"]} == {(head.pk, True), (other.pk, False)}
    assert found["head_id_number"] == f"1507**********{head.id_number[14:]}"


def test_of_a_household_in_two_areas_each_sees_its_own(street: Client) -> None:
    home = records.household(id_number(1))
    here = records.holder(1, home=home)
    records.holder(2, home=home, street="第二街道")
    (listed,) = street.get(f"{API}/households/").json()["results"]
    assert listed["holders"] == 1
    assert [each["person"] for each in street.get(f"{API}/households/{home.pk}/").json()["members"]] == [here.pk]


# --- divisions -------------------------------------------------------------------------------------------------------


def test_divisions_are_a_tree(staff: Client) -> None:
    (region,) = staff.get(f"{API}/divisions/").json()
    district = region["children"][0]["children"][0]
    assert (region["level"], district["level"], len(district["children"])) == ("region", "district", 6)
    one = staff.get(f"{API}/divisions/{district['children'][0]['id']}/").json()
    assert one == district["children"][0]


def test_somebody_of_a_street_sees_the_streets_divisions(street: Client) -> None:
    (top,) = street.get(f"{API}/divisions/").json()
    assert (top["name"], len(top["children"])) == ("第一街道", 3)
    assert street.get(f"{API}/divisions/{top['parent_id']}/").status_code == 404


# --- who may, and what it costs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["people/", "certificates/", "households/"])
def test_outside_the_own_area_nothing_is_found_or_counted(street: Client, path: str) -> None:
    outsider = records.holder(1, street="第二街道")
    assert street.get(f"{API}/{path}").json()["count"] == 0
    assert street.get(f"{API}/people/", {"q": outsider.id_number}).json()["count"] == 0
    pk = outsider.certificates.get().household_id if path == "households/" else outsider.pk
    assert street.get(f"{API}/{path}{pk}/").status_code == 404
    assert street.get(f"{API}/people/{outsider.pk}/", {"reveal": "1", "reason": "核对"}).status_code == 404


@pytest.mark.parametrize("path", ["people/", "certificates/", "households/"])
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.LEADERSHIP])
def test_who_sees_no_people_sees_none_here(role: str, path: str) -> None:
    assert client(user(role)).get(f"{API}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["people/", "certificates/", "households/", "divisions/"])
def test_nothing_is_written(staff: Client, path: str) -> None:
    pk = known().pk
    for method in (staff.post, staff.put, staff.patch, staff.delete):
        assert method(f"{API}/{path}").status_code == 405
        assert method(f"{API}/{path}{pk}/").status_code in (404, 405)


@pytest.mark.parametrize("path", ["people/", "certificates/", "households/", "people/?q=mou&level=2"])
def test_the_number_of_statements_does_not_grow_with_the_people(staff: Client, path: str) -> None:
    counts = []
    for numbers in (range(1, 3), range(3, 20)):
        for n in numbers:
            known(n)
        staff.get(f"{API}/{path}")
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(f"{API}/{path}").json()["count"] > 0
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_number_of_statements_does_not_grow_with_the_members(staff: Client) -> None:
    home = records.household(id_number(1))
    counts = []
    for numbers in (range(1, 2), range(2, 9)):
        for n in numbers:
            records.holder(n, home=home)
        with CaptureQueriesContext(connection) as captured:
            staff.get(f"{API}/households/{home.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
