"""What each month has come to, what it should come to, and the lines that make up the difference.

A month's net is what was decided for it: regular, backpay and standard_diff lines less recoveries, with what cancel
lines took back. A month that no run of this system has paid counts with what the uploaded roster says. Lines are
proposed for the difference and for nothing else, so that proposing again, or after a correction, makes nothing twice
and nothing negative: `net + proposed = due`, for every person and month.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, Sum

from registry.models import Certificate, Person, SocialAssistance
from registry.rules import held
from subsidies.models import Grant, LineKind, Origin, PaymentLine, PaymentReturn, PaymentRun, RunState, Subsidy
from subsidies.months import Due, DueMonth, due_months, last_day, months_between, previous_month
from subsidies.rules import ROSTERS, decide, stop_code
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters

Key = tuple[int, datetime.date]  # (person, month)
NOTHING = Decimal(0)
ADDING = (LineKind.REGULAR, LineKind.BACKPAY, LineKind.STANDARD_DIFF)


@dataclass
class Balance:
    """What one person's month has come to so far."""

    net: Decimal = NOTHING
    has_line: bool = False  # a regular or backpay line, or a row of an uploaded roster: the month has been paid once
    is_own: bool = False  # by a line of this system, whose amounts are its own doing
    standard_yuan: Decimal | None = None
    undelivered: list[PaymentLine] = field(default_factory=list)  # of the bank's failures, the oldest first
    demanded: list[tuple[PaymentLine, Decimal]] = field(default_factory=list)  # recoveries, with what is still open
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # lines so far, by kind


@dataclass
class Proposal:
    """The lines of a run, not saved; who cannot be paid, with a sentence; and the clauses each month rests on."""

    lines: list[PaymentLine]
    refused: list[tuple[int, datetime.date, str]]
    rules: dict[str, list[list[str]]]


# what there is


def balances(subsidy: str, *, until: datetime.date, people: Collection[int] | None = None) -> dict[Key, Balance]:
    """Every person's months up to `until`, from locked lines and, where there are none, from the uploaded rosters."""
    found: dict[Key, Balance] = defaultdict(Balance)
    lines = list(_lines(subsidy, people=people))
    by_id = {line.pk: line for line in lines}
    failed, cancelled = _undelivered(lines), _cancelled(lines)
    for line in lines:
        balance = found[line.person_id, line.benefit_month]
        balance.net += _counts_as(line, by_id)
        balance.counts[line.kind] += 1
        if line.kind in (LineKind.REGULAR, LineKind.BACKPAY):
            balance.has_line = balance.is_own = True
            balance.standard_yuan = line.standard_yuan
        if line.pk in failed and line.pk not in cancelled:
            balance.undelivered.append(line)
        if line.kind == LineKind.RECOVERY:
            still = line.amount_yuan - (line.received or NOTHING)
            balance.demanded.append((line, NOTHING if line.pk in cancelled else still))
    for person, month, amount, standard in _rostered(subsidy, until=until, people=people):
        balance = found[person, month]
        if not balance.has_line:
            balance.net += amount
            balance.has_line, balance.standard_yuan = True, standard
    return found


def _lines(subsidy: str, *, people: Collection[int] | None) -> Any:
    lines = PaymentLine.objects.filter(subsidy=subsidy, is_locked=True)
    if people is not None:
        lines = lines.filter(person__in=people)
    failed = PaymentReturn.objects.filter(run=OuterRef("run"), person=OuterRef("person"), is_paid=False)
    return lines.annotate(received=Sum("receipts__amount_yuan"), has_failed=Exists(failed)).order_by("pk")


def _counts_as(line: PaymentLine, by_id: dict[int, PaymentLine]) -> Decimal:
    """What a line adds to its month's net; a cancel line turns round what the line it is of counted for."""
    if line.kind in ADDING:
        return line.amount_yuan
    if line.kind == LineKind.RECOVERY:
        return -line.amount_yuan
    if line.kind == LineKind.CANCEL and line.of_id is not None:
        of_recovery = by_id[line.of_id].kind == LineKind.RECOVERY
        return line.amount_yuan if of_recovery else -line.amount_yuan
    return NOTHING  # a reissue pays what has been counted already


