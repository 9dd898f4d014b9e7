"""存量接收: whoever is being paid already becomes a recipient, from the first month of the unbroken run on the rosters."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.models import Grant, Origin
from subsidies.services.takeover import grants_take_over, takeover_preview
from tests.deliveries import user
from tests.records import assistance, day, holder, living, nursing
from tests.subsidies.paying import LIVING, NURSING, federation, grant, locked, standard, told
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db
TODAY = day("2025-12-20")


def on_roster(somebody: Person, *months: str) -> None:
    for month in months:
        nursing(somebody, month=f"{month}-01")


def take_over(subsidy: str = NURSING, **how: object) -> int:
    return grants_take_over(subsidy=subsidy, by=federation(), today=TODAY, **how)


def granted() -> dict[int, str]:
    return {row.person_id: f"{row.first_month:%Y-%m}" for row in Grant.objects.all()}


def test_each_is_granted_from_the_first_month_of_the_unbroken_run_that_ends_with_the_latest_roster() -> None:
    unbroken, broken, gone, new = (holder(n) for n in range(1, 5))
    on_roster(unbroken, "2025-09", "2025-10", "2025-11")
    on_roster(broken, "2025-08", "2025-10", "2025-11")
    on_roster(gone, "2025-09", "2025-10")
    on_roster(new, "2025-11")
    assert take_over() == 3
    assert granted() == {unbroken.pk: "2025-09", broken.pk: "2025-10", new.pk: "2025-11"}
    row = Grant.objects.get(person=new)
    assert (row.origin, row.granted_on, row.granted_by, row.application) == (Origin.ROSTER, TODAY, federation(), None)


def test_an_amount_of_nothing_is_no_payment_and_breaks_the_run() -> None:
    somebody, unpaid = holder(1), holder(2)
    on_roster(somebody, "2025-09", "2025-11")
    nursing(somebody, month="2025-10-01", amount="0")
    nursing(unpaid, month="2025-11-01", amount="0")
    take_over()
    assert granted() == {somebody.pk: "2025-11"}


def test_a_run_of_months_goes_over_the_new_year() -> None:
    somebody = holder()
    on_roster(somebody, "2024-11", "2024-12", "2025-01")
    take_over()
    assert granted() == {somebody.pk: "2024-11"}


def test_whoever_has_a_grant_keeps_it_and_gets_no_other() -> None:
    somebody = holder()
    on_roster(somebody, "2025-11")
    grant(somebody, since="2025-03-01")
    assert takeover_preview(NURSING).already == 1
    with pytest.raises(RuleBroken, match="都已有享受记录"):
        take_over()
    assert granted() == {somebody.pk: "2025-03"}


def test_again_it_finds_nobody_and_the_other_subsidy_is_another_matter() -> None:
    somebody = holder()
    on_roster(somebody, "2025-11")
    living(somebody, month="2025-11-01")
    assert take_over() == 1
    with pytest.raises(RuleBroken, match="都已有享受记录"):
        take_over()
    assert take_over(LIVING) == 1
    assert Grant.objects.count() == 2


def test_without_a_roster_there_is_nobody_to_take_over() -> None:
    assert takeover_preview(NURSING).month is None
    with pytest.raises(RuleBroken, match="还没有上传过重度残疾人护理补贴的发放名册"):
        take_over()


def test_what_a_run_has_put_on_the_roster_is_none_of_it() -> None:
    uploaded, paid = holder(1), holder(2)
    on_roster(uploaded, "2025-10")
    grant(paid, since="2025-11-01")
    standard()
    locked("2025-11-01")
    assert takeover_preview(NURSING).month == day("2025-10-01")
    take_over()
    assert granted() == {uploaded.pk: "2025-10", paid.pk: "2025-11"}


def test_the_preview_counts_and_names_those_whom_the_register_rules_out() -> None:
    fine, dead, known = holder(1), holder(2), holder(3)
    for somebody in (fine, dead, known):
        on_roster(somebody, "2025-10", "2025-11")
    grant(known, since="2025-03-01")
    Person.objects.filter(pk=dead.pk).update(died_on="2025-06-01")
    preview = takeover_preview(NURSING)
    assert (preview.month, preview.on_roster, preview.already, preview.coming, preview.unpayable) == (
        day("2025-11-01"),
        3,
        1,
        2,
        1,
    )
    assert preview.since == [(day("2025-10-01"), 2)]


def test_a_preview_that_is_out_of_date_takes_nobody_over() -> None:
    on_roster(holder(1), "2025-11")
    seen = takeover_preview(NURSING).version
    on_roster(holder(2), "2025-11")
    with pytest.raises(RuleBroken, match="又有变化"):
        take_over(seen=seen)
    assert granted() == {}


def test_only_whoever_prepares_runs_for_the_whole_district_may() -> None:
    on_roster(holder(), "2025-11")
    for by in (user(Role.STREET_STAFF, street="第一街道"), user(Role.FEDERATION_STAFF, street="第一街道")):
        with pytest.raises(RuleBroken):
            grants_take_over(subsidy=NURSING, by=by, today=TODAY)


def test_the_next_run_goes_on_paying_them_and_makes_up_nothing() -> None:
    somebody = holder()
    assistance(somebody)
    standard()
    on_roster(somebody, "2025-10", "2025-11")
    take_over()
    run = locked("2025-12-01")
    assert told(run) == [("regular", "2025-12", "125")]
    assert run.differences["going_on"] == 1


def test_the_history_says_who_took_them_over_in_statements_that_do_not_grow() -> None:
    federation()
    counts = []
    for first, last in ((1, 10), (11, 110)):
        for n in range(first, last + 1):
            on_roster(holder(n), "2025-10", "2025-11")
        with CaptureQueriesContext(connection) as queries:
            take_over()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    events = Grant.pgh_event_model.objects.select_related("pgh_context")
    assert events.count() == 110
    assert {event.pgh_context.metadata["act"] for event in events} == {"grants_take_over"}
