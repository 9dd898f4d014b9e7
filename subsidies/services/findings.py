"""The list of findings: brought up to date with the facts, handed to somebody, noted, resolved, opened again.

A resolved finding stays resolved while its ground holds, and at most until `holds_until`; what the facts no longer bear
out is gone by itself.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Q

from subsidies.comparison import causes, compare
from subsidies.models import Finding, FindingState, Resolution, Subsidy
from zalainuoer.common import bulk
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

PERMISSION = "subsidies.resolve_findings"
REFRESH = "findings_refresh"
NOTE, REASON = 300, 300
# A look that finds nothing new is no change: the day it was last seen stands in the row, not in the history.
SEEN = "subsidies.Finding:update_update"
# What a resolution has announced: that it comes about is no reason to open it again.
FORESEEN = {Resolution.APPLYING: {causes.APPLIED, causes.WAITING, causes.GRANTED_UNPAID}}
EXPIRED, CHANGED = "处理结论已到期", "情况有变化"


@dataclass
class Changes:
    """What a comparison has brought."""

    found: int = 0
    reopened: int = 0
    gone: int = 0
    standing: int = 0
    by_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # of those found

    def in_words(self) -> str:
        """+3 −5, in a sentence."""
        if not (self.found or self.reopened or self.gone):
            return f"比对完成，没有变化，现有 {self.standing} 条。"
        said = [f"新发现 {self.found} 条", f"消除 {self.gone} 条"]
        if self.reopened:
            said.append(f"重新打开 {self.reopened} 条")
        return f"比对完成：{'，'.join(said)}，现有 {self.standing} 条。"


@dataclass
class Plan:
    """What is to be written: rows for the tables."""

    new: list[Finding] = field(default_factory=list)
    followed: list[tuple[Any, ...]] = field(default_factory=list)
    reopened: list[tuple[Any, ...]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


FOLLOWS = (
    *("id", "cause", "clause", "source", "since_month", "months", "amount_yuan", "evidence", "ground", "seen_on"),
)
REOPENS = (*FOLLOWS, "state", "note")


def findings_refresh(*, today: datetime.date, by: User | None = None) -> Changes:
    """Compares both subsidies and brings the list up to date, in one transaction and a constant number of statements.

    Kept findings keep who has them in hand, their note and their resolution.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username if by else "system", reason="比对", act=REFRESH)
        found = [finding for subsidy in Subsidy for finding in compare(subsidy, today)]
        plan = _planned(found, list(Finding.objects.standing().order_by("pk").iterator()), today)
        _write(plan, today)
        changes = Changes(found=len(plan.new), reopened=len(plan.reopened), gone=len(plan.gone), standing=len(found))
        for finding in plan.new:
            changes.by_kind[finding.kind] += 1
        return changes


Key = tuple[int, str, str]  # person, subsidy, kind


def _planned(found: Iterable[Finding], standing: Iterable[Finding], today: datetime.date) -> Plan:
    """Pairs what was found with what is on the list: by ground, then, where one cause has become another, by person,
    subsidy and kind."""
    plan = Plan()
    known = {(*_key(row), row.cause): row for row in standing}
    left: dict[Key, list[Finding]] = defaultdict(list)
    for finding in found:
        row = known.pop((*_key(finding), finding.cause), None)
        if row is None:
            left[_key(finding)].append(finding)
        else:
            _follow(plan, row, finding, today)
    over: dict[Key, list[Finding]] = defaultdict(list)
    for row in known.values():
        over[_key(row)].append(row)
    for key, findings in left.items():
        rows = over.pop(key, [])
        if len(rows) == len(findings) == 1:
            _follow(plan, rows[0], findings[0], today)
        else:
            plan.new += findings
            plan.gone += [row.pk for row in rows]
    plan.gone += [row.pk for rows in over.values() for row in rows]
    return plan


def _key(finding: Finding) -> Key:
    return finding.person_id, finding.subsidy, finding.kind


def _follow(plan: Plan, row: Finding, finding: Finding, today: datetime.date) -> None:
    """The row keeps what people made of it and takes over what the facts say now."""
    why = _why_open(row, finding, today) if row.state == FindingState.RESOLVED else ""
    now = _content(finding)
    if why:
        note = f"{today}重新打开：{why}。{row.note}"[:NOTE]
        plan.reopened.append((row.pk, *_texts(now), today.isoformat(), FindingState.OPEN.value, note))
    elif now != _content(row):
        plan.followed.append((row.pk, *_texts(now), today.isoformat()))
    elif row.seen_on != today:
        plan.seen.append(row.pk)


def _why_open(row: Finding, finding: Finding, today: datetime.date) -> str:
    if row.holds_until is not None and row.holds_until < today:
        return f"{EXPIRED}（{row.holds_until}）"
    if row.ground == finding.ground or finding.cause in FORESEEN.get(Resolution(row.resolution), ()):
        return ""
    if row.cause != finding.cause:
        return f"{CHANGED}，由“{causes.cause_label(row.cause)}”变为“{causes.cause_label(finding.cause)}”"
    return CHANGED


def _content(finding: Finding) -> tuple[Any, ...]:
    amount = None if finding.amount_yuan is None else finding.amount_yuan.quantize(Decimal("0.01"))
    return (
        finding.cause,
        finding.clause,
        finding.source,
        finding.since_month,
        finding.months,
        amount,
        finding.evidence,
        finding.ground,
    )