def _undelivered(lines: Iterable[PaymentLine]) -> set[int]:
    """Lines whose money has not arrived: returned as failed, and not paid again since, or that failed too."""
    lines = list(lines)
    failed = {line.pk for line in lines if line.kind in (*ADDING, LineKind.REISSUE) and line.has_failed}
    reissued = {line.of_id: line.pk for line in lines if line.kind == LineKind.REISSUE}  # the latest of each
    return {
        line.pk
        for line in lines
        if line.pk in failed and line.kind in ADDING and (line.pk not in reissued or reissued[line.pk] in failed)
    }


def _cancelled(lines: Iterable[PaymentLine]) -> set[int]:
    return {line.of_id for line in lines if line.kind == LineKind.CANCEL and line.of_id is not None}


def _rostered(subsidy: str, *, until: datetime.date, people: Collection[int] | None) -> Any:
    rows = ROSTERS[subsidy].objects.filter(month__lte=until, amount_yuan__gt=0)
    if people is not None:
        rows = rows.filter(person__in=people)
    return rows.order_by().values_list("person", "month", "amount_yuan", "standard_yuan")


# what there should be


def propose(subsidy: str, *, month: datetime.date, people: Collection[int] | None = None) -> Proposal:
    """The lines that a month's run needs: its own month, and whatever earlier months turn out to lack or to have too
    much of. Reads only.

    What an uploaded roster paid is taken as it stands but for two things: months that the register rules out are
    taken back, and months paid in full at a standard that has since been raised are made up. Other differences are for
    people to look at (subsidies/comparison). Raises RuleBroken where a month before is not known to have been paid.
    """
    _refuse_gap(subsidy, month)
    known = balances(subsidy, until=month, people=people)
    proposal = Proposal([], [], {})
    due_keys: set[Key] = set()
    over: dict[datetime.date, list[tuple[int, Decimal]]] = defaultdict(list)
    facts_on: dict[datetime.date, list[PaymentLine]] = defaultdict(list)
    unmet: dict[datetime.date, set[int]] = {}
    for one in due_months(subsidy, until=month, people=people):
        unmet[one.month] = one.unmet
        _month(one, subsidy, month, known, proposal, due_keys, over, facts_on)
    _not_due(known, due_keys | {(person, when) for person, when, _ in proposal.refused}, unmet, over)
    _take_back(subsidy, known, over, proposal, facts_on)
    _reissue(subsidy, known, proposal, facts_on)
    _freeze(facts_on)
    used = {f"{line.benefit_month:%Y-%m}" for line in proposal.lines}
    proposal.rules = {when: clauses for when, clauses in proposal.rules.items() if when in used}
    proposal.lines.sort(key=lambda line: (line.person_id, line.benefit_month, line.kind, line.seq))
    return proposal


def _month(
    one: DueMonth,
    subsidy: str,
    run_month: datetime.date,
    known: dict[Key, Balance],
    proposal: Proposal,
    due_keys: set[Key],
    over: dict[datetime.date, list[tuple[int, Decimal]]],
    facts_on: dict[datetime.date, list[PaymentLine]],
) -> None:
    proposal.refused += [(person, one.month, sentence) for person, sentence in one.refused.items()]
    proposal.rules[f"{one.month:%Y-%m}"] = [[clause.reason, clause.source] for clause in one.clauses]
    for person, due in one.due.items():
        key = (person, one.month)
        due_keys.add(key)
        balance = known.get(key)
        if balance is None or not balance.has_line:
            kind = LineKind.REGULAR if one.month == run_month else LineKind.BACKPAY
            reason = "" if kind == LineKind.REGULAR else "自享受起始月份起补发"
            line = _line(subsidy, person, one.month, kind, due.amount_yuan, due=due, reason=reason)
            proposal.lines.append(line)
            facts_on[due.on].append(line)
        elif not balance.is_own and not _was_raised(balance, due):
            continue
        elif balance.net > due.amount_yuan:
            over[one.month].append((person, balance.net - due.amount_yuan))
        elif balance.net < due.amount_yuan:
            _add(subsidy, key, due, balance, proposal, facts_on)


