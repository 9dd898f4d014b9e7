"""How figures are shown: percent, status, target, and the table in the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from indicators.catalogue import indicator_of
from indicators.figures import Coverage, growth_against
from indicators.models import Figure, FigureState, Operator, Target
from zalainuoer.common.percent import TENTH, percent


@dataclass(frozen=True, slots=True)
class Status:
    """A figure against its target: text and icon, never colour alone.

    `meets_table` and `meets_text` are the plan's two readings (None: cannot be said, or the text asks nothing);
    `is_met` is what counts: the table's, or the text's where the text has one.
    """

    code: str
    label: str
    icon: str
    meets_table: bool | None = None
    meets_text: bool | None = None

    @property
    def is_met(self) -> bool | None:
        return None if self.meets_table is None else self.meets_table or bool(self.meets_text)


NOT_COMPUTABLE = Status("not_computable", "无法计算", "—")
FAILED = Status("failed", "计算失败", "！")
BY_RELATION = {1: ("above", "超过", "▲"), 0: ("exact", "恰好达到", "●"), -1: ("below", "未达到", "▼")}


def status(target: Target, figure: Figure | None) -> Status:
    """超过, 恰好达到, 未达到 or 无法计算, decided on exact arithmetic, and both of the plan's readings."""
    if figure is None or figure.state == FigureState.NOT_COMPUTABLE:
        return NOT_COMPUTABLE
    if figure.state == FigureState.FAILED:
        return FAILED
    relation = relation_to(target.value, figure)
    return Status(
        *BY_RELATION[relation],
        meets_table=_meets(relation, target.table_operator),
        meets_text=_meets(relation, target.text_operator) if target.text_operator else None,
    )


def relation_to(value: Decimal, figure: Figure) -> int:
    """-1, 0 or 1: a computed figure below, exactly at or above a target value in the indicator's unit."""
    if "base_year" in figure.details:
        return growth_against(figure.details, value)
    reached = Fraction(figure.numerator or 0)
    if figure.denominator is not None:
        reached = reached * 100 / figure.denominator
    return (reached > value) - (reached < value)


def _meets(relation: int, operator: str) -> bool:
    return {
        Operator.ABOVE: relation > 0,
        Operator.AT_LEAST: relation >= 0,
        Operator.EXACTLY: relation == 0,
    }[Operator(operator)]


def value_text(target: Target, figure: Figure) -> str:
    """The figure as people read it: 98.4%, 126人, 7.6%; — where there is none."""
    if figure.state != FigureState.COMPUTED:
        return "—"
    if figure.denominator is not None:
        return f"{percent(figure.numerator or 0, figure.denominator)}%"
    if figure.value is not None:
        return f"{Decimal(figure.value).quantize(TENTH, ROUND_HALF_UP)}%"
    return f"{figure.numerator}{target.unit}"


def fraction_text(figure: Figure) -> str:
    """Numerator and denominator (2315/2316), or what stands in their place."""
    if figure.state != FigureState.COMPUTED:
        return ""
    if figure.denominator is not None:
        return f"{figure.numerator}/{figure.denominator}"
    if "records" in figure.details:
        return f"{figure.details['records']}人次"
    if "average" in figure.details:
        return f"{figure.details['base_average']}→{figure.details['average']}元"
    return ""


def target_text(target: Target, value: Decimal | None = None) -> str:
    """The target as the plan's table prints it: ＞7.5%, 100%, ＞321户."""
    operator = "" if target.table_operator == Operator.EXACTLY else Operator(target.table_operator).label
    return f"{operator}{(value or target.value).normalize():f}{target.unit}"


def region_text(target: Target) -> str:
    """The region's own target where it differs (6: ＞90%, 7: ＞95%), else empty."""
    return "" if target.region_value is None else target_text(target, target.region_value)


def notes(figure: Figure) -> list[str]:
    """What stands beside the figure in smaller type: 人次, 错发 and the like."""
    found = []
    if "records" in figure.details:
        found.append(f"{figure.details['records']}人次")
    indicator = indicator_of(figure.snapshot.plan, figure.number)
    beside = indicator.beside if isinstance(indicator, Coverage) else None
    if beside is not None and figure.details.get(beside.key):
        found.append(f"{beside.label}{len(figure.details[beside.key])}人")
    return found


# the terminal table

HEADINGS = ("序号", "指标", "数值", "分子/分母", "目标", "属性", "状态", "数据截至")


def render_table(figures: list[Figure]) -> str:
    """The eleven as a table for the terminal, aligned for double-width characters."""
    snapshot = figures[0].snapshot
    targets = {target.number: target for target in snapshot.plan.targets.all()}
    rows = [HEADINGS] + [_row(targets[figure.number], figure) for figure in figures]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    title = f"{snapshot.plan.name}主要指标（截至{snapshot.as_of}，在册持证残疾人{snapshot.on_register}人）"
    return "\n".join([title, "", *lines, *_remarks(figures)])


def _row(target: Target, figure: Figure) -> tuple[str, ...]:
    standing = status(target, figure)
    return (
        str(target.number),
        target.name,
        value_text(target, figure),
        fraction_text(figure),
        target_text(target),
        target.get_nature_display(),
        f"{standing.icon} {standing.label}",
        figure.data_period,
    )


def _remarks(figures: Iterable[Figure]) -> list[str]:
    lines = [f"  {figure.number}. {figure.reason}" for figure in figures if figure.reason]
    lines += [f"  {figure.number}. 另有{note}" for figure in figures for note in notes(figure) if "人次" not in note]
    return ["", "说明", *lines] if lines else []


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
