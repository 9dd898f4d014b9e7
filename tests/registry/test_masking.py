"""What is masked, how it is shown on request, and that no full number is ever shown without a note (golden test 16)."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.models import SnapshotKind
from indicators.services import ZONE, take_snapshot
from registry.masking import masked_birth, masked_certificate, secrets_of
from registry.models import Person
from registry.services.identity import phone_fields
from tests import records
from tests.deliveries import user
from zalainuoer.common.models import AccessAct, AccessLog, Role, User

pytestmark = [pytest.mark.django_db]
BACKEND = "zalainuoer.roles.RoleBackend"
WHY = {"reason": "call", "note": "通知换证"}


def client(by: User) -> Client:
    found = Client()
    found.force_login(by, backend=BACKEND)
    return found


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF)


@pytest.fixture
def somebody() -> Person:
    person = records.holder(1)
    for name, value in {
        "name": "欧阳明珠",
        "address": "光明路5号楼302",
        "guardian_name": "欧阳国强",
        **phone_fields("phone", "13812340000"),
        **phone_fields("guardian_phone", "13987654321"),
    }.items():
        setattr(person, name, value)
    person.save()
    return Person.objects.get(pk=person.pk)


def full_values(person: Person) -> list[str]:
    certificate = person.certificates.get()
    return [person.name, person.id_number, certificate.number, "13812340000", "13987654321", "光明路5号楼302",
            "欧阳国强", person.born_on.isoformat()]  # fmt: skip


@pytest.mark.parametrize("how", ["", "print/"])
def test_everything_that_tells_is_masked_on_the_page(staff: User, somebody: Person, how: str) -> None:
    text = client(staff).get(f"/people/{somebody.pk}/{how}").content.decode()
    assert [value for value in full_values(somebody) if value in text] == []
    for shown in ("欧＊＊＊", "1507**********", "138****0000", "139****4321", "1980-**-**"):
        assert shown in text


def test_a_certificate_number_is_masked_without_category_and_level() -> None:
    assert masked_certificate("150799198001010018" + "42B1") == "1507**********0018**B1"
    assert masked_birth("1980-01-01") == "1980-**-**"


def test_the_marks_on_the_page_hold_nothing_of_the_values(somebody: Person) -> None:
    for secret in secrets_of(somebody):
        assert secret.full not in secret.key
        assert "42" not in secret.key.rpartition("-")[0]


class TestShowing:
    def asked(self, by: User, person: Person, *, scripts: bool = False, **data: Any) -> Any:
        headers = {"HX-Request": "true"} if scripts else {}
        return client(by).post(f"/people/{person.pk}/reveal/", data or WHY, headers=headers)

    def test_without_scripts_the_page_itself_shows_everything_and_no_cache_keeps_it(
        self, staff: User, somebody: Person
    ) -> None:
        answer = self.asked(staff, somebody)
        text = answer.content.decode()
        assert [value for value in full_values(somebody) if value not in text] == []
        assert "no-store" in answer.headers["Cache-Control"]

    def test_with_scripts_the_values_come_with_the_keys_they_stand_under(self, staff: User, somebody: Person) -> None:
        text = self.asked(staff, somebody, scripts=True).content.decode()
        assert [value for value in full_values(somebody) if value not in text] == []
        page = client(staff).get(f"/people/{somebody.pk}/").content.decode()
        for secret in secrets_of(somebody):
            assert f'data-key="{secret.key}"' in text
            assert f'data-masked="{secret.key}"' in page

    @pytest.mark.parametrize("scripts", [True, False])
    def test_a_look_at_full_numbers_is_noted_with_whom_and_why(
        self, staff: User, somebody: Person, scripts: bool
    ) -> None:
        self.asked(staff, somebody, scripts=scripts)
        (row,) = AccessLog.objects.filter(act=AccessAct.UNMASK)
        assert (row.username, row.person, row.reason) == (staff.username, somebody.pk, "电话联系：通知换证")
        assert not any(value in row.what for value in full_values(somebody))

    @pytest.mark.parametrize(
        "data",
        [
            {"reason": ""},
            {"reason": "curiosity"},
            {"reason": "other", "note": " "},
            {"reason": "call", "note": "给13812340000打电话"},
        ],
    )
    @pytest.mark.parametrize("scripts", [True, False])
    def test_without_a_good_reason_nothing_is_shown_and_nothing_noted(
        self, staff: User, somebody: Person, data: dict[str, str], scripts: bool
    ) -> None:
        text = self.asked(staff, somebody, scripts=scripts, **data).content.decode()
        assert somebody.id_number not in text
        assert "invalid" in text
        assert not AccessLog.objects.filter(act=AccessAct.UNMASK).exists()

    def test_the_masked_page_that_asks_again_is_a_look_too(self, staff: User, somebody: Person) -> None:
        self.asked(staff, somebody, reason="")
        (row,) = AccessLog.objects.all()
        assert (row.act, row.person, row.what) == (AccessAct.READ, somebody.pk, "档案")

    def test_only_this_persons_values_are_shown(self, staff: User, somebody: Person) -> None:
        other = records.holder(2, home=records.household(somebody.id_number))
        assert other.name not in self.asked(staff, somebody).content.decode()

    def test_outside_ones_area_it_is_not_found(self, somebody: Person) -> None:
        assert self.asked(user(Role.STREET_STAFF, street="第二街道"), somebody).status_code == 404
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.SYSTEM_ADMINISTRATOR])
    def test_whoever_may_not_is_forbidden(self, somebody: Person, role: str) -> None:
        assert self.asked(user(role), somebody).status_code == 403

    def test_a_community_worker_may_in_the_own_community(self, somebody: Person) -> None:
        worker = user(Role.COMMUNITY_WORKER, street=somebody.community.name)
        assert self.asked(worker, somebody).status_code == 200

    def test_asking_by_address_shows_nothing(self, staff: User, somebody: Person) -> None:
        assert client(staff).get(f"/people/{somebody.pk}/reveal/").status_code == 405


def test_no_page_lies_in_a_cache(staff: User, somebody: Person) -> None:
    for path in ("/people/", "/people/export/", "/worklists/", "/divisions/", f"/people/{somebody.pk}/print/"):
        answer = client(staff).get(path)
        assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True), path
    taken = client(staff).post("/people/export/", {"reason": "入户走访", "whole": "on"})
    assert "no-store" in taken.headers["Cache-Control"]
    taken.close()


@pytest.mark.parametrize(
    ("is_behind", "noted", "address"),
    [
        (True, "6.6.6.6, 10.1.2.3", "10.1.2.3"),  # the first is what the client says of itself
        (True, "<script>", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "10.1.2.3", "127.0.0.1"),
    ],
)
def test_a_look_is_noted_with_the_address_the_proxy_has_seen(
    staff: User, somebody: Person, settings: Any, is_behind: bool, noted: str, address: str
) -> None:
    settings.BEHIND_PROXY = is_behind
    client(staff).get(f"/people/{somebody.pk}/", headers={"X-Forwarded-For": noted})
    assert AccessLog.objects.get().address == address


@pytest.mark.parametrize("field", ["reason", "note", "assessed_by", "override", "destination"])
def test_what_is_said_of_an_act_holds_no_numbers(staff: User, somebody: Person, field: str) -> None:
    act = {"destination": "move_out", "assessed_by": "regrade", "override": "issue"}.get(field, "details")
    if act == "issue":
        somebody.certificates.update(status="cancelled", status_on="2025-01-01")
    sent = {"reason": "更新", "note": "", field: "见 150799 19800101 0018"}
    answer = client(staff).post(f"/people/{somebody.pk}/certificate/{act}/", sent)
    assert "不要写身份证号" in str(answer.context["form"].errors[field])


class TestFigureLists:
    """The lists behind the figures are people's pages too."""

    @pytest.fixture
    def people(self) -> list[Person]:
        people = [records.holder(n) for n in range(1, 4)]
        records.medical(people[0])
        records.retrofit(people[1], records.household(people[1].id_number))
        now = datetime.datetime(2025, 12, 31, 2, 0, tzinfo=ZONE)
        take_snapshot(night=now.date(), kind=SnapshotKind.NIGHTLY, now=now)
        return people

    @pytest.mark.parametrize(("path", "on_it"), [("7/numerator", 1), ("7/missing", 2), ("11/numerator", 1)])
    def test_names_and_numbers_are_masked_and_lead_to_the_files(
        self, staff: User, people: list[Person], path: str, on_it: int
    ) -> None:
        text = client(staff).get(f"/figures/{path}/").content.decode()
        assert not any(person.name in text or person.id_number in text for person in people)
        assert sum(f'href="/people/{person.pk}/"' in text for person in people) == on_it
        assert "显示完整信息" in text


