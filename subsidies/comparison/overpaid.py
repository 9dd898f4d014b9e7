"""不应享已享 and 金额不符: the rosters of the last months, each compared with what the month should have come to."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from registry.models import Certificate, DeathNotice, DeathState, Person
from registry.rules import held
from subsidies.comparison import causes
from subsidies.comparison.drafts import Draft, Paid, in_words, roster_evidence, yuan
from subsidies.comparison.rosters import Booked, Row, booked_of, net, roster_of
from subsidies.models import FindingKind, Subsidy
from subsidies.months import Conditions, judged
from subsidies.rules import SOURCE, decide, stop_code
from zalainuoer.common.months import last_day, month_of
from zalainuoer.common.rules import Parameters

DIFFERENCES = 3  # named in a sentence; the others stand in the evidence


@dataclass
class Wrong:
    """One person's months with another amount than they should have."""

    months: Paid = field(default_factory=Paid)
    over: Decimal = Decimal(0)
    under: Decimal = Decimal(0)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # (paid, expected)

    def add(self, month: datetime.date, row: Row, paid: Decimal, expected: Decimal) -> None:
        self.months.add(month, row, abs(paid - expected))
        self.over += max(paid - expected, Decimal(0))
        self.under += max(expected - paid, Decimal(0))
        self.pairs[yuan(paid), yuan(expected)] += 1


@dataclass
class Gathered:
    """What the rosters have shown, by person, and the latest of them."""

    unentitled: dict[int, Paid] = field(default_factory=lambda: defaultdict(Paid))
    payable: dict[datetime.date, dict[int, Row]] = field(default_factory=dict)  # of those somebody asks for
    wrong: dict[str, dict[int, Wrong]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Wrong)))
    latest: dict[int, Row] = field(default_factory=dict)


def gather(subsidy: str, months: list[datetime.date], *, asked: set[int]) -> Gathered:
    """Goes through the rosters month by month. Of the people `asked` for it also keeps the months rightly paid."""
    found, conditions = Gathered(), Conditions(subsidy)
    for month in months:
        roster, booked = roster_of(subsidy, month), booked_of(subsidy, month)
        payable, due = judged(conditions, month, roster)
        for person, row in roster.items():
            paid = net(row, booked.get(person))
            if person not in payable:
                if paid > 0:
                    found.unentitled[person].add(month, row, paid)
            elif person in due and paid != due[person].amount_yuan:
                found.wrong[causes.STANDARD][person].add(month, row, paid, due[person].amount_yuan)
            elif _contradicts(row, booked.get(person), paid):
                found.wrong[causes.LEDGER][person].add(month, row, row.amount, paid)
        found.payable[month] = {person: roster[person] for person in payable & asked}
        found.latest = roster
        conditions.forget_before(last_day(month))
    return found


def _contradicts(row: Row, booked: Booked | None, paid: Decimal) -> bool:
    """Whether a roster says another amount than the locked line for the month, with or without what came after it."""
    return booked is not None and booked.once is not None and row.amount not in (booked.once, paid)


# 不应享已享


def unentitled(subsidy: str, found: Gathered) -> list[Draft]:
    """Everybody paid for a month that must not be paid to them: why, by the facts at the end of the first such month."""
    by_month: dict[datetime.date, list[int]] = defaultdict(list)
    for person, paid in found.unentitled.items():
        by_month[paid.first].append(person)
    return [
        _unentitled(subsidy, person, found.unentitled[person], failed, statement)
        for month, people in sorted(by_month.items())
        for person, failed, statement in _failed(subsidy, month, people)
    ]


def _failed(subsidy: str, month: datetime.date, people: list[int]) -> Any:
    """(person, the clauses that do not hold on the month's last day, the certificate statement of that day)."""
    on = last_day(month)
    rule = decide(subsidy, on=on, month=month, parameters=Parameters(on=on))
    statements = {c.person_id: c for c in Certificate.objects.filter(held(on), person__in=people)}
    for person, verdicts in rule.explained(Person.objects.filter(pk__in=people).only("pk")):
        yield person.pk, [each.clause for each in verdicts if not each.holds], statements.get(person.pk)


