"""Employers and their staff, as tests need them: one base, each test changes one thing. All of it invented."""

from __future__ import annotations

from typing import Any

from stdnum.cn import uscc

from employment.models import (
    ContractKind,
    Employer,
    EmployerKind,
    EmployerYear,
    EmploymentForm,
    EmploymentMonth,
    EmploymentRecord,
)
from registry.models import Person
from zalainuoer.common.models import Division

WAGE = "3000.00"


def code(n: int = 1) -> str:
    """A credit code with a right check character, of a division that is not assigned."""
    first = f"91150799{n:09d}"
    return first + uscc.calc_check_digit(first + "0")


def employer(n: int = 1, *, street: str | None = None, **change: Any) -> Employer:
    """An enterprise that has always existed."""
    facts: dict[str, Any] = {"name": f"甲乙丙{n}有限公司", "kind": EmployerKind.ENTERPRISE, **change}
    if street is not None:
        facts["street"] = Division.objects.get(name=street)
    return Employer.objects.create(credit_code=code(n), **facts)


def year_of(of: Employer, year: int = 2025, *, headcount: int | None = 100, **change: Any) -> EmployerYear:
    """The same head count in every month."""
    counts = {f"headcount_{month:02d}": headcount for month in range(1, 13)}
    return EmployerYear.objects.create(employer=of, year=year, **{**counts, **change})


def employed(of: Person, *, at: Employer, since: str = "2020-01-01", **change: Any) -> EmploymentRecord:
    """At work on an open-ended contract."""
    facts = {
        "form": EmploymentForm.QUOTA,
        "started_on": since,
        "contract": ContractKind.LABOUR_CONTRACT,
        "contract_from": since,
        **change,
    }
    return EmploymentRecord.objects.create(person=of, employer=at, **facts)


def paid(record: EmploymentRecord, *months: str, wage: str = WAGE, pension: bool = True, medical: bool = True) -> None:
    """Months with wage and insurance."""
    EmploymentMonth.objects.bulk_create(
        EmploymentMonth(record=record, month=month, wage_yuan=wage, is_pension_paid=pension, is_medical_paid=medical)
        for month in months
    )


def months(year: int = 2025, first: int = 1, last: int = 12) -> list[str]:
    return [f"{year}-{month:02d}-01" for month in range(first, last + 1)]
