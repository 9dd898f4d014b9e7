"""Classes and sessions; enrolling, attendance, completing, and taking each back (残疾人就业条例; decisions/0022)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q

from employment.models import Attendance, TrainingClass, TrainingRecord, TrainingSession
from employment.services.training_writing import (
    GONE,
    MANAGE,
    RECORD,
    held_as_seen,
    keep,
    open_context,
    refuse_outside,
    refuse_without,
    words,
)
from registry.models import Person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

CLASS_FIELDS = (
    "name", "trade", "organiser", "provider", "place", "starts_on", "ends_on", "hours", "capacity", "budget_yuan",
    "spent_yuan", "document", "note",
)  # fmt: skip
OF_RECORD = {"name": "class_name", "trade": "trade", "starts_on": "starts_on"}  # what a class gives to its records


def class_save(
    *, training_class: TrainingClass | None, by: User, reason: str = "", seen: int | None = None, **values: Any
) -> TrainingClass:
    """Opens a class or changes one; name, trade and first day go on to the records that belong to it.

    The first day cannot change once somebody has finished: what indicator 2 counts would move without anybody asking.
    """
    refuse_without(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = TrainingClass() if training_class is None else held_as_seen(training_class, seen=seen)
        before = (row.name, row.trade, row.starts_on)
        for name in CLASS_FIELDS:
            if name in values:
                setattr(row, name, values[name])
        if row.pk:
            _refuse_change(row, before=before)
        open_context(by, "training_class_save", reason)
        keep(row)
        if training_class is not None and before != (row.name, row.trade, row.starts_on):
            _carry(row)
    return row


def _refuse_change(row: TrainingClass, *, before: tuple[Any, ...]) -> None:
    if row.starts_on != before[2] and row.records.filter(is_completed=True).exists():
        raise RuleBroken("这个班已有人结业，开班日期不能再改。确实登记错了的，请先撤回结业。")
    outside = row.sessions.filter(Q(held_on__lt=row.starts_on) | Q(held_on__gt=row.ends_on)).first()
    if outside is not None:
        raise RuleBroken(f"{outside.held_on} 的课次不在新的开班和结业日期之间，请先改正课次。")
    if row.capacity is not None and (taken := row.records.count()) > row.capacity:
        raise RuleBroken(f"已有 {taken} 人，名额不能少于这个数。")


def _carry(row: TrainingClass) -> None:
    records = TrainingRecord.objects.filter(training_class=row)
    people = records.values("person")
    clash = TrainingRecord.objects.filter(class_name=row.name, person__in=people).exclude(training_class=row)
    if clash.exists():
        raise RuleBroken(f"有学员在另一个叫“{row.name}”的班里已有记录，不能改成这个名称。")
    records.update(**{theirs: getattr(row, name) for name, theirs in OF_RECORD.items()})


def class_withdraw(*, training_class: TrainingClass, by: User, reason: str, seen: int | None = None) -> None:
    """Takes away a class that never was: refused where somebody takes part."""
    refuse_without(by, MANAGE)
    reason = words(reason, what="撤下理由")
    with transaction.atomic(), data_lock():
        row = held_as_seen(training_class, seen=seen)
        open_context(by, "training_class_withdraw", reason)
        if row.records.exists():
            raise RuleBroken("这个班还有学员，不能撤下。请先撤下每个人的报名。")
        row.delete()


def session_save(
    *, session: TrainingSession, by: User, reason: str = "", seen: int | None = None, **values: Any
) -> TrainingSession:
    """Adds a session or changes one; it lies within the days of its class."""
    refuse_without(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = session if session.pk is None else held_as_seen(session, seen=seen)
        for name in ("held_on", "hours", "topic"):
            if name in values:
                setattr(row, name, values[name])
        of = row.training_class
        if not of.starts_on <= row.held_on <= of.ends_on:
            raise RuleBroken(f"上课日期 {row.held_on} 不在开班（{of.starts_on}）和结业（{of.ends_on}）之间。")
        open_context(by, "training_session_save", reason)
        keep(row)
    return row


def session_withdraw(*, session: TrainingSession, by: User, reason: str, seen: int | None = None) -> None:
    """Takes away a session of which no attendance is noted."""
    refuse_without(by, MANAGE)
    reason = words(reason, what="撤下理由")
    with transaction.atomic(), data_lock():
        row = held_as_seen(session, seen=seen)
        open_context(by, "training_session_withdraw", reason)
        try:
            row.delete()
        except ProtectedError as error:
            raise RuleBroken("这次课已登记出勤，不能撤下。") from error


@dataclass(frozen=True)
class Enrolled:
    """What an enrolment of many did: how many are new, linked from the sheet, and had been in the class already."""

    new: int
    linked: int
    known: int


def class_enrol(
    *, training_class: TrainingClass, people: Collection[Person], by: User, today: datetime.date
) -> Enrolled:
    """Takes people into a class: each has a record of it from now on. All or nobody.

    Whoever is not on the register may take part; indicator 2 does not count them (employment.rules.training.counted).
    """
    refuse_without(by, RECORD)
    wanted = list(dict.fromkeys(person.pk for person in people))
    with transaction.atomic(), data_lock():
        of = held_as_seen(training_class, seen=None)
        refuse_outside(wanted, by=by)
        if Person.objects.filter(pk__in=wanted, died_on__isnull=False).exists():
            raise RuleBroken("所选的人里有已登记死亡的，没有报名。请取消勾选后再办。")
        known = {row.person_id: row for row in TrainingRecord.objects.filter(class_name=of.name, person__in=wanted)}
        if any(row.starts_on != of.starts_on for row in known.values()):
            raise RuleBroken(
                f"所选的人里有人在花名册上已有“{of.name}”的记录，但开班日期不是 {of.starts_on}。请先核对花名册或培训班的日期。"
            )
        linked = [row for row in known.values() if row.training_class_id is None]
        new = [pk for pk in wanted if pk not in known]
        _refuse_full(of, more=len(new) + len(linked))
        open_context(by, "class_enrol")
        TrainingRecord.objects.filter(pk__in=[row.pk for row in linked]).update(training_class=of)
        TrainingRecord.objects.bulk_create(
            TrainingRecord(
                person_id=pk, class_name=of.name, trade=of.trade, starts_on=of.starts_on, is_completed=False,
                training_class=of, enrolled_on=today,
            )
            for pk in new
        )  # fmt: skip
    return Enrolled(len(new), len(linked), len(known) - len(linked))


def _refuse_full(of: TrainingClass, *, more: int) -> None:
    if (free := of.capacity - of.records.count()) < more:
        raise RuleBroken(
            f"这个班的名额是 {of.capacity} 人，还剩 {max(free, 0)} 个，不够 {more} 人。请调整名额或另开一班。"
        )


def records_link(*, training_class: TrainingClass, by: User) -> int:
    """Lets the sheet's records of the same name and first day, of the own area, belong to the class; returns how many."""
    refuse_without(by, RECORD)
    with transaction.atomic(), data_lock():
        of = held_as_seen(training_class, seen=None)
        keys = list(linkable(of, by=by).values_list("pk", flat=True))
        if not keys:
            raise RuleBroken("没有可以并入的花名册记录，可能已经并入。请刷新页面。")
        _refuse_full(of, more=len(keys))
        open_context(by, "records_link")
        return TrainingRecord.objects.filter(pk__in=keys).update(training_class=of)


