"""家庭医生, 社区康复 and 阳光家园 in a browser: by keyboard, in an office and on a phone."""

import datetime
import os
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from registry.models import Category, Certificate, Person
from registry.rules import held
from rehab.models import (
    CareHome,
    CarePlaces,
    CareSettlement,
    CareStandard,
    CareStay,
    CommunitySite,
    DoctorContract,
    DoctorVisit,
)
from rehab.rules import may_stay
from tests.browser.conftest import Visitor
from zalainuoer.common.models import Role, User
from zalainuoer.common.rules import Parameters

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WINDOWS = ["office", "phone"]


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: REHAB_COMMUNITY_PICTURES names the folder."""
    if folder := os.environ.get("REHAB_COMMUNITY_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def last_month(today: datetime.date) -> datetime.date:
    return (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


@pytest.fixture
def centre(district: dict[str, User]) -> dict[str, User]:
    """The small year, an institution with places and a standard, and a second member of the federation's staff."""
    home = CareHome.objects.create(name="阳光托养中心", address="某路1号", opened_on="2020-01-01")
    CarePlaces.objects.create(home=home, mode="day", capacity=10, since="2020-01-01")
    CareStandard.objects.create(
        mode="day", basis="day", amount_yuan=Decimal(20), first_month="2020-01-01", document="某文"
    )
    other = User.objects.create(
        username="canlian2", name="赵敏", role=Role.FEDERATION_STAFF, division=district["staff"].division
    )
    return {**district, "other": other}


def may_be_taken_in() -> Person:
    """Somebody of the small year who meets every condition, by one made-up certificate if need be."""
    today = timezone.localdate()
    born = Person.objects.filter(born_on__year__range=(1975, 1995))
    statement = Certificate.objects.filter(held(today), person__in=born, status="normal", expires_on__gt=today).first()
    assert statement is not None
    Certificate.objects.filter(person=statement.person_id).update(category=Category.MENTAL, level="2")
    statement.person.socialassistances.all().delete()
    rule = may_stay(on=today, parameters=Parameters(on=today))
    assert rule.people(Person.objects.filter(pk=statement.person_id)).exists()
    return statement.person


