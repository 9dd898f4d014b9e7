"""按比例就业年审, step by step: who may, what is refused and in which words, what is kept."""

from __future__ import annotations

import datetime
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from employment.models import (
    Audit,
    AuditCertificate,
    AuditOutcome,
    AuditState,
    AuditStep,
    AuditStepKind,
    EmployerYear,
    LevyPayment,
    LevyReminder,
    QuotaSheet,
)
from employment.rules.audits import state_after_push, window_of
from employment.services import audits as services
from tests.deliveries import user
from tests.employment.audit_makers import (
    PAPERS,
    TODAY,
    YEAR,
    certified,
    declared,
    employer,
    first_reviewed,
    official,
    owing,
    pushed,
    ready,
    sheet,
    window,
)
from tests.records import day
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db
NEXT_DAY = TODAY + datetime.timedelta(days=1)
HOW: dict[str, Any] = {"today": TODAY}


def refused(act: Any, **how: Any) -> str:
    with pytest.raises(RuleBroken) as broken:
        act(**{"by": official(), "today": TODAY, **how})
    return broken.value.message


# --- declaring -------------------------------------------------------------------------------------------------------


def test_a_declaration_at_the_window_is_kept_with_its_papers_and_who_took_it() -> None:
    row = declared()
    assert (row.state, row.declared_on, row.papers) == (AuditState.DECLARED, TODAY, PAPERS)
    step = row.steps.get()
    assert (step.kind, step.done_by, step.papers) == (AuditStepKind.DECLARE, official(), PAPERS)


def test_an_employer_declares_once_a_year() -> None:
    row = declared()
    said = refused(services.audit_declare, employer=row.employer, year=YEAR, declared_on=TODAY, papers=[])
    assert "不能再次申报" in said


def test_without_a_window_any_day_of_the_next_year_will_do_and_nothing_is_over() -> None:
    found = window_of(YEAR, today=day("2026-12-31"))
    assert not found.is_maintained
    assert not found.is_over(day("2026-12-31"))
    assert declared(today=day("2026-12-31")).state == AuditState.DECLARED


@pytest.mark.parametrize(
    ("on", "said"),
    [("2026-02-28", "太早"), ("2026-11-01", "截止"), ("2025-12-31", "太早"), ("2026-12-02", "不能晚于今天")],
)
def test_a_declaration_outside_the_window_is_refused(on: str, said: str) -> None:
    window()
    of = ready()
    facts = {"employer": of, "year": YEAR, "papers": PAPERS, "today": day("2026-12-01")}
    assert said in refused(services.audit_declare, declared_on=day(on), **facts)
    assert not Audit.objects.exists()


def test_what_was_declared_in_time_may_be_entered_later() -> None:
    window()
    assert declared(today=day("2026-12-01"), declared_on=day("2026-10-31")).declared_on == day("2026-10-31")


def test_a_window_that_is_no_day_is_told_to_the_administrator() -> None:
    window("三月", "10-31")
    with pytest.raises(RuleBroken, match="不是日期"):
        window_of(YEAR, today=TODAY)


def test_an_employer_that_did_not_exist_in_the_year_has_no_audit() -> None:
    facts = {"year": YEAR, "declared_on": TODAY, "papers": []}
    assert "才成立" in refused(services.audit_declare, employer=employer(1, established_on="2026-01-01"), **facts)
    assert "注销" in refused(services.audit_declare, employer=employer(2, closed_on="2024-12-31"), **facts)


def test_nobody_outside_the_area_and_nobody_without_the_permission_acts() -> None:
    of = ready(street="第二街道")
    facts = {"employer": of, "year": YEAR, "declared_on": TODAY, "papers": []}
    there = user(Role.FEDERATION_STAFF, street="第一街道")
    assert "不在您的辖区内" in refused(services.audit_declare, by=there, **facts)
    assert "不能办理" in refused(services.audit_declare, by=user(Role.STREET_STAFF, street="第二街道"), **facts)
    row = declared(of)
    assert "不在您的辖区内" in refused(services.audit_first_review, audit=row, opinion="", by=there)


# --- completing ------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_asked_for_with_a_day_and_comes_back_to_the_review() -> None:
    row = declared(papers=PAPERS[:3])
    row = services.audit_ask(audit=row, missing="缺工资凭证和社保证明", complete_by=NEXT_DAY, by=official(), **HOW)
    assert (row.state, row.complete_by) == (AuditState.INCOMPLETE, NEXT_DAY)
    assert "不能办理这一步" in refused(services.audit_first_review, audit=row, opinion="")
    row = services.audit_complete(audit=row, papers=PAPERS[3:], note="", by=official(), **HOW)
    assert (row.state, row.missing, row.papers) == (AuditState.DECLARED, "", PAPERS)


