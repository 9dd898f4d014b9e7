"""How long a month's run and the daily comparison take, against counting those entitled once."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.comparison import compare
from subsidies.models import Grant, Origin, PaymentLine, Standard, Subsidy
from subsidies.rules import decide
from subsidies.services.runs import run_approve, run_prepare, run_submit
from zalainuoer.common.models import Role, User
from zalainuoer.common.rules import Parameters

MONTH = datetime.date(2026, 1, 1)
TODAY = datetime.date(2026, 1, 20)
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
    """Prints a whole month's run, by its three services and rolled back, and the comparison; both against counting
    once. Their statements are to be the same whatever the size."""
    on = MONTH - datetime.timedelta(days=1)
    rule = decide(NURSING, on=on, month=MONTH, parameters=Parameters(on=on))
    once = min(_seconds(lambda: rule.people(Person.objects.all()).count()) for _ in range(3))
    _line("(c) 数一次可享受护理补贴的人", once)
    granted = Grant.objects.filter(subsidy=NURSING).count()
    accounts = [
        User.objects.get_or_create(username=f"bench-{name}", defaults={"name": "测量", "role": Role.CIVIL_STAFF})[0]
        for name in ("prepares", "approves")
    ]
    with CaptureQueriesContext(connection) as queries:
        steps, lines = _whole_run(*accounts)
    took = sum(steps.values())
    each = "，".join(f"{name} {seconds:.2f} 秒" for name, seconds in steps.items())
    _line(
        f"护理补贴一个月的批次，从生成到锁定（{granted:,} 人享受，核对 7 个月，{lines:,} 笔）",
        took,
        f"{each}；{_kinds(queries)}，是 (c) 的 {took / once:.0f} 倍",
    )
    with CaptureQueriesContext(connection) as queries:
        took = _seconds(lambda: [compare(subsidy, TODAY) for subsidy in Subsidy])
    _line("两项补贴的比对", took, f"{_kinds(queries)}，是 (c) 的 {took / once:.0f} 倍")
    assert not PaymentLine.objects.exists()


def _whole_run(preparing: User, approving: User) -> tuple[dict[str, float], int]:
    """Seconds of 生成, 提交 and 复核锁定, and how many lines there were; nothing of it stays."""
    took: dict[str, float] = {}
    with transaction.atomic():
        began = time.perf_counter()
        run = run_prepare(subsidy=NURSING, month=MONTH, by=preparing, today=TODAY)
        took["生成"] = time.perf_counter() - began
        began = time.perf_counter()
        run = run_submit(run=run, by=preparing)
        took["提交"] = time.perf_counter() - began
        began = time.perf_counter()
        run_approve(run=run, by=approving, digest=run.digest)
        took["复核锁定"] = time.perf_counter() - began
        lines = run.lines.count()
        transaction.set_rollback(True)
    return took, lines


def _kinds(queries: CaptureQueriesContext) -> str:
    """How many statements; those that write rows in packets grow with the packets and are told apart."""
    writing = sum(query["sql"].startswith('INSERT INTO "subsidies_paymentline"') for query in queries.captured_queries)
    return f"{len(queries) - writing} 条 SQL" + (f" 和 {writing} 包明细" if writing else "")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what}：{seconds:.2f} 秒{'，' + note if note else ''}", flush=True)
