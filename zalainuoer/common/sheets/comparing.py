"""Comparing a delivery with what is stored: which rows are new, changed, the same or refused.

Done twice, for the preview and again inside the transaction that writes; equal digests mean that nothing has
happened in between.
"""

import datetime
import hashlib
import marshal
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from zalainuoer.common import bulk
from zalainuoer.common.sheets.base import Sheet
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.undo import Unit

NEW, CHANGED, SAME, REFUSED = "n", "c", "s", "r"

Key = tuple[str | None, ...]
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Scope:
    """Whose eyes and hands: communities that may be touched (None: all), names confirmed, whether to withdraw.

    `received_on` is the day of the delivery: what it says of a later one cannot have happened.
    """

    communities: frozenset[str] | None = None  # primary keys as text
    confirmed_rows: frozenset[int] = frozenset()  # workbook row numbers a person has confirmed one by one
    withdraws_absent: bool = False
    received_on: datetime.date | None = None


@dataclass
class Change:
    """One cell of a changed row: heading, what was stored, what was delivered (as people read them)."""

    heading: str
    old: str
    new: str


@dataclass
class Comparison:
    """What a delivery would do. `verdicts` has one letter a row; `absent` what was there and is not delivered."""

    delivery: Delivery
    verdicts: list[str]
    changes: dict[int, list[Change]] = field(default_factory=dict)
    absent: list[tuple[int, str]] = field(default_factory=list)  # (primary key, how people know the record)
    to_confirm: list[int] = field(default_factory=list)  # row indexes refused only until a person says yes
    found: dict[int, int] = field(default_factory=dict)  # row index → primary key of the record it is about
    write: Callable[[Scope], None] = lambda scope: None

    def count(self, verdict: str) -> int:
        return self.verdicts.count(verdict)

    @property
    def digest(self) -> str:
        """Equal for two comparisons with the same outcome, row by row and cell by cell."""
        cells = [[i, [(c.heading, c.old, c.new) for c in changes]] for i, changes in sorted(self.changes.items())]
        problems = sorted(self.delivery.problems.items())
        outcome = ("".join(self.verdicts), cells, problems, sorted(self.absent))
        return hashlib.sha256(marshal.dumps(outcome, 2)).hexdigest()

    def packed(self) -> bytes:
        """For the preview page: everything a person is to see, plain data only."""
        cells = {i: [(c.heading, c.old, c.new) for c in changes] for i, changes in self.changes.items()}
        parts = ("".join(self.verdicts), cells, self.absent, self.to_confirm, self.delivery.problems)
        return zlib.compress(marshal.dumps(parts), level=1)


@dataclass(frozen=True)
class Preview:
    """A comparison as kept for the page."""

    verdicts: str
    changes: dict[int, list[Change]]
    absent: list[tuple[int, str]]
    to_confirm: list[int]
    problems: dict[int, list[tuple[str, str]]]

    @classmethod
    def unpacked(cls, packed: bytes) -> "Preview":
        verdicts, cells, absent, to_confirm, problems = marshal.loads(zlib.decompress(packed))  # noqa: S302
        changes = {i: [Change(*cell) for cell in row] for i, row in cells.items()}
        return cls(verdicts, changes, absent, to_confirm, problems)


