"""What workers do with batches: all or nothing, whatever happens to the worker in between.

Where it matters, the workers are real processes of their own, killed by the real signal.
"""

import datetime
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from registry.models import Certificate, Household, Person
from tests.deliveries import (
    changes,
    confirm,
    counts,
    fact,
    holder,
    receive,
    refused,
    run,
    stored,
    undo,
    upload,
    user,
    workbook,
)
from zalainuoer.common import bulk, jobs, locks, services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import BatchState, Parameter, Role, StoredFile, UploadBatch
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.comparing import KeyedSheet
from zalainuoer.common.views import uploads

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds
ONE, TWO = holder(1), holder(2)

in_one_transaction = pytest.mark.django_db
with_real_commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)


# --- confirming ------------------------------------------------------------------------------------------------------


@in_one_transaction
def test_what_has_changed_since_the_preview_is_compared_again_and_nothing_is_written() -> None:
    batch = receive("registry", [{**ONE, "民族": "汉族"}, TWO])
    assert counts(batch) == {"new": 2}
    upload("registry", [ONE])
    batch = confirm(batch)
    assert (batch.state, batch.message) == (BatchState.PREVIEW, jobs.CHANGED_MEANWHILE)
    assert counts(batch) == {"changed": 1, "new": 1}
    assert [(change.old, change.new) for change in changes(batch)[2]] == [("蒙古族", "汉族")]
    assert list(Person.objects.values_list("name", "ethnicity")) == [(ONE["姓名"], "蒙古族")]
    batch = confirm(batch)
    assert (batch.state, batch.message) == (BatchState.COMMITTED, "")
    assert sorted(Person.objects.values_list("ethnicity", flat=True)) == ["汉族", "蒙古族"]


@in_one_transaction
def test_a_row_that_has_become_wrong_since_the_preview_is_not_written() -> None:
    register = upload("registry", [ONE])
    batch = receive("training", [fact("training", ONE)])
    undo(register)
    batch = confirm(batch)
    assert (batch.state, counts(batch)) == (BatchState.PREVIEW, {"refused": 1})
    assert refused(batch)[2][0][0] == "身份证号"


@in_one_transaction
def test_the_same_old_value_changed_meanwhile_is_shown_anew() -> None:
    """The verdicts are the same as before, but not what the person has seen and agreed to."""
    upload("registry", [ONE])
    batch = receive("registry", [{**ONE, "民族": "汉族"}])
    upload("registry", [{**ONE, "民族": "满族"}])
    batch = confirm(batch)
    assert (batch.state, batch.message) == (BatchState.PREVIEW, jobs.CHANGED_MEANWHILE)
    assert [(change.old, change.new) for change in changes(batch)[2]] == [("满族", "汉族")]


@in_one_transaction
def test_what_somebody_else_has_written_meanwhile_ends_without_change() -> None:
    batch = receive("registry", [ONE])
    upload("registry", [ONE])
    assert confirm(batch).state == BatchState.UNCHANGED


@in_one_transaction
def test_a_batch_is_confirmed_once() -> None:
    batch = upload("registry", [ONE])
    with pytest.raises(RuleBroken, match="已入库"):
        confirm(batch)
    assert run(batch).state == BatchState.COMMITTED  # a message delivered twice does nothing
    assert Person.objects.count() == 1


# --- cancelling ------------------------------------------------------------------------------------------------------


@in_one_transaction
def test_a_queued_reading_is_cancelled_at_once() -> None:
    batch = services.batch_receive(sheet=sheet_of("registry"), file_name="a.xlsx", content=workbook([ONE]), by=None)
    services.batch_cancel(batch=batch, by=None)
    assert run(batch).state == BatchState.CANCELLED  # the message still comes, and does nothing
    assert not Person.objects.exists()


@in_one_transaction
def test_a_running_reading_stops_at_its_next_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    upload("registry", [ONE])
    compare = KeyedSheet.compare

    def cancelled_while_comparing(self: KeyedSheet, *arguments: Any) -> Any:
        services.batch_cancel(batch=UploadBatch.objects.latest("pk"), by=None)
        return compare(self, *arguments)

    monkeypatch.setattr(KeyedSheet, "compare", cancelled_while_comparing)
    batch = receive("training", [fact("training", ONE)])
    assert (batch.state, batch.message) == (BatchState.CANCELLED, "已取消，没有写入任何数据。")
    assert services.batch_preview(batch) is None


