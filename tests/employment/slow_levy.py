"""A second reckoning of a year, one person and month after the other: plain Python over plain facts, nothing shared with
the product. Slow and obvious; the judge of `test_levy_independent`."""

from __future__ import annotations

import calendar
import datetime
import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

YEAR = 2025
Day = datetime.date


@dataclass
class Firm:
    kind: str
    established: Day | None
    closed: Day | None
    heads: list[int]
    wages: int
    declared_on: Day | None = None


@dataclass
class Human:
    sex: str
    born: Day
    issued: Day | None  # the first 残疾人证; None: none
    expires: Day
    category: str
    level: str
    status: str
    status_on: Day | None
    military: int | None
    military_until: Day | None


@dataclass
class Month:
    number: int
    wage: int
    pension: bool
    medical: bool


@dataclass
class Job:
    human: int
    firm: int
    form: str
    started: Day
    ended: Day | None
    contract: str
    contract_from: Day | None
    contract_until: Day | None
    deferred: bool
    agreement: int | None
    months: list[Month] = field(default_factory=list)


@dataclass
class Agreement:
    dispatcher: int
    host: int
    starts: Day
    ends: Day | None
    at_host: bool


@dataclass
class World:
    firms: list[Firm]
    humans: list[Human]
    agreements: list[Agreement]
    jobs: list[Job]


MINIMUM, LOCAL, RATIO = 1980, 80000, Fraction(15, 1000)


def made_up(dice: random.Random) -> World:
    """A world in which most things are as they should be and each of them is wrong now and then."""

    def now_and_then(share: float = 0.12) -> bool:
        return dice.random() < share

    def some_day(first: int = 2024, last: int = 2026) -> Day:
        return Day(dice.randint(first, last), dice.randint(1, 12), dice.randint(1, 28))

    firms = [
        Firm(
            kind=dice.choice(["enterprise", "enterprise", "organ", "institution", "social_organisation"]),
            established=some_day(2025, 2025) if now_and_then(0.3) else None,
            closed=Day(2025, 12, dice.randint(1, 31)) if now_and_then(0.2) else None,
            heads=[dice.choice([20, 30, 31, 66, 67, 100])] * 12 if now_and_then(0.5) else
            [dice.randint(20, 120) for _ in range(12)],
            wages=dice.randint(500_000, 30_000_000),
            declared_on=Day(2026, 4, 1) if now_and_then(0.5) else None,
        )
        for _ in range(dice.randint(2, 5))
    ]  # fmt: skip
    humans = []
    for _ in range(dice.randint(3, 9)):
        is_normal = not now_and_then()
        humans.append(
            Human(
                sex=dice.choice(["male", "female"]),
                born=dice.choice(
                    [Day(1985, 5, 5), Day(1965, 7, 1), Day(1970, 7, 31), Day(2009, 3, 15), Day(2008, 2, 29)]
                ),
                issued=None if now_and_then() else dice.choice([Day(2019, 5, 1), some_day(2025, 2025)]),
                expires=dice.choice([Day(2029, 4, 30), Day(2035, 1, 1), Day(2025, 12, 31)]),
                category=dice.choice("1234567"),
                level=dice.choice("1234"),
                status="normal" if is_normal else dice.choice(["frozen", "cancelled", "moved_out", "lost"]),
                status_on=None if is_normal else some_day(2025, 2025),
                military=dice.randint(1, 10) if now_and_then(0.25) else None,
                military_until=some_day(2025, 2025) if now_and_then() else None,
            )
        )
    agreements = []
    for _ in range(2):
        one, other = dice.sample(range(len(firms)), 2)
        starts = some_day(2024, 2025) if not agreements else agreements[0].starts + datetime.timedelta(days=1)
        ends = max(starts, some_day(2025, 2026)) if now_and_then(0.5) else None
        agreements.append(Agreement(one, other, starts, ends, dice.random() < 0.6))
    jobs, taken = [], set()
    for _ in range(dice.randint(4, 14)):
        human, firm = dice.randrange(len(humans)), dice.randrange(len(firms))
        started = dice.choice([Day(2024, 1, 1), some_day(2025, 2025)])
        if (human, firm, started) in taken:
            continue
        taken.add((human, firm, started))
        ended = max(started, some_day(2025, 2025)) if now_and_then(0.25) else None
        contract_from = None if now_and_then(0.05) else dice.choice([Day(2024, 1, 1), started])
        until = None
        if contract_from is not None and now_and_then(0.4):
            until = contract_from + datetime.timedelta(days=dice.choice([300, 363, 364, 365, 366, 730]))
        job = Job(
            human=human,
            firm=firm,
            form="quota" if not now_and_then() else dice.choice(["concentrated", "flexible", "public_post"]),
            started=started,
            ended=ended,
            contract=dice.choice(["labour_contract", "service_agreement", "established", "labour_contract", ""]),
            contract_from=contract_from,
            contract_until=until,
            deferred=now_and_then(),
            agreement=dice.randrange(len(agreements)) if now_and_then(0.4) else None,
        )
        for number in range(1, 13):
            if not now_and_then():
                wage = dice.choice([3000, 1980, 1980, 1979])
                job.months.append(Month(number, wage, not now_and_then(0.06), not now_and_then(0.06)))
        jobs.append(job)
    return World(firms, humans, agreements, jobs)


