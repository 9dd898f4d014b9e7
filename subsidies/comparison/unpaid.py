"""应享未享: who has the right and is not on the latest roster, since when, and where their case stands."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from registry.models import Person
from subsidies.comparison import causes
from subsidies.comparison.drafts import Draft, in_words
from subsidies.comparison.rosters import Row, roster_of
from subsidies.models import (
    ENDED,
    Application,
    ApplicationState,
    FindingKind,
    Grant,
    Stop,
    StopCode,
    Subsidy,
)
from subsidies.months import due_months, priced
from subsidies.rules import SOURCE, entitled
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import Parameters


@dataclass
class Missing:
    """Somebody who is not on the roster: since when, how many rosters lack them, what that comes to."""

    since: datetime.date
    months: int = 0
    amount: Decimal | None = None

    def add(self, month: datetime.date, yuan: Decimal | None) -> None:
        self.since, self.months = month, self.months + 1
        if yuan is not None:
            self.amount = (self.amount or Decimal(0)) + yuan


@dataclass
class Standing:
    """Where the cases of some people stand."""

    on: datetime.date
    open: dict[int, Application] = field(default_factory=dict)
    ended: dict[int, Application] = field(default_factory=dict)  # the latest one that is over
    grants: dict[int, list[Grant]] = field(default_factory=lambda: defaultdict(list))
    suspensions: dict[int, Stop] = field(default_factory=dict)
    due: set[int] = field(default_factory=set)  # granted, and the grant still goes on
    refused: dict[int, str] = field(default_factory=dict)  # so, but no standard fits


def unpaid(subsidy: str, *, months: list[datetime.date], latest: dict[int, Row], today: datetime.date) -> list[Draft]:
    """The drafts. `latest` is the roster of the last of the months."""
    on = min(today, last_day(months[-1]))
    found = _missing(subsidy, months, latest, on)
    standing = _standing(subsidy, set(found), month=months[-1], on=on)
    return [_draft(subsidy, person, missing, standing, months[-1], today) for person, missing in found.items()]


def _missing(
    subsidy: str, months: list[datetime.date], latest: dict[int, Row], on: datetime.date
) -> dict[int, Missing]:
    """Walks back from the latest roster for as long as somebody had the right and was not on it."""
    still = _entitled(subsidy, months[-1], on=on) - set(latest)
    found = {person: Missing(months[-1]) for person in still}
    for month in reversed(months):
        if month != months[-1]:
            on = last_day(month)
            still = _entitled(subsidy, month, on=on, among=still) - set(roster_of(subsidy, month))
        if not still:
            break
        due, _ = priced(subsidy, month, on=on, people=still)
        for person in still:
            found[person].add(month, due[person].amount_yuan if person in due else None)
    return found


def _entitled(
    subsidy: str, month: datetime.date, *, on: datetime.date, among: Collection[int] | None = None
) -> set[int]:
    people = Person.objects.all() if among is None else Person.objects.filter(pk__in=among)
    rule = entitled(subsidy, on=on, month=month, parameters=Parameters(on=on))
    return set(rule.people(people).order_by().values_list("pk", flat=True))


def _standing(subsidy: str, people: set[int], *, month: datetime.date, on: datetime.date) -> Standing:
    standing = Standing(on)
    of: dict[str, Any] = {"person__in": people, "subsidy": subsidy}
    for application in Application.objects.filter(**of).order_by("applied_on", "pk"):
        ends = application.state in ENDED
        (standing.ended if ends else standing.open)[application.person_id] = application
    for grant in Grant.objects.filter(**of).order_by("first_month"):
        standing.grants[grant.person_id].append(grant)
    for stop in Stop.objects.standing().filter(**of, code=StopCode.REVIEW, effective_on__lte=on):
        if stop.until_on is None or stop.until_on > on:
            standing.suspensions[stop.person_id] = stop
    for one in due_months(subsidy, until=month, people=set(standing.grants)) if standing.grants else ():
        if one.month == month:
            standing.due, standing.refused = set(one.due), one.refused
    return standing


def _draft(
    subsidy: str, person: int, missing: Missing, standing: Standing, month: datetime.date, today: datetime.date
) -> Draft:
    cause, sentence, facts = _cause(person, standing, month, today)
    draft = Draft(
        person,
        subsidy,
        FindingKind.UNPAID,
        cause,
        f"符合{Subsidy(subsidy).label}的全部条件，{in_words(month)}发放名册中没有此人；{sentence}。",
        f"{SOURCE} 补贴对象、应补尽补",
        missing.since,
        missing.months,
        missing.amount,
        evidence=[{"table": "roster", "subsidy": subsidy, "month": f"{month:%Y-%m}", "what": "名册中没有此人"}],
        facts=facts,
        on=standing.on,
    )
    for table, rows in (("application", standing.open), ("stop", standing.suspensions)):
        if person in rows:
            draft.evidence.append({"table": table, "id": rows[person].pk, "what": sentence})
    return draft


def _cause(person: int, standing: Standing, month: datetime.date, today: datetime.date) -> tuple[str, str, list[Any]]:
    """(cause, where the case stands, what that rests on); what has to happen first comes first."""
    if (stop := standing.suspensions.get(person)) is not None:
        return causes.SUSPENDED, f"自{stop.effective_on}起因未参加或未通过年度复核暂停", [stop.pk]
    if (application := standing.open.get(person)) is not None:
        return causes.APPLIED, _desk(application, today), [application.pk]
    grants = standing.grants.get(person, [])
    if person in standing.due:
        return causes.GRANTED_UNPAID, f"自{in_words(grants[-1].first_month)}起核定享受，名册漏列", [grants[-1].pk]
    if person in standing.refused:
        return causes.NO_STANDARD, f"已核定享受，但{standing.refused[person].rstrip('。')}", [grants[-1].pk]
    if grants and grants[-1].first_month > month:
        return causes.WAITING, f"已核定自{in_words(grants[-1].first_month)}起享受", [grants[-1].pk]
    ended = standing.ended.get(person)
    if grants:
        return causes.LAPSED, f"曾自{in_words(grants[-1].first_month)}起享受，中断后没有重新申请", [grants[-1].pk]
    if ended is not None and ended.state == ApplicationState.REFUSED:
        return causes.REFUSED, f"{ended.applied_on}的申请未获批准（{ended.reason}），现在符合条件", [ended.pk]
    if ended is not None:
        return causes.NEVER_APPLIED, f"{ended.applied_on}申请后撤回，没有再申请", [ended.pk]
    return causes.NEVER_APPLIED, "至今没有申请过", []


def _desk(application: Application, today: datetime.date) -> str:
    """Where an application lies, since when, and whether it is overdue."""
    said = f"{application.applied_on}已申请，{application.get_state_display()}，{application.arrived_on}到达本环节"
    if application.due_on is None:
        return said
    return f"{said}，期限{application.due_on}" + ("，已经超期" if application.due_on < today else "")
