"""求职登记 and 推介: what each step writes, what it refuses, and that each can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from employment.models import EmploymentMonth, EmploymentRecord, JobReferral, JobSeeker, Vacancy
from employment.services import seeking
from tests.deliveries import user
from tests.employment.jobs_makers import TODAY, clerk, seeker, sent, vacancy, worked
from tests.records import day, holder
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> JobSeeker:
    return seeker(holder(1))


@pytest.fixture
def offer() -> Vacancy:
    return vacancy()


def hire(referral: JobReferral, **change: Any) -> JobReferral:
    facts = {"form": "quota", "started_on": TODAY, "by": clerk(), "today": TODAY, **change}
    return seeking.referral_hire(referral=referral, **facts)


def answer(referral: JobReferral, outcome: str, **change: Any) -> JobReferral:
    facts = {"outcome_on": TODAY, "reason": "说明", "by": clerk(), "today": TODAY, **change}
    return seeking.referral_answer(referral=referral, outcome=outcome, **facts)


def status(who: JobSeeker) -> str:
    who.refresh_from_db()
    return who.status


def test_a_person_registers_once_at_a_time(who: JobSeeker) -> None:
    facts: Any = {"by": clerk(), "today": TODAY, "registered_on": TODAY, "education": 2}
    with pytest.raises(RuleBroken, match="没有结束的求职登记"):
        seeking.seeker_save(person=who.person, **facts)
    seeking.seeker_end(seeker=who, ended_on=TODAY, reason="回乡", found_work=False, by=clerk(), today=TODAY)
    assert seeking.seeker_save(person=who.person, **facts).status == "seeking"


def test_a_registration_lies_not_in_the_future_and_an_ended_one_is_not_changed(who: JobSeeker) -> None:
    with pytest.raises(RuleBroken, match="不能晚于今天"):
        seeking.seeker_save(seeker=who, by=clerk(), today=TODAY, registered_on=day("2025-06-21"))
    seeking.seeker_end(seeker=who, ended_on=TODAY, reason="回乡", found_work=False, by=clerk(), today=TODAY)
    with pytest.raises(RuleBroken, match="已经结束"):
        seeking.seeker_save(seeker=who, by=clerk(), today=TODAY, education=3)


def test_whoever_finds_work_alone_is_employed(who: JobSeeker) -> None:
    seeking.seeker_end(seeker=who, ended_on=TODAY, reason="自谋职业", found_work=True, by=clerk(), today=TODAY)
    assert status(who) == "employed"


def test_a_referral_makes_the_seeker_referred_and_a_refusal_seeking_again(who: JobSeeker, offer: Vacancy) -> None:
    referral = sent(who, offer)
    assert status(who) == "referred"
    answer(referral, "interview", reason="")
    assert status(who) == "referred"
    answer(referral, "refused")
    assert status(who) == "seeking"


@pytest.mark.parametrize("outcome", ["refused", "declined"])
def test_whoever_is_not_hired_is_told_why(who: JobSeeker, offer: Vacancy, outcome: str) -> None:
    with pytest.raises(RuleBroken, match="请写明原因"):
        answer(sent(who, offer), outcome, reason=" ")


def test_a_hired_seeker_is_employed_at_the_employer_in_the_same_act(who: JobSeeker, offer: Vacancy) -> None:
    referral = hire(sent(who, offer), started_on=TODAY)
    record = EmploymentRecord.objects.get()
    assert (record.person, record.employer, record.form, record.post) == (who.person, offer.employer, "quota", "保洁员")
    assert (record.started_on, referral.employment) == (TODAY, record)
    assert status(who) == "employed"
    assert who.ended_on == TODAY


def test_a_hiring_taken_back_takes_the_employment_with_it(who: JobSeeker, offer: Vacancy) -> None:
    referral = hire(sent(who, offer))
    seeking.referral_take_back(referral=referral, reason="录错", by=clerk())
    referral.refresh_from_db()
    assert (referral.outcome, referral.employment, EmploymentRecord.objects.count()) == ("waiting", None, 0)
    assert status(who) == "referred"
    seeking.referral_take_back(referral=referral, reason="录错", by=clerk())
    referral.refresh_from_db()
    assert referral.outcome == "withdrawn"
    assert status(who) == "seeking"
    with pytest.raises(RuleBroken, match="已经撤回"):
        seeking.referral_take_back(referral=referral, reason="录错", by=clerk())


def test_a_hiring_with_months_on_file_is_not_taken_back(who: JobSeeker, offer: Vacancy) -> None:
    referral = hire(sent(who, offer))
    EmploymentMonth.objects.create(
        record=referral.employment, month="2025-06-01", wage_yuan=2500, is_pension_paid=True, is_medical_paid=True
    )
    with pytest.raises(RuleBroken, match="逐月工资社保"):
        seeking.referral_take_back(referral=referral, reason="录错", by=clerk())
    assert EmploymentRecord.objects.count() == 1


def test_a_hiring_that_is_refused_leaves_nothing_behind(who: JobSeeker, offer: Vacancy) -> None:
    referral = sent(who, offer)
    worked(who.person, "2025-06-01")
    with pytest.raises(RuleBroken, match="登记为在业"):
        hire(referral)
    referral.refresh_from_db()
    assert (referral.outcome, EmploymentRecord.objects.count()) == ("waiting", 1)
    assert status(who) == "referred"


@pytest.mark.parametrize(("started_on", "sentence"), [("2025-06-19", "早于推介日期"), ("2025-06-21", "不能晚于今天")])
def test_work_begins_between_the_referral_and_today(
    who: JobSeeker, offer: Vacancy, started_on: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        hire(sent(who, offer), started_on=day(started_on))


def test_what_has_an_outcome_gets_no_second_one(who: JobSeeker, offer: Vacancy) -> None:
    referral = hire(sent(who, offer))
    with pytest.raises(RuleBroken, match="已经有了结果"):
        answer(referral, "refused")


def test_nobody_is_recommended_against_a_hard_clause(who: JobSeeker) -> None:
    with pytest.raises(RuleBroken, match="残疾类别中没有此人的类别（就业促进法 第二十九条）"):
        sent(who, vacancy(categories=["1"]))
    assert JobReferral.objects.count() == 0
    assert status(who) == "seeking"


def test_a_wish_that_is_not_met_forbids_nothing(who: JobSeeker) -> None:
    assert sent(who, vacancy(trades=["massage"])).outcome == "waiting"


def test_a_registration_with_an_open_referral_is_not_ended(who: JobSeeker, offer: Vacancy) -> None:
    sent(who, offer)
    with pytest.raises(RuleBroken, match="还有没有结果的推介"):
        seeking.seeker_end(seeker=who, ended_on=TODAY, reason="回乡", found_work=False, by=clerk(), today=TODAY)


def test_whoever_may_not_record_writes_nothing(who: JobSeeker, offer: Vacancy) -> None:
    community_worker = user(Role.LEADERSHIP)
    with pytest.raises(RuleBroken, match="不能办理"):
        sent(who, offer, by=community_worker)


def test_a_hiring_without_an_employers_form_names_the_workplace(who: JobSeeker, offer: Vacancy) -> None:
    hire(sent(who, offer), form="flexible")
    assert EmploymentRecord.objects.get().workplace == offer.employer.name
