"""年度复核: its dates, and who is to be reviewed (国发〔2015〕52号: 定期复核, 动态管理).

Whoever was granted a subsidy before the year's review began, still meets the lasting conditions, and is being paid (on
the latest month's roster) or suspended. Whoever was granted it since has just been through three desks.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Person
from registry.rules import frozen, held, with_certificate
from subsidies.models import Grant, Origin, Review, ReviewResult, StopCode, Subsidy
from subsidies.rules import ROSTERS, SUSPENDING, entitled, stopped
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User
from zalainuoer.common.months import month_of
from zalainuoer.common.rules import Parameters

WAITING, CONFIRMED, FAILED = "waiting", ReviewResult.CONFIRMED.value, ReviewResult.FAILED.value
STATES = {WAITING: "未复核", CONFIRMED: "已复核，符合", FAILED: "不再符合"}


@dataclass(frozen=True)
class Window:
    """The days of a year between which recipients are reviewed, both included."""

    year: int
    first: datetime.date
    last: datetime.date


def window_of(year: int) -> Window:
    """A year's review, by the parameters that its end finds in force; in one statement."""
    parameters = Parameters(on=datetime.date(year, 12, 31))
    first = _day(year, parameters["subsidy.review_from"])
    last = _day(year, parameters["subsidy.review_until"])
    if last < first:
        raise RuleBroken("参数有误：两项补贴年度复核的截止日期早于开始日期，请系统管理员在“参数”中更正。")
    return Window(year, first, last)


def _day(year: int, value: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(f"{year}-{value}")
    except (TypeError, ValueError) as error:
        raise RuleBroken(
            f"参数有误：两项补贴年度复核的日期“{value}”应写成月-日，如 04-01，请系统管理员在“参数”中更正。"
        ) from error


@dataclass
class Recipient:
    """Somebody who is to be reviewed in a year, and how it stands."""

    person: int
    community: int
    subsidies: list[str] = field(default_factory=list)
    suspended: list[str] = field(default_factory=list)  # of the subsidies: those that T10 suspends today
    state: str = WAITING


def recipients(window: Window, *, today: datetime.date, by: User | None = None) -> dict[int, Recipient]:
    """Who is to be reviewed, by person; `by` bounds it to an area. Six statements and the rules', whoever there is."""
    found: dict[int, Recipient] = {}
    for subsidy in Subsidy:
        suspended = stopped(subsidy, [StopCode.REVIEW], on=today)
        rows = _receiving(subsidy, window, today=today, by=by)
        for person, community, is_suspended in rows.annotate(is_suspended=suspended).values_list(
            "pk", "community", "is_suspended"
        ):
            one = found.setdefault(person, Recipient(person, community))
            one.subsidies.append(subsidy)
            if is_suspended:
                one.suspended.append(subsidy)
    for person, result in Review.objects.filter(year=window.year).values_list("person", "result"):
        if person in found:
            found[person].state = result
    return found


def _receiving(subsidy: str, window: Window, *, today: datetime.date, by: User | None) -> QuerySet[Person]:
    parameters = Parameters(on=today)
    rule = entitled(subsidy, on=today, month=month_of(today), parameters=parameters)
    lasting = [clause.condition for clause in rule.clauses if clause.code not in SUSPENDING]
    since = Q(origin=Origin.APPLICATION, granted_on__lt=window.first)
    since |= Q(origin=Origin.ROSTER, first_month__lt=window.first)
    granted = Exists(Grant.objects.filter(since, person=OuterRef("pk"), subsidy=subsidy))
    paid = ROSTERS[subsidy].objects.filter(month__lte=today, amount_yuan__gt=0)
    latest = paid.order_by("-month").values("month")[:1]
    is_paid = Exists(paid.filter(person=OuterRef("pk"), month=latest))
    is_waiting = stopped(subsidy, [StopCode.REVIEW], on=today)
    is_frozen = with_certificate(held(today) & frozen(today))
    people = Person.objects.all() if by is None else Person.objects.visible_to(by)
    return people.filter(granted, Q(is_paid) | Q(is_waiting) | Q(is_frozen), *lasting).order_by("pk")


@dataclass
class Count:
    """How far a community, a street or the reader's area has come."""

    due: int = 0
    confirmed: int = 0
    failed: int = 0
    suspended: int = 0

    @property
    def waiting(self) -> int:
        return self.due - self.confirmed - self.failed


def counts_of(found: dict[int, Recipient]) -> dict[int, Count]:
    """By community."""
    counts: dict[int, Count] = defaultdict(Count)
    for one in found.values():
        count = counts[one.community]
        count.due += 1
        count.confirmed += one.state == CONFIRMED
        count.failed += one.state == FAILED
        count.suspended += bool(one.suspended)
    return counts


def totals(counts: list[Count]) -> Count:
    """Several counts as one."""
    return Count(*(sum(getattr(each, name) for each in counts) for name in ("due", "confirmed", "failed", "suspended")))
