"""`manage.py audit_verify`: goes through the sealed access log and says where it was tampered with."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from zalainuoer.common import audit
from zalainuoer.common.models import AuditBlock


class Command(BaseCommand):
    help = "核对访问记录：重新计算每一块的指纹，指出被改动、删去或插入记录的地方；有问题时退出码为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--noted", metavar="HASH", help="以前记下的某一块的指纹（服务日志里有），核对它是否还在链上"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.verify(now=timezone.now())
        faults = found.faults
        if options["noted"] and not AuditBlock.objects.filter(hash=options["noted"]).exists():
            faults.append(f"链上没有指纹 {options['noted']}：整条链可能被重新计算过，或者这一块被删除。")
        self.stdout.write(
            f"访问记录共封存 {found.blocks} 块，其中 {found.removed} 块的记录已到期删除；"
            f"核对了 {found.rows} 条，另有 {found.unsealed} 条等待封存。"
        )
        if found.last:
            self.stdout.write(f"最后是{audit.named(found.last)}，指纹 {found.last.hash}")
        if not faults:
            self.stdout.write("没有发现改动。")
            return
        for fault in faults:
            self.stderr.write(fault)
        self.stderr.write(f"发现 {len(faults)} 处问题。请保留现场，不要修改数据库，立即报告安全管理人员。")
        sys.exit(1)
