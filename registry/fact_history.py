"""What has become of one row of a sheet: who changed it, when, why, and from what to what. Read from the history."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import User
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import KeyedSheet
from zalainuoer.common.sheets.widgets import NameWidget

ACTS = {"insert": "新增", "update": "改正", "delete": "撤下"}
EMPTY = "空"


@dataclass(frozen=True)
class CellChange:
    """One cell: what stood there, what stands there; "" where there was no row."""

    heading: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One act on the row."""

    at: datetime.datetime
    who: str
    act: str
    reason: str
    changes: list[CellChange]


def fact_history(sheet: KeyedSheet, row: Any) -> list[Step]:
    """The steps that led to a row, newest first: three statements at most, however many there are."""
    owner = "household_id" if hasattr(row, "household_id") else "person_id"
    events = row.pgh_event_model.objects.filter(**{owner: getattr(row, owner)})
    chain = _chain(row.pk, list(events.select_related("pgh_context").order_by("pgh_id")))
    names = _names(_metadata(event) for _, event in chain)
    return [
        Step(
            at=event.pgh_created_at,
            who=_who(_metadata(event), names),
            act="改正" if before is not None and event.pgh_label == "insert" else ACTS[event.pgh_label],
            reason=_reason(_metadata(event)),
            changes=_changes(sheet, before, event),
        )
        for before, event in reversed(chain)
    ]


def _chain(pk: int, events: Sequence[Any]) -> list[tuple[Any, Any]]:
    """(image before, event) of the row and of those it took the place of when its key was corrected, oldest first."""
    withdrawn = {event.pgh_context_id: event for event in events if event.pgh_label == "delete" and _by_form(event)}
    chain: list[tuple[Any, Any]] = []
    own = [event for event in events if event.pgh_obj_id == pk]
    while own:
        first = own[0]
        place = withdrawn.get(first.pgh_context_id) if _by_form(first) else None
        chain = [*zip([place, *own[:-1]], own, strict=True), *chain]
        own = [] if place is None else [e for e in events if e.pgh_obj_id == place.pgh_obj_id and e is not place]
    return chain


def _by_form(event: Any) -> bool:
    """Whether a person wrote this row by hand: then all of the act's events are about it."""
    return "form" in _metadata(event)


def _metadata(event: Any) -> dict[str, Any]:
    return {} if event.pgh_context is None else event.pgh_context.metadata


def _names(metadata: Iterable[dict[str, Any]]) -> dict[Any, str]:
    """The names of accounts, by primary key and by username: batches note the one, forms the other."""
    users = {found.get("user") for found in metadata}
    keys, usernames = {u for u in users if isinstance(u, int)}, {u for u in users if isinstance(u, str)}
    if not users - {None}:
        return {}
    accounts = User.objects.filter(pk__in=keys) | User.objects.filter(username__in=usernames)
    return {key: account.name for account in accounts for key in (account.pk, account.username)}


def _who(metadata: dict[str, Any], names: dict[Any, str]) -> str:
    return names.get(metadata.get("user"), "系统")


def _reason(metadata: dict[str, Any]) -> str:
    if reason := metadata.get("reason"):
        return str(reason)
    if batch := metadata.get("batch"):
        return f"报表上传（第 {batch} 号）"
    if batch := metadata.get("undo_of"):
        return f"撤销报表上传（第 {batch} 号）"
    return ""


def cells_of(sheet: KeyedSheet, row: Any) -> list[tuple[str, str]]:
    """What stands in a row: (heading, value as people read it)."""
    return [(column.heading, _shown(sheet, column, row)) for column in _shown_columns(sheet)]


def _shown_columns(sheet: KeyedSheet) -> list[Column]:
    return [c for c in sheet.columns if c.stores and c.stores not in ("person_id", "household_id")]


def _changes(sheet: KeyedSheet, before: Any, event: Any) -> list[CellChange]:
    after = None if event.pgh_label == "delete" else event
    found = []
    for column in _shown_columns(sheet):
        old, new = _shown(sheet, column, before), _shown(sheet, column, after)
        if old != new and {old, new} != {"", EMPTY}:
            found.append(CellChange(column.heading, old, new))
    return found


def _shown(sheet: KeyedSheet, column: Column, image: Any) -> str:
    """How people read a value of an image; names masked."""
    if image is None:
        return ""
    value = getattr(image, column.stores)
    if value is None:
        return EMPTY
    if column.stores.endswith("_id"):  # of a community, of a catalogue: the sheet knows the names
        return sheet.display(column.stores, str(value)) or EMPTY
    return masked_name(value) if isinstance(column.widget, NameWidget) else str(column.widget.render(value))
