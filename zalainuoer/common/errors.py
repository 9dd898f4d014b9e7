"""The two kinds of error a person can mend. Everything else is a bug and crashes loudly."""

from dataclasses import dataclass


class RuleBroken(Exception):
    """An act that law, plan or procedure forbids; shown to the person with its basis.

    `message` says in Chinese what is wrong and what to do; `source` names the rule (docs/sources.md) or is empty.
    """

    def __init__(self, message: str, *, source: str = ""):
        super().__init__(message)
        self.message, self.source = message, source


class ParameterMissing(RuleBroken):
    """A dated parameter has no value for the day: nothing is computed, nothing is assumed."""

    def __init__(self, name: str, day: object):
        super().__init__(f"参数未维护：{name}（{day}）。请系统管理员在“参数”中填写并注明文号。")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell of a sheet: workbook row, template heading, Chinese sentence."""

    row: int
    column: str
    message: str
    page: str = ""
