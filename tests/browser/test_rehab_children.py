"""A child's whole way on a phone, by keyboard alone: registered, screened, diagnosed, granted, trained, settled, closed."""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from rehab.models import ChildApplication, ChildCase, ChildSettlement, Institution, RehabService
from tests import rehabilitation
from tests.browser.conftest import Visitor, _account
from tests.deliveries import id_number
from zalainuoer.common.models import Division, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def picture(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: CHILDREN_PICTURES names the folder."""
    if folder := os.environ.get("CHILDREN_PICTURES"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def offices(accounts: dict[str, User]) -> dict[str, User]:
    """A street, who approves, and who settles: three people."""
    settler = _account("jiesuan", "孙会计", Role.FEDERATION_STAFF, division=accounts["staff"].division)
    return {**accounts, "settler": settler}


def fill(visitor: Visitor, **facts: str) -> None:
    """Fills fields in the order given, from the keyboard: a choice by its words, a box by Space, a day as it is shown."""
    for name, value in facts.items():
        focus(visitor, name)
        kind = visitor.page.evaluate("[document.activeElement.tagName, document.activeElement.type]")
        if kind[0] == "SELECT":
            choose(visitor, value)
        elif kind[1] == "date":
            visitor.page.keyboard.type(f"{value[5:7]}{value[8:10]}{value[:4]}")
            if visitor.page.evaluate("document.activeElement.value") != value:  # a locale that says the year first
                visitor.page.keyboard.press("Tab")
                focus(visitor, name)
                visitor.page.keyboard.type(f"{value[:4]}\t{value[5:7]}{value[8:10]}")
            assert visitor.page.evaluate(f"document.getElementById('id_{name}').value") == value
        elif kind[1] == "checkbox":
            visitor.page.keyboard.press("Space")
        else:
            visitor.page.keyboard.press("Control+A")
            visitor.page.keyboard.type(value)


def focus(visitor: Visitor, name: str) -> None:
    """Presses Tab until the field has the focus."""
    for _ in range(120):
        if visitor.page.evaluate("document.activeElement.id") in (f"id_{name}", f"id_{name}_0"):
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keyboard: {name}")


def choose(visitor: Visitor, words: str) -> None:
    """Goes down a list of choices to the one whose words begin so."""
    for _ in range(60):
        chosen = visitor.page.evaluate("document.activeElement.selectedOptions[0].textContent.trim()")
        if chosen.startswith(words):
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"no such choice: {words}")


def submit(visitor: Visitor, label: str, *, named: str = "") -> None:
    """Tabs on to the button, presses Enter, and looks at what has come."""
    visitor.assert_good()
    if named:
        picture(visitor, named)
    visitor.tabs_to(label, limit=150)
    visitor.press_enter()


def follow(visitor: Visitor, label: str) -> None:
    """Tabs to a link and opens it."""
    visitor.tabs_to(label, limit=150)
    visitor.press_enter()
    visitor.assert_good()


def ago(days: int) -> str:
    return (timezone.localdate() - datetime.timedelta(days=days)).isoformat()


def test_a_child_is_walked_from_the_register_to_the_close_of_the_year(visit: Any, offices: dict[str, User]) -> None:
    today = timezone.localdate()
    month = (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    street: Visitor = visit(offices["street"], "phone")
    staff: Visitor = visit(offices["staff"], "phone")
    settler: Visitor = visit(offices["settler"], "phone")

    # an institution
    page = staff.open(reverse("institution_list"))
    picture(staff, "institutions-empty-phone")
    follow(staff, "新增机构")
    fill(
        staff,
        name="某康复中心",
        kinds="x",
        contact_name="赵主任",
        contact_phone="13800001111",
        capacity="20",
        bank="某行某支行",
        account_number="6200 0012 3456 7890 128",
        account_holder="某康复中心",
        reason="申报材料",
    )
    submit(staff, "保存", named="institution-form-phone")
    at = Institution.objects.get()
    staff.assert_good()
    follow(staff, "登记资格")
    for place in range(6):
        focus(staff, f"categories_{place}")
        staff.page.keyboard.press("Space")
    fill(staff, starts_on=ago(400), document="某文〔2025〕1号")
    submit(staff, "保存")
    follow(staff, "登记检查")
    fill(staff, result="合格")
    submit(staff, "保存")
    picture(staff, "institution-phone")
    assert "某文〔2025〕1号" in staff.page.content()
    assert "62000012" not in staff.page.content()

    # a child without a certificate
    page = street.open(reverse("child_case_list"))
    assert "没有停在筛查到康复之间的儿童" in page.content()
    follow(street, "登记未持证儿童")
    born = f"{today.year - 4}-01-05"
    community = Division.objects.communities().filter(parent=offices["street"].division).first()
    assert community is not None
    fill(
        street,
        id_number=id_number(1, born=born),
        name="白小",
        community=f"{offices['street'].division} {community}",
        guardian_name="白大",
        guardian_phone="13900003333",
        reason="监护人到窗口登记",
    )
    submit(street, "登记", named="child-form-phone")
    assert "已建立儿童档案" in street.page.content()
    follow(street, "登记初筛")

    # screening, an empty form first
    submit(street, "登记初筛")
    assert "请填写" in street.page.locator(".error-summary").inner_text()
    street.assert_good()
    fill(street, screened_on=ago(150), place="社区卫生服务中心", done_by="李医生", result="阳性")
    submit(street, "登记初筛", named="screening-phone")
    case = ChildCase.objects.get()
    assert "已超期" in street.page.content()
    picture(street, "case-stuck-phone")
    page = street.open(reverse("child_case_list"))
    assert "卫生健康部门" in page.content()
    picture(street, "list-phone")
    street.assert_good()
    follow(street, "待复筛，打开")
    for label, facts in (
        ("登记复筛", {"on": ago(145), "place": "区妇幼保健院", "done_by": "王医生", "result": "阳性"}),
        (
            "登记诊断",
            {"on": ago(140), "place": "区医院", "done_by": "赵医生", "result": "确诊", "category": "孤独症"},
        ),
        ("登记告知", {"on": ago(135), "done_by": "社区专委"}),
        ("受理申请", {"on": ago(130), "family_note": "低保边缘"}),
    ):
        follow(street, label)
        fill(street, **facts)
        submit(street, label)
        street.assert_good()
    assert ChildApplication.objects.get().state == "pending"

    # refused without reasons, then granted
    staff.open(reverse("child_case", args=[case.pk]))
    follow(staff, "审核申请")
    fill(staff, on=ago(125), is_approved="不予批准")
    submit(staff, "审核申请")
    assert "请写明理由" in staff.page.locator(".error-summary").inner_text()
    focus(staff, "is_approved")
    staff.page.keyboard.press("ArrowUp")
    submit(staff, "审核申请", named="decision-phone")
    staff.assert_good()

    # the guardian's choice
    street.open(reverse("child_case", args=[case.pk]))
    follow(street, "登记所选机构")
    fill(street, on=ago(120), institution="某康复中心")
    submit(street, "登记所选机构")
    street.assert_good()
    assert "在训" in street.page.content()

    # the month
    settler.open(reverse("settlement_list"))
    picture(settler, "settlements-empty-phone")
    follow(settler, "编制结算表")
    fill(settler, institution="某康复中心", month=f"{month:%Y-%m}")
    submit(settler, "编制")
    follow(settler, "填写")
    fill(
        settler,
        attended_days="20",
        first_on=month.isoformat(),
        last_on=month.replace(day=26).isoformat(),
        requested_yuan="1500",
    )
    submit(settler, f"{month:%Y-%m} 训练情况", named="month-phone")
    picture(settler, "settlement-draft-phone")
    assert "可以结算" in settler.page.content()
    submit(settler, "核定 1 名儿童")
    settler.assert_good()
    assert "已核定" in settler.page.content()
    follow(settler, "打印结算表")
    fill(settler, reason="报区财政")
    settler.page.evaluate("window.print = () => {}")
    submit(settler, "打印")
    settler.assert_good()
    assert "白小" in settler.page.content()
    picture(settler, "print-phone")
    settlement = ChildSettlement.objects.get()
    settler.open(reverse("settlement", args=[settlement.pk]))
    follow(settler, "登记拨付")
    fill(settler, document="支付令7号")
    submit(settler, "登记拨付")
    picture(settler, "settlement-paid-phone")
    settler.assert_good()
    service = RehabService.objects.get()
    assert (service.provider, service.served_on) == (at.name, month.replace(day=26))

    # the year is closed
    staff.open(reverse("child_case", args=[case.pk]))
    follow(staff, "年度结项")
    fill(staff, assessment="语言和社交有进步，建议继续训练")
    submit(staff, "年度结项")
    picture(staff, "case-closed-phone")
    staff.assert_good()
    assert "年度已结" in staff.page.content()
    staff.open(reverse("child_figures"))
    assert "100.00%" in staff.page.content()
    picture(staff, "figures-phone")
    staff.assert_good()


def test_the_pages_are_good_in_an_office(visit: Any, offices: dict[str, User]) -> None:
    at = rehabilitation.institution("某康复中心", since="2025-01-01")
    rehabilitation.TODAY = timezone.localdate()
    one, two, three = (rehabilitation.child(n) for n in (1, 2, 3))
    case = rehabilitation.training(one, at)
    rehabilitation.screened(two)
    rehabilitation.diagnosed(three)
    settled = rehabilitation.settle(rehabilitation.month(one, at), "1500")
    draft = rehabilitation.sheet(at, "2026-05-01")
    rehabilitation.attended(draft.months.get())
    visitor: Visitor = visit(offices["settler"], "office")
    for name, address in {
        "list": reverse("child_case_list"),
        "case": reverse("child_case", args=[case.pk]),
        "hand-over": reverse("child_case_act", args=[case.pk, "hand_over"]),
        "figures": reverse("child_figures"),
        "missing": reverse("child_figure_people", args=["missing"]),
        "institutions": reverse("institution_list"),
        "institution": reverse("institution", args=[at.pk]),
        "designation-end": reverse("designation_end", args=[at.designations.get().pk]),
        "settlements": reverse("settlement_list"),
        "settlement-draft": reverse("settlement", args=[draft.pk]),
        "settlement": reverse("settlement", args=[settled.pk]),
        "export": reverse("child_case_export"),
        "person": reverse("person", args=[one.pk]),
        "child-add": reverse("child_add"),
    }.items():
        page = visitor.open(address)
        assert page.locator("h1").count() == 1, page.url
        picture(visitor, f"{name}-office")
        visitor.assert_good()
