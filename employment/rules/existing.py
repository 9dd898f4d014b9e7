"""In which months of a year an employer existed."""

from __future__ import annotations

import datetime

from employment.models import MONTHS, Employer
from zalainuoer.common.months import last_day


def months_existing(employer: Employer, year: int) -> tuple[int, ...]:
    """The months of the year from 成立 through 注销, counting those it began or ended in."""
    first = employer.established_on or datetime.date.min
    last = employer.closed_on or datetime.date.max
    starts = ((month, datetime.date(year, month, 1)) for month in MONTHS)
    return tuple(month for month, start in starts if first <= last_day(start) and start <= last)
