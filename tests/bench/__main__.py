"""Measures the main job. Everything runs on a private PostgreSQL that is gone afterwards (or on DATABASE_URL's)."""

import argparse
import datetime
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from zalainuoer import embedded

DAY = datetime.date(2025, 12, 31)
T = TypeVar("T")


def main() -> None:
    ask = argparse.ArgumentParser(prog="make bench", description=__doc__)
    ask.add_argument("--holders", type=int, default=100_000, help="size of the large register")
    ask.add_argument("--without-stock", action="store_true", help="leave out stock django-import-export (20 s)")
    ask.add_argument("--only-payments", action="store_true", help="measure only a month's run and the comparison in it")
    ask.add_argument("--only-finding", action="store_true", help="measure only how people are found in it")
    ask.add_argument("--only-levy", action="store_true", help="measure only a year of quota and levy in it")
    arguments = ask.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zalainuoer-bench-"))
    os.environ.update(embedded.generate_secrets(), HTTPS="0", LOG_LEVEL="WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zalainuoer.settings")
    servers = embedded.prepare(folder, throwaway=True)
    try:
        _run(folder, arguments)
    finally:
        if servers is not None:
            servers.leave()
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, arguments: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        if arguments.only_payments:
            for holders in (2316, arguments.holders):
                _fill(folder, holders)
                _payments(holders)
                _empty()
            return
        if arguments.only_levy:
            _fill(folder, arguments.holders)
            _levy(arguments.holders)
            return
        if arguments.only_finding:
            _fill(folder, arguments.holders)
        else:
            _small(folder, with_stock=not arguments.without_stock)
            _large(folder, arguments.holders)
        _finding(arguments.holders)
        if not arguments.only_finding:
            _payments(arguments.holders)
            _levy(arguments.holders)
    finally:
        teardown_databases(kept, verbosity=0)


def _small(folder: Path, *, with_stock: bool) -> None:
    from tests.bench.register import write_register

    print("残疾人证台账 2,316 行（预览加确认，含校验、加密、拼音、历史）")
    content = write_register(folder / "small.xlsx", holders=2316).read_bytes()
    stock = None
    if with_stock:
        from tests.bench.stock import preview_and_confirm

        stock = _seconds(lambda: preview_and_confirm(content))
        _line("(a) 原样 django-import-export 预览加确认", stock)
        _empty()
    for name in ("首次", "再次"):
        took, statements = _upload(content)
        against = f"，比 (a) 快 {stock / took:.0f} 倍" if stock else ""
        _line(f"{name}上传", took, f"{statements} 条 SQL{against}")
    _compute("2,316 人")
    _payments(2316)
    _empty()


def _large(folder: Path, holders: int) -> None:
    from tests.bench.register import write_register

    print(f"\n残疾人证台账 {holders:,} 行")
    path = write_register(folder / "large.xlsx", holders=holders)
    alone = min(_seconds(lambda: _calamine(path)) for _ in range(3))
    _line("(b) 只用 calamine 读文件", alone)
    content = path.read_bytes()
    for name in ("首次", "再次"):
        took, statements = _upload(content)
        _line(f"{name}上传", took, f"{statements} 条 SQL，是 (b) 的 {took / alone:.1f} 倍")
    _compute(f"{holders:,} 人")


def _fill(folder: Path, holders: int) -> None:
    """The large register without any measuring."""
    from tests.bench.register import write_register
    from tests.bench.years import fill

    _upload(write_register(folder / "large.xlsx", holders=holders).read_bytes())
    fill()


def _finding(holders: int) -> None:
    from tests.bench.finding import RUNS, measure

    print(f"\n查找，{holders:,} 人（从请求到页面，{RUNS} 次中最快的一次）")
    measure()


def _payments(holders: int) -> None:
    from tests.bench.payments import measure, prepare

    print(f"\n两项补贴，{holders:,} 人")
    prepare()
    measure()


def _levy(holders: int) -> None:
    from tests.bench.levy import EMPLOYERS, measure, prepare

    print(f"\n按比例就业和残保金，一个年度，{EMPLOYERS:,} 个单位，{holders:,} 名持证人（十分之一另有一家重复申报）")
    prepare()
    measure()


def _calamine(path: Path) -> None:
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _upload(content: bytes) -> tuple[float, int]:
    """Seconds and SQL statements of preview and confirmation."""
    from django.db import connection

    from registry.sheets import RegistrySheet
    from zalainuoer.common.jobs import batch_upload_now

    count = 0

    def counting(execute: Callable[..., T], *args: object) -> T:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counting):
        took = _seconds(
            lambda: batch_upload_now(sheet=RegistrySheet(), file_name="台账.xlsx", content=content, by=None)
        )
    return took, count


def _compute(whose: str) -> None:
    from indicators.models import Plan
    from indicators.services import compute
    from tests.bench.years import fill

    fill()
    plan = Plan.objects.get()
    compute(plan=plan, day=DAY)
    _line(f"十一项指标含分街道，{whose}", min(_seconds(lambda: compute(plan=plan, day=DAY)) for _ in range(3)))


def _empty() -> None:
    """Back to the state after `migrate`."""
    from django.apps import apps
    from django.db import connection

    labels = ("registry", "subsidies", "rehab", "employment", "accessibility")
    tables = [m._meta.db_table for label in labels for m in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}, common_uploadbatch, common_storedfile RESTART IDENTITY CASCADE")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what}：{seconds:.2f} 秒{'，' + note if note else ''}", flush=True)


if __name__ == "__main__":
    main()
