"""The days a statement of the register holds for.

The rule under test: "What a sheet states without a date holds for every day until a later-dated fact: a certificate
event, or a registry row whose 发证日期 or 状态日期 is later than the one on file, holds from that date on, and earlier
days keep the earlier value. A row with the same dates is a correction for all days."
"""

import datetime
import io
import json
from itertools import count, pairwise
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from registry.models import Certificate
from registry.spans import FIRST_DAY, LAST_DAY, Facts, Span, stated
from tests.deliveries import Row, changes, counts, fact, holder, undo, upload

DATES = (0, 1)  # the facts of these tests: 发证日期, 状态日期, 等级, 社区


def facts(issued_on: str = "2020-01-01", status_on: str | None = None, level: str = "2", place: str = "友谊") -> Facts:
    return (issued_on, status_on, level, place)


def after(*statements: Facts) -> list[Span]:
    """The spans once the statements have been delivered one after the other, stored in between."""
    spans: list[Span] = []
    ids = count(1)
    for statement in statements:
        spans = [
            Span(span.id or next(ids), span.held_from, span.held_until, span.facts)
            for span in stated(spans, statement, dates=DATES)
        ]
    return spans


def on(spans: list[Span], day: str) -> Facts:
    (holding,) = (span.facts for span in spans if span.held_from <= day < span.held_until)
    return holding


def test_a_first_statement_holds_for_every_day() -> None:
    spans = after(facts())
    assert [(span.held_from, span.held_until) for span in spans] == [(FIRST_DAY, LAST_DAY)]


def test_a_later_issue_holds_from_its_day_on_and_earlier_days_keep_what_they_had() -> None:
    spans = after(facts(level="2"), facts("2025-03-01", level="1"))
    assert on(spans, "2025-02-28") == facts(level="2")
    assert on(spans, "2025-03-01") == facts("2025-03-01", level="1")


def test_whom_a_form_brought_in_later_than_a_sheet_now_says_is_there_from_the_sheets_day_on() -> None:
    from_form = [Span(1, "2025-05-01", LAST_DAY, facts("2025-05-01"))]
    told = facts("2025-05-01", status_on="2025-03-01")
    assert stated(from_form, told, dates=DATES) == [Span(1, "2025-03-01", LAST_DAY, told)]
    assert stated(from_form, facts("2020-01-01"), dates=DATES) == [Span(1, "2025-05-01", LAST_DAY, facts("2020-01-01"))]


def test_a_status_where_there_was_none_holds_from_its_day_on() -> None:
    spans = after(facts(), facts(status_on="2025-03-01", place="新村"))
    assert on(spans, "2025-02-28") == facts()
    assert on(spans, "2025-03-01") == facts(status_on="2025-03-01", place="新村")


def test_of_two_later_dates_the_earlier_one_counts() -> None:
    spans = after(facts(), facts("2024-05-01", "2025-03-01"))
    assert on(spans, "2024-04-30") == facts()
    assert on(spans, "2024-05-01") == facts("2024-05-01", "2025-03-01")


def test_a_later_status_stands_beside_an_unchanged_issue() -> None:
    spans = after(facts(status_on="2023-01-01"), facts(status_on="2025-03-01", level="1"))
    assert on(spans, "2025-02-28")[2] == "2"
    assert on(spans, "2025-03-01")[2] == "1"


def test_a_row_with_the_same_dates_corrects_all_days() -> None:
    (span,) = after(facts(level="2"), facts(level="1"))
    assert (span.held_from, span.held_until, span.facts) == (FIRST_DAY, LAST_DAY, facts(level="1"))


def test_a_correction_reaches_back_as_far_as_the_wrong_value_does() -> None:
    spans = after(
        facts(place="友谊"), facts("2025-03-01", level="1", place="友谊"), facts("2025-03-01", level="1", place="新村")
    )
    assert on(spans, "2024-01-01") == facts(place="新村")
    assert on(spans, "2025-03-01") == facts("2025-03-01", level="1", place="新村")


