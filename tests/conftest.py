"""What several test files share."""

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def subprocess_environment(db: None) -> dict[str, str]:
    """The environment in which `manage.py` as a process of its own finds the test database.

    It sees only what is committed: use it with `django_db(transaction=True)`.
    """
    from django.db import connection

    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return {**os.environ, "DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{query}"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium, the system's own; skipped, with the reason, where there is none."""
    import shutil

    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed or lacks libatomic1")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium here: apt install chromium fonts-noto-cjk libatomic1, or set CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's event loop runs in the thread of the tests
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()
