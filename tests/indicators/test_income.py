"""Indicator 1: compound growth of the income a head since 2020, judged by exact fractions."""

import json
from decimal import Decimal

import pytest

from indicators.display import relation_to, value_text
from indicators.export import as_json
from indicators.models import Target
from tests.deliveries import id_number
from tests.records import day, figure, household, income

pytestmark = pytest.mark.django_db
TARGET = Decimal("7.5")


def averages(**yuan_by_year: str) -> None:
    home = household(id_number(1))
    for year, yuan in yuan_by_year.items():
        income(home, int(year[1:]), yuan)


@pytest.mark.parametrize(
    ("yuan", "relation"),
    [("14356.29", -1), ("14356.30", 1), ("14357.00", 1)],
)
def test_1_075_to_the_fifth_is_the_boundary(yuan: str, relation: int) -> None:
    averages(y2020="10000.00", y2025=yuan)
    assert relation_to(TARGET, figure(1)) == relation


def test_exactly_the_target_is_exactly_the_target() -> None:
    averages(y2020="10000.00", y2022="11556.25")
    assert relation_to(TARGET, figure(1)) == 0


def test_growth_is_geometric_and_not_the_mean_of_the_years() -> None:
    averages(y2020="10000.00", y2021="11200.00", y2022="11424.00", y2023="12566.40", y2024="12692.06", y2025="14342.03")
    found = figure(1)
    assert round(found.value, 2) == Decimal("7.48")
    assert relation_to(TARGET, found) == -1


def test_the_average_is_a_ratio_of_sums() -> None:
    one, two = household(id_number(1)), household(id_number(2))
    income(one, 2020, "30000", 3)
    income(two, 2020, "10000", 1)
    income(one, 2025, "60000", 3)
    income(two, 2025, "0", 1)
    assert (figure(1).details["base_average"], figure(1).details["average"]) == ("10000.00", "15000.00")


def test_averages_are_rounded_half_up() -> None:
    home = household(id_number(1))
    income(home, 2020, "20.01", 2)
    income(home, 2021, "20.03", 2)
    assert (figure(1).details["base_average"], figure(1).details["average"]) == ("10.01", "10.02")


def test_a_year_counts_from_its_31_december() -> None:
    averages(y2020="10000", y2024="12000", y2025="15000")
    assert figure(1, on=day("2025-12-30")).details["year"] == 2024
    assert figure(1, on=day("2025-12-31")).details["year"] == 2025


@pytest.mark.parametrize("years", [{"y2021": "1", "y2025": "2"}, {"y2020": "1"}, {}])
def test_without_base_or_without_a_later_year_it_cannot_be_computed(years: dict[str, str]) -> None:
    averages(**years)
    found = figure(1)
    assert (found.state, found.value) == ("not_computable", None)
    assert found.reason
    assert as_json([found])["indicators"]["1"] is None


def test_what_is_shown_and_what_goes_out() -> None:
    averages(y2020="10000.00", y2025="14357.00")
    found = figure(1)
    assert value_text(Target.objects.get(number=1), found) == "7.5%"
    sent = json.loads(json.dumps(as_json([found])))["indicators"]["1"]
    assert sent["passed"] is True
    assert sent["value"] == pytest.approx((1.4357**0.2 - 1) * 100, rel=1e-9)
