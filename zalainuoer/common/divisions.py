"""行政区划 as data that staff keep: adding, renaming, renumbering, moving and deleting streets and communities.

What stands above the streets comes with the district's own list (`manage.py load_divisions`). Codes follow the
statistical bureau's form: a street's is its district's six digits and three more, a community's its street's nine and
three more. Nothing refers to a code, so that a renumbering touches no person.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr

from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Division, DivisionLevel, DivisionQuerySet, User

LEVELS = tuple(DivisionLevel)
DIGITS = {
    DivisionLevel.REGION: 6,
    DivisionLevel.CITY: 6,
    DivisionLevel.DISTRICT: 6,
    DivisionLevel.STREET: 9,
    DivisionLevel.COMMUNITY: 12,
}
# How many digits of its own code a division's children begin with.
SHARED = {
    DivisionLevel.REGION: 2,
    DivisionLevel.CITY: 4,
    DivisionLevel.DISTRICT: 6,
    DivisionLevel.STREET: 9,
}
KEPT = (DivisionLevel.STREET, DivisionLevel.COMMUNITY)  # what staff may change
HEADINGS = ("code", "name", "level", "parent_code")


def divisions_visible_to(user: User) -> DivisionQuerySet:
    """The user's division and everything below it."""
    found = Division.objects.all()
    return found if user.scope_ids is None else found.filter(pk__in=user.scope_ids)


def division_add(*, parent: Division, name: str, code: str, by: User) -> Division:
    """A new street below a district, or a new community below a street."""
    if parent.level not in (DivisionLevel.DISTRICT, DivisionLevel.STREET):
        raise RuleBroken(
            f"“{parent.name}”下面不能直接增加区划。请在旗县区下增加街道（镇），在街道（镇）下增加社区（村）。"
        )
    level = below(parent)
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason="增加区划")
        division = Division(parent=parent, level=level, name=checked_name(name), code=code)
        _check(division)
        division.save(force_insert=True)
    return division


def division_change(*, division: Division, name: str, code: str, by: User) -> Division:
    """Another name or code. With a street's code its communities' codes change; whoever lives there stays there."""
    _check_kept(division)
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason="修改区划")
        old = Division.objects.get(pk=division.pk).code
        division.name, division.code = checked_name(name), code
        _check(division)
        division.save(update_fields=["name", "code"])
        if code != old:
            _renumber(Division.objects.filter(parent=division), code)
    return division


def division_move(*, division: Division, parent: Division, code: str, by: User) -> Division:
    """A community goes over to another street, with everybody who lives there."""
    if division.level != DivisionLevel.COMMUNITY or parent.level != DivisionLevel.STREET:
        raise RuleBroken("只能把社区（村）划到另一个街道（镇）。")
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason="划转区划")
        division.parent, division.code = parent, code
        _check(division)
        division.save(update_fields=["parent", "code"])
    return division


def division_delete(*, division: Division, by: User) -> None:
    """Deletes a street or community that nothing refers to."""
    _check_kept(division)
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username, reason="删除区划")
        if found := references(division):
            raise RuleBroken(
                f"“{division.name}”还在使用（{_in_words(found)}），不能删除。请先把它们改到其他区划；改名或换代码请用“修改”。"
            )
        division.delete()


def below(parent: Division) -> DivisionLevel:
    """The level under a division's own."""
    return LEVELS[LEVELS.index(DivisionLevel(parent.level)) + 1]


def checked_name(name: str) -> str:
    """A name without blanks, as sheets name it."""
    plain = re.sub(r"\s+", "", name)
    if not plain:
        raise RuleBroken("请填写区划名称。")
    return plain


def references(division: Division) -> dict[str, int]:
    """What refers to a division, as {what: how many}; histories, which outlive everything, do not count."""
    found: Counter[str] = Counter()
    for relation in _relations():
        name = "下级区划" if relation.related_model is Division else str(relation.related_model._meta.verbose_name)
        found[name] += relation.related_model._base_manager.filter(**{relation.field.name: division}).count()
    return {name: count for name, count in found.items() if count}


def _relations() -> Iterator[models.ManyToOneRel]:
    for field in Division._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ManyToOneRel) and field.on_delete is models.PROTECT:
            yield field


def _in_words(found: dict[str, int]) -> str:
    return "、".join(f"{name} {count} 条" for name, count in found.items())


def _check_kept(division: Division) -> None:
    if division.level not in KEPT:
        raise RuleBroken("只能维护街道（镇）和社区（村）；旗县区及以上随区划清单导入。")


def _check(division: Division) -> None:
    """Raises RuleBroken where code or name do not fit their parent or are taken."""
    parent = division.parent
    if parent is None:
        raise RuleBroken("请选择上级区划。")
    check_code(division.code, level=division.level, parent_code=parent.code)
    others = Division.objects.exclude(pk=division.pk)
    if same := others.filter(code=division.code).first():
        raise RuleBroken(f"代码 {division.code} 已经是“{same.name}”的代码，请核对。")
    if others.filter(parent=parent, name=division.name).exists():
        raise RuleBroken(f"“{parent.name}”下已有“{division.name}”，请换一个名称。")
    # Sheets name a community with its street, and a street alone.
    if division.level == DivisionLevel.STREET and others.streets().filter(name=division.name).exists():
        raise RuleBroken(f"已有名为“{division.name}”的街道（镇），请换一个名称。")


