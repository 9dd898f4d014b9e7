"""逐月核对: a year of one person, month by month, and the statements it takes."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Person
from subsidies.models import Origin, Stop
from subsidies.month_history import DUE, NOT_DUE, NOT_GRANTED, REFUSED, SUSPENDED, Year, year_of, years_of
from subsidies.services.recoveries import receipt_record
from subsidies.services.stops import resumption_decide
from tests.deliveries import fact, upload, user
from tests.deliveries import holder as registered
from tests.records import day, holder
from tests.subsidies.paid import NURSING, granted, locked, locked_between, standard
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-03-20")


def history(somebody: Person, year: int) -> Year:
    found = year_of(somebody, NURSING, year, today=TODAY)
    assert found is not None
    return found


def states(somebody: Person, year: int) -> dict[int, str]:
    return {each.month.month: each.state for each in history(somebody, year).months}


def dead() -> Person:
    """Died on 15 October 2024, paid until January, demanded back in February 2025."""
    standard()
    somebody = holder()
    granted(somebody, since="2024-09-01")
    locked_between(NURSING, "2024-09-01", "2025-01-01")
    Person.objects.filter(pk=somebody.pk).update(died_on="2024-10-15")
    locked(NURSING, "2025-02-01")
    somebody.refresh_from_db()
    return somebody


def test_each_month_says_why_it_is_due_or_not_and_what_became_of_it(staff: User) -> None:
    somebody = dead()
    assert states(somebody, 2024) == {12: NOT_DUE, 11: NOT_DUE, 10: DUE, 9: DUE}
    december, _, october, september = history(somebody, 2024).months
    assert (september.due_yuan, september.standard and september.standard.document) == (125, "测试文件")
    assert september.due is not None
    assert september.due.on == day("2024-09-30")
    assert september.sentences == []
    assert "已死亡" in october.sentences[0]
    assert "次月起停发" in october.sentences[-1]
    assert "国发〔2015〕52号" in december.sentences[0]
    assert [line.kind for line in december.lines] == ["regular", "recovery"]
    assert (december.net, december.is_even) == (0, True)
    assert december.roster is not None
    assert december.roster.file == "本系统发放批次 B202412"
    receipt_record(
        line=december.lines[1],
        amount_yuan=december.lines[1].amount_yuan,
        received_on=TODAY,
        method="cash",
        document="收据1",
        by=staff,
        today=TODAY,
    )
    year = history(somebody, 2024)
    assert (year.due_yuan, year.net, year.received) == (250, 250, 125)
    assert states(somebody, 2025) == {3: NOT_DUE, 2: NOT_DUE, 1: NOT_DUE}


def test_a_suspended_month_is_called_suspended_and_one_put_back_says_by_whom() -> None:
    standard()
    somebody = holder()
    granted(somebody, since="2024-10-01")
    Stop.objects.create(
        person=somebody,
        subsidy=NURSING,
        code="T10",
        effective_on="2024-10-15",
        until_on="2025-01-10",
        reason="没来复核",
    )
    assert states(somebody, 2024) == {12: SUSPENDED, 11: SUSPENDED, 10: DUE}
    civil = user(Role.CIVIL_STAFF, department="民政局")
    months = {"first_month": day("2024-11-01"), "last_month": day("2024-11-01")}
    resumption_decide(person=somebody, subsidy=NURSING, **months, reason="一直符合", by=civil, today=TODAY)
    assert states(somebody, 2024) == {12: SUSPENDED, 11: DUE, 10: DUE}
    november = history(somebody, 2024).months[1]
    assert "区民政局于 2025-03-20 决定恢复补发：一直符合" in november.sentences[0]


def test_after_a_gap_the_months_say_that_a_new_application_is_needed() -> None:
    standard()
    somebody = holder()
    granted(somebody, since="2024-10-01")
    Stop.objects.create(
        person=somebody, subsidy=NURSING, code="T8", effective_on="2024-10-15", until_on="2025-01-10", reason="服刑"
    )
    january = history(somebody, 2025).months[-1]
    assert (january.state, january.sentences) == (NOT_DUE, ["条件曾经中断，以前的核定已经终止，恢复享受须重新申请。"])


def test_a_month_that_no_standard_fits_says_so() -> None:
    somebody = holder()
    granted(somebody, since="2025-01-01")
    march = history(somebody, 2025).months[0]
    assert (march.state, march.due_yuan) == (REFUSED, 0)
    assert "参数未维护" in march.sentences[0]


def test_a_row_of_an_uploaded_roster_names_its_file_and_its_row() -> None:
    row = registered(1)
    upload("registry", [row])
    upload("nursing-subsidy-payments", [fact("nursing-subsidy-payments", row)])
    somebody = Person.objects.get()
    (november,) = year_of(somebody, NURSING, 2025, today=day("2025-12-20")).months  # type: ignore[union-attr]
    assert november.state == NOT_GRANTED
    assert november.roster is not None
    assert november.roster.place.endswith("第 2 行")
    assert (november.roster_yuan, november.net) == (130, 130)


def test_there_is_nothing_to_say_of_somebody_without_a_grant_or_a_payment() -> None:
    somebody = holder()
    assert years_of(somebody, today=TODAY) == [2025]
    assert year_of(somebody, NURSING, 2025, today=TODAY) is None


@time_machine.travel("2025-03-20 10:00+08:00")
def test_the_page_shows_a_year_at_a_time_and_the_look_is_noted(staff: User) -> None:
    somebody = dead()
    client = Client()
    client.force_login(staff, backend="zalainuoer.roles.RoleBackend")
    url = reverse("person_subsidies", args=[somebody.pk])
    answer = client.get(url)
    assert answer.context["years"] == [2025, 2024]
    assert "2025年没有核定享受，也没有发放" in answer.content.decode()  # of the other subsidy
    page = client.get(url, {"year": "2024"}).content.decode()
    assert "追回" in page
    assert somebody.name not in page
    assert client.get(url, {"year": "1900"}).context["year"] == 2025
    note = AccessLog.objects.latest("pk")
    assert (note.act, note.person) == ("read", somebody.pk)


@time_machine.travel("2025-03-20 10:00+08:00")
def test_a_community_worker_does_not_see_it() -> None:
    somebody = holder()
    worker = User.objects.create(username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=somebody.community)
    client = Client()
    client.force_login(worker, backend="zalainuoer.roles.RoleBackend")
    assert client.get(reverse("person_subsidies", args=[somebody.pk])).status_code == 403


def test_statements_are_those_of_the_months_whoever_else_there_is() -> None:
    def statements(of: Person) -> int:
        with CaptureQueriesContext(connection) as found:
            history(of, 2024)
        return len(found)

    standard()
    somebody = holder(1)
    granted(somebody, since="2024-01-01", origin=Origin.APPLICATION)
    few = statements(somebody)
    for n in range(3, 23, 2):
        granted(holder(n), since="2024-01-01")
    locked_between(NURSING, "2024-01-01", "2024-03-01")
    assert statements(somebody) <= few + 6
    assert few < 12 * 12
