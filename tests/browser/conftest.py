"""The pages in a real Chromium: a live server, a browser, and an eye on what the pages say to the console and to whom.

Skipped, saying why, where there is no Chromium.
"""

import datetime
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connections
from django.test import override_settings

from indicators import services
from indicators.models import SnapshotKind
from indicators.services import ZONE
from tests.deliveries import receive, upload
from zalainuoer.celery import app
from zalainuoer.common import administration
from zalainuoer.common.models import Department, Division, DivisionLevel, Role, User
from zalainuoer.common.sheets.base import sheet_of

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="browser tests need playwright: make test installs it"
)
axe_api = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="browser tests need axe-playwright-python"
)

# Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

DATA = Path(__file__).parent.parent / "data"
PASSWORD = "Mingtian-2025-ok"
WINDOWS = {"office": (1366, 768), "phone": (390, 844)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Any]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium fonts-noto-cjk)")
    known = connections["default"]
    with playwright_api.sync_playwright() as playwright:
        # Where an event loop runs, Django looks for its connections in another place: the new one would know nothing
        # of what a transactional test has to put back.
        connections["default"] = known
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def uncollected_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The live server starts once, before any test's own settings: nothing has been collected for it either."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=tmp_path_factory.getbasetemp(), STORAGES=storages):
        yield


@dataclass
class Visitor:
    """One person at one window: a page of the browser, and all it complained about."""

    page: Any
    server: str
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        self.page.goto(self.server + path)
        return self.page

    def tabs_to(self, text: str, *, limit: int = 80) -> None:
        """Presses Tab until an element whose name begins with the text has the focus."""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED_NAME).startswith(text):
                return
        raise AssertionError(f"not reached by keyboard: {text}")

    def press_enter(self) -> None:
        """Presses Enter where that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def violations(self) -> list[str]:
        """What axe finds on the page as it stands (WCAG 2.2 A and AA)."""
        found = axe_api.Axe().run(self.page, options={"runOnly": WCAG}).response["violations"]
        return [f"{v['id']} at {n['target']}: {n['failureSummary']}" for v in found for n in v["nodes"]]

    def assert_good(self) -> None:
        """No violation, nothing on the console, no request to anywhere else, nothing wider than the window."""
        where = self.page.url
        assert self.violations() == [], where
        assert self.complaints == [], where
        assert self.outside == [], where
        assert self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, where


@pytest.fixture
def accounts(transactional_db: None, django_db_serialized_rollback: None) -> dict[str, User]:
    """One account of each role; a liaison of 民政局."""
    district = Division.objects.get(level=DivisionLevel.DISTRICT)
    street = Division.objects.streets()[0]
    return {
        "administrator": _account("gly", "管理员", Role.SYSTEM_ADMINISTRATOR),
        "staff": _account(
            "canlian",
            "李明",
            Role.FEDERATION_STAFF,
            division=district,
            department=Department.objects.get(name="区残联"),
        ),
        "street": _account("jiedao", "王芳", Role.STREET_STAFF, division=street),
        "liaison": _account("minzheng", "张伟", Role.LIAISON, department=Department.objects.get(name="民政局")),
        "leadership": _account("lingdao", "赵主任", Role.LEADERSHIP, division=district),
    }


def _account(username: str, name: str, role: str, **where: Any) -> User:
    account = User(username=username, name=name, role=role, **where)
    return administration.account_create(account=account, password=PASSWORD, by=None)


@pytest.fixture
def district(accounts: dict[str, User]) -> dict[str, User]:
    """The accounts, with a small year delivered and two nights computed; one liaison's preview still waits."""
    for file in sorted((DATA / "world-120-broken").glob("*.xlsx")):
        code = file.stem[3:]
        by = accounts["liaison"] if sheet_of(code).department == "民政局" else None
        upload(code, file.read_bytes(), by=by)
    receive("living-subsidy-payments", (DATA / "world-120-broken" / "05-living-subsidy-payments.xlsx").read_bytes())
    for day in (24, 25):
        night = datetime.datetime(2026, 11, day, 2, 0, tzinfo=ZONE)
        services.take_snapshot(night=night.date(), kind=SnapshotKind.NIGHTLY, now=night)
    return accounts


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A real Celery worker in a thread, over the real Valkey."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield


FOCUSED_NAME = """() => {
  const e = document.activeElement;
  if (!e) return "";
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return (e.getAttribute("aria-label") || label || e.textContent).trim();
}"""


@pytest.fixture
def visit(browser: Any, accounts: dict[str, User], live_server: Any, client: Any) -> Iterator[Any]:
    """visit(user, window) opens a window, logged in as the user (None: not logged in)."""
    contexts = []

    def opened(user: Any = None, window: str = "office", **how: Any) -> Visitor:
        width, height = WINDOWS[window]
        phone = window == "phone"
        context = browser.new_context(
            viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone, locale="zh-CN", **how
        )
        contexts.append(context)
        if user is not None:
            client.force_login(user, backend="zalainuoer.roles.RoleBackend")
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        visitor = Visitor(context.new_page(), live_server.url)
        visitor.page.on("console", lambda m: m.type in ("error", "warning") and visitor.complaints.append(m.text))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("request", lambda r: _is_outside(r.url, live_server.url) and visitor.outside.append(r.url))
        return visitor

    yield opened
    for context in contexts:
        context.close()


def _is_outside(url: str, server: str) -> bool:
    return not url.startswith((server, "data:", "blob:"))
