"""死亡信息: the sixteenth sheet only proposes; a person confirms, and that cancels the certificate."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Certificate, CertificateCase, DeathNotice, DeathState, Person
from registry.services.certificates import case_withdraw, certificate_act
from registry.services.deaths import death_confirm, death_reject
from tests import records
from tests.deliveries import changes, counts, fact, holder, id_number, refused_at, undo, upload, user
from tests.records import day
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db

TODAY = day("2025-12-31")
ONE = holder(1)


@pytest.fixture
def registered() -> None:
    upload("registry", [ONE])


@pytest.fixture
def staff(client: Client) -> User:
    account = user(Role.FEDERATION_STAFF)
    client.force_login(account, backend="zalainuoer.roles.RoleBackend")
    return account


def notice_of(of: Person, died_on: str = "2025-10-01", **change: Any) -> DeathNotice:
    return DeathNotice.objects.create(person=of, died_on=day(died_on), source="police", **change)


def now(of: Person) -> Certificate:
    return Certificate.objects.current().get(person=of)


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_a_delivered_death_waits_and_changes_no_certificate(registered: None) -> None:
    batch = upload("deaths", [fact("deaths", ONE)])
    assert counts(batch) == {"new": 1}
    notice = DeathNotice.objects.get()
    assert (notice.died_on, notice.source) == (day("2025-10-01"), "police")
    assert (notice.state, notice.note) == (DeathState.PROPOSED, "")
    assert Certificate.objects.get().status == "normal"
    undo(batch)
    assert not DeathNotice.objects.exists()


def test_delivered_again_it_corrects_and_leaves_what_was_decided(registered: None) -> None:
    upload("deaths", [fact("deaths", ONE)])
    death_reject(notice=DeathNotice.objects.get(), note="本人健在", by=None)
    again = upload("deaths", [fact("deaths", ONE, 死亡日期="2025-10-02", 来源="民政")])
    assert counts(again) == {"changed": 1}
    assert [(c.heading, c.old, c.new) for c in changes(again)[2]] == [
        ("死亡日期", "2025-10-01", "2025-10-02"),
        ("来源", "公安", "民政"),
    ]
    notice = DeathNotice.objects.get()
    assert (notice.died_on, notice.source) == (day("2025-10-02"), "civil_affairs")
    assert (notice.state, notice.note) == (DeathState.REJECTED, "本人健在")


def test_a_death_before_birth_or_after_the_delivery_is_refused(registered: None) -> None:
    tomorrow = timezone.localdate().replace(year=timezone.localdate().year + 1)
    rows = [
        fact("deaths", ONE, 死亡日期="1979-12-31"),
        fact("deaths", ONE, 死亡日期=tomorrow.isoformat()),
        fact("deaths", ONE, 来源="邻居"),
        {**fact("deaths", ONE), "身份证号": id_number(99)},
    ]
    batch = upload("deaths", rows)
    assert refused_at(batch) == {2: {"死亡日期"}, 3: {"死亡日期"}, 4: {"来源"}, 5: {"身份证号"}}
    assert not DeathNotice.objects.exists()


# --- the decision ----------------------------------------------------------------------------------------------------


def test_a_confirmed_death_cancels_the_certificate_from_that_day() -> None:
    somebody = records.holder(1)
    notice = death_confirm(notice=notice_of(somebody), note="社区已核实", by=None, today=TODAY)
    assert (notice.state, notice.note) == (DeathState.CONFIRMED, "社区已核实")
    statement = now(somebody)
    assert (statement.status, statement.status_on, statement.status_reason) == ("cancelled", day("2025-10-01"), "死亡")
    case = CertificateCase.objects.get()
    assert ["死亡日期", "", "2025-10-01"] in case.changes
    assert "公安" in case.note
    case_withdraw(case=case, by=None, reason="认错了人")
    assert now(somebody).status == "normal"
    assert DeathNotice.objects.get().state == DeathState.PROPOSED


def test_a_rejected_notice_says_why_and_changes_nothing_else() -> None:
    somebody = records.holder(1)
    notice = notice_of(somebody)
    with pytest.raises(RuleBroken, match="写明"):
        death_reject(notice=notice, note=" ", by=None)
    death_reject(notice=notice, note="本人健在，已入户见到", by=None)
    assert DeathNotice.objects.get().note == "本人健在，已入户见到"
    assert now(somebody).status == "normal"


def test_a_notice_is_decided_once() -> None:
    notice = notice_of(records.holder(1))
    death_reject(notice=notice, note="本人健在", by=None)
    for again in (
        lambda: death_confirm(notice=notice, by=None, today=TODAY),
        lambda: death_reject(notice=notice, note="本人健在", by=None),
    ):
        with pytest.raises(RuleBroken, match="已经处理过"):
            again()


def test_a_change_dated_after_the_death_has_to_be_looked_into_first() -> None:
    somebody = records.holder(1)
    certificate_act(
        person=somebody, act="report_loss", effective_on=day("2025-11-01"), reason="丢失", by=None, today=TODAY
    )
    notice = notice_of(somebody)
    with pytest.raises(RuleBroken, match="2025-11-01"):
        death_confirm(notice=notice, by=None, today=TODAY)
    assert now(somebody).status == "lost"
    death_confirm(notice=notice, effective_on=day("2025-11-01"), by=None, today=TODAY)
    statement = now(somebody)
    assert (statement.status, statement.status_on) == ("cancelled", day("2025-11-01"))


def test_a_death_of_somebody_whose_certificate_is_gone_is_only_noted() -> None:
    gone = records.holder(1, status="cancelled", status_on="2024-01-01")
    child = records.person(2, born="2015-01-01")
    for somebody in (gone, child):
        assert death_confirm(notice=notice_of(somebody), by=None, today=TODAY).state == DeathState.CONFIRMED
    assert not CertificateCase.objects.exists()


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_worklist_shows_who_waits_masked_and_is_noted(client: Client, staff: User) -> None:
    notice_of(records.holder(1))
    page = client.get("/deaths/").content.decode()
    assert "1507**********" in page
    assert id_number(1) not in page
    assert "2025-10-01" in page
    assert "公安" in page
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.people) == ("list", 1)
    assert "没有这样的死亡信息" in client.get("/deaths/?state=confirmed").content.decode()


def test_the_worklists_statements_do_not_grow_with_its_rows(client: Client, staff: User) -> None:
    seen = []
    for size in (2, 25):
        for n in range(Person.objects.count(), size):
            notice_of(records.holder(n + 1))
        client.get("/deaths/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/deaths/")
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_confirming_on_the_page_cancels_and_rejecting_does_not(client: Client, staff: User) -> None:
    dead, alive = records.holder(1), records.holder(2)
    first, second = notice_of(dead), notice_of(alive)
    assert "确认并注销" in client.get(f"/deaths/{first.pk}/").content.decode()
    answer = client.post(f"/deaths/{first.pk}/", {"decision": "confirm", "effective_on": "2025-10-01", "note": "属实"})
    assert answer.headers["Location"] == "/deaths/"
    assert now(dead).status == "cancelled"
    case = CertificateCase.objects.get()
    assert case.recorded_by == staff
    assert case.accepted_by.endswith("残疾人联合会")
    answer = client.post(f"/deaths/{second.pk}/", {"decision": "reject", "note": "本人健在"})
    assert answer.status_code == 302
    assert now(alive).status == "normal"
    page = client.post(f"/deaths/{second.pk}/", {"decision": "reject", "note": "本人健在"}).content.decode()
    assert "已经处理过" in page or "核实有误" in page


def test_a_notice_overtaken_by_a_change_says_so_before_it_is_confirmed(client: Client, staff: User) -> None:
    somebody = records.holder(1)
    certificate_act(
        person=somebody, act="report_loss", effective_on=day("2025-11-01"), reason="丢失", by=None, today=TODAY
    )
    notice = notice_of(somebody)
    page = client.get(f"/deaths/{notice.pk}/").content.decode()
    assert "2025-11-01（死亡日期之后）已有变更" in page
    assert 'value="2025-11-01"' in page
    answer = client.post(f"/deaths/{notice.pk}/", {"decision": "confirm", "effective_on": "2025-10-01"})
    assert "已有变更" in answer.content.decode()
    assert now(somebody).status == "lost"


def test_other_peoples_deaths_are_out_of_reach(client: Client) -> None:
    notice = notice_of(records.holder(1))
    client.force_login(user(Role.STREET_STAFF, street="第一街道"), backend="zalainuoer.roles.RoleBackend")
    assert client.get("/deaths/").status_code == 403
    bounded = user(Role.FEDERATION_STAFF, street="第二街道")
    client.force_login(bounded, backend="zalainuoer.roles.RoleBackend")
    assert "没有这样的死亡信息" in client.get("/deaths/").content.decode()
    assert client.get(f"/deaths/{notice.pk}/").status_code == 404
    assert client.post(f"/deaths/{notice.pk}/", {"decision": "reject", "note": "错"}).status_code == 404
