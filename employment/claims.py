"""重复申报: months of one person that more than one employment claims (残联厅函〔2022〕63号 三)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from employment.models import EmploymentMonth


@dataclass(frozen=True)
class Claim:
    """A month that another employer claims too."""

    month: datetime.date
    others: tuple[str, ...]  # the other employers' names


def double_claims(records: Iterable[int]) -> Mapping[int, list[Claim]]:
    """Of employment records (primary keys): the months that somebody else claims too, and who; two statements."""
    months = list(
        EmploymentMonth.objects.filter(record__in=list(records)).values_list("record", "record__person", "month")
    )
    rivals: dict[tuple[int, datetime.date], dict[int, str]] = {}
    found = EmploymentMonth.objects.filter(
        record__person__in={person for _, person, _ in months}, month__in={month for *_, month in months}
    )
    for record, person, month, name in found.values_list("record", "record__person", "month", "record__employer__name"):
        rivals.setdefault((person, month), {})[record] = name or "其他就业"
    claims: dict[int, list[Claim]] = {}
    for record, person, month in sorted(months, key=lambda row: row[2]):
        others = tuple(sorted({name for pk, name in rivals[person, month].items() if pk != record}))
        if others:
            claims.setdefault(record, []).append(Claim(month, others))
    return claims
