"""节假日: the working calendar as staff keep it, day by day or a year's notice pasted at once."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import CalendarDay, User
from zalainuoer.common.working_days import SATURDAY

HOLIDAY, WORKED = "放假", "上班"
YEARS = range(2000, 2101)
LONGEST = 31  # days of one line: a longer one is a slip of the pen
ONE_DAY = datetime.timedelta(days=1)
_DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_LINE = re.compile(rf"{_DATE}(?:\s*(?:至|到|~|—+|–|--)\s*{_DATE})?[\s,、]*({HOLIDAY}|{WORKED})[\s,、]*(.*)")
EXAMPLE = "2027-01-01至2027-01-03 放假 元旦"


class BadLines(RuleBroken):
    """Lines that cannot be read: one sentence each, with the line's number."""

    def __init__(self, problems: list[str]):
        super().__init__("没有保存任何一天，请改正下列各行后重新保存。")
        self.problems = problems


@dataclass(frozen=True)
class Line:
    """One line of a pasted notice: a day, or days in a row."""

    number: int
    first: datetime.date
    last: datetime.date
    is_working: bool
    name: str

    @property
    def days(self) -> Iterator[datetime.date]:
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY


@dataclass
class Pasted:
    """What a pasted notice has brought."""

    added: int = 0
    changed: int = 0
    same: int = 0
    years: list[int] = field(default_factory=list)


def day_add(*, day: datetime.date, is_working: bool, name: str, document: str, by: User | None) -> CalendarDay:
    """A day that is not what its weekday says."""
    with transaction.atomic(), data_lock():
        _open_context(by, "新增节假日", "calendar_add")
        row = CalendarDay(day=day, is_working=is_working, name=name, document=document)
        _check(row)
        row.save(force_insert=True)
    return row


def day_change(
    *, row: CalendarDay, day: datetime.date, is_working: bool, name: str, document: str, by: User | None
) -> CalendarDay:
    """What a day is, corrected."""
    with transaction.atomic(), data_lock():
        kept = _locked(row)
        _open_context(by, "修改节假日", "calendar_change")
        kept.day, kept.is_working, kept.name, kept.document = day, is_working, name, document
        _check(kept)
        kept.save(force_update=True)
    return kept


def day_delete(*, row: CalendarDay, by: User | None) -> None:
    """The day is again what its weekday says."""
    with transaction.atomic(), data_lock():
        kept = _locked(row)
        _open_context(by, "删除节假日", "calendar_delete")
        kept.delete()


def year_paste(*, text: str, document: str, by: User | None) -> Pasted:
    """Stores a notice's days, all or none; days known already are corrected. Raises BadLines."""
    lines = read_lines(text)
    wanted = {day: line for line in lines for day in line.days}
    with transaction.atomic(), data_lock():
        _open_context(by, document, "calendar_paste")
        known = {row.day: row for row in CalendarDay.objects.select_for_update().filter(day__in=wanted)}
        pasted = Pasted(years=sorted({day.year for day in wanted}))
        new, changed = [], []
        for day, line in sorted(wanted.items()):
            row = known.get(day)
            if row is None:
                new.append(CalendarDay(day=day, is_working=line.is_working, name=line.name, document=document))
            elif (row.is_working, row.name, row.document) == (line.is_working, line.name, document):
                pasted.same += 1
            else:
                row.is_working, row.name, row.document = line.is_working, line.name, document
                changed.append(row)
        CalendarDay.objects.bulk_create(new)
        CalendarDay.objects.bulk_update(changed, ["is_working", "name", "document"])
        pasted.added, pasted.changed = len(new), len(changed)
    return pasted


def read_lines(text: str) -> list[Line]:
    """The lines of a pasted notice; raises BadLines with everything that is wrong, by line number."""
    lines, problems = [], []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            lines.append(_line(number, raw))
        except ValueError as error:
            problems.append(f"第 {number} 行：{error}")
    problems += _contradictions(lines)
    if not lines and not problems:
        problems = [f"没有填写。每行写一天或连续几天，如：{EXAMPLE}"]
    if problems:
        raise BadLines(problems)
    return lines


def _line(number: int, raw: str) -> Line:
    found = _LINE.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if found is None:
        raise ValueError(f"看不懂“{raw.strip()[:30]}”，请写成“{EXAMPLE}”的样子。")
    first = _day(*found.group(1, 2, 3))
    last = first if found[4] is None else _day(*found.group(4, 5, 6))
    name = found[8].strip()
    if last < first:
        raise ValueError(f"结束日期 {last} 早于开始日期 {first}。")
    if (last - first).days >= LONGEST:
        raise ValueError(f"{first}至{last}超过 {LONGEST} 天，请核对。")
    if not name:
        raise ValueError("没有写节日名称，如“元旦”。")
    if len(name) > 50:
        raise ValueError("节日名称最多 50 个字。")
    return Line(number, first, last, found[7] == WORKED, name)


def _day(year: str, month: str, day: str) -> datetime.date:
    try:
        found = datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"没有 {year}-{month}-{day} 这一天。") from None
    if found.year not in YEARS:
        raise ValueError(f"年份应在 {YEARS.start} 至 {YEARS.stop - 1} 之间。")
    return found


def _contradictions(lines: Iterable[Line]) -> Iterator[str]:
    """A day that two lines name differently."""
    seen: dict[datetime.date, Line] = {}
    for line in lines:
        for day in line.days:
            first = seen.setdefault(day, line)
            if (first.is_working, first.name) != (line.is_working, line.name):
                yield f"第 {line.number} 行：{day} 与第 {first.number} 行写的不一致。"
                break


def doubtful(days: Iterable[tuple[datetime.date, bool]]) -> list[datetime.date]:
    """Weekdays said to be worked instead: they would be worked anyway, so that the date may be a slip of the pen."""
    return [day for day, is_working in days if is_working and day.weekday() < SATURDAY]


def maintained_years() -> dict[int, int]:
    """The years with any row, and how many, in one statement."""
    years: dict[int, int] = {}
    for day in CalendarDay.objects.order_by("day").values_list("day", flat=True):
        years[day.year] = years.get(day.year, 0) + 1
    return years


def _locked(row: CalendarDay) -> CalendarDay:
    kept = CalendarDay.objects.select_for_update().filter(pk=row.pk).first()
    if kept is None:
        raise RuleBroken("这一天已被删除，请回到列表核对。")
    return kept


def _check(row: CalendarDay) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        if "day" in error.message_dict:
            raise RuleBroken(f"{row.day} 已经登记过，请修改原来的一条。") from error
        raise RuleBroken("".join(error.messages)) from error


def _open_context(by: User | None, reason: str, act: str) -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
