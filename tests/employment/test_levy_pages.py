"""The pages of the levy: the list, the sheet with its people, the print, the workbooks, the large public employers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from employment.models import (
    AdminLevel,
    CountedAt,
    DispatchAgreement,
    Employer,
    EmployerKind,
    QuotaSheet,
)
from employment.rules.levy import money
from employment.tasks import reckon_quota_night
from tests import records
from tests.employment import levy_makers as make
from tests.employment.test_levy_figures import CASES, NEAREST, build
from tests.visiting import logged_in
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db
SHEETS = ("levy_sheet", "levy_sheet_print", "levy_sheet_export")


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """2 March 2026, when 2025 is audited."""
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def client() -> Client:
    return logged_in()


def address(at: Employer, name: str = "levy_sheet", year: int = make.YEAR) -> str:
    return reverse(name, args=[at.pk, year])


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def cells(answer: Any) -> dict[str, list[list[Any]]]:
    """A workbook's pages with their rows."""
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


REASON = {"reason": "送税务局核对"}


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_on_the_printed_sheet_and_in_the_workbook(client: Client, name: str) -> None:
    make.terms()
    at = build(name)
    make.reckon()
    _, _, placed, average, gap, base, gross, factor, net = CASES[name]
    placed, gap, base, gross, factor, net = NEAREST.get(name, (placed, gap, base, gross, factor, net))
    printed = text(client.get(address(at, "levy_sheet_print")))
    gross_yuan, net_yuan = money(Decimal(gross)), money(Decimal(net))
    relief = money(Decimal(gross) - Decimal(net))
    wage = money(Decimal(base if base is not None else average))
    pages = cells(client.post(address(at, "levy_sheet_export"), REASON))
    columns = {row[0]: row[2] for row in pages["申报表栏次"] if isinstance(row[0], int)}
    assert [columns[number] for number in (8, 9, 10, 12)] == [wage, gross_yuan, relief, net_yuan]
    assert Decimal(columns[7]) == Decimal(placed)
    lines = {row[0]: row[3] for row in pages["测算过程"]}
    assert lines["应纳费额"] == f"{gross_yuan} 元"
    assert lines["减免后应缴"] == f"{net_yuan} 元"
    for figure in (wage, gross_yuan, relief, net_yuan, lines["少安排人数"], lines["征收比例"]):
        assert figure in printed
    assert name not in ("C1", "C3", "C4", "C11") or columns[7] == "0"


def test_the_print_has_the_columns_of_the_national_form(client: Client) -> None:
    make.terms()
    at = build("P2")
    make.reckon()
    printed = text(client.get(address(at, "levy_sheet_print")))
    for label in (
        "费款所属期起",
        "2025-01-01",
        "2025-12-31",
        "上年在职职工工资总额",
        "10,400,000.00",
        "＝(5×6－7)×8",
        "1.5%",
    ):
        assert label in printed
    assert at.credit_code in printed
    assert "某1" not in printed


def test_the_sheet_shows_each_month_and_every_clause_that_fails(client: Client) -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    made = make.placed(1, at, range(1, 7))
    make.months(made, [7, 8], is_pension_paid=False, is_medical_paid=False)
    make.months(made, [9], wage="1979.99")
    make.reckon()
    page = text(client.get(address(at)))
    assert "7—8月：当月没有缴纳养老保险" in page
    assert "7—8月：当月没有缴纳医疗保险" in page
    assert "9月：实发工资低于当月最低工资标准" in page
    assert "10—12月：没有登记当月工资和社会保险" in page
    assert "肢体残疾三级" in page
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.people) == (AccessAct.LIST, 1)
    assert "150799" not in page


def test_a_second_claim_names_both_employers(client: Client) -> None:
    make.terms()
    first, second = make.employer(1, name="先登记的公司"), make.employer(2, name="后登记的公司")
    made = make.placed(1, first)
    make.months(make.job(made.person, second))
    make.reckon()
    assert "重复申报，待核：后登记的公司和先登记的公司同月申报，已计入先登记的先登记的公司" in text(
        client.get(address(second))
    )
    assert "重复申报" not in text(client.get(address(first)))


