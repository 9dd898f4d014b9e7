"""公益性岗位 and 辅助性就业: who takes a place and who leaves it; each place is an employment of its form."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from employment.models import (
    EmploymentForm,
    EmploymentRecord,
    PublicPost,
    PublicPostHolder,
    ShelteredOrganisation,
    ShelteredPlace,
)
from employment.rules.placing import PUBLIC, SHELTERED, may_have_public_post, may_work_sheltered
from employment.services.entries import RECORD, checked, open_context
from employment.services.seeking import FUTURE, refuse_at_work
from registry.models import Person
from zalainuoer.common.acting import refuse_others
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, Rule


def holding(on: datetime.date) -> Q:
    """Of PublicPostHolder: on the post on a day."""
    own = Q(record__started_on__lte=on) & (Q(record__ended_on__isnull=True) | Q(record__ended_on__gte=on))
    return own | (Q(member_from__lte=on) & (Q(member_until__isnull=True) | Q(member_until__gte=on)))


def placed(on: datetime.date) -> Q:
    """Of ShelteredPlace: at work there on a day."""
    return Q(record__started_on__lte=on) & (Q(record__ended_on__isnull=True) | Q(record__ended_on__gte=on))


def post_fill(
    *,
    post: PublicPost,
    person: Person,
    starts_on: datetime.date,
    is_of_jobless_household: bool,
    member_name: str = "",
    relation: str = "",
    by: User | None,
    today: datetime.date,
) -> PublicPostHolder:
    """Somebody takes a public post: the person, or (named) a member of the person's 零就业残疾人家庭."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = PublicPost.objects.select_for_update().get(pk=post.pk)
        _refuse_outside(starts_on, today, row.starts_on, row.ends_on, "设岗")
        if row.holders.filter(holding(starts_on)).count() >= row.number:
            raise RuleBroken(f"这个岗位的 {row.number} 个名额在 {starts_on} 已经满了。", source=PUBLIC)
        holder = PublicPostHolder(post=row, person=person, is_of_jobless_household=is_of_jobless_household)
        open_context(by, "post_fill", "公益性岗位")
        if member_name:
            if not is_of_jobless_household:
                raise RuleBroken("只有零就业残疾人家庭的成员可以代为上岗，请勾选“零就业残疾人家庭”。", source=PUBLIC)
            holder.member_name, holder.relation, holder.member_from = member_name, relation, starts_on
        else:
            _refuse_unfit(may_have_public_post(on=starts_on, parameters=Parameters(on=starts_on)), person)
            holder.record = _employ(person, EmploymentForm.PUBLIC_POST, row.unit, row.get_kind_display(), starts_on)
        checked(holder)
        holder.save(force_insert=True)
    return holder


def post_leave(
    *, holder: PublicPostHolder, ended_on: datetime.date, reason: str, by: User | None, today: datetime.date
) -> PublicPostHolder:
    """The last day on the post."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = PublicPostHolder.objects.select_for_update(of=("self",)).select_related("record").get(pk=holder.pk)
        open_context(by, "post_leave", "公益性岗位", reason)
        if row.record is not None:
            _end(row.record, ended_on, reason, today)
            return row
        _refuse_end(row.member_from, row.member_until, ended_on, reason, today)
        row.member_until = ended_on
        checked(row)
        row.save(force_update=True)
    return row


def sheltered_fill(
    *,
    organisation: ShelteredOrganisation,
    person: Person,
    starts_on: datetime.date,
    by: User | None,
    today: datetime.date,
) -> ShelteredPlace:
    """Somebody begins to work in 辅助性就业; every clause of the eligibility must hold on the day."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = ShelteredOrganisation.objects.select_for_update().get(pk=organisation.pk)
        _refuse_outside(starts_on, today, row.since, row.closed_on, "建成")
        if row.places.filter(placed(starts_on)).count() >= row.capacity:
            raise RuleBroken(f"机构可安排的 {row.capacity} 人在 {starts_on} 已经满了。", source=SHELTERED)
        _refuse_unfit(may_work_sheltered(on=starts_on, parameters=Parameters(on=starts_on)), person)
        open_context(by, "sheltered_fill", "辅助性就业")
        place = ShelteredPlace(
            organisation=row, record=_employ(person, EmploymentForm.SHELTERED, row.name, "", starts_on)
        )
        checked(place)
        place.save(force_insert=True)
    return place


def sheltered_leave(
    *, place: ShelteredPlace, ended_on: datetime.date, reason: str, by: User | None, today: datetime.date
) -> ShelteredPlace:
    """The last day there."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = ShelteredPlace.objects.select_for_update(of=("self",)).select_related("record").get(pk=place.pk)
        open_context(by, "sheltered_leave", "辅助性就业", reason)
        _end(row.record, ended_on, reason, today)
    return row


def place_take_back(*, place: PublicPostHolder | ShelteredPlace, reason: str, by: User | None) -> None:
    """Takes back a place that was entered by mistake, and the employment that was registered with it."""
    refuse_others(by, RECORD)
    if not reason.strip():
        raise RuleBroken("请写明为什么撤下。")
    with transaction.atomic(), data_lock():
        row = type(place)._default_manager.select_for_update(of=("self",)).select_related("record").get(pk=place.pk)
        record = row.record
        if record is not None and record.months.exists():
            raise RuleBroken("就业登记里已有逐月工资社保，不能撤下。请先在就业登记中改正。")
        open_context(by, "place_take_back", str(row._meta.verbose_name), reason)
        row.delete()
        if record is not None:
            record.delete()


def _employ(person: Person, form: EmploymentForm, workplace: str, post: str, starts_on: datetime.date) -> Any:
    refuse_at_work(person, starts_on)
    record = EmploymentRecord(person=person, form=form, workplace=workplace, post=post, started_on=starts_on)
    checked(record)
    record.save(force_insert=True)
    return record


def _end(record: EmploymentRecord, ended_on: datetime.date, reason: str, today: datetime.date) -> None:
    _refuse_end(record.started_on, record.ended_on, ended_on, reason, today)
    record.ended_on, record.end_reason = ended_on, reason
    checked(record)
    record.save(force_update=True)


def _refuse_end(
    since: datetime.date | None,
    known: datetime.date | None,
    ended_on: datetime.date,
    reason: str,
    today: datetime.date,
) -> None:
    if known is not None:
        raise RuleBroken(f"已登记 {known} 离岗。")
    if ended_on > today:
        raise RuleBroken("离岗日期" + FUTURE.format(today=today))
    if since is not None and ended_on < since:
        raise RuleBroken(f"离岗日期早于上岗日期 {since}，请核对。")
    if not reason.strip():
        raise RuleBroken("请写明离岗的原因。")


def _refuse_outside(
    day: datetime.date, today: datetime.date, first: datetime.date, last: datetime.date | None, what: str
) -> None:
    if day > today:
        raise RuleBroken("上岗日期" + FUTURE.format(today=today))
    if day < first:
        raise RuleBroken(f"上岗日期早于{what}日期 {first}，请核对。")
    if last is not None and day > last:
        raise RuleBroken(f"{last} 以后已经没有这个岗位或机构，不能再安排人。")


def _refuse_unfit(rule: Rule, person: Person) -> None:
    broken = [verdict.clause for verdict in rule.explain(person) if not verdict.holds]
    if broken:
        sentences = "；".join(f"{clause.reason}（{clause.source}）" for clause in broken)
        raise RuleBroken(f"不符合条件：{sentences}。", source=broken[0].source)
