"""Percent, status and the table in the terminal."""

import unicodedata
from decimal import Decimal

import pytest

from indicators.display import render_table, status, target_text, value_text
from indicators.models import Figure, FigureState, Nature, Operator, Plan, Snapshot, Target
from tests.records import DAY, day
from zalainuoer.common.percent import percent


def target(value: str, table: str = Operator.ABOVE, text: str = "", unit: str = "%") -> Target:
    return Target(number=9, unit=unit, value=Decimal(value), table_operator=table, text_operator=text)


def rate(numerator: int, denominator: int) -> Figure:
    return Figure(number=9, state=FigureState.COMPUTED, numerator=numerator, denominator=denominator)


def count(number: int) -> Figure:
    return Figure(number=11, state=FigureState.COMPUTED, numerator=number)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (2315, 2316, "99.9"),
        (99999, 100000, "99.9"),
        (2316, 2316, "100.0"),
        (120, 122, "98.4"),
        (1, 2000, "0.1"),  # 0.05 goes up, where half-even would go down
        (0, 7, "0.0"),
        (2, 3, "66.7"),
    ],
)
def test_percent_has_one_decimal_half_up_and_is_never_100_below_the_whole(
    numerator: int, denominator: int, shown: str
) -> None:
    assert percent(numerator, denominator) == shown


@pytest.mark.parametrize(
    ("figure", "label"), [(rate(2315, 2316), "未达到"), (rate(2316, 2316), "恰好达到")], ids=["2315/2316", "2316/2316"]
)
def test_100_percent_is_decided_on_the_whole_numbers(figure: Figure, label: str) -> None:
    found = status(target("100", Operator.EXACTLY), figure)
    assert (found.label, found.is_met) == (label, label == "恰好达到")


@pytest.mark.parametrize(("number", "label"), [(320, "未达到"), (321, "恰好达到"), (322, "超过")])
def test_321_homes_are_exactly_the_target(number: int, label: str) -> None:
    assert status(target("321", text=Operator.AT_LEAST, unit="户"), count(number)).label == label


def test_exactly_the_target_is_met_only_where_the_text_says_at_least() -> None:
    with_text = status(target("97", text=Operator.AT_LEAST), rate(97, 100))
    without = status(target("70"), rate(70, 100))
    assert (with_text.meets_table, with_text.meets_text, with_text.is_met) == (False, True, True)
    assert (without.meets_table, without.meets_text, without.is_met) == (False, None, False)


def test_the_unrounded_figure_decides() -> None:
    figure = rate(89996, 100000)
    assert percent(89996, 100000) == "90.0"
    assert status(target("90"), figure).label == "未达到"


@pytest.mark.parametrize(
    ("state", "label"), [(FigureState.NOT_COMPUTABLE, "无法计算"), (FigureState.FAILED, "计算失败")]
)
def test_what_cannot_be_computed_is_neither_0_nor_100(state: str, label: str) -> None:
    figure = Figure(number=9, state=state, numerator=0, denominator=0)
    found = status(target("90"), figure)
    assert (found.label, found.is_met) == (label, None)
    assert value_text(target("90"), figure) == "—"


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (target("7.50"), "＞7.5%"),
        (target("100.00", Operator.EXACTLY), "100%"),
        (target("321.00", unit="户"), "＞321户"),
        (target("120.00", unit="人"), "＞120人"),
    ],
)
def test_a_target_reads_as_in_the_plans_table(wanted: Target, shown: str) -> None:
    assert target_text(wanted) == shown


@pytest.mark.django_db
class TestPlanAndTable:
    def test_the_plan_has_eleven_targets_six_of_them_binding(self) -> None:
        plan = Plan.objects.get()
        assert (plan.starts_on, plan.ends_on) == (day("2021-01-01"), day("2025-12-31"))
        targets = {t.number: t for t in plan.targets.all()}
        assert sorted(targets) == list(range(1, 12))
        assert [n for n, t in targets.items() if t.nature == Nature.BINDING] == [3, 4, 5, 9, 10, 11]
        assert [n for n, t in targets.items() if t.table_operator == Operator.EXACTLY] == [3, 4, 5]
        assert [n for n, t in targets.items() if t.text_operator == Operator.AT_LEAST] == [2, 8, 9, 10, 11]
        assert {n: t.region_value for n, t in targets.items() if t.region_value} == {6: 90, 7: 95}

    def test_the_tables_columns_stand_below_each_other(self) -> None:
        snapshot = Snapshot(plan=Plan.objects.get(), as_of=DAY, on_register=2316)
        figures = [
            Figure(snapshot=snapshot, number=9, state=FigureState.COMPUTED, numerator=7, denominator=7),
            Figure(snapshot=snapshot, number=3, state=FigureState.NOT_COMPUTABLE, reason="没有数据"),
        ]
        lines = render_table(figures).splitlines()
        assert "2316人" in lines[0]
        header, _, first, second = lines[2:6]
        assert cells_before(header, "目标") == cells_before(first, "＞90%") == cells_before(second, "100%")
        assert "  3. 没有数据" in lines


def cells_before(line: str, text: str) -> int:
    """How many terminal cells stand before a text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line[: line.index(text)])
