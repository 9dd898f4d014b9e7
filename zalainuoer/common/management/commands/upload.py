"""`manage.py upload SHEET FILE`: one workbook through the same pipeline as the page, from the command line."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import batch_upload_now, communities_of
from zalainuoer.common.models import BatchState, User
from zalainuoer.common.services import batch_preview
from zalainuoer.common.sheets.base import Sheet, all_sheets, sheet_of, sheets_for
from zalainuoer.common.sheets.comparing import Comparison, Scope
from zalainuoer.common.sheets.reader import Unreadable
from zalainuoer.common.sheets.reading import read_delivery

WRONG_USE, UNREADABLE = 2, 1


class Command(BaseCommand):
    help = "上传一份部门报表：核对后写入正确的行，逐条列出被拒绝的行。"
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sheet", metavar="SHEET", choices=[s.code for s in all_sheets()], help="报表代号")
        parser.add_argument("file", metavar="FILE", type=Path, help="工作簿（.xlsx、.xls、.ods）")
        parser.add_argument("--by", metavar="USERNAME", help="以哪个账号的身份上传（默认：系统，全区范围）")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        sheet, path = sheet_of(options["sheet"]), options["file"]
        by = self._user(options["by"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {path}：文件不存在，或没有读取权限。", returncode=UNREADABLE) from error
        try:
            run = self._check_only if options["dry_run"] else self._upload
            result = {"sheet": sheet.code, "file": path.name, **run(sheet, path.name, content, by)}
        except RuleBroken as error:
            raise CommandError(error.message, returncode=WRONG_USE) from error
        except Unreadable as error:
            self.stderr.write(str(error))
            sys.exit(UNREADABLE)
        self.stdout.write(json.dumps(result, ensure_ascii=False) if options["json"] else _in_words(sheet, result))

    def _user(self, username: str | None) -> User | None:
        if username is None:
            return None
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise CommandError(f"没有“{username}”这个账号，或已停用。", returncode=WRONG_USE)
        return found

    def _check_only(self, sheet: Sheet, file_name: str, content: bytes, by: User | None) -> dict[str, Any]:
        if by is not None and sheet.code not in {s.code for s in sheets_for(by)}:
            raise RuleBroken(f"“{sheet.title}”由{sheet.department}报送，这个账号不能上传。")
        delivery = read_delivery(sheet, content, file_name)
        scope = Scope(communities=communities_of(by), received_on=timezone.localdate())
        comparison: Comparison = sheet.compare(delivery, scope)
        counts = {name: comparison.count(letter) for name, letter in (("new", "n"), ("changed", "c"), ("same", "s"))}
        return {"rows": len(delivery), **counts, "refused": _refused(comparison.delivery), "batch": None}

    def _upload(self, sheet: Sheet, file_name: str, content: bytes, by: User | None) -> dict[str, Any]:
        batch = batch_upload_now(sheet=sheet, file_name=file_name, content=content, by=by)
        if batch.state == BatchState.UNREADABLE:
            raise Unreadable(batch.message)
        kept = batch_preview(batch)
        if kept is None:
            raise CommandError("核对结果已被删除，请重新上传。", returncode=UNREADABLE)
        delivery, preview = kept
        delivery.problems = preview.problems
        counts = {name: getattr(batch, name) for name in ("rows", "new", "changed", "same")}
        return {**counts, "refused": _refused(delivery), "batch": batch.pk}


def _refused(delivery: Any) -> list[dict[str, Any]]:
    return [
        {"row": p.row, "column": p.column, "message": f"工作表“{p.page}”：{p.message}" if p.page else p.message}
        for p in delivery.all_problems()
    ]


def _in_words(sheet: Sheet, result: dict[str, Any]) -> str:
    refused = {problem["row"] for problem in result["refused"]}
    lines = [
        f"{sheet.title}（{result['file']}）：共 {result['rows']} 行，新增 {result['new']}，变更 {result['changed']}，"
        f"不变 {result['same']}，拒绝 {len(refused)}。"
    ]
    lines += [f"  第 {p['row']} 行 {p['column']}：{p['message']}" for p in result["refused"]]
    return "\n".join(lines)
