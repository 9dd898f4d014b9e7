"""残疾人就业保障金: what a year's figures come to, as pure functions; every figure with the line that is printed.

Reckoned with exact fractions, so that neither 200×1.5%－2 nor a ratio of exactly 1% is off by a digit that nobody
sees; rounded half-up to 分 at the base, the gross and the net fee and nowhere else (the gap is not rounded: 财税〔2015〕72号
第八条, “可以不是整数”). A figure that lacks a parameter or a fact is None, and so is all that rests on it; `missing` names
what is wanted. Where what is missing cannot matter, it is not asked for:

* no gap, no fee: whoever has reached the ratio owes 0, whatever the wages; the base then stays empty;
* an exempt enterprise owes 0, whatever it lacks; the gross fee it is freed from may still be unknown.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TypeAlias

from employment.models import EmployerKind
from employment.rules.terms import Asking

Number: TypeAlias = int | Decimal | Fraction

FORMULA = "财税〔2015〕72号 第八条"
PLACEMENT = "残联厅函〔2022〕63号（四）"
RATIO = "残疾人就业条例 第八条；内财非税规〔2018〕9号 第六条"
CAP = "财税〔2018〕39号"
RELIEF = "发改价格规〔2019〕2015号；财政部公告2023年第8号"
LATE = "残疾人就业条例 第二十七条"
CEILING = "行政强制法 第四十五条"
ROUNDINGS: Mapping[str, int | None] = {"none": None, "2dp": 2, "integer": 0}
FEN, ZERO = 2, Decimal("0.00")
UNKNOWN = "—"


@dataclass(frozen=True)
class Terms:
    """The parameters of a year; `missing` is how each that has no value is named, by field."""

    ratio: Decimal | None = None
    headcount_rounding: str | None = None
    cap_multiple: Decimal | None = None
    local_average_wage: Decimal | None = None
    exempt_headcount: int | None = None
    tier_threshold: Decimal | None = None
    factor_near: Decimal | None = None
    factor_below: Decimal | None = None
    missing: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Asking) -> Terms:
        """Read from those in force on the last day of the year whose figures they are applied to."""
        values = {
            "ratio": _decimal(parameters["employment.quota_ratio"]),
            "headcount_rounding": parameters["employment.headcount_rounding"],
            "cap_multiple": _decimal(parameters["employment.levy_cap_multiple"]),
            "local_average_wage": _decimal(parameters["employment.local_average_wage_yuan"]),
            "exempt_headcount": parameters["employment.levy_exempt_headcount"],
            "tier_threshold": _decimal(parameters["employment.levy_tier_threshold"]),
            "factor_near": _decimal(parameters["employment.levy_factor_near"]),
            "factor_below": _decimal(parameters["employment.levy_factor_below"]),
        }
        named = {name: parameters.missing[key] for name, key in KEYS.items() if key in parameters.missing}
        if values["headcount_rounding"] not in (None, *ROUNDINGS):
            named["headcount_rounding"] = "参数取值无效：在职职工人数的取整方式（应为 none、2dp 或 integer）"
            values["headcount_rounding"] = None
        return cls(**values, missing=named)


KEYS = {
    "ratio": "employment.quota_ratio",
    "headcount_rounding": "employment.headcount_rounding",
    "cap_multiple": "employment.levy_cap_multiple",
    "local_average_wage": "employment.local_average_wage_yuan",
    "exempt_headcount": "employment.levy_exempt_headcount",
    "tier_threshold": "employment.levy_tier_threshold",
    "factor_near": "employment.levy_factor_near",
    "factor_below": "employment.levy_factor_below",
}


@dataclass(frozen=True)
class YearFacts:
    """What an employer has declared and placed in a year.

    `headcounts` are of the months in which it existed, in their order, None where none was declared; `placed` is the
    figure that counts, None where it cannot be reckoned for the reasons in `unknown`; `placed_in_words` says how it
    came about.
    """

    kind: str
    headcounts: Sequence[int | None]
    wage_total: Decimal | None
    placed: Number | None
    placed_in_words: str = ""
    unknown: Sequence[str] = ()


@dataclass
class Levy:
    """The figures of a sheet, exact; money in 元 with two places. None: cannot be reckoned, or (the base) not needed."""

    headcount: Fraction | None = None
    placed: Fraction | None = None
    required: Fraction | None = None
    gap: Fraction | None = None
    over: Fraction | None = None
    average_wage: Fraction | None = None
    base: Decimal | None = None
    gross: Decimal | None = None
    factor: Decimal | None = None
    net: Decimal | None = None
    missing: list[str] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)

    def lack(self, *what: str) -> None:
        """Writes down what is wanted, each once."""
        self.missing += [each for each in what if each and each not in self.missing]

    def say(self, label: str, formula: str, figures: str, result: str, source: str) -> None:
        """Adds a line of the printed sheet."""
        self.lines.append({"label": label, "formula": formula, "figures": figures, "result": result, "source": source})


def levy(facts: YearFacts, terms: Terms) -> Levy:
    """The whole sheet of an employer's year, line by line (财税〔2015〕72号 第八条)."""
    found = Levy()
    _headcount(found, facts, terms)
    _placed(found, facts)
    _required(found, terms)
    _gap(found)
    _average_wage(found, facts)
    _base(found, terms)
    _gross(found)
    _factor(found, facts, terms)
    _net(found)
    return found


