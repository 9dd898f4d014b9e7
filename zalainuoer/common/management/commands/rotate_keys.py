"""`manage.py rotate_keys`: puts the data keys under the first master key of FIELD_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from zalainuoer.common import keys
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record


class Command(BaseCommand):
    help = "更换主密钥：用 FIELD_KEYS 中的第一个主密钥重新加密各数据密钥。已写入的数据一条也不改写。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new-data-key", action="store_true", help="另外新建一个数据密钥，以后写入的数据用它加密")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                done = keys.rotate(new_data_key=options["new_data_key"])
                what = f"更换密钥：用主密钥“{done.master}”重新加密数据密钥{len(done.rewrapped)}个"
                access_record(by=None, act=AccessAct.COMMAND, what=f"{what}，新建{int(bool(done.created))}个")
        except keys.WrongKeys as error:
            raise CommandError(str(error)) from error
        for line in _in_words(done):
            self.stdout.write(line)


def _in_words(done: keys.Rotation) -> list[str]:
    if done.rewrapped:
        lines = [f"已用主密钥“{done.master}”重新加密数据密钥：{'、'.join(done.rewrapped)}。"]
    else:
        lines = [f"所有数据密钥本来就由主密钥“{done.master}”加密，没有改动。"]
    if done.created:
        lines.append(f"已新建数据密钥“{done.created}”。已写入的数据没有改写，仍用原来的数据密钥读取。")
    steps = []
    if done.created:
        steps.append(f"重启网页、后台任务、定时任务三个服务，此后写入的数据用“{done.created}”加密。")
    if done.needless:
        names = "、".join(f"“{name}”" for name in done.needless)
        steps += [
            f"从 FIELD_KEYS 中删去主密钥{names}，只留“{done.master}”，然后重启三个服务，打开一份档案确认能看到号码。",
            f"主密钥{names}另存到以前的数据库备份全部过期为止：那些备份里的数据密钥仍由它加密。",
            f"把新的 FIELD_KEYS 另存到安全的地方。丢失主密钥“{done.master}”，加密的数据就再也读不出来。",
        ]
    if not steps:
        return [*lines, "要更换主密钥：先在 FIELD_KEYS 的最前面加上新的“编号:密钥”，旧的留在后面，再执行本命令。"]
    return [*lines, "接下来：", *(f"{number}. {step}" for number, step in enumerate(steps, 1))]