def _add(
    subsidy: str,
    key: Key,
    due: Due,
    balance: Balance,
    proposal: Proposal,
    facts_on: dict[datetime.date, list[PaymentLine]],
) -> None:
    """Makes up for what a paid month lacks: demands not yet collected are dropped first, the rest is paid."""
    person, month = key
    lacking = due.amount_yuan - balance.net
    for demand, still in balance.demanded:
        if still == demand.amount_yuan <= lacking:  # nothing of it has come back
            reason = "更正后该月应当享受，尚未追回的不再追回"
            line = _line(subsidy, person, month, LineKind.CANCEL, still, balance=balance, of=demand, reason=reason)
            proposal.lines.append(line)
            facts_on[due.on].append(line)
            lacking -= still
    if lacking > 0:
        raised = balance.standard_yuan is not None and balance.standard_yuan != due.amount_yuan
        reason = (
            f"月标准由{balance.standard_yuan.normalize():f}元调整为{due.amount_yuan.normalize():f}元"
            if raised and balance.standard_yuan is not None
            else "更正后该月应当享受，补发差额"
        )
        line = _line(subsidy, person, month, LineKind.STANDARD_DIFF, lacking, due=due, balance=balance, reason=reason)
        proposal.lines.append(line)
        facts_on[due.on].append(line)


def _was_raised(balance: Balance, due: Due) -> bool:
    """Paid in full by an uploaded roster, at a standard that is higher now."""
    return balance.net == balance.standard_yuan and balance.net < due.amount_yuan


def _not_due(
    known: dict[Key, Balance],
    settled: set[Key],
    unmet: dict[datetime.date, set[int]],
    over: dict[datetime.date, list[tuple[int, Decimal]]],
) -> None:
    """What has been paid for months that are not due. Whoever cannot be priced is left as it is."""
    for (person, month), balance in known.items():
        if balance.net <= 0 or (person, month) in settled:
            continue
        if balance.is_own or person in unmet.get(month, ()):
            over[month].append((person, balance.net))


def _refuse_gap(subsidy: str, month: datetime.date) -> None:
    """Nobody taken over from a roster is paid months back of which it is not known whether they were paid outside."""
    taken_over = Grant.objects.filter(subsidy=subsidy, origin=Origin.ROSTER)
    first = taken_over.aggregate(first=Min("first_month"))["first"]
    if first is None:
        return
    rostered = ROSTERS[subsidy].objects.order_by().values_list("month", flat=True).distinct()
    locked = PaymentRun.objects.filter(subsidy=subsidy, state=RunState.LOCKED).values_list("month", flat=True)
    paid = {*rostered, *locked}
    for before in months_between(first, previous_month(month)):
        if before not in paid:
            raise RuleBroken(
                f"{before.year}年{before.month}月的{Subsidy(subsidy).label}既没有上传的发放名册，也没有本系统锁定的批次，"
                "无法判断是否已经发放。请先上传该月的名册，或先办完该月的批次。"
            )


def _take_back(
    subsidy: str,
    known: dict[Key, Balance],
    over: dict[datetime.date, list[tuple[int, Decimal]]],
    proposal: Proposal,
    facts_on: dict[datetime.date, list[PaymentLine]],
) -> None:
    """Takes back what is too much: a payment that never arrived is cancelled, the rest becomes a demand."""
    for month, people in sorted(over.items()):
        why = _why(subsidy, month, {person for person, _ in people})
        for person, much in people:
            balance = known[person, month]
            for unpaid in balance.undelivered:
                if unpaid.amount_yuan <= much:
                    reason = "该月不应享受，未到账的不再发放"
                    line = _line(
                        subsidy,
                        person,
                        month,
                        LineKind.CANCEL,
                        unpaid.amount_yuan,
                        balance=balance,
                        of=unpaid,
                        reason=reason,
                    )
                    proposal.lines.append(line)
                    facts_on[last_day(month)].append(line)
                    much -= unpaid.amount_yuan
            if much > 0:
                code, reason = why[person]
                line = _line(subsidy, person, month, LineKind.RECOVERY, much, balance=balance, reason=reason)
                line.code = code
                proposal.lines.append(line)
                facts_on[last_day(month)].append(line)


