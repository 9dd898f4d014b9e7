"""From registration to the figure by keyboard: a seeker, a match that says why, 推介, hired, counted; in both windows."""

import os
from typing import Any

import pytest
from django.utils import timezone

from employment.models import EmploymentRecord, JobFair, JobReferral, JobSeeker, PublicPost, ShelteredOrganisation
from registry.models import Person
from tests.browser.conftest import Visitor
from tests.employment.jobs_makers import vacancy
from tests.records import holder
from zalainuoer.common.models import Division, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def looking(accounts: dict[str, User]) -> Person:
    """Somebody of the street, and two offers: one that suits, one for other disabilities."""
    street, today = Division.objects.streets()[0], timezone.localdate()
    somebody = holder(1, street=street.name, expires_on="2099-01-01")
    dates: dict[str, Any] = {"registered_on": "2025-01-01", "valid_until": today, "street": street}
    vacancy(**dates)
    vacancy(post="话务员", categories=["1"], **dates)
    return somebody


def good(visitor: Visitor, name: str, window: str) -> None:
    """No violation; for whoever wants to look, JOBS_PICTURES names the folder."""
    if folder := os.environ.get("JOBS_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}-{window}.png", full_page=True)
    visitor.assert_good()


@pytest.mark.parametrize("window", ["office", "phone"])
def test_somebody_is_registered_matched_recommended_hired_and_counted(
    visit: Any, accounts: dict[str, User], looking: Person, window: str
) -> None:
    street: Visitor = visit(accounts["street"], window)
    page = street.open(f"/people/{looking.pk}/employment/seekers/add/")
    good(street, "seeker-add", window)
    page.locator("button:has-text('保存')").focus()
    street.press_enter()
    page.wait_for_selector(".error-summary")
    page.fill("#id_registered_on", "2025-06-01")  # the figure's years end with 2025
    page.locator("#id_education").focus()
    for _ in range(3):  # 未上过学, 小学, 初中
        page.keyboard.press("ArrowDown")
    page.locator("input[name=skills][value=cleaning]").focus()
    page.keyboard.press("Space")
    page.locator("input[name=wanted][value=cleaning]").focus()
    page.keyboard.press("Space")
    page.locator("#id_least_wage_yuan").focus()
    page.keyboard.type("2000")
    street.press_enter()
    page.wait_for_selector("text=已登记求职")
    good(street, "seeker", window)
    seeker = JobSeeker.objects.get()
    assert (seeker.education, seeker.skills, seeker.wanted) == (2, ["cleaning"], ["cleaning"])
    # the match, and why not
    page.locator("a:has-text('查找适合的岗位')").focus()
    street.press_enter()
    page.wait_for_selector("h1:has-text('适合的岗位')")
    good(street, "matches", window)
    assert page.locator("td:has-text('合乎：会做这个工种')").count() == 1
    page.locator("a:has-text('不能推介的和原因')").focus()
    street.press_enter()
    page.wait_for_selector("text=单位登记的残疾类别中没有此人的类别")
    good(street, "no-matches", window)
    page.locator("a:has-text('可以推介的')").focus()
    street.press_enter()
    page.wait_for_selector("a.btn:has-text('推介')")
    page.locator("a.btn:has-text('推介')").focus()
    street.press_enter()
    page.wait_for_selector("h1:has-text('保洁员')")
    good(street, "referral-add", window)
    page.fill("#id_sent_on", "2025-06-10")
    page.locator("form button:has-text('推介')").focus()
    street.press_enter()
    page.wait_for_selector("text=已登记推介")
    good(street, "referral", window)
    # the outcome: without a form of employment it is refused
    page.locator("a:has-text('登记结果')").focus()
    street.press_enter()
    page.wait_for_selector("#id_outcome_on")
    page.fill("#id_outcome_on", "2025-06-20")
    page.locator("input[name=outcome][value=hired]").focus()
    page.keyboard.press("Space")
    page.locator("#id_reason").focus()
    street.press_enter()
    page.wait_for_selector(".error-summary")
    good(street, "outcome-refused", window)
    page.locator("#id_form").focus()
    page.keyboard.press("ArrowDown")  # 按比例就业
    page.locator("#id_reason").focus()
    street.press_enter()
    page.wait_for_selector("text=已登记结果")
    assert EmploymentRecord.objects.get().person == looking
    assert JobReferral.objects.get().outcome == "hired"
    good(street, "hired", window)
    # the figure
    page = street.open("/employment/new-jobs/")
    assert "本辖区五年累计 1 人，全区目标 100 人" in page.locator("h2").first.inner_text()
    good(street, "new-jobs", window)
    page = street.open("/employment/new-jobs/people/")
    assert page.locator(f"a[href='/people/{looking.pk}/']").count() == 1
    good(street, "new-jobs-people", window)
    page = street.open("/employment/jobs/")
    good(street, "desk", window)
    page = street.open(f"/people/{looking.pk}/")
    assert page.locator("#job-services").count() == 1
    good(street, "person", window)


@pytest.mark.parametrize("window", ["office", "phone"])
def test_the_registers_are_good_with_rows_in_them(
    visit: Any, accounts: dict[str, User], looking: Person, window: str
) -> None:
    staff: Visitor = visit(accounts["staff"], window)
    street, today = looking.community.parent, timezone.localdate()
    post = PublicPost.objects.create(kind="cleaner", unit="某社区", street=street, number=2, starts_on="2024-01-01")
    place = ShelteredOrganisation.objects.create(name="某工疗站", place="某路", capacity=5, since="2024-01-01")
    fair = JobFair.objects.create(kind="job_fair", name="招聘会", held_on=today, place="广场", participants=30)
    page = staff.open(f"/people/{looking.pk}/employment/public-posts/add/")
    page.select_option("#id_post", str(post.pk))
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记上岗")
    good(staff, "post", window)
    staff.open(f"/people/{looking.pk}/employment/sheltered/add/")
    good(staff, "sheltered-unfit", window)
    page = staff.open(f"/people/{looking.pk}/employment/graduates/add/")
    page.fill("#id_school", "某学院")
    page.fill("#id_graduated_on", f"{today:%Y-%m-%d}")
    page.select_option("#id_wants_work", "yes")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已建立")
    good(staff, "graduate", window)
    for path in (
        "/employment/public-posts/", "/employment/sheltered/", f"/employment/sheltered/{place.pk}/", "/employment/fairs/",
        f"/employment/fairs/{fair.pk}/", "/employment/graduates/", "/employment/vacancies/",
    ):  # fmt: skip
        staff.open(path)
        good(staff, path.strip("/").replace("/", "-"), window)