def _texts(content: tuple[Any, ...]) -> tuple[str | None, ...]:
    """The values as PostgreSQL's text forms, for COPY."""
    texts: list[str | None] = []
    for value in content:
        if value is None:
            texts.append(None)
        elif isinstance(value, list):
            texts.append(json.dumps(value, ensure_ascii=False))
        else:
            texts.append(str(value))
    return tuple(texts)


def _write(plan: Plan, today: datetime.date) -> None:
    """What is gone first, so that its place is free for what was found."""
    Finding.objects.filter(pk__in=plan.gone).update(state=FindingState.GONE, gone_on=today, seen_on=today)
    if plan.followed:
        bulk.update(Finding, FOLLOWS, plan.followed)
    if plan.reopened:
        bulk.update(Finding, REOPENS, plan.reopened)
    with pgtrigger.ignore(SEEN):
        Finding.objects.filter(pk__in=plan.seen).update(seen_on=today)
    Finding.objects.bulk_create(plan.new)


# what people do


def finding_assign(*, findings: Collection[int], to: User | None, by: User) -> int:
    """Hands findings (primary keys) to somebody, or back to nobody; returns how many."""
    if to is not None:
        _refuse_assignee(to, findings)
    with transaction.atomic(), data_lock():
        rows = _mine(findings, by=by, state=None)
        open_history_context(user=by.username, reason=f"指派给{to.name}" if to else "取消指派", act="finding_assign")
        return rows.update(assigned_to=to)


def _refuse_assignee(to: User, findings: Collection[int]) -> None:
    if not (to.is_active and to.has_perm(PERMISSION)):
        raise RuleBroken(f"{to.name}的账号不能处理比对结果，请选择别的承办人。")
    outside = Finding.objects.filter(pk__in=findings).exclude(pk__in=Finding.objects.visible_to(to).values("pk"))
    if outside.exists():
        raise RuleBroken(f"所选的比对结果中有不在{to.name}辖区内的人，请分开指派。")


def finding_note(*, finding: Finding, note: str, by: User) -> Finding:
    """Keeps what somebody has found out so far; the finding stays as it is."""
    with transaction.atomic(), data_lock():
        row = _one(finding, by=by)
        open_history_context(user=by.username, reason="备注", act="finding_note")
        row.note = note.strip()[:NOTE]
        row.save(update_fields=["note"])
        return row


def finding_resolve(
    *,
    findings: Collection[int],
    resolution: str,
    reason: str,
    holds_until: datetime.date | None = None,
    by: User,
    today: datetime.date,
) -> int:
    """Resolves open findings (primary keys) with one conclusion; returns how many.

    It holds while the ground is the same, and at most until `holds_until`. All or none: where one of them is no longer
    open, nothing is written.
    """
    if resolution not in Resolution.values:
        raise RuleBroken("请选择处理结论。")
    if not reason.strip():
        raise RuleBroken("请写明处理说明，如：11月20日已上门告知，本人同意下周到窗口申请。")
    if holds_until is not None and holds_until <= today:
        raise RuleBroken("结论的有效期应当晚于今天；长期有效的请留空。")
    with transaction.atomic(), data_lock():
        rows = _mine(findings, by=by, state=FindingState.OPEN)
        open_history_context(user=by.username, reason=reason.strip(), act="finding_resolve")
        return rows.update(
            state=FindingState.RESOLVED,
            resolution=resolution,
            resolved_reason=reason.strip()[:REASON],
            resolved_by=by,
            resolved_on=today,
            holds_until=holds_until,
        )


def finding_reopen(*, finding: Finding, reason: str, by: User, today: datetime.date) -> Finding:
    """Takes a conclusion back; who drew it stands in the history."""
    if not reason.strip():
        raise RuleBroken("请写明重新打开的原因。")
    with transaction.atomic(), data_lock():
        row = _one(finding, by=by)
        if row.state != FindingState.RESOLVED:
            raise RuleBroken(f"这条比对结果的状态是“{row.get_state_display()}”，不能重新打开。")
        open_history_context(user=by.username, reason=reason.strip(), act="finding_reopen")
        row.state = FindingState.OPEN
        row.note = f"{today}重新打开：{reason.strip()}。{row.note}"[:NOTE]
        row.save(update_fields=["state", "note"])
        return row


def _one(finding: Finding, *, by: User) -> Finding:
    _mine([finding.pk], by=by, state=None)
    return Finding.objects.get(pk=finding.pk)


def _mine(findings: Collection[int], *, by: User, state: str | None) -> Any:
    """The findings, locked; refuses where one is outside the area, gone, or not in the state asked for."""
    if not by.has_perm(PERMISSION):
        raise RuleBroken("您的账号不能处理比对结果。")
    wanted = set(findings)
    if not wanted:
        raise RuleBroken("请先在列表中勾选要处理的比对结果。")
    visible = Finding.objects.visible_to(by).filter(pk__in=wanted).values("pk")
    rows = Finding.objects.filter(pk__in=visible)
    states = dict(rows.select_for_update().order_by("pk").values_list("pk", "state"))
    if set(states) != wanted:
        raise RuleBroken("所选的比对结果中有不在您辖区内的，请重新选择。")
    closed = Q(state=FindingState.GONE) if state is None else ~Q(state=state)
    if count := rows.filter(closed).count():
        raise RuleBroken(
            f"所选的 {len(wanted)} 条中有 {count} 条已经处理或已消除，没有作任何改动。请刷新列表后重新选择。"
        )
    return Finding.objects.filter(pk__in=wanted)
