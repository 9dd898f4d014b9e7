"""Adding, correcting and withdrawing a row of a sheet by hand.

What is typed is a delivery of one row: the sheet's own checks and comparison decide, as they do for an upload, so
that no rule holds in one way only. A corrected key is a withdrawal and an addition in one act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from registry.contributions import SHEETS_BY_HAND
from registry.models import FOREVER, Household, Person
from registry.sheets import (
    DibaoApplicationSheet,
    HouseholdIncomeSheet,
    MedicalEnrolmentSheet,
    OtherBenefitSheet,
    PensionEnrolmentSheet,
    SchoolEnrolmentSheet,
    SocialAssistanceSheet,
)
from registry.sheets.lookup import HEAD, ID, NAME
from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_name
from zalainuoer.common.jobs import communities_of
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.comparing import NEW, SAME, Comparison, KeyedSheet, Scope
from zalainuoer.common.sheets.delivery import Delivery

FACT_SHEETS: dict[str, type[KeyedSheet]] = {  # the registry's own; those of the apps above are contributed
    sheet.code: sheet
    for sheet in (
        SocialAssistanceSheet,
        DibaoApplicationSheet,
        OtherBenefitSheet,
        HouseholdIncomeSheet,
        PensionEnrolmentSheet,
        MedicalEnrolmentSheet,
        SchoolEnrolmentSheet,
    )
}
GONE = "这条记录已经撤下，不能再改。"
CHANGED_SINCE = "您打开之后，这条记录又被改过。请重新打开，核对后再改。"
REFERRED = "已有其他登记引用这条记录，不能撤下，也不能改动用来区分记录的内容。请先撤下引用它的登记。"
NO_HOUSEHOLD = "此人没有残疾人证，系统里没有其所在户，不能登记家庭收入。"


def sheet_by_hand(code: str) -> KeyedSheet:
    """The sheet whose rows may be added, corrected and withdrawn by hand; KeyError if there is none."""
    return {**FACT_SHEETS, **SHEETS_BY_HAND}[code]()


class FactRefused(RuleBroken):
    """The sheet refuses the row: (heading, sentence) each."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__("；".join(f"{heading}：{sentence}" for heading, sentence in problems))
        self.problems = problems


class FactExists(RuleBroken):
    """A record with this key is on file already."""

    def __init__(self, pk: int):
        super().__init__("已有同一条记录。要改它的内容，请改正那一条。")
        self.pk = pk


@dataclass(frozen=True)
class Subject:
    """Whom a sheet's row is about: a person, or a household (of incomes), perhaps opened from a person's page."""

    fixed: dict[str, str]  # the columns nobody types, by heading
    person: Person | None = None
    household: Household | None = None


def subject_of(sheet: KeyedSheet, person: Person) -> Subject:
    """What a new row about a person would be about; raises RuleBroken where there is nothing it could be about."""
    if not _is_about_households(sheet):
        return _person_subject(person)
    statement = person.certificates.filter(held_until=FOREVER).select_related("household").first()
    if statement is None:
        raise RuleBroken(NO_HOUSEHOLD)
    return _household_subject(statement.household, person)


def subject_of_row(sheet: KeyedSheet, row: Any) -> Subject:
    """What a stored row is about."""
    return _household_subject(row.household, None) if _is_about_households(sheet) else _person_subject(row.person)


def _is_about_households(sheet: KeyedSheet) -> bool:
    return any(column.heading == HEAD for column in sheet.columns)


def _person_subject(person: Person) -> Subject:
    return Subject({ID: person.id_number, NAME: person.name}, person)


def _household_subject(household: Household, person: Person | None) -> Subject:
    """The head's name is typed only where the head is no holder; else it is the holder's."""
    head = Person.objects.filter(id_index=household.head_id_index, certificates__held_until=FOREVER).first()
    known = {} if head is None else {HouseholdIncomeSheet.head_name: head.name}
    return Subject({HEAD: household.head_id_number, **known}, person, household)


def fact_add(*, sheet: KeyedSheet, subject: Subject, values: Mapping[str, str | None], by: User, reason: str) -> None:
    """Stores a new row. `values` are cleaned cells by heading. Raises FactRefused or FactExists."""
    with transaction.atomic(), data_lock():
        comparison, scope = _compared(sheet, subject, values, by=by)
        if comparison.found:
            raise FactExists(comparison.found[0])
        _open_context(sheet, act="新增", by=by, reason=reason)
        comparison.write(scope)


