"""Undoing a batch from the history: rows come back as they were, rows edited since are kept and named.

For each table the batch wrote, and each row it touched there, the history has the image before the batch and the
image the batch left. A row is put back if it still equals the latter and nothing added since refers to it; rows that
belong together (a person and the certificates) are put back together or not at all.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from zalainuoer.common.fields import EncryptedTextField

EDITED = "之后又有改动"
REFERRED = "已有其他数据引用"
TAKEN = "之后已有同一条新记录"
GONE = "所属人员或户已不在台账中"
IMAGES = "undo_images"


@dataclass(frozen=True)
class Unit:
    """One table a batch may have written: the model, and the column that says what its rows belong to together."""

    model: type[models.Model]
    belongs_to: str = "id"
    is_support: bool = False  # kept in silence where it is still needed (a household), never a reason to keep others
    describe: Callable[[Any], str] = str  # how people know a row, or what it belongs to


@dataclass
class UndoReport:
    """How many rows were put back, and which were kept and why: (how people know the row, reason)."""

    undone: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)


def undo(context_id: uuid.UUID | None, units: Iterable[Unit], *, write: bool = True, partly: bool = True) -> UndoReport:
    """Puts back what was written in a history context; with `write=False` only says what would be kept.

    With `partly=False` it is all or nothing: where anything would be kept, nothing is put back. Units stand in the
    order in which rows may be deleted: what refers before what is referred to. Runs in the caller's transaction and
    data lock.
    """
    units = list(units)
    for unit in units:
        _collect_images(unit, context_id)
    report = UndoReport()
    whole = [unit for unit in units if not unit.is_support]
    tables = [unit.model for unit in units]
    kept: dict[type[models.Model], dict[int, str]] = {}  # by what the rows belong to: ids of two tables may be equal
    owners: dict[type[models.Model], set[int]] = {}
    for unit in whole:
        owner = _owner(unit)
        kept.setdefault(owner, {}).update(_blocked(unit, among=tables) | _taken(unit) | _gone(unit, among=tables))
        owners.setdefault(owner, set()).update(_owners(unit))
    describers = {_owner(unit): unit for unit in reversed(whole)}
    report.kept = [name for owner, reasons in kept.items() for name in _named(describers[owner], reasons)]
    report.undone = sum(len(ids - set(kept[owner])) for owner, ids in owners.items())
    if write and (partly or not report.kept):
        for unit in units:
            _put_back(unit, set(_blocked(unit, among=())) if unit.is_support else set(kept[_owner(unit)]))
    with connection.cursor() as cursor:
        for unit in units:
            cursor.execute(f"DROP TABLE {_images(unit)}")
    return report


def _owners(unit: Unit) -> set[int]:
    """What the rows the batch touched belong to."""
    events = unit.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    owner = connection.ops.quote_name(unit.belongs_to)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT e.{owner} FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.after")
        return {row[0] for row in cursor.fetchall()}


def _owner(unit: Unit) -> type[models.Model]:
    """The table of what the unit's rows belong to."""
    return unit.model if unit.belongs_to == "id" else _owner_field(unit).related_model


def _taken(unit: Unit) -> dict[int, str]:
    """Owners of rows the batch deleted whose place somebody else has taken since: they cannot come back."""
    model, table = unit.model, unit.model._meta.db_table
    events = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    owner = connection.ops.quote_name(unit.belongs_to)
    reasons: dict[int, str] = {}
    for columns in unique_columns(model):
        same = " AND ".join(f"t.{_quoted([c])} = e.{_quoted([c])}" for c in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.{owner} FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.before"
                f" JOIN {table} t ON {same} AND t.id <> i.id"
                f" WHERE t.id NOT IN (SELECT id FROM {_images(unit)})"
            )
            reasons |= {row[0]: TAKEN for row in cursor.fetchall()}
    return reasons


def unique_columns(model: type[models.Model]) -> list[list[str]]:
    """The table's columns that no two rows may share, beside the primary key."""
    return [columns for columns, _ in unique_keys(model)]


def unique_keys(model: type[models.Model]) -> list[tuple[list[str], models.Q | None]]:
    """The same, each with the condition on the rows it holds among; None where it is all of them."""
    fields = {f.name: f for f in model._meta.concrete_fields}
    constraints = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return [
        *(([str(f.column)], None) for f in fields.values() if f.unique and not f.primary_key),
        *(([str(fields[name].column) for name in c.fields], c.condition) for c in constraints),
    ]


def _gone(unit: Unit, *, among: Iterable[type[models.Model]]) -> dict[int, str]:
    """Owners of rows that would come back to a person or household that is no longer there, nor comes back too."""
    events = unit.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    owner = connection.ops.quote_name(unit.belongs_to)
    reasons: dict[int, str] = {}
    for relation in _tracked_relations(unit.model):
        column, target = connection.ops.quote_name(relation.column), relation.related_model._meta.db_table
        returns = ""
        if relation.related_model in among:
            images = _images(Unit(relation.related_model))
            returns = f" AND NOT EXISTS (SELECT FROM {images} r WHERE r.id = e.{column} AND r.before IS NOT NULL)"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.{owner} FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.before"
                f" WHERE e.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {target} t WHERE t.id = e.{column})"
                + returns
            )
            reasons |= {row[0]: GONE for row in cursor.fetchall()}
    return reasons


def _tracked_relations(model: type[models.Model]) -> list[Any]:
    """The foreign keys to tables whose rows can go again."""
    return [f for f in model._meta.concrete_fields if f.is_relation and hasattr(f.related_model, "pgh_event_model")]


