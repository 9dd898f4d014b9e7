"""Indicators 3, 4 and 5: 低保 on application, the living subsidy, the nursing subsidy."""

import datetime

import pytest

from registry.models import CertificateStatus, Level, Person
from tests.records import (
    DAY,
    application,
    assistance,
    benefit,
    day,
    due,
    figure,
    holder,
    living,
    nursing,
    reached,
)

pytestmark = pytest.mark.django_db


class TestDibao:
    """3: D is 2025-12-31; an application older than 45 days was made before 2025-11-16."""

    def test_found_eligible_and_not_included_is_missing(self) -> None:
        somebody = holder()
        application(somebody, "2025-03-01", decided_on="2025-03-20")
        assert (due(3), reached(3)) == ({somebody.pk}, set())

    @pytest.mark.parametrize("kind", ["dibao", "tekun"])
    def test_included_by_either_kind_counts(self, kind: str) -> None:
        somebody = holder()
        application(somebody, "2025-03-01", decided_on="2025-03-20")
        assistance(somebody, kind, "2025-04-01")
        assert reached(3) == {somebody.pk}

    def test_dibao_edge_does_not_count(self) -> None:
        somebody = holder()
        application(somebody, "2025-03-01", decided_on="2025-03-20")
        assistance(somebody, "dibao_edge", "2025-04-01")
        assert (due(3), reached(3)) == ({somebody.pk}, set())

    @pytest.mark.parametrize(
        ("waited", "is_due"), [(44, False), (45, False), (46, True)], ids=["44 days", "45 days", "46 days"]
    )
    def test_undecided_is_due_only_after_more_than_45_days(self, waited: int, is_due: bool) -> None:
        application(holder(), str(DAY - datetime.timedelta(days=waited)), "pending")
        assert bool(due(3)) is is_due

    def test_found_not_eligible_is_not_due(self) -> None:
        application(holder(), "2025-03-01", "not_eligible", "2025-03-20")
        assert due(3) == set()

    @pytest.mark.parametrize("result", ["eligible", "not_eligible"])
    def test_a_finding_after_the_day_is_still_undecided_on_it(self, result: str) -> None:
        somebody = holder()
        application(somebody, "2025-03-01", result, "2026-01-01")
        assert due(3) == {somebody.pk}

    def test_a_finding_on_the_day_counts(self) -> None:
        application(holder(), "2025-12-01", "eligible", "2025-12-31")
        assert len(due(3)) == 1

    def test_only_the_latest_application_by_the_day_is_looked_at(self) -> None:
        somebody = holder()
        application(somebody, "2025-01-01", decided_on="2025-01-20")
        application(somebody, "2025-06-01", "not_eligible", "2025-06-20")
        assert due(3) == set()
        assert due(3, on=day("2025-05-31")) == {somebody.pk}

    def test_included_upon_the_application_and_left_again_is_not_due(self) -> None:
        somebody = holder()
        application(somebody, "2024-01-01", decided_on="2024-01-20")
        assistance(somebody, "dibao", "2024-01-01", "2025-12-31")
        assert due(3) == set()
        assert due(3, on=day("2025-12-30")) == {somebody.pk}

    def test_left_and_assisted_again_is_due(self) -> None:
        somebody = holder()
        application(somebody, "2024-01-01", decided_on="2024-01-20")
        assistance(somebody, "dibao", "2024-02-01", "2025-01-01")
        assistance(somebody, "tekun", "2025-01-01")
        assert (due(3), reached(3)) == ({somebody.pk}, {somebody.pk})

    def test_assistance_begun_before_the_application_and_over_does_not_excuse(self) -> None:
        somebody = holder()
        application(somebody, "2024-01-02", decided_on="2024-01-20")
        assistance(somebody, "dibao", "2024-01-01", "2025-01-01")
        assert due(3) == {somebody.pk}

    def test_off_the_register_is_not_due(self) -> None:
        somebody = holder(status=CertificateStatus.CANCELLED, status_on="2025-12-31")
        application(somebody, "2025-03-01", decided_on="2025-03-20")
        assert due(3) == set()


@pytest.fixture
def entitled() -> Person:
    """On 低保 and paid the living subsidy of December 2025."""
    somebody = holder()
    assistance(somebody)
    living(somebody)
    return somebody


