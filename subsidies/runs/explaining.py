"""为什么: one line with the facts it was made on, in words, and everything else that was decided for its month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.models import AssistanceKind, Category, CertificateStatus, HukouType, Level
from subsidies.models import LineKind, PaymentLine, StopCode

WORDS: dict[str, tuple[str, Any]] = {
    "category": ("残疾类别", Category),
    "level": ("残疾等级", Level),
    "components": ("多重残疾明细", None),
    "hukou_type": ("户口性质", HukouType),
    "status": ("残疾人证状态", CertificateStatus),
    "expires_on": ("残疾人证有效期至", None),
}


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what, as it was) of the facts that a line keeps, without what was unknown."""
    found = []
    for key, (label, choices) in WORDS.items():
        if value := facts.get(key):
            found.append((label, str(choices(value).label) if choices else str(value)))
    kinds = [str(AssistanceKind(kind).label) for kind in facts.get("assistance", ())]
    found.append(("社会救助", "、".join(kinds) or "没有"))
    return found


def stop_in_words(code: str) -> str:
    """T1 死亡或宣告死亡; empty where the line has no code."""
    return f"{code} {StopCode(code).label}" if code in StopCode.values else ""


def clauses_of(line: PaymentLine) -> list[tuple[str, str]]:
    """(sentence, source) of the clauses that were asked of the line's month."""
    return [(sentence, source) for sentence, source in line.run.rules.get(f"{line.benefit_month:%Y-%m}", ())]


def month_of_line(line: PaymentLine) -> Iterator[tuple[PaymentLine, Any]]:
    """All lines of the same person, subsidy and month that stand (locked, or of this run), oldest first, each with what
    the month has come to by then."""
    lines = PaymentLine.objects.filter(
        person=line.person_id, subsidy=line.subsidy, benefit_month=line.benefit_month
    ).select_related("run", "of")
    net = 0
    for each in lines.order_by("run__month", "pk"):
        if each.is_locked or each.run_id == line.run_id:
            net += _counts_as(each)
            yield each, net


def _counts_as(line: PaymentLine) -> Any:
    if line.kind == LineKind.REISSUE:
        return 0
    takes = line.kind == LineKind.RECOVERY or (
        line.kind == LineKind.CANCEL and line.of is not None and line.of.kind != LineKind.RECOVERY
    )
    return -line.amount_yuan if takes else line.amount_yuan
