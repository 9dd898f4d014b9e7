"""The pages of applications: the worklist, a case with its acts, taking in, the letters, the person file's part."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from subsidies.models import Application, ApplicationState, Paper
from subsidies.services import applications as services
from tests.records import benefit, day, holder, person
from tests.subsidies.desks import (
    APPLIED,
    BASIC,
    LIVING,
    NURSING,
    PAPERS,
    accept,
    account,
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
from tests.visiting import client_of
from zalainuoer.common.models import AccessAct, AccessLog, Role, User

pytestmark = pytest.mark.django_db
ZONE = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture(autouse=True)
def monday(time_machine: Any) -> None:
    """The day of applying, at nine."""
    time_machine.move_to(datetime.datetime(2025, 9, 22, 9, 0, tzinfo=ZONE), tick=False)


def text_of(somebody: User, name: str, *args: Any, query: str = "") -> str:
    answer = client_of(somebody).get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def add(somebody: User, of: Any, subsidy: str = LIVING, **change: Any) -> Any:
    facts = {"applicant": "self", "applied_on": "2025-09-22", "papers": PAPERS[LIVING], **change}
    return client_of(somebody).post(reverse("application_add", args=[of.pk, subsidy]), facts)


def send(somebody: User, row: Application, act: str, **facts: Any) -> Any:
    seen = facts.pop("seen", row.state)
    return client_of(somebody).post(reverse("application", args=[row.pk]), {"act": act, "seen": seen, **facts})


def noted() -> AccessLog:
    return AccessLog.objects.latest("pk")


# the worklist


def test_the_list_shows_each_desk_with_what_lies_there_and_notes_who_looked() -> None:
    accept(poor(1))
    review(accept(poor(2)), counter())
    text = text_of(counter(), "application_list")
    assert "待街道初审" in text
    assert "还剩 5 个工作日" in text
    assert "2 份未办结" in text
    assert "150799" not in text
    assert (noted().act, noted().people) == (AccessAct.SEARCH, 2)


def test_what_waits_for_the_reader_comes_first_and_then_what_is_due_first() -> None:
    late, mine, early = accept(poor(1), applied_on=day("2025-09-18")), accept(poor(2)), accept(poor(3))
    for row in (late, early):
        review(row, counter())
    lines = client_of(counter()).get(reverse("application_list")).context["lines"]
    assert lines[0]["application"] == mine
    assert lines[0]["application"].is_mine


def test_what_is_overdue_is_said_and_found(time_machine: Any) -> None:
    accept(poor(1))
    time_machine.move_to(datetime.datetime(2025, 10, 9, 9, 0, tzinfo=ZONE), tick=False)
    accept(poor(2), applied_on=day("2025-10-09"))
    text = text_of(counter(), "application_list", query="?state=overdue")
    assert "已超期 3 个工作日" in text
    assert "其中超期 1 份" in text
    assert "1 份" in text


def test_the_filters_are_in_the_address_and_an_unknown_one_shows_nothing() -> None:
    row = accept(poor(1))
    accept(poor(2, street="第二街道"), subsidy=NURSING)

    def count(**query: Any) -> int:
        return len(client_of(federation()).get(reverse("application_list"), query).context["lines"])

    street = row.person.community.parent_id
    assert [count(), count(subsidy="living"), count(street=street), count(state="publicity")] == [2, 1, 1, 0]
    assert [count(state="all"), count(state="nonsense"), count(street="0")] == [2, 0, 0]
    assert "筛选条件有误" in text_of(federation(), "application_list", query="?street=0")


def test_statements_of_the_list_do_not_grow_with_its_lines() -> None:
    def statements() -> int:
        client = client_of(counter())
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("application_list"))
        return len(queries)

    accept(poor(1))
    few = statements()
    for n in range(2, 8):
        accept(poor(n))
    assert statements() == few


# one case


def test_the_page_shows_where_it_stands_its_papers_and_every_clause() -> None:
    row = accept(holder(), papers=BASIC)
    text = text_of(counter(), "application", row.pk)
    for words in (
        "待补正材料",
        "低保等困难家庭证明",
        "（还缺）",
        "不属于低保家庭",
        "国发〔2015〕52号 补贴对象",
        "登记补正",
    ):
        assert words in text
    assert "150799" not in text
    assert (noted().act, noted().person) == (AccessAct.READ, row.person_id)


def test_the_steps_name_who_did_them_and_what_the_rules_said() -> None:
    row = review(accept(holder()), counter("初审甲"), passed=False, opinion="没有低保")
    text = text_of(federation(), "application", row.pk)
    assert "初审甲" in text
    assert "没有低保" in text
    assert "当时核对的" in text


def test_a_desk_sends_its_opinion_and_sees_where_the_case_went() -> None:
    row = accept(poor())
    answer = send(counter(), row, "review", decision="pass", opinion="")
    assert answer.url == reverse("application", args=[row.pk])
    row.refresh_from_db()
    assert row.state == ApplicationState.FEDERATION_REVIEW


def test_a_negative_opinion_without_reasons_is_sent_back_with_what_was_typed() -> None:
    row = accept(poor())
    text = send(counter(), row, "review", decision="refuse", opinion="").content.decode()
    assert "请写明不同意的理由" in text
    assert "error-summary" in text


def test_numbers_are_not_written_into_an_opinion() -> None:
    answer = send(counter(), accept(poor()), "review", decision="refuse", opinion="电话13912345678打不通")
    assert "请不要写身份证号" in answer.content.decode()


def test_why_the_case_is_not_the_readers_to_review_is_said() -> None:
    row = review(accept(poor(), by=federation()), counter())
    text = text_of(federation(), "application", row.pk)
    assert "这份申请是您受理的" in text
    assert 'value="review"' not in text
    assert "“区残联审核”不由您的岗位办理" in text_of(civil(), "application", row.pk)


def test_an_old_page_decides_nothing() -> None:
    row = accept(poor())
    review(row, counter("初审甲"))
    answer = send(counter(), row, "review", decision="pass", seen="first_review")
    assert answer.status_code == 302
    text = text_of(counter(), "application", row.pk)
    assert "审核" in text
    row.refresh_from_db()
    assert row.state == ApplicationState.FEDERATION_REVIEW
    stale = send(federation(), row, "review", decision="pass", seen="first_review").content.decode()
    assert "您打开页面之后" in stale


def test_an_objection_is_noted_and_judged_by_somebody_else() -> None:
    standard()
    row = on_show(poor())
    send(counter(), row, "objection", received_on="2025-09-22", content="有两套房", said_by="某邻居")
    objection = row.objections.get()
    assert "由其他人处理" in text_of(civil(), "application", row.pk)
    sent = {"objection": objection.pk, "upheld": "yes", "opinion": "属实"}
    assert send(civil(), row, "judge", **sent).status_code == 302
    row.refresh_from_db()
    assert row.state == ApplicationState.PUBLICITY  # whoever has reviewed the case has no form
    send(civil("民政乙"), row, "judge", **sent)
    row.refresh_from_db()
    assert row.state == ApplicationState.REFUSED


def test_who_brought_it_and_who_objects_is_masked_until_somebody_says_why() -> None:
    row = accept(poor(), applicant="agent", applicant_name="张代办", applicant_phone="13900001234",
                 papers=[*PAPERS[LIVING], Paper.MANDATE])  # fmt: skip
    text = text_of(counter(), "application", row.pk)
    assert "张＊＊" in text
    assert "13900001234" not in text
    assert "请选择" in send(counter(), row, "contacts").content.decode()
    shown = send(counter(), row, "contacts", reason="call", note="").content.decode()
    assert "张代办" in shown
    assert "13900001234" in shown
    unmasked = AccessLog.objects.get(act=AccessAct.UNMASK)
    assert (unmasked.person, unmasked.reason) == (row.person_id, "电话联系")


def test_statements_of_a_case_do_not_grow_with_its_steps() -> None:
    standard()
    row = accept(poor(), papers=BASIC)

    def statements() -> int:
        client = client_of(civil("民政丙"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("application", args=[row.pk])).status_code == 200
        return len(queries)

    services.application_complete(application=row, papers=[Paper.HARDSHIP], by=counter(), today=APPLIED)
    row.refresh_from_db()
    row = review(review(row, counter()), federation())
    row = review(row, civil())
    services.objection_record(application=row, content="一", received_on=APPLIED, by=counter(), today=APPLIED)
    few = statements()
    for words in ("二", "三"):
        services.objection_record(application=row, content=words, received_on=APPLIED, by=counter(), today=APPLIED)
    services.objection_resolve(
        objection=row.objections.first(), upheld=False, opinion="不属实", by=civil("民政乙"), today=APPLIED
    )
    assert statements() == few


# who may


def test_another_streets_case_is_not_found() -> None:
    row = accept(poor(), papers=BASIC)
    stranger = client_of(counter("二街甲", "第二街道"))
    for name, args in (
        ("application", [row.pk]),
        ("application_letter", [row.pk, "notice"]),
        ("application_add", [row.person_id, "living"]),
    ):
        assert stranger.get(reverse(name, args=args)).status_code == 404


def test_who_has_nothing_to_do_with_subsidies_is_turned_away() -> None:
    row = accept(poor())
    leader, worker = account(Role.LEADERSHIP, "领导"), account(Role.SYSTEM_ADMINISTRATOR, "管理员")
    for somebody in (leader, worker):
        for name, args in (("application_list", []), ("application", [row.pk])):
            assert client_of(somebody).get(reverse(name, args=args)).status_code == 403
    assert client_of(civil()).get(reverse("application_add", args=[row.person_id, "living"])).status_code == 403
    assert client_of(counter()).post(reverse("publicity_close")).status_code == 403


# taking in


def test_taking_in_shows_what_the_rules_say_and_leads_to_the_case() -> None:
    somebody = holder()
    text = text_of(counter(), "application_add", somebody.pk, LIVING)
    assert "现在不符合条件" in text
    assert "不属于低保家庭" in text
    answer = add(counter(), somebody)
    row = Application.objects.get()
    assert answer.url == reverse("application", args=[row.pk])
    assert (row.state, row.accepted_in) == (ApplicationState.FIRST_REVIEW, somebody.community.parent)


def test_missing_papers_are_asked_about_before_the_one_notice_is_given() -> None:
    somebody = poor()
    text = add(counter(), somebody, papers=BASIC).content.decode()
    assert "还缺：低保等困难家庭证明" in text
    assert not Application.objects.exists()
    add(counter(), somebody, papers=BASIC, gives_notice="1")
    row = Application.objects.get()
    assert row.state == ApplicationState.SUPPLEMENT
    assert "一次性告知书" in text_of(counter(), "application", row.pk)
    assert "材料已经齐全" in add(counter(), poor(2), gives_notice="1").content.decode()


def test_only_the_federation_is_asked_for_the_other_places_office() -> None:
    somebody = poor()
    assert "跨省通办" not in text_of(counter(), "application_add", somebody.pk, LIVING)
    add(federation(), somebody, accepted_elsewhere="满洲里市某镇")
    row = Application.objects.get()
    assert (row.accepted_in, row.accepted_elsewhere) == (None, "满洲里市某镇")


def test_whoever_has_one_under_way_is_led_to_it() -> None:
    row = accept(poor())
    text = text_of(counter(), "application_add", row.person_id, LIVING)
    assert reverse("application", args=[row.pk]) in text
    assert '<h2 id="form">' not in text
    assert "已有一份申请正在办理" in add(counter(), row.person).content.decode()


def test_an_unknown_subsidy_is_not_found() -> None:
    assert client_of(counter()).get(reverse("application_add", args=[poor().pk, "other"])).status_code == 404


def test_the_persons_file_offers_both_subsidies_and_leads_to_what_is_under_way() -> None:
    somebody = poor()
    text = text_of(counter(), "person", somebody.pk)
    for subsidy in (LIVING, NURSING):
        assert reverse("application_add", args=[somebody.pk, subsidy]) in text
    row = accept(somebody)
    text = text_of(counter(), "person", somebody.pk)
    assert reverse("application_add", args=[somebody.pk, LIVING]) not in text
    assert reverse("application", args=[row.pk]) in text
    assert reverse("application_add", args=[somebody.pk, NURSING]) not in text_of(civil(), "person", somebody.pk)


def test_a_community_worker_sees_in_the_file_how_it_stands_and_opens_nothing() -> None:
    row = accept(poor())
    worker = account(Role.COMMUNITY_WORKER, "专委", row.person.community.name)
    text = text_of(worker, "person", row.person_id)
    assert "待街道初审" in text
    assert reverse("application", args=[row.pk]) not in text
    assert reverse("application_add", args=[row.person_id, NURSING]) not in text


# letters


def test_the_notice_lists_all_that_is_missing_and_says_the_limit() -> None:
    row = accept(poor(), papers=[Paper.FORM])
    text = text_of(counter(), "application_letter", row.pk, "notice")
    for words in ("一次性告知书", "残疾人证", "低保等困难家庭证明", "5 个工作日", "2025年9月起计发", row.person.name):
        assert words in text
    assert row.person.id_number not in text
    assert (noted().act, noted().person) == (AccessAct.PRINT, row.person_id)


def test_the_refusal_names_reasons_clauses_law_and_ways_of_redress() -> None:
    row = at_civil(holder(level="4", status="frozen", status_on="2025-08-01"))
    row = review(row, civil(), passed=False, opinion="证件已冻结，也没有低保")
    text = text_of(counter(), "application_letter", row.pk, "refusal")
    for words in (
        "不予批准决定书",
        "证件已冻结，也没有低保",
        "不属于低保家庭",
        "冻结",
        "国发〔2015〕52号",
        "行政复议",
        "行政诉讼",
    ):
        assert words in text


def test_a_refusal_after_an_objection_lists_no_clause_that_held() -> None:
    standard()
    row = on_show(poor())
    objection = services.objection_record(
        application=row, content="有房", received_on=APPLIED, by=counter(), today=APPLIED
    )
    services.objection_resolve(objection=objection, upheld=True, opinion="属实", by=civil("民政乙"), today=APPLIED)
    text = text_of(counter(), "application_letter", row.pk, "refusal")
    assert "经核实成立：属实" in text
    assert "下列情形妨碍" not in text


def test_the_grant_says_amount_and_first_month() -> None:
    standard()
    row = on_show(poor())
    close("2025-09-29")
    text = text_of(counter(), "application_letter", row.pk, "grant")
    for words in ("核发通知", "125 元", "2025年9月（申请当月）", "无异议"):
        assert words in text


def test_the_grant_does_not_say_that_nobody_objected_where_somebody_did() -> None:
    standard()
    row = on_show(poor())
    objection = services.objection_record(
        application=row, content="有房", received_on=APPLIED, by=counter(), today=APPLIED
    )
    services.objection_resolve(objection=objection, upheld=False, opinion="不实", by=civil("民政乙"), today=APPLIED)
    close("2025-09-29")
    text = text_of(counter(), "application_letter", row.pk, "grant")
    assert "收到的异议经核实不成立" in text
    assert "无异议" not in text


def test_a_letter_that_there_is_not_is_not_found() -> None:
    row = accept(poor())
    for kind in ("notice", "refusal", "grant", "other"):
        assert client_of(counter()).get(reverse("application_letter", args=[row.pk, kind])).status_code == 404


def test_whoever_has_no_certificate_is_told_so_instead_of_a_form() -> None:
    assert "没有残疾人证" in text_of(counter(), "application_add", person().pk, LIVING)


def test_a_rival_benefit_stands_in_the_advice_with_its_source() -> None:
    standard()
    somebody = poor()
    benefit(somebody, "old_age", "300")
    text = text_of(counter(), "application_add", somebody.pk, LIVING)
    assert "高龄津贴（择高）" in text
    assert "民发〔2021〕70号" in text
