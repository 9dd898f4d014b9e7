"""Places and notices with what stands open there, for lists, exports and the API alike."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Q


def with_barriers(rows: Any, *, today: datetime.date) -> Any:
    """Places in the order of the list, with how many barriers are `standing` there and how many of them `overdue`."""
    standing = Q(inspections__barriers__removed_in=None, inspections__barriers__isnull=False)
    late = standing & Q(inspections__barriers__notice__due_on__lt=today)
    return (
        rows.select_related("community__parent")
        .annotate(
            standing=Count("inspections__barriers", filter=standing),
            overdue=Count("inspections__barriers", filter=late),
        )
        .order_by("kind", "name", "pk")
    )


def with_counts(notices: Any) -> Any:
    """Notices by number, with how many barriers each `named` and how many of them are `standing`."""
    standing = Q(barriers__isnull=False, barriers__removed_in=None)
    return (
        notices.select_related("facility__community__parent")
        .annotate(named=Count("barriers"), standing=Count("barriers", filter=standing))
        .order_by("year", "number")
    )
