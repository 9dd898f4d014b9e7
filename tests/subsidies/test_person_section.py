"""两项补贴 on the person page: what is on file, what may be done, and who sees which of it."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Person
from subsidies.models import Finding, Review, Stop
from subsidies.person_page import section, timeline
from tests.deliveries import user
from tests.records import day, holder
from tests.subsidies.paid import NURSING, granted, locked, locked_between, standard
from zalainuoer.common.models import Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-03-20")


def owing() -> Person:
    """Died on 15 October 2024, three months demanded back; with a finding, a review and a suspension."""
    standard()
    somebody = holder()
    granted(somebody, since="2024-10-01")
    locked_between(NURSING, "2024-10-01", "2025-01-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-10-15")
    locked(NURSING, "2025-02-01")
    of: Any = {"person": somebody, "subsidy": NURSING}
    Stop.objects.create(**of, code="T10", effective_on="2025-02-10", reason="没来复核")
    Review.objects.create(person=somebody, year=2024, result="confirmed", method="visit", reviewed_on="2024-05-01")
    Finding.objects.create(
        **of, kind="unentitled", cause="T1", clause="已死亡", source="某文", since_month="2024-11-01", ground="x",
        found_on="2025-02-01", seen_on="2025-02-01",
    )  # fmt: skip
    return Person.objects.get(pk=somebody.pk)


def page_of(somebody: Person, reader: User) -> str:
    client = Client()
    client.force_login(reader, backend="zalainuoer.roles.RoleBackend")
    with time_machine.travel("2025-03-20 10:00+08:00"):
        found = client.get(reverse("person", args=[somebody.pk])).content.decode()
    return found.split('id="subsidies"')[1].split("</section>")[0]


def test_the_federation_sees_grants_stops_demands_and_findings_and_may_act() -> None:
    somebody = owing()
    said = page_of(somebody, user(Role.FEDERATION_STAFF, department="区残联"))
    for words in ("自 2024-10 起", "暂停中", "3 笔，还差 375.00 元", "比对：不应享已享", "2024年 符合"):
        assert words in said
    for name, *arguments in (("stop_add", NURSING), ("person_subsidies",), ("recovery_letter",)):
        assert reverse(name, args=[somebody.pk, *arguments]) in said
    assert reverse("resumption_add", args=[somebody.pk, NURSING]) not in said


def test_a_community_worker_sees_the_suspension_and_neither_demands_nor_findings() -> None:
    somebody = owing()
    worker = User.objects.create(username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=somebody.community)
    said = page_of(somebody, worker)
    assert "暂停中" in said
    for words in ("还差", "比对：", "登记停发", "逐月核对", "撤销"):
        assert words not in said


def test_only_the_civil_affairs_bureau_is_led_to_the_decision() -> None:
    somebody = owing()
    said = page_of(somebody, user(Role.CIVIL_STAFF, department="民政局"))
    assert reverse("resumption_add", args=[somebody.pk, NURSING]) in said


def test_the_timeline_tells_what_was_granted_stopped_reviewed_and_demanded_without_its_sum() -> None:
    told = {each.what: each.detail for each in timeline(owing())}
    assert {"核定享受重度残疾人护理补贴", "暂停重度残疾人护理补贴", "2024年度复核", "追回重度残疾人护理补贴"} <= set(
        told
    )
    assert told["追回重度残疾人护理补贴"] == "2024-11至2025-01，3个月（批次 B202502）"


def test_whoever_has_nothing_on_file_has_an_empty_section() -> None:
    assert section(holder(), TODAY, user(Role.STREET_STAFF, street="第一街道")) is None


def test_statements_do_not_grow_with_what_is_on_file() -> None:
    reader = user(Role.FEDERATION_STAFF, department="区残联")

    def statements(of: Person) -> int:
        with CaptureQueriesContext(connection) as found:
            section(Person.objects.get(pk=of.pk), TODAY, reader)
        return len(found)

    few = statements(holder(3))
    assert statements(owing()) <= few
