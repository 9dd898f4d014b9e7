"""Indicators 2 and 11: people trained, homes retrofitted; each counted once, in the plan's five years."""

import pytest

from registry.models import CertificateStatus, Level
from tests.deliveries import id_number
from tests.records import day, figure, holder, household, reached, retrofit, training

pytestmark = pytest.mark.django_db


class TestTraining:
    @pytest.mark.parametrize(
        ("starts_on", "counts"),
        [("2020-12-31", False), ("2021-01-01", True), ("2025-12-31", True), ("2026-01-01", False)],
    )
    def test_courses_begun_within_the_plan_count(self, starts_on: str, counts: bool) -> None:
        training(holder(), starts_on)
        assert bool(reached(2, on=day("2026-06-30"))) is counts

    def test_a_course_not_yet_over_does_not_count(self) -> None:
        somebody = holder()
        training(somebody, "2025-12-20", "2026-01-05")
        assert reached(2) == set()
        assert reached(2, on=day("2026-01-05")) == {somebody.pk}

    def test_a_course_not_completed_does_not_count(self) -> None:
        training(holder(), "2024-01-01", completed=False)
        assert reached(2) == set()

    def test_the_certificate_must_stand_on_the_day_the_course_began(self) -> None:
        training(holder(1, first_issued_on="2024-01-02"), "2024-01-01")
        gone = holder(2, status=CertificateStatus.CANCELLED, status_on="2024-06-01")
        training(gone, "2024-05-31")
        training(holder(3, status=CertificateStatus.CANCELLED, status_on="2024-06-01"), "2024-06-01")
        assert reached(2) == {gone.pk}

    def test_two_courses_are_one_person_and_two_times(self) -> None:
        somebody = holder()
        training(somebody, "2024-01-01", name="一班")
        training(somebody, "2025-01-01", name="二班")
        found = figure(2)
        assert (found.numerator, found.details["records"]) == (1, 2)
        assert sum(found.by_street.values()) == 1

    def test_none_at_all_gives_nothing_and_cannot_be_computed(self) -> None:
        assert (figure(2).numerator, figure(2).state) == (0, "not_computable")


class TestRetrofits:
    @pytest.mark.parametrize(
        ("accepted_on", "counts"),
        [("2020-12-31", False), ("2021-01-01", True), ("2025-12-31", True), ("2026-01-03", False), (None, False)],
    )
    def test_acceptances_within_the_plan_count(self, accepted_on: str | None, counts: bool) -> None:
        somebody = holder()
        retrofit(somebody, household(somebody.id_number), accepted_on)
        assert bool(reached(11, on=day("2026-06-30"))) is counts

    def test_an_acceptance_after_the_day_does_not_count_yet(self) -> None:
        somebody = holder()
        retrofit(somebody, household(somebody.id_number), "2025-10-16")
        assert reached(11, on=day("2025-10-15")) == set()

    @pytest.mark.parametrize(
        "change",
        [{"verdict": "failed"}, {"verdict": None}, {"hardship": "other"}, {"level": Level.THIRD}],
        ids=["failed", "not yet judged", "no hardship", "level 3"],
    )
    def test_what_was_not_so_at_approval_does_not_count(self, change: dict[str, str | None]) -> None:
        somebody = holder()
        retrofit(somebody, household(somebody.id_number), **change)
        assert reached(11) == set()

    def test_two_disabled_members_and_two_projects_are_one_household(self) -> None:
        home = household(id_number(1))
        first, second = holder(1, home=home), holder(2, home=home)
        retrofit(first, home, "2023-05-01")
        retrofit(second, home, "2024-05-01", approved_on="2024-01-01")
        assert figure(11).numerator == 1

    def test_a_household_of_the_years_before_counts_for_a_later_project(self) -> None:
        somebody = holder()
        home = household(somebody.id_number)
        retrofit(somebody, home, "2019-05-01", approved_on="2019-01-01")
        retrofit(somebody, home, "2023-05-01", approved_on="2023-01-01")
        assert reached(11) == {home.pk}
