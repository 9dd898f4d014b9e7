"""Car parks: the bays required, in integers."""

from __future__ import annotations

import pytest

from accessibility.parking import bays_required


@pytest.mark.parametrize(
    ("bays", "required"),
    [(0, 0), (1, 1), (49, 1), (50, 1), (51, 2), (100, 2), (101, 3), (137, 3), (150, 3), (151, 4), (500, 10)],
)
def test_two_in_a_hundred_are_rounded_up_and_never_none(bays: int, required: int) -> None:
    assert bays_required(bays, percent=2) == required
