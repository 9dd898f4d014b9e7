"""What a stage refuses names its rule: the law or the plan where they say it, else the numbered rule of the manual."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accessibility.models import RetrofitHome
from accessibility.services.homes import (
    assessing,
    deciding,
    filing,
    following,
    opening,
    planning,
    settling,
    showing,
    taking_back,
    works,
)
from accessibility.stage_rules import StageRule
from tests.accessibility import first_makers as first
from tests.accessibility import works_makers as works_of
from tests.deliveries import user
from tests.records import day, holder
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db

MANUAL = Path(__file__).parents[2] / "docs/manual/无障碍操作手册.md"
WHO: dict[str, Any] = {"today": first.TODAY}
LAW, ONCE, WORKS = "无障碍环境建设法 第十九条", "“十四五”残疾人事业发展规划 指标11", "“十四五”残疾人事业发展规划（五）3"


def by() -> dict[str, Any]:
    return {"by": first.federation(), **WHO}


def _open_twice() -> None:
    home = first.opened()
    first.opened(home.person, on="2026-11-03")


def _not_severe() -> None:
    first.opened(holder(1, level="3"))


def _without_a_wish() -> None:
    first.opened(wish=" ")


def _assess_without_a_room() -> None:
    home = first.opened()
    first.visited(home, rooms=())
    assessing.home_assess(home=home, is_alterable=True, opinion="", **by())


def _plan_that_nobody_pays() -> None:
    home = first.budgeted(first.assessed())
    planning.shares_save(home=home, budgets={}, by=first.federation())
    planning.home_plan(home=home, planned_on=day("2026-11-04"), **by())


def _devices_alone() -> None:
    home = first.budgeted(first.assessed(), of=first.item("浴凳", "device"))
    planning.home_plan(home=home, planned_on=day("2026-11-04"), **by())


def _show_ended_early() -> None:
    showing.home_show_end(home=first.on_show(), ended_on=day("2026-11-12"), **by())


def _decided_by_who_planned() -> None:
    deciding.home_decide(home=first.approving(), outcome="passed", decided_on=day("2026-11-16"), opinion="", **by())


def _contract_above_the_budget() -> None:
    works_of.contracted(first.approved(), amount_yuan=Decimal(10**6), signed_on=day("2026-11-17"))


def _corrected_without_saying_how() -> None:
    home = works_of.accept(works_of.finished(works_of.approved()), failed=True)
    works.home_correct(home=home, corrected_on=day("2025-03-05"), note="", **by())


def _accepted_with_an_item_left_out() -> None:
    works_of.accept(works_of.finished(works_of.approved()), items={})


def _accepted_of_devices() -> None:
    works_of.accept(works_of.finished(works_of.approved(groups=("device", "device"))))


def _settled_above_the_contract() -> None:
    home = works_of.accept(works_of.finished(works_of.approved()))
    items = dict.fromkeys(home.items.values_list("pk", flat=True), Decimal(5000))
    settling.home_settle(home=home, settled_on=day("2025-03-10"), items=items, funds={}, document="1", **by())


def _visited_too_early() -> None:
    home = works_of.settle(works_of.accept(works_of.finished(works_of.approved())))
    following.home_follow_up(home=home, done_on=day("2025-04-01"), use="good", satisfaction=5, **by())


def _filed_without_photographs() -> None:
    filing.home_file(home=works_of.followed(), filed_on=day("2026-03-01"), **by())


def _ended_without_saying_why() -> None:
    opening.home_end(home=first.opened(), end_reason="declined", opinion="", ended_on=day("2026-11-03"), **by())


def _taken_back_without_a_step() -> None:
    taking_back.home_take_back(home=first.opened(), reason="登记错了", **by())


def _on_a_day_to_come() -> None:
    showing.home_show(home=first.planned(), shown_on=day("2027-01-01"), place="公告栏", **by())


def _out_of_turn() -> None:
    works.home_start(home=first.opened(), started_on=day("2026-11-03"), **by())


def _by_somebody_who_may_not() -> None:
    liaison = user(Role.LIAISON, department="民政局")
    works.home_start(home=first.opened(), started_on=day("2026-11-03"), by=liaison, today=first.TODAY)


def _of_another_street() -> None:
    home: RetrofitHome = first.opened()
    clerk = user(Role.STREET_STAFF, street="第二街道")
    works.home_start(home=home, started_on=day("2026-11-03"), by=clerk, today=first.TODAY)


@pytest.mark.parametrize(
    ("act", "source"),
    [
        (_open_twice, ONCE),
        (_not_severe, LAW),
        (_without_a_wish, StageRule.OPEN),
        (_assess_without_a_room, StageRule.ASSESS),
        (_plan_that_nobody_pays, StageRule.PLAN),
        (_devices_alone, WORKS),
        (_show_ended_early, StageRule.SHOW),
        (_decided_by_who_planned, StageRule.DECIDE),
        (_contract_above_the_budget, StageRule.CONTRACT),
        (_corrected_without_saying_how, StageRule.WORKS),
        (_accepted_with_an_item_left_out, StageRule.ACCEPT),
        (_accepted_of_devices, WORKS),
        (_settled_above_the_contract, StageRule.SETTLE),
        (_visited_too_early, StageRule.FOLLOW_UP),
        (_filed_without_photographs, StageRule.FILE),
        (_ended_without_saying_why, StageRule.END),
        (_taken_back_without_a_step, StageRule.TAKE_BACK),
        (_on_a_day_to_come, StageRule.DAYS),
        (_out_of_turn, StageRule.ORDER),
        (_by_somebody_who_may_not, StageRule.ORDER),
        (_of_another_street, StageRule.ORDER),
    ],
)
def test_a_refusal_names_its_rule(act: Callable[[], None], source: str | StageRule) -> None:
    first.maintained()
    with pytest.raises(RuleBroken) as broken:
        act()
    assert broken.value.source == (source.source if isinstance(source, StageRule) else source)


def test_the_manual_prints_the_rules_by_their_numbers() -> None:
    chapter = MANUAL.read_text(encoding="utf-8").split("## 家庭无障碍改造办理规则")[1].split("\n## ")[0]
    printed = [line for line in chapter.splitlines() if line[:1].isdigit()]
    assert printed == [f"{rule.value}. {rule.label}。" for rule in StageRule]
