"""`manage.py run`: the whole system on one machine, for a demonstration and for development."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command

from zalainuoer import embedded

READY_SECONDS = 60
STOP_SECONDS = 20
LOGS = embedded.LOCAL / "log"


class Command(BaseCommand):
    help = "启动整个系统：数据库、网页、后台任务和定时任务；数据库为空时先载入演示数据。Ctrl-C 停止。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.prepare_and_serve()
        except CommandError as error:
            self.stderr.write(f"错误：{error}")
            sys.exit(1)

    def prepare_and_serve(self) -> None:
        host, port = os.environ.get("HOST") or "127.0.0.1", _port()
        _require_free(host=host, port=port)
        self.say("正在准备数据库……")
        call_command("migrate", interactive=False, verbosity=0)
        if _wants_demonstration():
            call_command("demo")
        if _static_files_are_stale():
            self.say("正在整理页面文件……")
            call_command("collectstatic", interactive=False, verbosity=0)
        with _signals_raise():
            self.serve(host=host, port=port)

    def serve(self, *, host: str, port: int) -> None:
        """Start the three processes and stay until a signal comes or one of them ends."""
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in _commands(host=host, port=port).items():
                children[name] = _start(name, command)
            _until_answering(host=host, port=port, children=children)
            self.welcome(host=host, port=port)
            _require_alive(children, wait=True)
        except Stop:
            self.say("\n正在停止……")
        finally:
            _stop(list(children.values()))
        self.say("已停止，数据已保留。")

    def welcome(self, *, host: str, port: int) -> None:
        self.say(f"\n系统已启动：http://{host}:{port}/", self.style.SUCCESS)
        accounts = _demonstration_accounts()
        if accounts:
            self.say("演示账号（用户名 / 密码 / 说明）：")
        for username, password, note in accounts:
            self.say(f"  {username:<16} {password:<20} {note}")
        if "EMBEDDED" in os.environ:
            self.say("内置数据库只供演示和开发，请勿录入真实人员信息。")
        self.say(f"运行日志：{LOGS}/\n按 Ctrl-C 停止。")

    def say(self, text: str, style: Any = str) -> None:
        self.stdout.write(style(text))
        self.stdout.flush()


class Stop(Exception):
    """Somebody asked the command to end."""


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Ctrl-C and the signals of service managers raise `Stop`, once: the second one must not cut the stopping short."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(signum: int, frame: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stop

    for number in signals:
        signal.signal(number, stop)
    yield


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT 应为 1 到 65535 之间的整数，现在是“{text}”。")
    return int(text)


def _require_free(*, host: str, port: int) -> None:
    """Raise unless gunicorn will be able to listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CommandError(f"无权使用端口 {port}，请换一个 1024 以上的端口，例如：PORT=8001 make run") from error
        except socket.gaierror as error:
            raise CommandError(f"地址“{host}”不存在，请检查环境变量 HOST。") from error
        except OSError as error:
            raise CommandError(
                f"端口 {port} 已被占用（也许系统已在运行）。请先停止它，或换一个端口，例如：PORT={port + 1} make run"
            ) from error


def _wants_demonstration() -> bool:
    from zalainuoer import demo

    return demo.is_wanted()


def _static_files_are_stale() -> bool:
    """Whether a file of ours or of a package is newer than the last collectstatic."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected_at = manifest.stat().st_mtime
    files = ((storage, name) for finder in get_finders() for name, storage in finder.list(ignore_patterns=[]))
    return any(os.stat(storage.path(name)).st_mtime > collected_at for storage, name in files)


def _commands(*, host: str, port: int) -> dict[str, list[str]]:
    """Out: the command line of each process, by the name its log has."""
    celery = [sys.executable, "-m", "celery", "-A", "zalainuoer"]
    # Prefork needs semaphores, which live in /dev/shm.
    pool = ["--pool", "prefork", "--concurrency", "2"] if os.access("/dev/shm", os.W_OK) else ["--pool", "solo"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "zalainuoer.wsgi", "--bind", address, "--no-control-socket"),
            *("--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5"),
        ],
        "worker": [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle", *pool],
        "beat": [
            *celery,
            "beat",
            "--loglevel",
            "INFO",
            "--pidfile=",
            "--schedule",
            str(embedded.LOCAL / "beat-schedule"),
        ],
    }


def _start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process with its own log, out of reach of the terminal's Ctrl-C: we stop it ourselves."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    if log.exists():
        log.replace(LOGS / f"{name}.old.log")
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


def _end_with_parent() -> None:
    """In the child: be told to stop if `run` is killed without a chance to say so."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _require_alive(children: dict[str, subprocess.Popen[bytes]], *, wait: bool = False) -> None:
    """Raise as soon as a process has ended; with `wait`, look until one has."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise CommandError(_obituary(name, child.returncode))
        if not wait:
            return
        time.sleep(0.2)


def _obituary(name: str, status: int) -> str:
    title = {"web": "网页服务", "worker": "后台任务", "beat": "定时任务"}[name]
    lines = (LOGS / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    return "\n".join([f"{title}意外退出（状态 {status}），系统已全部停止。日志末尾：", *lines])


def _until_answering(*, host: str, port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait for the first page."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asks, does not bind
    url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _require_alive(children)
        try:
            opener.open(url, timeout=5)
            return
        except urllib.error.HTTPError as answer:
            if answer.code >= 500:
                raise CommandError(f"网页服务出错（HTTP {answer.code}），请看日志：{LOGS / 'web.log'}") from answer
            return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"网页服务在 {READY_SECONDS} 秒内没有应答，请看日志：{LOGS / 'web.log'}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End all processes: asked politely first, with what they started killed at last."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _demonstration_accounts() -> list[tuple[str, str, str]]:
    """Out: the demonstration's accounts that are in this database."""
    from zalainuoer.demo import ACCOUNTS

    names = [account[0] for account in ACCOUNTS]
    known = set(get_user_model().objects.filter(username__in=names).values_list("username", flat=True))
    return [account for account in ACCOUNTS if account[0] in known]
