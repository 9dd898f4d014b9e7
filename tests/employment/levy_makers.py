"""Employers with a declared year and people at work there, for tests of quota and levy: one base fact, one change."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from employment.models import (
    Audit,
    ContractKind,
    Employer,
    EmployerKind,
    EmployerYear,
    EmploymentForm,
    EmploymentMonth,
    EmploymentRecord,
    MilitaryCertificate,
    QuotaSheet,
)
from employment.services.quota import Changes, quota_reckon
from registry.models import Person
from tests import records
from tests.employment import audit_makers
from zalainuoer.common.models import Division, Parameter

YEAR = 2025
AT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
ALL_YEAR = range(1, 13)


def credit_code(n: int = 1) -> str:
    """An invented 统一社会信用代码 with the right check character."""
    start = f"9115079{n:010d}"
    return start + uscc.calc_check_digit(start)


def parameter(key: str, value: Any, since: str = "2000-01-02") -> None:
    """A value for one of the parameters, in force since a day."""
    name = Parameter.objects.filter(key=key).values_list("name", flat=True).first() or key
    Parameter.objects.update_or_create(
        key=key, effective_from=since, defaults={"value": value, "name": name, "document": "测试用文件", "note": ""}
    )


def terms(*, local: str | None = "80000", minimum: str | None = "1980") -> None:
    """The local figures that no document gives: for tests only."""
    if local is not None:
        parameter("employment.local_average_wage_yuan", local, f"{YEAR}-01-01")
    if minimum is not None:
        parameter("employment.minimum_wage_yuan", minimum)


def employer(
    n: int = 1, *, kind: str = EmployerKind.ENTERPRISE, street: str | None = "第一街道", **change: Any
) -> Employer:
    facts: dict[str, Any] = {"name": f"甲乙丙{n}有限公司", "kind": kind, **change}
    where = None if street is None else Division.objects.get(name=street)
    return Employer.objects.create(credit_code=credit_code(n), street=where, **facts)


def declared(
    at: Employer,
    heads: int | list[int | None] | None = 100,
    *,
    average: str | None = "60000",
    year: int = YEAR,
    **change: Any,
) -> EmployerYear:
    """The year's figures: so many at work in each month, and the 工资总额 that makes that average for a whole year."""
    counts = heads if isinstance(heads, list) else [heads] * 12
    total = None
    if average is not None and isinstance(heads, int):
        total = Decimal(average) * heads
    months = {f"headcount_{month:02d}": count for month, count in zip(ALL_YEAR, counts, strict=True)}
    facts = {"wage_total_yuan": total, **months, **change}
    return EmployerYear.objects.create(employer=at, year=year, **facts)


def job(of: Person, at: Employer | None, **change: Any) -> EmploymentRecord:
    """Somebody's open-ended employment since the beginning of 2024."""
    facts: dict[str, Any] = {
        "form": EmploymentForm.QUOTA,
        "started_on": "2024-01-01",
        "contract": ContractKind.LABOUR_CONTRACT,
        "contract_from": "2024-01-01",
        **change,
    }
    made = EmploymentRecord.objects.create(person=of, employer=at, **facts)
    made.refresh_from_db()
    return made


def months(
    of: EmploymentRecord, which: Any = ALL_YEAR, *, year: int = YEAR, wage: str = "3000", **change: Any
) -> list[EmploymentMonth]:
    """Months with wages and both insurances paid."""
    facts = {"wage_yuan": wage, "is_pension_paid": True, "is_medical_paid": True, **change}
    return [EmploymentMonth.objects.create(record=of, month=datetime.date(year, month, 1), **facts) for month in which]


def placed(
    n: int, at: Employer, which: Any = ALL_YEAR, *, level: str = "3", year: int = YEAR, **change: Any
) -> EmploymentRecord:
    """Somebody 肢体残疾 of a level who counts at the employer in those months."""
    made = job(records.holder(n, level=level), at, **change)
    months(made, which, year=year)
    return made


def veteran(of: Person, level: int, **change: Any) -> MilitaryCertificate:
    facts: dict[str, Any] = {"number": f"军{of.pk}", "valid_from": "2015-01-01", **change}
    return MilitaryCertificate.objects.create(person=of, level=level, **facts)


def reckon(year: int = YEAR, at: datetime.datetime = AT, **how: Any) -> Changes:
    return quota_reckon(year=year, at=at, **how)


def sheet(at: Employer, year: int = YEAR) -> QuotaSheet:
    """The employer's sheet, reckoned now."""
    reckon(year)
    return QuotaSheet.objects.get(employer=at, year=year)


def certified(of: Employer, *, declared_on: str) -> Audit:
    """The audit of an employer whose sheet has just been reckoned, through to its certificate."""
    QuotaSheet.objects.filter(employer=of).update(reckoned_at=audit_makers.database_now())  # not at the tests' AT
    return audit_makers.certified(of, today=records.day(declared_on))
