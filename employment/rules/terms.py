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


class ParameterBook:
    """The parameters of whatever day with their names, read in two statements."""

    def __init__(self) -> None:
        self._dated = DatedParameters()
        self._names = dict(Parameter.objects.order_by("effective_from").values_list("key", "name"))

    def on(self, day: datetime.date) -> Asking:
        """Those in force on a day."""
        return Asking(on=day, values=self._dated.on(day), names=self._names)
