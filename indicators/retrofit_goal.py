"""Indicator 11's target, told to accessibility, which must not know of plans."""

from __future__ import annotations

import datetime

from accessibility.target import Goal
from indicators.display import target_text
from indicators.models import Target

RETROFIT = 11


def retrofit_goal(day: datetime.date) -> Goal | None:
    """The target of homes of the latest plan begun by the day."""
    targets = Target.objects.filter(number=RETROFIT, plan__starts_on__lte=day).select_related("plan")
    target = targets.order_by("-plan__starts_on").first()
    if target is None:
        return None
    plan = target.plan
    return Goal(plan.name, int(target.value), target_text(target), plan.starts_on, plan.ends_on)
