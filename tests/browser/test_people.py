"""Finding people as staff do: by typing, by keyboard, on a phone, and without scripts."""

import os
from typing import Any

import pytest

from registry.models import Person
from registry.services.identity import name_fields
from zalainuoer.common.models import SavedView, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESSES = (
    "/people/",
    "/people/?category=5&level=1&level=2&validity=expiring&days=3650&sort=expires",
    "/people/?q=nobodyatall",
    "/people/?street=999999",
    "/people/export/?level=1",
    "/worklists/",
)


def shoot(page: Any, name: str) -> None:
    """A picture for human eyes, where somebody asks for one."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def wang(district: dict[str, User]) -> Person:
    """Somebody whose name nobody else has."""
    person = Person.objects.order_by("pk").first()
    assert person is not None
    Person.objects.filter(pk=person.pk).update(**name_fields("王桂英"))
    return person


def test_the_pages_are_good_in_an_office_and_on_a_phone(visit: Any, district: dict[str, User]) -> None:
    SavedView.objects.create(user=district["staff"], page="people", name="重度", query="level=1&level=2")
    for window in ("office", "phone"):
        visitor = visit(district["staff"], window)
        for number, address in enumerate(ADDRESSES):
            page = visitor.open(address)
            assert page.locator("h1").count() == 1
            shoot(page, f"people-{window}-{number}")
            visitor.assert_good()


def test_results_follow_what_is_typed_and_are_announced(visit: Any, district: dict[str, User], wang: Person) -> None:
    visitor = visit(district["staff"])
    page = visitor.open("/people/")
    page.fill("#id_q", "wangguiying")
    page.locator("#results strong", has_text="找到 1 人").wait_for()
    assert page.url.endswith("/people/?q=wangguiying")
    assert page.locator("#results tbody tr").count() == 1
    page.wait_for_function("document.getElementById('announcer').textContent === '找到 1 人'")
    page.fill("#id_q", wang.id_number)
    page.locator("#results strong", has_text="找到 1 人").wait_for()
    page.fill("#id_q", "没有这个人")
    page.locator("#results strong", has_text="没有找到人").wait_for()
    visitor.assert_good()


def test_a_filter_is_chosen_kept_and_taken_away(visit: Any, district: dict[str, User]) -> None:
    visitor = visit(district["staff"])
    page = visitor.open("/people/")
    page.locator("summary", has_text="按条件筛选").click()
    page.select_option("#id_sex", "female")
    page.locator(".chip", has_text="性别：女").wait_for()
    assert page.url.endswith("?sex=female")
    page.locator("summary", has_text="存为常用筛选").click()
    page.fill("#view-name", "女性")
    with page.expect_navigation():
        page.locator("#results button", has_text="保存").click()
    assert page.locator(".saved-views a", has_text="女性").count() == 1
    with page.expect_navigation():
        page.locator("a[aria-label='去掉条件“性别：女”']").click()
    assert page.url.endswith("/people/?")
    with page.expect_navigation():
        page.locator(".saved-views a", has_text="女性").click()
    assert page.locator("#id_sex").input_value() == "female"
    with page.expect_navigation():
        page.locator(".saved-views button").click()
    assert page.locator(".saved-views").count() == 0


def test_by_keyboard_from_the_search_box_to_a_persons_file(visit: Any, district: dict[str, User], wang: Person) -> None:
    visitor = visit(district["staff"])
    page = visitor.open("/people/")
    page.keyboard.type("wangguiying")
    page.locator("#results strong", has_text="找到 1 人").wait_for()
    visitor.tabs_to("王＊＊")
    visitor.press_enter()
    assert page.url.endswith(f"/people/{wang.pk}/")


def test_searching_works_without_scripts(visit: Any, district: dict[str, User], wang: Person) -> None:
    visitor = visit(district["staff"], java_script_enabled=False)
    page = visitor.open("/people/")
    page.fill("#id_q", "桂英")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?q=*")
    assert page.locator("#results tbody tr").count() == 1


def test_an_export_is_downloaded(visit: Any, district: dict[str, User]) -> None:
    visitor = visit(district["staff"])
    page = visitor.open("/people/export/?level=1")
    page.fill("#id_reason", "入户走访")
    with page.expect_download() as download:
        page.locator("button", has_text="导出").click()
    assert download.value.suggested_filename.startswith("人员名单（")


def test_a_found_list_is_shown_in_full_for_a_reason(visit: Any, district: dict[str, User], wang: Person) -> None:
    visitor = visit(district["staff"])
    page = visitor.open("/people/")
    page.fill("#id_q", "wgy")
    page.locator("#results strong", has_text="找到 1 人").wait_for()
    page.locator("summary", has_text="显示完整信息").click()
    shoot(page, "people-reveal-asked")
    visitor.assert_good()
    page.locator("#reveal-form label", has_text="业务办理").click()
    page.locator("#reveal-form button").click()
    page.locator("#results tbody", has_text="王桂英").wait_for()
    assert wang.id_number in page.locator("#results tbody").inner_text()
    shoot(page, "people-revealed")
    visitor.assert_good()
