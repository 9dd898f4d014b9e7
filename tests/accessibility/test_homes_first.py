"""A home from the list of candidates to its approval: every refusal names its rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accessibility.models import (
    EndReason,
    Hardship,
    HomeObjection,
    HomeRetrofit,
    HomeStage,
    HomeStep,
    RetrofitHome,
)
from accessibility.rules import by_priority, candidates
from accessibility.services import catalogue
from accessibility.services.homes import assessing, deciding, opening, planning, showing, taking_back
from accessibility.services.homes.steps import last_step
from registry.models import Level, Person, SocialAssistance
from tests.accessibility import first_makers as make
from tests.deliveries import user
from tests.records import assistance, community, day, holder, household, reached, retrofit
from tests.visiting import client_of
from zalainuoer.common.errors import ParameterMissing, RuleBroken
from zalainuoer.common.models import Role
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture(autouse=True)
def parameters_are_maintained() -> None:
    make.maintained()


def found(**how: Any) -> list[Person]:
    rule = candidates(on=TODAY, parameters=Parameters(on=TODAY))
    return list(by_priority(rule.people(Person.objects.all()), on=TODAY)[0])


def missing(person: Person) -> list[str]:
    rule = candidates(on=TODAY, parameters=Parameters(on=TODAY))
    return [each.clause.code for each in rule.explain(person) if not each.holds]


def refused(act: Any, **how: Any) -> str:
    with pytest.raises(RuleBroken) as broken:
        act(**how)
    return broken.value.message


# who is a candidate


def test_a_severe_holder_in_hardship_is_a_candidate() -> None:
    somebody = make.candidate()

    assert found() == [somebody]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": Level.THIRD}, "severe"),
        ({"expires_on": "2026-11-24"}, "expired"),
        ({"status": "cancelled", "status_on": "2026-01-01"}, "gone"),
    ],
)
def test_a_certificate_that_does_not_serve_says_which_clause(change: dict[str, Any], code: str) -> None:
    somebody = make.candidate(**change)

    assert found() == []
    assert missing(somebody) == [code]


def test_whoever_is_assisted_no_longer_is_no_candidate() -> None:
    somebody = make.candidate()
    SocialAssistance.objects.update(ends_on="2026-11-25")

    assert missing(somebody) == ["hardship"]


def test_another_members_assistance_counts_where_it_is_the_whole_households() -> None:
    home = household("150799196001010011")
    somebody = holder(1, home=home)
    other = holder(2, home=home, level=Level.FOURTH)
    assistance(other)
    assert missing(somebody) == ["hardship"]

    SocialAssistance.objects.update(unit="household")

    assert found() == [somebody]


def test_a_household_retrofitted_for_another_member_is_no_candidate() -> None:
    home = household("150799196001010011")
    somebody = make.candidate(home=home)
    retrofit(holder(2, home=home), home)

    assert missing(somebody) == ["already"]
    assert "一户只改造一次" in refused(make.opened, of=somebody)


def test_a_project_that_was_not_accepted_leaves_the_household_a_candidate() -> None:
    home = household("150799196001010011")
    somebody = make.candidate(home=home)
    retrofit(somebody, home, accepted_on=None, verdict=None)

    assert found() == [somebody]


def test_homes_of_several_disabled_and_kept_by_an_elder_come_first() -> None:
    plain = make.candidate(1, level=Level.FIRST)
    shared = household("150799198501010019")
    several = make.candidate(2, home=shared)
    holder(3, home=shared, level=Level.FOURTH)
    elder_home = household("150799194001010014")
    elder_home.head_born_on = day("1940-01-01")
    elder_home.save()
    elder = make.candidate(4, home=elder_home)

    rows = found()

    assert rows[2] == plain
    assert set(rows[:2]) == {several, elder}
    marks = {row.pk: (row.several, row.elder) for row in rows}
    assert marks == {plain.pk: (False, False), several.pk: (True, False), elder.pk: (False, True)}


def test_the_statements_for_candidates_do_not_grow_with_people() -> None:
    make.candidate(1)
    with CaptureQueriesContext(connection) as few:
        found()
    for n in range(2, 8):
        make.candidate(n)
    with CaptureQueriesContext(connection) as many:
        assert len(found()) == 7

    assert len(many) == len(few)


# opening


def test_opening_keeps_the_wish_and_the_marks_and_the_address_sealed() -> None:
    home = make.opened(address="某路1号")

    home.refresh_from_db()
    assert (home.stage, home.wish, home.address) == (HomeStage.CANDIDATE, "卫生间改造", "某路1号")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM accessibility_retrofithome")
        assert "某路" not in cursor.fetchone()[0]
    assert [step.kind for step in home.steps.all()] == ["open"]


def test_a_household_is_opened_once_whoever_of_it_is_named() -> None:
    home = household("150799196001010011")
    make.opened(make.candidate(1, home=home))

    assert "正在办理" in refused(make.opened, of=make.candidate(2, home=home))


def test_a_refusal_to_open_says_each_clause_and_its_source() -> None:
    with pytest.raises(RuleBroken) as broken:
        make.opened(holder(1, level=Level.THIRD))

    assert "残疾等级不是一级、二级" in broken.value.message
    assert "在享救助" in broken.value.message
    assert "无障碍环境建设法 第十九条" in broken.value.source


def test_whoever_declined_once_is_opened_again_with_a_reason() -> None:
    home = make.opened()
    opening.home_end(
        home=home,
        end_reason=EndReason.DECLINED,
        opinion="本人签字放弃",
        ended_on=TODAY,
        by=make.federation(),
        today=TODAY,
    )
    assert "放弃" in refused(make.opened, of=home.person, on="2026-11-25")

    again = make.opened(home.person, on="2026-11-25", reason="本人重新提出")

    assert again.stage == HomeStage.CANDIDATE


def test_somebody_outside_the_area_is_not_opened() -> None:
    street = user(Role.STREET_STAFF, street="第二街道")

    assert "辖区" in refused(make.opened, of=make.candidate(street="第一街道"), by=street)


def test_a_street_opens_a_home_of_its_own_area() -> None:
    street = user(Role.STREET_STAFF, street="第一街道")

    assert make.opened(make.candidate(), by=street).person.community == community("第一街道")


# assessment


def test_a_home_goes_to_its_plan_once_it_is_found_alterable() -> None:
    home = make.assessed()

    assert (home.stage, home.is_alterable) == (HomeStage.PLANNING, True)


def test_a_home_that_cannot_be_altered_ends_with_the_reason() -> None:
    home = make.opened()
    make.visited(home)
    act = {"home": home, "is_alterable": False, "by": make.federation(), "today": TODAY}
    assert "理由" in refused(assessing.home_assess, opinion=" ", **act)

    ended = assessing.home_assess(opinion="危房，将拆迁", **act)

    assert (ended.stage, ended.end_reason) == (HomeStage.ENDED, EndReason.NOT_ALTERABLE)
    assert missing(home.person) == ["not_alterable"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"rooms": ()}, "至少填写一处"),
        ({"is_own": None}, "是不是自有"),
        ({"is_own": False, "owner_agrees": False}, "房屋所有人同意"),
    ],
)
def test_an_assessment_that_lacks_something_says_what(how: dict[str, Any], said: str) -> None:
    home = make.opened()
    make.visited(home, **how)

    act = {"home": home, "is_alterable": True, "opinion": "", "by": make.federation(), "today": TODAY}
    assert said in refused(assessing.home_assess, **act)


def test_a_room_is_noted_once_and_its_measures_are_millimetres() -> None:
    home = make.opened()
    make.visited(home)
    room = {"home": home, "barrier": "门窄", "by": make.federation()}

    assert "同一位置只填一次" in refused(assessing.room_save, room="toilet", **room)
    assert "1 到 20000" in refused(assessing.room_save, room="door", door_width_mm=0, **room)
    assert "1 到 20000" in refused(assessing.room_save, room="door", door_width_mm=20_001, **room)


# plan


def test_an_items_amount_is_rounded_half_up() -> None:
    home = make.assessed()

    line = planning.plan_item_save(
        home=home,
        item=make.item(),
        room="entrance",
        quantity=Decimal("2.50"),
        price_yuan=Decimal("0.05"),
        by=make.federation(),
    )

    assert line.amount_yuan == Decimal("0.13")


def test_a_price_above_the_catalogues_ceiling_is_refused_with_its_document() -> None:
    home = make.assessed()
    of = make.item(ceiling="100")
    how = {"home": home, "item": of, "room": "entrance", "quantity": Decimal(1), "by": make.federation()}

    with pytest.raises(RuleBroken) as broken:
        planning.plan_item_save(price_yuan=Decimal("100.01"), **how)
    assert broken.value.source == "某文〔2026〕1号"
    planning.plan_item_save(price_yuan=Decimal(100), **how)


def test_a_plan_of_devices_only_is_refused() -> None:
    home = make.budgeted(make.assessed(), of=make.item("浴凳", "device"))
    with pytest.raises(RuleBroken, match="不得以简单配发辅助器具代替改造") as broken:
        _finish(home)
    assert broken.value.source == "“十四五”残疾人事业发展规划（五）3"  # 第十九条 does not say so


def _finish(home: RetrofitHome, reason: str = "") -> RetrofitHome:
    how = {"planned_on": day("2026-11-04"), "by": make.federation(), "today": TODAY}
    return planning.home_plan(home=home, over_cap_reason=reason, **how)


def test_a_plan_without_items_is_refused() -> None:
    assert "还没有项目" in refused(_finish, home=make.assessed())


def test_the_funds_must_sum_to_the_budget_to_the_last_fen() -> None:
    home = make.budgeted(make.assessed(), "3000")
    planning.shares_save(home=home, budgets={"district": Decimal("2999.99")}, by=make.federation())
    assert "2999.99" in refused(_finish, home=home)

    planning.shares_save(
        home=home, budgets={"district": Decimal("2999.99"), "city": Decimal("0.01")}, by=make.federation()
    )

    assert _finish(home).stage == HomeStage.PUBLICITY


def test_without_a_maintained_ceiling_no_plan_is_finished() -> None:
    make.maintained(cap=None)
    home = make.budgeted(make.assessed())

    with pytest.raises(ParameterMissing, match="每户的预算上限"):
        _finish(home)


def test_a_budget_at_the_ceiling_passes_and_one_above_needs_a_reason() -> None:
    assert make.planned(make.candidate(1), price="6000").stage == HomeStage.PUBLICITY
    home = make.budgeted(make.assessed(make.candidate(2)), "6000.01")
    assert "超过每户上限 6000 元" in refused(_finish, home=home)

    assert _finish(home, reason="卫生间须整体改造").stage == HomeStage.PUBLICITY


def test_the_plans_page_says_that_the_ceiling_is_not_maintained() -> None:
    home = make.budgeted(make.assessed())
    make.maintained(cap=None)
    client = client_of(make.federation())

    for address in ("plan/", "act/plan/", ""):
        answer = client.get(f"/accessibility/homes/{home.pk}/{address}")
        assert answer.status_code == 200
    assert "参数未维护" in client.get(f"/accessibility/homes/{home.pk}/plan/").content.decode()


def test_an_empty_plan_already_says_what_it_may_cost() -> None:
    make.maintained(cap=6000)
    home = make.assessed()
    assert "6000.00 元" in client_of(make.federation()).get(f"/accessibility/homes/{home.pk}/plan/").content.decode()


# publicity


def test_the_days_on_show_are_working_days_and_the_first_does_not_count() -> None:
    home = make.on_show()

    assert home.due_on == day("2026-11-12")


def test_without_maintained_days_nothing_is_shown() -> None:
    make.maintained(days=None)

    with pytest.raises(ParameterMissing, match="公示的天数"):
        make.on_show()


def test_the_last_day_on_show_is_not_over_yet() -> None:
    home = make.on_show()
    how = {"home": home, "by": make.federation(), "today": TODAY}
    assert "次日" in refused(showing.home_show_end, ended_on=day("2026-11-12"), **how)

    assert showing.home_show_end(ended_on=day("2026-11-13"), **how).stage == HomeStage.APPROVING


def objected(home: RetrofitHome) -> HomeObjection:
    return showing.objection_record(
        home=home, received_on=day("2026-11-06"), content="不是困难户", by=make.federation(), today=TODAY
    )


def test_an_open_objection_keeps_the_home_on_show() -> None:
    home = make.on_show()
    objection = objected(home)
    how = {"home": home, "ended_on": day("2026-11-13"), "by": make.federation(), "today": TODAY}
    assert "异议" in refused(showing.home_show_end, **how)

    showing.objection_judge(objection=objection, is_upheld=False, opinion="低保在享", by=make.federation(), today=TODAY)

    assert showing.home_show_end(**how).stage == HomeStage.APPROVING


def test_an_upheld_objection_sends_the_plan_back_and_does_not_count_when_shown_again() -> None:
    home = make.on_show()
    showing.objection_judge(
        objection=objected(home), is_upheld=True, opinion="坡道占用公共通道", by=make.federation(), today=TODAY
    )
    how = {"by": make.federation(), "today": TODAY}
    home = showing.home_show_end(home=home, ended_on=day("2026-11-13"), **how)
    assert home.stage == HomeStage.PLANNING

    home = planning.home_plan(home=home, planned_on=day("2026-11-13"), **how)
    home = showing.home_show(home=home, shown_on=day("2026-11-13"), place="公告栏", **how)
    later = day("2026-11-23")

    assert showing.home_show_end(home=home, ended_on=later, **how).stage == HomeStage.APPROVING


# approval


def decide(home: RetrofitHome, outcome: str = "passed", by: Any = None, opinion: str = "") -> RetrofitHome:
    return deciding.home_decide(
        home=home,
        outcome=outcome,
        decided_on=day("2026-11-16"),
        opinion=opinion,
        by=by or make.approver(),
        today=TODAY,
    )


def test_an_approval_freezes_level_and_hardship_and_writes_the_project() -> None:
    home = make.approved()

    project = HomeRetrofit.objects.get()
    assert home.retrofit == project
    assert (project.household, project.person, project.works) == (home.household, home.person, "出入口坡化")
    assert (project.hardship, project.level) == (Hardship.DIBAO, Level.SECOND)
    assert (home.hardship, home.level, project.approved_on) == (Hardship.DIBAO, Level.SECOND, day("2026-11-16"))
    assert "低保，2023-01-01 起" in home.evidence
    assert "肢体残疾二级" in home.evidence
    assert "150799" not in home.evidence


def test_an_approved_home_does_not_count_before_acceptance() -> None:
    make.approved()

    assert reached(11, on=TODAY) == set()


def test_what_was_frozen_stays_when_the_assistance_ends() -> None:
    home = make.approved()
    SocialAssistance.objects.update(ends_on="2026-11-17")

    home.refresh_from_db()
    assert home.hardship == Hardship.DIBAO


def test_an_approval_needs_the_hardship_of_its_own_day() -> None:
    home = make.approving()
    SocialAssistance.objects.update(ends_on="2026-11-16")

    assert "在享救助" in refused(decide, home=home)


def test_whoever_prepared_the_home_does_not_approve_it() -> None:
    home = make.approving()

    assert "同一人不能再审批" in refused(decide, home=home, by=make.federation())


def test_the_street_does_not_approve() -> None:
    assert "权限" in refused(decide, home=make.approving(), by=user(Role.STREET_STAFF, street="第一街道"))


def test_a_budget_above_the_ceiling_is_approved_with_an_opinion() -> None:
    home = make.approving(price="6000.01", reason="整体改造")
    assert "超过每户上限" in refused(decide, home=home)

    assert decide(home, opinion="同意").stage == HomeStage.CONTRACTING


def test_a_refused_home_ends_and_a_returned_one_is_planned_again() -> None:
    assert decide(make.approving(make.candidate(1)), "failed", opinion="不符合").end_reason == EndReason.REFUSED
    home = decide(make.approving(make.candidate(2)), "returned", opinion="改坡度")

    assert (home.stage, home.retrofit) == (HomeStage.PLANNING, None)


def test_a_home_retrofitted_meanwhile_by_a_sheet_is_not_approved() -> None:
    home = make.approving()
    retrofit(home.person, home.household)

    assert "一户只改造一次" in refused(decide, home=home)


def test_an_old_page_does_not_decide() -> None:
    home = make.approving()
    seen = last_step(home)
    how = {"home": home, "decided_on": day("2026-11-16"), "opinion": "退", "by": make.approver(), "today": TODAY}
    deciding.home_decide(outcome="returned", seen=seen, **how)

    assert "又有变化" in refused(deciding.home_decide, outcome="passed", seen=seen, **how)


# ending and taking back


def test_an_approved_home_is_ended_by_the_federation_alone() -> None:
    home = make.approved()
    how = {"home": home, "end_reason": "gone", "opinion": "迁出", "ended_on": TODAY, "today": TODAY}
    assert "区残联" in refused(opening.home_end, by=user(Role.STREET_STAFF, street="第一街道"), **how)

    assert opening.home_end(by=make.federation(), **how).stage == HomeStage.ENDED


def back(home: RetrofitHome, by: Any = None) -> RetrofitHome:
    return taking_back.home_take_back(home=home, reason="办错了", by=by or make.federation(), today=TODAY)


def test_an_approval_taken_back_takes_its_project_with_it() -> None:
    home = back(make.approved())

    assert (home.stage, home.hardship, home.level, home.evidence) == (HomeStage.APPROVING, "", "", "")
    assert home.retrofit is None
    assert not HomeRetrofit.objects.exists()
    assert decide(home).stage == HomeStage.CONTRACTING


def test_an_approval_that_a_sheet_has_carried_on_is_not_taken_back() -> None:
    home = make.approved()
    HomeRetrofit.objects.update(started_on="2026-11-20")

    assert "报表" in refused(back, home=home)


def test_every_step_is_taken_back_to_where_the_home_was_opened() -> None:
    home = make.approved()
    stages = []
    for _ in range(5):
        home = back(home)
        stages.append(home.stage)

    assert stages == ["approving", "on_show", "publicity", "planning", "candidate"]
    assert HomeStep.objects.filter(taken_back_by__isnull=False).count() == 5
    assert home.due_on is None
    assert "终止" in refused(back, home=home)


def test_an_end_taken_back_opens_the_home_again() -> None:
    home = make.on_show()
    how = {"end_reason": "declined", "opinion": "签字", "ended_on": TODAY, "by": make.federation(), "today": TODAY}
    ended = opening.home_end(home=home, **how)
    assert ended.due_on is None

    again = back(ended)

    assert (again.stage, again.due_on, again.end_reason) == (HomeStage.ON_SHOW, day("2026-11-12"), "")


def test_the_street_takes_back_what_it_did_itself_alone() -> None:
    street = user(Role.STREET_STAFF, street="第一街道")
    own = make.assessed(make.candidate(1), by=street)
    others = make.assessed(make.candidate(2))

    assert back(own, by=street).stage == HomeStage.CANDIDATE
    assert "区残联撤回" in refused(back, home=others, by=street)


def test_the_days_on_show_are_not_taken_back_once_somebody_objected() -> None:
    home = make.on_show()
    objected(home)

    assert "异议" in refused(back, home=home)


# catalogue and contractors


def test_a_ceiling_without_a_document_is_refused() -> None:
    how = {"name": "扶手", "group": "engineering", "unit": "米", "by": make.federation()}

    assert "文号" in refused(catalogue.item_save, ceiling_yuan=Decimal(100), **how)


def test_a_used_items_group_does_not_change() -> None:
    make.budgeted(make.assessed())
    how = {"item": make.item(), "name": "出入口坡化", "unit": "处", "by": make.federation()}

    assert "类别不能再改" in refused(catalogue.item_save, group="device", **how)


def test_a_contractors_code_is_checked_and_its_phone_kept_sealed() -> None:
    how = {"name": "某建筑公司", "contact_name": "赵某", "contact_phone": "13800001111", "by": make.federation()}
    assert "校验" in refused(catalogue.contractor_save, credit_code="91150799MA0000001A", **how)

    row = catalogue.contractor_save(credit_code="91150700MA0N0C1R2B", **how)

    catalogue.contractor_save(contractor=row, credit_code=row.credit_code, **{**how, "contact_phone": ""})
    row.refresh_from_db()
    assert row.contact_phone == "13800001111"


def returned_by_an_objection() -> RetrofitHome:
    who: dict[str, Any] = {"by": make.federation(), "today": TODAY}
    home = make.on_show()
    objection = showing.objection_record(home=home, received_on=day("2026-11-06"), content="太贵", **who)
    showing.objection_judge(objection=objection, is_upheld=True, opinion="属实", **who)
    return showing.home_show_end(home=home, ended_on=day("2026-11-13"), **who)


def returned_by_the_decision() -> RetrofitHome:
    return decide(make.approving(), "returned", opinion="改坡度")


RETURNS = [(returned_by_an_objection, HomeStage.ON_SHOW), (returned_by_the_decision, HomeStage.APPROVING)]


@pytest.mark.parametrize(("returned", "stage"), RETURNS)
def test_a_return_is_taken_back_while_the_plan_is_as_it_was(returned: Any, stage: HomeStage) -> None:
    assert back(returned()).stage == stage


@pytest.mark.parametrize(("returned", "stage"), RETURNS)
def test_a_return_is_not_taken_back_once_the_plan_has_changed(returned: Any, stage: HomeStage) -> None:
    """What stood there again would not be what was shown (found by the thousand random acts)."""
    home = make.budgeted(returned(), price="100")
    assert "方案已经修改" in refused(back, home=home)
    assert RetrofitHome.objects.get(pk=home.pk).stage == HomeStage.PLANNING


def test_a_plan_that_costs_nothing_is_refused() -> None:
    home = make.budgeted(make.assessed(), price="0")
    assert "0 元" in refused(_finish, home=home)
