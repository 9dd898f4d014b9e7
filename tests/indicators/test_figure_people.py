"""From a figure down to the people: who is missing, why, and who may see them."""

import pytest
from django.urls import reverse

from accessibility.models import HomeRetrofit
from indicators import services
from indicators.export import as_json, scoped
from indicators.models import Figure, SnapshotKind
from indicators.people import people_of, reasons
from indicators.retrofits import projects_behind
from registry.models import CertificateStatus, Household, Person
from tests.accessibility.works_makers import accept, approved, finished
from tests.deliveries import id_number
from tests.records import DAY, assistance, community, day, holder, household, living, medical, retrofit
from tests.visiting import client_of
from zalainuoer.common.models import Role, User

pytestmark = pytest.mark.django_db


def user(role: str = Role.FEDERATION_STAFF, street: str | None = None) -> User:
    division = community(street).parent if street else None
    return User.objects.create(username=f"{role}{street}", name="某人", role=role, division=division)


def stored(number: int) -> Figure:
    return services.take_snapshot(night=DAY, kind=SnapshotKind.MANUAL).figures.get(number=number)


def ids(rows: object) -> set[int]:
    return {row.pk for row in rows}  # type: ignore[attr-defined]


@pytest.fixture
def insured() -> tuple[Person, Person, Person]:
    """Insured; missing, in another street; missing, with a paused insurance."""
    people = holder(1), holder(2, street="灵泉镇"), holder(3)
    medical(people[0])
    medical(people[2], "paused")
    return people


def test_the_sets_open_to_their_people(insured: tuple[Person, Person, Person]) -> None:
    figure, staff = stored(7), user()
    assert ids(people_of(figure, "numerator", user=staff)) == {insured[0].pk}
    assert ids(people_of(figure, "denominator", user=staff)) == {p.pk for p in insured}
    assert ids(people_of(figure, "missing", user=staff)) == {insured[1].pk, insured[2].pk}


def test_street_staff_see_their_own_streets_people_only(insured: tuple[Person, Person, Person]) -> None:
    staff = user(Role.STREET_STAFF, "灵泉镇")
    assert ids(people_of(stored(7), "denominator", user=staff)) == {insured[1].pk}


def test_each_missing_person_has_one_reason_with_its_source(insured: tuple[Person, Person, Person]) -> None:
    figure = stored(7)
    found = reasons(figure, people_of(figure, "missing", user=user()))
    assert {pk: [clause.reason for clause in clauses] for pk, clauses in found.items()} == {
        insured[1].pk: ["2025年医疗保险参保名册中没有此人"],
        insured[2].pk: ["2025年医疗保险参保名册中的状态不是正常参保、资助参保"],
    }
    assert all(clause.source for clauses in found.values() for clause in clauses)


def test_reasons_for_many_take_as_many_statements_as_for_one(
    insured: tuple[Person, Person, Person], django_assert_num_queries: object
) -> None:
    figure = stored(7)
    for n in range(10, 30):
        holder(n)
    with django_assert_num_queries(3):  # type: ignore[operator]  # batches, parameters, the people
        assert len(reasons(figure, Person.objects.all())) == 23


def test_somebody_corrected_since_has_no_reason_left(insured: tuple[Person, Person, Person]) -> None:
    figure = stored(7)
    medical(insured[1])
    assert reasons(figure, Person.objects.filter(pk=insured[1].pk)) == {insured[1].pk: []}


def test_whoever_was_paid_without_being_entitled_is_listed_with_every_reason() -> None:
    right, wrong = holder(1), holder(2, status=CertificateStatus.CANCELLED, status_on="2025-06-01")
    assistance(right)
    living(right)
    living(wrong)
    figure = stored(4)
    listed = people_of(figure, "wrongly_paid", user=user())
    assert ids(listed) == {wrong.pk}
    assert [clause.reason for clause in reasons(figure, listed, "wrongly_paid")[wrong.pk]] == [
        "残疾人证在2025-12-31已注销或已迁出",
        "2025-12-31不属于低保家庭",
    ]


