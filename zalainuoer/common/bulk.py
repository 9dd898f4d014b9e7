"""Writing many rows at once: COPY for new ones, a temporary table and one UPDATE for changed ones.

Rows are tuples of PostgreSQL's text forms, None is NULL. Everything happens in the caller's transaction and inside
an open history context, so that the triggers know whose batch it was. The number of statements depends on the
number of tables, never on the number of rows (docs/decisions/0002).
"""

import csv
import io
import json
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from pghistory import runtime

Rows = Iterable[Sequence[str | int | None]]
UPDATED = "rows_to_update"


def open_history_context(**metadata: Any) -> uuid.UUID:
    """Names who and what writes for the rest of this transaction; returns the context's id in the history.

    Set on the transaction itself, because COPY does not pass through the wrapper pghistory.context() installs. Within
    a request, for which the middleware has opened a context that the wrapper sets before every other statement, it
    is that context, and is told the same.
    """
    around = getattr(runtime._tracker, "value", None)
    context_id = uuid.uuid4() if around is None else around.id
    if around is not None:
        around.metadata.update(metadata)
        metadata = around.metadata
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(context_id), json.dumps(metadata)],
        )
    return context_id


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """That many unused primary keys, ascending, so that rows can refer to each other before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def insert(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """COPY of new rows straight into the table."""
    with connection.cursor() as cursor:
        _copy(cursor, model, model._meta.db_table, columns, rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Sets the columns of existing rows; the first column of each row is its primary key."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    settings = ", ".join(f"{quote(c)} = {UPDATED}.{quote(c)}" for c in columns[1:])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {UPDATED} ON COMMIT DROP AS SELECT {names} FROM {table} WHERE false")
        _copy(cursor, model, UPDATED, columns, rows)
        # Triggers keep the plan they were first run with; one made for an empty table is ruinous for a full one.
        cursor.execute("DISCARD PLANS")
        cursor.execute(f"ANALYZE {UPDATED}")
        cursor.execute(f"UPDATE {table} SET {settings} FROM {UPDATED} WHERE {table}.id = {UPDATED}.id")
        cursor.execute(f"DROP TABLE {UPDATED}")


def delete(model: type[models.Model], ids: Sequence[int]) -> None:
    """Deletes rows by primary key, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = ANY(%s)", [list(ids)])


def _copy(cursor: Any, model: type[models.Model], table: str, columns: Sequence[str], rows: Rows) -> None:
    quote = connection.ops.quote_name
    how = "FORMAT csv"
    if kept_empty := [quote(name) for name in columns if name in _never_null(model)]:
        how = f"{how}, FORCE_NOT_NULL ({', '.join(kept_empty)})"
    cursor.copy_expert(f"COPY {table} ({', '.join(map(quote, columns))}) FROM STDIN ({how})", _CsvStream(rows), 1 << 18)


def _never_null(model: type[models.Model]) -> set[str | None]:
    """The columns in which "" stands where nothing is said; in CSV it would else be read as NULL."""
    fields = model._meta.concrete_fields
    return {field.column for field in fields if isinstance(field, models.CharField) and field.blank and not field.null}


class _CsvStream:
    """Rows as CSV, made while PostgreSQL takes in the rows before: the two work at the same time."""

    ROWS_AT_ONCE = 2000

    def __init__(self, rows: Rows):
        self.rows, self.buffer = iter(rows), io.StringIO(newline="")

    def read(self, size: int = -1) -> str:
        """The next piece, whatever size was asked for; empty at the end."""
        self.buffer.seek(0)
        self.buffer.truncate()
        csv.writer(self.buffer, lineterminator="\n").writerows(islice(self.rows, self.ROWS_AT_ONCE))
        return self.buffer.getvalue()
