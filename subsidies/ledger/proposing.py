"""The lines of a month's run: what is due less what the months have come to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Min

from subsidies.ledger.balances import NOTHING, Balance, Key, balances
from subsidies.ledger.facts import freeze
from subsidies.ledger.reasons import reasons_against
from subsidies.models import Grant, LineKind, Origin, PaymentLine, PaymentRun, RunState, Subsidy
from subsidies.months import Due, DueMonth, due_months
from subsidies.rules import ROSTERS
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.months import last_day, months_between, previous_month
from zalainuoer.common.rules import Clause

BACKPAID = "自享受起始月份起补发"
RESTORED = "更正后该月应当享受，补发差额"
DROPPED = "更正后该月应当享受，尚未追回的不再追回"
UNSENT = "该月不应享受，未到账的不再发放"
RESENT = "上次发放未到账，重新发放"
INTERRUPTED = "条件曾经中断，恢复享受须重新申请；或发放金额高于该月标准"


@dataclass
class Proposal:
    """The lines of a run, not saved; who cannot be paid, with a sentence; and the clauses each month rests on."""

    lines: list[PaymentLine] = field(default_factory=list)
    refused: list[tuple[int, datetime.date, str]] = field(default_factory=list)
    rules: dict[str, list[list[str]]] = field(default_factory=dict)
    month_before: dict[int, Balance] = field(default_factory=dict)  # what the month before has come to, by person
    already_paid: dict[int, Balance] = field(default_factory=dict)  # likewise the run's own month


def propose(subsidy: str, *, month: datetime.date, people: Collection[int] | None = None) -> Proposal:
    """The lines that a month's run needs: its own month, and whatever earlier months turn out to lack or to have too
    much of. Reads only.

    What an uploaded roster paid is taken as it stands but for two things: months that the register rules out are
    taken back, and months paid in full at a standard that has since been raised are made up. Other differences are for
    people to look at (subsidies/comparison). Raises RuleBroken where a month before is not known to have been paid.
    """
    _refuse_gap(subsidy, month)
    return forecast(subsidy, month=month, people=people)


def forecast(subsidy: str, *, month: datetime.date, people: Collection[int] | None = None) -> Proposal:
    """As `propose`, also where a month before is not known to have been paid: what some facts would come to, for
    whoever is about to change them."""
    work = _Proposing(subsidy, month, balances(subsidy, until=month, people=people))
    for one in due_months(subsidy, until=month, people=people):
        work.pay(one)
    work.find_not_due()
    work.withdraw_demands()
    work.take_back()
    work.send_again()
    return work.finished()


@dataclass
class _Proposing:
    subsidy: str
    month: datetime.date
    known: dict[Key, Balance]
    proposal: Proposal = field(default_factory=Proposal)
    settled: set[Key] = field(default_factory=set)  # due, or due and without a standard
    unmet: dict[datetime.date, set[int]] = field(default_factory=dict)
    clauses: dict[datetime.date, tuple[Clause, ...]] = field(default_factory=dict)  # of each month's last day
    over: dict[datetime.date, list[tuple[int, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    facts_on: dict[datetime.date, list[PaymentLine]] = field(default_factory=lambda: defaultdict(list))

    def pay(self, one: DueMonth) -> None:
        """What a month that is due still lacks; what it has too much of is noted."""
        month = one.month
        self.unmet[month], self.clauses[month] = one.unmet, one.clauses
        self.settled.update((person, month) for person in (*one.due, *one.refused))
        self.proposal.refused += [(person, month, sentence) for person, sentence in one.refused.items()]
        self.proposal.rules[f"{month:%Y-%m}"] = [[clause.reason, clause.source] for clause in one.clauses]
        for person, due in one.due.items():
            balance = self.known.get((person, month))
            if balance is None or not balance.has_line:
                is_regular = month == self.month
                kind, reason = (LineKind.REGULAR, "") if is_regular else (LineKind.BACKPAY, BACKPAID)
                self._line((person, month), kind, due.amount_yuan, on=due.on, due=due, reason=reason)
            elif not balance.is_own and not _was_raised(balance, due):
                continue
            elif balance.net > due.amount_yuan:
                self.over[month].append((person, balance.net - due.amount_yuan))
            elif balance.net < due.amount_yuan:
                self._make_up((person, month), due, balance)

    def _make_up(self, key: Key, due: Due, balance: Balance) -> None:
        """Demands of which nothing has come back yet are dropped first; the rest is paid."""
        lacking = due.amount_yuan - balance.net
        for demand, still in balance.demanded:
            if still == demand.amount_yuan <= lacking:
                self._line(key, LineKind.CANCEL, still, on=due.on, of=demand, reason=DROPPED)
                lacking -= still
        if lacking > 0:
            reason = _raise(balance, due) or RESTORED
            self._line(key, LineKind.STANDARD_DIFF, lacking, on=due.on, due=due, reason=reason)

    def find_not_due(self) -> None:
        """What has been paid for months that are not due. Whoever cannot be priced is left as it is."""
        for (person, month), balance in self.known.items():
            if balance.net <= 0 or (person, month) in self.settled:
                continue
            if balance.is_own or person in self.unmet.get(month, ()):
                self.over[month].append((person, balance.net))

    def withdraw_demands(self) -> None:
        """A month that is not due was demanded back before the bank said that its money had never arrived: both are
        cancelled, and only what did arrive is demanded anew."""
        for key, balance in self.known.items():
            if key in self.settled or balance.net != 0 or not balance.undelivered:
                continue
            untouched = [demand for demand, still in balance.demanded if still == demand.amount_yuan]
            credit = sum((demand.amount_yuan for demand in untouched), NOTHING)
            unsent: list[PaymentLine] = []
            for line in balance.undelivered:
                if line.amount_yuan <= credit:
                    unsent.append(line)
                    credit -= line.amount_yuan
            if not unsent:
                continue
            balance.undelivered = [line for line in balance.undelivered if line not in unsent]
            for line in [*untouched, *unsent]:
                self._line(key, LineKind.CANCEL, line.amount_yuan, on=last_day(key[1]), of=line, reason=UNSENT)
            if credit > 0:
                self.over[key[1]].append((key[0], credit))

    def take_back(self) -> None:
        """A payment that never arrived is cancelled, the rest becomes a demand."""
        for month, people in sorted(self.over.items()):
            people_over = {person for person, _ in people}
            why = reasons_against(self.subsidy, month, people_over, clauses=self.clauses.get(month))
            on = last_day(month)
            for person, much in people:
                key = (person, month)
                for unsent in self.known[key].undelivered:
                    if unsent.amount_yuan <= much:
                        self._line(key, LineKind.CANCEL, unsent.amount_yuan, on=on, of=unsent, reason=UNSENT)
                        much -= unsent.amount_yuan
                if much > 0:
                    code, reason = why[person]
                    self._line(key, LineKind.RECOVERY, much, on=on, code=code, reason=reason or INTERRUPTED)

    def send_again(self) -> None:
        """Pays again what the bank could not deliver and what is still due."""
        cancelled = {line.of_id for line in self.proposal.lines if line.kind == LineKind.CANCEL}
        for key, balance in self.known.items():
            for unsent in balance.undelivered if key in self.settled else ():
                if unsent.pk not in cancelled:
                    on = last_day(key[1])
                    self._line(key, LineKind.REISSUE, unsent.amount_yuan, on=on, of=unsent, reason=RESENT)

    def finished(self) -> Proposal:
        """The proposal, its lines in a fixed order and with the facts they were made on."""
        freeze(self.facts_on)
        proposal = self.proposal
        used = {f"{line.benefit_month:%Y-%m}" for line in proposal.lines}
        proposal.rules = {month: clauses for month, clauses in proposal.rules.items() if month in used}
        for (person, month), balance in self.known.items():
            if balance.net > 0 and month == self.month:
                proposal.already_paid[person] = balance
            elif balance.net > 0 and month == previous_month(self.month):
                proposal.month_before[person] = balance
        proposal.lines.sort(key=lambda line: (line.person_id, line.benefit_month, line.kind, line.seq))
        return proposal

    def _line(
        self,
        key: Key,
        kind: LineKind,
        amount: Decimal,
        *,
        on: datetime.date,
        due: Due | None = None,
        of: PaymentLine | None = None,
        code: str = "",
        reason: str = "",
    ) -> None:
        """Adds a line; `on` is the day whose facts it rests on."""
        seq = 1
        if (balance := self.known.get(key)) is not None:
            balance.counts[kind] += 1
            seq = balance.counts[kind]
        line = PaymentLine(
            person_id=key[0],
            subsidy=self.subsidy,
            benefit_month=key[1],
            kind=kind,
            seq=seq,
            amount_yuan=amount,
            standard_id=due.standard_id if due else None,
            standard_yuan=due.amount_yuan if due else None,
            of=of,
            code=code,
            reason=reason,
        )
        self.proposal.lines.append(line)
        self.facts_on[on].append(line)


def _was_raised(balance: Balance, due: Due) -> bool:
    """Paid in full by an uploaded roster, at a standard that is higher now."""
    return balance.net == balance.standard_yuan and balance.net < due.amount_yuan


def _raise(balance: Balance, due: Due) -> str:
    """The sentence for a standard that has been raised; empty if it has not."""
    before = balance.standard_yuan
    if before is None or before >= due.amount_yuan:
        return ""
    return f"月标准由{before.normalize():f}元调整为{due.amount_yuan.normalize():f}元"


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
