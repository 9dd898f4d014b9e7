"""How long a year of quota and levy takes for 3,000 employers, against counting once who holds a certificate."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from employment.models import EmploymentMonth, QuotaSheet
from employment.services.quota import quota_reckon
from registry.models import Person
from zalainuoer.common.models import Parameter

YEAR = 2025
AT = datetime.datetime(2026, 3, 2, 2, 45, tzinfo=datetime.UTC)
EMPLOYERS = 3_000


def prepare(employers: int = EMPLOYERS) -> None:
    """Employers with declared figures; everybody on the register has a job, one in ten at two employers."""
    for key, value in (("employment.minimum_wage_yuan", "1980"), ("employment.local_average_wage_yuan", "80000")):
        Parameter.objects.update_or_create(
            key=key, effective_from=f"{YEAR}-01-01", defaults={"name": key, "value": value, "document": "测量用"}
        )
    months = ", ".join(f"headcount_{month:02d}" for month in range(1, 13))
    heads = ", ".join("20 + id % 180" for _ in range(12))
    statements = (
        "INSERT INTO employment_employer (credit_code, name, kind, level, is_school, is_budget_funded, is_concentrated,"
        " address, contact_name, note) SELECT 'X' || n, '单位' || n, 'enterprise', '', false, false, false, '', '', ''"
        f" FROM generate_series(1, {employers}) n",
        f"INSERT INTO employment_employeryear (employer_id, year, wage_total_yuan, {months})"
        f" SELECT id, {YEAR}, (20 + id % 180) * 60000, {heads} FROM employment_employer",
        *(
            "INSERT INTO employment_employmentrecord (person_id, form, employer_id, workplace, post, started_on, end_reason,"
            " contract, contract_from, is_retirement_deferred, deferral_document, note)"
            " SELECT p.id, 'quota', e.id, '', '', '2024-01-01', '', 'labour_contract', '2024-01-01', false, '', ''"
            " FROM registry_person p JOIN (SELECT id, row_number() OVER (ORDER BY id) n FROM employment_employer) e"
            f" ON e.n = 1 + (p.id + {shift}) % {employers} WHERE p.id % {each} = 0"
            for shift, each in ((0, 1), (7, 10))
        ),
        "INSERT INTO employment_employmentmonth (record_id, month, wage_yuan, is_pension_paid, is_medical_paid)"
        f" SELECT id, make_date({YEAR}, m, 1), 3000, true, true FROM employment_employmentrecord, generate_series(1, 12) m",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def measure() -> None:
    """Prints the first reckoning, one in which nothing has changed, and one in which everything has."""
    once = min(_seconds(_count) for _ in range(3))
    _line("(d) 按单位数一次就业月份", once)
    for name, ratio in (("首次测算", None), ("没有变化", None), ("全部变动", "0.016")):
        if ratio is not None:
            Parameter.objects.filter(key="employment.quota_ratio").update(value=ratio)
        with CaptureQueriesContext(connection) as queries:
            took = _seconds(lambda: quota_reckon(year=YEAR, at=AT))
        _line(f"{name}", took, f"{len(queries)} 条 SQL，是 (d) 的 {took / once:.1f} 倍")
    print(
        f"  {QuotaSheet.objects.count():,} 个单位，{Person.objects.count():,} 人，"
        f"{EmploymentMonth.objects.count():,} 个就业月份",
        flush=True,
    )


def _count() -> None:
    list(EmploymentMonth.objects.values("record__employer", "month").annotate(n=Count("pk")).order_by())


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what}：{seconds:.2f} 秒{'，' + note if note else ''}", flush=True)
