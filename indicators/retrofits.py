"""What decided that a household is counted by indicator 11: the projects that count, and the home each was built in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from accessibility.models import RetrofitHome
from accessibility.rules import counting_projects
from indicators.models import Figure
from indicators.periods import Basis
from registry.models import Household
from zalainuoer.common.models import User

VIEW = "accessibility.view_accessibility"


@dataclass(frozen=True)
class Project:
    """One project as it counts; `home` is the page of its 办理 for whoever may see it, and None for a sheet's row."""

    accepted_on: datetime.date | None
    hardship: str
    level: str
    works: str
    home: int | None


def projects_behind(figure: Figure, households: Iterable[Household], *, user: User) -> dict[int, list[Project]]:
    """The counting projects of households for a figure's day, the earliest acceptance first, by household's key.

    Asked of today's records, as all reasons are: a household corrected since the figure was computed may have none.
    """
    found: dict[int, list[Project]] = {household.pk: [] for household in households}
    basis = Basis.read(plan=figure.snapshot.plan, day=figure.snapshot.as_of)
    rows = counting_projects(starts_on=basis.plan.starts_on, until=basis.until, parameters=basis.parameters)
    rows = rows.filter(household__in=found).order_by("accepted_on", "pk")
    homes = RetrofitHome.objects.visible_to(user).filter(retrofit__in=rows) if user.has_perm(VIEW) else ()
    pages = {home.retrofit_id: home.pk for home in homes}
    for row in rows:
        told = (row.get_hardship_display(), row.get_level_display(), row.works)
        found[row.household_id].append(Project(row.accepted_on, *told, pages.get(row.pk)))
    return found
