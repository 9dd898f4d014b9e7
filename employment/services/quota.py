"""The reckoning of a year: from recorded months and declared figures to a sheet for every employer.

Set-based: the number of statements does not grow with employers, people or months. Nothing is written where nothing has
changed, and a sheet on which a certificate rests is left as it is.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from employment.models import MONTHS, Audit, AuditState, Employer, EmployerYear, QuotaSheet
from employment.rules.levy import Levy, Terms, YearFacts, half_up, levy
from employment.rules.quota import (
    MonthTerms,
    Weights,
    audit_window_until,
    claims,
    counted,
    months_existing,
    terms_of_months,
    undecided,
    weights,
    with_grades,
)
from employment.rules.terms import ParameterBook
from zalainuoer.common import bulk
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

PERMISSION = "employment.view_levy"
RECKON = "quota_reckon"
YEARS = range(2011, 2101)  # the quota of this region began in 2011
# From here on the figures have left the house: what is found out later goes through the audit, not through the night.
SETTLED = (AuditState.CERTIFIED, AuditState.PUSHED, AuditState.SETTLED, AuditState.OWING)


@dataclass
class Changes:
    """What a reckoning has brought."""

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0  # certified, left alone

    def in_words(self) -> str:
        """In a sentence, for whoever pressed the button."""
        said = [f"新增 {self.new} 个单位", f"变动 {self.changed} 个", f"不变 {self.same} 个"]
        if self.kept:
            said.append(f"已认证、保持原数的 {self.kept} 个")
        return f"测算完成：{'，'.join(said)}。"


def years_in_play(today: datetime.date) -> list[int]:
    """The years that the night reckons: the one whose placements are audited now, and the present one so far."""
    return [today.year - 1, today.year]


def quota_reckon(
    *, year: int, at: datetime.datetime, by: User | None = None, employers: Collection[int] | None = None
) -> Changes:
    """Reckons a year anew for all employers that existed in it, or for those of the keys, in one transaction.

    `at` is the moment of it; whether the declaration is overdue goes by its day.
    """
    if by is not None and not (by.has_perm(PERMISSION) and by.is_of_whole_district):
        raise RuleBroken("残保金测算涉及全区，您的账号不能办理，请由区残联工作人员办理。")
    if year not in YEARS:
        raise RuleBroken(f"{year}年不能测算，请选择{YEARS[0]}年以后的年度。")
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username if by else "system", reason=f"{year}年度残保金测算", act=RECKON)
        return _write(reckoned(year=year, today=timezone.localdate(at), employers=employers), year, at, employers)


def reckoned(*, year: int, today: datetime.date, employers: Collection[int] | None = None) -> list[QuotaSheet]:
    """The sheets as the facts have them now, unsaved, in the order of the employers' keys."""
    world = _World.read(year, today, employers)
    return [world.sheet_of(employer) for employer in world.employers]


@dataclass
class _World:
    """Everything the sheets of a year are reckoned from."""

    year: int
    terms: Terms
    weights: Weights | None
    unweighted: str  # what to say where there are no weights
    employers: list[Employer]
    years: dict[int, EmployerYear]
    placed: dict[int, dict[int, int | None]]  # employer → month → weight; None where the matrix does not say
    open_months: dict[int, set[int]]  # employer → months that a missing parameter leaves open
    missing: dict[int, tuple[str, ...]]  # month → the parameters it lacks
    declared: set[int] | None  # who has declared; None while the window is open or unknown

    @classmethod
    def read(cls, year: int, today: datetime.date, keys: Collection[int] | None) -> _World:
        book = ParameterBook()
        parameters = book.on(datetime.date(year, 12, 31))
        months = terms_of_months(year, book)
        matrix = weights(parameters)
        until = audit_window_until(year, book)
        return cls(
            year=year,
            terms=Terms.of(parameters),
            weights=matrix,
            unweighted=parameters.missing.get("employment.weights", ""),
            employers=list(_existing(year, keys)),
            years={row.employer_id: row for row in _only(EmployerYear.objects.filter(year=year), keys)},
            placed=_placed(year, months, matrix, keys),
            open_months=_open_months(year, months, keys),
            missing={each.month.month: each.missing for each in months},
            declared=None if until is None or today <= until else _declared(year, keys),
        )

    def sheet_of(self, employer: Employer) -> QuotaSheet:
        existing = months_existing(self.year, established_on=employer.established_on, closed_on=employer.closed_on)
        late = self.declared is not None and employer.pk not in self.declared
        by_month = [0 if late else (self.placed.get(employer.pk, {}).get(month, 0) or 0) for month in MONTHS]
        unknown = [] if late else self._unknown(employer.pk)
        row = self.years.get(employer.pk)
        heads = row.headcounts if row else (None,) * 12
        found = levy(
            YearFacts(
                kind=employer.kind,
                headcounts=[heads[month - 1] for month in existing],
                wage_total=row.wage_total_yuan if row else None,
                placed=None if unknown or not existing else Fraction(sum(by_month), len(existing)),
                placed_in_words=_in_words(by_month, existing, late),
                unknown=unknown,
            ),
            self.terms,
        )
        return _sheet(employer, self.year, found, is_undeclared=late, months=len(existing), by_month=by_month)

    def _unknown(self, employer: int) -> list[str]:
        """Why the placed persons of an employer cannot be counted; empty where they can."""
        months = self.open_months.get(employer, set())
        found = [name for month in sorted(months) for name in self.missing[month]]
        counts = self.placed.get(employer, {})
        if None in counts.values():
            found.append(self.unweighted or "参数取值不全：按比例就业的折算系数没有包括有关的类别和等级")
        return found


