"""Merging two records of one person, and undoing it.

Whatever refers to the record that goes is made to refer to the one that stays; where both have a row of the same key,
the kept record's row stays and the other is withdrawn. One history context holds all of it, so that it can be undone.
A household is known by its head's number: a head under two numbers is one household under two, and they become one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, InternalError, connection, models, transaction

from registry.contributions import Change, announce, refuse_collisions
from registry.models import Certificate, FormerIdentity, Household, MergePair, MergePairState, Person
from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.undo import Unit, undo, unique_keys

# What the kept record lacks and the other has is taken over.
GAPS = (
    ("ethnicity",),
    ("phone", "phone_index"),
    ("address", "address_index"),
    ("guardian_name",),
    ("guardian_phone", "guardian_phone_index"),
    ("card_generation",),
)
CANNOT_STAND_TOGETHER = (
    "两份档案里有不能并存的记录，如同一个月的两段托养、同一个月两条已锁定的结算或发放，没有合并。"
    "请先改正其中一份的记录；已锁定的，请联系系统管理员核实。"
)
NO_LONGER_THERE = "其中一份档案已经不在了，可能刚刚有人合并过。请返回列表查看。"


@dataclass(frozen=True)
class Share:
    """What a merge would do to the rows of one table: how many move, how many give way to the kept record's."""

    name: str
    moved: int
    withdrawn: int


def references_to(model: type[models.Model]) -> Iterator[Any]:
    """Every foreign key of the project that refers to a table, history aside, by table."""
    relations = [
        r.field  # type: ignore[union-attr]
        for r in model._meta.get_fields(include_hidden=True)
        if (r.one_to_many or r.one_to_one) and r.auto_created
    ]
    own = [field for field in relations if not hasattr(field.model, "pgh_tracked_model")]
    return iter(sorted(own, key=lambda field: field.model._meta.db_table))


def merge_forecast(*, kept: Person, gone: Person) -> list[Share]:
    """What would become of the other record's rows, table by table; tables without any are left out."""
    shares = []
    for field in references_to(Person):
        if field.model is Certificate:
            moved, withdrawn = _certificate_share(kept, gone)
        else:
            moved, withdrawn = _share(field, kept.pk, gone.pk)
        if moved or withdrawn:
            shares.append(Share(str(field.model._meta.verbose_name), moved, withdrawn))
    return shares


def _certificate_share(kept: Person, gone: Person) -> tuple[int, int]:
    count, wins = gone.certificates.count(), kept.certificates.exists()
    return (0, count) if wins else (count, 0)


def _share(field: Any, kept: int, gone: int) -> tuple[int, int]:
    table, column = field.model._meta.db_table, connection.ops.quote_name(field.column)
    clashes = " OR ".join(
        f"EXISTS (SELECT FROM {table} k WHERE k.{column} = %s AND {same})" for same in _same_keys(field, "t", "k")
    )
    clash = f"count(*) FILTER (WHERE {clashes})" if clashes else "0"
    with connection.cursor() as cursor:
        values = [kept] * clashes.count("%s")
        cursor.execute(f"SELECT count(*), {clash} FROM {table} t WHERE t.{column} = %s", [*values, gone])
        rows, withdrawn = cursor.fetchone()
        return rows - withdrawn, withdrawn


def _same_keys(field: Any, one: str, other: str) -> list[str]:
    """Conditions under which two rows would have the same key if they referred to the same record."""
    found, table = [], field.model._meta.db_table
    for key in unique_keys(field.model):
        if field.column in key.columns:
            rest = [connection.ops.quote_name(column) for column in key.columns if column != field.column]
            same = " AND ".join(f"{one}.{c} = {other}.{c}" for c in rest) or "true"
            found.append(same + key.among(table, f"{one}.id") + key.among(table, f"{other}.id"))
    return found


def people_merge(*, kept: Person, gone: Person, by: User, reason: str, on: datetime.date) -> MergePair:
    """Makes two records one. What is on file under the number that goes is found under both afterwards.

    Raises RuleBroken where an app finds what must not be made one by a machine (`contribute(merge_checks=…)`).
    """
    if kept.pk == gone.pk:
        raise RuleBroken("这是同一份档案，不需要合并。")
    with transaction.atomic(), data_lock():
        context = bulk.open_history_context(user=by.username, reason=reason, what="合并档案")
        both = Person.objects.in_bulk([kept.pk, gone.pk])
        if len(both) < 2:
            raise RuleBroken(NO_LONGER_THERE)
        kept, gone = both[kept.pk], both[gone.pk]
        refuse_collisions(kept, gone)
        _refuse_lost(kept, gone)
        takes_certificate = not kept.certificates.exists() and gone.certificates.exists()
        if not takes_certificate:
            Certificate.objects.filter(person=gone).delete()
        _merge_households(kept, gone)
        _fill_gaps(kept, gone, takes_place=takes_certificate)
        try:
            _merge_rows(Person, kept.pk, gone.pk)
        except (IntegrityError, InternalError) as error:  # a constraint between rows of both, or a locked row
            raise RuleBroken(CANNOT_STAND_TOGETHER) from error
        bulk.delete(Person, [gone.pk])
        _remember_number(kept, gone, reason=reason, on=on)
        MergePair.objects.filter(kept__in=(kept.pk, gone.pk), gone__in=(kept.pk, gone.pk)).delete()
        pair = MergePair.objects.create(
            kept=kept.pk,
            gone=gone.pk,
            state=MergePairState.MERGED,
            reason=reason,
            decided_by=by,
            history_context=context,
        )
        announce(Change(frozenset({kept.pk}), "merge", on, by))
        return pair