@in_one_transaction
def test_what_is_being_written_is_not_torn() -> None:
    batch = receive("registry", [ONE])
    services.batch_confirm(batch=batch, by=None)
    with pytest.raises(RuleBroken, match="不能中途取消"):
        services.batch_cancel(batch=batch, by=None)
    assert run(batch).state == BatchState.COMMITTED
    with pytest.raises(RuleBroken, match="不能取消"):
        services.batch_cancel(batch=batch, by=None)


# --- bugs ------------------------------------------------------------------------------------------------------------


class Bug(Exception):
    pass


def fail(*arguments: Any, **options: Any) -> None:
    raise Bug


@in_one_transaction
def test_a_bug_while_reading_fails_the_batch_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "read_delivery", fail)
    with pytest.raises(Bug):
        receive("registry", [ONE])
    batch = UploadBatch.objects.get()
    assert (batch.state, "没有写入任何数据" in batch.message, batch.is_lost) == (BatchState.FAILED, True, False)


@with_real_commits
def test_a_bug_while_writing_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = receive("registry", [ONE])
    insert = bulk.insert

    def insert_and_fail(model: Any, *rest: Any) -> None:
        insert(model, *rest)
        if model is Certificate:
            raise Bug

    monkeypatch.setattr(bulk, "insert", insert_and_fail)
    monkeypatch.setattr(services, "batch_queue", lambda **_: None)
    with pytest.raises(Bug):
        confirm(batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert nothing_is_written()
    assert locks.running_jobs() == set()


@with_real_commits
def test_a_bug_while_undoing_leaves_the_batch_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "batch_queue", lambda **_: None)
    batch = upload("registry", [ONE])
    with monkeypatch.context() as patched:
        patched.setattr("zalainuoer.common.sheets.undo._put_back", fail)
        with pytest.raises(Bug):
            undo(batch)
    batch.refresh_from_db()
    assert (batch.state, "数据没有改动" in batch.message) == (BatchState.COMMITTED, True)
    assert Person.objects.count() == 1
    batch = undo(batch)
    assert (batch.state, batch.message) == (BatchState.UNDONE, "")
    assert not Person.objects.exists()


# --- workers that die, and workers that meet -------------------------------------------------------------------------


def nothing_is_written() -> bool:
    models = (Person, Certificate, Household)
    return not any(model.objects.exists() or model.pgh_event_model.objects.exists() for model in models)  # type: ignore[attr-defined]


