"""The dated parameters that quota and levy are reckoned by: asked for, and named where they are missing."""

from __future__ import annotations

import datetime
from typing import Any

from zalainuoer.common.models import Parameter
from zalainuoer.common.rules import DatedParameters, Parameters


class Asking(Parameters):
    """The parameters of a day; a missing one answers None and is written down by name, instead of refusing.

    A sheet shows all that can be reckoned: whoever goes on with a None must make None of it (employment.rules.levy).
    """

    def __init__(self, *, on: datetime.date, values: Any, names: dict[str, str]):
        super().__init__(on=on, values=values)
        self._names, self.missing = names, dict[str, str]()

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            self.missing[key] = f"参数未维护：{self._names.get(key, key)}（{self.on}）"
        return value


# Published for one year: what is known of the last year says nothing of this one.
OF_ONE_YEAR = ("employment.local_average_wage_yuan",)


class ParameterBook:
    """The parameters of whatever day with their names, read in two statements."""

    def __init__(self) -> None:
        self._dated = DatedParameters()
        rows = list(Parameter.objects.order_by("effective_from").values_list("key", "name", "effective_from"))
        self._names = {key: name for key, name, _ in rows}
        self._years = {(key, since.year) for key, _, since in rows}

    def on(self, day: datetime.date) -> Asking:
        """Those in force on a day; of the figures of one year those that begin in the day's."""
        values = dict(self._dated.on(day))
        values |= {key: None for key in OF_ONE_YEAR if (key, day.year) not in self._years}
        return Asking(on=day, values=values, names=self._names)


EXPIRY_NOTICE = datetime.timedelta(days=180)


def expiring(*, year: int, today: datetime.date) -> list[str]:
    """Sentences about parameters of the levy that have run out by the end of the year or by today, or within 180 days
    of either: a value of none from a day on, and none after it."""
    rows = list(Parameter.objects.filter(key__startswith="employment.levy_").order_by("key", "effective_from"))
    latest = max(today, datetime.date(year, 12, 31))
    ends: dict[datetime.date, list[str]] = {}
    for row in rows:
        is_followed = any(
            r.key == row.key and r.effective_from > row.effective_from and r.value is not None for r in rows
        )
        had_value = any(
            r.key == row.key and r.effective_from < row.effective_from and r.value is not None for r in rows
        )
        last = row.effective_from - datetime.timedelta(days=1)
        if row.value is None and had_value and not is_followed and latest >= last - EXPIRY_NOTICE:
            ends.setdefault(last, []).append(row.name)
    return [
        f"{'、'.join(names)}：{last} 到期。没有新文件以前，以后的年度不能测算应缴，请系统管理员按新文件在“参数”中新增取值。"
        for last, names in sorted(ends.items())
    ]