def test_whoever_counts_at_the_host_is_shown_at_both(client: Client) -> None:
    make.terms()
    sender, host = make.employer(1, name="派出公司"), make.employer(2, name="用工公司")
    agreement = DispatchAgreement.objects.create(
        dispatcher=sender, host=host, counted_at=CountedAt.HOST, starts_on="2024-01-01", document="协议"
    )
    make.placed(1, sender, agreement=agreement)
    make.reckon()
    assert "1—12月：按劳务派遣协议计入用工单位：用工公司" in text(client.get(address(sender)))
    assert "肢体残疾三级" in text(client.get(address(host)))


def test_a_missing_parameter_is_named_and_the_rest_is_shown(client: Client) -> None:
    make.terms(local=None)
    at = make.employer()
    make.declared(at)
    make.reckon()
    page = text(client.get(address(at)))
    assert "参数未维护：当地社会平均工资（元，每年）（2025-12-31）" in page
    assert "1.5 人" in page
    printed = text(client.get(address(at, "levy_sheet_print")))
    assert "参数未维护：当地社会平均工资" in printed
    listed = text(client.get(reverse("levy_list"), {"state": "missing"}))
    assert at.name in listed
    assert "不含不能测算的 1 个单位" in listed


def test_before_the_first_reckoning_the_page_says_so_and_the_button_reckons(client: Client) -> None:
    make.terms()
    at = build("C8")
    assert "这一年度还没有测算" in text(client.get(address(at)))
    assert client.get(address(at, "levy_sheet_print")).status_code == 302
    assert client.post(reverse("levy_reckon"), {"year": "2025", "employer": at.pk}).status_code == 302
    assert "9,750.00" in text(client.get(address(at)))


def test_a_change_of_facts_is_told_until_it_is_reckoned_again(client: Client) -> None:
    make.terms()
    at = build("C2")
    make.reckon()
    assert "请重新测算" not in text(client.get(address(at)))
    make.placed(50, at, level="2")
    assert "请重新测算" in text(client.get(address(at)))
    client.post(reverse("levy_reckon"), {"year": "2025"})
    assert "请重新测算" not in text(client.get(address(at)))


def test_a_certified_sheet_says_what_has_changed_and_cannot_be_reckoned(client: Client) -> None:
    make.terms()
    at = build("C2")
    make.reckon()
    make.certified(at, declared_on="2026-03-01")
    make.placed(50, at, level="2")
    page = text(client.get(address(at)))
    assert "这张表保持认证时的数" in page
    assert "25,110.00" in page
    assert "重新测算</span>" not in page


@pytest.mark.parametrize(("days", "fee"), [(1, "250.00"), (30, "7,500.00"), (365, "50,000.00")])
def test_the_late_fee_is_reckoned_on_the_sheet(client: Client, days: int, fee: str) -> None:
    """L1–L3 on a sheet that owes 50,000."""
    make.terms()
    at = make.employer(kind=EmployerKind.INSTITUTION)
    make.declared(at, 100, average="37037.04")
    make.reckon()
    QuotaSheet.objects.update(net_yuan="50000")
    assert f"<strong>{fee} 元</strong>" in text(client.get(address(at), {"days": days}))


def test_negative_days_are_refused(client: Client) -> None:
    make.terms()
    at = build("C2")
    make.reckon()
    page = text(client.get(address(at), {"days": "-1"}))
    assert "大于或等于" in page


