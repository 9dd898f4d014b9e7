"""What the acts on public places share: who may, the area, the day."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division, User

RECORD = "accessibility.record_places"  # what is seen or reported on the spot: community, street and federation
MANAGE = "accessibility.manage_places"  # what the federation writes to others
M = TypeVar("M", bound=models.Model)


def held(row: M, *, by: User, what: str) -> M:
    """The row as it stands now, held until the transaction ends; refuses one outside the area."""
    rows: Any = type(row)._default_manager
    found: M | None = rows.visible_to(by).select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise RuleBroken(f"{what}不在您的辖区内。")
    return found


def refuse_elsewhere(community: Division, *, by: User) -> None:
    """Refuses a community outside the area of whoever acts."""
    if by.scope_ids is not None and community.pk not in by.scope_ids:
        raise RuleBroken("所选社区不在您的辖区内。")
