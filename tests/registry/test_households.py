"""Households: who belongs to which from which day on; past days and past facts stay where they were."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from registry.models import Certificate, CertificateCase, Household, HouseholdIncome, Person
from registry.services.certificates import case_withdraw
from registry.services.households import HeadNameWanted, household_merge, household_move, household_split
from tests.deliveries import fact, holder, id_number, upload, user
from tests.records import day, figure, reached
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.core]
TODAY = day("2025-12-01")
ONE = holder(1)
TWO, THREE = holder(2, 户主身份证号=ONE["身份证号"]), holder(3)
STRANGER = id_number(70, born="1950-05-05")


@pytest.fixture(autouse=True)
def registered() -> None:
    upload("registry", [ONE, TWO, THREE])


@pytest.fixture
def staff() -> User:
    return user("federation_staff", department="区残联")


@pytest.fixture
def client(client: Client, staff: User) -> Client:
    client.force_login(staff, backend="zalainuoer.roles.RoleBackend")
    return client


def person(row: dict[str, object]) -> Person:
    return Person.objects.get(name=row["姓名"])


def heads(row: dict[str, object]) -> list[tuple[str, str, str]]:
    """A person's spans: (from, until, the head's number)."""
    spans = Certificate.objects.filter(person=person(row)).order_by("held_from").select_related("household")
    return [(s.held_from.isoformat(), s.held_until.isoformat(), s.household.head_id_number) for s in spans]


def how(**change: Any) -> dict[str, Any]:
    return {"effective_on": day("2025-06-01"), "reason": "分家另过", "today": TODAY, **change}


def test_a_moved_person_belongs_to_the_new_household_from_that_day_on(staff: User) -> None:
    household_move(person=person(TWO), head_number=str(THREE["身份证号"]), by=staff, **how())
    assert heads(TWO) == [
        ("0001-01-01", "2025-06-01", ONE["身份证号"]),
        ("2025-06-01", "9999-12-31", THREE["身份证号"]),
    ]
    first, second = Certificate.objects.filter(person=person(TWO)).order_by("held_from")
    assert (first.level, first.issued_on, first.suffix) == (second.level, second.issued_on, second.suffix)


def test_a_move_stands_in_the_persons_file_masked(staff: User) -> None:
    household_move(person=person(TWO), head_number=str(THREE["身份证号"]), by=staff, **how())
    case = CertificateCase.objects.get()
    assert (case.act, case.reason, case.note) == ("details", "迁入他户", "分家另过")
    event = Certificate.pgh_event_model.objects.latest("pgh_id")
    assert event.pgh_context_id == case.history_context
    assert all("*" in text for text in case.changes[0][1:])


def test_a_split_makes_the_person_head_of_a_household_of_their_own(staff: User) -> None:
    home = household_split(person=person(TWO), by=staff, **how())
    assert (home.head_id_number, home.head_born_on) == (TWO["身份证号"], day("1980-01-01"))
    assert [span[2] for span in heads(TWO)] == [ONE["身份证号"], TWO["身份证号"]]
    with pytest.raises(RuleBroken, match="已经在这一户"):
        household_split(person=person(TWO), by=staff, **how(effective_on=day("2025-07-01")))


def test_merging_moves_every_holder_of_the_one_household(staff: User) -> None:
    source = Household.objects.get(pk=person(ONE).certificates.get().household_id)
    household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())
    for row in (ONE, TWO):
        assert [span[2] for span in heads(row)] == [ONE["身份证号"], THREE["身份证号"]]
    with pytest.raises(RuleBroken, match="没有持证人"):
        household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())


def test_only_households_that_exist_are_merged_into(staff: User) -> None:
    source = person(ONE).certificates.get().household
    with pytest.raises(RuleBroken, match="系统里没有"):
        household_merge(source=source, head_number=STRANGER, by=staff, **how())
    with pytest.raises(RuleBroken, match="这就是本户"):
        household_merge(source=source, head_number=str(ONE["身份证号"]), by=staff, **how())
    assert not Household.objects.filter(head_born_on="1950-05-05").exists()


class TestTheHead:
    def test_a_head_nobody_knows_must_be_named(self, staff: User) -> None:
        with pytest.raises(HeadNameWanted, match="填写户主姓名"):
            household_move(person=person(TWO), head_number=STRANGER, by=staff, **how())
        assert not Household.objects.filter(head_born_on="1950-05-05").exists()
        home = household_move(person=person(TWO), head_number=STRANGER, head_name="赵户主", by=staff, **how())
        home.refresh_from_db()
        assert (home.head_name, home.head_born_on) == ("赵户主", day("1950-05-05"))

    def test_a_head_once_named_need_not_be_named_again_but_not_otherwise(self, staff: User) -> None:
        household_move(person=person(TWO), head_number=STRANGER, head_name="赵户主", by=staff, **how())
        with pytest.raises(HeadNameWanted, match="不一致"):
            household_move(person=person(THREE), head_number=STRANGER, head_name="钱户主", by=staff, **how())
        household_move(person=person(THREE), head_number=STRANGER, by=staff, **how())
        assert heads(THREE)[-1][2] == STRANGER

    def test_a_holders_name_is_known_and_must_fit(self, staff: User) -> None:
        with pytest.raises(HeadNameWanted, match="不一致"):
            household_move(person=person(TWO), head_number=str(THREE["身份证号"]), head_name="孙某", by=staff, **how())


@pytest.mark.parametrize(
    ("on", "sentence"), [("2025-12-02", "不能晚于今天"), ("2019-04-30", "不能早于"), ("1979-12-31", "出生日期")]
)
def test_a_day_that_cannot_be_is_refused(staff: User, on: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        household_move(person=person(TWO), head_number=str(THREE["身份证号"]), by=staff, **how(effective_on=day(on)))
    assert len(heads(TWO)) == 1


def test_before_an_earlier_move_is_refused(staff: User) -> None:
    household_move(person=person(TWO), head_number=str(THREE["身份证号"]), by=staff, **how())
    with pytest.raises(RuleBroken, match="2025-06-01 已有变更"):
        household_split(person=person(TWO), by=staff, **how(effective_on=day("2025-05-31")))
    household_split(person=person(TWO), by=staff, **how())  # of the same day: the later word holds
    assert [span[2] for span in heads(TWO)] == [ONE["身份证号"], TWO["身份证号"]]


def test_a_refused_merge_moves_nobody(staff: User) -> None:
    household_move(person=person(TWO), head_number=str(THREE["身份证号"]), by=staff, **how())
    household_move(
        person=person(TWO), head_number=str(ONE["身份证号"]), by=staff, **how(effective_on=day("2025-09-01"))
    )
    source = Household.objects.get(pk=person(ONE).certificates.get().household_id)
    with pytest.raises(RuleBroken, match=r"张＊＊：.*2025-09-01"):
        household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())
    assert len(heads(ONE)) == 1


def test_incomes_retrofits_and_the_figures_of_past_days_stay(staff: User) -> None:
    upload("household-income", [fact("household-income", ONE), fact("household-income", ONE, 年度=2020)])
    upload("home-retrofits", [fact("home-retrofits", ONE)])
    upload("living-subsidy-payments", [fact("living-subsidy-payments", TWO)])
    past = day("2025-05-31")
    before = {n: (figure(n, on=past).value, figure(n, on=past).by_street, reached(n, on=past)) for n in (1, 5, 11)}
    source = Household.objects.get(pk=person(ONE).certificates.get().household_id)
    household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())
    after = {n: (figure(n, on=past).value, figure(n, on=past).by_street, reached(n, on=past)) for n in (1, 5, 11)}
    assert after == before
    assert set(HouseholdIncome.objects.values_list("household", flat=True)) == {source.pk}


def test_statements_do_not_grow_with_the_household(staff: User, django_assert_max_num_queries: Any) -> None:
    upload("registry", [holder(n, 户主身份证号=ONE["身份证号"]) for n in range(10, 40)])
    source = Household.objects.get(pk=person(ONE).certificates.get().household_id)
    with django_assert_max_num_queries(16):
        household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())
    assert Certificate.objects.filter(household__head_id_index=person(THREE).id_index).count() == 33


class TestPages:
    def test_the_page_shows_the_households_people_masked_with_its_marks(self, client: Client) -> None:
        upload("household-income", [fact("household-income", ONE)])
        home = person(ONE).certificates.get().household
        answer = client.get(f"/households/{home.pk}/")
        page = answer.content.decode()
        assert answer.context["marks"] == ["一户多残"]
        assert page.count(f"/people/{person(TWO).pk}/") >= 1
        assert "60000.00" in page
        for row in (ONE, TWO):
            assert str(row["身份证号"]) not in page
            assert str(row["姓名"]) not in page

    def test_a_move_by_the_form(self, client: Client) -> None:
        url = f"/people/{person(TWO).pk}/household/move/"
        data = {"head_number": STRANGER, "effective_on": "2025-06-01", "reason": "投亲"}
        refused = client.post(url, data)
        assert refused.context["form"].errors == {"head_name": ["该户主没有残疾人证，请填写户主姓名。"]}
        answer = client.post(url, {**data, "head_name": "赵 户主"})
        assert answer.url == f"/households/{Household.objects.get(head_name='赵户主').pk}/"
        event = Certificate.pgh_event_model.objects.latest("pgh_id")
        assert event.pgh_context.metadata["reason"] == "投亲"

    def test_a_split_and_a_merge_by_the_form(self, client: Client) -> None:
        data = {"effective_on": "2025-06-01", "reason": "分家"}
        assert client.post(f"/people/{person(TWO).pk}/household/split/", data).status_code == 302
        home = Household.objects.get(head_id_index=person(TWO).id_index)
        answer = client.post(f"/households/{home.pk}/merge/", {**data, "head_number": THREE["身份证号"]})
        assert answer.url == f"/households/{person(THREE).certificates.get().household_id}/"

    def test_a_wrong_number_is_refused_beside_its_field(self, client: Client) -> None:
        wrong = str(THREE["身份证号"])[:17] + "0"
        data = {"head_number": wrong, "effective_on": "2025-06-01", "reason": "投亲"}
        answer = client.post(f"/people/{person(TWO).pk}/household/move/", data)
        assert list(answer.context["form"].errors) == ["head_number"]

    def test_statements_do_not_grow_with_members(self, client: Client, django_assert_max_num_queries: Any) -> None:
        upload("registry", [holder(n, 户主身份证号=ONE["身份证号"]) for n in range(10, 30)])
        home = person(ONE).certificates.get().household
        with django_assert_max_num_queries(16):
            client.get(f"/households/{home.pk}/")

    def test_street_staff_see_their_streets_people_and_change_nothing(self, client: Client) -> None:
        far = holder(5, 所属街道="第三街道", 所属社区="西铁社区")
        upload("registry", [far, holder(6, 所属街道="第三街道", 所属社区="西铁社区", 户主身份证号=ONE["身份证号"])])
        client.force_login(user("street_staff", street="第一街道"), backend="zalainuoer.roles.RoleBackend")
        home, other = person(ONE).certificates.get().household, person(far).certificates.get().household
        answer = client.get(f"/households/{home.pk}/")
        assert (len(answer.context["members"]), answer.context["elsewhere"]) == (2, 1)
        assert client.get(f"/households/{other.pk}/").status_code == 404
        for url in (
            f"/households/{home.pk}/merge/",
            f"/people/{person(ONE).pk}/household/move/",
            f"/people/{person(ONE).pk}/household/split/",
        ):
            assert client.get(url).status_code == 403

    def test_a_head_who_lives_elsewhere_is_not_named(self, client: Client) -> None:
        far = holder(5, 所属街道="第三街道", 所属社区="西铁社区")
        upload("registry", [far, holder(6, 户主身份证号=far["身份证号"])])
        home = person(far).certificates.get().household
        client.force_login(user("street_staff", street="第一街道"), backend="zalainuoer.roles.RoleBackend")
        answer = client.get(f"/households/{home.pk}/")
        assert (answer.context["head_name"], answer.context["elsewhere"]) == ("在其他辖区", 1)
        assert answer.context["marks"] == ["一户多残"]

    def test_staff_of_a_part_of_the_district_reach_no_other(self, client: Client) -> None:
        far = holder(5, 所属街道="第三街道", 所属社区="西铁社区")
        upload("registry", [far])
        account = user("federation_staff", street="第一街道")
        client.force_login(account, backend="zalainuoer.roles.RoleBackend")
        for act in ("move", "split"):
            assert client.get(f"/people/{person(far).pk}/household/{act}/").status_code == 404
        home = person(far).certificates.get().household
        assert client.get(f"/households/{home.pk}/merge/").status_code == 404
        with pytest.raises(RuleBroken, match="不在您的辖区内"):
            household_move(person=person(TWO), head_number=str(far["身份证号"]), by=account, **how())


class TestTakingBack:
    def test_a_move_is_withdrawn_like_any_other_act_and_its_new_household_goes(self, staff: User) -> None:
        household_move(person=person(TWO), head_number=STRANGER, head_name="赵户主", by=staff, **how())
        case_withdraw(case=CertificateCase.objects.get(), by=staff, reason="办错了人")
        assert heads(TWO) == [("0001-01-01", "9999-12-31", ONE["身份证号"])]
        assert not Household.objects.filter(head_name="赵户主").exists()

    def test_one_persons_part_of_a_merge_is_not_withdrawn_alone(self, staff: User) -> None:
        source = Household.objects.get(pk=person(ONE).certificates.get().household_id)
        household_merge(source=source, head_number=str(THREE["身份证号"]), by=staff, **how())
        with pytest.raises(RuleBroken, match="不能单独撤回"):
            case_withdraw(case=person(TWO).certificate_cases.get(), by=staff, reason="办错了")
        household_move(person=person(TWO), head_number=str(ONE["身份证号"]), by=staff, **how())
        assert heads(TWO)[-1][2] == ONE["身份证号"]
