"""`manage.py indicators`: the eleven for a day, as a table or as JSON."""

import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from indicators import services
from indicators.display import render_table
from indicators.export import as_json, people_named, scoped
from indicators.models import Figure, FigureState, SnapshotKind
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record


class Command(BaseCommand):
    help = "计算规划的主要指标。不加 --store 只计算、不保存。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="计算日；默认为今天，最晚到规划截止日")
        parser.add_argument("--json", action="store_true", help="输出 JSON（人员和户以身份证号表示）")
        parser.add_argument("--store", action="store_true", help="保存为当日的人工计算快照")
        parser.add_argument("--by", metavar="用户名", help="以哪个账号的身份和辖区计算；默认为系统，辖区不限")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        today = now.astimezone(services.ZONE).date()
        asked = _day(options["as_of"])
        plan = services.current_plan(on=asked or today)
        day = asked or min(today, plan.ends_on)
        by = _user(options["by"], stores=options["store"])
        with transaction.atomic(), data_lock():
            figures = services.compute(plan=plan, day=day)
            self.stdout.write(_json(figures, by=by) if options["json"] else render_table(scoped(figures, by)))
            if options["store"]:
                services.store(figures, night=today, kind=SnapshotKind.MANUAL, by=by, computed_at=now)
        failed = [str(figure.number) for figure in figures if figure.state == FigureState.FAILED]
        if failed:
            raise CommandError(f"指标 {'、'.join(failed)} 计算失败，详见日志。", returncode=1)


def _json(figures: list[Figure], *, by: User | None) -> str:
    content = as_json(figures, user=by)
    what = f"indicators --json --as-of {figures[0].snapshot.as_of}"
    access_record(by=by, act=AccessAct.COMMAND, what=what, people=people_named(content))
    return json.dumps(content, ensure_ascii=False, indent=1)


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-of 要写成 YYYY-MM-DD 的日期，不能是“{text}”。", returncode=2) from None


def _user(username: str | None, *, stores: bool) -> User | None:
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"没有名为“{username}”的启用账号。", returncode=2)
    if not user.has_perm("indicators.recompute" if stores else "indicators.view_figures"):
        raise CommandError(f"账号“{username}”无权{'保存' if stores else '查看'}指标。", returncode=2)
    return user
