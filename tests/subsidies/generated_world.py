"""A random small district: certificates that change, spells of assistance, benefits, deaths, standards, stops, and
rosters that are mostly right and now and then wrong. The same seed gives the same world.
"""

from __future__ import annotations

import datetime
import random
from itertools import pairwise
from typing import Any

from registry.models import BEGINNING, FOREVER, Certificate, DeathNotice, Person
from subsidies.models import (
    BankAccount,
    Grant,
    LineKind,
    PaymentLine,
    PaymentRun,
    Resumption,
    Standard,
    Stop,
)
from tests.records import assistance, benefit, certificate, living, nursing, person

START, TODAY = datetime.date(2023, 10, 1), datetime.date(2025, 12, 18)
MONTHS = [datetime.date(2024 + n // 12, n % 12 + 1, 1) for n in range(24)]


class World:
    """Makes the world of one seed in the tables."""

    def __init__(self, seed: int, *, people: int = 8):
        self.random = random.Random(seed)
        self._standards()
        self.people = [self._person(n) for n in range(1, people + 1)]
        for each in self.people:
            self._rosters(each)
        self._run()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self) -> datetime.date:
        return START + datetime.timedelta(days=self.random.randrange((TODAY - START).days))

    def _standards(self) -> None:
        self.classes = []
        for subsidy in ("living", "nursing"):
            if self.chance(0.15):
                continue  # not maintained
            by_level = subsidy == "nursing" and self.chance(0.5)
            for levels, amount in ((["1"], 130), (["2"], 120)) if by_level else (([], 100),):
                raised = self.chance(0.5)
                last = MONTHS[11] if raised else None
                self._standard(subsidy, levels, amount, datetime.date(2020, 1, 1), last)
                if raised:
                    self._standard(subsidy, levels, amount + 25, MONTHS[12], None)
            if self.chance(0.2):  # overlaps for two months
                self._standard(subsidy, ["2"], 200, MONTHS[20], MONTHS[21])

    def _standard(self, subsidy: str, levels: list[str], amount: int, first: Any, last: Any) -> None:
        Standard.objects.create(
            subsidy=subsidy,
            name=f"{levels}{first}{amount}",
            levels=levels,
            amount_yuan=amount,
            first_month=first,
            last_month=last,
            document="某文",
        )

    def _person(self, n: int) -> Person:
        somebody = person(n, born=f"19{50 + n % 40}-05-17")
        self._certificate(somebody)
        for kind, share in (("dibao", 0.7), ("tekun", 0.15), ("dibao", 0.3)):
            if self.chance(share):
                starts, ends = sorted((self.day(), self.day()))
                starts = datetime.date(2021, 1, 1 + n) if self.chance(0.6) else starts
                if not somebody.socialassistances.filter(kind=kind, starts_on=starts).exists():
                    assistance(somebody, kind, str(starts), str(ends) if starts < ends and self.chance(0.5) else None)
        for kind, share in (
            ("old_age", 0.2), ("orphan", 0.1), ("work_injury_care", 0.1), ("veteran_care", 0.15), ("elder_care", 0.15),
        ):  # fmt: skip
            if self.chance(share):
                starts, ends = sorted((self.day(), self.day()))
                yuan = self.random.choice([None, "80", "100", "120", "125", "400"])
                benefit(somebody, kind, yuan, str(starts), str(ends) if starts < ends and self.chance(0.6) else None)
        self._ends(somebody)
        return somebody

    def _certificate(self, somebody: Person) -> None:
        if self.chance(0.1):
            return  # never had one
        cuts = sorted({self.day() for _ in range(self.random.choice([0, 0, 1, 1, 2]))})
        bounds = [BEGINNING, *cuts, FOREVER]
        issued = self.day() if self.chance(0.15) else datetime.date(2015, 3, 1)
        for begins, until in pairwise(bounds):
            status = self.random.choice(["normal"] * 8 + ["lost", "frozen", "cancelled", "moved_out"])
            on = self.day() if begins == BEGINNING else begins
            certificate(
                somebody,
                held_from=begins,
                held_until=until,
                first_issued_on=issued,
                issued_on=issued,
                expires_on=self.day() if self.chance(0.15) and issued.year == 2015 else datetime.date(2036, 3, 1),
                level=self.random.choice("11222234"),
                status=status,
                status_on=None if status == "normal" else on,
            )

    def _ends(self, somebody: Person) -> None:
        if self.chance(0.12):
            Person.objects.filter(pk=somebody.pk).update(died_on=self.day())
        elif self.chance(0.12):
            DeathNotice.objects.create(person=somebody, died_on=self.day(), source="police")
        for subsidy in ("living", "nursing"):
            if self.chance(0.3):
                code = self.random.choice(["T2", "T8", "T9", "T10", "T10", "T10", "T11"])
                starts, ends = sorted((self.day(), self.day()))
                until = ends if starts < ends and self.chance(0.6) else None
                Stop.objects.create(
                    person=somebody, subsidy=subsidy, code=code, effective_on=starts, until_on=until, reason="某因"
                )
            if self.chance(0.15):
                first = self.random.randrange(20)
                Resumption.objects.create(
                    person=somebody,
                    subsidy=subsidy,
                    cause="review",
                    first_month=MONTHS[first],
                    last_month=MONTHS[first + 3],
                    reason="某因",
                    decided_on=TODAY,
                )
            if self.chance(0.5):
                first = self.random.choice(MONTHS)
                Grant.objects.create(
                    person=somebody, subsidy=subsidy, first_month=first, origin="roster", granted_on=first
                )
        if self.chance(0.3):
            number = f"62270000000000{self.random.randrange(3)}"
            BankAccount.objects.create(
                person=somebody,
                bank="某行",
                number=number,
                number_index=BankAccount._meta.get_field("number_index").of(number),
                holder="某人",
            )

    def _rosters(self, somebody: Person) -> None:
        for paid, usual in ((living, 100), (nursing, 120)):
            share = self.random.choice([0, 0.5, 0.95, 1])
            absent = self.random.choice(MONTHS)
            for month in MONTHS:
                if month != absent and self.chance(share):
                    amount = usual if self.chance(0.8) else self.random.choice([0, 75, 125, 130, 145])
                    paid(somebody, str(month), str(amount), str(amount or usual))

    def _run(self) -> None:
        """A locked run that has claimed some months back."""
        run = PaymentRun.objects.create(
            subsidy="living",
            month=MONTHS[-1],
            state="locked",
            pay_on=TODAY,
            prepared_at=f"{TODAY} 10:00+08:00",
            approved_at=f"{TODAY} 11:00+08:00",
        )
        for somebody in self.people:
            for row in somebody.livingpayments.filter(amount_yuan__gt=0):
                if self.chance(0.05):
                    PaymentLine.objects.create(
                        run=run,
                        person=somebody,
                        subsidy="living",
                        benefit_month=row.month,
                        kind=LineKind.RECOVERY,
                        amount_yuan=row.amount_yuan if self.chance(0.7) else row.amount_yuan / 2,
                        reason="某因",
                        code="T6",
                        community=somebody.community,
                        is_locked=True,
                    )


def certificates_of(somebody: Person) -> list[Any]:
    return list(Certificate.objects.filter(person=somebody).order_by("held_from"))
