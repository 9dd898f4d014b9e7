"""The day on which the tests of surveys, plans, services and referrals look at the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def october() -> Iterator[None]:
    """20 October 2025, ten in the morning."""
    with time_machine.travel("2025-10-20 10:00+08:00", tick=False):
        yield