@pytest.mark.parametrize(
    ("today", "year", "warns"),
    [
        ("2026-03-02", "2025", False),
        ("2027-07-03", "2026", False),
        ("2027-07-04", "2026", True),  # 180 days before 31 December
        ("2027-01-04", "2027", True),  # the year itself ends with the relief
        ("2028-02-01", "2027", True),
    ],
)
def test_the_end_of_the_relief_is_told_half_a_year_before(today: str, year: str, warns: bool) -> None:
    make.terms()
    at = make.employer()
    with time_machine.travel(f"{today} 09:00+08:00", tick=False):
        client = logged_in()
        assert ("2027-12-31 到期" in text(client.get(reverse("levy_list"), {"year": year}))) is warns
        assert ("2027-12-31 到期" in text(client.get(address(at, year=int(year))))) is warns


def test_a_relief_that_has_been_prolonged_has_no_end() -> None:
    for name in ("levy_tier_threshold", "levy_factor_near", "levy_factor_below", "levy_exempt_headcount"):
        make.parameter(f"employment.{name}", "1", "2028-01-02")
    with time_machine.travel("2028-02-01 09:00+08:00", tick=False):
        assert "到期" not in text(logged_in().get(reverse("levy_list")))


def test_the_disputed_weights_are_pointed_out(client: Client) -> None:
    make.terms()
    at = make.employer()
    make.months(make.job(records.holder(1, category="5", level="3"), at))
    make.reckon()
    assert "智力、精神三、四级" in text(client.get(address(at)))


# --- the list --------------------------------------------------------------------------------------------------------


def some() -> dict[str, Employer]:
    """One of each kind: owing at 90%, at 50%, exempt, reached, not to be reckoned."""
    make.terms()
    made = {
        "ninety": make.employer(1, name="低于百分之一公司"),
        "fifty": make.employer(2, name="过百分之一单位", kind=EmployerKind.INSTITUTION),
        "exempt": make.employer(3, name="小微公司"),
        "reached": make.employer(4, name="达标机关", kind=EmployerKind.ORGAN),
        "open": make.employer(5, name="没有数字的公司"),
    }
    for name, heads in (("ninety", 100), ("fifty", 200), ("exempt", 30), ("reached", 50)):
        make.declared(made[name], heads)
    make.placed(1, made["fifty"], level="2")
    make.placed(2, made["reached"])
    make.reckon()
    return made


FILTERS = {
    "owing": ({"tier": "owing"}, {"ninety", "fifty"}),
    "90%": ({"tier": "0.90"}, {"ninety"}),
    "50%": ({"tier": "0.50"}, {"fifty"}),
    "exempt": ({"tier": "exempt"}, {"exempt"}),
    "reached": ({"tier": "reached"}, {"reached"}),
    "unknown": ({"tier": "unknown"}, {"open"}),
    "missing": ({"state": "missing"}, {"open"}),
    "undeclared": ({"state": "undeclared"}, set()),
    "kind": ({"kind": "organ"}, {"reached"}),
    "name": ({"q": "小微"}, {"exempt"}),
    "another year": ({"year": "2024"}, set()),
    "no choice": ({"tier": "0.77"}, set()),
    "everything": ({}, {"ninety", "fifty", "exempt", "reached", "open"}),
}


def test_the_list_filters_and_totals_and_leaves_the_system_as_it_is_shown(client: Client) -> None:
    made = some()
    for name, (query, wanted) in FILTERS.items():
        page = text(client.get(reverse("levy_list"), query))
        assert {key for key, at in made.items() if at.name in page} == wanted, name
        rows = cells(client.post(f"{reverse('levy_export')}?{'&'.join(f'{k}={v}' for k, v in query.items())}", REASON))
        (sheet,) = rows.values()
        assert {row[1] for row in sheet[1:] if row[1]} == {made[key].name for key in wanted}, name
    page = text(client.get(reverse("levy_list")))
    assert "111,000.00 元" in page  # 81,000 + 30,000
    assert "177,000.00 元" in page  # 90,000 + 60,000 + 27,000 of the small one, which is free of it


