"""节假日: working days counted by the calendar as it is kept, and the calendar's own pages."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.deliveries import user
from zalainuoer.common import holidays
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.models import CalendarDay, Role
from zalainuoer.common.working_days import WorkingDays

pytestmark = pytest.mark.django_db
NOTICE = "某年部分节假日安排的通知"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def paste(text: str) -> holidays.Pasted:
    return holidays.year_paste(text=text, document=NOTICE, by=None)


@pytest.fixture
def client_() -> Client:
    found = Client()
    found.force_login(user(Role.SYSTEM_ADMINISTRATOR), backend="zalainuoer.roles.RoleBackend")
    return found


# --- counting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_day", "count", "due"),
    [
        ("2026-03-02", 5, "2026-03-09"),  # Monday: the day itself does not count
        ("2026-03-06", 1, "2026-03-09"),  # over a weekend
        ("2026-09-30", 1, "2026-10-08"),  # seven days of holiday
        ("2026-10-09", 1, "2026-10-10"),  # a Saturday worked instead
        ("2026-10-09", 2, "2026-10-12"),
        ("2026-03-06", 0, "2026-03-06"),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_saturdays(from_day: str, count: int, due: str) -> None:
    assert WorkingDays.read().after(day(from_day), count) == day(due)


def test_a_year_without_rows_is_not_counted() -> None:
    calendar = WorkingDays.read()
    assert calendar.due(day("2031-03-03"), 5) is None
    with pytest.raises(ParameterMissing, match="2031年节假日"):
        calendar.after(day("2031-03-03"), 5)


def test_a_limit_that_runs_into_a_year_without_rows_has_no_end_yet() -> None:
    CalendarDay.objects.filter(day__year=2027).delete()
    calendar = WorkingDays.read()
    assert calendar.due(day("2026-12-30"), 1) == day("2026-12-31")
    assert calendar.due(day("2026-12-30"), 2) is None
    paste("2027-01-01至2027-01-03 放假 元旦")
    assert WorkingDays.read().due(day("2026-12-30"), 2) == day("2027-01-04")


def test_a_make_up_sunday_is_a_working_day_once_it_is_pasted() -> None:
    paste("2032-02-01 上班 春节")
    calendar = WorkingDays.read()
    assert day("2032-02-01").weekday() == 6
    assert calendar.is_working(day("2032-02-01"))
    assert not calendar.is_working(day("2032-02-08"))


def test_the_calendar_is_read_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        WorkingDays.read().after(day("2026-01-05"), 200)
    assert len(captured) == 1


# --- pasting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2031-01-01至2031-01-03 放假 元旦",
        "2031年1月1日至2031年1月3日　放假　元旦",
        "２０３１/1/1～2031/1/3放假元旦",
        "\n2031-01-01 放假 元旦\r\n2031-01-02、放假、元旦\n\n2031-01-03 放假 元旦\n",
    ],
)
def test_a_notice_is_read_however_the_office_writes_its_dates(text: str) -> None:
    assert paste(text).added == 3
    rows = CalendarDay.objects.filter(day__year=2031)
    assert [(f"{row.day}", row.is_working, row.name, row.document) for row in rows] == [
        (f"2031-01-0{n}", False, "元旦", NOTICE) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("元旦放假三天", "看不懂“元旦放假三天”"),
        ("2031-01-01 休息 元旦", "看不懂"),
        ("2031-02-29 放假 春节", "没有 2031-02-29 这一天"),
        ("2031-01-03至2031-01-01 放假 元旦", "早于开始日期"),
        ("2031-01-01至2031-12-31 放假 元旦", "超过 31 天"),
        ("2031-01-01 放假", "没有写节日名称"),
        ("1931-01-01 放假 元旦", "年份应在"),
        ("2031-05-01 上班 劳动节", "与第 1 行写的不一致"),
    ],
)
def test_every_bad_line_is_named_and_nothing_is_stored(line: str, sentence: str) -> None:
    with pytest.raises(holidays.BadLines) as bad:
        paste(f"2031-05-01 放假 劳动节\n{line}\n乱写")
    assert [problem.partition("：")[0] for problem in bad.value.problems] in (
        ["第 2 行", "第 3 行"],
        ["第 3 行", "第 2 行"],
    )
    assert any(sentence in problem for problem in bad.value.problems)
    assert not CalendarDay.objects.filter(day__year=2031).exists()


def test_a_notice_pasted_again_changes_what_differs() -> None:
    paste("2031-01-01至2031-01-03 放假 元旦")
    pasted = paste("2031-01-01 放假 元旦\n2031-01-03 上班 元旦\n2031-01-04 放假 元旦")
    assert (pasted.added, pasted.changed, pasted.same) == (1, 1, 1)
    assert CalendarDay.objects.get(day="2031-01-03").is_working


def test_pasting_is_a_constant_number_of_statements() -> None:
    counted = []
    for year, days in ((2031, "03"), (2032, "30")):
        with CaptureQueriesContext(connection) as captured:
            paste(f"{year}-01-01至{year}-01-{days} 放假 元旦")
        counted.append(len(captured))
    assert counted[0] == counted[1]


# --- one day ---------------------------------------------------------------------------------------------------------


def test_a_day_is_added_changed_and_deleted_and_the_history_says_by_whom() -> None:
    by = user(Role.SYSTEM_ADMINISTRATOR)
    row = holidays.day_add(day=day("2031-01-01"), is_working=False, name="元旦", document=NOTICE, by=by)
    holidays.day_change(row=row, day=day("2031-01-02"), is_working=False, name="元旦", document=NOTICE, by=by)
    holidays.day_delete(row=row, by=by)
    events = CalendarDay.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id")  # type: ignore[attr-defined]
    assert [event.pgh_label for event in events] == ["insert", "update", "delete"]
    assert {event.pgh_context.metadata["user"] for event in events} == {by.username}


def test_a_day_cannot_be_there_twice() -> None:
    facts: dict[str, Any] = {"is_working": False, "name": "元旦", "document": NOTICE, "by": None}
    row = holidays.day_add(day=day("2031-01-01"), **facts)
    other = holidays.day_add(day=day("2031-01-02"), **facts)
    with pytest.raises(RuleBroken, match="已经登记过"):
        holidays.day_add(day=day("2031-01-01"), **facts)
    with pytest.raises(RuleBroken, match="已经登记过"):
        holidays.day_change(row=other, **{**facts, "day": row.day})


def test_what_somebody_else_has_deleted_is_not_written_again() -> None:
    row = holidays.day_add(day=day("2031-01-01"), is_working=False, name="元旦", document=NOTICE, by=None)
    holidays.day_delete(row=CalendarDay.objects.get(pk=row.pk), by=None)
    with pytest.raises(RuleBroken, match="已被删除"):
        holidays.day_delete(row=row, by=None)


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "is_told"), [("2030-10-31", False), ("2030-11-01", True)])
def test_from_november_on_the_page_asks_for_the_next_year(
    client_: Client, monkeypatch: pytest.MonkeyPatch, today: str, is_told: bool
) -> None:
    paste("2030-01-01 放假 元旦")
    monkeypatch.setattr("zalainuoer.common.views.calendar.timezone.localdate", lambda: day(today))
    said = client_.get(reverse("calendar_list")).content.decode()
    assert ("2031 年的节假日还没有登记" in said) is is_told
    assert "2030 年（1 天）" in said
    assert "2030 年的节假日还没有登记" not in said


def test_the_page_pastes_a_year_and_names_bad_lines(client_: Client) -> None:
    data = {"text": "2031-01-01 放假 元旦\n乱写\n2031-13-01 放假 元旦", "document": NOTICE}
    said = client_.post(reverse("calendar_paste"), data).content.decode()
    assert "第 2 行" in said
    assert "第 3 行" in said
    assert not CalendarDay.objects.filter(day__year=2031).exists()
    answer = client_.post(
        reverse("calendar_paste"),
        {"text": "2031-01-01 放假 元旦\n2031-01-06 上班 元旦", "document": NOTICE},
        follow=True,
    )
    said = answer.content.decode()
    assert "新增 2 天，更改 0 天，0 天没有变化" in said
    assert "2031-01-06（周一）本来就是工作日" in said


def test_the_forms_add_change_and_delete_a_day(client_: Client) -> None:
    data = {"day": "2031-02-01", "kind": "work", "name": "春节", "document": NOTICE}
    client_.post(reverse("calendar_add"), data)
    row = CalendarDay.objects.get(day="2031-02-01")
    assert row.is_working
    client_.post(reverse("calendar_edit", args=[row.pk]), {**data, "kind": "off"})
    row.refresh_from_db()
    assert not row.is_working
    assert "这一年视为没有登记" in client_.get(reverse("calendar_delete", args=[row.pk])).content.decode()
    client_.post(reverse("calendar_delete", args=[row.pk]))
    assert not CalendarDay.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("year", ["0", "99999", "２０２６", "x", "-1", ""])
def test_a_year_that_is_none_shows_this_year(client_: Client, year: str) -> None:
    assert client_.get(reverse("calendar_list"), {"year": year}).status_code == 200


@pytest.mark.parametrize("role", [Role.FEDERATION_STAFF, Role.CIVIL_STAFF, Role.LEADERSHIP])
def test_only_who_keeps_parameters_sees_the_calendar(role: str) -> None:
    found = Client()
    found.force_login(user(role), backend="zalainuoer.roles.RoleBackend")
    for name in ("calendar_list", "calendar_add", "calendar_paste"):
        assert found.get(reverse(name)).status_code == 403


def test_the_page_asks_as_much_of_the_database_for_many_days_as_for_few(client_: Client) -> None:
    counted = []
    for year, days in ((2031, "02"), (2032, "30")):
        paste(f"{year}-01-01至{year}-01-{days} 放假 元旦")
        client_.get(reverse("calendar_list"))
        with CaptureQueriesContext(connection) as captured:
            client_.get(reverse("calendar_list"), {"year": year})
        counted.append(len(captured))
    assert counted[0] == counted[1]
