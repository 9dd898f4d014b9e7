"""A child's way from screening to rehabilitation, act by act; institutions; children without a certificate."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from registry.models import Person
from registry.services.children import child_register
from registry.services.merging import people_merge
from rehab.models import ChildApplication, ChildCase, ChildStage
from rehab.pipeline import limit_of, overdue, turn_of
from rehab.services import children
from rehab.services.institutions import check_add, designation_add, designation_end, institution_save
from tests.deliveries import id_number, user
from tests.records import certificate, community, day
from tests.rehabilitation import (
    TODAY,
    applied,
    approved,
    approver,
    child,
    diagnosed,
    grant,
    institution,
    screened,
    step,
    training,
)
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.models import Parameter, Role
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db


# the way


def test_a_child_is_walked_from_screening_to_training() -> None:
    case = training(child(), institution())
    assert case.stage == ChildStage.TRAINING
    kinds = list(case.steps.values_list("kind", flat=True))
    assert kinds == ["screening", "rescreening", "diagnosis", "informing", "application", "decision", "placement"]
    assert (grant(case.person).cap_yuan, grant(case.person).settled_yuan) == (15000, 0)


@pytest.mark.parametrize(("on", "says"), [("2030-03-01", "8 周岁"), ("2021-03-01", "早于出生日期")])
def test_who_is_screened_is_0_to_7(on: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        children.case_screen(
            person=child(), screened_on=day(on), result="positive", place="某院", done_by="", by=None, today=day(on)
        )


def test_a_child_of_7_is_screened_and_not_granted() -> None:
    case = applied_at_seven = diagnosed(child(born="2018-06-01"))
    step(case, "inform", "2026-02-25", done_by="社区")
    with pytest.raises(RuleBroken, match="申请当天已 7 周岁"):
        children.case_apply(
            case=applied_at_seven,
            on=day("2026-03-01"),
            guardian_name="王",
            guardian_phone="13900002222",
            by=None,
            today=TODAY,
        )


def test_on_the_day_before_the_seventh_birthday_a_child_may_still_apply() -> None:
    assert applied(child(born="2019-03-02"), on="2026-03-01").stage == ChildStage.DECIDING


def test_a_negative_screening_ends_the_case_and_another_may_follow() -> None:
    somebody = child()
    assert screened(somebody, result="negative").stage == ChildStage.NEGATIVE
    assert screened(somebody, "2026-06-01").stage == ChildStage.RESCREENING


def test_one_case_at_a_time() -> None:
    somebody = child()
    screened(somebody)
    with pytest.raises(RuleBroken, match="已有一份个案"):
        screened(somebody)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildCase.objects.create(person=somebody, stage="diagnosis", since_on=TODAY, screened_on=TODAY)


def test_an_excluded_diagnosis_ends_the_case_without_a_category() -> None:
    case = screened(child())
    step(case, "rescreen", "2026-02-10", result="positive", place="妇幼保健院", done_by="")
    step(case, "diagnose", "2026-02-20", result="excluded", category="autism", place="区医院", done_by="")
    assert (case.stage, case.category, case.ended_on) == (ChildStage.EXCLUDED, "", day("2026-02-20"))


def test_a_diagnosis_names_a_category() -> None:
    case = screened(child())
    step(case, "rescreen", "2026-02-10", result="positive", place="妇幼保健院", done_by="")
    with pytest.raises(RuleBroken, match="必须选择救助类别"):
        step(case, "diagnose", "2026-02-20", result="confirmed", category="", place="区医院", done_by="")


def test_steps_come_in_their_order_and_never_before_the_one_before() -> None:
    case = screened(child())
    with pytest.raises(RuleBroken, match="待复筛"):
        step(case, "inform", "2026-02-25", done_by="社区")
    with pytest.raises(RuleBroken, match="早于上一步“初筛”"):
        step(case, "rescreen", "2026-01-31", result="positive", place="妇幼保健院", done_by="")
    with pytest.raises(RuleBroken, match="晚于今天"):
        step(case, "rescreen", "2026-12-31", result="positive", place="妇幼保健院", done_by="")


def test_a_refusal_has_its_reasons_in_writing_and_another_application_may_follow() -> None:
    case = applied(child())
    with pytest.raises(RuleBroken, match="请写明理由"):
        children.case_decide(case=case, on=day("2026-03-05"), is_approved=False, by=approver(), today=TODAY)
    children.case_decide(
        case=case, on=day("2026-03-05"), is_approved=False, reason="缺诊断证明", by=approver(), today=TODAY
    )
    case.refresh_from_db()
    children.case_apply(
        case=case, on=day("2026-04-01"), guardian_name="王", guardian_phone="13900002222", by=None, today=TODAY
    )
    assert list(ChildApplication.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "pending"]


def test_one_application_a_child_and_year() -> None:
    case = approved(child())
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildApplication.objects.create(
            person=case.person,
            case=case,
            year=2026,
            applied_on=TODAY,
            guardian_name="王",
            guardian_phone="13900002222",
            guardian_phone_index=case.person.id_index,
            state="pending",
        )


def test_without_the_parameter_nothing_is_granted() -> None:
    case = applied(child())
    Parameter.objects.filter(key="rehab.child_grant_yuan").update(value=None)
    with pytest.raises(ParameterMissing, match="参数未维护"):
        children.case_decide(case=case, on=day("2026-03-05"), is_approved=True, by=approver(), today=TODAY)


def test_the_cap_is_that_of_the_day_of_application() -> None:
    Parameter.objects.create(
        key="rehab.child_grant_yuan", name="限额", value=18000, effective_from="2026-03-02", document="某文"
    )
    assert grant(approved(child(1), on="2026-03-01").person).cap_yuan == 15000
    assert grant(approved(child(2), on="2026-03-02").person).cap_yuan == 18000


def test_a_street_records_and_does_not_decide() -> None:
    street = user(Role.STREET_STAFF, street="第一街道")
    case = applied(child())
    with pytest.raises(RuleBroken, match="不能办理"):
        children.case_decide(case=case, on=day("2026-03-05"), is_approved=True, by=street, today=TODAY)
    elsewhere = screened(child(2, street="第二街道"))
    with pytest.raises(RuleBroken, match="辖区"):
        children.case_rescreen(
            case=elsewhere, on=TODAY, result="positive", place="某院", done_by="", by=street, today=TODAY
        )


def test_what_another_has_changed_is_not_written_over() -> None:
    case = screened(child())
    with pytest.raises(RuleBroken, match="又有变化"):
        children.case_rescreen(
            case=case, on=TODAY, result="positive", place="某院", done_by="", by=None, today=TODAY, seen=1
        )


# stuck


@pytest.mark.parametrize(("on", "late"), [("2026-03-03", False), ("2026-03-04", True)])
def test_a_positive_screening_without_a_second_one_is_overdue_after_30_days(on: str, late: bool) -> None:
    case, parameters = screened(child(), "2026-02-01"), Parameters(on=day(on))
    assert limit_of(case, parameters) == day("2026-03-03")
    assert ChildCase.objects.filter(overdue(day(on), parameters)).exists() is late


@pytest.mark.parametrize(("on", "late"), [("2026-03-22", False), ("2026-03-23", True)])
def test_the_diagnosed_apply_within_30_days_of_the_diagnosis_informed_or_not(on: str, late: bool) -> None:
    case, parameters = diagnosed(child(), on="2026-02-20"), Parameters(on=day(on))
    step(case, "inform", "2026-02-25", done_by="社区")
    assert limit_of(case, parameters) == day("2026-03-22")
    assert ChildCase.objects.filter(overdue(day(on), parameters)).exists() is late


def test_whose_turn_it_is_follows_the_stage_until_somebody_is_named() -> None:
    case = screened(child())
    assert turn_of(case) == "卫生健康部门"
    children.case_hand_over(case=case, owner=approver(), office="区残联", by=None, today=TODAY)
    case = ChildCase.objects.get()
    assert turn_of(case) == "陈同志（区残联）"
    step(case, "rescreen", "2026-11-20", result="positive", place="妇幼保健院", done_by="")
    assert (turn_of(case), case.owner) == ("卫生健康部门", None)


# taken back


def test_the_latest_step_is_taken_back_and_the_first_takes_the_case_with_it() -> None:
    case = diagnosed(child())
    children.step_withdraw(case=case, by=None, reason="录错")
    case.refresh_from_db()
    assert (case.stage, case.category, case.diagnosed_on) == (ChildStage.DIAGNOSIS, "", None)
    children.step_withdraw(case=case, by=None, reason="录错")
    assert children.step_withdraw(case=case, by=None, reason="录错") is None
    assert not ChildCase.objects.exists()


def test_a_decision_is_not_taken_back() -> None:
    with pytest.raises(RuleBroken, match="不能撤回"):
        children.step_withdraw(case=approved(child()), by=None, reason="录错")


# institutions


def test_only_an_institution_designated_for_the_category_on_the_day_is_chosen() -> None:
    case = approved(child())
    hearing = institution("听力中心", categories=("hearing",))
    late = institution("新中心", since="2026-06-01")
    for at in (hearing, late):
        with pytest.raises(RuleBroken, match="没有这一类别的定点资格"):
            children.case_place(case=case, institution=at, on=day("2026-03-10"), by=None, today=TODAY)


def test_a_failed_check_suspends_from_its_day_until_a_later_one_passes() -> None:
    at, case = institution(), approved(child())
    for on, result in (("2026-03-10", "failed"), ("2026-05-01", "passed")):
        check_add(
            institution=at, checked_on=day(on), result=result, document="", note="消防不合格", by=None, today=TODAY
        )
    with pytest.raises(RuleBroken, match="年度检查不合格"):
        children.case_place(case=case, institution=at, on=day("2026-03-10"), by=None, today=TODAY)
    children.case_place(case=case, institution=at, on=day("2026-05-01"), by=None, today=TODAY)


def test_rectifying_does_not_suspend_and_says_why() -> None:
    at = institution()
    with pytest.raises(RuleBroken, match="检查意见"):
        check_add(
            institution=at, checked_on=day("2026-03-01"), result="rectify", document="", note="", by=None, today=TODAY
        )
    check_add(
        institution=at, checked_on=day("2026-03-01"), result="rectify", document="", note="补师资", by=None, today=TODAY
    )
    assert training(child(), at).stage == ChildStage.TRAINING


def test_a_full_institution_takes_nobody_and_a_child_that_leaves_makes_room() -> None:
    small, other = institution("小中心", capacity=1), institution("大中心")
    first, second = training(child(1), small), approved(child(2))
    with pytest.raises(RuleBroken, match="已满员"):
        children.case_place(case=second, institution=small, on=day("2026-03-20"), by=None, today=TODAY)
    children.case_place(case=first, institution=other, on=day("2026-04-01"), by=None, today=TODAY)
    children.case_place(case=second, institution=small, on=day("2026-04-01"), by=None, today=TODAY)
    assert first.placements.get(ends_on__isnull=False).ends_on == day("2026-03-31")


def test_designations_of_a_category_do_not_overlap_and_are_ended() -> None:
    at = institution()
    with pytest.raises(RuleBroken, match="已有"):
        designation_add(institution=at, categories=["autism"], starts_on=TODAY, ends_on=None, document="乙文", by=None)
    designation_end(designation=at.designations.get(), ends_on=day("2026-06-30"), by=None, reason="到期")
    designation_add(
        institution=at, categories=["autism"], starts_on=day("2026-07-01"), ends_on=None, document="乙文", by=None
    )


def test_an_account_number_is_checked_and_an_empty_one_kept() -> None:
    at = institution()
    with pytest.raises(RuleBroken, match="银行账号"):
        institution_save(institution=at, by=None, reason="改", account_number="12ab")
    institution_save(institution=at, by=None, reason="改", capacity=12)
    at.refresh_from_db()
    assert (at.capacity, at.account_number) == (12, "6200001234567890128")


# the close of a year


def test_a_closed_year_ends_its_grant_and_the_next_is_applied_for() -> None:
    case = training(child(), institution())
    children.case_close_year(case=case, on=TODAY, assessment="进步明显", by=approver(), today=TODAY)
    case.refresh_from_db()
    assert (case.stage, grant(case.person).state) == (ChildStage.CLOSED, "closed")
    children.case_apply(
        case=case,
        on=day("2027-01-05"),
        guardian_name="王",
        guardian_phone="13900002222",
        by=None,
        today=day("2027-01-05"),
    )
    case.refresh_from_db()
    children.case_decide(case=case, on=day("2027-01-06"), is_approved=True, by=approver(), today=day("2027-01-06"))
    case.refresh_from_db()
    assert case.stage == ChildStage.TRAINING  # still placed


def test_an_ended_case_frees_its_place() -> None:
    at = institution(capacity=1)
    case = training(child(1), at)
    with pytest.raises(RuleBroken, match="还没有结项"):
        children.case_end(case=case, on=TODAY, reason="迁出", by=None, today=TODAY)
    children.case_close_year(case=case, on=TODAY, assessment="好", by=approver(), today=TODAY)
    children.case_end(case=case, on=TODAY, reason="迁出", by=None, today=TODAY)
    assert case.placements.get().ends_on == TODAY


# children without a certificate


def register(n: int = 7, *, born: str = "2022-03-01", **change: object) -> object:
    facts = {
        "id_number": id_number(n, born=born),
        "name": "白小",
        "community": community(),
        "guardian_name": "白大",
        "guardian_phone": "13900003333",
        "by": None,
        "today": TODAY,
        **change,
    }
    return child_register(**facts)  # type: ignore[arg-type]


def test_a_child_without_a_certificate_becomes_a_person_with_a_guardian() -> None:
    found = register()
    assert found.is_new  # type: ignore[attr-defined]
    person = Person.objects.get()
    assert (person.name, person.guardian_name, person.guardian_phone) == ("白小", "白大", "13900003333")
    assert (person.born_on, person.community) == (day("2022-03-01"), community())


def test_a_known_child_is_found_and_not_doubled_nor_changed() -> None:
    register()
    again = register(guardian_name="别人")
    assert not again.is_new  # type: ignore[attr-defined]
    assert Person.objects.get().guardian_name == "白大"


def test_a_holder_is_found_too() -> None:
    somebody = child(9)
    certificate(somebody)
    found = register(9, name=somebody.name)
    assert found.person == somebody  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id_number": "150799202203010019"}, "校验码"),
        ({"born": "2010-12-31"}, "已满 16 周岁"),
        ({"born": "2026-12-01"}, "晚于今天"),
        ({"guardian_phone": "123"}, "监护人电话"),
        ({"guardian_name": ""}, "监护人姓名"),
    ],
)
def test_the_checks_are_those_of_the_sheet(change: dict[str, str], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        register(**change)  # type: ignore[arg-type]
    assert not Person.objects.exists()


def test_a_number_under_another_name_is_refused() -> None:
    register()
    with pytest.raises(RuleBroken, match="不一致"):
        register(name="黑小")


def test_outside_the_area_nothing_is_registered_and_nothing_told() -> None:
    street = user(Role.STREET_STAFF, street="第二街道")
    with pytest.raises(RuleBroken, match="不在您的辖区内"):
        register(by=street)
    register()
    with pytest.raises(RuleBroken, match="辖区以外已有档案") as told:
        register(by=street)
    assert "白小" not in told.value.message


# two files of one child


def merge(kept: Person, gone: Person) -> None:
    people_merge(kept=kept, gone=gone, by=approver(), reason="同一名儿童", on=TODAY)


def test_cases_that_are_over_are_all_kept_when_two_files_become_one() -> None:
    kept, gone = child(1), child(2)
    screened(kept, result="negative")
    screened(gone, "2026-05-01", result="negative")
    screened(gone, "2026-06-01")
    merge(kept, gone)
    assert kept.childcases.count() == 3
    assert kept.childcases.open().count() == 1


def test_two_open_cases_are_not_silently_made_one() -> None:
    kept, gone = child(1), child(2)
    screened(kept)
    screened(gone)
    with pytest.raises(RuleBroken, match="各有一份“儿童个案”"):
        merge(kept, gone)
    assert ChildCase.objects.count() == 2
