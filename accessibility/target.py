"""How many homes the plan in force is to reach: told by the floor above, which keeps the plans (指标11)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A plan's target of homes: `words` as its table prints it (＞321户)."""

    plan: str
    homes: int
    words: str
    starts_on: datetime.date
    ends_on: datetime.date


Source = Callable[[datetime.date], Goal | None]
_sources: list[Source] = []


def tell_goal(source: Source) -> None:
    """Called once by whoever keeps the plans, when its app is ready."""
    _sources[:] = [source]


def goal_on(day: datetime.date) -> Goal | None:
    """The target of the latest plan begun by the day; None where there is none."""
    return _sources[0](day) if _sources else None
