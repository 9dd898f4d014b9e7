"""A home from its contract to the archive: on a phone, both signatures drawn or typed, and what is refused."""

import io
import os
from typing import Any

import pytest
from PIL import Image

from accessibility.models import AcceptanceVerdict, HomeSignature, HomeStage, PhotoContent, RetrofitHome, Signer
from tests.accessibility import works_makers as make
from tests.browser.conftest import Visitor
from zalainuoer.common import ciphers
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: WORKS_PICTURES names the folder."""
    if folder := os.environ.get("WORKS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def draw(visitor: Visitor, signer: Signer) -> None:
    """A stroke across the place for a signature."""
    canvas = visitor.page.locator(f"#div_id_image_{signer.value} canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    visitor.page.mouse.move(box["x"] + 20, box["y"] + 20)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    visitor.page.mouse.up()


def touch(visitor: Visitor, signer: Signer) -> None:
    """A thumb on the place while the page is scrolled."""
    canvas = visitor.page.locator(f"#div_id_image_{signer.value} canvas")
    canvas.scroll_into_view_if_needed()
    canvas.click()


def act(visitor: Visitor, home: RetrofitHome, link: str, button: str, **values: str) -> None:
    """Opens an act from the home's page, fills it in and sends it."""
    page = visitor.open(f"/accessibility/homes/{home.pk}/")
    visitor.tabs_to(link)
    visitor.press_enter()
    fill(visitor, **values)
    visitor.assert_good()
    picture(visitor, f"act-{button}")
    send(visitor, button)
    assert page.url.endswith(f"/accessibility/homes/{home.pk}/"), page.locator("main").inner_text()


def fill(visitor: Visitor, **values: str) -> None:
    for name, value in values.items():
        field = visitor.page.locator(f"[name={name}]")
        if field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def send(visitor: Visitor, button: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=button, exact=True).click()


def test_a_home_is_walked_from_its_contract_to_the_archive(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["staff"], "phone")
    home = make.approved()
    firm = make.contractor()
    act(
        visitor, home, "签订合同", "保存合同", contractor=firm.name, number="2025-1", amount_yuan="1900",
        signed_on="2025-02-01", works_due_on="2025-03-31",
    )  # fmt: skip
    act(visitor, home, "开工", "登记开工", started_on="2025-02-05")
    act(visitor, home, "完工报验", "登记完工", finished_on="2025-02-20")
    _fail(visitor, home)
    act(visitor, home, "整改完成", "登记整改完成", corrected_on="2025-02-25", note="重做了扶手")
    _pass(visitor, home)
    _settle(visitor, home)
    for months, done_on in ((3, "2025-06-01"), (12, "2026-03-02")):
        act(
            visitor, home, "回访", "保存回访", done_on=done_on, use="正常使用",
            satisfaction="5 分，很满意", note=f"第 {months} 个月",
        )  # fmt: skip
    _file(visitor, home)


def _fail(visitor: Visitor, home: RetrofitHome) -> None:
    """One item fails; nothing is stored while a signature or the reason is missing."""
    page = visitor.open(f"/accessibility/homes/{home.pk}/act/accept/")
    first, second = home.items.all()
    page.locator(f"[name=verdict_{first.pk}][value=passed]").check()
    page.locator(f"[name=verdict_{second.pk}][value=failed]").check()
    fill(visitor, accepted_on="2025-02-22", name_household="某1", name_federation="陈同志")
    draw(visitor, Signer.HOUSEHOLD)
    draw(visitor, Signer.FEDERATION)
    send(visitor, "提交验收")
    assert "不合格的项目请写明原因" in page.locator("main").inner_text()
    assert not HomeSignature.objects.exists()
    visitor.assert_good()
    fill(visitor, **{f"note_{second.pk}": "扶手松动"})
    picture(visitor, "accept")
    send(visitor, "提交验收")
    home.refresh_from_db()
    assert home.stage == HomeStage.CORRECTING
    assert home.retrofit.verdict == AcceptanceVerdict.FAILED
    assert all(signature.image for signature in HomeSignature.objects.all())  # drawn before the form came back


def _pass(visitor: Visitor, home: RetrofitHome) -> None:
    """All pass; who cannot draw gives the reason, and the project counts."""
    page = visitor.open(f"/accessibility/homes/{home.pk}/act/accept/")
    for item in home.items.all():
        page.locator(f"[name=verdict_{item.pk}][value=passed]").check()
    fill(visitor, accepted_on="2025-03-01", name_household="某1", name_federation="陈同志")
    touch(visitor, Signer.HOUSEHOLD)
    send(visitor, "提交验收")
    text = page.locator("main").inner_text()
    assert all(f"{signer.label}不手写签名的原因：还没有签名" in text for signer in Signer)
    fill(visitor, reason_household="双手不能书写，按了手印")
    draw(visitor, Signer.FEDERATION)
    send(visitor, "提交验收")
    home.refresh_from_db()
    assert (home.stage, home.retrofit.verdict) == (HomeStage.SETTLING, AcceptanceVerdict.PASSED)
    visitor.assert_good()
    picture(visitor, "accepted")
    drawn = page.get_by_role("img", name="的手写签名")
    assert drawn.count() == 3  # two of the first acceptance, one of this
    assert drawn.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600


def _settle(visitor: Visitor, home: RetrofitHome) -> None:
    page = visitor.open(f"/accessibility/homes/{home.pk}/act/settle/")
    first, second = home.items.all()
    amounts = {f"item_{first.pk}": "950", f"item_{second.pk}": "900"}
    fill(visitor, settled_on="2025-03-10", document="票据1", fund_central="1800", **amounts)
    send(visitor, "保存结算")
    assert "不一致" in page.locator("main").inner_text()
    fill(visitor, fund_central="1850")
    send(visitor, "保存结算")
    home.refresh_from_db()
    assert home.stage == HomeStage.FOLLOWING


def _picture_all(home: RetrofitHome) -> None:
    """What was photographed can be seen."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(file, "JPEG")
    sealed = ciphers.encrypt_bytes(file.getvalue(), purpose="photo")
    PhotoContent.objects.bulk_create(
        PhotoContent(photo=photo, image=sealed, thumbnail=sealed) for photo in home.photos.all()
    )


def _file(visitor: Visitor, home: RetrofitHome) -> None:
    page = visitor.open(f"/accessibility/homes/{home.pk}/act/file/")
    send(visitor, "归档")
    assert "改造前照片（至少 3 张，现有 0 张）" in page.locator("main").inner_text()
    make.complete(home)
    _picture_all(home)
    act(visitor, home, "归档", "归档", filed_on="2026-03-10")
    home.refresh_from_db()
    assert home.stage == HomeStage.FILED
    picture(visitor, "home-filed")
    visitor.open(f"/accessibility/homes/{home.pk}/file/")
    picture(visitor, "file")
    visitor.assert_good()
