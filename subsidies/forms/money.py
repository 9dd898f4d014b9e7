"""What of the money is looked at, all of it in the address."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.http import QueryDict
from django.utils.dateparse import parse_date

from subsidies.models import Subsidy


class MoneyChoice:
    """The subsidy, the year (None: the last 24 months) and the month of an address; `is_refused` where it asks for what
    there is none of."""

    def __init__(self, data: QueryDict):
        self.is_refused = False
        subsidy, year, month = (data.get(name, "") for name in ("subsidy", "year", "month"))
        self.subsidy = Subsidy(subsidy) if subsidy in Subsidy.values else Subsidy.LIVING
        self.year = int(year) if year.isdecimal() and year.isascii() and 2000 <= int(year[:9]) <= 2100 else None
        self.month = _month(month)
        self.is_refused = bool(
            (subsidy and subsidy not in Subsidy.values)
            or (year and self.year is None)
            or (month and self.month is None)
        )

    def among(self, months: Iterable[datetime.date], latest: datetime.date) -> datetime.date:
        """The month asked for, if it is one of them; else the latest that was paid."""
        if self.month is None:
            return latest
        if self.month in months:
            return self.month
        self.is_refused = True
        return latest

    def query(self, *, subsidy: str | None = None, year: int | None = None, month: datetime.date | None = None) -> str:
        """An address; what is the default is left out."""
        query = QueryDict(mutable=True)
        query["subsidy"] = subsidy or self.subsidy.value
        if year is not None:
            query["year"] = str(year)
        if month is not None:
            query["month"] = f"{month:%Y-%m}"
        return query.urlencode()


def _month(text: str) -> datetime.date | None:
    try:
        return parse_date(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
