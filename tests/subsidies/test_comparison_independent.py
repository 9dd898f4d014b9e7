"""The comparison equals an independent slow computation: in generated worlds, and in the demo's."""

from __future__ import annotations

import datetime

import pytest

from subsidies.comparison import compare
from subsidies.models import Subsidy
from tests.deliveries import FIFTEEN, upload
from tests.subsidies.generated_world import TODAY, World
from tests.subsidies.slow_comparison import Line, slow_comparison
from tests.test_judge import DATA

pytestmark = pytest.mark.django_db
# What the slow computation tells apart; the other causes of a kind are one list to it.
TOLD = {"death_notice", "rival", "same_account", "standard"}


def fast_comparison(subsidy: str, today: datetime.date) -> set[Line]:
    return {
        Line(
            found.person_id,
            found.kind,
            found.cause if found.cause in TOLD else "",
            found.since_month,
            found.months,
            found.amount_yuan,
        )
        for found in compare(subsidy, today)
        if found.cause != "same_person"
    }


def assert_equal(today: datetime.date) -> dict[str, int]:
    """Both computations agree; returns how many of each kind, so that a test sees that there was something to find."""
    counts: dict[str, int] = {}
    for subsidy in Subsidy.values:
        fast, slow = fast_comparison(subsidy, today), slow_comparison(subsidy, today)
        assert fast - slow == set(), f"{subsidy}: found by the comparison only"
        assert slow - fast == set(), f"{subsidy}: found by the slow computation only"
        for line in slow:
            counts[line.kind] = counts.get(line.kind, 0) + 1
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_the_comparison_of_a_generated_world_equals_the_slow_computation(seed: int) -> None:
    World(seed)
    assert assert_equal(TODAY)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_generated_worlds_agree(seed: int) -> None:
    World(seed, people=12)
    assert assert_equal(TODAY)


@pytest.mark.slow
@pytest.mark.parametrize("today", [datetime.date(2025, 12, 31), datetime.date(2025, 10, 15)])
def test_the_demo_world_agrees(today: datetime.date) -> None:
    for file in sorted((DATA / "world-2316-office").glob("*.xlsx")):
        if file.stem[3:] in FIFTEEN[:7]:
            upload(file.stem[3:], file.read_bytes())
    counts = assert_equal(today)
    assert counts.get("unpaid")
    assert counts.get("unentitled")
