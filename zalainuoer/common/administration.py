"""The system administrator's services: accounts and dated parameters. Every write of them goes through here."""

from axes.utils import reset as axes_reset
from django.db import transaction

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter, Role, User


@transaction.atomic
def account_create(*, account: User, password: str, by: User | None) -> User:
    """Stores a new account with its first password. `by` None is the command line."""
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
    account.save(force_update=True)
    return account


@transaction.atomic
def account_set_password(*, account: User, password: str, by: User) -> None:
    """A new password ends the account's sessions and lifts its lock after failed logins."""
    account.set_password(password)
    account.save(update_fields=["password"])
    axes_reset(username=account.username)


@transaction.atomic
def parameter_add(*, parameter: Parameter, by: User) -> Parameter:
    """Stores a parameter's value from a day on; earlier values stay."""
    parameter.save(force_insert=True)
    return parameter
