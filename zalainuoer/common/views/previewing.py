"""What the page of a batch shows of its preview: rows by outcome, cells old and new, problems in groups.

Built from the kept delivery and preview; ID, certificate, account and telephone numbers are masked on screen, because the
liaison has them in the workbook and nobody else needs them here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zalainuoer.common.bank import masked_account
from zalainuoer.common.identity import masked
from zalainuoer.common.sheets.base import Column, Sheet
from zalainuoer.common.sheets.comparing import CHANGED, NEW, REFUSED, SAME, Preview
from zalainuoer.common.sheets.delivery import Delivery
from zalainuoer.common.sheets.widgets import PhoneWidget

VERDICTS = {"new": NEW, "changed": CHANGED, "same": SAME, "refused": REFUSED}
LABELS = {"new": "新增", "changed": "变更", "same": "不变", "refused": "拒绝", "absent": "上次有、本次没有"}
ROW_NUMBERS_SHOWN = 30


@dataclass
class ShownCell:
    """A cell of the list: its value, what stood there before, and what is wrong with it."""

    text: str
    old: str | None = None
    problem: str = ""


@dataclass
class ShownRow:
    number: int
    page: str
    cells: list[ShownCell]
    problems: list[str] = field(default_factory=list)


@dataclass
class ProblemGroup:
    """One reason at one column, with the rows it was found in."""

    column: str
    message: str
    numbers: list[int] = field(default_factory=list)

    @property
    def shown_numbers(self) -> str:
        text = "、".join(map(str, self.numbers[:ROW_NUMBERS_SHOWN]))
        return f"{text} 等" if len(self.numbers) > ROW_NUMBERS_SHOWN else text


def hidden(column: Column, text: str) -> str:
    """A number that tells who somebody is, with its middle covered."""
    if not text:
        return text
    if column.kind == "id":
        return masked(text)
    if column.kind == "cert":
        return masked(text[:18]) + text[18:]
    if column.kind == "account":
        return masked_account(text)
    if isinstance(column.widget, PhoneWidget):
        return "、".join(f"{part[:3]}****{part[-2:]}" for part in text.split("、"))
    return text


class RowList(Sequence[ShownRow]):
    """The rows with one outcome, made only when a page of them is shown."""

    def __init__(self, sheet: Sheet, delivery: Delivery, preview: Preview, verdict: str):
        self.sheet, self.delivery, self.preview = sheet, delivery, preview
        self.indexes = [i for i, v in enumerate(preview.verdicts) if v == VERDICTS[verdict]]
        self.columns = [c for c in sheet.columns if c.heading in delivery.values]

    def __len__(self) -> int:
        return len(self.indexes)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        if isinstance(place, slice):
            return [self._row(index) for index in self.indexes[place]]
        return self._row(self.indexes[place])

    def _row(self, index: int) -> ShownRow:
        changes = {c.heading: c for c in self.preview.changes.get(index, ())}
        problems: dict[str, list[str]] = {}
        for heading, message in self.preview.problems.get(index, ()):
            problems.setdefault(heading, []).append(message)
        cells = []
        for column in self.columns:
            text = hidden(column, column.widget.display(self.delivery.values[column.heading][index]))
            change = changes.pop(column.heading, None)
            problem = "".join(problems.pop(column.heading, ()))
            cells.append(
                ShownCell(text, old=None if change is None else hidden(column, change.old) or "空", problem=problem)
            )
        others = [f"{heading}：{''.join(messages)}" for heading, messages in problems.items()]
        others += [f"{c.heading}：{c.old or '空'} → {c.new or '空'}" for c in changes.values()]
        return ShownRow(self.delivery.numbers[index], self.delivery.page_of(index), cells, others)


def first_worth_showing(preview: Preview) -> str:
    """Which rows a person wants to see first: what is wrong, then what changes."""
    order = ("refused", "changed", "new", "same")
    return next((name for name in order if VERDICTS[name] in preview.verdicts), "same")


def renames(delivery: Delivery, preview: Preview) -> list[dict[str, object]]:
    """Rows that wait for a person to say that somebody has changed the name."""
    return [
        {"number": delivery.numbers[index], "text": "".join(m for _, m in preview.problems.get(index, ()))}
        for index in preview.to_confirm
    ]


def problem_groups(delivery: Delivery, preview: Preview) -> list[ProblemGroup]:
    """Problems by column and reason, the most frequent first."""
    groups: dict[tuple[str, str], ProblemGroup] = {}
    for index, heading, message in _each_problem(preview):
        group = groups.setdefault((heading, message), ProblemGroup(heading, message))
        group.numbers.append(delivery.numbers[index])
    return sorted(groups.values(), key=lambda g: -len(g.numbers))


def _each_problem(preview: Preview) -> Iterator[tuple[int, str, str]]:
    for index in sorted(preview.problems):
        for heading, message in preview.problems[index]:
            yield index, heading, message
