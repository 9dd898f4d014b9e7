"""Months, each written as its first day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

ONE_DAY = datetime.timedelta(days=1)


def month_of(day: datetime.date) -> datetime.date:
    """The month a day lies in, as its first day."""
    return day.replace(day=1)


def next_month(month: datetime.date) -> datetime.date:
    """The month after."""
    return (month + datetime.timedelta(days=31)).replace(day=1)


def previous_month(month: datetime.date) -> datetime.date:
    """The month before."""
    return (month - ONE_DAY).replace(day=1)


def last_day(month: datetime.date) -> datetime.date:
    """The last day of the month that a day lies in."""
    return next_month(month.replace(day=1)) - ONE_DAY


def months_between(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """The months from one to another, both included; none if the first is later."""
    while first <= last:
        yield first
        first = next_month(first)