def _in_words(by_month: list[int], existing: list[int], late: bool) -> str:
    if late:
        return "期满未申报，视为未安排"
    if not existing:
        return ""
    values = [by_month[month - 1] for month in existing]
    return f"（{'+'.join(map(str, values))}）÷{len(existing)}" if any(values) else "各月没有计入的人"


def _existing(year: int, keys: Collection[int] | None) -> QuerySet[Employer]:
    """Employers that existed on some day of the year, and those that have a sheet of it from before."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    then = Q(established_on__isnull=True) | Q(established_on__lte=last)
    still = Q(closed_on__isnull=True) | Q(closed_on__gte=first)
    known = Q(pk__in=QuotaSheet.objects.filter(year=year).values("employer"))
    rows = Employer.objects.filter((then & still) | known).order_by("pk")
    return rows if keys is None else rows.filter(pk__in=keys)


def _only(rows: QuerySet[Any], keys: Collection[int] | None, name: str = "employer") -> QuerySet[Any]:
    return rows if keys is None else rows.filter(**{f"{name}__in": keys})


def _placed(
    year: int, months: list[MonthTerms], matrix: Weights | None, keys: Collection[int] | None
) -> dict[int, dict[int, int | None]]:
    """The weights of the claims that count, by employer and month, in one statement of grades and how many hold them."""
    rows = _only(with_grades(counted(year, months).people(claims(year))), keys, "claimed_by").order_by()
    grades = rows.values_list("claimed_by", "month", "category", "level", "military").annotate(n=Count("pk"))
    found: dict[int, dict[int, int | None]] = defaultdict(dict)
    for employer, month, category, level, military, n in grades:
        weight = None if matrix is None else matrix.of(category, level, military)
        before = found[employer].get(month.month, 0)
        found[employer][month.month] = None if weight is None or before is None else before + weight * n
    return found


def _open_months(year: int, months: list[MonthTerms], keys: Collection[int] | None) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if any(each.missing for each in months):
        rows = _only(undecided(year, months), keys, "claimed_by").order_by()
        for employer, month in rows.values_list("claimed_by", "month").distinct():
            found[employer].add(month.month)
    return found


def _declared(year: int, keys: Collection[int] | None) -> set[int]:
    rows = _only(Audit.objects.filter(year=year, declared_on__isnull=False), keys)
    return set(rows.values_list("employer", flat=True))


def _sheet(
    employer: Employer, year: int, found: Levy, *, is_undeclared: bool, months: int, by_month: list[int]
) -> QuotaSheet:
    return QuotaSheet(
        employer=employer,
        year=year,
        is_undeclared=is_undeclared,
        headcount=_places(found.headcount, 4),
        months_existing=months,
        placed_by_month=[Decimal(count) for count in by_month],
        placed=_places(found.placed, 4),
        required=_places(found.required, 6),
        gap=_places(found.gap, 6),
        average_wage_yuan=_places(found.average_wage, 2),
        base_yuan=found.base,
        gross_yuan=found.gross,
        factor=_places(found.factor, 2),
        net_yuan=found.net,
        over=_places(found.over, 6),
        missing=found.missing,
        lines=found.lines,
    )


def _places(value: Fraction | Decimal | None, places: int) -> Decimal | None:
    return None if value is None else half_up(value, places)


# writing

COLUMNS = (
    *("employer_id", "year", "is_undeclared", "headcount", "months_existing", "placed_by_month", "placed", "required"),
    *("gap", "average_wage_yuan", "base_yuan", "gross_yuan", "factor", "net_yuan", "over", "missing", "lines"),
)


def _write(
    sheets: Iterable[QuotaSheet], year: int, at: datetime.datetime, employers: Collection[int] | None
) -> Changes:
    known = {row.employer_id: row for row in _only(QuotaSheet.objects.filter(year=year), employers)}
    kept = set(_only(Audit.objects.filter(year=year, state__in=SETTLED), employers).values_list("employer", flat=True))
    changes, new, changed = Changes(), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for sheet in sheets:
        before = known.get(sheet.employer_id)
        if before is not None and sheet.employer_id in kept:
            changes.kept += 1
        elif before is None:
            new.append((*texts(sheet), at.isoformat()))
        elif texts(before) != texts(sheet):
            changed.append((before.pk, *texts(sheet), at.isoformat()))
        else:
            changes.same += 1
    if new:
        bulk.insert(QuotaSheet, (*COLUMNS, "reckoned_at"), new)
    if changed:
        bulk.update(QuotaSheet, ("id", *COLUMNS, "reckoned_at"), changed)
    changes.new, changes.changed = len(new), len(changed)
    return changes


def texts(sheet: QuotaSheet) -> tuple[str | None, ...]:
    """A sheet's columns as PostgreSQL reads them; two sheets that say the same have the same."""
    return tuple(_text(getattr(sheet, name)) for name in COLUMNS)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, list):
        return "{" + ",".join(json.dumps(str(each), ensure_ascii=False) for each in value) + "}"
    return str(value)
