"""What the audit contributes to an employer's page: each year's state, certificate, and what is owed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from employment.models import Audit, Employer
from zalainuoer.common.models import User

TITLE = "年审"
TEMPLATE = "employment/audits/employer.html"


def audits_part(employer: Employer, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """The audits of an employer, the latest year first, in one statement; None for whoever may not see the levy.

    `next_year` is the year whose audit takes place now, where it has no row yet.
    """
    if not by.has_perm("employment.view_levy"):
        return None
    rows = list(Audit.objects.visible_to(by).filter(employer=employer).select_related("certificate").order_by("-year"))
    known = {row.year for row in rows}
    return {"rows": rows, "next_year": None if today.year - 1 in known else today.year - 1}
