"""What the administrator keeps besides accounts: divisions and tokens, in an office and on a phone."""

from typing import Any

import pytest

from tests.browser.conftest import PASSWORD
from zalainuoer.common import administration
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def system(accounts: dict[str, User]) -> User:
    account = User(username="pingtai", name="政务平台", role=Role.SYSTEM_CLIENT)
    return administration.account_create(account=account, password=PASSWORD, by=None)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_divisions_are_kept(visit: Any, accounts: dict[str, User], window: str) -> None:
    visitor = visit(accounts["administrator"], window)
    page = visitor.open("/divisions/")
    visitor.assert_good()
    community, street = Division.objects.get(name="联营社区"), Division.objects.get(name="第一街道")
    for path in (f"{street.pk}/add/", f"{street.pk}/", f"{community.pk}/", f"{community.pk}/move/"):
        visitor.open(f"/divisions/{path}")
        visitor.assert_good()
    visitor.open(f"/divisions/{street.pk}/delete/")
    visitor.assert_good()
    visitor.open(f"/divisions/{community.pk}/")
    page.fill("#id_code", "1507030029")
    page.click("button:has-text('保存')")
    assert "应为 12 位数字" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.fill("#id_code", "150703002009")
    page.click("button:has-text('保存')")
    page.wait_for_url("**/divisions/")
    visitor.open(f"/divisions/{community.pk}/delete/")
    visitor.assert_good()
    page.click("button:has-text('删除')")
    page.wait_for_url("**/divisions/")
    assert "已删除“联营社区”" in page.content()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_a_token_is_issued_shown_once_and_revoked(
    visit: Any, accounts: dict[str, User], system: User, window: str
) -> None:
    visitor = visit(accounts["administrator"], window)
    page = visitor.open(f"/accounts/{system.pk}/")
    visitor.assert_good()
    page.select_option("#id_days", label="90 天")
    page.click("text=发放新令牌")
    page.wait_for_selector("h1:has-text('新令牌')")
    visitor.assert_good()
    page.click("text=已复制，返回账号")
    page.wait_for_selector("h2:has-text('令牌')")
    page.click("text=发放、吊销记录")
    assert "发放了令牌" in page.content()
    visitor.assert_good()
    page.click("button:has-text('吊销')")
    page.wait_for_selector("text=还没有令牌")
    visitor.assert_good()