class TestShowingAList:
    def asked(self, by: User, people: list[Person], *, scripts: bool = True, **data: Any) -> Any:
        sent = {**WHY, **data, "person": [person.pk for person in people]}
        return client(by).post("/people/reveal/", sent, headers={"HX-Request": "true"} if scripts else {})

    def test_each_person_is_noted(self, staff: User) -> None:
        people = [records.holder(n) for n in range(1, 4)]
        text = self.asked(staff, people).content.decode()
        assert all(person.id_number in text for person in people)
        noted = AccessLog.objects.filter(act=AccessAct.UNMASK).values_list("person", flat=True)
        assert set(noted) == {person.pk for person in people}

    def test_without_scripts_they_stand_on_a_page_of_their_own(self, staff: User) -> None:
        people = [records.holder(n) for n in range(1, 4)]
        answer = self.asked(staff, people, scripts=False)
        assert all(person.id_number in answer.content.decode() for person in people)
        assert "no-store" in answer.headers["Cache-Control"]

    def test_one_from_another_area_among_them_and_none_is_shown(self) -> None:
        people = [records.holder(1), records.holder(2, street="灵泉镇")]
        assert self.asked(user(Role.STREET_STAFF, street="第一街道"), people).status_code == 404
        assert not AccessLog.objects.exists()

    def test_a_bad_reason_leads_back(self, staff: User) -> None:
        answer = self.asked(staff, [records.holder(1)], scripts=False, reason="")
        assert answer.status_code == 302
        assert not AccessLog.objects.exists()

    def test_many_take_as_many_statements_as_few(self, staff: User) -> None:
        people = [records.holder(n) for n in range(1, 12)]

        def statements(some: list[Person]) -> int:
            self.asked(staff, some)
            with CaptureQueriesContext(connection) as captured:
                self.asked(staff, some)
            return len(captured)

        assert statements(people) == statements(people[:1])