def test_a_correction_of_what_changed_with_the_last_event_leaves_the_days_before_it_alone() -> None:
    spans = after(facts(level="3"), facts("2025-03-01", level="2"), facts("2025-03-01", level="1"))
    assert on(spans, "2025-02-28") == facts(level="3")
    assert on(spans, "2025-03-01") == facts("2025-03-01", level="1")


def test_an_earlier_date_corrects_the_date_of_the_event() -> None:
    spans = after(facts(), facts(status_on="2025-06-01", level="1"), facts(status_on="2025-03-01", level="1"))
    assert on(spans, "2025-02-28") == facts()
    assert on(spans, "2025-03-01") == facts(status_on="2025-03-01", level="1")
    assert len(spans) == 2


def test_an_event_taken_back_never_was() -> None:
    spans = after(facts(), facts(status_on="2025-06-01"), facts())
    assert [span.facts for span in spans] == [facts()]


def test_an_event_reported_late_holds_from_its_own_day_on() -> None:
    """注销 of March, delivered after a renewal of May: it holds from March on, as if it had come in time."""
    spans = after(facts(), facts("2025-05-01", level="1"), facts("2025-05-01", "2025-03-01", level="1"))
    assert on(spans, "2025-02-28") == facts()
    assert on(spans, "2025-03-01") == facts("2025-05-01", "2025-03-01", level="1")
    assert on(spans, "2025-05-01") == facts("2025-05-01", "2025-03-01", level="1")


MOVED = [
    Span(1, FIRST_DAY, "2025-06-01", facts()),
    Span(2, "2025-06-01", LAST_DAY, facts(place="新村")),  # by a form: no date of the sheet's began it
]


def test_a_move_by_form_keeps_its_day_when_an_event_before_it_is_reported_late() -> None:
    spans = stated(MOVED, facts("2025-03-01", place="新村"), dates=DATES)
    assert on(spans, "2025-02-28") == facts()
    assert on(spans, "2025-03-01") == on(spans, "2025-05-31") == facts("2025-03-01")
    assert on(spans, "2025-06-01") == facts("2025-03-01", place="新村")
    assert [span.id for span in spans] == [1, None, 2]


def test_a_move_by_form_keeps_its_day_when_a_date_is_corrected() -> None:
    spans = stated(MOVED, facts("2019-12-01", level="1", place="新村"), dates=DATES)
    assert on(spans, "2025-05-31") == facts("2019-12-01", level="1")
    assert on(spans, "2025-06-01") == facts("2019-12-01", level="1", place="新村")
    assert [span.id for span in spans] == [1, 2]


def test_what_a_date_began_lies_beneath_any_number_of_moves() -> None:
    before = after(facts(), facts("2025-03-01"))
    first = Span(8, "2025-06-01", "2025-07-01", facts("2025-03-01", place="新村"))
    spans = [
        before[0],
        Span(2, "2025-03-01", "2025-06-01", facts("2025-03-01")),
        first,
        Span(9, "2025-07-01", LAST_DAY, facts("2025-03-01", place="北村")),
    ]
    found = stated(spans, facts("2025-02-01", place="北村"), dates=DATES)
    assert [(span.held_from, *span.facts[::3]) for span in found] == [
        (FIRST_DAY, "2020-01-01", "友谊"),
        ("2025-02-01", "2025-02-01", "友谊"),
        ("2025-06-01", "2025-02-01", "新村"),
        ("2025-07-01", "2025-02-01", "北村"),
    ]


DAYS = st.dates(min_value=datetime.date(2020, 1, 1), max_value=datetime.date(2020, 1, 12)).map(str)
STATEMENTS = st.lists(
    st.tuples(DAYS, st.none() | DAYS, st.sampled_from("123"), st.sampled_from("甲乙")), min_size=1, max_size=6
)
EVERY_DAY = [FIRST_DAY, "2019-12-31", *(f"2020-01-{day:02d}" for day in range(1, 14)), "2030-01-01"]


