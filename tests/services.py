"""Pytest plugin: a private PostgreSQL and a private Valkey for one run of the tests, gone when it ends.

Loaded with `-p tests.services` (pyproject.toml). DATABASE_URL and REDIS_URL win; keys are fresh every time. Where
pytest-xdist runs the tests in several processes (`-n 2`), each has servers of its own: queue and cache cannot be shared.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from zalainuoer import embedded

_folder: Path | None = None
_servers: embedded.Servers | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest-django reads the settings
def pytest_load_initial_conftests() -> Generator[None]:
    if "PYTEST_XDIST_WORKER" in os.environ and os.environ.get("EMBEDDED"):  # what it inherits is its parent's
        del os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
        _prepare()
    elif "ZALAINUOER_TESTS" not in os.environ:
        _prepare()
    return (yield)


def _prepare() -> None:
    global _folder, _servers
    _folder = Path(tempfile.mkdtemp(prefix="zalainuoer-test-"))
    os.environ.update(embedded.generate_secrets(), HTTPS="0", ZALAINUOER_TESTS="1")
    _servers = embedded.prepare(_folder, throwaway=True)


def pytest_unconfigure() -> None:
    if _servers is not None:
        _servers.leave()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
