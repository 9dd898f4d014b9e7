"""A home from the list of candidates to the archive, by two people in a browser: with photographs as telephones make
them, signatures drawn and typed, and what is refused on the way."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from accessibility.models import (
    AcceptanceVerdict,
    HomeRetrofit,
    HomeSignature,
    HomeStage,
    RetrofitHome,
    Signer,
)
from tests import records
from tests.accessibility import first_makers, works_makers
from tests.accessibility.photo_files import SVG, photo
from tests.browser.conftest import Visitor
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Walk:
    """One person of the federation at a window, and what each page is called in the pictures."""

    visitor: Visitor
    window: str

    @property
    def page(self) -> Any:
        return self.visitor.page

    def good(self, name: str) -> None:
        """Accessible; and a picture for whoever wants to look: ACCESS_PICTURES names the folder."""
        if folder := os.environ.get("ACCESS_PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}-{self.window}.png", full_page=True)
        self.visitor.assert_good()

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            field = self.page.locator(f"[name={name}]")
            if field.first.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def send(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()

    def act(self, home: RetrofitHome, link: str, button: str, **values: str) -> None:
        """Opens an act from the home's page by keyboard, fills it in and sends it."""
        self.visitor.open(_page(home))
        self.visitor.tabs_to(link)
        self.visitor.press_enter()
        self.fill(**values)
        self.good(f"act-{button}")
        self.send(button)
        assert self.page.url.endswith(_page(home)), self.page.locator("main").inner_text()

    def draw(self, signer: Signer) -> None:
        """A stroke across the place for a signature."""
        canvas = self.page.locator(f"#div_id_image_{signer.value} canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 20, box["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
        self.page.mouse.up()

    def touch(self, signer: Signer) -> None:
        """A thumb on the place while the page is scrolled."""
        canvas = self.page.locator(f"#div_id_image_{signer.value} canvas")
        canvas.scroll_into_view_if_needed()
        canvas.click()


def _page(home: RetrofitHome, part: str = "") -> str:
    return f"/accessibility/homes/{home.pk}/{part}"


@pytest.mark.parametrize("window", ["phone", "office"])
def test_a_home_is_walked_from_candidate_to_the_archive(visit: Any, accounts: dict[str, User], window: str) -> None:
    colleague = User.objects.create(
        username="canlian2", name="周敏", role=Role.FEDERATION_STAFF, division=accounts["staff"].division
    )
    first_makers.maintained()
    for name in ("出入口坡化", "卫生间扶手"):
        first_makers.item(name)
    firm = works_makers.contractor()
    first_makers.candidate(street=Division.objects.streets()[0].name)

    def on(day: str, account: User) -> Walk:
        """Each day another login: a session does not last from one stage to the next."""
        return Walk(visit(account, window), window)

    with time_machine.travel(_at("2025-03-03")):
        home = _to_the_show(on("2025-03-03", accounts["staff"]))
    with time_machine.travel(_at("2025-03-11")):
        _approve(on("2025-03-11", accounts["staff"]), on("2025-03-11", colleague), home)
    with time_machine.travel(_at("2025-05-12")):
        _build(on("2025-05-12", accounts["staff"]), home, firm.name)
        assert records.reached(11, on=records.day("2025-04-28")) == {home.household_id}
        assert not records.reached(11, on=records.day("2025-04-27"))
    with time_machine.travel(_at("2026-05-06")):
        _file(on("2026-05-06", accounts["staff"]), home)


def _at(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day} 10:00+08:00")


# to the days on show


def _to_the_show(walk: Walk) -> RetrofitHome:
    """Opened, visited, photographed, planned and put on show, all on one day."""
    page = walk.visitor.open("/accessibility/candidates/")
    walk.good("candidates")
    page.click("a:has-text('登记改造')")
    walk.good("add")
    walk.fill(wish="卫生间装扶手")
    walk.send("登记改造")
    page.wait_for_selector("text=已登记，下一步入户评估。")
    walk.good("opened")
    home = RetrofitHome.objects.get()
    _assess(walk)
    _photograph(walk, home, "改造前", [("JPEG", "teal"), ("HEIF", "brown"), ("PNG", "olive")], forged=True)
    _plan(walk, home)
    walk.act(home, "开始公示", "开始公示", place="社区公告栏")
    walk.good("on-show")
    home.refresh_from_db()
    assert home.due_on == datetime.date(2025, 3, 10)
    return home


def _assess(walk: Walk) -> None:
    page = walk.page
    page.click("a:has-text('入户评估')")
    walk.fill(assessors="街道李同志、社区王同志")
    page.check("#id_is_own_0")
    walk.send("保存评估情况")
    page.click("a:has-text('新增位置')")
    walk.fill(room="卫生间", barrier="门槛高，轮椅过不去", height_gap_mm="50")
    walk.good("room")
    walk.send("保存这个位置")
    page.wait_for_selector("text=已保存这个位置。")
    walk.good("assessment")
    page.click("a:has-text('完成评估')")
    page.check("text=可以改造，编制方案")
    walk.good("assess")
    walk.send("提交评估")
    page.wait_for_selector("text=已完成评估。")


def _photograph(
    walk: Walk, home: RetrofitHome, purpose: str, kinds: list[tuple[str, str]], *, forged: bool = False
) -> None:
    """Sends photographs of one purpose; a forged one among them is refused and the others are kept."""
    page = walk.visitor.open(_page(home, "photos/"))
    walk.fill(purpose=purpose)
    files = [
        {"name": f"IMG_{n}.JPG", "mimeType": "image/jpeg", "buffer": photo(kind, (1600, 1200), colour=colour)}
        for n, (kind, colour) in enumerate(kinds)
    ]
    if forged:
        files.append({"name": "IMG_9.JPG", "mimeType": "image/jpeg", "buffer": SVG})
    page.set_input_files("#id_files", files)
    page.get_by_role("button", name="开始上传").press("Enter")
    page.wait_for_selector(f".photo-result:has-text('已保存 {len(kinds)} 张')", timeout=120_000)
    if forged:
        assert "SVG 图形" in page.inner_text(".photo-queue li:last-child")
        walk.visitor.complaints[:] = [each for each in walk.visitor.complaints if "400" not in each]  # the refusal
    walk.good(f"photos-{purpose}")


def _plan(walk: Walk, home: RetrofitHome) -> None:
    page = walk.visitor.open(_page(home))
    page.click("a:has-text('编制方案')")
    walk.good("plan-empty")
    for item, room, price in (("出入口坡化（处）", "出入口和院落", "1000"), ("卫生间扶手（处）", "卫生间", "950")):
        page.click("a:has-text('新增项目')")
        walk.fill(item=item, room=room, quantity="1", price_yuan=price)
        walk.good("item")
        walk.send("保存项目")
    page.wait_for_selector("text=与预算合计 1950.00 元不等")
    walk.fill(central="1950")
    walk.send("保存资金构成")
    page.wait_for_selector("text=已保存资金构成。")
    walk.good("plan")
    page.click("a:has-text('提交方案')")
    walk.good("plan-finish")
    walk.send("提交方案")
    page.wait_for_selector("text=方案已提交")


# to the approval


def _approve(preparing: Walk, deciding: Walk, home: RetrofitHome) -> None:
    """Whoever prepared the home ends its days on show and may not decide; a colleague does."""
    preparing.act(home, "公示结束", "登记公示结束")
    assert "同一人不能再审批" in preparing.page.inner_text("main")
    preparing.good("own")
    page = deciding.visitor.open(_page(home))
    page.click("a:has-text('审批')")
    assert "低保，2023-01-01 起" in page.inner_text("main")
    deciding.good("decide")
    page.check("text=批准，固定困难类型和残疾等级")
    deciding.send("提交审批")
    page.wait_for_selector("text=已登记审批结果。")
    deciding.good("approved")
    assert HomeRetrofit.objects.get().approved_on == datetime.date(2025, 3, 11)


# the works


def _build(walk: Walk, home: RetrofitHome, firm: str) -> None:
    """Contract, works with a photograph, an acceptance that fails, correction, one that passes, settlement."""
    walk.act(
        home, "签订合同", "保存合同", contractor=firm, number="2025-1", amount_yuan="1900",
        signed_on="2025-03-12", works_due_on="2025-04-30",
    )  # fmt: skip
    walk.act(home, "开工", "登记开工", started_on="2025-03-20")
    _photograph(walk, home, "施工中", [("JPEG", "grey")])
    walk.act(home, "完工报验", "登记完工", finished_on="2025-04-20")
    _fail(walk, home)
    walk.act(home, "整改完成", "登记整改完成", corrected_on="2025-04-25", note="重做了扶手")
    _photograph(walk, home, "改造后", [("JPEG", "green"), ("HEIF", "olive")])
    _pass(walk, home)
    _settle(walk, home)


def _fail(walk: Walk, home: RetrofitHome) -> None:
    """One item fails; nothing is stored while a signature or the reason is missing."""
    page = walk.visitor.open(_page(home, "act/accept/"))
    first, second = home.items.all()
    page.locator(f"[name=verdict_{first.pk}][value=passed]").check()
    page.locator(f"[name=verdict_{second.pk}][value=failed]").check()
    walk.fill(accepted_on="2025-04-22", name_household="某1", name_federation="陈同志")
    walk.draw(Signer.HOUSEHOLD)
    walk.draw(Signer.FEDERATION)
    walk.send("提交验收")
    assert "不合格的项目请写明原因" in page.locator("main").inner_text()
    assert not HomeSignature.objects.exists()
    walk.good("accept-wrong")
    walk.fill(**{f"note_{second.pk}": "扶手松动"})
    walk.good("accept")
    walk.send("提交验收")
    home.refresh_from_db()
    assert home.stage == HomeStage.CORRECTING
    assert home.retrofit is not None
    assert home.retrofit.verdict == AcceptanceVerdict.FAILED
    assert all(signature.image for signature in HomeSignature.objects.all())  # drawn before the form came back


def _pass(walk: Walk, home: RetrofitHome) -> None:
    """All pass; who cannot draw gives the reason, and the project counts."""
    page = walk.visitor.open(_page(home, "act/accept/"))
    for item in home.items.all():
        page.locator(f"[name=verdict_{item.pk}][value=passed]").check()
    walk.fill(accepted_on="2025-04-28", name_household="某1", name_federation="陈同志")
    walk.touch(Signer.HOUSEHOLD)
    walk.send("提交验收")
    text = page.locator("main").inner_text()
    assert all(f"{signer.label}不手写签名的原因：还没有签名" in text for signer in Signer)
    walk.fill(reason_household="双手不能书写，按了手印")
    walk.draw(Signer.FEDERATION)
    walk.send("提交验收")
    home.refresh_from_db()
    assert home.retrofit is not None
    home.retrofit.refresh_from_db()
    assert (home.stage, home.retrofit.verdict) == (HomeStage.SETTLING, AcceptanceVerdict.PASSED)
    walk.good("accepted")
    drawn = page.get_by_role("img", name="的手写签名")
    assert drawn.count() == 3  # two of the first acceptance, one of this
    assert drawn.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600


def _settle(walk: Walk, home: RetrofitHome) -> None:
    page = walk.visitor.open(_page(home, "act/settle/"))
    first, second = home.items.all()
    amounts = {f"item_{first.pk}": "950", f"item_{second.pk}": "900"}
    walk.fill(settled_on="2025-05-10", document="票据1", fund_central="1800", **amounts)
    walk.send("保存结算")
    assert "不一致" in page.locator("main").inner_text()
    walk.good("settle-wrong")
    walk.fill(fund_central="1850")
    walk.send("保存结算")
    home.refresh_from_db()
    assert home.stage == HomeStage.FOLLOWING


# to the archive


def _file(walk: Walk, home: RetrofitHome) -> None:
    """Two follow-ups; the file is not closed while a photograph is missing; then it is, and prints as one page."""
    for months, done_on in ((3, "2025-07-28"), (12, "2026-04-28")):
        walk.act(
            home, "回访", "保存回访", done_on=done_on, use="正常使用",
            satisfaction="5 分，很满意", note=f"第 {months} 个月",
        )  # fmt: skip
    page = walk.visitor.open(_page(home, "act/file/"))
    walk.send("归档")
    assert "改造后照片（至少 3 张，现有 2 张）" in page.locator("main").inner_text()
    _photograph(walk, home, "改造后", [("JPEG", "navy")])
    walk.act(home, "归档", "归档", filed_on="2026-05-06")
    home.refresh_from_db()
    assert home.stage == HomeStage.FILED
    walk.good("filed")
    walk.visitor.open(_page(home, "file/"))
    page.wait_for_load_state("networkidle")
    pictures = page.locator("main img")
    assert pictures.count() == 7 + 3  # photographs and drawn signatures
    assert page.evaluate("[...document.querySelectorAll('main img')].every((each) => each.naturalWidth > 0)")
    walk.good("file")
    page.emulate_media(media="print")
    walk.good("file-printed")
