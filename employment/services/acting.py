"""What the services of employment share: who may act."""

from __future__ import annotations

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User


def refuse_others(by: User | None, permission: str) -> None:
    """Refuses whoever lacks the permission; `by` None is the system."""
    if by is not None and not by.has_perm(permission):
        raise RuleBroken("您的账号不能办理这项业务，请由有权限的人员办理。")


def changed_since(what: str) -> str:
    return f"您打开页面之后，{what}又有变化，没有办理。请刷新页面，核对后再办。"