class TestLiving:
    def test_entitled_and_paid_is_covered(self, entitled: Person) -> None:
        assert (due(4), reached(4)) == ({entitled.pk}, {entitled.pk})

    def test_entitled_and_not_on_the_roster_is_missing(self, entitled: Person) -> None:
        unpaid = holder(2)
        assistance(unpaid)
        assert due(4) - reached(4) == {unpaid.pk}

    def test_on_the_roster_with_nothing_is_missing(self, entitled: Person) -> None:
        unpaid = holder(2)
        assistance(unpaid)
        living(unpaid, amount="0")
        assert due(4) - reached(4) == {unpaid.pk}

    @pytest.mark.parametrize("ends_on", ["2025-12-31", "2025-12-01"])
    def test_whoever_left_dibao_by_the_day_is_not_due(self, entitled: Person, ends_on: str) -> None:
        entitled.socialassistances.update(ends_on=ends_on)
        assert due(4) == set()

    def test_dibao_that_ends_the_day_after_still_counts(self, entitled: Person) -> None:
        entitled.socialassistances.update(ends_on="2026-01-01")
        assert due(4) == {entitled.pk}

    def test_tekun_excludes(self, entitled: Person) -> None:
        assistance(entitled, "tekun", "2025-12-31")
        assert due(4) == set()

    @pytest.mark.parametrize("kind", ["work_injury_care", "orphan", "de_facto_orphan"])
    def test_a_barring_benefit_excludes_whatever_its_amount(self, entitled: Person, kind: str) -> None:
        benefit(entitled, kind, None)
        assert due(4) == set()

    @pytest.mark.parametrize(("yuan", "is_due"), [("124.99", True), ("125.00", False), ("300", False), (None, True)])
    def test_a_rival_of_at_least_the_standard_excludes(self, entitled: Person, yuan: str | None, is_due: bool) -> None:
        benefit(entitled, "old_age", yuan)
        assert bool(due(4)) is is_due

    def test_a_nursing_rival_is_no_rival_of_the_living_subsidy(self, entitled: Person) -> None:
        benefit(entitled, "veteran_care", "300")
        assert due(4) == {entitled.pk}

    def test_a_rival_that_ended_by_the_day_does_not_exclude(self, entitled: Person) -> None:
        benefit(entitled, "old_age", "300", ends_on="2025-12-31")
        assert due(4) == {entitled.pk}

    def test_the_standard_is_the_most_frequent_one(self, entitled: Person) -> None:
        benefit(entitled, "old_age", "110")
        for n in (2, 3):
            living(holder(n), standard="100")
        assert due(4) == set()

    def test_on_a_tie_the_standard_is_the_higher_one(self, entitled: Person) -> None:
        benefit(entitled, "old_age", "110")
        living(holder(2), standard="100")
        assert due(4) == {entitled.pk}

    def test_an_expired_certificate_excludes_from_the_day_after(self, entitled: Person) -> None:
        entitled.certificates.update(expires_on="2025-12-31")
        assert due(4) == {entitled.pk}
        entitled.certificates.update(expires_on="2025-12-30")
        assert due(4) == set()

    def test_people_are_looked_at_on_the_last_day_of_the_latest_month(self, entitled: Person) -> None:
        entitled.socialassistances.update(ends_on="2026-01-15")
        assert due(4, on=day("2026-02-15")) == {entitled.pk}

    def test_inside_the_latest_month_they_are_looked_at_on_the_day(self, entitled: Person) -> None:
        entitled.socialassistances.update(starts_on="2025-12-16")
        assert due(4, on=day("2025-12-15")) == set()
        assert due(4, on=day("2025-12-16")) == {entitled.pk}

    def test_a_month_counts_from_its_first_day(self, entitled: Person) -> None:
        living(entitled, "2025-11-01")
        assert figure(4, on=day("2025-11-30")).data_period == "2025年11月"
        assert figure(4, on=day("2025-12-01")).data_period == "2025年12月"

    def test_without_any_roster_it_cannot_be_computed(self) -> None:
        assistance(holder())
        assert figure(4).state == "not_computable"
        assert "没有2025-12-31及以前" in figure(4).reason

    def test_paid_without_being_entitled_is_shown_apart_and_raises_nothing(self, entitled: Person) -> None:
        wrong = holder(2)
        living(wrong)
        found = figure(4)
        assert found.details["wrongly_paid"] == [wrong.pk]
        assert (found.numerator, found.denominator) == (1, 1)


class TestNursing:
    @pytest.mark.parametrize(("level", "is_due"), [(Level.FIRST, True), (Level.SECOND, True), (Level.THIRD, False)])
    def test_only_severe_levels_are_due(self, level: str, is_due: bool) -> None:
        nursing(holder(level=level))
        assert bool(due(5)) is is_due

    def test_it_needs_no_dibao(self) -> None:
        somebody = holder()
        nursing(somebody)
        assert reached(5) == {somebody.pk}

    @pytest.mark.parametrize(
        ("kind", "is_due"), [("work_injury_care", False), ("orphan", True), ("de_facto_orphan", True)]
    )
    def test_an_orphan_has_the_nursing_subsidy_though_not_the_living_one(self, kind: str, is_due: bool) -> None:
        somebody = holder()
        nursing(somebody)
        benefit(somebody, kind)
        assert bool(due(5)) is is_due

    @pytest.mark.parametrize(("kind", "is_due"), [("veteran_care", False), ("elder_care", False), ("old_age", True)])
    def test_only_nursing_rivals_are_its_rivals(self, kind: str, is_due: bool) -> None:
        somebody = holder()
        nursing(somebody)
        benefit(somebody, kind, "125")
        assert bool(due(5)) is is_due

    def test_tekun_excludes(self) -> None:
        somebody = holder()
        nursing(somebody)
        assistance(somebody, "tekun")
        assert due(5) == set()

    def test_each_subsidy_has_its_own_latest_month(self) -> None:
        somebody = holder()
        nursing(somebody, "2025-11-01")
        living(somebody, "2025-12-01")
        assert (figure(4).data_period, figure(5).data_period) == ("2025年12月", "2025年11月")