# --- the reckoning ---------------------------------------------------------------------------------------------------


def last_of(month: int) -> Day:
    return Day(YEAR, month, calendar.monthrange(YEAR, month)[1])


def stands(firm: Firm, month: int) -> bool:
    days = [Day(YEAR, month, number) for number in range(1, last_of(month).day + 1)]
    return any(
        (firm.established is None or day >= firm.established) and (firm.closed is None or day <= firm.closed)
        for day in days
    )


def years_old(born: Day, on: Day) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def lasts_a_year(first: Day, last: Day) -> bool:
    """A contract lasts a year if its last day is not before the day before the same date of the next year."""
    if (first.month, first.day) == (2, 29):
        return last >= Day(first.year + 1, 2, 28)
    return last + datetime.timedelta(days=1) >= first.replace(year=first.year + 1)


def where(world: World, job: Job, on: Day) -> int:
    if job.agreement is None:
        return job.firm
    agreement = world.agreements[job.agreement]
    in_force = agreement.starts <= on and (agreement.ends is None or on <= agreement.ends)
    return agreement.host if agreement.at_host and agreement.dispatcher == job.firm and in_force else job.firm


def weight(human: Human, on: Day) -> int:
    """0: no certificate is good on the day."""
    found = []
    if human.issued is not None and human.issued <= on <= human.expires:
        is_changed = human.status_on is not None and human.status_on <= on
        if not (is_changed and human.status in ("frozen", "cancelled", "moved_out")):
            found.append(2 if human.level in "12" else 1)
    if (
        human.military is not None
        and human.military <= 8
        and (human.military_until is None or on <= human.military_until)
    ):
        found.append(2 if human.military <= 3 else 1)
    return max(found, default=0)


def is_good(world: World, job: Job, month: Month) -> tuple[int, int] | None:
    """(firm, weight) if a month counts but for other claims."""
    on = last_of(month.number)
    if job.ended is not None and job.ended < on:
        on = job.ended
    if not (job.started <= on and on >= Day(YEAR, month.number, 1)) or job.form not in ("quota", "concentrated"):
        return None
    firm = where(world, job, on)
    if not stands(world.firms[firm], month.number):
        return None
    if job.contract == "":
        return None
    if job.contract != "established":
        if job.contract_from is None or job.contract_from > on:
            return None
        if job.contract_until is not None and (
            job.contract_until < on or not lasts_a_year(job.contract_from, job.contract_until)
        ):
            return None
    if month.wage < MINIMUM or not month.pension or not month.medical:
        return None
    human = world.humans[job.human]
    age = years_old(human.born, on)
    if age < 16 or (age > (59 if human.sex == "male" else 54) and not job.deferred):
        return None
    found = weight(human, on)
    return (firm, found) if found else None


def cents(value: Fraction) -> Fraction:
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def reckoned(world: World, *, over: bool) -> list[dict[str, Any] | None]:
    """What every firm's sheet must say; None for one that was not there. `over`: the time to declare is over."""
    by_month = [[0] * 12 for _ in world.firms]
    taken = set()
    for job in world.jobs:  # in the order in which their months were recorded
        for month in job.months:
            found = is_good(world, job, month)
            if found and (job.human, month.number) not in taken:
                taken.add((job.human, month.number))
                by_month[found[0]][month.number - 1] += found[1]
    return [_sheet(firm, counts, over=over) for firm, counts in zip(world.firms, by_month, strict=True)]


def _sheet(firm: Firm, counts: list[int], *, over: bool) -> dict[str, Any] | None:
    there = [month for month in range(1, 13) if stands(firm, month)]
    if not there:
        return None
    late = over and firm.declared_on is None
    counts = [0] * 12 if late else counts
    heads = cents(Fraction(sum(firm.heads[month - 1] for month in there), len(there)))
    placed = Fraction(sum(counts), len(there))
    gap = heads * RATIO - placed
    sheet: dict[str, Any] = {"late": late, "counts": counts, "heads": heads, "placed": placed, "base": None}
    if gap <= 0:
        return {**sheet, "gap": Fraction(0), "gross": Fraction(0), "factor": Fraction(0), "net": Fraction(0)}
    base = cents(min(Fraction(firm.wages) / heads, Fraction(2 * LOCAL)))
    gross = cents(gap * base)
    tier = Fraction(1, 2) if placed * 100 >= heads else Fraction(9, 10)
    factor = Fraction(0) if firm.kind == "enterprise" and heads <= 30 else tier
    return {**sheet, "gap": gap, "base": base, "gross": gross, "factor": factor, "net": cents(gross * factor)}
