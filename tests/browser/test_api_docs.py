"""The page that describes the API keeps what the house promises of every page."""

from typing import Any

import pytest

from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_description_of_the_api(visit: Any, accounts: dict[str, User], window: str) -> None:
    visitor = visit(accounts["staff"], window)
    page = visitor.open("/api/docs/")
    visitor.assert_good()
    visitor.tabs_to("报送记录")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    visitor.assert_good()
