"""What a person's file says of applications: those there are, and which subsidy can be applied for at the counter."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from registry.contributions import Section
from registry.models import Person
from registry.persons import rows_of
from subsidies.models import Application, Subsidy
from zalainuoer.common.models import User


def applications(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The person page's part, in one statement: the applications so far, and for whoever may take one in, both
    subsidies: to apply for, or under way."""
    rows: list[Application] = rows_of(person, "applications", newest="applied_on")
    may_apply = by.has_perm("subsidies.accept_applications")
    under_way = {row.subsidy: row for row in rows if not row.is_ended}
    offers = [
        {"code": subsidy.value, "name": subsidy.label, "open": under_way.get(subsidy)}
        for subsidy in Subsidy
        if may_apply
    ]
    return {"offers": offers, "rows": rows} if offers or rows else None


SECTION = Section(45, "applications", "补贴申请", "subsidies/applications/person.html", applications)
