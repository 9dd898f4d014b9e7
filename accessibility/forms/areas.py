"""Communities to choose from: those of the reader's area, by street."""

from __future__ import annotations

from typing import Any

from zalainuoer.common.models import Division, User


def communities_of(user: User) -> list[Division]:
    """The communities of the area, with their streets."""
    rows = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
    return list(rows if user.scope_ids is None else rows.filter(pk__in=user.scope_ids))


def by_street(communities: list[Division]) -> list[Any]:
    """Choices of communities, grouped by street."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in communities:
        groups.setdefault(each.parent.name if each.parent else "", []).append((str(each.pk), each.name))
    return list(groups.items())
