"""`manage.py demo`: loads the demonstration year into an empty database, through the real upload pipeline."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from zalainuoer import demo
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.services import sheet_of_batch


class Command(BaseCommand):
    help = "向空数据库载入演示数据：2316 名虚构持证人和全年十五张报表，经真实的上传流程。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("正在载入演示数据（人员均为虚构）……")
        try:
            for batch in demo.load(now=timezone.now()):
                counts = f"{batch.rows:>6} 行，新增 {batch.new}，拒绝 {batch.refused}"
                self.stdout.write(f"  {sheet_of_batch(batch).title}：{counts}")
        except RuleBroken as error:
            raise CommandError(error.message, returncode=1) from error
        call_command("indicators", store=True, stdout=self.stdout)
