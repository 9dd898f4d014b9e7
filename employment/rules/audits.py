"""What the yearly audit rests on: its window, the state that payments lead to, the 滞纳金 that is only reckoned."""

from __future__ import annotations

import contextlib
import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from employment.models import AuditState
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.rules import Parameters

SOURCE = "残疾人就业条例 第九条；残联厅函〔2022〕63号"
CENT = Decimal("0.01")
MONTH_AND_DAY = re.compile(r"^(\d{2})-(\d{2})$")


def day_of(year: int, text: str, *, name: str) -> datetime.date:
    """A parameter's 月-日 as a day of a year; refuses what is no day."""
    found = MONTH_AND_DAY.match(str(text))
    try:
        if found is None:
            raise ValueError
        return datetime.date(year, int(found[1]), int(found[2]))
    except ValueError:
        raise RuleBroken(f"参数“{name}”的值“{text}”不是日期，请系统管理员按“月-日”填写，如 10-31。") from None


@dataclass(frozen=True)
class Window:
    """申报期: the first and the last day on which the audit of a year can be declared; None where not maintained."""

    first: datetime.date | None
    last: datetime.date | None

    @property
    def is_maintained(self) -> bool:
        return self.first is not None and self.last is not None

    def is_over(self, today: datetime.date) -> bool:
        """Whether whoever has not declared counts as having placed nobody; never where the window is unknown."""
        return self.last is not None and today > self.last

    def days_left(self, today: datetime.date) -> int | None:
        """How many days it still runs, today included; None where it does not run or is unknown."""
        if self.last is None or today > self.last or (self.first is not None and today < self.first):
            return None
        return (self.last - today).days + 1


def window_of(year: int, *, today: datetime.date) -> Window:
    """The window in which the audit of a year's placements is declared: in the year after it."""
    parameters = Parameters(on=parameter_day(year, today=today))
    first = last = None
    with contextlib.suppress(ParameterMissing):
        first = day_of(year + 1, parameters["employment.audit_window_from"], name="申报开始日期")
    with contextlib.suppress(ParameterMissing):
        last = day_of(year + 1, parameters["employment.audit_window_until"], name="申报截止日期")
    return Window(first, last)


def parameter_day(year: int, *, today: datetime.date) -> datetime.date:
    """The day whose parameters the audit of a year asks for: today, but not after the year it takes place in."""
    return min(today, datetime.date(year + 1, 12, 31))


def state_after_push(*, due_yuan: Decimal, paid_yuan: Decimal, is_owing: bool) -> AuditState:
    """What an audit is once the tax office has it. Nothing due is settled at once; a part paid is still owed."""
    if paid_yuan >= due_yuan:
        return AuditState.SETTLED
    return AuditState.OWING if is_owing or paid_yuan > 0 else AuditState.PUSHED
