"""What the acts on a home share: days by the rule of days, and who does what, said in the history."""

from __future__ import annotations

from accessibility.stage_rules import StageRule, under
from zalainuoer.common import acting
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.models import User

refuse_day = under(StageRule.DAYS)(acting.refuse_day)


def open_context(by: User, act: str, reason: str = "") -> None:
    """Says in the history who does what, and why."""
    open_history_context(user=by.username, act=act, reason=reason)
