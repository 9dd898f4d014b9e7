"""The forms of the acts on certificates and the worklist of deaths, in an office window and on a phone."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from registry.acts import ACTS
from registry.models import Certificate, CertificateCase, DeathNotice
from registry.services.certificates import certificate_act
from tests import records
from tests.browser.conftest import WINDOWS
from tests.deliveries import id_number
from tests.records import holder
from zalainuoer.common.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TODAY = datetime.date(2025, 12, 31)


@pytest.fixture
def paths(accounts: dict[str, User]) -> list[str]:
    """The addresses of the pages, about somebody who holds a certificate and has lost it once."""
    somebody, dead = holder(1), holder(2)
    case = certificate_act(
        person=somebody, act="report_loss", effective_on=TODAY, reason="遗失", by=accounts["staff"], today=TODAY
    )
    certificate_act(
        person=somebody, act="reissue", effective_on=TODAY, reason="遗失", by=accounts["staff"], today=TODAY
    )
    notice = DeathNotice.objects.create(person=dead, died_on="2025-10-01", source="police")
    gone = holder(3, status="cancelled", status_on="2020-01-01")
    forms = [
        f"/people/{somebody.pk}/certificate/{code}/" for code in ACTS if code not in ("issue", "move_in", "unfreeze")
    ]
    return [
        "/people/add/",
        "/people/add/?act=issue",
        "/people/add/?act=move_in",
        f"/people/{gone.pk}/certificate/issue/",
        *forms,
        f"/people/{somebody.pk}/identity/",
        f"/certificates/cases/{case.pk}/withdraw/",
        "/deaths/",
        f"/deaths/{notice.pk}/",
    ]


def test_every_form_is_good_in_an_office_and_on_a_phone(
    visit: Any, accounts: dict[str, User], paths: list[str]
) -> None:
    for window in WINDOWS:
        visitor = visit(accounts["staff"], window)
        for path in paths:
            page = visitor.open(path)
            assert page.url.endswith(path), page.url
            assert page.locator("h1").count() == 1, path
            visitor.assert_good()


def test_a_clerk_issues_a_certificate_by_keyboard(visit: Any, accounts: dict[str, User], tmp_path: Path) -> None:
    visitor = visit(accounts["staff"])
    page = visitor.open("/people/add/?act=issue")
    visitor.tabs_to("办理新办")
    visitor.press_enter()
    assert "身份证号：请填写。" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    visitor.open("/people/add/?act=issue")
    visitor.tabs_to("身份证号")
    page.keyboard.type(id_number(7))
    visitor.tabs_to("姓名")
    page.keyboard.type("新来人")
    visitor.tabs_to("所属社区")
    page.keyboard.press("ArrowDown")
    for label, presses in (("残疾类别", 4), ("残疾等级", 2)):
        visitor.tabs_to(label)
        for _ in range(presses):
            page.keyboard.press("ArrowDown")
    visitor.tabs_to("评定机构")
    page.keyboard.type("区医院")
    paper = tmp_path / "评定表.pdf"
    paper.write_bytes(b"%PDF-1.7 x")
    page.set_input_files("#id_attachments", paper)
    visitor.tabs_to("办理新办")
    visitor.press_enter()
    page.wait_for_url("**/people/*/")
    assert "已办理“新办”" in page.locator(".messages").inner_text()
    assert (Certificate.objects.get().category, Certificate.objects.get().level) == ("4", "2")
    assert CertificateCase.objects.get().attachments.count() == 1


def test_a_death_is_looked_into_and_confirmed(visit: Any, accounts: dict[str, User]) -> None:
    somebody = records.holder(1)
    DeathNotice.objects.create(person=somebody, died_on="2025-10-01", source="police")
    visitor = visit(accounts["staff"])
    page = visitor.open("/deaths/")
    page.click("text=核实 >> nth=-1")
    page.click("text=确认并注销")
    page.wait_for_url("**/deaths/")
    assert "已确认" in page.locator(".messages").inner_text()
    visitor.assert_good()
    assert Certificate.objects.current().get().status == "cancelled"
