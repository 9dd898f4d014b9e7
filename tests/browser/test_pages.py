"""Every page, for everybody who may see it: in an office window and on a phone, without an axe violation, without a
word on the console, without a request to anywhere else."""

from typing import Any

import pytest

from tests.browser.conftest import PASSWORD, Visitor
from zalainuoer.common.models import AccessLog, Role, UploadBatch, User

pytestmark = [pytest.mark.browser]

FIGURES = ["/figures/", "/figures/1/", "/figures/2/", "/figures/4/", "/figures/8/", "/figures/11/"]
REHAB = [
    "/rehab/devices/",
    "/rehab/devices/needs/",
    "/rehab/device-catalogue/",
    "/rehab/stock/",
    "/rehab/loans/",
    "/rehab/doctors/",
    "/rehab/community/",
    "/rehab/daycare/",
]
JOBS = [
    "/employment/jobs/",
    "/employment/seekers/",
    "/employment/vacancies/",
    "/employment/vacancies/add/",
    "/employment/referrals/",
    "/employment/public-posts/",
    "/employment/sheltered/",
    "/employment/fairs/",
    "/employment/fairs/add/",
    "/employment/graduates/",
    "/employment/start-ups/",
    "/employment/role-models/",
    "/employment/new-jobs/",
    "/employment/new-jobs/people/",
]
EMPLOYMENT = [
    "/employment/employers/",
    "/employment/register/",
    "/employment/training/",
    "/employment/training/figures/",
    "/employment/training/figures/uncounted/",
    "/accessibility/",
    "/employment/massage/",
    "/accessibility/candidates/",
    "/accessibility/catalogue/",
    "/accessibility/places/",
    "/accessibility/places/add/",
    "/accessibility/cases/",
    "/accessibility/cases/add/",
    "/employment/massage/shops/",
]
PAGES = {
    "administrator": [
        "/accounts/",
        "/accounts/add/",
        "/accounts/{user}/",
        "/accounts/{user}/password/",
        "/parameters/",
        "/parameters/severe.levels/add/",
        "/parameters/dibao.limit_days/add/",
        "/parameters/school.age_band/add/",
        "/audit/",
        "/audit/?act=list&who=jiedao",
        "/audit/exports/",
        "/password/",
    ],
    "staff": [
        *FIGURES,
        "/figures/4/missing/",
        "/figures/4/numerator/",
        "/figures/4/wrongly_paid/",
        "/figures/11/numerator/",
        "/sheets/",
        "/sheets/registry/",
        "/batches/",
        "/batches/?sheet=registry&state=committed",
        "/batches/{batch}/",
        "/exports/",
        "/subsidies/applications/",
        "/subsidies/applications/?state=all&street=0",
        "/subsidies/runs/",
        "/subsidies/runs/takeover/",
        "/subsidies/money/",
        "/subsidies/money/?subsidy=nursing&year=2025",
        "/subsidies/reviews/",
        "/subsidies/recoveries/",
        *REHAB,
        *JOBS,
        "/employment/public-posts/add/",
        "/employment/sheltered/add/",
        "/employment/role-models/add/",
        *EMPLOYMENT,
        "/employment/employers/add/",
        "/accessibility/year-tasks/",
        "/accessibility/year-tasks/add/",
        "/accessibility/catalogue/items/add/",
        "/accessibility/catalogue/contractors/add/",
        "/accessibility/places/export/",
        "/accessibility/places/notices/export/",
        "/accessibility/cases/export/",
        "/employment/employers/export/",
        "/employment/training/add/",
        "/employment/massage/shops/add/",
        "/rehab/stock/add/",
        "/rehab/doctors/export/",
        "/rehab/records/home/add/",
        "/rehab/records/standard/add/",
        "/rehab/records/survey/add/",
        "/rehab/daycare/settlements/add/",
        "/people/children/add/",
        "/rehab/children/",
        "/rehab/children/?stage=all",
        "/rehab/figures/children/",
        "/rehab/figures/children/missing/",
        "/rehab/institutions/",
        "/rehab/institutions/add/",
        "/rehab/settlements/",
        "/rehab/settlements/add/",
        "/employment/levy/",
        "/employment/levy/?tier=owing&kind=enterprise",
        "/employment/levy/export/",
        "/employment/levy/leading/",
        "/employment/audits/",
        "/employment/audits/?state=owing&todo=unheard",
        "/employment/audits/export/",
        "/employment/audits/tax-push/",
        "/employment/credit-records/",
        "/employment/awards/",
    ],
    "street": [
        *FIGURES,
        "/figures/4/missing/",
        "/sheets/",
        "/batches/",
        "/subsidies/applications/?state=mine",
        "/subsidies/reviews/",
        *REHAB,
        *JOBS,
        *EMPLOYMENT,
        "/rehab/children/",
        "/rehab/institutions/",
        "/rehab/",
        "/rehab/missing/9/",
        "/rehab/surveys/",
        "/rehab/plans/",
        "/rehab/services/",
        "/rehab/service-catalogue/",
        "/rehab/referrals/",
    ],
    "liaison": [
        "/sheets/",
        "/sheets/social-assistance/",
        "/batches/",
        "/batches/{batch}/",
        "/batches/{batch}/?show=new",
        "/batches/{batch}/undo/",
        "/batches/{preview}/",
        "/batches/{preview}/?show=same",
    ],
    "leadership": [*FIGURES, "/subsidies/money/"],
}


