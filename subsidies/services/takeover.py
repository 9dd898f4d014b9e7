"""存量接收: whoever is being paid already becomes a recipient here, without a new application.

Taken over are the people on the latest uploaded roster, each from the first month of the unbroken run of months on
uploaded rosters that ends there. What a run of this system has put on a roster is none of it. Set-based: a constant
number of statements, whatever the number of people.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from subsidies.models import ONCE, Grant, Origin, PaymentLine, Subsidy
from subsidies.months import Conditions, unpayable
from subsidies.rules import ROSTERS
from subsidies.services.runs.checks import CHANGED_SINCE, PREPARE, in_words, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Takeover:
    """What taking over a subsidy's recipients would do; `month` is None where no roster has been uploaded."""

    subsidy: Subsidy
    month: datetime.date | None
    on_roster: int
    already: int  # have a grant of the subsidy, of whatever month
    coming: int
    unpayable: int  # of those coming: whom the register rules out in the roster's month
    since: list[tuple[datetime.date, int]]  # how many from which month, the earliest first

    @property
    def version(self) -> str:
        """Changes with whatever is shown."""
        return f"{self.month}-{self.on_roster}-{self.already}-{self.coming}"


def takeover_preview(subsidy: str) -> Takeover:
    """What `grants_take_over` would do now."""
    rows = _recipients(subsidy)
    latest = max((month for _, month, _, _ in rows), default=None)
    coming = {person: first for person, _, first, is_granted in rows if not is_granted}
    since: dict[datetime.date, int] = {}
    for first in coming.values():
        since[first] = since.get(first, 0) + 1
    ruled_out = unpayable(Conditions(subsidy, list(coming)), latest, list(coming)) if latest and coming else set()
    return Takeover(
        subsidy=Subsidy(subsidy),
        month=latest,
        on_roster=len(rows),
        already=len(rows) - len(coming),
        coming=len(coming),
        unpayable=len(ruled_out),
        since=sorted(since.items()),
    )


def grants_take_over(*, subsidy: str, by: User | None, today: datetime.date, seen: str | None = None) -> int:
    """Grants the subsidy to everybody on the latest uploaded roster who has no grant of it; returns to how many.

    Again, it finds nobody. `seen` is the preview's `version`. RuleBroken where there is no roster or nobody to come.
    """
    refuse_others(by, PREPARE)
    with transaction.atomic(), data_lock():
        preview = takeover_preview(subsidy)
        if seen is not None and seen != preview.version:
            raise RuleBroken(CHANGED_SINCE.replace("这个批次", "名册或享受记录"))
        if preview.month is None:
            raise RuleBroken(
                f"还没有上传过{preview.subsidy.label}的发放名册，没有可以接收的人。请先在“报表报送”上传最近几个月的名册。"
            )
        if not preview.coming:
            raise RuleBroken(
                f"{in_words(preview.month)}{preview.subsidy.label}名册上的 {preview.on_roster} 人都已有享受记录，不需要接收。"
            )
        open_history_context(user=by.username if by else "system", reason="存量名册接收", act="grants_take_over")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Grant._meta.db_table}"
                " (person_id, subsidy, first_month, origin, granted_on, granted_by_id)"
                f" SELECT person_id, %(subsidy)s, first_month, %(origin)s, %(today)s, %(by)s FROM ({_sql(subsidy)}) found"
                " WHERE NOT is_granted ORDER BY person_id",
                {
                    **_parameters(subsidy),
                    "origin": Origin.ROSTER,
                    "today": today,
                    "by": by.pk if by else None,
                },
            )
            return cursor.rowcount


def _recipients(subsidy: str) -> list[tuple[int, datetime.date, datetime.date, bool]]:
    """(person, latest month, first month of the unbroken run, has a grant), in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(subsidy), _parameters(subsidy))
        return cursor.fetchall()


def _parameters(subsidy: str) -> dict[str, Any]:
    return {"subsidy": subsidy, "once": list(ONCE)}


def _sql(subsidy: str) -> str:
    """Months counted from the year 0 and the place from the latest backwards add up to the same within a run of months."""
    roster, lines = ROSTERS[subsidy]._meta.db_table, PaymentLine._meta.db_table
    return (
        "WITH uploaded AS ("
        "  SELECT person_id, month, (extract(year FROM month) * 12 + extract(month FROM month))::int AS ordinal"
        f"  FROM {roster} r WHERE amount_yuan > 0 AND NOT EXISTS ("
        f"   SELECT FROM {lines} own WHERE own.person_id = r.person_id AND own.subsidy = %(subsidy)s"
        "    AND own.benefit_month = r.month AND own.kind = ANY(%(once)s) AND own.is_locked)),"
        " placed AS ("
        "  SELECT person_id, month, max(month) OVER () AS latest, max(ordinal) OVER () AS last_ordinal,"
        "   ordinal + row_number() OVER (PARTITION BY person_id ORDER BY month DESC) AS island FROM uploaded)"
        " SELECT person_id, latest, min(month) AS first_month, EXISTS ("
        f"   SELECT FROM {Grant._meta.db_table} g WHERE g.person_id = placed.person_id AND g.subsidy = %(subsidy)s"
        "  ) AS is_granted"
        " FROM placed WHERE island = last_ordinal + 1 GROUP BY person_id, latest"
    )
