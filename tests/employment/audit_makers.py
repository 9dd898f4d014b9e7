"""An employer with the sheet of a year, and its audit on the way, as the tests of the audit need it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from stdnum.cn import uscc

from employment.models import Audit, Employer, EmployerYear, QuotaSheet
from employment.services import audits as services
from tests.records import day
from zalainuoer.common.models import Division, Parameter, Role, User

YEAR = 2025
TODAY = day("2026-04-20")
RATIO = Decimal("0.015")
PAPERS = ["pledge", "contract", "certificate", "wages", "insurance"]


def credit_code(n: int) -> str:
    """An invented 统一社会信用代码."""
    first17 = f"91150799MA{n:07d}"
    return first17 + uscc.calc_check_digit(first17)


def employer(n: int = 1, *, street: str | None = "第一街道", **change: Any) -> Employer:
    """甲乙丙有限公司, an enterprise."""
    place = Division.objects.get(name=street, level="street") if street else None
    facts = {
        "credit_code": credit_code(n),
        "name": f"甲乙丙{n}有限公司",
        "kind": "enterprise",
        "street": place,
        **change,
    }
    return Employer.objects.create(**facts)


def sheet(of: Employer, *, year: int = YEAR, **change: Any) -> QuotaSheet:
    """H=100, one placed, 0.5 short: gross 30,000, half of it due. All of it reckoned a moment ago."""
    facts: dict[str, Any] = {
        "headcount": Decimal(100),
        "months_existing": 12,
        "placed_by_month": [1] * 12,
        "placed": Decimal(1),
        "average_wage_yuan": Decimal(60000),
        "base_yuan": Decimal(60000),
        "factor": Decimal("0.5"),
        "lines": [
            {"label": "应安排人数", "formula": "H×1.5%", "figures": "100×1.5%", "result": "1.5", "source": "某文"}
        ],
        **change,
    }
    facts.setdefault("required", facts["headcount"] * RATIO)
    facts.setdefault("gap", max(Decimal(0), facts["required"] - facts["placed"]))
    facts.setdefault("over", max(Decimal(0), facts["placed"] - facts["required"]))
    facts.setdefault("gross_yuan", (facts["gap"] * 60000).quantize(Decimal("0.01")))
    if facts["gross_yuan"] is not None:
        facts.setdefault("net_yuan", (facts["gross_yuan"] * facts["factor"]).quantize(Decimal("0.01")))
    facts.setdefault("reckoned_at", database_now())
    return QuotaSheet.objects.create(employer=of, year=year, **facts)


def database_now() -> datetime.datetime:
    """The database's clock, by which the history says what has changed since: no test moves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime.datetime = cursor.fetchone()[0]
        return found


def ready(
    n: int = 1,
    *,
    street: str | None = "第一街道",
    of: dict[str, Any] | None = None,
    wages: str = "6000000",
    **figures: Any,
) -> Employer:
    """An employer whose year is known and reckoned; `of` is what else is known of it."""
    made = employer(n, street=street, **(of or {}))
    EmployerYear.objects.create(employer=made, year=YEAR, wage_total_yuan=wages)
    sheet(made, **figures)
    return made


def official(name: str = "甲") -> User:
    """Somebody of the federation; another name is another person."""
    known = User.objects.filter(username=f"canlian-{name}").first()
    if known is not None:
        return known
    return User.objects.create(username=f"canlian-{name}", name=name, role=Role.FEDERATION_STAFF)


def declared(of: Employer | None = None, *, today: datetime.date = TODAY, **change: Any) -> Audit:
    facts = {"declared_on": today, "papers": PAPERS, "by": official(), "year": YEAR, **change}
    return services.audit_declare(employer=of or ready(), today=today, **facts)


def first_reviewed(of: Employer | None = None, *, today: datetime.date = TODAY) -> Audit:
    return services.audit_first_review(audit=declared(of, today=today), opinion="", by=official("甲"), today=today)


def certified(of: Employer | None = None, *, today: datetime.date = TODAY) -> Audit:
    return services.audit_certify(audit=first_reviewed(of, today=today), opinion="", by=official("乙"), today=today)


def pushed(of: Employer | None = None, *, today: datetime.date = TODAY) -> Audit:
    row = certified(of, today=today)
    return services.audits_push(audits=[row.pk], pushed_on=today, document="函1号", by=official(), today=today)[0]


def owing(of: Employer | None = None, *, today: datetime.date = TODAY) -> Audit:
    row = pushed(of, today=today)
    return services.owing_record(audit=row, owing_since=today, document="税务反馈1号", by=official(), today=today)


def parameter(key: str, value: Any, since: str = "2024-01-01") -> None:
    """A parameter as the administrator maintains it."""
    Parameter.objects.update_or_create(
        key=key, effective_from=since, defaults={"name": key, "value": value, "document": "某文〔2026〕1号"}
    )


def window(first: str | None = "03-01", last: str | None = "10-31") -> None:
    parameter("employment.audit_window_from", first)
    parameter("employment.audit_window_until", last)