def linkable(of: TrainingClass, *, by: User) -> Any:
    """The sheet's records that speak of the class and do not belong to it yet."""
    rows = TrainingRecord.objects.visible_to(by)
    return rows.filter(training_class__isnull=True, class_name=of.name, starts_on=of.starts_on)


def enrolment_withdraw(*, record: TrainingRecord, by: User, reason: str, seen: int | None = None) -> None:
    """Takes somebody out of a class. A record that the class wrote goes; one of the sheet's stays, linked to none."""
    refuse_without(by, RECORD)
    reason = words(reason, what="撤下理由")
    with transaction.atomic(), data_lock():
        row = held_as_seen(record, seen=seen)
        refuse_outside([row.person_id], by=by)
        if row.training_class_id is None:
            raise RuleBroken(GONE)
        if row.enrolled_on is not None and row.is_completed:
            raise RuleBroken("已经结业，不能撤下报名。登记错了的，请先撤回结业。")
        if row.attendances.filter(is_present=True).exists():
            raise RuleBroken("已有出勤，不能撤下报名。没有学完的留在班里，不登记结业即可。")
        open_context(by, "enrolment_withdraw", reason)
        row.attendances.all().delete()
        if row.enrolled_on is None:
            row.training_class = None
            keep(row)
        else:
            row.delete()


def attendance_record(
    *, training_class: TrainingClass, records: Collection[int], sessions: Collection[int],
    present: Collection[tuple[int, int]], by: User, today: datetime.date,
) -> int:  # fmt: skip
    """Notes who was there: of the shown participants (`records`) and `sessions`, those in `present`, and no others.

    Returns how many entries are new or have changed. Sessions yet to come, and people of other areas, are refused.
    """
    refuse_without(by, RECORD)
    records, sessions, there = set(records), set(sessions), set(present)
    with transaction.atomic(), data_lock():
        mine = TrainingRecord.objects.visible_to(by).filter(training_class=training_class, pk__in=records)
        held = training_class.sessions.filter(pk__in=sessions, held_on__lte=today)
        if mine.count() != len(records) or held.count() != len(sessions):
            raise RuleBroken("名单或课次又有变化，或课还没有上，没有保存。请刷新页面后再登记。")
        if any(record not in records or session not in sessions for record, session in there):
            raise RuleBroken("勾选的不是这一页上的人或课次，没有保存。请刷新页面后再登记。")
        known = {
            (row.record_id, row.session_id): row
            for row in Attendance.objects.filter(record__in=records, session__in=sessions)
        }
        open_context(by, "attendance_record")
        new, changed = [], {True: [], False: []}  # type: ignore[var-annotated]
        for key in ((record, session) for record in records for session in sessions):
            is_present, row = key in there, known.get(key)
            if row is None:
                new.append(Attendance(record_id=key[0], session_id=key[1], is_present=is_present))
            elif row.is_present != is_present:
                changed[is_present].append(row.pk)
        Attendance.objects.bulk_create(new)
        for is_present, keys in changed.items():
            if keys:
                Attendance.objects.filter(pk__in=keys).update(is_present=is_present)
    return len(new) + sum(len(keys) for keys in changed.values())


