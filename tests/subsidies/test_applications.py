"""Applications for a subsidy: every rule of the way from the counter to the grant or the refusal."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from registry.models import SocialAssistance
from subsidies.models import (
    Application,
    ApplicationState,
    ApplicationStep,
    Grant,
    ObjectionState,
    Outcome,
    Paper,
    StepKind,
)
from subsidies.services import applications as services
from subsidies.tasks import close_publicity
from tests.records import day, holder, person
from tests.subsidies.desks import (
    APPLIED,
    BASIC,
    LIVING,
    NURSING,
    PAPERS,
    accept,
    at_civil,
    civil,
    close,
    counter,
    federation,
    on_show,
    poor,
    review,
    standard,
)
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.models import CalendarDay, Division
from zalainuoer.common.working_days import WorkingDays

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
ZONE = datetime.timezone(datetime.timedelta(hours=8))


def steps(row: Application) -> list[tuple[str, str]]:
    return [(step.kind, step.outcome) for step in row.steps.all()]


def refused(call: Any, *args: Any, **how: Any) -> str:
    """The sentence with which something is refused."""
    with pytest.raises(RuleBroken) as caught:
        call(*args, **how)
    return caught.value.message


def object_to(row: Application, **change: Any) -> Any:
    facts = {"content": "家里有两套房", "received_on": APPLIED, "by": counter(), "today": APPLIED, **change}
    return services.objection_record(application=row, **facts)


def judge(objection: Any, *, upheld: bool, by: Any = None, **change: Any) -> Any:
    facts = {"opinion": "经核实", "today": day("2025-09-25"), **change}
    return services.objection_resolve(objection=objection, upheld=upheld, by=by or civil("民政乙"), **facts)


# taken in


def test_a_complete_application_at_the_streets_counter_goes_to_its_first_review() -> None:
    row = accept(poor())
    assert (row.state, row.completed_on) == (ApplicationState.FIRST_REVIEW, APPLIED)
    assert steps(row) == [("accept", "done")]
    assert row.recorded_by == counter()


def test_a_guardian_brings_papers_of_their_own() -> None:
    row = accept(poor(), applicant="guardian", applicant_name="王监护")
    assert row.missing == Paper.GUARDIAN.label
    other = accept(poor(2), applicant="guardian", applicant_name="王监护", papers=[*PAPERS[LIVING], Paper.GUARDIAN])
    assert other.state == ApplicationState.FIRST_REVIEW


def test_an_agent_brings_a_mandate_and_is_named() -> None:
    assert accept(poor(), applicant="agent", applicant_name="张代办").missing == Paper.MANDATE.label
    assert "请填写代办人姓名" in refused(accept, poor(2), applicant="agent")


def test_what_is_said_of_an_agent_is_not_kept_of_whoever_comes_in_person() -> None:
    row = accept(poor(), applicant="self", applicant_name="张代办", applicant_phone="13900000000")
    assert (row.applicant_name, row.applicant_phone) == ("", None)


def test_for_a_child_a_guardians_papers_are_asked_for_whoever_comes() -> None:
    assert accept(poor(born="2015-03-01")).missing == Paper.GUARDIAN.label


def test_everybody_may_apply_and_the_rules_stand_in_nobodys_way() -> None:
    row = accept(holder())  # on no 低保
    verdicts = row.steps.get().verdicts
    assert row.state == ApplicationState.FIRST_REVIEW
    assert [sentence for sentence, _, holds in verdicts if not holds] == [f"{APPLIED}不属于低保家庭"]


def test_without_a_certificate_there_is_nothing_to_apply_for() -> None:
    assert "没有残疾人证" in refused(accept, person())


def test_the_need_of_care_is_asked_for_the_nursing_subsidy() -> None:
    assert "长期照护" in refused(accept, poor(), subsidy=NURSING, needs_care=None)
    row = accept(poor(2), subsidy=NURSING, needs_care=False, papers=BASIC)
    assert row.state == ApplicationState.FIRST_REVIEW  # no care paper is asked of whoever says that none is needed
    assert row.steps.get().verdicts[-1] == [services.judging.NO_CARE, "国发〔2015〕52号 补贴对象", False]


def test_a_street_takes_in_its_own_people_only() -> None:
    outsider = poor(street="第二街道")
    assert "不在您的辖区内" in refused(accept, outsider, by=counter())
    other = Division.objects.get(name="第二街道")
    assert "应由第一街道受理" in refused(accept, poor(2), accepted_in=other)


def test_what_another_place_took_in_comes_to_the_federation_and_has_three_three_and_four_days() -> None:
    elsewhere = {"accepted_elsewhere": "满洲里市某镇", "by": federation("残联乙")}
    assert "由区残联接收" in refused(accept, poor(), accepted_elsewhere="满洲里市某镇")
    row = accept(poor(2), **elsewhere)
    assert (row.due_on, row.accepted_in) == (day("2025-09-25"), None)
    row = review(row, counter())
    assert row.due_on == day("2025-09-25")
    row = review(row, federation())
    assert row.due_on == day("2025-09-26")


def test_a_place_is_named_and_only_one() -> None:
    both = {"accepted_elsewhere": "满洲里市", "by": federation()}
    somebody = poor()
    assert "两者填一项" in refused(accept, somebody, accepted_in=somebody.community.parent, **both)
    assert "两者填一项" in refused(accept, somebody, accepted_in=None)


def test_days_that_cannot_be_are_refused() -> None:
    assert "不能晚于今天" in refused(accept, poor(), applied_on=day("2025-09-23"), today=APPLIED)
    assert "2016-01-01" in refused(accept, poor(2), applied_on=day("2015-12-31"), today=APPLIED)
    assert "首次发证日期" in refused(accept, poor(3), applied_on=day("2019-04-30"), today=APPLIED)


def test_there_is_one_open_application_a_person_and_subsidy() -> None:
    somebody = poor()
    accept(somebody)
    assert "已有一份申请正在办理" in refused(accept, somebody)
    assert accept(somebody, subsidy=NURSING).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            person=somebody,
            subsidy=LIVING,
            state="first_review",
            applied_on=APPLIED,
            arrived_on=APPLIED,
            accepted_in=somebody.community.parent,
        )


def test_whoever_receives_the_subsidy_need_not_apply_and_may_once_the_right_has_lapsed() -> None:
    standard()
    somebody = poor()
    on_show(somebody)
    close("2025-10-17")
    assert "正在发放或只是暂停" in refused(accept, somebody, applied_on=day("2025-11-03"))
    SocialAssistance.objects.filter(person=somebody).update(ends_on="2025-10-20")
    assert accept(somebody, applied_on=day("2025-12-01")).state == ApplicationState.FIRST_REVIEW


# one notice


def test_missing_papers_are_told_once_and_all_of_them() -> None:
    row = accept(poor(), papers=[Paper.FORM, Paper.IDENTITY])
    assert (row.state, row.due_on, row.noticed_on) == (ApplicationState.SUPPLEMENT, None, APPLIED)
    assert row.missing == "残疾人证；社会保障卡或银行卡；低保等困难家庭证明"
    assert steps(row) == [("accept", "done"), ("notice", "done")]


def test_the_clock_runs_from_the_day_the_papers_are_complete() -> None:
    row = accept(poor(), papers=[Paper.FORM, Paper.IDENTITY])
    brought = [Paper.CERTIFICATE, Paper.ACCOUNT]
    how = {"application": row, "by": counter("窗口乙"), "today": day("2025-09-24")}
    sentence = refused(services.application_complete, papers=brought, **how)
    assert "还缺：低保等困难家庭证明" in sentence
    assert "只有一次" in sentence
    row = services.application_complete(papers=[*brought, Paper.HARDSHIP], **how)
    assert (row.state, row.completed_on) == (ApplicationState.FIRST_REVIEW, day("2025-09-24"))
    assert (row.missing, row.due_on) == ("", day("2025-09-30"))  # 25, 26, Sunday 28 (made up), 29, 30
    assert row.applied_on == APPLIED


def test_after_the_notice_the_street_does_not_ask_for_papers_again() -> None:
    row = accept(poor(), papers=BASIC)
    row = services.application_complete(application=row, papers=[Paper.HARDSHIP], by=counter(), today=APPLIED)
    assert "不能再次要求补正" in refused(review, row, counter(), passed=False, returned=True)


def test_what_is_not_wanting_is_not_completed() -> None:
    row = accept(poor())
    assert "不需要补正" in refused(services.application_complete, application=row, by=counter(), today=APPLIED)


# three desks and their working days


def test_three_desks_pass_it_on_and_a_fourth_step_puts_it_on_show() -> None:
    standard()
    row = accept(poor())
    row = review(row, counter(), opinion="属实")
    assert row.state == ApplicationState.FEDERATION_REVIEW
    row = review(row, federation())
    assert row.state == ApplicationState.CIVIL_REVIEW
    row = review(row, civil())
    assert (row.state, row.amount_yuan) == (ApplicationState.PUBLICITY, 125)
    assert steps(row)[1:] == [(desk.kind, "passed") for desk in services.DESKS.values()]
    assert row.steps.get(kind=StepKind.FIRST_REVIEW).opinion == "属实"


def test_limits_count_working_days_over_holidays_and_make_up_days() -> None:
    """Five days of the street from Monday 22: Friday 26 and, worked for the holiday, Sunday 28 count."""
    row = accept(poor())
    assert row.due_on == day("2025-09-28")
    row = review(row, counter(), on=day("2025-09-28"))
    assert row.due_on == day("2025-10-11")  # 29, 30, the 9th, the 10th, and Saturday the 11th, which is worked
    assert row.steps.get(kind="first_review").due_on == day("2025-09-28")
    row = review(row, federation(), on=day("2025-10-11"))
    assert row.due_on == day("2025-10-24")


def test_without_a_calendar_the_limit_is_said_not_to_be_known() -> None:
    CalendarDay.objects.filter(day__year=2025).delete()
    row = accept(poor())
    assert row.due_on is None
    words, _ = services.time_left(WorkingDays.read(), row.due_on, APPLIED)
    assert words == "期限未算（工作日历未维护）"


def test_without_a_calendar_nothing_goes_on_show() -> None:
    standard()
    row = at_civil(poor())
    CalendarDay.objects.filter(day__year=2025).delete()
    with pytest.raises(ParameterMissing, match="2025年节假日"):
        review(row, civil())


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2025-09-26", "还剩 1 个工作日"),
        ("2025-09-28", "今天到期"),
        ("2025-09-29", "已超期 1 个工作日"),
        ("2025-10-09", "已超期 3 个工作日"),
    ],
)
def test_what_is_left_is_said_in_working_days(today: str, words: str) -> None:
    assert services.time_left(WorkingDays.read(), day("2025-09-28"), day(today))[0] == words


# nobody decides twice


def test_nobody_reviews_two_steps_of_a_case() -> None:
    row = review(accept(poor()), somebody := counter())
    somebody.role = "federation_staff"
    somebody.save()
    assert "不能办理两个审核环节" in refused(review, row, somebody)


def test_the_database_refuses_the_second_decision_where_two_acts_race() -> None:
    row = review(accept(poor()), counter())
    again = ApplicationStep(
        application=row, kind="federation_review", outcome="passed", done_on=APPLIED, done_by=counter()
    )
    with pytest.raises(IntegrityError, match="application_step_one_decision_a_person"), transaction.atomic():
        again.save()
    sentence = refused(services.cases.step, row, "federation_review", Outcome.PASSED, by=counter(), today=APPLIED)
    assert "已办理过这份申请的另一个审核环节" in sentence


def test_whoever_took_it_in_may_do_the_first_review_and_no_other() -> None:
    row = accept(poor(), by=federation())
    row = review(row, counter())
    assert "是您受理的" in refused(review, row, federation())
    assert review(row, federation("残联乙")).state == ApplicationState.CIVIL_REVIEW


def test_each_desk_is_its_own_offices() -> None:
    standard()
    row = accept(poor())
    assert "不由您的岗位办理" in refused(review, row, federation())
    assert "不由您的岗位办理" in refused(review, row, civil())
    row = review(row, counter())
    assert "不由您的岗位办理" in refused(review, row, counter("窗口乙"))
    row = review(row, federation())
    assert "“民政审定”不由您的岗位办理" in refused(review, row, federation("残联乙"))
    assert row.state == ApplicationState.CIVIL_REVIEW


def test_a_street_does_not_review_another_streets_case() -> None:
    row = accept(poor())
    assert "不在您的辖区内" in refused(review, row, counter("二街甲", "第二街道"))


def test_a_step_once_done_is_neither_changed_nor_deleted() -> None:
    step = accept(poor()).steps.get()
    step.opinion = "改写"
    for act in (step.save, step.delete):
        with pytest.raises(InternalError, match="application_step_is_only_added"), transaction.atomic():
            act()


# opinions, refusals, returns


def test_a_negative_opinion_travels_on_and_only_civil_affairs_refuses() -> None:
    row = review(accept(holder()), counter(), passed=False, opinion="不在低保")
    assert row.state == ApplicationState.FEDERATION_REVIEW
    row = review(row, federation(), passed=False, opinion="同街道意见")
    assert row.state == ApplicationState.CIVIL_REVIEW
    row = review(row, civil(), passed=False, opinion="没有纳入低保")
    assert (row.state, row.reason, row.decided_on) == (ApplicationState.REFUSED, "没有纳入低保", APPLIED)
    assert row.due_on == day("2025-09-25")  # to be told within three working days
    assert [step.opinion for step in row.steps.all()][1:] == ["不在低保", "同街道意见", "没有纳入低保"]


def test_civil_affairs_may_pass_what_the_desks_before_it_did_not() -> None:
    standard()
    row = review(accept(poor()), counter(), passed=False)
    row = review(row, federation(), passed=False)
    assert review(row, civil()).state == ApplicationState.PUBLICITY


def test_a_refusal_needs_written_reasons_and_keeps_every_failed_clause() -> None:
    row = at_civil(holder(level="4", status="frozen", status_on="2025-08-01"))
    assert "请写明不同意的理由" in refused(review, row, civil(), passed=False, opinion="  ")
    row = review(row, civil(), passed=False, opinion="证件冻结，也没有低保")
    kept = [sentence for sentence, _, holds in row.steps.get(kind="civil_review").verdicts if not holds]
    assert len(kept) == 2
    assert any("冻结" in sentence for sentence in kept)
    assert any("不属于低保家庭" in sentence for sentence in kept)
    with pytest.raises(IntegrityError, match="application_refused_with_reason"), transaction.atomic():
        Application.objects.filter(pk=row.pk).update(reason="")


def test_what_no_month_may_be_paid_for_cannot_be_passed_and_all_that_fails_is_said() -> None:
    standard()
    sentence = refused(review, at_civil(holder(level="4", status="frozen", status_on="2025-08-01")), civil())
    assert "不属于低保家庭" in sentence
    assert "冻结" in sentence


def test_without_a_standard_nothing_is_passed() -> None:
    assert "参数未维护" in refused(review, at_civil(poor()), civil())


def test_who_needs_no_care_is_not_passed() -> None:
    standard(NURSING)
    row = at_civil(poor(), subsidy=NURSING, needs_care=False)
    assert services.judging.NO_CARE in refused(review, row, civil())


def test_a_desk_returns_it_once_and_it_comes_back_to_that_desk() -> None:
    row = review(accept(poor()), counter())
    how: dict[str, Any] = {"passed": False, "returned": True}
    row = review(row, federation(), opinion="补残疾人证复印件", **how)
    assert (row.state, row.due_on, row.missing) == (ApplicationState.SUPPLEMENT, None, "补残疾人证复印件")
    row = services.application_complete(application=row, by=counter(), today=day("2025-09-25"), note="已补")
    assert (row.state, row.resumes_at) == (ApplicationState.FEDERATION_REVIEW, "")
    assert row.due_on == day("2025-10-09")  # 26, 28, 29, 30, the 9th: anew
    assert "不能再次要求补正" in refused(review, row, federation(), **how)
    row = review(row, federation())  # a return decides nothing: the same person may go on
    assert review(row, civil(), opinion="补户口簿", **how).state == ApplicationState.SUPPLEMENT


def test_the_state_an_old_page_was_filled_in_upon_no_longer_decides() -> None:
    row = review(accept(poor()), counter())
    assert "打开页面之后" in refused(review, row, federation(), seen=ApplicationState.FIRST_REVIEW)
    assert "打开页面之后" in refused(
        services.application_withdraw, application=row, reason="撤回", by=counter(), today=APPLIED, seen="supplement"
    )


# 公示, objections, the grant


def test_it_is_on_show_for_five_working_days_after_the_first() -> None:
    standard()
    row = on_show(poor())
    assert (row.publicity_from, row.publicity_until) == (APPLIED, day("2025-09-28"))
    shown = [offset for offset in range(-1, 9) if Application.objects.on_show(APPLIED + offset * DAY).exists()]
    assert shown == list(range(7))


def test_what_is_passed_on_a_holiday_is_on_show_from_the_next_working_day() -> None:
    standard()
    row = on_show(poor(), on=day("2025-10-03"))
    assert (row.publicity_from, row.publicity_until) == (day("2025-10-09"), day("2025-10-15"))


def test_the_grant_begins_in_the_month_of_applying() -> None:
    standard()
    row = review(at_civil(poor(), on=APPLIED), civil(), on=day("2025-11-20"))
    assert close(row.publicity_until) == 0  # its last day is still a day of it
    assert close("2025-11-28") == 1
    grant = Grant.objects.get()
    assert (grant.first_month, grant.granted_on, grant.application) == (day("2025-09-01"), day("2025-11-28"), row)
    assert grant.granted_by == civil()  # a person has decided; the end of 公示 only grants
    row.refresh_from_db()
    assert (row.state, row.due_on) == (ApplicationState.GRANTED, day("2025-12-03"))
    assert steps(row)[-1] == ("publicity_over", "done")


def test_closing_twice_grants_once_and_a_missed_night_is_made_up() -> None:
    standard()
    on_show(poor())
    assert [close("2025-10-20"), close("2025-10-20"), close("2025-10-21")] == [1, 0, 0]
    assert Grant.objects.count() == 1


def test_the_nightly_task_closes(time_machine: Any) -> None:
    standard()
    on_show(poor())
    time_machine.move_to(datetime.datetime(2025, 10, 9, 1, 30, tzinfo=ZONE))
    close_publicity()
    assert Application.objects.get().state == ApplicationState.GRANTED


def test_closing_many_takes_as_many_statements_as_closing_one() -> None:
    standard()

    def statements(people: range) -> int:
        for n in people:
            on_show(poor(n))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert close("2025-10-09") == len(people)
        return len(queries)

    assert statements(range(1, 2)) == statements(range(2, 6))


def test_an_open_objection_keeps_it_from_being_granted_until_it_is_dismissed() -> None:
    standard()
    row = on_show(poor())
    objection = object_to(row)
    assert close("2025-10-09") == 0
    judge(objection, upheld=False)
    assert close("2025-10-09") == 1


def test_an_objection_upheld_refuses_with_its_reason() -> None:
    standard()
    row = on_show(poor())
    judge(object_to(row), upheld=True, opinion="家庭收入超过标准")
    row.refresh_from_db()
    assert (row.state, row.reason) == (ApplicationState.REFUSED, "公示期间收到的异议经核实成立：家庭收入超过标准")
    assert close("2025-10-09") == 0
    assert not Grant.objects.exists()


def test_an_objection_is_judged_by_somebody_of_civil_affairs_who_has_decided_nothing_of_the_case() -> None:
    standard()
    row = on_show(poor())
    objection = object_to(row)
    assert "由其他人处理" in refused(judge, objection, upheld=True, by=civil())
    assert "没有办理这一环节的权限" in refused(judge, objection, upheld=True, by=federation("残联乙"))
    assert judge(objection, upheld=False).state == ObjectionState.DISMISSED
    assert "已经处理" in refused(judge, objection, upheld=True)


def test_the_same_person_may_judge_a_second_objection() -> None:
    standard()
    row = on_show(poor())
    first, second = object_to(row), object_to(row, content="另有工作")
    judge(first, upheld=False)
    assert Application.objects.filter(services.waiting_for(civil("民政乙"))).exists()
    judge(second, upheld=True)
    row.refresh_from_db()
    assert row.state == ApplicationState.REFUSED


def test_objections_are_taken_while_it_is_on_show_only() -> None:
    standard()
    row = at_civil(poor())
    assert "不在公示中" in refused(object_to, row)
    row = review(row, civil())
    assert "早于公示开始" in refused(object_to, row, received_on=day("2025-09-21"))
    assert "不能晚于今天" in refused(object_to, row, received_on=day("2025-09-23"))


# told, withdrawn


def test_the_applicant_is_told_once_after_the_decision() -> None:
    row = at_civil(holder())
    tell = services.application_notified
    how = {"by": counter(), "today": day("2025-09-25")}
    assert "还没有结果" in refused(tell, application=row, on=APPLIED, **how)
    row = review(row, civil(), passed=False, on=day("2025-09-23"))
    assert "早于决定日期" in refused(tell, application=row, on=APPLIED, **how)
    assert tell(application=row, on=day("2025-09-24"), **how).notified_on == day("2025-09-24")
    assert "已于 2025-09-24 告知" in refused(tell, application=row, on=day("2025-09-25"), **how)


def test_an_application_is_withdrawn_wherever_it_lies_and_made_again() -> None:
    standard()
    somebody = poor()
    row = on_show(somebody)
    how = {"by": counter(), "today": APPLIED}
    assert "请写明撤回的原因" in refused(services.application_withdraw, application=row, reason=" ", **how)
    row = services.application_withdraw(application=row, reason="本人书面要求", **how)
    assert row.state == ApplicationState.WITHDRAWN
    assert close("2025-10-09") == 0
    assert "不能撤回" in refused(services.application_withdraw, application=row, reason="再撤", **how)
    assert accept(somebody, applied_on=day("2025-10-09")).state == ApplicationState.FIRST_REVIEW


# whose turn it is


def test_the_worklist_knows_whose_turn_it_is() -> None:
    standard()
    row = accept(poor())
    people = {
        "counter": counter(),
        "street": counter("初审甲"),
        "other": counter("二街甲", "第二街道"),
        "federation": federation(),
        "civil": civil(),
        "civil 2": civil("民政乙"),
    }

    def waits_for() -> set[str]:
        rows = {
            name: Application.objects.visible_to(user).filter(services.waiting_for(user))
            for name, user in people.items()
        }
        return {name for name, found in rows.items() if found.exists()}

    assert waits_for() == {"counter", "street"}
    row = review(row, people["street"])
    assert waits_for() == {"federation"}
    row = review(row, people["federation"])
    assert waits_for() == {"civil", "civil 2"}
    row = review(row, people["civil"])
    assert waits_for() == set()
    objection = object_to(row)
    assert waits_for() == {"civil 2"}
    judge(objection, upheld=False)
    close("2025-10-09")
    assert waits_for() == {"counter", "street"}  # to be told


def test_counts_tell_what_lies_where_and_what_is_late() -> None:
    accept(poor(1))
    review(accept(poor(2)), counter("初审甲"))
    accept(poor(3), papers=BASIC)
    counts = services.counted(Application.objects.all(), counter(), today=day("2025-09-29"))
    assert (counts["first_review"], counts["federation_review"], counts["supplement"]) == (1, 1, 1)
    assert (counts["overdue"], counts["first_review_overdue"], counts["mine"]) == (2, 1, 2)
