"""Photographs in a browser: twenty large ones on a line that breaks, the same ones chosen again, a forged one among them."""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest

from accessibility.models import Photo, PhotoUpload, RetrofitHome
from registry.models import Person
from registry.services.identity import name_fields, number_fields
from tests.accessibility.photo_files import SVG, large_photo, photo
from tests.browser.conftest import Visitor
from tests.deliveries import id_number
from tests.records import household
from zalainuoer.common.models import Division, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TWENTY = 20


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: PHOTO_PICTURES names the folder."""
    if folder := os.environ.get("PHOTO_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def home(accounts: dict[str, User]) -> RetrofitHome:
    street = Division.objects.streets()[0]
    place = Division.objects.communities().filter(parent=street).first()
    number = id_number(1)
    who = Person.objects.create(**number_fields(number), **name_fields("某甲"), community=place)
    day = datetime.date(2026, 11, 2)
    return RetrofitHome.objects.create(
        person=who,
        household=household(number),
        year=2026,
        stage="planning",
        since_on=day,
        opened_on=day,
        address="某路1号",
        wish="坡道",
    )


def chosen(content: bytes, name: str, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def expect_result(visitor: Visitor, words: str, *, seconds: int = 240) -> None:
    visitor.page.wait_for_selector(f".photo-result:has-text('{words}')", timeout=seconds * 1000)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_photographs_of_each_kind_are_sent_and_a_forged_one_is_refused(
    visit: Any, accounts: dict[str, User], home: RetrofitHome, window: str
) -> None:
    visitor: Visitor = visit(accounts["street"], window)
    page = visitor.open(f"/accessibility/homes/{home.pk}/photos/")
    visitor.assert_good()
    page.select_option("#id_purpose", "before")
    page.fill("#id_caption", "门口台阶")
    files = [
        chosen(photo(size=(1600, 1200)), "IMG_0001.JPG"),
        chosen(photo("HEIF", (1200, 1600), colour="brown"), "IMG_0002.HEIC", "image/heic"),
        chosen(photo("PNG", colour="olive"), "IMG_0003.PNG", "image/png"),
        chosen(SVG, "IMG_0004.JPG"),
    ]
    page.set_input_files("#id_files", files)
    page.locator("button:has-text('开始上传')").focus()
    page.keyboard.press("Enter")
    expect_result(visitor, "共 4 张，已保存 3 张，1 张没有保存")
    assert "SVG 图形" in page.inner_text(".photo-queue li:nth-child(4)")
    picture(visitor, f"sent-{window}")
    visitor.complaints[:] = [each for each in visitor.complaints if "400" not in each]  # the console names the refusal
    visitor.assert_good()
    page.click("button:has-text('查看照片')")
    page.wait_for_selector("text=改造前（3 张）")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.querySelectorAll('.photos img')].every((each) => each.naturalWidth > 0)")
    picture(visitor, f"gallery-{window}")
    visitor.assert_good()
    page.click("a:has-text('删除') >> nth=0")
    visitor.assert_good()
    picture(visitor, f"remove-{window}")
    page.click("button:has-text('删除这张照片')")
    page.wait_for_selector("text=改造前（2 张）")


def test_twenty_large_photographs_arrive_on_a_line_that_breaks(
    visit: Any, accounts: dict[str, User], home: RetrofitHome, tmp_path: Any
) -> None:
    names = []
    for n in range(TWENTY):
        path = tmp_path / f"IMG_{n:04}.JPG"
        path.write_bytes(large_photo(n))
        names.append(str(path))
    assert sum(os.path.getsize(name) for name in names) > TWENTY * 6_000_000
    visitor: Visitor = visit(accounts["street"], "phone")
    page = visitor.open(f"/accessibility/homes/{home.pk}/photos/")
    # every ninth piece is lost on its way, and every thirtieth answer
    pieces = {"sent": 0, "bytes": 0}

    def line(route: Any) -> None:
        pieces["sent"] += 1
        pieces["bytes"] += len(route.request.post_data_buffer or b"")
        if pieces["sent"] % 9 == 0:
            route.abort("connectionfailed")
        elif pieces["sent"] % 30 == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/photo-uploads/**", line)
    page.set_input_files("#id_files", names)
    page.click("button:has-text('开始上传')")
    page.wait_for_selector(".photo-queue li.good:nth-child(3)", timeout=240_000)
    picture(visitor, "underway-phone")
    # the page is lost in the middle of the fourth: opened again, the same files go on where they stopped
    page.wait_for_timeout(1500)
    page.on("dialog", lambda dialog: dialog.accept())
    before = Photo.objects.count()
    page.goto(f"{visitor.server}/accessibility/homes/{home.pk}/photos/")
    assert before < TWENTY
    arrived = sum(PhotoUpload.objects.values_list("received", flat=True))
    pieces["bytes"] = 0
    page.set_input_files("#id_files", names)
    page.click("button:has-text('开始上传')")
    expect_result(visitor, f"共 {TWENTY} 张，已保存 {TWENTY} 张", seconds=600)
    assert Photo.objects.filter(home=home).count() == TWENTY
    whole = sum(os.path.getsize(name) for name in names)
    assert pieces["bytes"] < (whole - arrived) * 1.4  # what had arrived was not sent again
    assert all(each.taken_at for each in Photo.objects.all())
