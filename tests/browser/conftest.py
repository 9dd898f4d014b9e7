"""The pages in a real Chromium: a live server, a browser, and an eye on what the pages say to the console and to whom.

Skipped, saying why, where there is no Chromium.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="browser tests need playwright: make test installs it"
)
axe_api = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="browser tests need axe-playwright-python"
)

# Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

WINDOWS = {"office": (1366, 768), "phone": (390, 844)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium fonts-noto-cjk)")
    with playwright_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    """The live server speaks plain HTTP and serves static files by their plain names."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


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
        """Presses Tab until an element with the text (or label) has the focus."""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            if text in self.page.evaluate(FOCUSED_TEXT):
                return
        raise AssertionError(f"not reached by keyboard: {text}")

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


FOCUSED_TEXT = """() => {
  const e = document.activeElement;
  if (!e) return "";
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return [e.textContent, e.getAttribute("aria-label"), label].join(" ");
}"""


@pytest.fixture
def visit(browser: Any, live_server: Any, client: Any, settings: Any) -> Iterator[Any]:
    """visit(user, window) opens a window, logged in as the user (None: not logged in)."""
    contexts = []

    def opened(user: Any = None, window: str = "office") -> Visitor:
        width, height = WINDOWS[window]
        phone = window == "phone"
        context = browser.new_context(
            viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone, locale="zh-CN"
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