@given(STATEMENTS)
def test_spans_follow_each_other_from_the_first_day_to_the_last(statements: list[Facts]) -> None:
    spans = after(*statements)
    assert (spans[0].held_from, spans[-1].held_until) == (FIRST_DAY, LAST_DAY)
    assert all(one.held_until == next_one.held_from for one, next_one in pairwise(spans))
    assert all(span.held_from < span.held_until for span in spans)


@given(STATEMENTS)
def test_the_last_span_says_what_was_delivered(statements: list[Facts]) -> None:
    assert after(*statements)[-1].facts == statements[-1]


@given(STATEMENTS)
def test_delivering_the_same_again_changes_nothing(statements: list[Facts]) -> None:
    spans = after(*statements)
    assert stated(spans, statements[-1], dates=DATES) == spans


@given(STATEMENTS, st.tuples(DAYS, st.none() | DAYS, st.sampled_from("123"), st.sampled_from("甲乙")))
def test_a_later_dated_statement_holds_from_its_date_on_and_changes_no_earlier_day(
    statements: list[Facts], statement: Facts
) -> None:
    before = after(*statements)
    known = statements[-1]
    later = [statement[p] for p in DATES if statement[p] and (known[p] is None or statement[p] > known[p])]
    spans = stated(before, statement, dates=DATES)
    if not later:
        return
    for day in EVERY_DAY:
        expected = on(before, day) if day < min(later) else statement
        assert on(spans, day) == expected, day


@given(STATEMENTS, st.sampled_from("123"), st.sampled_from("甲乙"))
def test_a_correction_moves_no_day(statements: list[Facts], level: str, place: str) -> None:
    """With the same dates the spans stay, and so does every value that was not the wrong one."""
    before = after(*statements)
    wrong = statements[-1]
    spans = stated(before, (*wrong[:2], level, place), dates=DATES)
    assert [(s.id, s.held_from, s.held_until) for s in spans] == [(s.id, s.held_from, s.held_until) for s in before]
    for was, now in zip(before, spans, strict=True):
        for place_, (old, new) in enumerate(zip(was.facts, now.facts, strict=True)):
            assert new == old or old == wrong[place_]


# --- through uploads -------------------------------------------------------------------------------------------------


def register_on(day: str) -> dict[str, Any]:
    """A day's register and the figures that rest on it, through the command."""
    out = io.StringIO()
    call_command("indicators", as_of=day, json=True, stdout=out)
    figures = json.loads(out.getvalue())
    pension, medical = figures["indicators"]["6"], figures["indicators"]["7"]
    nursing = figures["indicators"]["5"]
    return {
        "on_register": figures["on_register"],
        "streets": {street: due for street, (_, due) in medical["by_street"].items()},
        "adults": pension["denominator"],
        "severe": nursing["denominator"],
    }


@pytest.fixture
def registered(db: None) -> Row:
    """One holder, insured and paid in 2024 and 2025, so that the figures have a denominator."""
    person = holder(1)
    upload("registry", [person])
    years = ({"年度": 2024}, {"年度": 2025})
    upload("pension-enrolment", [fact("pension-enrolment", person, **year) for year in years])
    upload("medical-enrolment", [fact("medical-enrolment", person, **year) for year in years])
    months = ("2024-11", "2025-05", "2025-06", "2025-09", "2025-10", "2025-11")
    upload("nursing-subsidy-payments", [fact("nursing-subsidy-payments", person, 所属月份=month) for month in months])
    return person


HERE = {"on_register": 1, "streets": {"第一街道": 1}, "adults": 1, "severe": 1}
GONE = {"on_register": 0, "streets": {}, "adults": 0, "severe": 0}


def test_a_cancellation_changes_no_day_before_it(registered: Row) -> None:
    batch = upload("registry", [{**registered, "证件状态": "注销", "状态日期": "2025-10-01"}])
    assert counts(batch) == {"changed": 1}
    assert register_on("2024-12-31") == HERE
    assert register_on("2025-09-30") == HERE
    assert register_on("2025-10-01") == GONE
    assert register_on("2025-12-31") == GONE


