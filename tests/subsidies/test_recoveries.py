"""追回: what is demanded, what has come back, what is written off by whom, and the letter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Person
from subsidies.models import LineKind, PaymentLine, RecoveryReceipt
from subsidies.recovering import demands
from subsidies.services.recoveries import receipt_record
from tests.deliveries import user
from tests.records import day, holder
from tests.subsidies.paid import NURSING, granted, locked, locked_between, standard
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db
TODAY = day("2025-03-20")


def overpaid(n: int = 1, *others: int, street: str = "第一街道") -> Person:
    """Died on 15 October 2024, paid until January 2025, demanded back in February: three months of 125 yuan."""
    standard()
    people = [holder(each, street=street) for each in (n, *others)]
    for somebody in people:
        granted(somebody, since="2024-10-01")
    locked_between(NURSING, "2024-10-01", "2025-01-01")
    Person.objects.filter(pk__in=[each.pk for each in people]).update(died_on="2024-10-15")
    locked(NURSING, "2025-02-01")
    return people[0]


def came_back(by: User, yuan: str = "25", method: str = "cash", **change: Any) -> RecoveryReceipt:
    facts = {
        "line": demands().order_by("benefit_month").first(),
        "amount_yuan": Decimal(yuan),
        "received_on": TODAY,
        "method": method,
        "document": "收据1",
        "today": TODAY,
        **change,
    }
    return receipt_record(by=by, **facts)


def test_each_month_is_a_demand_and_what_came_back_is_taken_off(staff: User) -> None:
    overpaid()
    came_back(staff)
    found = demands().order_by("benefit_month")
    assert [(row.benefit_month.month, row.amount_yuan, row.received, row.still) for row in found] == [
        (11, 125, 25, 100),
        (12, 125, 0, 125),
        (1, 125, 0, 125),
    ]


def test_more_than_is_open_is_refused_and_what_is_open_is_not(staff: User) -> None:
    overpaid()
    came_back(staff)
    with pytest.raises(RuleBroken, match=r"还差 100\.00 元"):
        came_back(staff, "100.01")
    came_back(staff, "100")
    with pytest.raises(RuleBroken, match=r"还差 0\.00 元"):
        came_back(staff, "0.01")


def test_only_the_civil_affairs_bureau_writes_off_and_only_with_a_document(staff: User, civil: User) -> None:
    overpaid()
    with pytest.raises(RuleBroken, match="核销须经区民政局批准"):
        came_back(staff, method="write_off")
    with pytest.raises(RuleBroken, match="凭证或批准文号"):
        came_back(civil, method="write_off", document=" ")
    came_back(civil, "125", method="write_off", document="某民发1号")
    assert demands().order_by("benefit_month").first().still == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"received_on": day("2025-03-21")}, "不能晚于今天"),
        ({"received_on": day("2024-10-31")}, "早于所属月份"),
        ({"yuan": "0"}, "应大于 0"),
    ],
)
def test_a_receipt_makes_sense(change: dict[str, Any], sentence: str, staff: User) -> None:
    overpaid()
    with pytest.raises(RuleBroken, match=sentence):
        came_back(staff, **change)


def test_a_demand_that_was_dropped_is_none_any_more(staff: User) -> None:
    overpaid()
    line = demands().order_by("benefit_month").first()
    Person.objects.update(died_on=None)
    locked(NURSING, "2025-03-01")
    assert not demands().exists()
    with pytest.raises(RuleBroken, match="可能已被后来的批次冲销"):
        came_back(staff, line=line)


def test_a_line_that_is_no_demand_takes_no_receipt(staff: User) -> None:
    overpaid()
    with pytest.raises(RuleBroken, match="不是待追回的款项"):
        came_back(staff, line=PaymentLine.objects.filter(kind=LineKind.REGULAR).first())


def test_streets_and_outsiders_record_nothing() -> None:
    overpaid()
    with pytest.raises(RuleBroken, match="没有登记退回的权限"):
        came_back(user(Role.STREET_STAFF, street="第一街道"))
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        came_back(user(Role.FEDERATION_STAFF, street="第二街道"))


# --- pages -----------------------------------------------------------------------------------------------------------


@time_machine.travel("2025-03-20 10:00+08:00")
def test_the_list_is_grouped_by_person_summed_up_and_masked(staff: User) -> None:
    somebody = overpaid(1, 3)
    answer = client_of(staff).get(reverse("recovery_list"))
    assert [(len(group["lines"]), group["still"]) for group in answer.context["groups"]] == [(3, 375), (3, 375)]
    assert answer.context["sums"] == {
        "count": 6, "people": 2, "asked_yuan": 750, "received_yuan": 0, "still_yuan": 750,
    }  # fmt: skip
    page = answer.content.decode()
    assert "T1 死亡或宣告死亡" in page
    assert somebody.name not in page
    assert somebody.id_number not in page


@time_machine.travel("2025-03-20 10:00+08:00")
def test_settled_demands_are_found_where_they_are_asked_for(staff: User) -> None:
    overpaid()
    came_back(staff, "125")
    client = client_of(staff)

    def months(**query: str) -> list[int]:
        groups = client.get(reverse("recovery_list"), query).context["groups"]
        return [line["row"].benefit_month.month for group in groups for line in group["lines"]]

    assert months() == [12, 1]
    assert months(state="settled") == [11]
    assert months(state="all") == [11, 12, 1]
    assert months(state="no") == months(street="0") == months(subsidy="living") == []


@time_machine.travel("2025-03-20 10:00+08:00")
def test_a_receipt_is_recorded_on_its_page_and_the_write_off_is_offered_to_the_bureau_alone(
    staff: User, civil: User
) -> None:
    overpaid()
    url = reverse("recovery_receipt", args=[demands().order_by("benefit_month").first().pk])
    assert "经批准核销" not in client_of(staff).get(url).content.decode()
    assert "经批准核销" in client_of(civil).get(url).content.decode()
    client = client_of(staff)
    sent = {"amount_yuan": "126", "received_on": "2025-03-20", "method": "cash", "document": "收据1"}
    assert "amount_yuan" in client.post(url, sent).context["form"].errors
    assert client.post(url, {**sent, "amount_yuan": "125"}).status_code == 302
    assert "这一笔已经追回" in client.get(url).content.decode()


@time_machine.travel("2025-03-20 10:00+08:00")
def test_the_letter_says_months_sum_reasons_and_law_leaves_blanks_and_is_noted(staff: User) -> None:
    somebody = overpaid()
    came_back(staff)
    client = client_of(staff)
    page = client.get(reverse("recovery_letter", args=[somebody.pk])).content.decode()
    for words in (somebody.name, "2024年11月", "350.00 元", "已死亡", "国发〔2015〕52号", 'class="blank blank-long"'):
        assert words in page
    assert somebody.id_number not in page
    note = AccessLog.objects.latest("pk")
    assert (note.act, note.what, note.people) == ("print", "追回通知书", 1)


def test_there_is_no_letter_where_nothing_is_open(staff: User) -> None:
    assert client_of(staff).get(reverse("recovery_letter", args=[holder().pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.LEADERSHIP, Role.LIAISON])
def test_whoever_does_not_work_on_the_subsidies_sees_no_demands(role: str) -> None:
    account = user(role, street="第一街道", department="民政局" if role == Role.LIAISON else None)
    for url in (reverse("recovery_list"), reverse("recovery_letter", args=[1]), reverse("recovery_receipt", args=[1])):
        assert client_of(account).get(url).status_code == 403


@time_machine.travel("2025-03-20 10:00+08:00")
def test_statements_do_not_grow_with_people(staff: User) -> None:
    client = client_of(staff)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("recovery_list"))
        return len(found)

    overpaid(1, 3, 5, 7, 9)
    statements()
    many = statements()
    keep = PaymentLine.objects.filter(kind="recovery").order_by("person").first()
    assert keep is not None
    assert statements() == many
    with CaptureQueriesContext(connection) as found:
        client.get(reverse("recovery_list"), {"street": str(keep.community.parent_id), "state": "settled"})
    assert len(found) <= many
