"""Where a finding's evidence stands: file, row and who delivered it, read from the history for what is shown.

A finding keeps table and primary key alone. The row may have been withdrawn, or its batch undone, since: the history
still knows it, and the page says so.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.models import Person
from subsidies.models import Finding, Payment, PaymentRun, RunState, Subsidy
from subsidies.rules import ROSTERS
from subsidies.sheets import LivingPaymentSheet, NursingPaymentSheet
from zalainuoer.common.models import BatchState, UploadBatch

SUBSIDY_OF = {model._meta.model_name: subsidy for subsidy, model in ROSTERS.items()}
SHEETS = {Subsidy.LIVING: LivingPaymentSheet.code, Subsidy.NURSING: NursingPaymentSheet.code}
ROSTER = "roster"
NAMES = {
    "certificate": "残疾人证台账",
    "socialassistance": "社会救助名单",
    "otherbenefit": "其他福利待遇名单",
    "stop": "停发登记",
    "deathnotice": "死亡信息",
    "application": "补贴申请",
    "person": "人员档案",
}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as people read it; `file` and `row` where it came with a workbook."""

    title: str
    what: str = ""
    month: str = ""
    yuan: str = ""
    file: str = ""
    row: int | None = None
    by: str = ""
    is_withdrawn: bool = False
    person: Person | None = None  # another person, of the reader's area

    @property
    def place(self) -> str:
        """名册.xlsx 第 12 行."""
        return f"{self.file} 第 {self.row} 行" if self.file and self.row else self.file


@dataclass
class Sources:
    """What the history says of the rows that some findings name."""

    rows: dict[tuple[str, int], Any] = field(default_factory=dict)  # the last image of each roster row
    gone: set[tuple[str, int]] = field(default_factory=set)
    batch_of: dict[tuple[str, int], int] = field(default_factory=dict)
    batches: dict[int, UploadBatch] = field(default_factory=dict)
    of_month: dict[tuple[str, str], UploadBatch] = field(default_factory=dict)  # the latest with a subsidy's month
    runs: dict[tuple[str, str], PaymentRun] = field(default_factory=dict)


def sources_of(findings: Iterable[Finding]) -> Sources:
    """Reads the history of all roster rows that the findings name, in five statements."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        for each in finding.evidence:
            if each["table"] in SUBSIDY_OF:
                wanted[each["table"]].add(each["id"])
    return _sources(wanted)


def roster_pieces(subsidy: str, rows: Iterable[Payment]) -> dict[datetime.date, Piece]:
    """Where rows of one person's roster stand, by month: file, row and who delivered it."""
    rows = list(rows)
    table = str(ROSTERS[subsidy]._meta.model_name)
    sources = _sources({table: {row.pk for row in rows}})
    return {
        row.month: _roster_row(
            subsidy,
            {"table": table, "id": row.pk, "month": f"{row.month:%Y-%m}", "yuan": f"{row.amount_yuan:.2f}"},
            sources,
        )
        for row in rows
    }


def _sources(wanted: Mapping[str, Collection[int]]) -> Sources:
    found = Sources()
    for table, ids in wanted.items():
        roster: Any = ROSTERS[SUBSIDY_OF[table]]
        events = roster.pgh_event_model.objects.filter(pgh_obj_id__in=ids)
        for event in events.select_related("pgh_context").order_by("pgh_id"):
            _learn(found, (table, event.pgh_obj_id), event)
    delivered = UploadBatch.objects.filter(sheet__in=SHEETS.values(), state=BatchState.COMMITTED)
    for batch in delivered.select_related("department", "uploaded_by").order_by("committed_at", "pk"):
        found.batches[batch.pk] = batch
        for period in batch.periods:
            found.of_month[batch.sheet, period] = batch
    unknown = set(found.batch_of.values()) - set(found.batches)
    if unknown:
        found.batches |= UploadBatch.objects.select_related("department", "uploaded_by").in_bulk(unknown)
    for run in PaymentRun.objects.filter(state=RunState.LOCKED):
        found.runs[run.subsidy, f"{run.month:%Y-%m}"] = run
    return found


def _learn(found: Sources, key: tuple[str, int], event: Any) -> None:
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    if event.pgh_label == "delete":
        found.gone.add(key)
        return
    found.gone.discard(key)
    found.rows[key] = event
    if "batch" in metadata:
        found.batch_of[key] = metadata["batch"]


def pieces_of(finding: Finding, sources: Sources, among: dict[int, Person] | None = None) -> list[Piece]:
    """A finding's evidence. `among` are the other people the reader may see; of others nothing is told."""
    return [_piece(finding, each, sources, among or {}) for each in finding.evidence]


def _piece(finding: Finding, each: dict[str, Any], sources: Sources, among: dict[int, Person]) -> Piece:
    table, month = each["table"], each.get("month", "")
    if table in SUBSIDY_OF:
        return _roster_row(finding.subsidy, each, sources)
    if table == ROSTER:
        batch = sources.of_month.get((SHEETS[Subsidy(finding.subsidy)], month))
        return Piece("发放名册", each.get("what", ""), month=month, file=_file(batch), by=_deliverer(batch))
    if table == "person" and each["id"] != finding.person_id:
        return Piece("另一份档案", "" if each["id"] in among else "不在您的辖区", person=among.get(each["id"]))
    return Piece(NAMES.get(table, table), each.get("what", ""))


def _roster_row(subsidy: str, each: dict[str, Any], sources: Sources) -> Piece:
    key = (each["table"], each["id"])
    image, batch = sources.rows.get(key), sources.batches.get(sources.batch_of.get(key, 0))
    run = sources.runs.get((subsidy, each["month"]))
    file, by = _file(batch), _deliverer(batch)
    if batch is None and run is not None:
        file, by = f"本系统发放批次 {run.code}", "本系统"
    return Piece(
        "发放名册",
        month=each["month"],
        yuan=each["yuan"],
        file=file,
        row=getattr(image, "row_number", None),
        by=by,
        is_withdrawn=key in sources.gone or key not in sources.rows,
    )


def _file(batch: UploadBatch | None) -> str:
    return "" if batch is None else batch.file_name


def _deliverer(batch: UploadBatch | None) -> str:
    if batch is None:
        return ""
    return f"{batch.department}{batch.uploaded_by.name if batch.uploaded_by else ''}"


def others_of(findings: Iterable[Finding]) -> set[int]:
    """The primary keys of the other people whom the evidence names."""
    return {
        each["id"]
        for finding in findings
        for each in finding.evidence
        if each["table"] == "person" and each["id"] != finding.person_id
    }
