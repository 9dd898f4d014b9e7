"""The comparison once more, slowly: plain loops over people, days and rows, from the text of the law alone.

It shares no code with subsidies/rules.py, months.py or comparison/: a day's facts are looked up in lists, a month is
tried day by day. What it finds is compared with what the comparison finds, for generated worlds and for the demo's.
"""

from __future__ import annotations

import calendar
import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from registry.models import Certificate, DeathNotice, OtherBenefit, Person, SocialAssistance
from subsidies.models import (
    BankAccount,
    LivingPayment,
    NursingPayment,
    PaymentLine,
    Resumption,
    Standard,
    Stop,
)

Day = datetime.date
EXCLUDED = {"living": {"work_injury_care", "orphan", "de_facto_orphan"}, "nursing": {"work_injury_care"}}
RIVALS = {"living": {"old_age"}, "nursing": {"veteran_care", "elder_care"}}
ENDING, SUSPENDING = {"T2", "T8", "T9", "T11"}, {"T10"}


class Line(NamedTuple):
    """One finding, as far as both computations must agree."""

    person: int
    kind: str
    cause: str
    since: Day
    months: int
    yuan: Decimal | None


@dataclass
class Tables:
    """Every row that matters, read once, by person."""

    subsidy: str
    died: dict[int, Day | None] = field(default_factory=dict)
    rows: dict[str, dict[int, list[Any]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    roster: dict[Day, dict[int, Any]] = field(default_factory=lambda: defaultdict(dict))
    usual: dict[Day, Decimal] = field(default_factory=dict)
    standards: list[Any] = field(default_factory=list)
    claimed: dict[tuple[int, Day], Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def read(subsidy: str) -> Tables:
    tables = Tables(subsidy)
    tables.died = dict(Person.objects.values_list("pk", "died_on"))
    for model in (Certificate, SocialAssistance, OtherBenefit, DeathNotice, BankAccount):
        for row in model.objects.order_by("pk"):
            tables.rows[model.__name__][row.person_id].append(row)
    for row in Stop.objects.filter(subsidy=subsidy, withdrawn_at__isnull=True):
        tables.rows["Stop"][row.person_id].append(row)
    for row in Resumption.objects.filter(subsidy=subsidy):
        tables.rows["Resumption"][row.person_id].append(row)
    for row in (LivingPayment if subsidy == "living" else NursingPayment).objects.all():
        tables.roster[row.month][row.person_id] = row
    for month, people in tables.roster.items():
        counts = Counter(row.standard_yuan for row in people.values())
        tables.usual[month] = max(counts, key=lambda amount: (counts[amount], amount))
    tables.standards = list(Standard.objects.filter(subsidy=subsidy))
    for line in PaymentLine.objects.filter(subsidy=subsidy, is_locked=True, kind="recovery"):
        tables.claimed[line.person_id, line.benefit_month] += line.amount_yuan
    return tables


def slow_comparison(subsidy: str, today: Day) -> set[Line]:
    """What a patient clerk with all files on the desk would write down."""
    return Clerk(read(subsidy), today).findings()


class Clerk:
    """Goes through one subsidy's files."""

    def __init__(self, tables: Tables, today: Day):
        self.tables, self.subsidy, self.today = tables, tables.subsidy, today
        self.holds = cache(self._holds)
        self.deciding_day = cache(self._deciding_day)

    # a day

    def statement(self, person: int, day: Day) -> Any:
        for row in self.tables.rows["Certificate"][person]:
            if row.held_from <= day < row.held_until:
                return row
        return None

    def running(self, table: str, person: int, day: Day) -> list[Any]:
        rows = self.tables.rows[table][person]
        return [row for row in rows if row.starts_on <= day and (row.ends_on is None or row.ends_on > day)]

    def stopped(self, person: int, day: Day, codes: set[str]) -> bool:
        return any(
            row.code in codes and row.effective_on <= day and (row.until_on is None or row.until_on > day)
            for row in self.tables.rows["Stop"][person]
        )

    def _holds(self, person: int, day: Day, *, with_frozen: bool, with_review: bool) -> bool:
        """E1 to E4 and the matrix of §3.2; `with_…`: whether what only suspends counts as well."""
        card, died = self.statement(person, day), self.tables.died[person]
        if card is None or card.first_issued_on > day or (died is not None and died <= day):
            return False
        has_begun = card.status_on is not None and card.status_on <= day
        if card.status in ("cancelled", "moved_out") and has_begun:
            return False
        if card.expires_on < day or (with_frozen and card.status == "frozen" and has_begun):
            return False
        kinds = {row.kind for row in self.running("SocialAssistance", person, day)}
        in_group = "dibao" in kinds if self.subsidy == "living" else card.level in ("1", "2")
        if not in_group or "tekun" in kinds:
            return False
        benefits = self.running("OtherBenefit", person, day)
        if any(row.kind in EXCLUDED[self.subsidy] for row in benefits) or self.outbid(person, day, benefits):
            return False
        return not self.stopped(person, day, ENDING | SUSPENDING if with_review else ENDING)

    def outbid(self, person: int, day: Day, benefits: list[Any]) -> bool:
        """择高: a rival that is known to be at least the person's own standard of the month."""
        month = day.replace(day=1)
        rivals = [r.monthly_yuan for r in benefits if r.kind in RIVALS[self.subsidy] and r.monthly_yuan is not None]
        if self.in_force(month):
            own = [row.amount_yuan for row in self.fitting(person, month, day)]
        else:
            own = [self.tables.usual[month]] if month in self.tables.usual else []
        return any(rival >= amount for rival in rivals for amount in own)

    # a month

    def in_force(self, month: Day) -> list[Any]:
        return [
            row
            for row in self.tables.standards
            if row.first_month <= month and (row.last_month is None or row.last_month >= month)
        ]

    def fitting(self, person: int, month: Day, day: Day) -> list[Any]:
        card = self.statement(person, day)
        kinds = {row.kind for row in self.running("SocialAssistance", person, day)}
        return [
            row
            for row in self.in_force(month)
            if (not row.levels or (card and card.level in row.levels))
            and (not row.categories or (card and card.category in row.categories))
            and (not row.hukou_type or (card and card.hukou_type == row.hukou_type))
            and (not row.assistance_kinds or kinds & set(row.assistance_kinds))
        ]

    def standard(self, person: int, month: Day, day: Day | None) -> Decimal | None:
        rows = [] if day is None else self.fitting(person, month, day)
        return rows[0].amount_yuan if len(rows) == 1 else None

    def payable(self, person: int, month: Day) -> bool:
        """The event's month is still paid: so the day before the month counts as well as any of its own."""
        if any(row.first_month <= month <= row.last_month for row in self.tables.rows["Resumption"][person]):
            return True
        return any(self.holds(person, day, with_frozen=True, with_review=True) for day in window(month))

    def _deciding_day(self, person: int, month: Day) -> Day | None:
        """Whose facts give the class: the month's last day, the last before it, else the latest that counts."""
        days = window(month)
        for day in (days[-1], days[0], *reversed(days[1:-1])):
            if self.holds(person, day, with_frozen=False, with_review=False):
                return day
        return None

    # the lists

    def findings(self) -> set[Line]:
        months = sorted(m for m, people in self.tables.roster.items() if m <= self.today and _paid_any(people))
        if not months:
            return set()
        first = back(months[-1], 23)
        months = [month for month in months if month >= first]
        found: set[Line] = set()
        for person in self.tables.died:
            found |= set(self.unpaid(person, months))
            found |= set(self.paid_wrongly(person, months))
        return found | set(self.same_account(months[-1]))

    def on_roster(self, person: int, month: Day) -> Any:
        row = self.tables.roster[month].get(person)
        return row if row is not None and row.amount_yuan > 0 else None

    def unpaid(self, person: int, months: list[Day]) -> list[Line]:
        missing = []
        for month in reversed(months):
            day = min(self.today, window(month)[-1]) if month == months[-1] else window(month)[-1]
            if self.on_roster(person, month) or not self.holds(person, day, with_frozen=True, with_review=False):
                break
            missing.append((month, self.standard(person, month, day)))
        if not missing:
            return []
        known = [yuan for _, yuan in missing if yuan is not None]
        return [Line(person, "unpaid", "", missing[-1][0], len(missing), sum(known) if known else None)]

    def paid_wrongly(self, person: int, months: list[Day]) -> list[Line]:
        unentitled, reported, beside, amounts = [], [], [], []
        notice = next((n for n in self.tables.rows["DeathNotice"][person] if n.state == "proposed"), None)
        for month in months:
            row = self.on_roster(person, month)
            if row is None:
                continue
            paid = row.amount_yuan - self.tables.claimed[person, month]
            if not self.payable(person, month):
                if paid > 0:
                    unentitled.append((month, paid))
                continue
            if notice is not None and month > notice.died_on.replace(day=1):
                reported.append((month, row.amount_yuan))
            if self.beside_rival(person, month):
                beside.append((month, row.amount_yuan))
            due = self.standard(person, month, self.deciding_day(person, month))
            if due is not None and paid != due:
                amounts.append((month, abs(paid - due)))
        lists = (
            ("unentitled", "", unentitled),
            ("unentitled", "death_notice", reported),
            ("duplicate", "rival", beside),
            ("amount", "standard", amounts),
        )
        return [
            Line(person, kind, cause, rows[0][0], len(rows), sum(yuan for _, yuan in rows))
            for kind, cause, rows in lists
            if rows
        ]

    def beside_rival(self, person: int, month: Day) -> bool:
        """A rival that ran through the whole month, from the day before it to the day after its last."""
        days = window(month)
        return any(
            row.kind in RIVALS[self.subsidy]
            and row.starts_on <= days[0]
            and (row.ends_on is None or row.ends_on > days[-1])
            for row in self.tables.rows["OtherBenefit"][person]
        )

    def same_account(self, month: Day) -> list[Line]:
        holders = defaultdict(list)
        for person, accounts in self.tables.rows["BankAccount"].items():
            if accounts and (row := self.on_roster(person, month)):
                holders[accounts[0].number].append((person, row.amount_yuan))
        return [
            Line(person, "duplicate", "same_account", month, 1, yuan)
            for people in holders.values()
            if len(people) > 1
            for person, yuan in people
        ]


def _paid_any(people: dict[int, Any]) -> bool:
    return any(row.amount_yuan > 0 for row in people.values())


@cache
def window(month: Day) -> list[Day]:
    """The day before a month, and its days."""
    last = calendar.monthrange(month.year, month.month)[1]
    return [month + datetime.timedelta(days=n) for n in range(-1, last)]


def back(month: Day, count: int) -> Day:
    for _ in range(count):
        month = (month - datetime.timedelta(days=1)).replace(day=1)
    return month
