"""How long a month's run and the daily comparison take, against counting those entitled once."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.ledger import propose
from subsidies.models import Grant, Origin, PaymentLine, Standard, Subsidy
from subsidies.rules import decide
from zalainuoer.common.rules import Parameters

MONTH = datetime.date(2026, 1, 1)
NURSING = Subsidy.NURSING


def prepare() -> None:
    """Standards, and grants for whoever the rosters of the years' records pay (half a year of months to look at)."""
    for subsidy, table in ((Subsidy.LIVING, "livingpayment"), (NURSING, "nursingpayment")):
        Standard.objects.create(
            subsidy=subsidy, name="全部", amount_yuan=125, first_month="2021-01-01", document="测量用"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO subsidies_grant (person_id, subsidy, first_month, origin, granted_on)"
                f" SELECT person_id, %s, min(month), %s, '2025-07-01' FROM subsidies_{table} GROUP BY person_id",
                [subsidy.value, Origin.ROSTER.value],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure() -> None:
    """Prints a run's proposal with writing, and the comparison."""
    on = MONTH - datetime.timedelta(days=1)
    rule = decide(NURSING, on=on, month=MONTH, parameters=Parameters(on=on))
    once = _seconds(lambda: rule.people(Person.objects.all()).count())
    _line("(c) 数一次可享受护理补贴的人", once)
    with CaptureQueriesContext(connection) as queries:
        took = _seconds(lambda: propose(NURSING, month=MONTH))
    lines = len(propose(NURSING, month=MONTH).lines)
    _line(
        f"护理补贴一个月的批次（{Grant.objects.filter(subsidy=NURSING).count():,} 人享受，核对 7 个月，{lines:,} 笔）",
        took,
        f"{len(queries)} 条 SQL，是 (c) 的 {took / once:.0f} 倍",
    )
    assert not PaymentLine.objects.exists()


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what}：{seconds:.2f} 秒{'，' + note if note else ''}", flush=True)