def _why(subsidy: str, month: datetime.date, people: set[int]) -> dict[int, tuple[str, str]]:
    """Stop code and sentence for each, from the clauses that do not hold on the month's last day, in two statements."""
    on = last_day(month)
    rule = decide(subsidy, on=on, month=month, parameters=Parameters(on=on))
    statements = {c.person_id: c for c in Certificate.objects.filter(held(on), person__in=people)}
    found = {}
    for person, verdicts in rule.explained(Person.objects.filter(pk__in=people)):
        failed = [verdict.clause for verdict in verdicts if not verdict.holds]
        sentence = "；".join(clause.reason for clause in failed)
        if failed:
            found[person.pk] = (stop_code(failed, statements.get(person.pk)), sentence[:300])
        else:
            found[person.pk] = ("", "发放金额高于该月标准或没有该月的核定")
    return found


def _reissue(
    subsidy: str,
    known: dict[Key, Balance],
    proposal: Proposal,
    facts_on: dict[datetime.date, list[PaymentLine]],
) -> None:
    """Pays again what the bank could not deliver and what is still due."""
    cancelled = {line.of_id for line in proposal.lines if line.kind == LineKind.CANCEL}
    for (person, month), balance in known.items():
        for unpaid in balance.undelivered:
            if unpaid.pk not in cancelled:
                reason = "上次发放未到账，重新发放"
                amount = unpaid.amount_yuan
                line = _line(
                    subsidy, person, month, LineKind.REISSUE, amount, balance=balance, of=unpaid, reason=reason
                )
                proposal.lines.append(line)
                facts_on[last_day(month)].append(line)


def _line(
    subsidy: str,
    person: int,
    month: datetime.date,
    kind: LineKind,
    amount: Decimal,
    *,
    due: Due | None = None,
    balance: Balance | None = None,
    of: PaymentLine | None = None,
    reason: str = "",
) -> PaymentLine:
    seq = 1
    if balance is not None:
        balance.counts[kind] += 1
        seq = balance.counts[kind]
    return PaymentLine(
        person_id=person,
        subsidy=subsidy,
        benefit_month=month,
        kind=kind,
        seq=seq,
        amount_yuan=amount,
        standard_id=due.standard_id if due else None,
        standard_yuan=due.amount_yuan if due else None,
        of=of,
        reason=reason,
    )


# the facts each line was made on


def _freeze(lines_on: dict[datetime.date, list[PaymentLine]]) -> None:
    """Writes into the lines what the person's file said on the day that decided them, in three statements a day."""
    for on, lines in lines_on.items():
        people = {line.person_id for line in lines}
        statements = {c.person_id: c for c in Certificate.objects.filter(held(on), person__in=people)}
        running = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        kinds: dict[int, list[str]] = defaultdict(list)
        assisted = SocialAssistance.objects.filter(running, person__in=people).order_by("person", "kind")
        for person, kind in assisted.values_list("person", "kind"):
            kinds[person].append(kind)
        homes = dict(Person.objects.filter(pk__in=people).values_list("pk", "community"))
        for line in lines:
            statement = statements.get(line.person_id)
            line.community_id = statement.community_id if statement else homes[line.person_id]
            line.facts = _facts(on, statement, kinds[line.person_id])


def _facts(on: datetime.date, statement: Certificate | None, kinds: list[str]) -> dict[str, Any]:
    if statement is None:
        return {"on": on.isoformat(), "assistance": kinds}
    return {
        "on": on.isoformat(),
        "category": statement.category,
        "level": statement.level,
        "components": statement.components or "",
        "hukou_type": statement.hukou_type or "",
        "status": statement.status,
        "expires_on": statement.expires_on.isoformat(),
        "assistance": kinds,
    }