def test_the_exported_list_holds_figures_as_numbers(client: Client) -> None:
    made = some()
    (rows,) = cells(client.post(reverse("levy_export"), REASON)).values()
    found = {row[1]: row for row in rows}
    row = found[made["ninety"].name]
    assert row[2] == made["ninety"].credit_code
    assert [float(value) for value in row[5:14]] == [100, 1.5, 0, 1.5, 60000, 60000, 90000, 0.9, 81000]
    assert found[made["open"].name][13] is None


def test_leaving_with_people_asks_why_and_is_noted(client: Client) -> None:
    make.terms()
    at = build("P2")
    make.reckon()
    assert client.post(address(at, "levy_sheet_export"), {"reason": ""}).status_code == 200
    pages = cells(client.post(address(at, "levy_sheet_export"), REASON))
    person = pages["安排的残疾人"][1]
    assert person[2].startswith("150799")
    assert person[6:19] == [1] * 12 + [12]
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.people, noted.reason) == (AccessAct.EXPORT, 2, "送税务局核对")


# --- who sees it -----------------------------------------------------------------------------------------------------


def test_the_levy_is_for_the_federation_with_the_whole_district() -> None:
    at = make.employer()
    addresses = [
        reverse("levy_list"),
        reverse("levy_leading"),
        reverse("levy_export"),
        *(address(at, name) for name in SHEETS),
    ]
    local = logged_in(street="第一街道")
    street, leadership = logged_in(Role.STREET_STAFF, "第一街道"), logged_in(Role.LEADERSHIP)
    for path in addresses:
        assert local.get(path).status_code == 404
        assert street.get(path).status_code == 403
        assert leadership.get(path).status_code == 403
    assert local.post(reverse("levy_reckon"), {"year": "2025"}).status_code == 404
    assert not QuotaSheet.objects.exists()


@pytest.mark.parametrize("year", [1, 2010, 9999])
def test_years_that_cannot_be_are_not_found(client: Client, year: int) -> None:
    assert client.get(address(make.employer(), year=year)).status_code == 404


def test_a_year_that_is_not_offered_is_not_reckoned(client: Client) -> None:
    for year in ("", "1999", "20x5"):
        client.post(reverse("levy_reckon"), {"year": year})
    assert not QuotaSheet.objects.exists()


def test_the_api_gives_the_sheets_to_whoever_sees_the_levy(client: Client) -> None:
    made = some()
    answer = client.get(reverse("api_quota_sheet-list"), {"year": "2025", "employer": made["ninety"].pk})
    (row,) = answer.json()["results"]
    assert (row["credit_code"], row["net_yuan"], row["gap"]) == (made["ninety"].credit_code, "81000.00", "1.500000")
    assert client.get(reverse("api_quota_sheet-list"), {"year": "x"}).status_code == 400
    assert logged_in(Role.STREET_STAFF, "第一街道").get(reverse("api_quota_sheet-list")).status_code == 403
    assert logged_in(street="第一街道").get(reverse("api_quota_sheet-list")).json()["results"] == []


# --- 50/67 -----------------------------------------------------------------------------------------------------------


def public(n: int, name: str, kind: str, posts: int, **change: Any) -> Employer:
    at = make.employer(n, name=name, kind=kind, **{"level": AdminLevel.CITY, **change})
    make.declared(at, posts, posts=posts)
    return at


def test_large_public_employers_that_have_placed_nobody_are_listed(client: Client) -> None:
    make.terms()
    public(1, "五十人机关", EmployerKind.ORGAN, 50)
    public(2, "四十九人机关", EmployerKind.ORGAN, 49)
    public(3, "六十七人单位", EmployerKind.INSTITUTION, 67)
    public(4, "六十六人单位", EmployerKind.INSTITUTION, 66)
    public(5, "某小学", EmployerKind.INSTITUTION, 200, is_school=True)
    public(6, "五百人企业", EmployerKind.ENTERPRISE, 500)
    public(7, "区里的机关", EmployerKind.ORGAN, 80, level=AdminLevel.DISTRICT)
    make.placed(1, public(8, "已安排机关", EmployerKind.ORGAN, 60))
    make.reckon()
    page = text(client.get(reverse("levy_leading")))
    listed = {name for name in QuotaSheet.objects.values_list("employer__name", flat=True) if name in page}
    assert listed == {"五十人机关", "六十七人单位", "区里的机关"}
    assert "3 个单位" in page
    assert "2027-12-31" in page
    city = text(client.get(reverse("levy_leading"), {"level": "city", "show": "all"}))
    assert "已安排机关" in city
    assert "区里的机关" not in city


