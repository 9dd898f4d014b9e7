"""The embedded servers: shared while anybody uses them, stopped by the last, whatever way it ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zalainuoer import embedded

ROOT = Path(embedded.__file__).parent.parent
MANAGE = ROOT / "manage.py"

# A user of the servers: writes one row and one key, says what it sees, then waits until its input is closed.
USER = """
import os, sys, urllib.parse
from pathlib import Path
import psycopg2, redis
from zalainuoer import embedded

embedded.prepare(Path(sys.argv[1]))
sockets = os.environ["DATABASE_URL"].partition("host=")[2]
connection = psycopg2.connect(host=sockets, user="postgres", dbname="postgres")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("SELECT pg_advisory_lock(1)")
cursor.execute("CREATE TABLE IF NOT EXISTS visit (id serial)")
cursor.execute("INSERT INTO visit DEFAULT VALUES")
cursor.execute("SELECT count(*) FROM visit")
rows = cursor.fetchone()[0]
cursor.execute("SELECT pg_advisory_unlock(1)")
print(rows, redis.from_url(os.environ["REDIS_URL"]).incr("visits"), os.environ["SECRET_KEY"], flush=True)
sys.stdin.read()
cursor.execute("SELECT 1")
"""

Visit = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that is ours alone: pytest's own are closed again by every other run that starts on the machine."""
    with tempfile.TemporaryDirectory(prefix="zalainuoer-embedded-") as name:
        yield Path(name)


@pytest.fixture
def folder(place: Path) -> Iterator[Path]:
    folder = place / ".local"
    yield folder
    assert _ends(lambda: not _processes_of(folder)), "a server or a keeper was left behind"


