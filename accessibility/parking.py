"""Car parks: how many bays for disabled people there must be (无障碍环境建设法 第二十四条; 规划 (五)3)."""

from __future__ import annotations

import datetime

from accessibility.models import Facility
from zalainuoer.common.models import Parameter


def bays_required(bays: int, *, percent: int) -> int:
    """The accessible bays that a car park of `bays` must have: the percentage rounded up, at least one; 0 of none."""
    return max(1, -(-bays * percent // 100)) if bays > 0 else 0


def bays_wanting(facility: Facility, *, on: datetime.date) -> int | None:
    """How many accessible bays a place lacks on a day; None where its bays are not known. 参数未维护 raises."""
    if facility.bays is None or facility.accessible_bays is None:
        return None
    percent = int(Parameter.objects.value("parking.accessible_percent", on=on))
    return max(0, bays_required(facility.bays, percent=percent) - facility.accessible_bays)
