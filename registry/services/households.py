"""Moving people between households: from a day on, and the days before keep what they had.

A household is the people under one 户主, known by the head's ID number. Incomes and home retrofits stay with the
household they were surveyed in or built for.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from registry.contributions import Change, announce
from registry.models import Certificate, CertificateAct, CertificateCase, Household, Person
from registry.services.statements import refuse_day, statements_hold
from registry.sheets.lookup import create_households, known_households
from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked, masked_name, name_key
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

BASIS = "居民户口簿"
MOVE, SPLIT, MERGE = "迁入他户", "分户", "并户"
NO_CERTIFICATE = "此人没有残疾人证，系统里没有其所在户。"
ALREADY_THERE = "此人已经在这一户。"


class HeadNameWanted(RuleBroken):
    """The head holds no certificate and nobody has said the name yet, or said another."""


def household_move(
    *,
    person: Person,
    head_number: str,
    head_name: str | None = None,
    effective_on: datetime.date,
    reason: str,
    by: User,
    today: datetime.date,
    act: str = MOVE,
) -> Household:
    """From the day on the person belongs to the household of that 户主, who may be new to the system."""
    with transaction.atomic(), data_lock():
        context = bulk.open_history_context(user=by.username, reason=reason, what=act)
        target = _target(head_number, head_name, by=by)
        lasts = list(_in_force().filter(person=person))
        if not lasts:
            raise RuleBroken(NO_CERTIFICATE)
        if lasts[0].household_id == target.pk:
            raise RuleBroken(ALREADY_THERE)
        _move(lasts, target, act=act, effective_on=effective_on, reason=reason, by=by, today=today, context=context)
        return target


def household_split(
    *, person: Person, effective_on: datetime.date, reason: str, by: User, today: datetime.date
) -> Household:
    """From the day on the person is head of a household of their own."""
    return household_move(
        person=person,
        head_number=person.id_number,
        effective_on=effective_on,
        reason=reason,
        by=by,
        today=today,
        act=SPLIT,
    )


def household_merge(
    *, source: Household, head_number: str, effective_on: datetime.date, reason: str, by: User, today: datetime.date
) -> Household:
    """From the day on everybody of the household belongs to that of another 户主, which must exist."""
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason=reason, what=MERGE)
        if head_number not in known_households([head_number]):
            raise RuleBroken("系统里没有以此号码为户主的户。请核对；要建立新户的，请逐人办理“迁入他户”。")
        target = _target(head_number, None, by=by, must_be_named=False)
        if target.pk == source.pk:
            raise RuleBroken("这就是本户。请填写要并入的另一户的户主身份证号。")
        lasts = list(_in_force().filter(household=source))
        if not lasts:
            raise RuleBroken("这一户现在没有持证人，不需要并户。")
        if by.scope_ids is not None and any(last.person.community_id not in by.scope_ids for last in lasts):
            raise RuleBroken("这一户有持证人不在您的辖区内，不能由您并户。请逐人办理，或交区残联办理。")
        _move(lasts, target, act=MERGE, effective_on=effective_on, reason=reason, by=by, today=today)
        return target


def _in_force() -> QuerySet[Certificate]:
    return Certificate.objects.current().select_related("person", "household", "community").order_by("pk")


def _target(head_number: str, head_name: str | None, *, by: User, must_be_named: bool = True) -> Household:
    """The household of a 户主; created, and its head named, where it is new."""
    known = known_households([head_number])
    ids = known or create_households([head_number])
    household = Household.objects.get(pk=int(ids[head_number]))
    head = Person.objects.filter(id_index=household.head_id_index).first()
    if known and by.scope_ids is not None and not _is_in_area(household, head, by):
        raise RuleBroken("该户不在您的辖区内，不能由您办理。")
    known_name = head.name if head is not None else household.head_name
    if head_name and known_name and name_key(head_name) != name_key(known_name):
        raise HeadNameWanted(f"该户户主登记的姓名是“{masked_name(known_name)}”，与填写的不一致，请核对号码和姓名。")
    if known_name is None and must_be_named:
        if not head_name:
            raise HeadNameWanted("该户主没有残疾人证，请填写户主姓名。")
        Household.objects.filter(pk=household.pk).update(head_name=head_name)
    return household


def _is_in_area(household: Household, head: Person | None, by: User) -> bool:
    if head is not None and head.community_id in (by.scope_ids or ()):
        return True
    return Certificate.objects.visible_to(by).filter(household=household).exists()


def _move(
    lasts: Sequence[Certificate],
    target: Household,
    *,
    act: str,
    effective_on: datetime.date,
    reason: str,
    by: User,
    today: datetime.date,
    context: uuid.UUID | None = None,
) -> None:
    """Writes the statements and each person's file; without a context one person's part cannot be withdrawn alone."""
    for last in lasts:
        try:
            refuse_day(last.person, last, effective_on=effective_on, today=today)
        except RuleBroken as broken:
            raise RuleBroken(f"{masked_name(last.person.name)}：{broken.message}") from broken
    now = masked(target.head_id_number)
    cases = [
        CertificateCase(
            person=last.person,
            act=CertificateAct.DETAILS,
            effective_on=effective_on,
            reason=act,
            note=reason,
            basis=BASIS,
            changes=[["户主身份证号", masked(last.household.head_id_number), now]],
            recorded_by=by,
            history_context=context,
        )
        for last in lasts
    ]
    statements_hold(lasts=lasts, effective_on=effective_on, facts={"household": target})
    CertificateCase.objects.bulk_create(cases)
    announce(Change(frozenset(last.person_id for last in lasts), "household", effective_on, by))
