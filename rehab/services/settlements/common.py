"""What every act on a settlement needs: who may, the sheet as a locked draft, and whether it has changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from rehab.models import ChildSettlement, SettlementState, TrainingMonth
from zalainuoer.common.acting import changed_since
from zalainuoer.common.errors import RuleBroken

SETTLE = "rehab.settle_rehab"
FOREIGN = "结算表中有您辖区以外的儿童，请由能看到全部儿童的账号办理。"


def version_of(settlement: ChildSettlement) -> int:
    """Grows with every change of a sheet's lines."""
    events: Any = TrainingMonth.pgh_event_model.objects.filter(settlement_id=settlement.pk)  # type: ignore[attr-defined]
    return int(events.aggregate(last=Max("pgh_id"))["last"] or 0)


def draft_of(settlement: ChildSettlement, *, seen: int | None) -> ChildSettlement:
    """The sheet, locked. Raises RuleBroken where it is no draft, or has changed since it was `seen`."""
    row = (
        ChildSettlement.objects.select_for_update(of=("self",))
        .select_related("institution")
        .filter(pk=settlement.pk)
        .first()
    )
    if row is None:
        raise RuleBroken("这份结算表已经不在了，请回到列表核对。")
    if row.state != SettlementState.DRAFT:
        raise RuleBroken(f"结算表现在的状态是“{row.get_state_display()}”，不能再改。")
    if seen is not None and seen != version_of(row):
        raise RuleBroken(changed_since("这份结算表"))
    return row
