"""Indicators 6, 7 and 8: pension, medical insurance, compulsory schooling."""

import pytest

from registry.models import CertificateStatus
from tests.records import day, due, figure, holder, medical, pension, person, reached, school

pytestmark = pytest.mark.django_db


class TestPension:
    @pytest.mark.parametrize(
        ("born", "is_due"), [("2009-12-31", True), ("2010-01-01", False)], ids=["16 today", "16 tomorrow"]
    )
    def test_due_from_the_sixteenth_birthday(self, born: str, is_due: bool) -> None:
        pension(holder(born=born))
        assert bool(due(6)) is is_due

    @pytest.mark.parametrize(("is_student", "is_due"), [(True, False), (False, True), (None, True)])
    def test_students_are_not_due(self, is_student: bool | None, is_due: bool) -> None:
        pension(holder(is_student=is_student))
        assert bool(due(6)) is is_due

    @pytest.mark.parametrize(
        ("status", "counts"),
        [("paying", True), ("government_paid", True), ("drawing", True), ("paused", False), ("ended", False)],
    )
    def test_three_statuses_count(self, status: str, counts: bool) -> None:
        pension(holder(), status)
        assert bool(reached(6)) is counts

    def test_any_scheme_will_do_and_nobody_counts_twice(self) -> None:
        somebody = holder()
        pension(somebody, "paused", scheme="employee")
        pension(somebody, "paying", scheme="resident")
        pension(somebody, "drawing", scheme="public")
        assert (figure(6).numerator, figure(6).denominator) == (1, 1)

    def test_only_the_latest_year_counts(self) -> None:
        somebody = holder()
        pension(somebody, year=2024)
        pension(holder(2), year=2025)
        assert somebody.pk not in reached(6)
        assert reached(6, on=day("2024-12-31")) == {somebody.pk}

    def test_a_year_counts_from_its_first_day(self) -> None:
        pension(holder(), year=2024)
        pension(holder(2), year=2025)
        assert figure(6, on=day("2025-01-01")).data_period == "2025年"

    def test_without_a_roster_it_cannot_be_computed(self) -> None:
        pension(holder(), year=2026)
        found = figure(6)
        assert (found.state, found.numerator, found.denominator) == ("not_computable", 0, 0)


class TestMedical:
    @pytest.mark.parametrize(
        ("status", "counts"), [("insured", True), ("subsidised", True), ("paused", False), ("ended", False)]
    )
    def test_two_statuses_count(self, status: str, counts: bool) -> None:
        medical(holder(), status)
        assert bool(reached(7)) is counts

    def test_every_age_and_students_are_due(self) -> None:
        medical(holder(1, born="2024-01-01"))
        holder(2, born="1930-01-01", is_student=True)
        assert figure(7).denominator == 2

    def test_off_the_register_is_not_due(self) -> None:
        medical(holder(status=CertificateStatus.MOVED_OUT, status_on="2025-12-31"))
        assert due(7) == set()


class TestSchool:
    """8: on 2025-12-31 it is the school year 2025-2026; ages are those of 2025-08-31."""

    @pytest.mark.parametrize(
        ("born", "is_due"),
        [("2019-08-31", True), ("2019-09-01", False), ("2009-09-01", True), ("2009-08-31", False)],
        ids=["6 that day", "6 the day after", "16 the day after", "16 that day"],
    )
    def test_six_to_fifteen_on_31_august(self, born: str, is_due: bool) -> None:
        school(holder(born=born))
        assert bool(due(8)) is is_due

    @pytest.mark.parametrize(
        ("placement", "counts"),
        [
            ("mainstream", True),
            ("special_class", True),
            ("special_school", True),
            ("home_teaching", True),
            ("finished", True),
            ("deferred", False),
            ("not_enrolled", False),
        ],
    )
    def test_deferred_and_not_enrolled_stay_in_the_denominator(self, placement: str, counts: bool) -> None:
        child = holder(born="2015-01-01")
        school(child, placement)
        assert due(8) == {child.pk}
        assert bool(reached(8)) is counts

    def test_a_holder_of_school_age_is_due_without_standing_in_the_sheet(self) -> None:
        child = holder(1, born="2015-01-01")
        school(holder(2, born="2015-01-01"))
        assert child.pk in due(8) - reached(8)

    def test_an_uncertified_child_is_due_if_it_stands_in_the_years_sheet(self) -> None:
        listed, elsewhere = person(1, born="2015-01-01"), person(2, born="2015-01-01")
        school(listed)
        school(elsewhere, year=2024)
        assert due(8) == {listed.pk}

    def test_a_child_certified_later_was_uncertified_before(self) -> None:
        child = holder(born="2015-01-01", first_issued_on="2026-01-01", issued_on="2026-01-01")
        school(child)
        assert due(8) == {child.pk}

    def test_a_cancelled_certificate_does_not_make_a_child_uncertified_again(self) -> None:
        school(holder(born="2015-01-01", status=CertificateStatus.CANCELLED, status_on="2025-05-01"))
        assert due(8) == set()

    def test_the_school_year_turns_on_1_september(self) -> None:
        child = holder(born="2015-01-01")
        school(child, year=2024)
        assert figure(8, on=day("2025-08-31")).data_period == "2024—2025学年"
        assert figure(8, on=day("2025-09-01")).state == "not_computable"
        assert "2025—2026学年" in figure(8, on=day("2025-09-01")).reason