def test_asking_says_what_and_until_a_later_day() -> None:
    row = declared()
    assert "请写明" in refused(services.audit_ask, audit=row, missing=" ", complete_by=NEXT_DAY)
    assert "补正期限应晚于今天" in refused(services.audit_ask, audit=row, missing="某", complete_by=TODAY)


def test_a_declaration_without_its_papers_does_not_pass() -> None:
    row = declared(papers=["pledge"])
    assert "劳动合同、服务协议或编制文件" in refused(services.audit_first_review, audit=row, opinion="")


def test_where_nobody_is_placed_only_the_pledge_is_asked_for() -> None:
    row = declared(ready(placed=Decimal(0)), papers=["pledge"])
    row = services.audit_first_review(audit=row, opinion="", by=official(), **HOW)
    assert row.state == AuditState.FIRST_REVIEWED


# --- reviewing -------------------------------------------------------------------------------------------------------


def test_two_people_review_and_the_second_certifies_with_the_figures_of_that_moment() -> None:
    row = certified()
    found = row.certificate
    assert found is not None
    assert (row.state, row.due_yuan, str(found)) == (AuditState.CERTIFIED, Decimal(15000), "〔2026〕第 1 号")
    assert (found.placed, found.headcount, found.gap) == (1, 100, Decimal("0.5"))
    assert (found.quota_ratio, found.gross_yuan, found.net_yuan) == (Decimal("0.015"), 30000, 15000)
    assert (found.wage_total_yuan, found.lines[0]["label"]) == (6000000, "应安排人数")
    QuotaSheet.objects.update(placed=9, lines=[])
    found.refresh_from_db()
    assert (found.placed, len(found.lines)) == (1, 1)


def test_the_first_reviewer_does_not_certify() -> None:
    row = first_reviewed()
    assert "同一人不能再办理复审" in refused(services.audit_certify, audit=row, opinion="")
    assert "同一人不能再办理复审" in refused(services.audit_return, audit=row, opinion="某")


def test_the_database_refuses_one_person_for_both_reviews() -> None:
    row = first_reviewed()
    with pytest.raises(IntegrityError, match="audit_step_one_decision_a_person"), transaction.atomic():
        AuditStep.objects.create(
            audit=row, kind="second_review", outcome="passed", done_on=TODAY, done_by=official("甲"), round=row.round
        )
    with pytest.raises(IntegrityError, match="audit_two_people"), transaction.atomic():
        Audit.objects.filter(pk=row.pk).update(certified_by=official("甲"))