def facts_add(
    *, sheet: KeyedSheet, rows: Sequence[tuple[Subject, Mapping[str, str | None]]], by: User, reason: str
) -> int:
    """Stores a new row about each subject, all or none; returns how many were new. `rows` as in `fact_add`.

    Whoever has a record with the same key already keeps it as it is. Statements do not grow with the rows. Raises
    FactRefused, which names the people (masked) whom the sheet refuses.
    """
    with transaction.atomic(), data_lock():
        comparison, scope = _compared_rows(sheet, rows, by=by)
        if problems := comparison.delivery.problems:
            raise FactRefused([_about(rows[index][0], each) for index in sorted(problems) for each in problems[index]])
        new = [row for row, verdict in zip(rows, comparison.verdicts, strict=True) if verdict == NEW]
        if not new:
            return 0
        if len(new) < len(rows):
            comparison, scope = _compared_rows(sheet, new, by=by)
        _open_context(sheet, act="新增", by=by, reason=reason)
        comparison.write(scope)
        return len(new)


def _about(subject: Subject, problem: tuple[str, str]) -> tuple[str, str]:
    heading, sentence = problem
    return heading, f"{masked_name(subject.fixed.get(NAME, ''))}：{sentence}"


def fact_correct(
    *, sheet: KeyedSheet, row: Any, seen: int, subject: Subject, values: Mapping[str, str | None], by: User, reason: str
) -> None:
    """Replaces a row by what is now said; `seen` is `version` of the row as the person saw it.

    Raises FactRefused, FactExists, and RuleBroken where somebody has been faster or nothing is different.
    """
    with transaction.atomic(), data_lock():
        _as_seen(sheet, row, seen)
        comparison, scope = _compared(sheet, subject, values, by=by)
        found = comparison.found.get(0)
        if found is not None and found != row.pk:
            raise FactExists(found)
        if comparison.verdicts[0] == SAME:
            raise RuleBroken("内容和原来一样，没有需要改正的地方。")
        _open_context(sheet, act="改正", by=by, reason=reason)
        if comparison.verdicts[0] == NEW:  # another key
            _delete(sheet, row)
        comparison.write(scope)


def fact_withdraw(*, sheet: KeyedSheet, row: Any, seen: int, by: User, reason: str) -> None:
    """Takes a row out of the table; the history keeps it."""
    with transaction.atomic(), data_lock():
        _as_seen(sheet, row, seen)
        _open_context(sheet, act="撤下", by=by, reason=reason)
        _delete(sheet, row)


def _delete(sheet: KeyedSheet, row: Any) -> None:
    """Foreign keys are checked here, not at the end of the transaction, where nobody could say it in a sentence."""
    try:
        with transaction.atomic():
            bulk.delete(sheet.model, [row.pk])
            connection.check_constraints()
    except IntegrityError as error:
        raise RuleBroken(REFERRED) from error


def version(row: Any) -> int:
    """Grows with every change of a row: its last event's number in the history."""
    events = row.pgh_event_model.objects.filter(pgh_obj_id=row.pk)
    return int(events.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0)


def _as_seen(sheet: KeyedSheet, row: Any, seen: int) -> None:
    if not sheet.model._default_manager.filter(pk=row.pk).exists():
        raise RuleBroken(GONE)
    if version(row) != seen:
        raise RuleBroken(CHANGED_SINCE)


def _compared(
    sheet: KeyedSheet, subject: Subject, values: Mapping[str, str | None], *, by: User
) -> tuple[Comparison, Scope]:
    comparison, scope = _compared_rows(sheet, [(subject, values)], by=by)
    if problems := comparison.delivery.problems.get(0):
        raise FactRefused(problems)
    return comparison, scope


def _compared_rows(
    sheet: KeyedSheet, rows: Sequence[tuple[Subject, Mapping[str, str | None]]], *, by: User
) -> tuple[Comparison, Scope]:
    """What a delivery of the typed rows would do; what is wrong with them stands in it."""
    typed = [{**values, **subject.fixed} for subject, values in rows]
    cells = {column.heading: [row.get(column.heading) for row in typed] for column in sheet.columns}
    delivery = Delivery([*range(1, len(rows) + 1)], [("", len(rows))], cells)
    sheet.check(delivery)
    scope = Scope(communities=communities_of(by))
    return sheet.compare(delivery, scope), scope


def _open_context(sheet: KeyedSheet, *, act: str, by: User, reason: str) -> None:
    what = f"{sheet.title}：{act}"
    bulk.open_history_context(user=by.username, reason=reason, what=what, form=sheet.code)
