"""`manage.py create_administrator`: the first account. Replaces createsuperuser: nobody here bypasses scope."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from zalainuoer.common.administration import account_create
from zalainuoer.common.models import Role, User


class Command(BaseCommand):
    help = "建立系统管理员账号。密码从终端输入；不是终端时从标准输入读一行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--name", default="系统管理员", help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        account = User(username=options["username"], name=options["name"], role=Role.SYSTEM_ADMINISTRATOR)
        try:
            account.full_clean(exclude=["password"])
            password = _password()
            validate_password(password, account)
        except ValidationError as error:
            raise CommandError("；".join(error.messages), returncode=2) from error
        account_create(account=account, password=password, by=None)
        self.stdout.write(f"已建立系统管理员账号“{account.username}”。请登录后建立其他账号。")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("密码：")
    if password != getpass.getpass("再输一次："):
        raise CommandError("两次输入的密码不一致。", returncode=2)
    return password