@pytest.mark.slow
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_good_in_an_office_and_on_a_phone(visit: Any, district: dict[str, User], role: str) -> None:
    batches = UploadBatch.objects.filter(sheet="living-subsidy-payments").order_by("pk")
    batch, preview = batches[0].pk, batches[1].pk
    office, phone = visit(district[role], "office"), visit(district[role], "phone")
    for path in PAGES[role]:
        for visitor in (office, phone):
            page = visitor.open(path.format(user=district["street"].pk, batch=batch, preview=preview))
            assert page.locator("h1").count() == 1, page.url
            visitor.assert_good()


def test_pages_without_the_frame_are_good(visit: Any) -> None:
    visitor: Visitor = visit()
    visitor.open("/login/")
    visitor.assert_good()
    visitor.open("/publicity/?street=0")
    visitor.assert_good()
    for path, title in (("/accounts/", "登录"), ("/login/?next=/figures/", "登录")):
        assert visitor.open(path).locator("h1").inner_text() == title


def test_an_unknown_page_and_a_forbidden_one_say_so(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["leadership"])
    assert visitor.open("/nowhere/").locator("h1").inner_text() == "找不到页面"
    assert visitor.violations() == []
    assert visitor.open("/accounts/").locator("h1").inner_text() == "没有权限"
    assert visitor.violations() == []


def test_at_twice_the_size_nothing_is_cut_off(visit: Any, district: dict[str, User]) -> None:
    """Zoom 200 %: half the window for the same text."""
    visitor: Visitor = visit(district["staff"])
    visitor.page.set_viewport_size({"width": 683, "height": 384})
    for path in ("/figures/", "/figures/4/missing/", "/sheets/", "/batches/"):
        visitor.open(path)
        visitor.assert_good()


def test_logging_in_by_keyboard_leads_to_the_first_page_of_the_role(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit()
    page = visitor.open("/")
    page.keyboard.type("minzheng")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sheets/")
    assert page.locator("h1").inner_text() == "报表报送：民政局"


def test_wrong_passwords_are_told_and_the_sixth_try_is_locked_out(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit()
    for attempt in range(5):
        page = visitor.open("/login/")
        page.fill("#id_username", "minzheng")
        page.fill("#id_password", "wrong")
        visitor.press_enter()
        if attempt == 0:
            assert "用户名或密码不对" in page.locator(".error-summary").inner_text()
            assert page.evaluate("document.activeElement.classList.contains('error-summary')")
            assert visitor.violations() == []
    assert page.locator("h1").inner_text() == "账号暂时锁定"
    assert visitor.violations() == []


def test_the_skip_link_is_first_and_leads_to_the_content(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["liaison"])
    page = visitor.open("/sheets/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到主要内容"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_a_phone_the_menu_opens_with_its_button_and_closes_with_escape(
    visit: Any, accounts: dict[str, User]
) -> None:
    visitor: Visitor = visit(accounts["liaison"], "phone")
    page = visitor.open("/sheets/")
    assert not page.locator("#menu").is_visible()
    page.click("text=菜单")
    assert page.locator("#menu").is_visible()
    visitor.assert_good()
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()


def test_without_scripts_the_menu_is_open_and_forms_work(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["administrator"], "phone", java_script_enabled=False)
    page = visitor.open("/accounts/add/")
    assert page.locator("#menu").is_visible()
    page.click("text=建立账号")
    assert "用户名：请填写。" in page.locator(".error-summary").inner_text()


def test_the_administrator_makes_an_account_by_keyboard(visit: Any, accounts: dict[str, User]) -> None:
    visitor: Visitor = visit(accounts["administrator"])
    page = visitor.open("/accounts/")
    visitor.tabs_to("新建账号")
    visitor.press_enter()
    for label, text in (("用户名", "yibao"), ("姓名", "周红")):
        visitor.tabs_to(label)
        page.keyboard.type(text)
    visitor.tabs_to("岗位")
    for _ in range(list(Role.values).index(Role.LIAISON) + 1):
        page.keyboard.press("ArrowDown")
    visitor.tabs_to("初始密码")
    page.keyboard.type(PASSWORD)
    visitor.tabs_to("再次输入")
    page.keyboard.type(PASSWORD)
    visitor.press_enter()
    assert "部门联络员必须选择部门" in page.locator(".error-summary").inner_text()
    page.select_option("#id_department", label="医疗保障局")
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.click("text=建立账号")
    page.wait_for_url("**/accounts/")
    assert User.objects.get(username="yibao").department.name == "医疗保障局"
    visitor.assert_good()


def test_leadership_sees_figures_and_no_people(visit: Any, district: dict[str, User]) -> None:
    visitor: Visitor = visit(district["leadership"])
    page = visitor.open("/figures/")
    rows = page.locator("table.figures tbody tr")
    assert rows.count() == 11
    assert page.evaluate("document.querySelector('table.figures').getBoundingClientRect().bottom") <= 768
    page.keyboard.press("Tab")
    visitor.open("/figures/4/")
    assert page.locator("text=名单").count() == 0
    assert visitor.open("/figures/4/missing/").locator("h1").inner_text() == "没有权限"


def test_opening_a_list_of_people_masks_numbers_and_is_noted(visit: Any, district: dict[str, User]) -> None:
    visitor: Visitor = visit(district["staff"])
    page = visitor.open("/figures/7/numerator/")
    shown = page.locator("tbody tr").count()
    assert shown > 10
    assert "150799" not in page.content()
    noted = AccessLog.objects.latest("pk")
    assert (noted.username, noted.people) == ("canlian", shown)
    assert "基本医疗保险" in noted.what