class KeyedSheet(Sheet):
    """A sheet whose rows are rows of one table, told apart by the columns of `key`.

    Subclasses say in `resolve` what stands behind names and numbers (people, households, communities).
    """

    def check(self, delivery: Delivery) -> None:
        """Checks between the cells of one row; problems go to the delivery."""

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        """The values to store by table column, beyond those that stand in the cells; adds problems."""
        return {}

    def prepare_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        """Before rows are written: creates what they refer to and is not there yet."""

    def after_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        """After rows are written: what follows from them elsewhere."""

    def beside(self, delivery: Delivery) -> dict[str, Values]:
        """Table columns written along with a new or changed row and never compared: where in the file it stood."""
        return {}

    def absent_queryset(self, delivery: Delivery, scope: Scope) -> models.QuerySet[Any]:
        """Stored rows of the delivered periods that the person may withdraw."""
        return self.model._default_manager.none()

    def rows_of_delivered_periods(self, delivery: Delivery) -> models.QuerySet[Any]:
        """Stored rows of the months or years of which the delivery has at least one good row."""
        accepted = {v for i, v in enumerate(delivery.column(self.period)) if v and i not in delivery.problems}
        return self.model._default_manager.filter(**{f"{self.column(self.period).stores}__in": accepted})

    def compare(self, delivery: Delivery, scope: Scope) -> Comparison:
        delivery = delivery.copy()
        stored = self._stored(delivery, self.resolve(delivery, scope))
        key_columns = self.key_stores
        value_columns = [c for c in stored if c not in key_columns]
        keys = list(zip(*(stored[c] for c in key_columns), strict=True))
        rows: list[Row] = [()] * len(delivery)
        if value_columns:
            rows = list(zip(*(stored[c] for c in value_columns), strict=True))
        comparison = Comparison(delivery, [REFUSED] * len(delivery))
        firsts = self._judge_within_file(comparison, keys, rows, value_columns)
        existing = self._existing(key_columns, value_columns, stored, firsts)
        ids: dict[int, int] = {}
        for key, index in firsts.items():
            found = existing.pop(key, None)
            if found is None:
                comparison.verdicts[index] = NEW
                continue
            comparison.found[index] = found[0]
            if found[1] == rows[index]:
                comparison.verdicts[index] = SAME
            else:
                comparison.verdicts[index] = CHANGED
                ids[index] = found[0]
                comparison.changes[index] = self._cell_changes(value_columns, found[1], rows[index], delivery, index)
        if self.period:
            comparison.absent = self._absent(delivery, scope, set(keys))
        comparison.write = lambda how: self._write(comparison, stored, ids, value_columns, how)
        return comparison

    def _stored(self, delivery: Delivery, resolved: dict[str, Values]) -> dict[str, Values]:
        stored: dict[str, Values] = {}
        for column in self.columns:
            if not column.stores or column.stores in stored:
                continue
            if column.stores in resolved:
                stored[column.stores] = resolved[column.stores]
            elif column.heading in delivery.values:
                stored[column.stores] = delivery.values[column.heading]
        return stored

    def _judge_within_file(
        self, comparison: Comparison, keys: list[Key], rows: list[Row], value_columns: list[str]
    ) -> dict[Key, int]:
        """The first accepted row of each record; a later one is the same, or contradicts it and is refused."""
        delivery = comparison.delivery
        firsts: dict[Key, int] = {}
        for index, key in enumerate(keys):
            if index in delivery.problems:
                continue
            first = firsts.setdefault(key, index)
            if first == index:
                continue
            if rows[first] == rows[index]:
                comparison.verdicts[index] = SAME
                continue
            heading = self._first_difference(value_columns, rows[first], rows[index])
            delivery.refuse(index, heading, f"与本表第 {delivery.numbers[first]} 行是同一条记录，内容却不一致。")
        return firsts

    def _first_difference(self, value_columns: list[str], one: Row, other: Row) -> str:
        for name, a, b in zip(value_columns, one, other, strict=True):
            if a != b:
                return self._heading_of(name)
        raise ValueError("the rows are equal")

    def _heading_of(self, store: str) -> str:
        return next(c.heading for c in reversed(self.columns) if c.stores == store)

    def _existing(
        self, key_columns: Sequence[str], value_columns: Sequence[str], stored: dict[str, Values], firsts: Iterable[Key]
    ) -> dict[Key, tuple[int, Row]]:
        """What is stored under the delivered keys: {key: (primary key, values)}, in one statement."""
        arrays = [list(part) for part in zip(*firsts, strict=True)]
        if not arrays:
            return {}
        quote, table = connection.ops.quote_name, self.model._meta.db_table
        types = [self._column_type(name) for name in key_columns]
        wanted = ", ".join(f"%s::{kind}[]" for kind in types)
        names = [quote(name) for name in key_columns]
        joined = " AND ".join(f"t.{name} = wanted.{name}" for name in names)
        selected = ", ".join(f"t.{quote(name)}::text" for name in (*key_columns, *value_columns))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.id, {selected} FROM {table} t"
                f" JOIN unnest({wanted}) AS wanted({', '.join(names)}) ON {joined}",
                arrays,
            )
            size = len(key_columns) + 1
            return {row[1:size]: (row[0], row[size:]) for row in cursor.fetchall()}

    def _column_type(self, name: str) -> str:
        field = next(f for f in self.model._meta.concrete_fields if f.column == name)
        return str(field.rel_db_type(connection) if not field.is_relation else field.db_type(connection))

    def _cell_changes(
        self, value_columns: list[str], old: Row, new: Row, delivery: Delivery, index: int
    ) -> list[Change]:
        return [
            Change(self._heading_of(name), self.display(name, was), self.display(name, now))
            for name, was, now in zip(value_columns, old, new, strict=True)
            if was != now
        ]

    def display(self, store: str, text: str | None) -> str:
        """How people read a stored value."""
        return self.column(self._heading_of(store)).widget.display(text)

    def _absent(self, delivery: Delivery, scope: Scope, delivered: set[Key]) -> list[tuple[int, str]]:
        """What was there and is not delivered; a record whose row is refused has been delivered, only wrongly."""
        found = []
        fields = [f.column for f in self.model._meta.concrete_fields]
        for record in self.absent_queryset(delivery, scope):
            key = tuple(_text(record.__dict__[name]) for name in self.key_stores if name in fields)
            if key not in delivered:
                found.append((record.pk, self.describe(record)))
        return found

    def describe(self, record: Any) -> str:
        """How people know a stored record: whom it is about, and what tells it from others about the same; no numbers."""
        told_by = [column for column in map(self.column, self.key) if column.kind != "id"]
        values = [column.widget.render(getattr(record, column.stores)) for column in told_by]
        return f"{self.subject(record)}（{'，'.join(map(str, values))}）"

    def subject(self, record: Any) -> str:
        """Whom a stored record is about."""
        return str(record)

    def undo_units(self) -> tuple[Unit, ...]:
        return (Unit(self.model, describe=self.describe),)

    def _write(
        self,
        comparison: Comparison,
        stored: dict[str, Values],
        ids: dict[int, int],
        value_columns: list[str],
        scope: Scope,
    ) -> None:
        new = [i for i, verdict in enumerate(comparison.verdicts) if verdict == NEW]
        if not new and not ids and not (scope.withdraws_absent and comparison.absent):
            return
        written = [*new, *ids]
        self.prepare_write(comparison.delivery, written, stored)
        beside = self.beside(comparison.delivery)
        values = {**stored, **beside}
        if new:
            bulk.insert(self.model, list(values), zip(*([of[i] for i in new] for of in values.values()), strict=True))
        if ids:
            names = [*value_columns, *beside]
            changed = ((pk, *(values[c][i] for c in names)) for i, pk in ids.items())
            bulk.update(self.model, ["id", *names], changed)
        if scope.withdraws_absent and comparison.absent:
            bulk.delete(self.model, [pk for pk, _ in comparison.absent])
        self.after_write(comparison.delivery, written, stored)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
