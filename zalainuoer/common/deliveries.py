"""What is due, what was delivered, and how batches are called: asked by the pages and by the API alike."""

import datetime
import re
from dataclasses import dataclass

from zalainuoer.common.locks import running_jobs
from zalainuoer.common.models import RUNNING, BatchState, UploadBatch, User
from zalainuoer.common.sheets.base import Sheet, all_sheets, sheets_for
from zalainuoer.common.sheets.rhythm import Due

LOST = "处理中断"
DELIVERED = (BatchState.COMMITTED, BatchState.UNCHANGED)
MOST_PERIODS_NAMED = 3


@dataclass(frozen=True)
class SheetLine:
    """A sheet in the list: what is due, and what was delivered last."""

    sheet: Sheet
    due: Due
    last: UploadBatch | None
    is_delivered: bool | None  # None where the sheet's rows belong to no period

    @property
    def periods(self) -> str:
        return periods_text(self.last)


def sheet_lines(sheets: list[Sheet], *, today: datetime.date) -> list[SheetLine]:
    """A line for each sheet, in two statements."""
    codes = [sheet.code for sheet in sheets]
    delivered = UploadBatch.objects.filter(sheet__in=codes, state__in=DELIVERED).select_related("uploaded_by")
    last = {batch.sheet: batch for batch in delivered.order_by("sheet", "-created_at").distinct("sheet")}
    periods: dict[str, set[tuple[int, ...]]] = {}
    for code, names in delivered.order_by().values_list("sheet", "periods"):
        periods.setdefault(code, set()).update(map(_numbers, names))
    lines = []
    for sheet in sheets:
        due = sheet.rhythm.due(today)
        done = _numbers(due.period) in periods.get(sheet.code, ()) if sheet.period else None
        lines.append(SheetLine(sheet, due, last.get(sheet.code), done))
    return lines


def _numbers(period: str) -> tuple[int, ...]:
    """2025-06, 2025年6月 and 2025-06-01 name one month."""
    return tuple(map(int, re.findall(r"\d+", period)[:2]))


def periods_text(batch: UploadBatch | None) -> str:
    """The periods of a batch as people say them: the first and the last if there are many."""
    names = batch.periods if batch else []
    if len(names) > MOST_PERIODS_NAMED:
        return f"{names[0]} 至 {names[-1]}（{len(names)} 期）"
    return "、".join(names)


@dataclass(frozen=True)
class Names:
    """What batches are called, with the jobs that run right now: asked once for a whole list."""

    titles: dict[str, str]
    running: set[int]

    @classmethod
    def now(cls) -> "Names":
        return cls({sheet.code: sheet.title for sheet in all_sheets()}, running_jobs())

    def is_lost(self, batch: UploadBatch) -> bool:
        """Unfinished, and nobody holds its lock: the worker died."""
        return batch.state in RUNNING and batch.pk not in self.running

    def state(self, batch: UploadBatch) -> str:
        return LOST if self.is_lost(batch) else batch.get_state_display()

    def title(self, batch: UploadBatch) -> str:
        return self.titles.get(batch.sheet, batch.sheet)


def may_act(user: User, batch: UploadBatch) -> bool:
    """Whether a person may decide about a batch: only who delivers its sheet."""
    return batch.sheet in {sheet.code for sheet in sheets_for(user)}
