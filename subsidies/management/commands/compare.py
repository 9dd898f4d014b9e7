"""`manage.py compare`: the comparison by hand, as the night does it; without --store only what it would find."""

import datetime
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from subsidies.comparison import compare
from subsidies.comparison.causes import cause_label
from subsidies.models import FindingKind, Subsidy
from subsidies.services.findings import findings_refresh


class Command(BaseCommand):
    help = "比对两项补贴的名册和台账。不加 --store 只比对、不保存。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="比对日；默认为今天")
        parser.add_argument("--store", action="store_true", help="更新比对结果清单")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["as_of"]) or timezone.localdate()
        if options["store"]:
            self.stdout.write(findings_refresh(today=day).in_words())
            return
        for subsidy in Subsidy:
            found = Counter((row.kind, row.cause) for row in compare(subsidy.value, day))
            self.stdout.write(f"{subsidy.label}：{sum(found.values())} 条")
            for (kind, cause), count in sorted(found.items()):
                self.stdout.write(f"  {FindingKind(kind).label}　{cause_label(cause)}　{count} 条")


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-of 要写成 YYYY-MM-DD 的日期，不能是“{text}”。", returncode=2) from None