def test_steps_and_certificates_are_not_changed_and_not_deleted() -> None:
    row = certified()
    for change in (
        lambda: row.steps.update(opinion="改"),
        lambda: AuditStep.objects.filter(audit=row).delete(),
        lambda: AuditCertificate.objects.update(placed=9),
        lambda: AuditCertificate.objects.filter(audit_year=YEAR).update(number=7),
        lambda: AuditCertificate.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(InternalError, match=r"Cannot (update|delete)"), transaction.atomic():
            change()


def test_the_second_review_sends_back_with_a_reason_and_the_reviews_begin_again() -> None:
    row = first_reviewed()
    assert "请写明退回的理由" in refused(services.audit_return, audit=row, opinion="", by=official("乙"))
    row = services.audit_return(audit=row, opinion="合同日期不符", by=official("乙"), **HOW)
    assert (row.state, row.first_reviewed_by, row.round) == (AuditState.DECLARED, None, 2)
    row = services.audit_first_review(audit=row, opinion="", by=official("甲"), **HOW)  # again the same
    row = services.audit_certify(audit=row, opinion="", by=official("乙"), **HOW)
    assert row.state == AuditState.CERTIFIED


def test_without_a_sheet_nothing_is_reviewed() -> None:
    row = declared(employer())
    assert "还没有测算" in refused(services.audit_first_review, audit=row, opinion="")


def test_a_sheet_that_wants_parameters_is_not_certified() -> None:
    row = declared(ready(missing=["当地社会平均工资"], net_yuan=None, gross_yuan=None))
    said = refused(services.audit_first_review, audit=row, opinion="")
    assert "参数未维护或数据不全：当地社会平均工资" in said


def test_a_sheet_reckoned_before_the_declaration_is_reckoned_again_first() -> None:
    row = declared(ready(is_undeclared=True))
    assert "没有重新测算" in refused(services.audit_first_review, audit=row, opinion="")


def test_a_sheet_older_than_what_it_was_reckoned_from_is_stale() -> None:
    of = ready()
    QuotaSheet.objects.update(reckoned_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    row = declared(of)
    assert "已经过时" in refused(services.audit_first_review, audit=row, opinion="")


def test_figures_reckoned_anew_since_the_page_was_opened_are_not_passed_unseen() -> None:
    row = first_reviewed()
    before = QuotaSheet.objects.get().reckoned_at
    QuotaSheet.objects.update(reckoned_at=before + datetime.timedelta(seconds=1))
    said = refused(services.audit_certify, audit=row, opinion="", by=official("乙"), sheet_seen=before)
    assert "又重新测算过" in said


def test_an_old_page_decides_nothing() -> None:
    row = declared()
    seen = services.last_step(row)
    services.audit_ask(audit=row, missing="某", complete_by=NEXT_DAY, by=official(), **HOW)
    assert "没有办理" in refused(services.audit_first_review, audit=row, opinion="", seen=seen)


def test_certificates_are_numbered_by_the_year_they_are_issued_in() -> None:
    first, second = certified(ready(1)), certified(ready(2))
    later = certified(ready(3), today=day("2027-01-05"))
    assert [str(row.certificate) for row in (first, second, later)] == [
        "〔2026〕第 1 号",
        "〔2026〕第 2 号",
        "〔2027〕第 1 号",
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_certifications_at_one_moment_have_two_numbers_and_one_audit_has_one() -> None:
    one, other = first_reviewed(ready(1)), first_reviewed(ready(2))
    people = {name: official(name) for name in ("乙", "丙")}
    answers = at_once(
        lambda: services.audit_certify(audit=one, opinion="", by=people["乙"], today=TODAY),
        lambda: services.audit_certify(audit=one, opinion="", by=people["丙"], today=TODAY),
        lambda: services.audit_certify(audit=other, opinion="", by=people["丙"], today=TODAY),
    )
    assert sorted(answer == "done" for answer in answers) == [False, True, True]
    assert any("不能办理这一步" in answer for answer in answers)
    assert sorted(AuditCertificate.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_payments_at_one_moment_do_not_exceed_what_is_due() -> None:
    row, by = pushed(), official()
    pay = {"audit": row, "paid_on": TODAY, "amount_yuan": Decimal(10000), "document": "票1", "by": by, "today": TODAY}
    answers = at_once(lambda: services.payment_add(**pay), lambda: services.payment_add(**pay))
    assert sorted(answer == "done" for answer in answers) == [False, True]
    row.refresh_from_db()
    assert (row.paid_yuan, LevyPayment.objects.count()) == (10000, 1)


def at_once(*acts: Any) -> list[str]:
    """What each of several acts says that begin at the same moment."""
    gate, answers = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        gate.wait()
        try:
            act()
            answers.append("done")
        except RuleBroken as broken:
            answers.append(broken.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- objections ------------------------------------------------------------------------------------------------------


def test_an_objection_within_ten_days_stops_the_push_until_it_is_judged() -> None:
    row = certified()
    row = services.objection_record(audit=row, objected_on=TODAY, content="人数不符", by=official(), **HOW)
    assert row.objection_due_on == day("2026-05-20")
    push = {"audits": [row.pk], "pushed_on": TODAY, "document": "函1号"}
    assert "异议还没有复核" in refused(services.audits_push, **push)
    row = services.objection_judge(audit=row, upheld=False, opinion="核对无误", by=official("乙"), **HOW)
    assert services.audits_push(by=official(), today=TODAY, **push)[0].state == AuditState.PUSHED


def test_an_objection_after_ten_days_comes_too_late() -> None:
    row = certified()
    late = day("2026-05-01")
    said = refused(services.objection_record, audit=row, objected_on=late, content="某", today=late)
    assert "2026-04-30" in said


def test_an_objection_that_is_right_revokes_the_certificate_and_its_number_stays_used() -> None:
    row = certified()
    row = services.objection_record(audit=row, objected_on=TODAY, content="人数不符", by=official(), **HOW)
    row = services.objection_judge(audit=row, upheld=True, opinion="漏算一人", by=official("乙"), **HOW)
    assert (row.state, row.certificate, row.due_yuan) == (AuditState.DECLARED, None, None)
    assert AuditCertificate.objects.get().revoked_reason == "异议成立：漏算一人"
    row = services.audit_first_review(audit=row, opinion="", by=official("乙"), **HOW)
    row = services.audit_certify(audit=row, opinion="", by=official("甲"), **HOW)
    assert row.certificate is not None
    assert row.certificate.number == 2


# --- the tax office --------------------------------------------------------------------------------------------------


def test_what_is_pushed_waits_for_payment_and_whoever_owes_nothing_is_settled() -> None:
    owes, owes_nothing = certified(ready(1)), certified(ready(2, placed=Decimal(2)))
    rows = services.audits_push(
        audits=[owes.pk, owes_nothing.pk], pushed_on=TODAY, document="函1号", by=official(), today=TODAY
    )
    assert [row.state for row in rows] == [AuditState.PUSHED, AuditState.SETTLED]
    assert [row.steps.last().opinion for row in rows] == ["函1号", "函1号"]


def test_a_push_is_all_or_nothing_and_not_before_the_certificate() -> None:
    row, other = certified(ready(1)), first_reviewed(ready(2))
    push = {"pushed_on": TODAY, "document": "函1号"}
    assert "初审通过" in refused(services.audits_push, audits=[row.pk, other.pk], **push)
    assert "至少选择一个" in refused(services.audits_push, audits=[], **push)
    assert "请写明推送文号" in refused(services.audits_push, audits=[row.pk], pushed_on=TODAY, document=" ")
    early = {"pushed_on": day("2026-04-19"), "document": "函1号"}
    assert "不能早于" in refused(services.audits_push, audits=[row.pk], **early)
    row.refresh_from_db()
    assert row.state == AuditState.CERTIFIED


def test_a_part_paid_is_still_owed_and_the_rest_settles() -> None:
    row = pushed()
    pay = {"paid_on": TODAY, "by": official(), "today": TODAY}
    services.payment_add(audit=row, amount_yuan=Decimal(5000), document="票1", **pay)
    row.refresh_from_db()
    assert (row.state, row.outstanding_yuan) == (AuditState.OWING, 10000)
    said = refused(services.payment_add, audit=row, paid_on=TODAY, amount_yuan=Decimal("10000.01"), document="票2")
    assert "超过尚欠的 10000.00 元" in said
    services.payment_add(audit=row, amount_yuan=Decimal(10000), document="票2", **pay)
    row.refresh_from_db()
    assert (row.state, row.paid_yuan) == (AuditState.SETTLED, 15000)
    assert "不能办理这一步" in refused(
        services.payment_add, audit=row, paid_on=TODAY, amount_yuan=Decimal(1), document="票3"
    )


def test_settled_and_owing_follow_from_what_is_due_and_paid() -> None:
    cases = [("0", "0", False), ("10", "10", True), ("10", "0", False), ("10", "0", True), ("10", "4", False)]
    states = [state_after_push(due_yuan=Decimal(d), paid_yuan=Decimal(p), is_owing=o) for d, p, o in cases]
    assert states == ["settled", "settled", "pushed", "owing", "owing"]


def test_the_database_keeps_state_and_payments_together() -> None:
    row = pushed()
    for change in ({"state": "settled"}, {"paid_yuan": 15000}, {"paid_yuan": 15001, "state": "settled"}):
        with pytest.raises(IntegrityError, match=r"audit_(settled_when_paid|paid_within_due)"), transaction.atomic():
            Audit.objects.filter(pk=row.pk).update(**change)


# --- reminders and the credit record ---------------------------------------------------------------------------------


def test_who_owes_is_reminded_in_writing_with_a_number_and_a_day() -> None:
    row = owing()
    made = services.reminder_issue(audit=row, issued_on=TODAY, due_on=NEXT_DAY, by=official(), today=TODAY)
    assert (str(made), made.amount_yuan, made.step.due_on) == ("〔2026〕第 1 号", 15000, NEXT_DAY)
    assert "应晚于" in refused(services.reminder_issue, audit=row, issued_on=TODAY, due_on=TODAY)


def test_who_does_not_owe_is_not_reminded() -> None:
    row = pushed()
    assert "不能办理这一步" in refused(services.reminder_issue, audit=row, issued_on=TODAY, due_on=NEXT_DAY)


def test_a_credit_record_needs_a_reminder_whose_day_is_over() -> None:
    row = owing()
    facts = {"audit": row, "document": "决1号"}
    assert "还没有催缴" in refused(services.credit_add, decided_on=TODAY, **facts)
    services.reminder_issue(audit=row, issued_on=TODAY, due_on=NEXT_DAY, by=official(), today=TODAY)
    assert "期满以后" in refused(services.credit_add, decided_on=NEXT_DAY, today=NEXT_DAY, **facts)
    after = day("2026-04-22")
    record = services.credit_add(decided_on=after, by=official(), today=after, **facts)
    assert (record.due_yuan, record.paid_yuan) == (15000, 0)
    assert record.reminders == [["〔2026〕第 1 号", "2026-04-20", "2026-04-21"]]
    assert "已有一条" in refused(services.credit_add, decided_on=after, today=after, **facts)
    record = services.credit_pushed(record=record, pushed_on=after, by=official(), today=after)
    how = {"record": record, "removed_on": after, "today": after}
    assert "请写明移出的理由" in refused(services.credit_remove, reason="", **how)
    assert services.credit_remove(reason="已缴清", by=official(), **how).removed_on == after


# --- taking back -----------------------------------------------------------------------------------------------------


def test_the_last_step_is_taken_back_and_both_stay_to_be_read() -> None:
    row = declared()
    services.audit_ask(audit=row, missing="某", complete_by=NEXT_DAY, by=official(), **HOW)
    row = services.audit_take_back(audit=row, reason="点错", by=official(), **HOW)
    assert (row.state, row.missing) == (AuditState.DECLARED, "")
    asked, back = row.steps.order_by("pk")[1:]
    assert (back.kind, back.takes_back) == (AuditStepKind.TAKE_BACK, asked)
    row = services.audit_take_back(audit=row, reason="单位报错", by=official(), **HOW)
    assert (row.state, row.declared_on) == (AuditState.NOT_DECLARED, None)
    assert "没有可以撤回的环节" in refused(services.audit_take_back, audit=row, reason="再来")


def test_a_certificate_taken_back_is_revoked_and_may_be_given_again_by_the_same_two() -> None:
    row = services.audit_take_back(audit=certified(), reason="数字有误", by=official("乙"), **HOW)
    assert (row.state, row.certificate) == (AuditState.FIRST_REVIEWED, None)
    assert AuditCertificate.objects.get().revoked_on == TODAY
    assert "同一人" in refused(services.audit_certify, audit=row, opinion="", by=official("甲"))
    row = services.audit_certify(audit=row, opinion="", by=official("乙"), **HOW)
    assert row.certificate is not None
    assert (row.state, row.certificate.number) == (AuditState.CERTIFIED, 2)


def test_a_payment_taken_back_is_owed_again_and_a_reminder_is_withdrawn() -> None:
    row = owing()
    services.reminder_issue(audit=row, issued_on=TODAY, due_on=NEXT_DAY, by=official(), today=TODAY)
    services.payment_add(
        audit=row, paid_on=TODAY, amount_yuan=Decimal(15000), document="票1", by=official(), today=TODAY
    )
    row = services.audit_take_back(audit=row, reason="登错单位", by=official(), **HOW)
    assert (row.state, row.paid_yuan, LevyPayment.objects.count()) == (AuditState.OWING, 0, 0)
    row = services.audit_take_back(audit=row, reason="登错单位", by=official(), **HOW)
    assert LevyReminder.objects.get().withdrawn_on == TODAY
    row = services.audit_take_back(audit=row, reason="登错单位", by=official(), **HOW)
    row = services.audit_take_back(audit=row, reason="没有发出", by=official(), **HOW)
    assert (row.state, row.pushed_on) == (AuditState.CERTIFIED, None)


def test_who_is_on_the_credit_list_comes_off_it_before_anything_is_taken_back() -> None:
    row = owing()
    services.reminder_issue(audit=row, issued_on=TODAY, due_on=NEXT_DAY, by=official(), today=TODAY)
    after = day("2026-04-22")
    services.credit_add(audit=row, decided_on=after, document="决1号", by=official(), today=after)
    assert "请先移出" in refused(services.audit_take_back, audit=row, reason="某", today=after)


def test_what_the_sheet_was_reckoned_from_may_change_after_the_certificate() -> None:
    row = certified()
    EmployerYear.objects.update(wage_total_yuan=1)
    sheet(employer(2))
    row.refresh_from_db()
    assert row.certificate is not None
    assert (row.due_yuan, row.certificate.wage_total_yuan) == (15000, 6000000)
    assert row.steps.filter(outcome=AuditOutcome.PASSED).count() == 2
