"""扩面: the groups that a local document may open, whether they are, and since when."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from registry.models import AssistanceKind, Category, Level
from zalainuoer.common.models import Parameter
from zalainuoer.common.rules import labels

LIVING, CATEGORIES, LEVELS = "living.required_kinds", "nursing.extension_categories", "nursing.extension_levels"
WORDS: dict[str, type[TextChoices]] = {LIVING: AssistanceKind, CATEGORIES: Category, LEVELS: Level}


@dataclass(frozen=True)
class Setting:
    """A parameter behind a switch, as it stands on the day; no row: 参数未维护."""

    key: str
    name: str
    text: str
    row: Parameter | None


@dataclass(frozen=True)
class Switch:
    """One group: open or not, in a sentence."""

    title: str
    group: str
    is_open: bool | None  # None: a parameter of it is not maintained
    sentence: str
    settings: list[Setting]


def switches(*, today: datetime.date) -> list[Switch]:
    """Both subsidies' switches, in one statement."""
    rows: dict[str, list[Parameter]] = {key: [] for key in WORDS}
    for row in Parameter.objects.filter(key__in=WORDS).order_by("effective_from"):
        rows[row.key].append(row)
    return [_living(rows, today), _nursing(rows, today)]


def _living(rows: dict[str, list[Parameter]], today: datetime.date) -> Switch:
    def is_open(values: dict[str, Any]) -> bool:
        return AssistanceKind.DIBAO_EDGE in values[LIVING]

    return _switch("困难残疾人生活补贴", "低保边缘家庭", {LIVING: rows[LIVING]}, is_open, today)


def _nursing(rows: dict[str, list[Parameter]], today: datetime.date) -> Switch:
    def is_open(values: dict[str, Any]) -> bool:
        return bool(values[CATEGORIES] and values[LEVELS])

    known = {key: rows[key] for key in (CATEGORIES, LEVELS)}
    values = _values(known, today) or {}
    group = "三、四级智力、精神残疾（含多重残疾中的）"
    if values and is_open(values):
        group = f"{labels(Level, values[LEVELS])}{labels(Category, values[CATEGORIES])}（含多重残疾中的）"
    return _switch("重度残疾人护理补贴", group, known, is_open, today)


def _switch(
    title: str,
    group: str,
    rows: dict[str, list[Parameter]],
    is_open: Callable[[dict[str, Any]], bool],
    today: datetime.date,
) -> Switch:
    settings = [_setting(key, found, today) for key, found in rows.items()]
    values = _values(rows, today)
    if values is None:
        return Switch(title, group, None, f"{group}：参数未维护，不能核定。", settings)
    days = sorted({row.effective_from for found in rows.values() for row in found})
    turns = list(_turns(days, rows, is_open))
    past = [turn for turn in turns if turn[0] <= today]
    coming = next((turn for turn in turns if turn[0] > today), None)
    opened = f"自 {past[-1][0]} 起开放（{past[-1][2]}）" if past and past[-1][1] else "未开放"
    change = f"自 {coming[0]} 起将{'开放' if coming[1] else '停止'}（{coming[2]}）。" if coming else ""
    return Switch(title, group, is_open(values), f"{group}：{opened}。{change}", settings)


def _turns(
    days: Iterable[datetime.date], rows: dict[str, list[Parameter]], is_open: Callable[[dict[str, Any]], bool]
) -> Iterable[tuple[datetime.date, bool, str]]:
    """(day, opened or closed, document) of each turn of the switch, oldest first; it begins closed."""
    before = False
    for day in days:
        values = _values(rows, day)
        now = values is not None and is_open(values)
        if now != before:
            turned = [row for found in rows.values() for row in found if row.effective_from == day]
            yield day, now, "；".join(dict.fromkeys(row.document for row in turned))
        before = now


def _values(rows: dict[str, list[Parameter]], day: datetime.date) -> dict[str, Any] | None:
    """The parameters' values on a day; None where one of them has none."""
    values = {key: row.value for key, found in rows.items() if (row := _in_force(found, day)) is not None}
    return values if len(values) == len(rows) and None not in values.values() else None


def _in_force(rows: list[Parameter], day: datetime.date) -> Parameter | None:
    return next((row for row in reversed(rows) if row.effective_from <= day), None)


def _setting(key: str, rows: list[Parameter], today: datetime.date) -> Setting:
    row = _in_force(rows, today)
    name = rows[-1].name if rows else key
    if row is None or row.value is None:
        return Setting(key, name, "", None)
    return Setting(key, name, labels(WORDS[key], row.value) if row.value else "无", row)
