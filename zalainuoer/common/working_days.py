"""Working days (工作日): weekdays that are no holiday, and weekend days worked instead (国务院办公厅节假日安排的通知)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.models import CalendarDay

SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """The working calendar, read once for any number of questions."""

    exceptions: dict[datetime.date, bool]

    @classmethod
    def read(cls) -> WorkingDays:
        """As it is maintained, in one statement."""
        return cls(dict(CalendarDay.objects.values_list("day", "is_working")))

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(day.year for day in self.exceptions)

    def is_working(self, day: datetime.date) -> bool:
        """Whether a day is worked. Raises ParameterMissing for a year that is not maintained."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day.year not in self._years:
            raise ParameterMissing(f"{day.year}年节假日", day)
        return day.weekday() < SATURDAY

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """The `count`-th working day after a day: the day itself does not count (民法典 第二百零一条)."""
        while count > 0:
            day += datetime.timedelta(days=1)
            count -= self.is_working(day)
        return day

    def due(self, day: datetime.date, count: int) -> datetime.date | None:
        """`after`, or None where the calendar does not reach so far: 工作日历未维护."""
        try:
            return self.after(day, count)
        except ParameterMissing:
            return None
