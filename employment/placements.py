"""安排的残疾人: everybody an employer claims in a year, month by month, with every clause that does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from employment.models import AT_AN_EMPLOYER, MONTHS, Employer, EmploymentMonth, EmploymentRecord
from employment.rules.quota import (
    ELSEWHERE,
    Weights,
    claims,
    counted,
    month_end,
    months_existing,
    months_of,
    terms_of_months,
    weights,
    with_grades,
)
from employment.rules.terms import ParameterBook
from registry.models import Category, Level, Person
from zalainuoer.common.rules import Verdict

NOT_RECORDED = "没有登记当月工资和社会保险"


@dataclass(frozen=True)
class Cell:
    """A month of an employment: for how many it counts, or why not. Neither: the employment did not stand."""

    month: int
    weight: int | None = None
    reasons: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """What a reader hears of the month."""
        if self.reasons:
            return "不计入"
        return "" if self.weight is None else str(self.weight)


@dataclass
class Placement:
    """An employment with its year."""

    record: EmploymentRecord
    grades: list[str] = field(default_factory=list)  # what the weights go by, in words
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        return self.record.person

    @property
    def months(self) -> list[Cell]:
        """January … December."""
        return [self.cells.get(month, Cell(month)) for month in MONTHS]

    @property
    def total(self) -> int:
        """The weights of all months."""
        return sum(cell.weight or 0 for cell in self.cells.values())

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """(months in words, why they do not count), the most months first."""
        found: dict[str, list[int]] = {}
        for cell in self.months:
            for reason in cell.reasons:
                found.setdefault(reason, []).append(cell.month)
        ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[1]))
        return [(months_in_words(months), reason) for reason, months in ordered]


def placements(employer: Employer, year: int) -> list[Placement]:
    """Those recorded at an employer or counted at it by a 派遣协议; statements do not grow with people or months."""
    book = ParameterBook()
    terms = terms_of_months(year, book)
    matrix = weights(book.on(month_end(year, 12)))
    rule = counted(year, terms)
    here = Q(claimed_by=employer.pk) | Q(record__employer=employer.pk)
    people = ("record__person__community__parent", "record__employer", "record__agreement__host")
    rows = list(rule.explained(with_grades(claims(year)).filter(here).select_related(*people).order_by("month", "pk")))
    others = _counted_instead(year, [claim for claim, verdicts in rows if _is_second(verdicts)], book)
    missing = {each.month: each.missing for each in terms}
    found: dict[int, Placement] = {}
    for claim, verdicts in rows:
        placement = found.setdefault(claim.record_id, Placement(claim.record))
        cell, grade = _cell(claim, verdicts, employer, matrix, others, missing[claim.month])
        placement.cells[claim.month.month] = cell
        if grade and grade not in placement.grades:
            placement.grades.append(grade)
    for record in _standing(employer, year):
        placement = found.setdefault(record.pk, Placement(record))
        for month in _months_standing(record, employer, year):
            placement.cells.setdefault(month, Cell(month, reasons=(NOT_RECORDED,)))
    return sorted(found.values(), key=lambda each: (each.person.pinyin, each.person.pk, each.record.started_on))


def _is_second(verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.clause.code == ELSEWHERE and not verdict.holds for verdict in verdicts)


def _cell(
    claim: EmploymentMonth,
    verdicts: list[Verdict],
    employer: Employer,
    matrix: Weights | None,
    others: dict[tuple[int, int], str],
    missing: tuple[str, ...],
) -> tuple[Cell, str]:
    """The month, and what its weight goes by in words."""
    month = claim.month.month
    grades = (claim.category, claim.level, claim.military)  # type: ignore[attr-defined]
    if claim.claimed_by != employer.pk:  # type: ignore[attr-defined]
        agreement = claim.record.agreement
        host = agreement.host if agreement is not None else ""
        return Cell(month, reasons=(f"按劳务派遣协议计入用工单位：{host}",)), ""
    failing = [verdict.clause for verdict in verdicts if not verdict.holds]
    reasons = tuple(
        _twice(claim, others) if clause.code == ELSEWHERE else f"{clause.reason}（{clause.source}）"
        for clause in failing
        if clause.code != "wage" or not missing
    )
    if failing:
        return Cell(month, reasons=reasons + missing), ""
    weight = None if matrix is None else matrix.of(*grades)
    if weight is None:
        return Cell(month, reasons=("参数未维护：按比例就业的折算系数",)), ""
    return Cell(month, weight=weight), _grade(*grades)


def _twice(claim: EmploymentMonth, others: dict[tuple[int, int], str]) -> str:
    """Names both employers: that of the claim, and the one at which the month counts."""
    here = str(claim.record.employer)
    other = others.get((claim.record.person_id, claim.month.month), "")
    if other == here:
        return f"重复申报，待核：{here}有两条就业登记，同一个月只计一次"
    return f"重复申报，待核：{here}和{other}同月申报，已计入先登记的{other}"


def _grade(category: str | None, level: str | None, military: int | None) -> str:
    found = [] if category is None or level is None else [f"{Category(category).label}{Level(level).label}"]
    found += [] if military is None else [f"残疾军人证{military}级"]
    return "、".join(found)


def _counted_instead(year: int, seconds: list[EmploymentMonth], book: ParameterBook) -> dict[tuple[int, int], str]:
    """(person, month) → the employer at which somebody's month counts, of second claims."""
    if not seconds:
        return {}
    people = {claim.record.person_id for claim in seconds}
    rule = counted(year, terms_of_months(year, book))
    rows: QuerySet[Any] = rule.people(claims(year)).filter(record__person__in=people)
    found = {
        (person, month.month): at for person, month, at in rows.values_list("record__person", "month", "claimed_by")
    }
    names = dict(Employer.objects.filter(pk__in=set(found.values())).values_list("pk", "name"))
    return {key: names[at] for key, at in found.items()}


def _standing(employer: Employer, year: int) -> Iterable[EmploymentRecord]:
    """Employments at the employer that stood on some day of the year."""
    first, last = months_of(year)[0], month_end(year, 12)
    return EmploymentRecord.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=first),
        employer=employer,
        started_on__lte=last,
        form__in=AT_AN_EMPLOYER,
    ).select_related("person__community__parent", "employer")


def _months_standing(record: EmploymentRecord, employer: Employer, year: int) -> list[int]:
    there = months_existing(year, established_on=record.started_on, closed_on=record.ended_on)
    existing = months_existing(year, established_on=employer.established_on, closed_on=employer.closed_on)
    return [month for month in there if month in existing]


def months_in_words(months: list[int]) -> str:
    """3—5月、8月."""
    spans: list[list[int]] = []
    for month in months:
        if spans and month == spans[-1][1] + 1:
            spans[-1][1] = month
        else:
            spans.append([month, month])
    return "、".join(f"{first}月" if first == last else f"{first}—{last}月" for first, last in spans)
