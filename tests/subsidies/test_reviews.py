"""年度复核: who is due, confirmed one by one or many at once, failed, missed, suspended, and resumed."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Certificate, Person
from subsidies.models import Origin, Resumption, Review, Stop
from subsidies.reviewing import recipients, window_of
from subsidies.services.reviews import missed, review_fail, reviews_confirm, reviews_suspend
from subsidies.services.stops import resumption_decide
from tests.deliveries import user
from tests.records import day, holder, nursing
from tests.subsidies.paid import NURSING, granted, locked, locked_between, standard, told
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Division, Parameter, Role, User

pytestmark = pytest.mark.django_db
MAY, SEPTEMBER = day("2026-05-10"), day("2026-09-10")


def recipient(n: int = 1, *, street: str = "第一街道", paid: str = "2026-04-01", **change: Any) -> Person:
    """Taken over from the rosters in 2025, and on the latest of them."""
    somebody = holder(n, street=street, **change)
    granted(somebody, since="2025-01-01", origin=Origin.ROSTER)
    if paid:
        nursing(somebody, paid)
    return somebody


def due(*, today: Any = MAY, by: User | None = None) -> set[int]:
    return set(recipients(window_of(2026), today=today, by=by))


def confirm(people: set[int], by: User, **change: Any) -> int:
    facts = {"year": 2026, "method": "visit", "reviewed_on": MAY, "today": MAY, **change}
    return reviews_confirm(people=people, by=by, **facts)


# --- who is due ------------------------------------------------------------------------------------------------------


def test_the_window_is_what_the_parameters_say() -> None:
    assert (window_of(2026).first, window_of(2026).last) == (day("2026-04-01"), day("2026-06-30"))
    Parameter.objects.create(
        key="subsidy.review_until", name="截止", value="07-31", effective_from="2026-01-01", document="某文"
    )
    assert window_of(2026).last == day("2026-07-31")
    assert window_of(2025).last == day("2025-06-30")


@pytest.mark.parametrize(("value", "sentence"), [("6月30日", "应写成月-日"), ("03-01", "早于开始日期")])
def test_a_window_that_makes_no_sense_is_said_to_make_none(value: str, sentence: str) -> None:
    Parameter.objects.filter(key="subsidy.review_until").update(value=value)
    with pytest.raises(RuleBroken, match=sentence):
        window_of(2026)


def test_whoever_is_paid_is_due() -> None:
    somebody = recipient()
    assert due() == {somebody.pk}


def test_whoever_has_never_been_granted_is_not_due() -> None:
    nursing(holder(), "2026-04-01")
    assert due() == set()


def test_whoever_was_granted_since_the_review_began_is_not_due() -> None:
    somebody = holder()
    grant = granted(somebody, since="2026-02-01")
    nursing(somebody, "2026-04-01")
    type(grant).objects.update(granted_on="2026-04-02")
    assert due() == set()
    type(grant).objects.update(granted_on="2026-03-31")
    assert due() == {somebody.pk}


def test_whoever_meets_the_conditions_no_more_is_not_due() -> None:
    somebody = recipient()
    Person.objects.filter(pk=somebody.pk).update(died_on="2026-04-20")
    assert due() == set()


def test_whoever_is_not_on_the_latest_roster_is_due_only_where_payment_is_suspended() -> None:
    recipient(3)
    somebody = recipient(paid="2026-01-01")
    assert somebody.pk not in due()
    Certificate.objects.filter(person=somebody).update(status="frozen", status_on="2026-02-01")
    assert somebody.pk in due()
    Certificate.objects.filter(person=somebody).update(status="normal", status_on=None)
    Stop.objects.create(person=somebody, subsidy=NURSING, code="T10", effective_on="2025-06-30", reason="没来")
    assert somebody.pk in due()


def test_nobody_outside_the_area_is_due() -> None:
    mine = recipient(1)
    recipient(3, street="第二街道")
    assert due(by=user(Role.STREET_STAFF, street="第一街道")) == {mine.pk}


# --- confirmed -------------------------------------------------------------------------------------------------------


def test_several_are_confirmed_at_once(staff: User) -> None:
    people = {recipient(n).pk for n in (1, 3, 5)}
    assert confirm(people, staff, note="入户") == 3
    assert set(Review.objects.values_list("result", "method", "recorded_by")) == {("confirmed", "visit", staff.pk)}
    assert {one.state for one in recipients(window_of(2026), today=MAY).values()} == {"confirmed"}


def test_a_community_worker_confirms_in_the_own_community_only() -> None:
    mine, other = recipient(1), recipient(3, street="第二街道")
    worker = User.objects.create(
        username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=Division.objects.get(pk=mine.community_id)
    )
    with pytest.raises(RuleBroken, match="不在您的辖区内"):
        confirm({mine.pk, other.pk}, worker)
    assert not Review.objects.exists()
    assert confirm({mine.pk}, worker) == 1


def test_whoever_is_confirmed_is_not_confirmed_again(staff: User) -> None:
    somebody = recipient()
    confirm({somebody.pk}, staff)
    with pytest.raises(RuleBroken, match="有 1 人本年度已经复核"):
        confirm({somebody.pk, recipient(3).pk}, staff)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reviewed_on": day("2026-03-31")}, "从 2026-04-01 开始"),
        ({"reviewed_on": day("2026-05-11")}, "不能晚于今天"),
        ({"people": set()}, "请先在列表中勾选"),
    ],
)
def test_a_review_is_of_a_day_that_has_been_and_lies_in_its_year(
    change: dict[str, Any], sentence: str, staff: User
) -> None:
    people = change.pop("people", {recipient().pk})
    with pytest.raises(RuleBroken, match=sentence):
        confirm(people, staff, **change)


def test_leadership_confirms_nobody() -> None:
    with pytest.raises(RuleBroken, match="没有登记年度复核的权限"):
        confirm({recipient().pk}, user(Role.LEADERSHIP))


# --- failed, missed, resumed -----------------------------------------------------------------------------------------


def paid_through(last: str) -> Person:
    """Taken over with the roster of April 2026, and paid by runs since."""
    standard()
    somebody = holder()
    granted(somebody, since="2026-01-01")
    for month in ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"):
        nursing(somebody, month)
    locked_between(NURSING, "2026-05-01", last)
    return somebody


def test_whoever_fails_is_paid_for_the_month_of_the_review_and_not_after(staff: User) -> None:
    somebody = paid_through("2026-06-01")
    review_fail(
        person=somebody,
        year=2026,
        method="visit",
        reviewed_on=MAY,
        reason="长住外地",
        by=staff,
        today=day("2026-06-20"),
    )
    assert Review.objects.get().result == "failed"
    assert Stop.objects.get().reason == "2026年度复核：长住外地"
    lines = locked(NURSING, "2026-07-01")
    assert [(line.kind, line.benefit_month.month, line.code) for line in lines] == [("recovery", 6, "T10")]


def test_a_failure_wants_a_reason(staff: User) -> None:
    with pytest.raises(RuleBroken, match="不再符合的原因"):
        review_fail(person=recipient(), year=2026, method="visit", reviewed_on=MAY, reason=" ", by=staff, today=MAY)


def test_whoever_has_missed_the_review_is_suspended_after_it_and_goes_on_once_it_is_made_up(
    staff: User, civil: User
) -> None:
    somebody = paid_through("2026-06-01")
    assert reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=day("2026-07-03")) == 1
    assert locked(NURSING, "2026-07-01") == locked(NURSING, "2026-08-01") == []
    confirm({somebody.pk}, staff, reviewed_on=SEPTEMBER, today=SEPTEMBER)
    assert Stop.objects.get().until_on == SEPTEMBER
    assert told(locked(NURSING, "2026-09-01")) == [("regular", "2026-09", "125")]
    resumption_decide(
        person=somebody,
        subsidy=NURSING,
        first_month=day("2026-07-01"),
        last_month=day("2026-08-01"),
        reason="一直符合",
        by=civil,
        today=SEPTEMBER,
    )
    assert told(locked(NURSING, "2026-10-01")) == [
        ("backpay", "2026-07", "125"),
        ("backpay", "2026-08", "125"),
        ("regular", "2026-10", "125"),
    ]


def test_a_review_that_was_made_in_time_and_noted_late_takes_the_suspension_back(staff: User) -> None:
    somebody = recipient()
    reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=day("2026-07-03"))
    confirm({somebody.pk}, staff, reviewed_on=MAY, today=day("2026-07-10"))
    stop = Stop.objects.get()
    assert stop.withdrawn_at is not None
    assert "已经复核" in stop.withdrawn_reason


def test_a_failure_that_was_made_good_is_confirmed_in_the_same_row(staff: User) -> None:
    somebody = recipient()
    review_fail(person=somebody, year=2026, method="phone", reviewed_on=MAY, reason="失联", by=staff, today=MAY)
    confirm({somebody.pk}, staff, reviewed_on=day("2026-06-05"), today=day("2026-06-05"))
    assert Review.objects.get().result == "confirmed"
    assert Stop.objects.get().until_on == day("2026-06-05")


def test_before_its_last_day_is_over_nobody_is_suspended(staff: User) -> None:
    recipient()
    with pytest.raises(RuleBroken, match="还没有到期"):
        reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=day("2026-06-30"))


def test_whoever_was_reviewed_or_is_suspended_is_not_suspended_again(staff: User) -> None:
    confirmed = recipient(1)
    confirm({confirmed.pk}, staff)
    missing = recipient(3)
    july = day("2026-07-03")
    with pytest.raises(RuleBroken, match="现在是 1 人"):
        reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=july, seen=2)
    assert reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=july, seen=1) == 1
    assert list(Stop.objects.values_list("person", "code")) == [(missing.pk, "T10")]
    with pytest.raises(RuleBroken, match="没有到期未复核的人"):
        reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=july)


def test_what_was_paid_for_months_to_be_left_out_is_told_before(staff: User) -> None:
    paid_through("2026-08-01")
    found = missed(window_of(2026), on=day("2026-06-30"), by=staff, today=day("2026-08-20"))
    assert (found.people_paid, found.yuan_paid) == (1, 250)
    later = missed(window_of(2026), on=day("2026-08-20"), by=staff, today=day("2026-08-20"))
    assert (later.people_paid, later.yuan_paid) == (0, 0)


@pytest.mark.parametrize("effective_on", ["2026-06-29", "2026-07-04"])
def test_a_suspension_begins_between_the_last_day_and_today(effective_on: str, staff: User) -> None:
    recipient()
    with pytest.raises(RuleBroken, match=r"不能早于|不能晚于"):
        reviews_suspend(year=2026, effective_on=day(effective_on), by=staff, today=day("2026-07-03"))


def test_a_street_does_not_suspend() -> None:
    recipient()
    with pytest.raises(RuleBroken, match="由区残联或区民政局"):
        reviews_suspend(
            year=2026,
            effective_on=day("2026-06-30"),
            by=user(Role.STREET_STAFF, street="第一街道"),
            today=day("2026-07-03"),
        )


def test_statements_do_not_grow_with_people(staff: User) -> None:
    def statements(act: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            act()
        return len(found)

    july = day("2026-07-03")
    recipient(1)
    few = statements(lambda: reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=july))
    more = {recipient(n).pk for n in range(3, 25, 2)}
    many = statements(lambda: reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=july))
    assert many == few
    assert statements(lambda: confirm(more, staff, today=july)) <= few + 2


# --- pages -----------------------------------------------------------------------------------------------------------


@time_machine.travel("2026-05-10 10:00+08:00")
def test_the_list_counts_by_community_masks_names_and_notes_the_look(staff: User) -> None:
    people = [recipient(1), recipient(3), recipient(5, street="第二街道")]
    confirm({people[0].pk}, staff)
    answer = client_of(staff).get(reverse("review_list"))
    total = answer.context["total"]
    assert (total.due, total.confirmed, total.waiting) == (3, 1, 2)
    assert [count.due for _, count in answer.context["communities"]] == [2, 1]
    assert {line["person"].pk for line in answer.context["lines"]} == {people[1].pk, people[2].pk}
    page = answer.content.decode()
    assert people[1].name not in page
    assert people[1].id_number not in page
    assert AccessLog.objects.latest("pk").people == 2


@time_machine.travel("2026-05-10 10:00+08:00")
@pytest.mark.parametrize(("state", "count"), [("waiting", 1), ("confirmed", 1), ("suspended", 1), ("all", 3), ("x", 0)])
def test_the_list_is_filtered_by_state(state: str, count: int, staff: User) -> None:
    one, other, _ = recipient(1), recipient(3), recipient(5)
    confirm({one.pk}, staff)
    review_fail(person=other, year=2026, method="visit", reviewed_on=MAY, reason="迁走", by=staff, today=MAY)
    lines = client_of(staff).get(reverse("review_list"), {"state": state}).context["lines"]
    assert len(lines) == count


@time_machine.travel("2026-05-10 10:00+08:00")
def test_the_page_says_no_yuan_to_a_community_worker() -> None:
    somebody = recipient()
    worker = User.objects.create(username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=somebody.community)
    client = client_of(worker)
    page = client.get(reverse("review_list")).content.decode()
    assert "元" not in page
    for name in ("review_suspend", "review_export", "recovery_list"):
        assert client.get(reverse(name)).status_code == 403


@time_machine.travel("2026-05-10 10:00+08:00")
def test_those_ticked_are_shown_again_and_then_confirmed(staff: User) -> None:
    people = [recipient(1), recipient(3)]
    client = client_of(staff)
    keys = [str(each.pk) for each in people]
    shown = client.get(reverse("review_selected"), {"person": keys})
    assert len(shown.context["lines"]) == 2
    assert client.post(reverse("review_selected"), {"person": keys, "confirm": "1"}).context["form"].errors
    answer = client.post(
        reverse("review_selected"), {"person": keys, "confirm": "1", "method": "visit", "reviewed_on": "2026-05-10"}
    )
    assert answer.status_code == 302
    assert Review.objects.count() == 2


@time_machine.travel("2026-07-10 10:00+08:00")
def test_one_is_recorded_as_failed_only_with_a_reason(staff: User) -> None:
    somebody = recipient()
    client, url = client_of(staff), reverse("review_record", args=[somebody.pk])
    sent = {"result": "failed", "method": "visit", "reviewed_on": "2026-07-10", "note": ""}
    assert "note" in client.post(url, sent).context["form"].errors
    assert client.post(url, {**sent, "note": "已迁往外省"}).status_code == 302
    assert "此人本年度已经复核" not in client.get(url).content.decode()
    assert client.post(url, {**sent, "result": "confirmed"}).status_code == 302
    assert "此人本年度已经复核" in client.get(url).content.decode()


@time_machine.travel("2026-07-10 10:00+08:00")
def test_the_page_suspends_whom_it_named(staff: User, civil: User) -> None:
    somebody = paid_through("2026-07-01")
    client, url = client_of(staff), reverse("review_suspend")
    page = client.get(url).content.decode()
    assert "125.00 元" in page
    sent = {"confirm": "1", "year": "2026", "effective_on": "2026-06-30", "seen": "1"}
    assert client.post(url, {**sent, "seen": "2"}).context["form"].errors
    assert client.post(url, sent).status_code == 302
    confirm({somebody.pk}, staff, reviewed_on=day("2026-07-10"), today=day("2026-07-10"))
    assert Stop.objects.get().until_on == day("2026-07-10")
    assert (
        client_of(civil).get(reverse("review_list")).context["to_decide"] == []
    )  # July is paid: no month was left out


@time_machine.travel("2026-09-10 10:00+08:00")
def test_what_is_to_be_decided_is_offered_to_the_civil_affairs_bureau_until_it_has_decided(
    staff: User, civil: User
) -> None:
    somebody = paid_through("2026-06-01")
    reviews_suspend(year=2026, effective_on=day("2026-06-30"), by=staff, today=day("2026-07-03"))
    confirm({somebody.pk}, staff, reviewed_on=SEPTEMBER, today=SEPTEMBER)
    assert client_of(staff).get(reverse("review_list")).context["to_decide"] == []
    client = client_of(civil)
    assert len(client.get(reverse("review_list")).context["to_decide"]) == 1
    url = reverse("resumption_add", args=[somebody.pk, NURSING])
    assert url in client.get(reverse("review_list")).content.decode()
    assert client.get(url).context["form"].initial == {
        "first_month": day("2026-07-01"),
        "last_month": day("2026-08-01"),
    }
    sent = {"first_month": "2026-07", "last_month": "2026-08", "reason": "一直符合"}
    assert client.post(url, {**sent, "last_month": "2026-09"}).context["form"].errors
    assert client.post(url, sent).status_code == 302
    assert Resumption.objects.get().decided_by == civil
    assert client.get(reverse("review_list")).context["to_decide"] == []
    assert client_of(staff).get(url).status_code == 403


@time_machine.travel("2026-05-10 10:00+08:00")
def test_the_export_has_a_page_for_each_community_and_is_noted(staff: User) -> None:
    one, _ = recipient(1), recipient(3, street="第二街道")
    client, url = client_of(staff), reverse("review_export")
    assert client.post(url, {"reason": ""}).context["form"].errors
    answer = client.post(url, {"reason": "入户复核"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert len(book.worksheets) == 2
    rows = list(book[one.community.name].values)
    assert rows[1][1:3] == (one.name, one.id_number)
    note = AccessLog.objects.latest("pk")
    assert (note.act, note.people, note.reason) == ("export", 2, "入户复核")


@time_machine.travel("2026-05-10 10:00+08:00")
def test_statements_of_the_list_do_not_grow_with_people(staff: User) -> None:
    client = client_of(staff)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("review_list"))
        return len(found)

    recipient(1)
    statements()
    few = statements()
    for n in range(3, 25, 2):
        recipient(n)
    assert statements() == few
