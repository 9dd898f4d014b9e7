"""The person page in a browser: 显示 and its minute, 打印, the way about the page, with and without scripts."""

from typing import Any

import pytest
from django.db.models import Count

from registry.models import Certificate, Person
from tests.browser.conftest import Visitor
from zalainuoer.common.models import AccessAct, AccessLog, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def somebody() -> Person:
    """Of the world's people, the one of whom most is known."""
    rows = Count("livingpayments", distinct=True) + Count("rehabservices", distinct=True) * 5
    return Person.objects.filter(certificates__isnull=False).annotate(rows=rows).order_by("-rows", "pk")[0]


def ask(visitor: Visitor, note: str = "通知换证") -> None:
    visitor.page.click("text=显示完整信息")
    visitor.page.check("text=电话联系")
    visitor.page.fill("#reveal_note", note)
    visitor.page.click("text=显示 60 秒")


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_page_is_good_masked_asked_and_shown(visit: Any, district: dict[str, User], window: str) -> None:
    person = somebody()
    visitor: Visitor = visit(district["staff"], window)
    page = visitor.open(f"/people/{person.pk}/")
    assert page.locator("h1").count() == 1
    assert person.id_number not in page.content()
    visitor.assert_good()
    page.click("text=显示完整信息")
    visitor.assert_good()
    page.click("text=显示 60 秒")
    page.wait_for_selector("#reveal-form .is-invalid")
    visitor.assert_good()
    page.check("text=电话联系")
    page.click("text=显示 60 秒")
    page.wait_for_selector(".reveal-answer .note")
    assert person.id_number in page.inner_text(".card-facts")
    assert person.name == page.inner_text("h1")
    visitor.assert_good()


def test_what_was_shown_goes_again_by_itself_and_both_are_read_aloud(visit: Any, district: dict[str, User]) -> None:
    person = somebody()
    visitor: Visitor = visit(district["staff"])
    visitor.page.clock.install()
    page = visitor.open(f"/people/{person.pk}/")
    before = page.inner_text(".card-facts")
    ask(visitor)
    page.wait_for_selector(".reveal-answer .note")
    assert "已显示完整姓名和号码" in page.inner_text("#announcer")
    page.clock.fast_forward(58_000)
    assert person.id_number in page.content()
    page.clock.fast_forward(3_000)
    assert person.id_number not in page.content()
    assert page.inner_text(".card-facts") == before
    assert "已自动隐藏" in page.inner_text("#announcer")
    assert AccessLog.objects.filter(act=AccessAct.UNMASK, person=person.pk, reason="电话联系：通知换证").count() == 1


def test_hiding_gives_the_focus_back_by_keyboard(visit: Any, district: dict[str, User]) -> None:
    person = somebody()
    visitor: Visitor = visit(district["staff"])
    page = visitor.open(f"/people/{person.pk}/")
    visitor.tabs_to("显示完整信息")
    page.keyboard.press("Enter")
    visitor.tabs_to("业务办理")
    page.keyboard.press("Space")
    visitor.tabs_to("显示 60 秒")
    page.keyboard.press("Enter")
    page.wait_for_selector(".reveal-answer .note")
    assert page.evaluate("document.activeElement.textContent").strip() == "隐藏"
    page.keyboard.press("Enter")
    assert person.id_number not in page.content()
    assert page.evaluate("document.activeElement.textContent").strip() == "显示完整信息"


def test_without_scripts_the_whole_page_comes_back_revealed(visit: Any, district: dict[str, User]) -> None:
    person = somebody()
    visitor: Visitor = visit(district["staff"], java_script_enabled=False)
    page = visitor.open(f"/people/{person.pk}/")
    ask(visitor)
    assert person.id_number in page.inner_text(".card-facts")
    page.click("text=隐藏")
    assert person.id_number not in page.content()


def test_the_page_links_to_its_parts_and_to_the_household(visit: Any, district: dict[str, User]) -> None:
    shared = Certificate.objects.current().order_by("household").values("household").annotate(holders=Count("pk"))
    home = shared.filter(holders__gt=1)[0]["household"]
    person = Person.objects.filter(certificates__household=home).order_by("pk")[0]
    visitor: Visitor = visit(district["staff"])
    page = visitor.open(f"/people/{person.pk}/")
    page.get_by_role("navigation", name="本页内容").get_by_text("时间线").click()
    assert page.url.endswith("#timeline")
    page.locator("#household tbody a").first.click()
    assert page.url != f"{visitor.server}/people/{person.pk}/"
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_print_view_is_good_and_prints(visit: Any, district: dict[str, User], window: str) -> None:
    person = somebody()
    visitor: Visitor = visit(district["staff"], window)
    visitor.page.add_init_script("window.print = () => { window.printed = true; };")
    page = visitor.open(f"/people/{person.pk}/")
    page.get_by_role("link", name="打印").click()
    page.wait_for_url("**/print/")
    page.wait_for_function("window.printed")
    assert "李明" in page.inner_text("main")
    visitor.assert_good()
    assert AccessLog.objects.filter(act=AccessAct.PRINT, person=person.pk).count() == 1


def test_an_ordinary_page_does_not_print_unnoted(visit: Any, district: dict[str, User]) -> None:
    visitor: Visitor = visit(district["staff"])
    page = visitor.open(f"/people/{somebody().pk}/")
    page.emulate_media(media="print")
    assert not page.locator("h1").is_visible()
    assert "请用页面上的“打印”按钮打印" in page.inner_text("main")
