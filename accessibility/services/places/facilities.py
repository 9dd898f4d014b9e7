"""无障碍设施台账: a place entered and corrected."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accessibility.models import Facility
from accessibility.services.places.common import RECORD, held, refuse_elsewhere
from registry.services.facts import version
from zalainuoer.common.acting import changed_since, refuse_invalid, refuse_others
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


def facility_add(*, by: User, **values: Any) -> Facility:
    """Enters a place; `values` are its fields."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="facility_add", reason="登记设施")
        row = Facility(**values)
        _keep(row, by=by)
    return row


def facility_change(*, facility: Facility, seen: int, reason: str, by: User, **values: Any) -> Facility:
    """Corrects a place or closes it; `seen` is its version when the form was opened."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="facility_change", reason=reason)
        row = held(facility, by=by, what="这处设施")
        if version(row) != seen:
            raise RuleBroken(changed_since("这处设施"))
        for name, value in values.items():
            setattr(row, name, value)
        _keep(row, by=by)
    return row


def _keep(row: Facility, *, by: User) -> None:
    refuse_invalid(row)
    refuse_elsewhere(row.community, by=by)
    if row.accessible_bays is not None and row.bays is not None and row.accessible_bays > row.bays:
        raise RuleBroken(f"无障碍停车位 {row.accessible_bays} 个，多于停车泊位总数 {row.bays} 个，请核对。")
    row.save()