def _headcount(found: Levy, facts: YearFacts, terms: Terms) -> None:
    """上年在职职工人数: the mean of the months of existence, rounded as the tax office wants it."""
    known = [count for count in facts.headcounts if count is not None]
    figures = UNKNOWN
    if not facts.headcounts:
        found.lack("数据未登记：这一年度单位没有存续")
    elif len(known) < len(facts.headcounts):
        found.lack(f"数据未登记：有 {len(facts.headcounts) - len(known)} 个存续月没有在职职工人数")
    else:
        figures = f"{_sum_of(known)}÷{len(known)}"
        if terms.headcount_rounding is None:
            found.lack(terms.missing.get("headcount_rounding", ""))
        else:
            places = ROUNDINGS[terms.headcount_rounding]
            mean = Fraction(sum(known), len(known))
            found.headcount = mean if places is None else Fraction(half_up(mean, places))
    words = {None: "", "none": "，不取整", "2dp": "，保留两位小数", "integer": "，四舍五入到整数"}
    formula = f"各存续月在职职工人数之和÷存续月数{words[terms.headcount_rounding]}"
    found.say("在职职工人数（年平均）", formula, figures, shown(found.headcount), FORMULA)


def _placed(found: Levy, facts: YearFacts) -> None:
    found.placed = None if facts.placed is None else Fraction(facts.placed)
    if found.placed is None:
        found.lack(*(facts.unknown or ["数据未登记：安排残疾人人数"]))
    formula = "各月计入的人数（按等级折算）之和÷存续月数"
    found.say("实际安排残疾人就业人数", formula, facts.placed_in_words or UNKNOWN, shown(found.placed), PLACEMENT)


def _required(found: Levy, terms: Terms) -> None:
    figures = UNKNOWN
    if terms.ratio is None:
        found.lack(terms.missing.get("ratio", ""))
    elif found.headcount is not None:
        found.required = found.headcount * Fraction(terms.ratio)
        figures = f"{shown(found.headcount)}×{percent(terms.ratio)}"
    found.say("应安排人数", "在职职工人数×应安排比例", figures, shown(found.required), RATIO)


def _gap(found: Levy) -> None:
    figures = UNKNOWN
    if found.required is not None and found.placed is not None:
        found.gap = max(Fraction(0), found.required - found.placed)
        found.over = max(Fraction(0), found.placed - found.required)
        figures = f"{shown(found.required)}－{shown(found.placed)}"
    found.say("少安排人数", "应安排人数－实际安排人数，不足为 0，不取整", figures, shown(found.gap), FORMULA)


def _average_wage(found: Levy, facts: YearFacts) -> None:
    figures = UNKNOWN
    if facts.wage_total is None:
        found.lack("数据未登记：工资总额")
    elif found.headcount:
        found.average_wage = Fraction(facts.wage_total) / found.headcount
        figures = f"{money(facts.wage_total)}÷{shown(found.headcount)}"
    result = UNKNOWN if found.average_wage is None else f"{money(half_up(found.average_wage, FEN))} 元"
    found.say("在职职工年平均工资", "工资总额÷在职职工人数", figures, result, FORMULA)


def _base(found: Levy, terms: Terms) -> None:
    """计费基数: the average wage, at most so many times the local one; not needed where nothing is owed."""
    formula = "年平均工资与当地社会平均工资上限取低，保留到分"
    if found.gap == 0:
        found.say("计费基数", formula, UNKNOWN, "不需要（没有少安排）", CAP)
        return
    figures = UNKNOWN
    if terms.cap_multiple is None or terms.local_average_wage is None:
        found.lack(terms.missing.get("cap_multiple", ""), terms.missing.get("local_average_wage", ""))
    elif found.average_wage is not None:
        ceiling = Fraction(terms.cap_multiple) * Fraction(terms.local_average_wage)
        found.base = half_up(min(found.average_wage, ceiling), FEN)
        most = f"{shown(Fraction(terms.cap_multiple))}×{money(terms.local_average_wage)}"
        figures = f"取低（{money(half_up(found.average_wage, FEN))}，{most}={money(half_up(ceiling, FEN))}）"
    found.say("计费基数", formula, figures, _yuan(found.base), CAP)


def _gross(found: Levy) -> None:
    figures = UNKNOWN
    if found.gap == 0:
        found.gross, figures = ZERO, "没有少安排"
    elif found.gap is not None and found.base is not None:
        found.gross = half_up(found.gap * Fraction(found.base), FEN)
        figures = f"{shown(found.gap)}×{money(found.base)}"
    found.say("应纳费额", "少安排人数×计费基数，保留到分", figures, _yuan(found.gross), FORMULA)


