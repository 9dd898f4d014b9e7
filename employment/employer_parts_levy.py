"""残保金's part of an employer's page: its sheets, year by year.

`levy_part` gives what the template `TEMPLATE` shows as `part`; None where the reader does not see the levy.
"""

from __future__ import annotations

import datetime
from typing import Any

from employment.models import Employer, QuotaSheet
from employment.services.quota import PERMISSION
from zalainuoer.common.models import User

TITLE, TEMPLATE = "残保金测算", "employment/levy/employer_part.html"


def levy_part(employer: Employer, today: datetime.date, by: User) -> dict[str, Any] | None:
    """The sheets of an employer, the latest year first, in one statement."""
    if not (by.has_perm(PERMISSION) and by.is_of_whole_district):
        return None
    rows = QuotaSheet.objects.filter(employer=employer).defer("lines").order_by("-year")
    return {"rows": list(rows), "employer": employer, "year": today.year - 1}