@pytest.mark.parametrize("window", WINDOWS)
def test_many_are_signed_and_a_visit_is_noted(visit: Any, centre: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(centre["staff"], window)
    page = visitor.open("/rehab/doctors/")
    picture(visitor, f"doctors-{window}")
    visitor.assert_good()
    for box in page.locator("input[type=checkbox][name=person]").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    page.locator("button:has-text('批量签约')").focus()
    visitor.press_enter()
    visitor.assert_good()
    today = timezone.localdate()
    page.click("button:has-text('确认登记 2 人')")
    assert "请填写" in page.locator(".error-summary").inner_text()
    visitor.assert_good()
    page.fill("#id_team", "友谊社区卫生服务站一队")
    page.fill("#id_doctor", "周医生")
    page.fill("#id_signed_on", today.isoformat())
    page.fill("#id_until", today.replace(day=1).replace(year=today.year + 1).isoformat())
    picture(visitor, f"sign-{window}")
    page.click("button:has-text('确认登记 2 人')")
    page.wait_for_selector("text=已登记 2 人")
    page = visitor.open(f"/rehab/doctors/?show=signed&year={today.year}")
    visitor.assert_good()
    page.locator("summary:has-text('按社区查看')").focus()
    page.keyboard.press("Enter")
    picture(visitor, f"doctors-signed-{window}")
    visitor.assert_good()
    contract = DoctorContract.objects.filter(year=today.year).latest("pk")
    page = visitor.open(f"/rehab/doctors/{contract.pk}/")
    page.fill("#id_visited_on", today.isoformat())
    page.fill("#id_content", "上门随访")
    page.select_option("#id_kind", "护理")
    page.click("button:has-text('登记服务')")
    page.wait_for_selector("text=并计为一次康复服务")
    picture(visitor, f"contract-{window}")
    visitor.assert_good()
    made = DoctorVisit.objects.get()
    visitor.open(f"/rehab/doctors/visits/{made.pk}/withdraw/")
    visitor.assert_good()
    visitor.open(f"/people/{contract.person_id}/facts/family-doctors/add/")
    visitor.assert_good()


@pytest.mark.parametrize("window", WINDOWS)
def test_a_site_a_coordinator_and_a_campaign_are_entered(visit: Any, centre: dict[str, User], window: str) -> None:
    visitor: Visitor = visit(centre["staff"], window)
    page = visitor.open("/rehab/community/")
    picture(visitor, f"community-empty-{window}")
    visitor.assert_good()
    page.locator("a:has-text('登记站点')").first.focus()
    visitor.press_enter()
    visitor.assert_good()
    page.fill("#id_name", "社区康复站")
    page.fill("#id_place", "居委会一楼")
    page.check("input[name=offers][value=training]")
    page.fill("#id_opened_on", "2025-01-01")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记社区康复站点")
    page.locator("a:has-text('登记协调员')").first.click()
    page.fill("#id_name", "吴协调")
    page.fill("#id_since", "2025-01-01")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记社区康复协调员")
    page.locator("a:has-text('登记活动')").click()
    year = timezone.localdate().year
    for name, text in (
        ("held_on", f"{year}-01-05"),
        ("topic", "残疾预防日"),
        ("place", "广场"),
        ("evidence", "照片存档"),
    ):
        page.fill(f"#id_{name}", text)
    page.fill("#id_people_reached", "200")
    visitor.assert_good()
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记残疾预防活动")
    page.locator("a:has-text('登记调查')").click()
    page.fill("#id_year", str(year))
    page.fill("#id_surveyed_on", f"{year}-01-10")
    for name, count in (("sample", 10), ("valid", 11), ("aware", 6)):
        page.fill(f"#id_{name}", str(count))
    page.fill("#id_method", "入户")
    page.click("button:has-text('保存')")
    assert "不能多于调查人数" in page.locator("main").inner_text()
    visitor.assert_good()
    page.fill("#id_valid", "10")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记知晓率调查")
    picture(visitor, f"community-{window}")
    visitor.assert_good()
    site = CommunitySite.objects.get()
    for path in (f"/rehab/records/site/{site.pk}/", f"/rehab/records/site/{site.pk}/withdraw/"):
        visitor.open(path)
        visitor.assert_good()


@pytest.mark.parametrize("window", WINDOWS)
def test_somebody_is_taken_in_and_a_month_is_settled_by_two(visit: Any, centre: dict[str, User], window: str) -> None:
    somebody, today = may_be_taken_in(), timezone.localdate()
    month = last_month(today)
    one: Visitor = visit(centre["staff"], window)
    page = one.open(f"/people/{somebody.pk}/")
    assert page.locator("a:has-text('办理托养')").count() == 1
    picture(one, f"person-{window}")
    page = one.open(f"/people/{somebody.pk}/rehab/daycare/")
    picture(one, f"stay-add-{window}")
    one.assert_good()
    page.select_option("#id_home", label="阳光托养中心")
    page.select_option("#id_mode", label="日间照料")
    page.fill("#id_starts_on", month.isoformat())
    page.fill("#id_care_plan", "每周五天，生活自理训练")
    page.locator("button:has-text('办理入托')").focus()
    one.press_enter()
    stay = CareStay.objects.get()
    picture(one, f"stay-{window}")
    one.assert_good()
    page = one.open("/rehab/daycare/settlements/add/")
    one.assert_good()
    page.select_option("#id_home", label="阳光托养中心")
    page.fill("#id_month", f"{month:%Y-%m}")
    page.click("button:has-text('生成结算表')")
    page.wait_for_selector("text=已生成结算表")
    field = page.locator("input[name^=days_]")
    field.fill("40")
    page.click("button:has-text('保存实到天数')")
    page.wait_for_selector("text=最多")
    one.assert_good()
    page.locator("input[name^=days_]").fill("20")
    page.locator("input[name^=days_]").press("Enter")
    page.wait_for_selector("text=已保存实到天数")
    picture(one, f"settlement-draft-{window}")
    one.assert_good()
    settlement = CareSettlement.objects.get()
    other: Visitor = visit(centre["other"], window)
    page = other.open(f"/rehab/daycare/settlements/{settlement.pk}/")
    page.locator("button:has-text('审核并锁定')").focus()
    other.press_enter()
    page.wait_for_selector("text=已审核锁定")
    picture(other, f"settlement-{window}")
    other.assert_good()
    for name in ("print", "export"):
        other.open(f"/rehab/daycare/settlements/{settlement.pk}/{name}/")
        picture(other, f"settlement-{name}-{window}")
        other.assert_good()
    Person.objects.filter(pk=somebody.pk).update(died_on=today)
    page = other.open("/rehab/daycare/")
    assert "在托但已不符合条件" in page.content()
    picture(other, f"daycare-{window}")
    other.assert_good()
    assert stay.home.name in page.content()
