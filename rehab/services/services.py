"""Services given, recorded by hand for one person or for many at once: the sheet's checks decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.models import Person
from registry.services.facts import facts_add, subject_of
from rehab.sheets import RehabServiceSheet
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

MOST = 500  # people in one go


def services_record(
    *, people: Sequence[Person], values: Mapping[str, str | None], by: User, reason: str
) -> tuple[int, int]:
    """Stores one service for each of the people; `values` are the sheet's cleaned cells by heading.

    Returns how many were new, and how many were on file already and stay as they are. Raises FactRefused, with nothing
    stored, where the sheet refuses somebody. Statements do not grow with the people.
    """
    if not people:
        raise RuleBroken("没有选中任何人。请返回列表勾选。")
    if len(people) > MOST:
        raise RuleBroken(f"一次最多登记 {MOST} 人，现选中 {len(people)} 人。请缩小范围，分几次登记。")
    sheet = RehabServiceSheet()
    rows = [(subject_of(sheet, person), values) for person in people]
    new = facts_add(sheet=sheet, rows=rows, by=by, reason=reason)
    return new, len(people) - new
