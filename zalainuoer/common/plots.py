"""Plots: what is drawn and the table that says the same, from one declaration.

>>> plot = Plot("paid", "每月发放金额", unit="元", heading="月份", categories=["2025-11"], series=[Series("金额", [130])])
{% plot plot %}        in a template, whose head has {% include "partials/plots_head.html" %}

static/js/plots.js draws it with Apache ECharts from JSON on the page. Without scripts the table is what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias


class Gap(str):
    """A value there is none of: nothing is drawn, and the table says why (无名册)."""


Value: TypeAlias = Decimal | int | Gap


@dataclass(frozen=True)
class Series:
    """One row of bars or one line, a value a category."""

    name: str
    values: Sequence[Value]


@dataclass(frozen=True)
class Plot:
    """A plot of one or several series over the same categories.

    `kind`: upright bars, a line, or bars lying in rows (many or long names). `heading` names the categories in the table.
    `note` is a sentence on how the numbers came about.
    """

    key: str
    title: str
    unit: str
    heading: str
    categories: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bar", "line", "rows"] = "bar"
    is_stacked: bool = False
    note: str = ""

    @property
    def id(self) -> str:
        return f"plot-{self.key}"

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script is given, ready for JSON."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "isStacked": self.is_stacked,
            "categories": list(self.categories),
            "series": [{"name": one.name, "values": [_drawn(value) for value in one.values]} for one in self.series],
            "description": self.description,
        }

    @property
    def description(self) -> str:
        """The plot in a sentence, for those who do not see it."""
        kind = "折线图" if self.kind == "line" else "条形图"
        span = f"，{self.categories[0]} 至 {self.categories[-1]}" if len(self.categories) > 1 else ""
        ends = "；".join(filter(None, map(self._extremes, self.series)))
        return f"{self.title}（{self.unit}），{kind}{span}。{ends and ends + '。'}逐项数字见图下的数据表。"

    def _extremes(self, series: Series) -> str:
        known = [
            (value, name)
            for value, name in zip(series.values, self.categories, strict=True)
            if not isinstance(value, Gap)
        ]
        if not known:
            return ""
        most, least = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
        return f"{series.name}最高 {most[0]:,}（{most[1]}），最低 {least[0]:,}（{least[1]}）"

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, Value]]]]:
        """The table: (category, [(series, value)])."""
        return [
            (name, [(one.name, one.values[place]) for one in self.series]) for place, name in enumerate(self.categories)
        ]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: not a value, or only 0."""
        return all(isinstance(value, Gap) or value == 0 for one in self.series for value in one.values)


def _drawn(value: Value) -> float | None:
    """To the cent, which a float holds of any sum there is here; the table has the exact number."""
    return None if isinstance(value, Gap) else float(value)