def _refuse_lost(kept: Person, gone: Person) -> None:
    """A row that others rest on (an open case with its steps) cannot give way to the kept record's."""
    for field in references_to(Person):
        if field.model is Certificate:
            continue
        resting = list(references_to(field.model))
        lost = _lost(field, kept.pk, gone.pk) if resting else []
        if lost and any(other.model._base_manager.filter(**{f"{other.name}__in": lost}).exists() for other in resting):
            raise RuleBroken(
                f"两份档案各有一份“{field.model._meta.verbose_name}”，其中一份已有后续记录，不能并成一份。"
                "请先办结、结束或撤回其中一份里的这项业务，再合并。"
            )


def _lost(field: Any, kept: int, gone: int) -> list[int]:
    """The rows of the record that goes which have the key of one of the kept record's."""
    keys = _same_keys(field, "t", "k")
    if not keys:
        return []
    table, column = field.model._meta.db_table, connection.ops.quote_name(field.column)
    same = " OR ".join(f"EXISTS (SELECT FROM {table} k WHERE k.{column} = %s AND {key})" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.{connection.ops.quote_name(field.model._meta.pk.column)} FROM {table} t"
            f" WHERE t.{column} = %s AND ({same})",
            [gone, *([kept] * len(keys))],
        )
        return [pk for (pk,) in cursor]


def _merge_rows(model: type[models.Model], kept: int, gone: int) -> None:
    """Lets everything that refers to one row of a table refer to another; of two rows with one key the kept stays."""
    with connection.cursor() as cursor:
        for field in references_to(model):
            table, column = field.model._meta.db_table, connection.ops.quote_name(field.column)
            for same in _same_keys(field, "t", "k"):
                cursor.execute(
                    f"DELETE FROM {table} t USING {table} k WHERE t.{column} = %s AND k.{column} = %s AND {same}",
                    [gone, kept],
                )
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [kept, gone])


def _merge_households(kept: Person, gone: Person) -> None:
    homes = {h.head_id_index: h for h in Household.objects.filter(head_id_index__in=(kept.id_index, gone.id_index))}
    of_kept, of_gone = homes.get(kept.id_index), homes.get(gone.id_index)
    if of_gone is None:
        return
    if of_kept is None:
        number = {"head_id_number": kept.id_number, "head_id_index": kept.id_index, "head_born_on": kept.born_on}
        Household.objects.filter(pk=of_gone.pk).update(**number)
        return
    _merge_rows(Household, of_kept.pk, of_gone.pk)
    bulk.delete(Household, [of_gone.pk])


def _fill_gaps(kept: Person, gone: Person, *, takes_place: bool) -> None:
    found: dict[str, Any] = {}
    for names in GAPS:
        if getattr(kept, names[0]) is None and getattr(gone, names[0]) is not None:
            found |= {name: getattr(gone, name) for name in names}
    if takes_place:
        found["community_id"] = gone.community_id
    if found:
        Person.objects.filter(pk=kept.pk).update(**found)


def _remember_number(kept: Person, gone: Person, *, reason: str, on: datetime.date) -> None:
    """The number that goes stays known; the kept record's own is nobody's former one."""
    known = FormerIdentity.objects.filter(person=kept)
    known.filter(id_index=kept.id_index).delete()
    if not known.filter(id_index=gone.id_index).exists():
        FormerIdentity.objects.create(
            person=kept, id_number=gone.id_number, id_index=gone.id_index, until=on, reason=f"合并档案：{reason}"[:200]
        )


def pair_distinct(*, one: Person, other: Person, by: User, reason: str) -> MergePair:
    """Notes that two similar records are two people: they are not offered again. Not of two that are merged by now."""
    with transaction.atomic(), data_lock():
        if Person.objects.filter(pk__in=(one.pk, other.pk)).count() < 2:
            raise RuleBroken(NO_LONGER_THERE)
        bulk.open_history_context(user=by.username, reason=reason, what="确认不是同一人")
        keys = {"kept": min(one.pk, other.pk), "gone": max(one.pk, other.pk)}
        MergePair.objects.filter(kept__in=keys.values(), gone__in=keys.values()).delete()
        return MergePair.objects.create(**keys, state=MergePairState.DISTINCT, reason=reason, decided_by=by)


def merge_undo(*, pair: MergePair, by: User, reason: str, on: datetime.date) -> None:
    """Makes one record two again, as they were. Raises RuleBroken, naming what, if something has changed since."""
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason=reason, what="撤销合并")
        pair = MergePair.objects.select_for_update().get(pk=pair.pk)
        if pair.state != MergePairState.MERGED:
            raise RuleBroken("这次合并已经撤销过了。")
        report = undo(pair.history_context, _units(), partly=False)
        if report.kept:
            what = "、".join(dict.fromkeys(f"{name}（{why}）" for name, why in report.kept))
            raise RuleBroken(f"不能撤销，合并之后下列记录又有变化：{what}。请先撤下或改回这些变化。")
        pair.state, pair.reason, pair.decided_by = MergePairState.UNDONE, reason, by
        pair.save(update_fields=["state", "reason", "decided_by"])
        announce(Change(frozenset({pair.kept, pair.gone}), "merge_undo", on, by))


def _units() -> list[Unit]:
    """Every table a merge may write: what refers to people and households first."""
    tables = dict.fromkeys(field.model for model in (Person, Household) for field in references_to(model))
    return [Unit(table, describe=_table_name) for table in (*tables, Person, Household)]


def _table_name(row: Any) -> str:
    return str(row._meta.verbose_name)
