"""The pages of job services: what they show to whom, what they write, what they refuse, and how much they ask."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from employment.models import (
    EmploymentRecord,
    FairAttendance,
    GraduatePlan,
    JobFair,
    JobReferral,
    JobSeeker,
    PublicPost,
    PublicPostHolder,
    RoleModel,
    ShelteredOrganisation,
    ShelteredPlace,
    StartUp,
    Vacancy,
)
from employment.services import placing, seeking
from registry.models import Person
from registry.services.facts import version
from tests.deliveries import user
from tests.employment.jobs_makers import TODAY, clerk, employer, federation, seeker, sent, vacancy, worked
from tests.records import community, day, holder
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine("2025-06-20T09:00:00+08:00", tick=False)]
LISTS = (
    "job_seeker_list", "job_referral_list", "public_post_list", "sheltered_list", "job_fair_list", "graduate_list",
    "start_up_list", "role_model_list", "new_jobs_people",
)  # fmt: skip


@pytest.fixture
def street() -> Client:
    return client_of(clerk())


@pytest.fixture
def office() -> Client:
    return client_of(federation())


def a_post(**change: Any) -> PublicPost:
    facts = {"kind": "cleaner", "unit": "某社区", "street": community().parent, "number": 1, "starts_on": "2024-01-01"}
    return PublicPost.objects.create(**{**facts, **change})


def an_organisation(**change: Any) -> ShelteredOrganisation:
    return ShelteredOrganisation.objects.create(
        **{"name": "某工疗站", "place": "某路", "capacity": 1, "since": "2024-01-01", **change}
    )


def everything_about(person: Person) -> JobReferral:
    """A row of every register."""
    referral = sent(seeker(person), vacancy(post=f"岗{person.pk}"), by=federation())
    post = PublicPost.objects.first() or a_post(number=50)
    PublicPostHolder.objects.create(
        post=post,
        person=person,
        is_of_jobless_household=True,
        member_name="王某",
        relation="配偶",
        member_from="2025-01-01",
    )
    place = ShelteredOrganisation.objects.first() or an_organisation(capacity=50)
    record = worked(person, "2025-02-01", "2025-03-01", form="sheltered")
    ShelteredPlace.objects.create(organisation=place, record=record)
    fair = JobFair.objects.first() or JobFair.objects.create(
        kind="job_fair", name="春季招聘会", held_on="2025-03-01", place="广场"
    )
    FairAttendance.objects.create(fair=fair, person=person)
    GraduatePlan.objects.create(person=person, school="某学院", graduated_on="2025-06-01", wants_work=True)
    StartUp.objects.create(person=person, project="小店", support="money", supported_on="2025-04-01", document="某文")
    RoleModel.objects.create(person=person, kind="working", year=2025, deeds="自立自强")
    return referral


def shown(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_every_list_is_empty_and_says_so(office: Client) -> None:
    for name in (*LISTS, "vacancy_list"):
        assert "empty" in shown(office, name), name


@pytest.mark.parametrize("name", LISTS)
def test_a_street_sees_its_own_people_only(street: Client, office: Client, name: str) -> None:
    everything_about(holder(1))
    everything_about(holder(3, street="第二街道"))
    link = 'href="/people/{}/"'
    own, other = Person.objects.order_by("pk")
    said = shown(street, name)
    if name not in ("public_post_list", "sheltered_list", "job_fair_list"):
        assert link.format(own.pk) in said
        assert link.format(other.pk) in shown(office, name)
    assert link.format(other.pk) not in said


def test_every_page_of_something_opens_and_is_closed_to_another_street(office: Client) -> None:
    referral = everything_about(holder(1))
    there = client_of(clerk("第二街道"))
    plan, start_up = GraduatePlan.objects.get(), StartUp.objects.get()
    pages = [
        ("job_seeker", referral.seeker_id), ("job_seeker_change", referral.seeker_id),
        ("job_seeker_end", referral.seeker_id), ("job_seeker_matches", referral.seeker_id),
        ("job_referral", referral.pk), ("job_referral_outcome", referral.pk), ("job_referral_undo", referral.pk),
        ("graduate", plan.pk), ("graduate_change", plan.pk), ("graduate_contact_add", plan.pk),
        ("start_up_change", start_up.pk), ("start_up_withdraw", start_up.pk),
        ("fair_attendance_withdraw", FairAttendance.objects.get().pk),
        ("public_post_holder_leave", PublicPostHolder.objects.get().pk),
        ("sheltered_place_leave", ShelteredPlace.objects.get().pk),
    ]  # fmt: skip
    person = referral.seeker.person_id
    adds = ("job_seeker_add", "public_post_holder_add", "sheltered_place_add", "graduate_add", "start_up_add")
    pages += [(name, person) for name in (*adds, "fair_attendance_add")]
    for name, key in pages:
        shown(office, name, key)
        assert there.get(reverse(name, args=[key])).status_code == 404, name
    for name, key in (("role_model_of_person", person), ("role_model_change", RoleModel.objects.get().pk)):
        shown(office, name, key)
        assert there.get(reverse(name, args=[key])).status_code == 403, name


def test_pages_about_places_count_the_others_and_do_not_name_them() -> None:
    referral = everything_about(holder(1, street="第二街道"))
    street, post = client_of(clerk("第一街道")), PublicPost.objects.get()
    pages = (
        ("vacancy", referral.vacancy_id, "别的街道的推介 1 次"),
        ("public_post", post.pk, "另有别的街道的 1 人"),
        ("sheltered", ShelteredOrganisation.objects.get().pk, "另有别的街道的 1 人"),
        ("job_fair", JobFair.objects.get().pk, "另有别的街道的 1 人"),
    )
    for name, key, sentence in pages:
        said = shown(street, name, key)
        assert sentence in said
        assert f"/people/{referral.seeker.person_id}/" not in said
        assert "王" not in said.replace("王某", "")


def test_a_member_of_the_household_is_named_behind_a_mask(office: Client) -> None:
    everything_about(holder(1))
    said = shown(office, "public_post", PublicPost.objects.get().pk)
    assert "王*" in said or "王＊" in said
    assert "王某" not in said


def test_whoever_is_shown_people_is_written_down(street: Client) -> None:
    everything_about(holder(1))
    AccessLog.objects.all().delete()
    for name in ("job_seeker_list", "graduate_list", "new_jobs_people"):
        shown(street, name)
    assert list(AccessLog.objects.values_list("act", "people")) == [(AccessAct.SEARCH, 1)] * 3


def test_the_way_from_registration_to_the_figure(street: Client, office: Client) -> None:
    somebody, offer = holder(1), vacancy()
    added = street.post(
        reverse("job_seeker_add", args=[somebody.pk]),
        {"registered_on": "2025-06-01", "education": "2", "skills": ["cleaning"], "wanted": ["cleaning"]},
    )
    who = JobSeeker.objects.get()
    assert added.headers["Location"] == reverse("job_seeker", args=[who.pk])
    assert "推介" in shown(street, "job_seeker_matches", who.pk)
    assert "残疾类别适合" in shown(street, "vacancy_matches", offer.pk)
    street.post(reverse("job_referral_add", args=[who.pk, offer.pk]), {"sent_on": "2025-06-20"})
    referral = JobReferral.objects.get()
    street.post(
        reverse("job_referral_outcome", args=[referral.pk]),
        {"outcome": "hired", "outcome_on": "2025-06-20", "form": "quota", "reason": ""},
    )
    assert EmploymentRecord.objects.get().person == somebody
    assert "五年累计 1 人，目标 100 人" in shown(office, "new_jobs")
    assert "还差 99 人" in shown(office, "new_jobs")
    assert f"/people/{somebody.pk}/" in shown(office, "new_jobs_people", year="2025", form="quota")
    assert f"/people/{somebody.pk}/" not in shown(office, "new_jobs_people", year="2024")
    street.post(reverse("job_referral_undo", args=[referral.pk]), {"reason": "录错"})
    assert "五年累计 0 人" in shown(office, "new_jobs")


def test_a_hiring_without_a_form_is_told_so_and_writes_nothing(street: Client) -> None:
    referral = sent(seeker(holder(1)), vacancy())
    answer = street.post(
        reverse("job_referral_outcome", args=[referral.pk]), {"outcome": "hired", "outcome_on": "2025-06-20"}
    )
    assert "请选择就业形式" in answer.content.decode()
    assert EmploymentRecord.objects.count() == 0


def test_whom_a_hard_clause_forbids_stands_with_the_reason_and_cannot_be_sent(street: Client) -> None:
    who, offer = seeker(holder(1)), vacancy(categories=["1"])
    said = shown(street, "job_seeker_matches", who.pk, show="others")
    assert "单位登记的残疾类别中没有此人的类别" in said
    assert "就业促进法 第二十九条" in said
    assert reverse("job_referral_add", args=[who.pk, offer.pk]) not in said
    answer = street.post(reverse("job_referral_add", args=[who.pk, offer.pk]), {"sent_on": "2025-06-20"})
    assert "不能推介" in answer.content.decode()
    assert JobReferral.objects.count() == 0


def test_a_vacancy_is_registered_changed_and_withdrawn(street: Client) -> None:
    facts = {
        "employer": employer().pk, "post": "门卫", "number": "2", "wage_yuan": "2300", "education": "0",
        "registered_on": "2025-06-01", "valid_until": "2025-07-31", "categories": ["4"],
    }  # fmt: skip
    street.post(reverse("vacancy_add"), facts)
    offer = Vacancy.objects.get()
    assert (offer.categories, offer.number) == (["4"], 2)
    shown(street, "vacancy_change", offer.pk)
    street.post(reverse("vacancy_change", args=[offer.pk]), {**facts, "number": "3", "seen": version(offer)})
    offer.refresh_from_db()
    assert offer.number == 3
    street.post(reverse("vacancy_withdraw", args=[offer.pk]), {"reason": "录错"})
    assert Vacancy.objects.count() == 0


def test_a_vacancy_somebody_was_sent_to_is_not_withdrawn(street: Client) -> None:
    referral = sent(seeker(holder(1)), vacancy())
    answer = street.post(reverse("vacancy_withdraw", args=[referral.vacancy_id]), {"reason": "录错"})
    assert "还有别的登记用到它" in answer.content.decode()


def test_a_street_registers_vacancies_of_its_own_employers_only(street: Client) -> None:
    elsewhere = employer(2, street="第二街道")
    facts = {
        "employer": elsewhere.pk, "post": "门卫", "number": "2", "wage_yuan": "2300", "education": "0",
        "registered_on": "2025-06-01", "valid_until": "2025-07-31",
    }  # fmt: skip
    street.post(reverse("vacancy_add"), facts)
    assert Vacancy.objects.count() == 0
    offer = vacancy(employer=elsewhere)
    assert street.get(reverse("vacancy_change", args=[offer.pk])).status_code == 404
    assert "保洁员" in shown(street, "vacancy", offer.pk)


def test_what_stands_in_the_registers_is_entered_by_forms(office: Client) -> None:
    somebody = holder(1)
    office.post(
        reverse("public_post_add"),
        {
            "kind": "cleaner",
            "unit": "某社区",
            "street": community().parent_id,
            "number": "2",
            "starts_on": "2025-01-01",
        },
    )
    office.post(reverse("sheltered_add"), {"name": "某工疗站", "place": "某路", "capacity": "5", "since": "2025-01-01"})
    office.post(
        reverse("job_fair_add"),
        {"kind": "job_fair", "name": "招聘会", "held_on": "2025-03-01", "place": "广场", "participants": "30"},
    )
    fair = JobFair.objects.get()
    office.post(reverse("fair_attendance_add", args=[somebody.pk]), {"fair": fair.pk})
    office.post(
        reverse("graduate_add", args=[somebody.pk]),
        {"school": "某学院", "graduated_on": "2025-06-01", "wants_work": "yes", "steps": "一\n二", "outcome": "open"},
    )
    plan = GraduatePlan.objects.get()
    office.post(reverse("graduate_contact_add", args=[plan.pk]), {"contacted_on": "2025-06-10", "note": "电话了解意向"})
    office.post(
        reverse("start_up_add", args=[somebody.pk]),
        {
            "project": "小店",
            "support": "money",
            "amount_yuan": "3000",
            "supported_on": "2025-04-01",
            "document": "某文",
        },
    )
    office.post(
        reverse("role_model_of_person", args=[somebody.pk]), {"kind": "founding", "year": "2025", "deeds": "自立自强"}
    )
    office.post(
        reverse("role_model_add"), {"employer": employer().pk, "kind": "unit", "year": "2025", "deeds": "安置多人"}
    )
    office.post(
        reverse("public_post_holder_add", args=[somebody.pk]),
        {"post": PublicPost.objects.get().pk, "starts_on": "2025-06-01"},
    )
    assert plan.wants_work is True
    assert "电话了解意向" in shown(office, "graduate", plan.pk)
    assert [each.person for each in FairAttendance.objects.all()] == [somebody]
    assert RoleModel.objects.count() == 2
    assert StartUp.objects.get().amount_yuan == Decimal(3000)
    record = EmploymentRecord.objects.get()
    assert (record.form, record.workplace, record.post) == ("public_post", "某社区", "保洁员")
    assert "某工疗站" in shown(office, "sheltered_list")


def test_rows_entered_by_mistake_are_withdrawn_unless_others_rest_on_them(office: Client) -> None:
    everything_about(holder(1))
    rows = (
        ("graduate", GraduatePlan), ("start_up", StartUp), ("role_model", RoleModel), ("fair_attendance", FairAttendance),
    )  # fmt: skip
    fair, place = JobFair.objects.get(), ShelteredOrganisation.objects.get()
    for name, key in (("job_fair_withdraw", fair.pk), ("sheltered_withdraw", place.pk)):
        answer = office.post(reverse(name, args=[key]), {"reason": "录错"})
        assert "还有别的登记用到它" in answer.content.decode(), name
    for name, model in rows:
        office.post(reverse(f"{name}_withdraw", args=[model.objects.get().pk]), {"reason": "录错"})
        assert model.objects.count() == 0, name
    office.post(reverse("job_fair_withdraw", args=[fair.pk]), {"reason": "录错"})
    assert JobFair.objects.count() == 0


def test_one_role_model_is_one_thing(office: Client) -> None:
    answer = office.post(
        reverse("role_model_add"),
        {"employer": employer().pk, "name": "李某", "kind": "unit", "year": "2025", "deeds": "安置多人"},
    )
    assert "请只填一项" in answer.content.decode()
    assert RoleModel.objects.count() == 0


def test_numbers_of_people_are_refused_in_free_text(office: Client) -> None:
    answer = office.post(
        reverse("start_up_add", args=[holder(1).pk]),
        {"project": "店 13800001111", "support": "money", "supported_on": "2025-04-01", "document": "某文"},
    )
    assert "请不要写身份证号、电话等号码" in answer.content.decode()


def test_the_rate_of_graduates_counts_those_who_want_work(office: Client) -> None:
    for n, (wants, outcome) in enumerate([(True, "employed"), (True, "open"), (False, "studying"), (None, "open")]):
        GraduatePlan.objects.create(
            person=holder(2 * n + 1), school="某学院", graduated_on="2025-06-01", wants_work=wants, outcome=outcome,
            outcome_on=None if outcome == "open" else "2025-06-10",
        )  # fmt: skip
    said = shown(office, "graduate_list")
    assert "有就业意愿 2 人，已就业或创业 1 人，就业率 50.0%；另有 1 人还没有问过意愿。" in said


def test_the_plans_target_for_sheltered_work_is_a_sentence_with_its_source(office: Client) -> None:
    assert "现有 0 所，还差 1 所（“十四五”残疾人事业发展规划 专栏3第4项）" in shown(office, "sheltered_list")
    an_organisation()
    assert "现有 1 所，已经达到" in shown(office, "sheltered_list")


def test_an_export_says_why_and_holds_the_lists_rows(office: Client) -> None:
    everything_about(holder(1))
    for name in (*(each.replace("_list", "") for each in LISTS[:-1]), "vacancy"):
        url = reverse(f"{name}_export")
        assert office.get(url).status_code == 200
        answer = office.post(url, {"reason": "交各街道联系"})
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert book.active.max_row >= 2
    answer = office.post(reverse("new_jobs_export"), {"reason": "核对"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[1][1:3] == (Person.objects.get().name, Person.objects.get().id_number)
    assert AccessLog.objects.filter(act=AccessAct.EXPORT, reason="核对", people=1).exists()


def test_a_street_exports_nothing_and_keeps_no_posts(street: Client) -> None:
    for name in ("job_seeker_export", "new_jobs_export", "public_post_add", "sheltered_add", "role_model_add"):
        assert street.get(reverse(name)).status_code == 403, name


def test_the_person_page_tells_everything_and_offers_what_may_be_done(street: Client) -> None:
    referral = everything_about(holder(1))
    said = shown(street, "person", referral.seeker.person_id)
    for words in ("求职与就业服务", "公益性岗位上岗", "某工疗站", "春季招聘会", "小店，资金补助", "某学院，未落实"):
        assert words in said, words
    assert reverse("start_up_add", args=[referral.seeker.person_id]) in said


def test_statements_do_not_grow_with_the_rows(office: Client) -> None:
    def statements() -> dict[str, int]:
        found = {}
        for name in (*LISTS, "vacancy_list", "jobs_desk", "new_jobs"):
            with CaptureQueriesContext(connection) as captured:
                shown(office, name)
            found[name] = len(captured)
        return found

    referral = everything_about(holder(1))
    shown(office, "jobs_desk")
    before = statements()
    for n in range(3, 15, 2):
        everything_about(holder(n))
    assert statements() == before
    with CaptureQueriesContext(connection) as captured:
        shown(office, "vacancy_matches", referral.vacancy_id)
        shown(office, "job_seeker_matches", referral.seeker_id)
    assert len(captured) < 30


class TestPlaces:
    def fill(self, person: Person, **change: Any) -> PublicPostHolder:
        facts = {"starts_on": TODAY, "is_of_jobless_household": False, "by": clerk(), "today": TODAY, **change}
        return placing.post_fill(person=person, **{"post": PublicPost.objects.first() or a_post(), **facts})

    def test_a_full_post_takes_nobody_until_somebody_leaves(self) -> None:
        first = self.fill(holder(1), starts_on=day("2025-05-01"))
        second = holder(3)
        with pytest.raises(RuleBroken, match="1 个名额"):
            self.fill(second)
        placing.post_leave(holder=first, ended_on=day("2025-06-19"), reason="期满", by=clerk(), today=TODAY)
        assert self.fill(second).record is not None

    def test_a_place_entered_by_mistake_goes_with_its_employment(self) -> None:
        holder_ = self.fill(holder(1))
        client = client_of(clerk())
        client.post(reverse("public_post_holder_withdraw", args=[holder_.pk]), {"reason": "录错"})
        assert (PublicPostHolder.objects.count(), EmploymentRecord.objects.count()) == (0, 0)
        facts: Any = {"organisation": an_organisation(), "starts_on": TODAY, "by": clerk(), "today": TODAY}
        place = placing.sheltered_fill(person=holder(3, category="5"), **facts)
        client.post(reverse("sheltered_place_withdraw", args=[place.pk]), {"reason": "录错"})
        assert (ShelteredPlace.objects.count(), EmploymentRecord.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"born": "1960-01-01"}, "就业年龄段"),
            ({"expires_on": "2025-06-19"}, "有效期"),
        ],
    )
    def test_whoever_does_not_qualify_is_told_why(self, change: dict[str, Any], sentence: str) -> None:
        with pytest.raises(RuleBroken, match=sentence):
            self.fill(holder(1, **change))
        assert EmploymentRecord.objects.count() == 0

    def test_whoever_is_at_work_is_not_placed_again(self) -> None:
        somebody = holder(1)
        worked(somebody, "2025-01-01")
        with pytest.raises(RuleBroken, match="在业"):
            self.fill(somebody)

    def test_a_member_of_a_jobless_household_takes_the_post_without_an_employment(self) -> None:
        old = holder(1, born="1950-01-01")
        placed = self.fill(old, is_of_jobless_household=True, member_name="王某", relation="女儿")
        assert placed.record is None
        assert EmploymentRecord.objects.count() == 0
        with pytest.raises(RuleBroken, match="零就业残疾人家庭"):
            self.fill(holder(3), member_name="王某", relation="女儿", post=a_post(unit="乙"))

    @pytest.mark.parametrize(
        ("category", "level", "may"),
        [("5", "4", True), ("6", "3", True), ("4", "2", True), ("4", "3", False), ("1", "1", False)],
    )
    def test_sheltered_work_is_for_minds_and_severe_bodies(self, category: str, level: str, may: bool) -> None:
        facts: Any = {"organisation": an_organisation(), "starts_on": TODAY, "by": clerk(), "today": TODAY}
        somebody = holder(1, category=category, level=level)
        if may:
            assert placing.sheltered_fill(person=somebody, **facts).record.form == "sheltered"
        else:
            with pytest.raises(RuleBroken, match="不是智力、精神残疾，也不是重度（一级、二级）肢体残疾"):
                placing.sheltered_fill(person=somebody, **facts)

    def test_an_organisation_holds_as_many_as_it_can(self) -> None:
        facts: Any = {"organisation": an_organisation(), "starts_on": TODAY, "by": clerk(), "today": TODAY}
        place = placing.sheltered_fill(person=holder(1), **facts)
        with pytest.raises(RuleBroken, match="已经满了"):
            placing.sheltered_fill(person=holder(3), **facts)
        placing.sheltered_leave(place=place, ended_on=TODAY, reason="离开", by=clerk(), today=TODAY)
        assert EmploymentRecord.objects.get().ended_on == TODAY


def test_the_interface_lists_the_own_area_and_masks() -> None:
    everything_about(holder(1))
    everything_about(holder(3, street="第二街道"))
    reader = client_of(user(Role.FEDERATION_STAFF, street="第一街道"))
    for path, count in (("job-seekers", 1), ("job-referrals", 1), ("vacancies", 2), ("job-fairs", 1)):
        answer = reader.get(f"/api/v1/employment/{path}/").json()
        assert len(answer["results"]) == count, path
        assert Person.objects.order_by("pk")[0].name not in str(answer) or path == "vacancies"


def test_a_reader_without_the_permission_sees_no_page() -> None:
    leader = client_of(user(Role.LEADERSHIP))
    assert {leader.get(reverse(name)).status_code for name in (*LISTS, "jobs_desk", "new_jobs")} == {403}


def test_the_desk_says_what_waits(street: Client) -> None:
    sent(seeker(holder(1)), vacancy())
    seeker(holder(3))
    said = shown(street, "jobs_desk")
    assert "1 次" in said
    assert "最久的等了 0 天" in said
    assert seeking.SERVICE
