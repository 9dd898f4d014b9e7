"""When a sheet is to be delivered, and for which period."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Due:
    """The next delivery: the period's name as people say it, and its last day in time."""

    period: str
    deadline: datetime.date


@dataclass(frozen=True)
class Monthly:
    """Every month by `day`, for the month `lag` months before."""

    day: int
    lag: int = 1

    def due(self, today: datetime.date) -> Due:
        year, month = today.year, today.month
        if today.day > self.day:
            year, month = year + month // 12, month % 12 + 1
        months = year * 12 + month - 1 - self.lag
        return Due(f"{months // 12}年{months % 12 + 1}月", datetime.date(year, month, self.day))


@dataclass(frozen=True)
class Yearly:
    """Every year by a day, for the year `lag` years before; a school year is named by both of its years."""

    month: int
    day: int
    lag: int = 0
    is_school_year: bool = False

    def due(self, today: datetime.date) -> Due:
        deadline = datetime.date(today.year, self.month, self.day)
        if today > deadline:
            deadline = deadline.replace(year=today.year + 1)
        year = deadline.year - self.lag
        return Due(f"{year}-{year + 1}学年" if self.is_school_year else f"{year}年", deadline)
