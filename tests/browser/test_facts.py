"""Forms of facts, households and merging in a browser: good in an office and on a phone, errors beside their fields."""

from typing import Any

import pytest

from registry.models import Certificate, MergePair, Person, SocialAssistance
from registry.services.identity import name_fields, number_fields
from registry.services.merging import people_merge
from tests.browser.conftest import Visitor
from tests.deliveries import id_number
from tests.records import certificate, day
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def doubled(person: Person) -> Person:
    """A second record of somebody, under a number with one digit wrong."""
    number = id_number(int(person.id_number[14:17]) ^ 2, born=person.born_on.isoformat())
    fields = {**number_fields(number), **name_fields(person.name), "sex": person.sex}
    again = Person.objects.create(**fields, community=person.community)
    certificate(again)
    return again


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_fact_is_added_corrected_and_withdrawn(visit: Any, district: dict[str, User], window: str) -> None:
    row = SocialAssistance.objects.filter(ends_on__isnull=True).order_by("pk")[0]
    visitor: Visitor = visit(district["staff"], window)
    page = visitor.open(f"/people/{row.person_id}/facts/dibao-applications/add/")
    visitor.assert_good()
    page.fill("#id_applied_on", "2025-03-01")
    page.select_option("#id_result", "审核中")
    page.fill("#id_decided_on", "2025-03-20")
    page.fill("#id_reason", "本人到窗口申请")
    page.click("button:has-text('添加')")
    assert "不应有认定日期" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.fill("#id_decided_on", "")
    page.click("button:has-text('添加')")
    page.wait_for_url(f"**/people/{row.person_id}/")
    page = visitor.open(f"/facts/social-assistance/{row.pk}/")
    page.fill("#id_ends_on", "2025-06-30")
    page.fill("#id_reason", "民政局来函更正")
    page.click("button:has-text('保存改正')")
    page.wait_for_url(f"**/people/{row.person_id}/")
    page = visitor.open(f"/facts/social-assistance/{row.pk}/")
    assert "民政局来函更正" in page.locator("[aria-label=变动历史]").inner_text()
    visitor.assert_good()
    page.click("text=撤下这条记录")
    visitor.assert_good()
    page.fill("#id_reason", "重复登记")
    page.click("button:has-text('确认撤下')")
    page.wait_for_url(f"**/people/{row.person_id}/")
    assert not SocialAssistance.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_household_is_shown_and_somebody_leaves_it(visit: Any, district: dict[str, User], window: str) -> None:
    statement = Certificate.objects.current().filter(household__incomes__isnull=False, status="normal")[0]
    visitor: Visitor = visit(district["staff"], window)
    page = visitor.open(f"/households/{statement.household_id}/")
    visitor.assert_good()
    page.click("text=并入另一户")
    visitor.assert_good()
    page = visitor.open(f"/people/{statement.person_id}/household/move/")
    page.fill("#id_head_number", id_number(900, born="1950-01-01"))
    page.fill("#id_effective_on", "2026-06-01")
    page.fill("#id_reason", "投亲")
    page.click("button:has-text('办理')")
    assert "请填写户主姓名" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.fill("#id_head_name", "赵户主")
    page.click("button:has-text('办理')")
    page.wait_for_url("**/households/*/")
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_two_records_are_compared_merged_and_made_two_again(visit: Any, district: dict[str, User], window: str) -> None:
    one, two = Person.objects.filter(certificates__held_until=day("9999-12-31")).order_by("pk")[:2]
    again, other = doubled(one), doubled(two)
    people_merge(kept=two, gone=other, by=district["staff"], reason="号码录错", on=day("2026-11-24"))
    visitor: Visitor = visit(district["staff"], window)
    page = visitor.open("/merging/")
    assert page.locator("h1").count() == 1
    page.click("text=按身份证号指定")
    visitor.assert_good()
    page.click("a:text-is('核对')")
    visitor.assert_good()
    page.click("text=保留档案一")
    assert "撤下（两份都有" in page.content()
    visitor.assert_good()
    page.fill("#merge input[name=reason]", "身份证号录错一位")
    page.click("button:has-text('合并')")
    page.wait_for_url(f"**/people/{min(one.pk, again.pk)}/**")
    pair = MergePair.objects.latest("pk")
    page = visitor.open(f"/merging/{pair.pk}/undo/")
    visitor.assert_good()
    page.fill("#id_reason", "核实是两个人")
    page.click("button:has-text('确认撤销合并')")
    page.wait_for_url("**/merging/")
    assert Person.objects.filter(pk__in=(one.pk, again.pk)).count() == 2
