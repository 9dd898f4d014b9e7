"""The yearly survey by hand: the form's answers become the row that the sheet would write."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from registry.models import Person
from registry.services.facts import FactExists, fact_add, fact_correct, subject_of
from registry.sheets.lookup import COMMUNITY, STREET
from rehab import domains
from rehab.models import RehabNeed
from rehab.sheets import RehabNeedSheet
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

FIRST = "入户或电话调查"
OVERTAKEN = "您打开之后，已有人登记了此人的调查结果。请重新打开，核对后再改。"


def survey_record(
    *,
    person: Person,
    year: int,
    kinds: Collection[str],
    words: str,
    device: str | None,
    surveyed_on: datetime.date,
    by: User,
    reason: str = "",
    row: RehabNeed | None = None,
    seen: int = 0,
) -> None:
    """Stores what a person was found to need in a year, or corrects what is stored (`row`, as `seen`).

    `kinds` are codes of ServiceKind, `words` needs in other words, `device` the devices needed; nothing at all says
    that there is no need. Raises what `registry.services.facts` does.
    """
    sheet = RehabNeedSheet()
    subject = subject_of(sheet, person)
    # Where somebody was asked stays with the row, unless that is out of the area of whoever corrects it.
    is_mine = row is not None and (by.scope_ids is None or row.community_id in by.scope_ids)
    place = row.community if row is not None and is_mine else person.community
    values = {
        "年度": str(year),
        STREET: str(place.parent),
        COMMUNITY: str(place),
        "康复需求": sheet.column("康复需求").widget.clean(domains.write(kinds, words)),
        "辅具需求": sheet.column("辅具需求").widget.clean(device),
        "调查日期": surveyed_on.isoformat(),
    }
    if row is None:
        try:
            fact_add(sheet=sheet, subject=subject, values=values, by=by, reason=reason or FIRST)
        except FactExists as exists:
            raise RuleBroken(OVERTAKEN) from exists
    else:
        fact_correct(sheet=sheet, row=row, seen=seen, subject=subject, values=values, by=by, reason=reason)
