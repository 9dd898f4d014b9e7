"""What has become of a finding: found, handed on, resolved, opened again, gone. Read from the history."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from subsidies.models import Finding, FindingState, Resolution
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Step:
    """One thing that happened to a finding."""

    at: datetime.datetime
    who: str
    what: str
    detail: str = ""


def trail_of(finding: Finding) -> list[Step]:
    """The steps, newest first, in two statements; what merely followed the facts is left out."""
    history: Any = finding.pgh_event_model.objects  # type: ignore[attr-defined]
    events = list(history.filter(pgh_obj_id=finding.pk).select_related("pgh_context").order_by("pgh_id"))
    usernames = {_metadata(event).get("user") for event in events} - {None, "system"}
    assigned = {event.assigned_to_id for event in events} - {None}
    users = User.objects.filter(username__in=usernames) | User.objects.filter(pk__in=assigned)
    names: dict[Any, str] = {key: user.name for user in users for key in (user.username, user.pk)}
    steps = []
    for before, event in zip([None, *events], events, strict=False):
        if (said := _said(before, event, names)) is not None:
            who = names.get(_metadata(event).get("user"), "系统比对")
            steps.append(Step(event.pgh_created_at, who, *said))
    return steps[::-1]


def _metadata(event: Any) -> dict[str, Any]:
    return {} if event.pgh_context is None else event.pgh_context.metadata


def _said(before: Any, event: Any, names: dict[Any, str]) -> tuple[str, str] | None:
    """(what happened, in detail); None where nothing but the figures followed the facts."""
    if before is None:
        return "发现", event.clause
    if before.state != event.state:
        return _state(event, _metadata(event))
    if before.assigned_to_id != event.assigned_to_id:
        return ("指派", f"给{names.get(event.assigned_to_id, '—')}") if event.assigned_to_id else ("取消指派", "")
    if before.note != event.note:
        return "备注", event.note
    if before.clause.partition("；")[2] != event.clause.partition("；")[2] or before.cause != event.cause:
        return "情况有变化", event.clause
    return None


def _state(event: Any, metadata: dict[str, Any]) -> tuple[str, str]:
    if event.state == FindingState.RESOLVED:
        until = f"，有效至{event.holds_until}" if event.holds_until else ""
        return "处理", f"{Resolution(event.resolution).label}：{event.resolved_reason}{until}"
    if event.state == FindingState.GONE:
        return "消除", "现有数据不再支持这一结果，已自动消除"
    return "重新打开", event.note.partition("。")[0]