def _factor(found: Levy, facts: YearFacts, terms: Terms) -> None:
    """征收比例: 0 for the ratio reached and for small enterprises, else by how far the ratio is missed.

    The exemption is for 企业 only; the tiers are for every 用人单位 (发改价格规〔2019〕2015号). Exactly 1% is 分档减缴的 50%.
    """
    figures = UNKNOWN
    if found.gap == 0:
        found.factor, figures = Decimal(0), "达到应安排比例，不缴"
    elif facts.kind == EmployerKind.ENTERPRISE and terms.exempt_headcount is None:
        found.lack(terms.missing.get("exempt_headcount", ""))
    elif facts.kind == EmployerKind.ENTERPRISE and found.headcount is not None and _is_small(found.headcount, terms):
        found.factor = Decimal(0)
        figures = f"企业，在职职工 {shown(found.headcount)} 人，不超过 {terms.exempt_headcount} 人，暂免"
    else:
        figures = _tier(found, terms)
    formula = "达到比例 0；小微企业暂免 0；达到 1%（含）未达到比例、低于 1% 分档减缴"
    if terms.tier_threshold is not None:
        formula = formula.replace("1%", percent(terms.tier_threshold))
    result = UNKNOWN if found.factor is None else percent(found.factor)
    found.say("征收比例", formula, figures, result, RELIEF)


def _is_small(headcount: Fraction, terms: Terms) -> bool:
    return terms.exempt_headcount is not None and headcount <= terms.exempt_headcount


def _tier(found: Levy, terms: Terms) -> str:
    """Sets the factor of somebody who owes; returns the figures it rests on."""
    wanted = ("tier_threshold", "factor_near", "factor_below")
    if terms.tier_threshold is None or terms.factor_near is None or terms.factor_below is None:
        found.lack(*(terms.missing.get(name, "") for name in wanted))
        return UNKNOWN
    if found.gap is None or found.placed is None or not found.headcount:
        return UNKNOWN
    share = found.placed / found.headcount
    is_near = share >= Fraction(terms.tier_threshold)
    found.factor = terms.factor_near if is_near else terms.factor_below
    sign = "≥" if is_near else "＜"
    return f"{shown(found.placed)}÷{shown(found.headcount)}={percent(share)}，{sign} {percent(terms.tier_threshold)}"


def _net(found: Levy) -> None:
    figures = UNKNOWN
    if found.factor == 0:
        found.net = ZERO
        figures = UNKNOWN if found.gross is None else f"{money(found.gross)}×0%"
    elif found.gross is not None and found.factor is not None:
        found.net = half_up(Fraction(found.gross) * Fraction(found.factor), FEN)
        figures = f"{money(found.gross)}×{percent(found.factor)}"
    found.say("减免后应缴", "应纳费额×征收比例，保留到分", figures, _yuan(found.net), RELIEF)


def late_fee(principal: Decimal, days: int, *, daily: Decimal, ceiling: Decimal) -> Decimal:
    """滞纳金 in 元 for so many days of default: `daily` of the principal a day (0.005: 千分之五, not the 万分之五 of taxes;
    残疾人就业条例 第二十七条), at most `ceiling` times the principal (行政强制法 第四十五条). A reckoning only: to impose it is the
    act of 财政、税务.
    """
    if days < 0 or principal < 0:
        raise ValueError("days and principal are not negative")
    most = Fraction(principal) * Fraction(ceiling)
    return half_up(min(most, Fraction(principal) * Fraction(daily) * days), FEN)


def days_late(due_on: datetime.date, on: datetime.date) -> int:
    """Days of default by a day: the day after the last day for payment is the first."""
    return max(0, (on - due_on).days)


# how numbers are rounded and read


def half_up(value: Number, places: int) -> Decimal:
    """Rounded half-up, exactly; negative numbers away from zero."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    rounded = Decimal(whole).scaleb(-places)
    return -rounded if exact < 0 else rounded


def shown(value: Number | None) -> str:
    """A number as it is printed: exactly where its decimals end, else with six places and 约."""
    if value is None:
        return UNKNOWN
    exact = Fraction(value)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"约 {half_up(exact, 6):,f}"
    precise = Context(prec=60).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    text = f"{precise:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Number) -> str:
    """A share in percent: exactly where that has at most six places, else 约 with four."""
    hundredfold = Fraction(share) * 100
    return f"{shown(hundredfold)}%" if (hundredfold * 10**6).denominator == 1 else f"约 {half_up(hundredfold, 4):f}%"


def money(yuan: Decimal) -> str:
    """元 with its thousands apart and two places."""
    return f"{yuan.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def _yuan(yuan: Decimal | None) -> str:
    return UNKNOWN if yuan is None else f"{money(yuan)} 元"


def _sum_of(counts: Sequence[int]) -> str:
    """12×30, or (30+31+…): each month for itself where they differ."""
    if len(set(counts)) == 1:
        return f"{counts[0]}×{len(counts)}"
    return f"（{'+'.join(map(str, counts))}）"


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
