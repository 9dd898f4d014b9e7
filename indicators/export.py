"""The figures as JSON (`manage.py indicators --json`), and as somebody bound to an area may see them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from indicators.catalogue import indicator_of
from indicators.display import status
from indicators.figures import NOBODY, Count, Coverage
from indicators.models import Figure, FigureState
from indicators.people import visible
from registry.models import Household
from zalainuoer.common.models import Division, User


def as_json(figures: list[Figure], *, user: User | None = None) -> dict[str, Any]:
    """The figures with people and households as ID numbers and streets by name, comparable with `==`.

    Keys are those of a world's expected.json: as_of, on_register, indicators. With a user, only what that user may
    see: the own streets' counts, the own area's people, and nobody by number without the right to see people.
    """
    snapshot = figures[0].snapshot
    streets = {str(pk): name for pk, name in Division.objects.streets().values_list("pk", "name")}
    return {
        "as_of": snapshot.as_of.isoformat(),
        "on_register": snapshot.on_register,
        "indicators": {str(figure.number): _figure_json(figure, streets, user) for figure in scoped(figures, user)},
    }


def people_named(content: dict[str, Any]) -> int:
    """How many people and households a result of as_json names, for the access log."""
    named: set[str] = set()
    for figure in filter(None, content["indicators"].values()):
        for key in ("missing", "people", "households"):
            named.update(figure.get(key, ()))
    return len(named)


def scoped(figures: list[Figure], user: User | None) -> list[Figure]:
    """The figures with the counts of the user's own streets only; as they are for somebody who sees everywhere."""
    if user is None or user.scope_ids is None:
        return figures
    return [figure if figure.numerator is None else _own(figure, user.scope_ids) for figure in figures]


def _own(figure: Figure, scope_ids: frozenset[int]) -> Figure:
    own = copy.copy(figure)
    own.details = {}  # what stands beside is the whole district's
    own.by_street = {street: counts for street, counts in figure.by_street.items() if int(street) in scope_ids}
    if figure.denominator is None:
        own.numerator = sum(own.by_street.values())
        return own
    own.numerator, own.denominator = (sum(counts[i] for counts in own.by_street.values()) for i in (0, 1))
    if not own.denominator and own.state == FigureState.COMPUTED:
        own.state, own.reason = FigureState.NOT_COMPUTABLE, NOBODY
    return own


def _figure_json(figure: Figure, streets: dict[str, str], user: User | None) -> dict[str, Any] | None:
    by_street = {streets[street]: counts for street, counts in figure.by_street.items()}
    indicator = indicator_of(figure.snapshot.plan, figure.number)
    if isinstance(indicator, Coverage):
        missing = set(figure.denominator_ids).difference(figure.numerator_ids)
        return {
            "numerator": figure.numerator or 0,
            "denominator": figure.denominator or 0,
            "missing": _id_numbers(indicator, missing, user),
            "by_street": by_street,
        }
    if isinstance(indicator, Count):
        listed = "households" if indicator.model is Household else "people"
        ids = _id_numbers(indicator, figure.numerator_ids, user)
        return {"value": figure.numerator or 0, listed: ids, "by_street": by_street}
    return _growth_json(figure)


def _growth_json(figure: Figure) -> dict[str, Any] | None:
    if figure.state != FigureState.COMPUTED or figure.value is None:
        return None
    target = figure.snapshot.plan.targets.get(number=figure.number)
    return {
        "year": figure.details["year"],
        "value": float(figure.value),
        "passed": bool(status(target, figure).meets_table),
        "base_average": figure.details["base_average"],
        "average": figure.details["average"],
    }


def _id_numbers(indicator: Coverage | Count, ids: Iterable[int], user: User | None) -> list[str]:
    if user is not None and not user.has_perm("indicators.view_people"):
        return []
    column = "head_id_number" if indicator.model is Household else "id_number"
    return sorted(visible(indicator.model, user).filter(pk__in=list(ids)).values_list(column, flat=True))
