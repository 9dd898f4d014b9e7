"""Referrals: from one provider to the next, answered once, done by the receiver's service, and who waits how long."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Person
from rehab.models import Referral, RehabService
from rehab.referring import days_waiting, is_done, with_outcome
from rehab.services.referrals import referral_answer, referral_send
from tests.deliveries import user
from tests.records import day, holder, service
from tests.visiting import logged_in
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
TODAY = day("2025-10-20")
LIST = reverse("rehab_referral_list")


def referral(of: Person, sent_on: str = "2025-10-01", **change: Any) -> Referral:
    facts = {
        "kind": "nursing", "from_provider": "社区服务中心", "to_provider": "区医院", "reason": "需要机构护理", **change
    }  # fmt: skip
    return Referral.objects.create(person=of, sent_on=sent_on, **facts)


def outcome(of: Referral) -> tuple[bool, int | None]:
    row = with_outcome(Referral.objects.all(), on=TODAY).get(pk=of.pk)
    return is_done(row), days_waiting(row, on=TODAY)


def by() -> User:
    return user(Role.FEDERATION_STAFF, department="区残联")


def test_it_waits_for_an_answer_then_for_the_service_and_is_done_with_it() -> None:
    somebody = holder()
    of = referral(somebody)
    assert outcome(of) == (False, 19)
    referral_answer(referral=of, state="accepted", answered_on=day("2025-10-05"), by=by())
    assert outcome(of) == (False, 15)
    service(somebody, "2025-10-08")  # nursing, 区医院
    assert outcome(of) == (True, None)


@pytest.mark.parametrize(
    "given",
    [
        {"served_on": "2025-09-30"},
        {"served_on": "2025-10-21"},
        {"kind": "training"},
        {"provider": "社区服务中心"},
    ],
)
def test_only_the_receivers_service_of_the_kind_since_it_was_sent_makes_it_done(given: dict[str, str]) -> None:
    somebody = holder()
    of = referral(somebody, state="accepted", answered_on="2025-10-02")
    facts = {"served_on": "2025-10-08", "kind": "nursing", "provider": "区医院", **given}
    RehabService.objects.create(person=somebody, **facts)
    assert outcome(of) == (False, 18)


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_declined_or_withdrawn_one_keeps_nobody_waiting_and_wants_a_reason(state: str) -> None:
    of, who = referral(holder()), by()
    with pytest.raises(RuleBroken, match="写明原因"):
        referral_answer(referral=of, state=state, answered_on=TODAY, by=who)
    referral_answer(referral=of, state=state, answered_on=TODAY, answer="没有床位", by=who)
    assert outcome(of) == (False, None)
    with pytest.raises(RuleBroken, match="已经有了答复"):
        referral_answer(referral=of, state="accepted", answered_on=TODAY, by=who)


def test_an_answer_does_not_come_before_the_question() -> None:
    with pytest.raises(RuleBroken, match="早于转出日期"):
        referral_answer(referral=referral(holder()), state="accepted", answered_on=day("2025-09-30"), by=by())


def test_while_one_is_open_the_same_is_not_sent_again() -> None:
    somebody, who = holder(), by()
    of = referral(somebody)
    facts = {"person": somebody, "kind": "nursing", "from_provider": "社区服务中心", "to_provider": "区医院"}
    with pytest.raises(RuleBroken, match="还没有答复"):
        referral_send(**facts, sent_on=TODAY, reason="再转", by=who)
    referral_answer(referral=of, state="declined", answered_on=TODAY, answer="没有床位", by=who)
    assert referral_send(**facts, sent_on=TODAY, reason="再转", by=who).state == "sent"


@pytest.mark.parametrize(
    "change",
    [
        {"to_provider": "社区服务中心"},
        {"state": "accepted"},
        {"answered_on": "2025-10-02"},
        {"state": "accepted", "answered_on": "2025-09-30"},
    ],
)
def test_the_database_refuses_what_cannot_be(change: dict[str, str]) -> None:
    somebody = holder()
    with pytest.raises(IntegrityError), transaction.atomic():
        referral(somebody, **change)


# the pages


def test_a_referral_is_sent_answered_and_served_in_the_pages() -> None:
    somebody, client = holder(), logged_in(Role.STREET_STAFF, street="第一街道")
    sent = {
        "kind": "nursing", "from_provider": "社区服务中心", "to_provider": "区医院", "sent_on": "2025-10-18",
        "reason": "需要机构护理",
    }  # fmt: skip
    where = reverse("rehab_referral_add", args=[somebody.pk])
    assert "同一家" in str(client.post(where, {**sent, "to_provider": "社区服务中心"}).context["form"].errors)
    answer = client.post(where, sent)
    of = Referral.objects.get()
    page = reverse("rehab_referral", args=[of.pk])
    assert answer.url == page
    refusal = client.post(page, {"state": "declined", "answered_on": "2025-10-20", "answer": ""})
    assert "写明原因" in str(refusal.context["form"].errors)
    client.post(page, {"state": "accepted", "answered_on": "2025-10-19", "answer": ""})
    link = reverse("rehab_service_add", args=[somebody.pk]) + f"?referral={of.pk}"
    assert link in client.get(page).content.decode()
    form = client.get(link).context["form"]
    values = {name: form[name].value() for name in ("kind", "provider", "form")}
    assert values == {"kind": "护理", "provider": "区医院", "form": "转介"}
    client.post(link, {**values, "served_on": "2025-10-20", "reason": "机构记录"})
    assert client.get(page).context["state"] == "已完成"
    assert client.get(LIST).context["lines"] == []


def test_the_list_shows_who_waits_the_longest_first() -> None:
    first, second, done = holder(1), holder(2), holder(3)
    referral(second, "2025-10-10")
    referral(first, "2025-09-01")
    referral(done, "2025-09-01", state="accepted", answered_on="2025-09-02")
    service(done, "2025-09-03")
    client = logged_in()
    assert [(line["person"], line["days"]) for line in client.get(LIST).context["lines"]] == [(first, 49), (second, 10)]
    assert [line["person"] for line in client.get(LIST, {"waiting": "30"}).context["lines"]] == [first]
    assert [line["person"] for line in client.get(LIST, {"state": "done"}).context["lines"]] == [done]
    assert len(client.get(LIST, {"state": "all"}).context["lines"]) == 3
    taken_out = client.post(reverse("rehab_referral_export"), {"reason": "催办"})
    assert b"".join(taken_out.streaming_content).startswith(b"PK")


def test_a_referral_of_another_street_is_not_found() -> None:
    of = referral(holder(street="第二街道"))
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    assert client.get(reverse("rehab_referral", args=[of.pk])).status_code == 404
    assert client.get(LIST).context["lines"] == []
    worker = logged_in(Role.COMMUNITY_WORKER, street="第二街道")
    page = reverse("rehab_referral", args=[of.pk])
    assert worker.get(page).context["form"] is None
    assert worker.post(page, {"state": "accepted", "answered_on": "2025-10-19"}).status_code == 403


def test_statements_of_the_list_do_not_grow() -> None:
    client = logged_in()

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(LIST)
        return len(caught)

    for n in (1, 2):
        referral(holder(n))
    few = count()
    for n in range(3, 12):
        referral(holder(n, street="第二街道"))
    assert count() == few