def _owner_field(unit: Unit) -> Any:
    return next(f for f in unit.model._meta.concrete_fields if f.column == unit.belongs_to)


def _images(unit: Unit) -> str:
    return f"{IMAGES}_{unit.model._meta.model_name}"


def _columns(model: type[models.Model], *, sealed: bool = True) -> list[str]:
    fields = model._meta.concrete_fields
    return [str(f.column) for f in fields if sealed or not isinstance(f, EncryptedTextField)]


def _quoted(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(prefix + connection.ops.quote_name(column) for column in columns)


def _collect_images(unit: Unit, context_id: uuid.UUID | None) -> None:
    """A temporary table with one row an object touched: its id, the event before the batch and the batch's last."""
    events = unit.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        # Right after a first load the planner takes the events for none and joins in loops over loops.
        cursor.execute(f"ANALYZE {events}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_images(unit)} ON COMMIT DROP AS"
            f" WITH touched AS (SELECT pgh_obj_id AS id, min(pgh_id) AS first, max(pgh_id) AS last FROM {events}"
            "                  WHERE pgh_context_id = %s GROUP BY pgh_obj_id)"
            # Joined, because max() in a subquery makes PostgreSQL walk the primary key once for every row.
            " SELECT t.id, t.last AS after, max(e.pgh_id) AS before"
            f" FROM touched t LEFT JOIN {events} e ON e.pgh_obj_id = t.id AND e.pgh_id < t.first"
            " GROUP BY t.id, t.last",
            [context_id],
        )
        cursor.execute(
            f"UPDATE {_images(unit)} i SET before = NULL FROM {events} e"
            " WHERE e.pgh_id = i.before AND e.pgh_label = 'delete'"
        )
        cursor.execute(f"ANALYZE {_images(unit)}")


def _blocked(unit: Unit, *, among: Iterable[type[models.Model]]) -> dict[int, str]:
    """Owners that must stay as they are, with the reason: edited since, or referred to by what came since."""
    model, table = unit.model, unit.model._meta.db_table
    events = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    plain = _columns(model, sealed=False)
    owner = connection.ops.quote_name(unit.belongs_to)
    edited = (
        f"SELECT e.{owner} FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.after"
        f" LEFT JOIN {table} t ON t.id = i.id"
        f" WHERE (e.pgh_label = 'delete') <> (t.id IS NULL)"
        f" OR (t.id IS NOT NULL AND ({_quoted(plain, 't.')}) IS DISTINCT FROM ({_quoted(plain, 'e.')}))"
    )
    reasons: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(edited)
        reasons |= {row[0]: EDITED for row in cursor.fetchall()}
        for relation in model._meta.related_objects:
            other = relation.related_model
            if other in among or "pgh_obj_id" in {f.attname for f in other._meta.concrete_fields}:
                continue
            column = connection.ops.quote_name(str(relation.field.column))
            cursor.execute(
                f"SELECT t.{owner} FROM {_images(unit)} i JOIN {table} t ON t.id = i.id"
                f" WHERE i.before IS NULL AND EXISTS (SELECT FROM {other._meta.db_table} o WHERE o.{column} = i.id)"
            )
            reasons |= {row[0]: REFERRED for row in cursor.fetchall() if row[0] not in reasons}
    return reasons


def _put_back(unit: Unit, keep: set[int]) -> None:
    """Deletes what the batch added, restores what it changed, brings back what it deleted."""
    model, table = unit.model, unit.model._meta.db_table
    events = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    columns = _columns(model)
    owner, kept = connection.ops.quote_name(unit.belongs_to), list(keep)
    settings = ", ".join(f"{_quoted([c])} = e.{_quoted([c])}" for c in columns if c != "id")
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")  # the triggers' plans were made when the tables looked different
        cursor.execute(
            f"DELETE FROM {table} t USING {_images(unit)} i"
            f" WHERE t.id = i.id AND i.before IS NULL AND t.{owner} <> ALL(%s)",
            [kept],
        )
        cursor.execute(
            f"UPDATE {table} t SET {settings} FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.before"
            f" WHERE t.id = i.id AND t.{owner} <> ALL(%s)",
            [kept],
        )
        cursor.execute(
            f"INSERT INTO {table} ({_quoted(columns)}) SELECT {_quoted(columns, 'e.')}"
            f" FROM {_images(unit)} i JOIN {events} e ON e.pgh_id = i.before"
            f" WHERE e.{owner} <> ALL(%s) AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = i.id)",
            [kept],
        )


def _named(unit: Unit, reasons: dict[int, str]) -> list[tuple[str, str]]:
    records = _as_last_known(_owner(unit), reasons)
    return [(unit.describe(records[pk]), reason) for pk, reason in reasons.items()]


def _as_last_known(model: type[models.Model], ids: Iterable[int | None]) -> dict[int, Any]:
    """Rows as the history knows them last, still there or not, with what they refer to."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    events = model.pgh_event_model.objects.filter(pgh_obj_id__in=wanted)  # type: ignore[attr-defined]
    names = [field.attname for field in model._meta.concrete_fields]
    records = {
        event.pgh_obj_id: model(**{name: getattr(event, name) for name in names})
        for event in events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    }
    for relation in _tracked_relations(model):
        referred_to = (getattr(record, relation.attname) for record in records.values())
        targets = _as_last_known(relation.related_model, referred_to)
        for record in records.values():
            setattr(record, relation.name, targets.get(getattr(record, relation.attname)))
    return records