def test_district_and_below_are_taken_together(client: Client) -> None:
    make.terms()
    one = public(1, "甲机关", EmployerKind.ORGAN, 40, level=AdminLevel.DISTRICT)
    public(2, "乙单位", EmployerKind.INSTITUTION, 60, level=AdminLevel.TOWNSHIP)
    public(3, "市里的单位", EmployerKind.INSTITUTION, 1000)
    make.placed(1, one)
    make.reckon()
    page = text(client.get(reverse("levy_leading")))
    assert ">1%<" in page
    assert "未达到比例" in page
    make.months(make.job(records.holder(2, level="3"), one), range(7, 13))
    make.reckon()
    page = text(client.get(reverse("levy_leading")))
    assert ">1.5%<" in page  # exactly the ratio
    assert "未达到比例" not in page


def test_a_large_organ_without_a_figure_is_left_open(client: Client) -> None:
    make.terms(minimum=None)
    make.placed(1, public(1, "五十人机关", EmployerKind.ORGAN, 50))
    make.reckon()
    page = text(client.get(reverse("levy_leading")))
    assert "还不能判断" in page
    assert "0 个单位" in page


# --- statements ------------------------------------------------------------------------------------------------------


def a_world(employers: range) -> None:
    for n in employers:
        at = make.employer(n)
        make.declared(at, 100 + n)
        make.months(make.job(records.holder(n, level="2"), at), [1, 2])


def counted_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_statements_do_not_grow_with_employers(client: Client) -> None:
    make.terms()

    def statements() -> dict[str, int]:
        QuotaSheet.objects.all().delete()
        make.parameter("employment.quota_ratio", "0.015", "2025-01-01")
        found = {"new": counted_of(make.reckon), "same": counted_of(make.reckon)}
        make.parameter("employment.quota_ratio", "0.016", "2025-01-01")
        found["changed"] = counted_of(make.reckon)
        found["list"] = counted_of(lambda: client.get(reverse("levy_list")))
        found["leading"] = counted_of(lambda: client.get(reverse("levy_leading"), {"show": "all"}))
        found["export"] = counted_of(lambda: cells(client.post(reverse("levy_export"), REASON)))
        found["api"] = counted_of(lambda: client.get(reverse("api_quota_sheet-list")))
        return found

    a_world(range(1, 4))
    of_three = statements()
    a_world(range(4, 61))
    assert statements() == of_three
    assert of_three["new"] < 20


def test_statements_of_the_sheet_do_not_grow_with_people(client: Client) -> None:
    make.terms()
    at, other = make.employer(), make.employer(2)
    make.declared(at)
    found = []
    for people in (range(1, 3), range(3, 15)):
        for n in people:
            made = make.placed(n, at, [1, 2, 3])
            make.months(make.job(made.person, other), [1])
        make.reckon()
        for path in (address(at), address(other), address(at, "levy_sheet_print")):
            found.append(counted_of(lambda path=path: client.get(path)))
        found.append(counted_of(lambda: cells(client.post(address(at, "levy_sheet_export"), REASON))))
    assert found[:4] == found[4:]


def test_the_night_reckons_the_years_in_play() -> None:
    make.terms()
    make.employer()
    reckon_quota_night()
    reckon_quota_night()
    assert set(QuotaSheet.objects.values_list("year", flat=True)) == {2025, 2026}
    assert QuotaSheet.pgh_event_model.objects.count() == 2  # type: ignore[attr-defined]
