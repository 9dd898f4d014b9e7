"""How a match is shown: what forbids it, and which wishes it meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from employment.rules.matching import HOLDS, SOFT
from zalainuoer.common.rules import Rule, Verdict


@dataclass(frozen=True)
class Reason:
    """A clause in words: what it says as it stands, and where that is written."""

    holds: bool
    text: str
    source: str


@dataclass(frozen=True)
class Pairing:
    """One row of the side asked about, with the clauses in words."""

    row: Any
    conditions: list[Reason]
    wishes: list[Reason]

    @property
    def met(self) -> int:
        """How many wishes hold."""
        return sum(wish.holds for wish in self.wishes)

    @property
    def broken(self) -> list[Reason]:
        """The conditions that do not hold."""
        return [condition for condition in self.conditions if not condition.holds]


def pairings(rule: Rule, rows: Any) -> list[Pairing]:
    """The rows in their order with their clauses, in one statement for all of them."""
    return [Pairing(row, _reasons(verdicts, False), _reasons(verdicts, True)) for row, verdicts in rule.explained(rows)]


def _reasons(verdicts: Iterable[Verdict], soft: bool) -> list[Reason]:
    return [
        Reason(each.holds, HOLDS[each.clause.code] if each.holds else each.clause.reason, each.clause.source)
        for each in verdicts
        if (each.clause.code in SOFT) == soft
    ]
