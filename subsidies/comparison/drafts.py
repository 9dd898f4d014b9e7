"""A finding in the making: what the comparison has seen, before it is put into words and evidence."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from subsidies.comparison.rosters import Row
from subsidies.models import Finding
from subsidies.rules import ROSTERS

# The ledger's column for an amount; a sum of 24 months of subsidies never comes near it.
CLAUSE, SOURCE, YUAN = 300, 200, Decimal("99999999.99")


@dataclass
class Paid:
    """The months of one person that belong to one finding, in order."""

    rows: list[tuple[datetime.date, Row]] = field(default_factory=list)
    amount: Decimal = Decimal(0)

    @property
    def first(self) -> datetime.date:
        return self.rows[0][0]

    def add(self, month: datetime.date, row: Row, yuan: Decimal) -> None:
        self.rows.append((month, row))
        self.amount += yuan


@dataclass
class Draft:
    """One finding. `facts` are what its ground rests on beside cause and clauses; `codes` tell the clauses apart."""

    person: int
    subsidy: str
    kind: str
    cause: str
    clause: str
    source: str
    since: datetime.date
    months: int
    amount: Decimal | None
    evidence: list[dict[str, Any]] = field(default_factory=list)
    codes: Sequence[str] = ()
    facts: Sequence[Any] = ()
    on: datetime.date | None = None  # the day whose register facts are to be shown as evidence

    def finding(self, today: datetime.date) -> Finding:
        """The finding, not saved."""
        return Finding(
            person_id=self.person,
            subsidy=self.subsidy,
            kind=self.kind,
            cause=self.cause,
            clause=cut(self.clause, CLAUSE),
            source=cut(self.source, SOURCE),
            since_month=self.since,
            months=self.months,
            amount_yuan=None if self.amount is None else min(self.amount, YUAN),
            evidence=self.evidence,
            ground=fingerprint(self.kind, self.cause, sorted(self.codes), list(self.facts)),
            found_on=today,
            seen_on=today,
        )


def fingerprint(*parts: Any) -> str:
    """The same for the same ground, whatever the months have grown to."""
    return hashlib.sha256(json.dumps(parts, default=str, ensure_ascii=False).encode()).hexdigest()


def cut(text: str, length: int) -> str:
    """A sentence that fits its column."""
    return text if len(text) <= length else text[: length - 1] + "…"


def roster_evidence(subsidy: str, rows: list[tuple[datetime.date, Row]]) -> list[dict[str, Any]]:
    """Roster rows as evidence, newest first; where they stand in which file is looked up when they are shown."""
    table = ROSTERS[subsidy]._meta.model_name
    return [
        {"table": table, "id": row.id, "month": f"{month:%Y-%m}", "yuan": str(row.amount)}
        for month, row in reversed(rows)
    ]


def in_words(month: datetime.date) -> str:
    """2025年3月."""
    return f"{month.year}年{month.month}月"


def yuan(amount: Decimal) -> str:
    """125 or 62.50, as people write it."""
    return f"{amount.normalize():f}" if amount == amount.to_integral() else f"{amount:.2f}"
