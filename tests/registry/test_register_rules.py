"""在册, 有效 and 重度 on a day, and where people live on it."""

import pytest

from registry import rules
from registry.models import CertificateStatus, Household, Person
from tests.deliveries import id_number
from tests.records import certificate, community, day, holder, household, person
from zalainuoer.common.models import Division

pytestmark = pytest.mark.django_db
FIRST, EARLIER = "2025-06-01", "2025-05-31"


def is_on_register(on: str) -> bool:
    return rules.on_register(day(on)).people(Person.objects.all()).exists()


def is_valid(on: str) -> bool:
    return rules.valid(day(on)).people(Person.objects.all()).exists()


def test_somebody_is_on_the_register_from_the_day_of_the_first_certificate() -> None:
    holder(first_issued_on=FIRST)
    assert (is_on_register(EARLIER), is_on_register(FIRST)) == (False, True)


@pytest.mark.parametrize("status", [CertificateStatus.CANCELLED, CertificateStatus.MOVED_OUT])
def test_cancelled_and_moved_out_leave_the_register_on_the_day_it_takes_effect(status: str) -> None:
    holder(status=status, status_on=FIRST)
    assert (is_on_register(EARLIER), is_on_register(FIRST)) == (True, False)


@pytest.mark.parametrize("status", [CertificateStatus.LOST, CertificateStatus.FROZEN])
def test_lost_and_frozen_certificates_stay_on_the_register(status: str) -> None:
    holder(status=status, status_on=FIRST)
    assert is_on_register(FIRST)


def test_an_expired_certificate_stays_on_the_register_but_is_not_valid_from_the_next_day() -> None:
    holder(issued_on="2015-06-01", expires_on="2025-06-01")
    assert (is_valid("2025-06-01"), is_valid("2025-06-02")) == (True, False)
    assert is_on_register("2025-06-02")


def test_a_frozen_certificate_is_not_valid_from_the_day_it_takes_effect() -> None:
    holder(status=CertificateStatus.FROZEN, status_on=FIRST)
    assert (is_valid(EARLIER), is_valid(FIRST)) == (True, False)


def test_a_lost_certificate_is_valid() -> None:
    holder(status=CertificateStatus.LOST, status_on=EARLIER)
    assert is_valid(FIRST)


def test_somebody_without_a_certificate_is_not_on_the_register() -> None:
    person()
    assert not is_on_register(FIRST)


def test_each_day_is_answered_by_the_statement_that_held_on_it() -> None:
    somebody = holder(held_until=FIRST)
    certificate(somebody, held_from=FIRST, status=CertificateStatus.CANCELLED, status_on=FIRST)
    assert (is_on_register(EARLIER), is_on_register(FIRST)) == (True, False)


def test_every_reason_says_what_is_wrong_and_where_it_stands() -> None:
    somebody = holder(status=CertificateStatus.CANCELLED, status_on=FIRST, expires_on=EARLIER, issued_on=EARLIER)
    failing = [v.clause for v in rules.valid(day(FIRST)).explain(somebody) if not v.holds]
    assert [clause.reason for clause in failing] == [
        "残疾人证在2025-06-01已注销或已迁出",
        "残疾人证在2025-06-01已过有效期",
    ]
    assert all(clause.source for clause in failing)


class TestPlaces:
    def test_a_holder_lives_where_the_statement_of_the_day_says(self) -> None:
        moved = holder(held_until=FIRST, community=community("第三街道"))
        certificate(moved, held_from=FIRST, community=community("灵泉镇"))
        assert rules.streets(on=day(EARLIER)) == {moved.pk: community("第三街道").parent_id}
        assert rules.streets(on=day(FIRST)) == {moved.pk: community("灵泉镇").parent_id}

    def test_an_uncertified_child_lives_where_its_latest_row_says(self) -> None:
        child = person(street="灵泉镇", born="2015-01-01")
        assert rules.streets(on=day(FIRST)) == {child.pk: community("灵泉镇").parent_id}

    def test_a_household_is_where_its_head_lives_if_the_head_is_a_holder(self) -> None:
        home = household(holder(5, street="灵泉镇").id_number)
        certificate(person(1, street="第三街道"), home=home)
        assert self.street_of(home.pk) == "灵泉镇"

    def test_else_where_the_holder_first_accepted_lives(self) -> None:
        home = household(id_number(9))
        holder(1, street="第三街道", home=home)
        holder(2, street="灵泉镇", home=home)
        assert self.street_of(home.pk) == "第三街道"

    @staticmethod
    def street_of(pk: int) -> str:
        streets = rules.household_streets(Household.objects.filter(pk=pk), on=day(FIRST))
        return Division.objects.get(pk=streets[pk]).name
