"""与上月的差异: who is new, who has stopped, whose amount has changed, and why, in a constant number of statements.

Compared are the month before as it had come to before this run (locked lines, or the uploaded roster), and the run's
own month. Kept with the run as plain data, people by primary key: what was approved stays readable as it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from registry.models import Level
from subsidies.ledger import INTERRUPTED, Balance, Proposal, reasons_against
from subsidies.models import Grant, LineKind, Origin, PaymentLine, Standard
from zalainuoer.common.months import previous_month

NEW, STOPPED, CHANGED = "new", "stopped", "changed"
KINDS = {NEW: "新增", STOPPED: "停发", CHANGED: "变动"}
NOT_GRANTED = "没有享受记录：名册上有，还没有作存量接收，也没有经申请核定"
MISSED = "上月应发未发"


def differences(subsidy: str, month: datetime.date, proposal: Proposal) -> dict[str, Any]:
    """{"new", "stopped", "changed": [{person, before, after, code, reason, application}], "going_on": how many, "before",
    "after": how many people}. Amounts are text, in yuan; what does not apply is None or empty."""
    before = {person: balance.net for person, balance in proposal.month_before.items()}
    lines = {line.person_id: line for line in proposal.lines if line.kind == LineKind.REGULAR}
    after = {person: balance.net for person, balance in proposal.already_paid.items()}
    after |= {person: line.amount_yuan for person, line in lines.items()}
    new, stopped = after.keys() - before.keys(), before.keys() - after.keys()
    changed = {person for person in after.keys() & before.keys() if after[person] != before[person]}
    grants = _grants(subsidy, month, new | stopped)
    reasons = {
        NEW: _why_new(subsidy, month, new, grants, proposal.lines),
        STOPPED: _why_stopped(subsidy, month, stopped, grants, proposal),
        CHANGED: _why_changed(month, changed, lines, proposal.month_before),
    }
    found: dict[str, Any] = {
        kind: [
            {
                "person": person,
                "before": _yuan(before.get(person)),
                "after": _yuan(after.get(person)),
                **reasons[kind][person],
            }
            for person in sorted(reasons[kind])
        ]
        for kind in KINDS
    }
    going_on = len(after.keys() & before.keys()) - len(changed)
    return {**found, "going_on": going_on, "before": len(before), "after": len(after)}


def _yuan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _words(amount: Decimal) -> str:
    return f"{amount.normalize():f}元"


def _reason(text: str, code: str = "", application: int | None = None) -> dict[str, Any]:
    return {"code": code, "reason": text, "application": application}


def _grants(subsidy: str, month: datetime.date, people: Collection[int]) -> dict[int, Grant]:
    """The latest grant of each that has begun by the month."""
    rows = Grant.objects.filter(subsidy=subsidy, person__in=people, first_month__lte=month)
    return {row.person_id: row for row in rows.select_related("application").order_by("first_month")}


def _why_new(
    subsidy: str,
    month: datetime.date,
    people: Collection[int],
    grants: Mapping[int, Grant],
    lines: Collection[PaymentLine],
) -> dict[int, dict[str, Any]]:
    """By a grant that begins to be paid now; else why the month before was not paid."""
    backpaid = {(line.person_id, line.benefit_month) for line in lines if line.kind == LineKind.BACKPAY}
    begun = {
        person
        for person in people
        if (grant := grants.get(person)) and (grant.first_month == month or (person, grant.first_month) in backpaid)
    }
    older = set(people) - begun
    against = reasons_against(subsidy, previous_month(month), older) if older else {}
    found = {person: _granted(grants[person]) for person in begun}
    for person in older:
        code, sentence = against.get(person, ("", ""))
        found[person] = _reason(f"恢复发放。上月没有发：{sentence}" if sentence else f"恢复发放。{MISSED}", code)
    return found


def _granted(grant: Grant) -> dict[str, Any]:
    since = f"自 {grant.first_month:%Y-%m} 起享受"
    if grant.application is not None:
        applied = f"新核定：{grant.application.applied_on} 申请，{grant.granted_on} 核定，{since}"
        return _reason(applied, application=grant.application_id)
    if grant.origin == Origin.ROSTER:
        return _reason(f"存量名册接收，{since}")
    return _reason(f"新核定：{grant.granted_on} 核定，{since}")


def _why_stopped(
    subsidy: str, month: datetime.date, people: Collection[int], grants: Mapping[int, Grant], proposal: Proposal
) -> dict[int, dict[str, Any]]:
    refused = {person: sentence for person, of, sentence in proposal.refused if of == month}
    against = reasons_against(subsidy, month, people) if people else {}
    found = {}
    for person in people:
        code, sentence = against.get(person, ("", ""))
        if person in refused:
            code, sentence = "", refused[person]
        elif not sentence:
            sentence = INTERRUPTED.partition("；")[0] if person in grants else NOT_GRANTED
        found[person] = _reason(sentence, code)
    return found


def _why_changed(
    month: datetime.date,
    people: Collection[int],
    lines: Mapping[int, PaymentLine],
    before: Mapping[int, Balance],
) -> dict[int, dict[str, Any]]:
    ids = {before[person].standard_id for person in people} | {
        lines[person].standard_id for person in people if person in lines
    }
    standards = Standard.objects.in_bulk([pk for pk in ids if pk is not None]) if ids else {}
    return {person: _reason(_change(month, lines.get(person), before[person], standards)) for person in people}


def _change(month: datetime.date, line: PaymentLine | None, before: Balance, standards: Mapping[int, Standard]) -> str:
    new = standards.get(line.standard_id or 0) if line is not None else None
    if line is None or new is None:
        return f"本月已按上传的名册发放，上月发放{_words(before.net)}"
    if before.net != before.standard_yuan:
        return f"上月实发{_words(before.net)}，与当时的月标准不同；本月按“{new.name}”{_words(new.amount_yuan)}"
    old = standards.get(before.standard_id or 0)
    if old is None:
        return f"上月名册按{_words(before.net)}发放，本月按“{new.name}”{_words(new.amount_yuan)}（{new.document}）"
    if old.last_month is None or old.last_month >= month:
        level = line.facts.get("level", "")
        graded = f"，残疾等级{Level(level).label}" if level in Level.values else ""
        return f"档次由“{old.name}”{_words(old.amount_yuan)}变为“{new.name}”{_words(new.amount_yuan)}{graded}"
    return f"标准由{_words(old.amount_yuan)}调整为{_words(new.amount_yuan)}（{new.document}）"
