"""Months, each written as its first day."""

from __future__ import annotations

import datetime


def last_day(month: datetime.date) -> datetime.date:
    """The last day of the month that a day lies in."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
