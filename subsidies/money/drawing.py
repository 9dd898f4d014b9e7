"""The plots of the page, from the tables."""

from __future__ import annotations

import datetime

from subsidies.money.reading import BACKPAY, DEMANDED, RECEIVED
from subsidies.money.tables import MOVEMENTS, NO_ROSTER, Tables
from zalainuoer.common.plots import Plot, Series, Value

DRAWN = (BACKPAY, DEMANDED, RECEIVED)


def plots_of(tables: Tables, month: datetime.date) -> list[Plot]:
    """Amount by month, people by standard and month, streets in one month, and what moved beside."""
    names = [f"{row.month:%Y-%m}" for row in tables.months]
    return [
        Plot(
            "yuan",
            "每月发放金额",
            "元",
            "所属月份",
            names,
            [Series("金额", [row.paid.yuan for row in tables.months])],
        ),
        Plot(
            "people",
            "每月发放人数（按标准）",
            "人",
            "所属月份",
            names,
            [
                Series(
                    words,
                    [
                        NO_ROSTER
                        if row.month in tables.report.without
                        else tables.by_standard[row.month][amount].people
                        for row in tables.months
                    ],
                )
                for amount, words in tables.standards
            ],
            is_stacked=True,
        ),
        Plot(
            "streets",
            f"{month:%Y-%m} 各街道（镇）人数",
            "人",
            "街道（镇）",
            [row.name for row in tables.by_street[month]],
            [Series("人数", [row.total.people for row in tables.by_street[month]])],
            kind="rows",
        ),
        Plot(
            "moved",
            "补发和追回",
            "元",
            "月份",
            names,
            [Series(MOVEMENTS[what], _moved(tables, MOVEMENTS[what])) for what in DRAWN],
        ),
    ]


def _moved(tables: Tables, label: str) -> list[Value]:
    return [dict(row.moved)[label].yuan for row in tables.months]