Worker = Callable[[UploadBatch], "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(subprocess_environment: dict[str, str]) -> Iterator[Worker]:
    """Starts processes that run a batch's job as a Celery worker would; none of them outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(batch: UploadBatch) -> subprocess.Popen[bytes]:
        code = f"import django; django.setup()\nfrom zalainuoer.common.tasks import run_job\nrun_job({batch.pk})"
        environment = {**subprocess_environment, "DJANGO_SETTINGS_MODULE": "zalainuoer.settings"}
        started.append(subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=ROOT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(PATIENCE)


@contextmanager
def writers_held_up(table: str) -> Iterator[Callable[[], bool]]:
    """Lets everybody read a table and nobody write it; yields a question: is somebody waiting to?"""
    held = psycopg2.connect(**connection.get_connection_params())

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
            return bool(cursor.fetchone()[0])

    try:
        with held.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield somebody_waits
    finally:
        held.close()


def wait_until(question: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> UploadBatch:
    """A batch whose rows are to be written, by whichever worker the test starts."""
    monkeypatch.setattr(services, "batch_queue", lambda **_: None)
    batch = receive("registry", [ONE, TWO])
    services.batch_confirm(batch=batch, by=None)
    return batch


@with_real_commits
def test_a_worker_killed_in_the_middle_of_a_commit_leaves_nothing_and_the_job_can_be_repeated(
    confirmed: UploadBatch, worker: Worker
) -> None:
    with writers_held_up("registry_certificate") as somebody_waits:
        process = worker(confirmed)
        wait_until(somebody_waits)  # people are written, certificates are not, nothing is committed
        assert row_locks_on("registry_person")
        confirmed.refresh_from_db()
        assert (confirmed.state, confirmed.is_lost) == (BatchState.CONFIRMING, False)
        with pytest.raises(RuleBroken, match="没有中断"):
            services.batch_repeat(batch=confirmed, by=None)
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    wait_until(lambda: confirmed.is_lost)
    assert nothing_is_written()
    confirmed.refresh_from_db()
    assert confirmed.state == BatchState.CONFIRMING

    services.batch_repeat(batch=confirmed, by=None)
    assert worker(confirmed).wait(PATIENCE) == 0
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.is_lost) == (BatchState.COMMITTED, False)
    assert (Person.objects.count(), Certificate.objects.count()) == (2, 2)
    assert Person.pgh_event_model.objects.count() == 2


def row_locks_on(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE granted AND relation = %s::regclass AND mode = 'RowExclusiveLock'",
            [table],
        )
        return bool(cursor.fetchone()[0])


@with_real_commits
def test_a_worker_killed_while_undoing_leaves_everything_and_the_job_can_be_repeated(
    confirmed: UploadBatch, worker: Worker
) -> None:
    run(confirmed)
    services.batch_undo(batch=confirmed, by=None)
    with writers_held_up("registry_person") as somebody_waits:
        process = worker(confirmed)
        wait_until(somebody_waits)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    wait_until(lambda: UploadBatch.objects.get().is_lost)
    assert (Person.objects.count(), Certificate.objects.count()) == (2, 2)
    services.batch_repeat(batch=confirmed, by=None)
    assert worker(confirmed).wait(PATIENCE) == 0
    assert UploadBatch.objects.get().state == BatchState.UNDONE
    assert not Person.objects.exists()


@with_real_commits
def test_of_two_workers_given_the_same_job_one_runs_it(confirmed: UploadBatch, worker: Worker) -> None:
    with writers_held_up("registry_certificate") as somebody_waits:
        first = worker(confirmed)
        wait_until(somebody_waits)
        assert locks.running_jobs() == {confirmed.pk}
        assert worker(confirmed).wait(PATIENCE) == 0  # it sees that somebody else runs the job, and goes
        assert first.poll() is None
    assert first.wait(PATIENCE) == 0
    confirmed.refresh_from_db()
    assert confirmed.state == BatchState.COMMITTED
    assert worker(confirmed).wait(PATIENCE) == 0  # a message that comes late does nothing either
    assert Person.pgh_event_model.objects.count() == 2


@with_real_commits
def test_two_uploads_of_the_same_people_are_written_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, worker: Worker
) -> None:
    """Both previews say 新增; whoever comes second finds that it is no longer so, and writes nothing."""
    monkeypatch.setattr(services, "batch_queue", lambda **_: None)
    batches = [receive("registry", [{**ONE, "民族": people}, TWO]) for people in ("蒙古族", "汉族")]
    for batch in batches:
        services.batch_confirm(batch=batch, by=None)
    processes = []
    with writers_held_up("registry_certificate") as somebody_waits:
        processes.append(worker(batches[0]))
        wait_until(somebody_waits)
        processes.append(worker(batches[1]))
        wait_until(lambda: len(locks.running_jobs()) == 2)
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    for batch in batches:
        batch.refresh_from_db()
    assert (batches[0].state, counts(batches[0])) == (BatchState.COMMITTED, {"new": 2})
    assert (batches[1].state, counts(batches[1])) == (BatchState.PREVIEW, {"changed": 1, "same": 1})
    assert batches[1].message == jobs.CHANGED_MEANWHILE
    assert Person.objects.count() == 2


@with_real_commits
def test_a_celery_worker_does_it_all(subprocess_environment: dict[str, str]) -> None:
    program = ["-m", "celery", "-A", "zalainuoer", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    process = subprocess.Popen([sys.executable, *program], env=subprocess_environment, cwd=ROOT)
    try:
        batch = services.batch_receive(
            sheet=sheet_of("registry"), file_name="a.xlsx", content=workbook([ONE, TWO]), by=None
        )
        for act, expected in (
            (services.batch_queue, BatchState.PREVIEW),
            (services.batch_confirm, BatchState.COMMITTED),
            (services.batch_undo, BatchState.UNDONE),
        ):
            act(batch=batch) if act is services.batch_queue else act(batch=batch, by=None)  # type: ignore[operator]
            wait_until(lambda state=expected: UploadBatch.objects.get().state == state)  # type: ignore[misc]
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert Person.pgh_event_model.objects.count() == 4
    assert not Person.objects.exists()


# --- waiting in vain -------------------------------------------------------------------------------------------------


@in_one_transaction
def test_a_job_that_waits_in_vain_can_be_repeated() -> None:
    batch = services.batch_receive(sheet=sheet_of("registry"), file_name="a.xlsx", content=workbook([ONE]), by=None)
    with pytest.raises(RuleBroken, match="没有中断"):
        services.batch_repeat(batch=batch, by=None)
    UploadBatch.objects.update(queued_at=timezone.now() - datetime.timedelta(minutes=3))
    batch.refresh_from_db()
    assert services.waits_in_vain(batch)
    services.batch_repeat(batch=batch, by=None)
    batch.refresh_from_db()
    assert not services.waits_in_vain(batch)
    assert run(batch).state == BatchState.PREVIEW


@in_one_transaction
def test_a_job_marked_running_that_nobody_runs_is_lost() -> None:
    batch = receive("registry", [ONE])
    UploadBatch.objects.update(state=BatchState.CONFIRMING, job="write")
    batch.refresh_from_db()
    assert batch.is_lost
    services.batch_repeat(batch=batch, by=None)
    assert run(batch).state == BatchState.COMMITTED


@in_one_transaction
def test_a_job_that_ends_while_its_page_is_made_is_not_called_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = receive("registry", [ONE])
    UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.READING)

    def ended() -> set[int]:
        UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.PREVIEW)
        return set()

    monkeypatch.setattr("zalainuoer.common.deliveries.running_jobs", ended)
    assert not uploads._batch(user(Role.FEDERATION_STAFF), batch.pk).is_interrupted


# --- keeping files ---------------------------------------------------------------------------------------------------

NOW = datetime.datetime(2025, 12, 31, 12, tzinfo=datetime.UTC)


def aged(batch: UploadBatch, *, days: int, **values: object) -> UploadBatch:
    moment = NOW - datetime.timedelta(days=days)
    UploadBatch.objects.filter(pk=batch.pk).update(created_at=moment, queued_at=moment, **values)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def keep_days(db: None) -> int:
    return int(Parameter.objects.value("upload.keep_days", on=NOW.date()))


def test_workbooks_are_deleted_after_a_set_number_of_days_and_not_before(keep_days: int) -> None:
    old, young = upload("registry", [ONE]), upload("registry", [TWO])
    aged(old, days=keep_days + 1)
    aged(young, days=keep_days - 1)
    assert services.workbooks_delete_expired(now=NOW) == 1
    assert (stored(old), services.batch_preview(old)) == (None, None)
    assert stored(young) is not None
    assert Person.objects.count() == 2
    old.refresh_from_db()
    assert old.state == BatchState.COMMITTED
    assert undo(old).state == BatchState.UNDONE  # undoing needs no file
    assert services.workbooks_delete_expired(now=NOW) == 0


def test_a_preview_nobody_confirms_is_dropped_with_its_files(keep_days: int) -> None:
    batch = aged(receive("registry", [ONE]), days=keep_days + 1)
    services.workbooks_delete_expired(now=NOW)
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED
    assert "已自动放弃" in batch.message
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("state", [BatchState.QUEUED, BatchState.READING, BatchState.CONFIRMING])
def test_the_files_of_a_job_that_was_lost_do_not_stay_for_ever(keep_days: int, state: str) -> None:
    job = "write" if state == BatchState.CONFIRMING else "read"
    batch = aged(receive("registry", [ONE]), days=keep_days + 1, state=state, job=job)
    services.workbooks_delete_expired(now=NOW)
    batch.refresh_from_db()
    assert (batch.state, StoredFile.objects.count()) == (BatchState.DISCARDED, 0)
    assert run(batch).state == BatchState.DISCARDED


def test_the_files_of_a_job_that_runs_or_has_just_been_queued_stay(keep_days: int) -> None:
    running = aged(receive("registry", [ONE]), days=keep_days + 1, state=BatchState.CONFIRMING, job="write")
    queued = aged(receive("registry", [TWO]), days=keep_days + 1)
    services.batch_confirm(batch=queued, by=None)
    UploadBatch.objects.filter(pk=queued.pk).update(queued_at=NOW)
    with locks.job_lock(running.pk):
        assert services.workbooks_delete_expired(now=NOW) == 0
    assert run(queued).state == BatchState.COMMITTED


def test_a_lost_undoing_keeps_its_state_when_its_files_go(keep_days: int) -> None:
    batch = aged(upload("registry", [ONE]), days=keep_days + 1, state=BatchState.UNDOING, job="undo")
    services.workbooks_delete_expired(now=NOW)
    batch.refresh_from_db()
    assert (batch.state, StoredFile.objects.count()) == (BatchState.UNDOING, 0)
    services.batch_repeat(batch=batch, by=None)
    assert run(batch).state == BatchState.UNDONE


@in_one_transaction
def test_confirming_after_the_files_have_gone_says_so() -> None:
    batch = receive("registry", [ONE])
    StoredFile.objects.all().delete()
    batch = confirm(batch)
    assert (batch.state, "已按期删除" in batch.message) == (BatchState.DISCARDED, True)
    assert not Person.objects.exists()
