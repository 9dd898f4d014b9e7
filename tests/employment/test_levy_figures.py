"""The figures of the levy: every case of the rules, by the pure function and by the services from real rows."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from employment.models import EmployerKind
from employment.rules.levy import Terms, YearFacts, days_late, half_up, late_fee, levy, percent, shown
from tests import records
from tests.employment import levy_makers as make

ENTERPRISE, INSTITUTION, ORGAN = EmployerKind.ENTERPRISE, EmployerKind.INSTITUTION, EmployerKind.ORGAN
TERMS = Terms(
    ratio=Decimal("0.015"),
    headcount_rounding="2dp",
    cap_multiple=Decimal(2),
    local_average_wage=Decimal(80000),
    exempt_headcount=30,
    tier_threshold=Decimal("0.01"),
    factor_near=Decimal("0.50"),
    factor_below=Decimal("0.90"),
)
D = Decimal


def reckoned(kind: str, heads: int, placed: str, average: str, terms: Terms = TERMS) -> Any:
    facts = YearFacts(
        kind=kind, headcounts=[heads] * 12, wage_total=D(average) * heads, placed=D(placed), placed_in_words="证"
    )
    return levy(facts, terms)


# kind, heads, placed, average → gap, base, gross, factor, net
CASES = {
    "C1": (ENTERPRISE, 30, "0", "60000", "0.450", "60000", "27000", "0", "0"),
    "C2": (ENTERPRISE, 31, "0", "60000", "0.465", "60000", "27900", "0.9", "25110.00"),
    "C3": (INSTITUTION, 28, "0", "90000", "0.420", "90000", "37800", "0.9", "34020.00"),
    "C4": (ENTERPRISE, 100, "0", "200000", "1.5", "160000", "240000", "0.9", "216000.00"),
    "C5": (ENTERPRISE, 200, "2", "70000", "1.0", "70000", "70000", "0.5", "35000.00"),
    "C6": (INSTITUTION, 67, "1", "100000", "0.005", "100000", "500", "0.5", "250.00"),
    "C7": (ENTERPRISE, 100, "0.99", "60000", "0.51", "60000", "30600", "0.9", "27540.00"),
    "C8": (ENTERPRISE, 120, "1.5", "65000", "0.3", "65000", "19500", "0.5", "9750.00"),
    "C9": (ENTERPRISE, 134, "2", "60000", "0.01", "60000", "600", "0.5", "300.00"),
    "C10": (ENTERPRISE, 101, "1.667", "72000", "0", None, "0", "0", "0"),
    "C11": (ORGAN, 50, "0", "110000", "0.75", "110000", "82500", "0.9", "74250.00"),
    "P1": (ENTERPRISE, 201, "0.83", "99502.49", "2.185", "99502.49", "217412.94", "0.9", "195671.65"),
    "P2": (ENTERPRISE, 200, "2", "52000", "1", "52000", "52000", "0.5", "26000"),
    "P5": (ENTERPRISE, 111, "2.00", "60000", "0", None, "0", "0", "0"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_case_comes_out_to_the_cent(name: str) -> None:
    kind, heads, placed, average, *wanted = CASES[name]
    found = reckoned(kind, heads, placed, average)
    assert [found.gap, found.base, found.gross, found.factor, found.net] == [
        None if figure is None else D(figure) for figure in wanted
    ]
    assert found.missing == []
    assert [line["label"] for line in found.lines] == [
        "在职职工人数（年平均）",
        "实际安排残疾人就业人数",
        "应安排人数",
        "少安排人数",
        "在职职工年平均工资",
        "计费基数",
        "应纳费额",
        "征收比例",
        "减免后应缴",
    ]
    assert all(all(line.values()) for line in found.lines)


@pytest.mark.parametrize(("heads", "over"), [(60, "1.10"), (66, "1.01"), (80, "0.80"), (200, "0")])
def test_what_is_placed_beyond_the_ratio_is_told(heads: int, over: str) -> None:
    """P6."""
    assert reckoned(ENTERPRISE, heads, "2", "60000").over == D(over)


def test_sixty_seven_posts_need_a_little_more_than_one() -> None:
    assert reckoned(INSTITUTION, 67, "1", "100000").required == D("1.005")


@pytest.mark.parametrize(("placed", "factor"), [("0.999999", "0.9"), ("1", "0.5"), ("1.499999", "0.5"), ("1.5", "0")])
def test_the_tiers_meet_at_exactly_one_percent_and_at_the_ratio(placed: str, factor: str) -> None:
    assert reckoned(ENTERPRISE, 100, placed, "60000").factor == D(factor)


def test_thirds_are_exact_at_one_percent() -> None:
    """8/12 of a person in 800/12 at work is 1%, though neither has a decimal that ends."""
    facts = YearFacts(ENTERPRISE, [66] * 4 + [67] * 8, D(4_000_000), Fraction(8, 12))
    terms = Terms(**{**TERMS.__dict__, "headcount_rounding": "none"})
    found = levy(facts, terms)
    assert found.headcount == Fraction(200, 3)
    assert found.factor == D("0.50")


@pytest.mark.parametrize(
    ("rounding", "headcount", "factor"), [("none", "30.4", "0.9"), ("2dp", "30.4", "0.9"), ("integer", "30", "0")]
)
def test_thirty_and_a_bit_is_more_than_thirty_unless_the_tax_office_rounds(
    rounding: str, headcount: str, factor: str
) -> None:
    facts = YearFacts(ENTERPRISE, [30, 30, 30, 31, 31], D(1_824_000), D(0))
    found = levy(facts, Terms(**{**TERMS.__dict__, "headcount_rounding": rounding}))
    assert (found.headcount, found.factor) == (D(headcount), D(factor))


def test_the_mean_is_rounded_half_up() -> None:
    facts = YearFacts(ENTERPRISE, [30] * 7 + [31] * 1, D(1), D(0))
    assert levy(facts, TERMS).headcount == D("30.13")  # 30.125


@pytest.mark.parametrize(
    ("average", "base"), [("159999.99", "159999.99"), ("160000", "160000"), ("160000.01", "160000")]
)
def test_the_base_stops_at_twice_the_local_average(average: str, base: str) -> None:
    assert reckoned(ENTERPRISE, 100, "0", average).base == D(base)


def without(*names: str) -> Terms:
    known = {**TERMS.__dict__, **dict.fromkeys(names)}
    return Terms(**{**known, "missing": {name: f"参数未维护：{name}" for name in names}})


def test_without_the_local_wage_what_comes_before_is_shown_and_the_rest_is_not() -> None:
    found = reckoned(ENTERPRISE, 100, "0", "60000", without("local_average_wage"))
    assert (found.headcount, found.required, found.gap, found.average_wage) == (100, D("1.5"), D("1.5"), 60000)
    assert (found.base, found.gross, found.net) == (None, None, None)
    assert found.missing == ["参数未维护：local_average_wage"]
    assert found.lines[5]["result"] == "—"


def test_without_the_ratio_nothing_is_owed_and_nothing_is_free() -> None:
    found = reckoned(INSTITUTION, 100, "0", "60000", without("ratio"))
    assert (found.required, found.gap, found.over, found.gross, found.factor, found.net) == (None,) * 6
    assert found.missing == ["参数未维护：ratio"]


def test_whoever_has_reached_the_ratio_owes_nothing_whatever_is_missing() -> None:
    names = ("local_average_wage", "cap_multiple", "exempt_headcount", "tier_threshold", "factor_near", "factor_below")
    found = reckoned(ENTERPRISE, 101, "1.667", "72000", without(*names))
    assert (found.gross, found.factor, found.net, found.missing) == (D(0), D(0), D(0), [])


def test_a_small_enterprise_is_free_though_the_fee_it_is_freed_from_is_unknown() -> None:
    found = reckoned(ENTERPRISE, 30, "0", "60000", without("local_average_wage"))
    assert (found.base, found.gross, found.factor, found.net) == (None, None, D(0), D("0.00"))
    assert found.missing == ["参数未维护：local_average_wage"]


def test_once_the_relief_has_expired_nobody_knows_what_an_enterprise_owes() -> None:
    names = ("exempt_headcount", "tier_threshold", "factor_near", "factor_below")
    found = reckoned(ENTERPRISE, 31, "0", "60000", without(*names))
    assert (found.gross, found.factor, found.net) == (D(27900), None, None)
    assert found.missing == ["参数未维护：exempt_headcount"]


@pytest.mark.parametrize(
    ("days", "yuan"), [(0, "0"), (1, "250.00"), (30, "7500.00"), (200, "50000"), (365, "50000.00")]
)
def test_the_late_fee_is_five_per_mille_a_day_up_to_the_principal(days: int, yuan: str) -> None:
    """L1–L3."""
    assert late_fee(D(50000), days, daily=D("0.005"), ceiling=D(1)) == D(yuan)


def test_the_day_after_the_last_one_is_the_first_of_default() -> None:
    assert days_late(datetime.date(2026, 10, 31), datetime.date(2026, 10, 31)) == 0
    assert days_late(datetime.date(2026, 10, 31), datetime.date(2026, 11, 1)) == 1


def test_numbers_are_rounded_half_up_and_shown_exactly_where_they_end() -> None:
    assert half_up(D("0.005"), 2) == D("0.01")
    assert half_up(D("-0.005"), 2) == D("-0.01")
    assert shown(Fraction(8, 12)) == "约 0.666667"
    assert shown(D("2.1850")) == "2.185"
    assert shown(1_000_000) == "1,000,000"
    assert percent(D("0.015")) == "1.5%"
    assert percent(Fraction(83, 20100)) == "约 0.4129%"


# --- through the services, from real rows ----------------------------------------------------------------------------


def build(name: str) -> Any:
    """The case's employer with people who make up its placed figure.

    0.83, 0.99 and 1.667 are no sums of months: whole weights over twelve months come in twelfths. The nearest, 10/12,
    12/12 and 20/12, are taken for them (their figures are reckoned beside), and the stated ones by the pure function.
    """
    kind, heads, placed, average, *_ = CASES[name]
    at = make.employer(1, kind=kind)
    make.declared(at, heads, average=average)
    twelfths = round(D(placed) * 12)
    n = 1
    while twelfths > 0:
        make.placed(n, at, range(13 - min(12, twelfths), 13))
        twelfths, n = twelfths - 12, n + 1
    return at


NEAREST = {
    # placed, gap, base, gross, factor, net
    "P1": ("0.8333", "2.181667", "99502.49", "217081.27", "0.9", "195373.14"),
    "C7": ("1.0000", "0.500000", "60000", "30000.00", "0.5", "15000.00"),
    "C10": ("1.6667", "0", None, "0", "0", "0"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_every_case_comes_out_of_real_months(name: str) -> None:
    make.terms()
    row = make.sheet(build(name))
    _, heads, placed, _, gap, base, gross, factor, net = CASES[name]
    wanted = NEAREST.get(name, (placed, gap, base, gross, factor, net))
    assert row.headcount == heads
    assert [row.placed, row.gap, row.base_yuan, row.gross_yuan, row.factor, row.net_yuan] == [
        None if figure is None else D(figure) for figure in wanted
    ]
    assert row.missing == []


@pytest.mark.django_db
def test_somebody_of_level_one_hired_in_october_is_half_a_person() -> None:
    """P3."""
    make.terms()
    at = make.employer()
    make.declared(at)
    hired = {"started_on": "2025-10-20", "contract_from": "2025-10-20"}
    make.placed(1, at, range(10, 13), level="1", **hired)
    row = make.sheet(at)
    assert row.placed == D("0.5")
    assert row.placed_by_month == [0] * 9 + [2] * 3


@pytest.mark.django_db
def test_a_veteran_of_level_seven_hired_in_may_is_two_thirds() -> None:
    """P4."""
    make.terms()
    at = make.employer()
    make.declared(at)
    somebody = records.person(1)
    make.veteran(somebody, 7)
    make.months(make.job(somebody, at, started_on="2025-05-06", contract_from="2025-05-06"), range(5, 13))
    row = make.sheet(at)
    assert row.placed == D("0.6667")
    assert row.lines[1]["figures"] == "（0+0+0+0+1+1+1+1+1+1+1+1）÷12"
    assert row.gap == D("0.833333")
    assert row.gross_yuan == D("50000.00")  # 5/6 × 60,000: of the gap as it is, not of 0.8333


@pytest.mark.django_db
@pytest.mark.parametrize(("heads", "over"), [(60, "1.10"), (66, "1.01"), (80, "0.80")])
def test_the_sheet_tells_what_is_placed_beyond_the_ratio(heads: int, over: str) -> None:
    make.terms()
    at = make.employer()
    make.declared(at, heads)
    make.placed(1, at, level="2")
    assert make.sheet(at).over == D(over)
