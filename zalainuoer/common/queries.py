"""Addresses of a list's page: the filter is the address's query."""

from __future__ import annotations

from django.http import QueryDict


def with_query(data: QueryDict, **change: str) -> str:
    """The query with some filters set otherwise; an empty one is left out."""
    query = data.copy()
    for name, value in change.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()
