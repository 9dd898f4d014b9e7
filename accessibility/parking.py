"""Car parks: how many bays for disabled people there must be (无障碍环境建设法 第二十四条; 规划 (五)3)."""

from __future__ import annotations

import datetime

from accessibility.models import Facility
from zalainuoer.common.models import Parameter


def percent_on(day: datetime.date) -> int:
    """The percentage of accessible bays in force on a day. 参数未维护 raises."""
    return int(Parameter.objects.value("parking.accessible_percent", on=day))


def bays_required(bays: int, *, percent: int) -> int:
    """The accessible bays that a car park of `bays` must have: the percentage rounded up, at least one; 0 of none."""
    return max(1, -(-bays * percent // 100)) if bays > 0 else 0


def bays_wanting(facility: Facility, *, percent: int) -> int | None:
    """How many accessible bays a place lacks; None where its bays are not known."""
    if facility.bays is None or facility.accessible_bays is None:
        return None
    return max(0, bays_required(facility.bays, percent=percent) - facility.accessible_bays)
