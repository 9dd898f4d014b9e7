"""A home from the list of candidates to its approval in a browser, by two people; in both windows."""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest
import time_machine

from accessibility.models import HomeRetrofit, RetrofitHome
from tests.accessibility import first_makers as make
from tests.browser.conftest import Visitor
from tests.records import community
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def people_of_the_federation(accounts: dict[str, User]) -> tuple[User, User]:
    other = User.objects.create(
        username="canlian2", name="周敏", role=Role.FEDERATION_STAFF, division=accounts["staff"].division
    )
    return accounts["staff"], other


def good(visitor: Visitor, name: str, window: str) -> None:
    """Accessible; and a picture for whoever wants to look: ACCESS_PICTURES names the folder."""
    if folder := os.environ.get("ACCESS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}-{window}.png", full_page=True)
    visitor.assert_good()


@pytest.mark.parametrize("window", ["phone", "office"])
def test_a_home_is_walked_from_candidate_to_approval(
    visit: Any, people_of_the_federation: tuple[User, User], window: str
) -> None:
    make.maintained()
    make.item()
    street = Division.objects.streets()[0].name
    somebody = make.candidate(street=street)
    assert community(street) == somebody.community
    first: Visitor = visit(people_of_the_federation[0], window)
    second: Visitor = visit(people_of_the_federation[1], window)
    with time_machine.travel("2026-11-03 10:00+08:00"):
        _to_the_show(first, window)
    home = RetrofitHome.objects.get()
    assert home.due_on == datetime.date(2026, 11, 10)
    address = f"/accessibility/homes/{home.pk}/"
    with time_machine.travel("2026-11-11 10:00+08:00"):
        page = first.open(address)
        page.click("a:has-text('公示结束')")
        page.click("button:has-text('登记公示结束')")
        page.wait_for_selector("text=已登记公示结束。")
        assert "同一人不能再审批" in page.inner_text("main")
        good(first, "own", window)
        page = second.open(address)
        page.click("a:has-text('审批')")
        assert "低保，2023-01-01 起" in page.inner_text("main")
        good(second, "decide", window)
        page.check("text=批准，固定困难类型和残疾等级")
        page.click("button:has-text('提交审批')")
        page.wait_for_selector("text=已登记审批结果。")
        good(second, "approved", window)
    assert HomeRetrofit.objects.get().approved_on == datetime.date(2026, 11, 11)


def _to_the_show(visitor: Visitor, window: str) -> None:
    """Opened, visited, planned and put on show, all on one day."""
    page = visitor.open("/accessibility/candidates/")
    good(visitor, "candidates", window)
    page.click("a:has-text('登记改造')")
    good(visitor, "add", window)
    page.fill("#id_wish", "卫生间装扶手")
    page.click("button:has-text('登记改造')")
    page.wait_for_selector("text=已登记，下一步入户评估。")
    good(visitor, "opened", window)
    page.click("a:has-text('入户评估')")
    page.fill("#id_assessors", "街道李同志、社区王同志")
    page.check("#id_is_own_0")
    page.click("button:has-text('保存评估情况')")
    page.click("a:has-text('新增位置')")
    page.select_option("#id_room", "toilet")
    page.fill("#id_barrier", "门槛高，轮椅过不去")
    page.fill("#id_height_gap_mm", "50")
    good(visitor, "room", window)
    page.click("button:has-text('保存这个位置')")
    page.wait_for_selector("text=已保存这个位置。")
    good(visitor, "assessment", window)
    page.click("a:has-text('完成评估')")
    page.check("text=可以改造，编制方案")
    good(visitor, "assess", window)
    page.click("button:has-text('提交评估')")
    page.wait_for_selector("text=已完成评估。")
    page.click("a:has-text('编制方案')")
    good(visitor, "plan-empty", window)
    page.click("a:has-text('新增项目')")
    page.select_option("#id_item", label="出入口坡化（处）")
    page.select_option("#id_room", "entrance")
    page.fill("#id_quantity", "1")
    page.fill("#id_price_yuan", "3000")
    good(visitor, "item", window)
    page.click("button:has-text('保存项目')")
    page.wait_for_selector("text=与预算合计 3000.00 元不等")
    page.fill("#id_district", "3000")
    page.click("button:has-text('保存资金构成')")
    page.wait_for_selector("text=已保存资金构成。")
    good(visitor, "plan", window)
    page.click("a:has-text('提交方案')")
    good(visitor, "plan-finish", window)
    page.click("button:has-text('提交方案')")
    page.wait_for_selector("text=方案已提交")
    page.click("a:has-text('开始公示')")
    page.fill("#id_place", "社区公告栏")
    good(visitor, "show", window)
    page.click("button:has-text('开始公示')")
    page.wait_for_selector("text=已开始公示。")
    good(visitor, "on-show", window)