def test_moving_with_a_renewal_changes_no_day_before_it(registered: Row) -> None:
    moved = {"所属街道": "第二街道", "所属社区": "东风社区", "发证日期": "2025-10-01", "有效期至": "2035-09-30"}
    upload("registry", [{**registered, **moved}])
    assert register_on("2025-09-30") == HERE
    assert register_on("2025-10-01") == HERE | {"streets": {"第二街道": 1}}


def test_another_level_holds_from_its_certificate_on(registered: Row) -> None:
    renewed = holder(1, 残疾等级="三级", 发证日期="2025-10-01", 有效期至="2035-09-30")
    upload("registry", [renewed])
    assert register_on("2024-12-31") == HERE
    assert register_on("2025-12-31") == HERE | {"severe": 0}


def test_leaving_school_with_the_same_dates_is_a_correction_of_all_days(registered: Row) -> None:
    upload("registry", [{**registered, "在校学生": "是"}])
    assert register_on("2024-12-31") == HERE | {"adults": 0}
    assert register_on("2025-12-31") == HERE | {"adults": 0}


def test_a_correction_of_the_street_with_the_same_dates_changes_all_days(registered: Row) -> None:
    upload("registry", [{**registered, "所属街道": "灵泉镇", "所属社区": "光明社区"}])
    assert register_on("2024-12-31") == HERE | {"streets": {"灵泉镇": 1}}
    assert register_on("2025-12-31") == HERE | {"streets": {"灵泉镇": 1}}


def test_a_wrong_date_corrected_moves_the_event(registered: Row) -> None:
    upload("registry", [{**registered, "证件状态": "注销", "状态日期": "2025-10-01"}])
    upload("registry", [{**registered, "证件状态": "注销", "状态日期": "2025-06-01"}])
    assert register_on("2025-05-31") == HERE
    assert register_on("2025-06-01") == GONE


def test_a_cancellation_taken_back_leaves_no_trace_in_any_day(registered: Row) -> None:
    upload("registry", [{**registered, "证件状态": "注销", "状态日期": "2025-10-01"}])
    upload("registry", [registered])
    assert register_on("2025-12-31") == HERE
    assert Certificate.objects.count() == 1


def test_a_cancellation_reported_after_a_later_renewal_holds_from_its_own_day_on(registered: Row) -> None:
    renewed = {**registered, "发证日期": "2025-09-01", "有效期至": "2035-08-31"}
    upload("registry", [renewed])
    upload("registry", [{**renewed, "证件状态": "注销", "状态日期": "2025-06-01"}])
    assert register_on("2025-05-31") == HERE
    assert register_on("2025-06-01") == GONE
    assert register_on("2025-12-31") == GONE


def test_undoing_a_cancellation_puts_the_days_back(registered: Row) -> None:
    undo(upload("registry", [{**registered, "证件状态": "注销", "状态日期": "2025-10-01"}]))
    assert register_on("2025-12-31") == HERE
    assert Certificate.objects.count() == 1


def test_a_later_event_after_a_correction_and_a_correction_after_an_event(registered: Row) -> None:
    corrected = {**registered, "所属街道": "灵泉镇", "所属社区": "光明社区"}
    cancelled = {"证件状态": "注销", "状态日期": "2025-10-01"}
    upload("registry", [{**registered, **cancelled}])
    batch = upload("registry", [{**corrected, **cancelled}])
    assert [change.heading for change in changes(batch)[2]] == ["所属社区"]
    assert register_on("2025-09-30") == HERE | {"streets": {"灵泉镇": 1}}
    assert register_on("2025-10-01") == GONE


def test_the_same_delivery_again_writes_nothing_whatever_spans_there_are(registered: Row) -> None:
    cancelled = {**registered, "证件状态": "注销", "状态日期": "2025-10-01"}
    upload("registry", [cancelled])
    before = list(Certificate.objects.order_by("pk").values())
    assert upload("registry", [cancelled]).state == "unchanged"
    assert list(Certificate.objects.order_by("pk").values()) == before