def class_complete(
    *, training_class: TrainingClass, numbers: Mapping[int, str], completed_on: datetime.date,
    certificate_kind: str = "", certified_on: datetime.date | None = None, by: User, today: datetime.date,
) -> int:  # fmt: skip
    """Notes that participants have finished; `numbers` is {record: certificate number, empty for none}. All or nobody.

    What has been finished before is refused, so that nobody's certificate is overwritten by a second click.
    """
    refuse_without(by, RECORD)
    if not numbers:
        raise RuleBroken("没有勾选任何人。请勾选结业的学员。")
    if completed_on > today or (certified_on and certified_on > today):
        raise RuleBroken(f"结业日期和发证日期不能晚于今天（{today}）。")
    if completed_on < training_class.starts_on:
        raise RuleBroken(f"结业日期不能早于开班日期 {training_class.starts_on}。")
    if any(number.strip() for number in numbers.values()) and not (certificate_kind and certified_on):
        raise RuleBroken("填写了证书编号的，请同时选择证书种类、填写发证日期。")
    if certified_on and certified_on < completed_on:
        raise RuleBroken("发证日期不能早于结业日期。")
    given = [number.strip() for number in numbers.values() if number.strip()]
    if len(given) != len(set(given)):
        raise RuleBroken("有两个人填了同一个证书编号，请核对。")
    with transaction.atomic(), data_lock():
        open_context(by, "class_complete")
        mine = TrainingRecord.objects.visible_to(by).filter(
            training_class=training_class, pk__in=numbers, is_completed=False
        )
        rows = list(mine.select_for_update(of=("self",)))
        if len(rows) != len(numbers):
            raise RuleBroken("勾选的人里有已经结业、或已不在这个班里的，没有办理。请刷新页面后再办。")
        _refuse_given(certificate_kind, given)
        for row in rows:
            row.is_completed, row.ends_on = True, completed_on
            if number := numbers[row.pk].strip():
                row.certificate_kind, row.certificate_number = certificate_kind, number
                row.certified_on = certified_on
        columns = ["is_completed", "ends_on", "certificate_kind", "certificate_number", "certified_on"]
        TrainingRecord.objects.bulk_update(rows, columns)
    return len(rows)


def _refuse_given(kind: str, numbers: list[str]) -> None:
    known = TrainingRecord.objects.filter(certificate_kind=kind, certificate_number__in=numbers)
    if found := sorted(number for number in known.values_list("certificate_number", flat=True) if number):
        raise RuleBroken(f"证书编号已经登记给别的培训记录：{'、'.join(found)}。请核对。")


def certificate_save(
    *, record: TrainingRecord, kind: str, number: str, certified_on: datetime.date, by: User, reason: str,
    today: datetime.date, seen: int | None = None,
) -> TrainingRecord:  # fmt: skip
    """Adds the certificate of somebody who has finished, or corrects it."""
    refuse_without(by, RECORD)
    if certified_on > today:
        raise RuleBroken(f"发证日期不能晚于今天（{today}）。")
    with transaction.atomic(), data_lock():
        row = held_as_seen(record, seen=seen)
        refuse_outside([row.person_id], by=by)
        if not row.is_completed:
            raise RuleBroken("还没有结业，不能登记证书。")
        row.certificate_kind, row.certificate_number = kind, words(number, what="证书编号")
        row.certified_on = certified_on
        open_context(by, "training_certificate_save", reason)
        keep(row)
    return row


def completion_withdraw(*, record: TrainingRecord, by: User, reason: str, seen: int | None = None) -> TrainingRecord:
    """Takes a completion back, with its certificate: the record is unfinished again."""
    refuse_without(by, RECORD)
    reason = words(reason, what="撤回理由")
    with transaction.atomic(), data_lock():
        row = held_as_seen(record, seen=seen)
        refuse_outside([row.person_id], by=by)
        if row.training_class_id is None or not row.is_completed:
            raise RuleBroken("这个人没有结业，或已不在这个班里。请刷新页面。")
        open_context(by, "completion_withdraw", reason)
        row.is_completed, row.ends_on = False, None
        row.certificate_kind = row.certificate_number = row.certified_on = None
        keep(row)
    return row
