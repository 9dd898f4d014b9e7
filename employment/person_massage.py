"""盲人按摩 in the person page's part on training, since few people have it: qualifications, where, and the timeline."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch

from employment.models import CheckOutcome, MassagePractitioner, PracticeFiling
from employment.services.training_writing import RECORD
from registry.contributions import Happening
from registry.models import Category, Person
from registry.persons import rows_of, statement_on
from zalainuoer.common.models import User


def practices(person: Person) -> list[MassagePractitioner]:
    """The person's qualifications with filings, titles and checks; of most people one statement finds none."""
    filings = Prefetch("practicefilings", PracticeFiling.objects.select_related("shop"))
    queryset = MassagePractitioner.objects.prefetch_related(filings, "titlereviews", "massagechecks")
    return rows_of(person, "massagepractitioners", newest="qualified_on", queryset=queryset)


def massage(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Shown to whoever sees employment, of somebody who practises or might: whose certificate says 视力残疾."""
    if not by.has_perm("employment.view_employment"):
        return None
    rows = practices(person)
    may_add = by.has_perm(RECORD) and person.died_on is None and _sees_badly(person, today)
    if not rows and not may_add:
        return None
    lines = [
        {"row": row, "filing": next((each for each in row.practicefilings.all() if each.stopped_on is None), None)}
        for row in rows
    ]
    return {"lines": lines, "person": person, "may_add": may_add and len(rows) < 2}


def _sees_badly(person: Person, today: datetime.date) -> bool:
    statement = statement_on(person, today)
    if statement is None:
        return False
    return statement.category == Category.VISUAL or "视力" in (statement.components or "")


def timeline(person: Person) -> Iterator[Happening]:
    """Qualifying, filings and titles."""
    for row in practices(person):
        yield Happening(row.qualified_on, "取得盲人按摩资格", row.get_kind_display())
        for filing in row.practicefilings.all():
            yield Happening(filing.starts_on, "盲人按摩执业备案", str(filing.shop))
            if filing.stopped_on is not None:
                yield Happening(filing.stopped_on, "停止执业备案", str(filing.shop))
        for review in row.titlereviews.all():
            if review.result == CheckOutcome.PASSED and review.decided_on is not None:
                yield Happening(review.decided_on, "盲人医疗按摩职称", review.get_title_display())
