"""Indicators 9 and 10: rehabilitation services and assistive devices."""

import pytest

from registry.models import CertificateStatus
from tests.records import day, due, figure, fitting, holder, need, person, reached, service

pytestmark = pytest.mark.django_db


class TestServices:
    @pytest.mark.parametrize(
        ("served_on", "counts"),
        [("2024-12-31", False), ("2025-01-01", True), ("2025-12-31", True), ("2026-01-01", False)],
    )
    def test_a_service_counts_in_the_surveys_year(self, served_on: str, counts: bool) -> None:
        somebody = holder()
        need(somebody)
        service(somebody, served_on)
        assert due(9) == {somebody.pk}
        assert bool(reached(9)) is counts

    def test_a_service_after_the_day_does_not_count_yet(self) -> None:
        somebody = holder()
        need(somebody)
        service(somebody, "2025-10-16")
        assert reached(9, on=day("2025-10-15")) == set()
        assert reached(9, on=day("2025-10-16")) == {somebody.pk}

    @pytest.mark.parametrize("nothing", ["无", "", None])
    def test_no_need_is_no_need(self, nothing: str | None) -> None:
        need(holder(), nothing)
        assert due(9) == set()

    def test_the_latest_survey_year_is_the_latest_with_any_row(self) -> None:
        need(holder(1), "护理", year=2024)
        need(holder(2), None, year=2025)
        assert (figure(9).state, figure(9).data_period) == ("not_computable", "2025年")

    @pytest.mark.parametrize(("born", "is_due"), [("2010-01-01", True), ("2009-12-31", False)])
    def test_an_uncertified_child_is_under_16_on_31_december(self, born: str, is_due: bool) -> None:
        need(person(born=born))
        assert bool(due(9)) is is_due

    def test_a_holder_is_due_at_every_age(self) -> None:
        need(holder(born="1930-01-01"))
        assert len(due(9)) == 1

    def test_off_the_register_is_not_due(self) -> None:
        need(holder(born="2015-01-01", status=CertificateStatus.CANCELLED, status_on="2025-12-31"))
        assert due(9) == set()

    def test_services_without_a_need_are_shown_apart(self) -> None:
        need(holder(1))
        other = holder(2)
        service(other, "2025-05-01")
        found = figure(9)
        assert (found.numerator, found.denominator) == (0, 1)
        assert found.details["served_without_need"] == [other.pk]


class TestDevices:
    def test_a_need_of_the_year_met_in_the_year_counts(self) -> None:
        somebody = holder()
        need(somebody, device="轮椅")
        fitting(somebody, "2025-01-01")
        assert reached(10) == {somebody.pk}

    def test_any_device_meets_the_need(self) -> None:
        somebody = holder()
        need(somebody, device="轮椅")
        fitting(somebody, "2025-06-01", "拐杖")
        assert reached(10) == {somebody.pk}

    @pytest.mark.parametrize(("fitted_on", "carries"), [("2024-12-31", False), ("2023-12-31", True)])
    def test_an_earlier_need_is_carried_over_until_it_is_met(self, fitted_on: str, carries: bool) -> None:
        somebody = holder(1)
        need(somebody, device="轮椅", year=2024)
        fitting(somebody, fitted_on)
        need(holder(2), year=2025)
        assert (somebody.pk in due(10)) is carries

    def test_a_fitting_on_1_january_of_the_needs_year_meets_it(self) -> None:
        somebody = holder(1)
        need(somebody, device="轮椅", year=2024)
        fitting(somebody, "2024-01-01")
        need(holder(2), year=2025)
        assert due(10) == set()

    def test_a_new_need_after_a_fitting_is_open_again(self) -> None:
        somebody = holder()
        need(somebody, device="轮椅", year=2024)
        fitting(somebody, "2024-05-01")
        need(somebody, device="拐杖", year=2025)
        assert (due(10), reached(10)) == ({somebody.pk}, set())

    def test_after_the_surveys_year_its_last_day_is_the_limit(self) -> None:
        somebody = holder()
        need(somebody, device="轮椅", year=2025)
        fitting(somebody, "2026-01-01")
        assert (due(10, on=day("2026-02-15")), reached(10, on=day("2026-02-15"))) == ({somebody.pk}, set())

    def test_a_fitting_after_the_day_does_not_count_yet(self) -> None:
        somebody = holder()
        need(somebody, device="轮椅")
        fitting(somebody, "2025-10-16")
        assert reached(10, on=day("2025-10-15")) == set()

    def test_a_child_too_old_in_the_latest_survey_year_drops_out(self) -> None:
        child = person(born="2008-06-01")
        need(child, device="轮椅", year=2023)
        need(holder(2), year=2025)
        assert child.pk not in due(10)
        assert child.pk in due(10, on=day("2023-12-31"))
