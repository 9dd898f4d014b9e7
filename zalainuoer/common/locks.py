"""PostgreSQL advisory locks: one for the data as a whole, one for each job that runs, one for the sealed log."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# The first key of PostgreSQL's two-key advisory locks; the second is 0 or the batch's id.
DATA = 5201
JOB = 5202
AUDIT = 5203


@contextmanager
def data_lock() -> Iterator[None]:
    """Holds the one lock that uploads, undo and the nightly run share, until the transaction ends.

    Must be entered inside a transaction; waits for whoever holds it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("data_lock() lives as long as its transaction: open one first")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [DATA])
    yield


def audit_lock() -> None:
    """Keeps the sealed blocks from being removed while they are verified, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [AUDIT])


@contextmanager
def job_lock(job_id: int) -> Iterator[bool]:
    """Holds a job's lock on this connection while it runs; yields False if somebody else runs it.

    The server frees it the moment the worker dies: unfinished with the lock free means lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [JOB, job_id])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [JOB, job_id])


def running_jobs() -> set[int]:
    """The ids of the jobs whose lock is held right now, in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [JOB],
        )
        return {row[0] for row in cursor.fetchall()}