def _unentitled(subsidy: str, person: int, paid: Paid, failed: Any, statement: Certificate | None) -> Draft:
    sources = list(dict.fromkeys(clause.source for clause in failed))
    reasons = "；".join(clause.reason for clause in failed) or "按现有资料不符合当月发放条件"
    cause = stop_code(failed, statement) if failed else causes.NOT_GRANTED
    facts = [] if statement is None else [statement.status, statement.status_on, statement.expires_on, statement.level]
    return Draft(
        person,
        subsidy,
        FindingKind.UNENTITLED,
        cause,
        f"{reasons}；{in_words(paid.first)}起名册仍有发放。",
        "；".join(sources) or SOURCE,
        paid.first,
        len(paid.rows),
        paid.amount,
        evidence=roster_evidence(subsidy, paid.rows),
        codes=[clause.code for clause in failed],
        facts=facts,
        on=last_day(paid.first),
    )


def reported_dead(subsidy: str, found: Gathered, notices: dict[int, DeathNotice]) -> list[Draft]:
    """Of the people whose death somebody has reported and nobody looked into: the months paid after it."""
    return [
        draft
        for person, notice in notices.items()
        if (draft := _reported_dead(subsidy, found, notice, person)) is not None
    ]


def waiting_notices() -> dict[int, DeathNotice]:
    """Reports of death that nobody has looked into yet."""
    return {notice.person_id: notice for notice in DeathNotice.objects.filter(state=DeathState.PROPOSED)}


def _reported_dead(subsidy: str, found: Gathered, notice: DeathNotice, person: int) -> Draft | None:
    after = [month for month in found.payable if month > month_of(notice.died_on) and person in found.payable[month]]
    if not after:
        return None
    rows = [(month, found.payable[month][person]) for month in after]
    said = f"{notice.get_source_display()}部门名单显示此人{notice.died_on}死亡，待核实"
    return Draft(
        person,
        subsidy,
        FindingKind.UNENTITLED,
        causes.DEATH_NOTICE,
        f"{said}；{in_words(after[0])}起名册仍有发放。",
        f"{SOURCE} 动态管理",
        after[0],
        len(rows),
        sum((row.amount for _, row in rows), Decimal(0)),
        evidence=[*roster_evidence(subsidy, rows), {"table": "deathnotice", "id": notice.pk, "what": said}],
        facts=[notice.died_on],
    )


# 金额不符


def wrong_amounts(subsidy: str, found: Gathered) -> list[Draft]:
    """Everybody paid another amount than the standard that fits them, or than the locked run says."""
    return [
        _wrong_amount(subsidy, cause, person, wrong)
        for cause, people in sorted(found.wrong.items())
        for person, wrong in people.items()
    ]


def _wrong_amount(subsidy: str, cause: str, person: int, wrong: Wrong) -> Draft:
    by = f"{Subsidy(subsidy).label}标准" if cause == causes.STANDARD else "已锁定的发放批次"
    named = [f"发放{paid}元、应为{expected}元" for (paid, expected), _ in wrong.pairs.most_common(DIFFERENCES)]
    more = "等" if len(wrong.pairs) > DIFFERENCES else ""
    sums = [f"{word}{yuan(sum_)}元" for word, sum_ in (("多发", wrong.over), ("少发", wrong.under)) if sum_]
    return Draft(
        person,
        subsidy,
        FindingKind.AMOUNT,
        cause,
        f"与{by}不符：{'；'.join(named)}{more}；合计{'、'.join(sums)}。",
        f"{SOURCE} 补贴标准",
        wrong.months.first,
        len(wrong.months.rows),
        wrong.months.amount,
        evidence=roster_evidence(subsidy, wrong.months.rows),
        facts=sorted(wrong.pairs),
        on=last_day(wrong.months.first),
    )