def test_an_unknown_set_is_an_error(insured: tuple[Person, Person, Person]) -> None:
    with pytest.raises(KeyError):
        people_of(stored(7), "period_x", user=user())


class TestHouseholds:
    @pytest.fixture
    def home(self) -> Household:
        """A home in 灵泉镇 whose head holds no certificate."""
        home = household(id_number(9))
        retrofit(holder(1, street="灵泉镇", home=home), home)
        return home

    def test_number_11_opens_to_households(self, home: Household) -> None:
        assert ids(people_of(stored(11), "numerator", user=user())) == {home.pk}

    @pytest.mark.parametrize(("street", "sees"), [("灵泉镇", True), ("第一街道", False)])
    def test_a_household_is_in_its_peoples_street(self, home: Household, street: str, sees: bool) -> None:
        staff = user(Role.STREET_STAFF, street)
        assert people_of(stored(11), "numerator", user=staff).exists() is sees


class TestScopedFigures:
    def test_street_staff_get_their_own_streets_counts(self, insured: tuple[Person, Person, Person]) -> None:
        (own,) = scoped([stored(7)], user(Role.STREET_STAFF, "第一街道"))
        assert (own.numerator, own.denominator) == (1, 2)

    def test_a_street_with_nobody_cannot_be_computed(self, insured: tuple[Person, Person, Person]) -> None:
        (own,) = scoped([stored(7)], user(Role.STREET_STAFF, "第三街道"))
        assert (own.state, own.numerator, own.denominator) == ("not_computable", 0, 0)

    def test_leadership_gets_no_id_numbers(self, insured: tuple[Person, Person, Person]) -> None:
        sent = as_json([stored(7)], user=user(Role.LEADERSHIP))["indicators"]["7"]
        assert (sent["denominator"], sent["missing"]) == (3, [])

    def test_the_system_gets_the_sorted_id_numbers(self, insured: tuple[Person, Person, Person]) -> None:
        sent = as_json([stored(7)])["indicators"]["7"]
        assert sent["missing"] == sorted([insured[1].id_number, insured[2].id_number])
        assert sent["by_street"] == {"第一街道": [1, 2], "灵泉镇": [0, 1]}


def test_a_counted_household_says_what_decided_and_leads_to_its_home_page() -> None:
    home = accept(finished(approved(1)), "2025-02-28")
    other = holder(2)
    retrofit(other, household(other.id_number), "2024-06-01")
    figure, staff = stored(11), user()
    found = projects_behind(figure, people_of(figure, "numerator", user=staff), user=staff)
    assert [(each.accepted_on, each.level, each.home) for each in found[home.household_id]] == [
        (day("2025-02-28"), "二级", home.pk)
    ]
    assert [each.home for each in found[household(other.id_number).pk]] == [None]
    text = client_of(staff).get(reverse("figure_people", args=[11, "numerator"])).content.decode()
    assert f'href="/accessibility/homes/{home.pk}/"' in text
    assert f'href="/households/{home.household_id}/"' in text
    assert "2024-06-01 验收合格；批准时低保、二级" in text


def test_a_project_that_failed_is_not_what_decided() -> None:
    home = accept(finished(approved(1)), "2025-02-28")
    figure = stored(11)
    HomeRetrofit.objects.update(verdict="failed")
    assert projects_behind(figure, [home.household], user=user()) == {home.household_id: []}


def test_whoever_may_not_see_accessibility_gets_no_link_to_a_home() -> None:
    home = accept(finished(approved(1)), "2025-02-28")
    figure, civil = stored(11), user(Role.CIVIL_STAFF)
    assert [each.home for each in projects_behind(figure, [home.household], user=civil)[home.household_id]] == [None]


def test_what_decided_of_many_takes_as_many_statements_as_of_one(django_assert_num_queries: object) -> None:
    figure, staff = stored(11), user()
    for n in range(10, 20):
        accept(finished(approved(n)), "2025-02-28")
    homes = list(Household.objects.all())
    with django_assert_num_queries(4):  # type: ignore[operator]  # batches, parameters, projects, homes
        assert sum(map(len, projects_behind(figure, homes, user=staff).values())) == 10
