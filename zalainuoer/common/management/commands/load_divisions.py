"""`manage.py load_divisions FILE.csv`: a district's own list of divisions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zalainuoer.common.divisions import divisions_load
from zalainuoer.common.errors import RuleBroken


class Command(BaseCommand):
    help = "导入行政区划清单（CSV：code、name、level、parent_code）。已有的代码保持不变；有一行不对就一行也不导入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="清单（.csv，UTF-8 或 GBK）")
        parser.add_argument(
            "--replace", action="store_true", help="先清空原有区划（只能在还没有人员和辖区账号的系统上）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {path}：文件不存在，或没有读取权限。") from error
        try:
            loaded = divisions_load(content=content, replaces=options["replace"], by=None)
        except RuleBroken as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"新增区划 {loaded.added} 个，已有 {loaded.known} 个。")
        for line in loaded.differing:
            self.stdout.write(f"  未改动 {line}")
