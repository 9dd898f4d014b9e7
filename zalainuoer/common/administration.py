"""The system administrator's services: accounts, their tokens, dated parameters. Every write of them goes through here."""

import datetime

import pghistory
from axes.utils import reset as axes_reset
from django.db import transaction
from knox.models import AuthToken

from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import TOKEN_ISSUED, TOKEN_REVOKED, Parameter, Role, User

PREFIX = 8  # how many characters of a token are shown again, to tell two apart
MOST_TOKENS = 2  # the one in use and the one that takes its place


@transaction.atomic
def account_create(*, account: User, password: str, by: User | None) -> User:
    """Stores a new account with its first password. `by` None is the command line."""
    bulk.open_history_context(user=by.username if by else "system", reason="新建账号")
    account.set_password(password)
    account.save(force_insert=True)
    return account


@transaction.atomic
def account_change(*, account: User, by: User) -> User:
    """Stores changed details. An administrator cannot shut out the one who works."""
    if account.pk == by.pk and not account.is_active:
        raise RuleBroken("不能停用自己的账号，请由另一位系统管理员操作。")
    if account.pk == by.pk and account.role != Role.SYSTEM_ADMINISTRATOR:
        raise RuleBroken("不能更改自己的岗位，请由另一位系统管理员操作。")
    bulk.open_history_context(user=by.username, reason="修改账号")
    account.save(force_update=True)
    return account


@transaction.atomic
def account_set_password(*, account: User, password: str, by: User) -> None:
    """A new password ends the account's sessions and lifts its lock after failed logins."""
    account.set_password(password)
    account.save(update_fields=["password"])
    axes_reset(username=account.username)


@transaction.atomic
def token_issue(*, account: User, days: int, by: User) -> str:
    """A new token of a connected system's account; the caller shows it once, only its hash is kept."""
    if account.role != Role.SYSTEM_CLIENT:
        raise RuleBroken("只有“对接系统”岗位的账号可以发放令牌。")
    if not account.is_active:
        raise RuleBroken("账号已停用，不能发放令牌。请先启用账号。")
    User.objects.select_for_update().get(pk=account.pk)  # two clicks do not make three tokens
    if AuthToken.objects.filter(user=account).count() >= MOST_TOKENS:
        raise RuleBroken(f"这个账号已有 {MOST_TOKENS} 个令牌。请先吊销不再使用的一个。")
    kept, token = AuthToken.objects.create(user=account, expiry=datetime.timedelta(days=days))
    _note_token(account, TOKEN_ISSUED, kept, by=by)
    return str(token)


@transaction.atomic
def token_revoke(*, token: AuthToken, by: User) -> None:
    """The token stops working at once."""
    _note_token(token.user, TOKEN_REVOKED, token, by=by)
    token.delete()


def _note_token(account: User, act: str, token: AuthToken, *, by: User) -> None:
    bulk.open_history_context(user=by.username, token=token.token_key[:PREFIX], expires=token.expiry.isoformat())
    pghistory.create_event(account, label=act)


@transaction.atomic
def parameter_add(*, parameter: Parameter, by: User) -> Parameter:
    """Stores a parameter's value from a day on; earlier values stay."""
    parameter.save(force_insert=True)
    return parameter