def check_code(code: str, *, level: str, parent_code: str) -> None:
    """Raises RuleBroken where a code is not its level's, or not its parent's."""
    level = DivisionLevel(level)
    digits = DIGITS[level]
    if not re.fullmatch(rf"[0-9]{{{digits}}}", code):
        raise RuleBroken(f"{level.label}的代码应为 {digits} 位数字，现为“{code}”。")
    if level == DivisionLevel.REGION:
        return
    shared = parent_code[: SHARED[LEVELS[LEVELS.index(level) - 1]]]
    if not code.startswith(shared):
        raise RuleBroken(f"代码 {code} 与上级不符：应以上级代码的 {shared} 开头。")


def _renumber(children: models.QuerySet[Division], code: str) -> None:
    """Lets the children's codes begin with their parent's new one."""
    length = len(code)
    if (
        taken := Division.objects.exclude(pk__in=children)
        .filter(
            Q(code__startswith=code), code__in=[code + own[length:] for own in children.values_list("code", flat=True)]
        )
        .first()
    ):
        raise RuleBroken(f"下级社区的新代码 {taken.code} 已经是“{taken.name}”的代码，请核对。")
    children.update(code=Concat(Value(code), Substr(F("code"), length + 1)))


# A district's own list


@dataclass(frozen=True)
class Line:
    """A row of a list of divisions."""

    number: int
    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True)
class Loaded:
    """What became of a list: how many rows were new, how many were there already, which of those say otherwise."""

    added: int
    known: int
    differing: tuple[str, ...]


def divisions_load(*, content: bytes, replaces: bool, by: User | None) -> Loaded:
    """Loads a list of divisions (columns code, name, level, parent_code); all of it or, where a row is wrong, nothing.

    Divisions whose code is there already stay as they are: what staff edited is never overwritten. `replaces` empties
    the table first, which only a system may do whose divisions nothing refers to yet.
    """
    lines = list(_lines(content))
    with transaction.atomic(), data_lock():
        bulk.open_history_context(user=by.username if by else "system", reason="导入区划清单")
        if replaces:
            _empty()
        known = {division.code: division for division in Division.objects.select_related("parent")}
        codes = {line.code: line for line in lines}
        _check_lines(lines, codes, known)
        new = [line for line in lines if line.code not in known]
        ids = {code: division.pk for code, division in known.items()}
        for level in LEVELS:  # parents first
            rows = [Division(code=x.code, name=x.name, level=level, parent_id=ids.get(x.parent_code))
                    for x in new if x.level == level]  # fmt: skip
            ids.update((division.code, division.pk) for division in Division.objects.bulk_create(rows))
    differing = [
        f"{line.code}：清单为“{line.name}”，系统中为“{known[line.code].name}”"
        for line in lines
        if line.code in known and line.name != known[line.code].name
    ]
    return Loaded(added=len(new), known=len(lines) - len(new), differing=tuple(differing))


def _empty() -> None:
    used: Counter[str] = Counter()
    for relation in _relations():
        if relation.related_model is not Division:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__isnull": False})
            used[str(relation.related_model._meta.verbose_name)] += rows.count()
    if found := {name: count for name, count in used.items() if count}:
        raise RuleBroken(
            f"已有数据使用现在的区划（{_in_words(found)}），不能整体替换。"
            "整体替换只能在空库上进行；少量变动请在“行政区划”页维护，或不带 --replace 导入新增的区划。"
        )
    for level in reversed(LEVELS):  # children first
        Division.objects.filter(level=level).delete()


def _lines(content: bytes) -> Iterator[Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")  # how Excel saves a CSV file in a Chinese office
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [heading for heading in HEADINGS if heading not in (reader.fieldnames or ())]:
        raise RuleBroken(f"清单缺少列：{'、'.join(missing)}。应有 {'、'.join(HEADINGS)} 四列。")
    for number, row in enumerate(reader, 2):
        values = {heading: (row[heading] or "").strip() for heading in HEADINGS}
        if any(values.values()):
            yield Line(number=number, **values)


def _check_lines(lines: list[Line], codes: dict[str, Line], known: dict[str, Division]) -> None:
    """Raises RuleBroken with the first wrong row."""
    if not lines:
        raise RuleBroken("清单里没有区划。")
    seen: set[str] = set()
    names = {(division.parent.code if division.parent else "", division.name) for division in known.values()}
    for line in lines:
        try:
            _check_line(line, codes, known)
            if line.code in seen:
                raise RuleBroken(f"代码 {line.code} 重复。")
            if line.code not in known and (line.parent_code, line.name) in names:
                raise RuleBroken(f"同一上级下已有“{line.name}”。")
        except RuleBroken as broken:
            raise RuleBroken(f"第 {line.number} 行：{broken.message}没有导入任何区划。") from broken
        seen.add(line.code)
        names.add((line.parent_code, line.name))


def _check_line(line: Line, codes: dict[str, Line], known: dict[str, Division]) -> None:
    if not line.name:
        raise RuleBroken("没有名称。")
    if line.level not in LEVELS:
        raise RuleBroken(f"级别“{line.level}”不对，应为 {'、'.join(LEVELS)} 之一。")
    check_code(line.code, level=line.level, parent_code=line.parent_code)
    if line.level == DivisionLevel.REGION:
        return
    parent = codes.get(line.parent_code) or known.get(line.parent_code)
    if parent is None:
        raise RuleBroken(f"上级代码 {line.parent_code or '（空）'} 既不在清单里，也不在系统中。")
    if LEVELS.index(DivisionLevel(line.level)) != LEVELS.index(DivisionLevel(parent.level)) + 1:
        raise RuleBroken(f"上级“{parent.name}”的级别不对：{DivisionLevel(line.level).label}的上级应高一级。")