@pytest.fixture
def visit(folder: Path) -> Iterator[Visit]:
    """Start a user of the servers in `folder`."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", USER, str(folder)]
        user = subprocess.Popen(
            command, cwd=ROOT, env=_bare_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(user)
        return user

    yield start
    for user in started:
        user.kill()
        user.wait()
        user.stdin.close()  # type: ignore[union-attr]
        user.stdout.close()  # type: ignore[union-attr]


def test_the_second_start_keeps_data_and_keys(visit: Visit) -> None:
    first = visit()
    rows, keys, secret = _words(first)
    _leave(first)
    second = visit()
    assert (rows, keys) == ("1", "1")
    assert _words(second) == ["2", "2", secret]
    _leave(second)


def test_nothing_runs_after_the_last_user_left(visit: Visit, folder: Path) -> None:
    user = visit()
    _words(user)
    assert len(_processes_of(folder)) >= 3  # PostgreSQL, Valkey, the keeper
    _leave(user)
    assert _processes_of(folder) == []


def test_two_users_share_the_servers_and_the_first_to_leave_does_not_stop_them(visit: Visit) -> None:
    first, second = visit(), visit()
    assert {_words(first)[0], _words(second)[0]} == {"1", "2"}
    _leave(first)
    third = visit()
    assert _words(third)[0] == "3"
    _leave(second)
    _leave(third)


def test_a_killed_user_neither_blocks_nor_leaves_servers(visit: Visit, folder: Path) -> None:
    user = visit()
    _words(user)
    user.kill()
    user.wait()
    assert _ends(lambda: not _processes_of(folder))
    after = visit()
    assert _words(after)[0] == "2"
    _leave(after)


def test_a_killed_user_does_not_stop_the_servers_under_another(visit: Visit) -> None:
    victim, survivor = visit(), visit()
    _words(victim), _words(survivor)
    victim.kill()
    victim.wait()
    time.sleep(0.3)
    _leave(survivor)


def test_many_users_coming_and_going_at_once_all_find_servers(visit: Visit) -> None:
    users = [visit() for _ in range(6)]
    assert sorted(_words(user)[0] for user in users) == ["1", "2", "3", "4", "5", "6"]
    for user in users:
        user.stdin.close()  # type: ignore[union-attr]
    assert [user.wait() for user in users] == [0] * 6


def test_a_long_path_with_other_letters_works(place: Path) -> None:
    folder = place / "残联 业务" / ("x" * 100)
    command = [sys.executable, "-c", USER, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=_bare_environment(), input="", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not _processes_of(folder)
    assert not embedded._short_path(folder / "run").is_symlink()  # the short name is gone too


def test_keys_are_private_and_never_replaced_under_data(place: Path) -> None:
    servers = embedded.Servers(place)
    servers.secrets()
    keys = place / "secrets.env"
    assert keys.stat().st_mode & 0o777 == 0o600
    keys.unlink()
    (place / "postgres").mkdir()
    with pytest.raises(embedded.EmbeddedError, match="密钥文件"):
        servers.secrets()


def test_a_throwaway_folder_goes_with_its_last_user_even_a_killed_one(place: Path) -> None:
    folder = place / "gone"
    code = "import sys; from pathlib import Path; from zalainuoer import embedded\n"
    code += "embedded.prepare(Path(sys.argv[1]), throwaway=True); print('up', flush=True); sys.stdin.read()"
    user = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env=_bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _words(user)
    user.kill()
    user.communicate()
    assert _ends(lambda: not folder.exists() and not _processes_of(folder))


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "REDIS_URL"])
def test_production_without_a_variable_is_an_error_with_a_sentence(name: str) -> None:
    environment = _bare_environment() | embedded.generate_secrets()
    environment |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    environment[name] = ""
    code = "from django.conf import settings; settings.DATABASES"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "zalainuoer.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"没有设置环境变量 {name}" in done.stderr


def test_manage_says_what_is_missing_without_a_traceback() -> None:
    environment = _bare_environment() | {"DATABASE_URL": "postgres://x", "REDIS_URL": "redis://x"}
    done = subprocess.run(
        [sys.executable, str(MANAGE), "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "配置错误：没有设置环境变量 SECRET_KEY，它的含义见 deploy/production.env.example。\n"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_command_ended_by_a_signal_stops_the_servers_before_it_is_gone(folder: Path, signum: signal.Signals) -> None:
    code = "import signal, sys, time, manage; from pathlib import Path; from zalainuoer import embedded\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background of a shell
    code += "prepare = embedded.prepare\n"
    code += "manage.embedded.prepare = lambda start: prepare(Path(sys.argv[1]))\n"
    code += "manage.run = lambda arguments: (print('up', flush=True), time.sleep(60))\nmanage.main()"
    command = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env=_bare_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    assert command.stdout.readline() == "up\n"
    command.send_signal(signum)
    try:
        _, errors = command.communicate(timeout=30)
    finally:
        command.kill()
    assert _processes_of(folder) == []
    assert command.returncode == 128 + signum
    assert "Traceback" not in errors


def _bare_environment() -> dict[str, str]:
    """The environment of somebody who has set nothing."""
    ours = {"DATABASE_URL", "REDIS_URL", "EMBEDDED", "HTTPS", "ZALAINUOER_TESTS", "DJANGO_SETTINGS_MODULE"}
    ours |= set(embedded.generate_secrets())
    return {name: value for name, value in os.environ.items() if name not in ours}


def _words(user: subprocess.Popen[str]) -> list[str]:
    """What a user says once it has used the servers."""
    assert user.stdout is not None
    words = user.stdout.readline().split()
    assert words, "the user did not get its servers"
    return words


def _leave(user: subprocess.Popen[str]) -> None:
    """Let a user go its ordinary way; it asks the database once more before it ends."""
    user.communicate()
    assert user.returncode == 0


def _processes_of(folder: Path) -> list[str]:
    """The command lines of servers and keepers that belong to a folder."""
    names = {str(folder), str(embedded._short_path(folder / "run"))}
    programs = {"/bin/postgres", "valkey-server", "embedded.py"}
    listed = subprocess.run(["ps", "-ewwo", "args="], capture_output=True, text=True, check=True).stdout
    ours = [line for line in listed.splitlines() if any(name in line for name in names)]
    return [line for line in ours if any(program in line for program in programs)]


def _ends(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()
