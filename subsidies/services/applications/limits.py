"""Time limits in working days: each desk's, from the day a case arrives at it; and what is left of them."""

from __future__ import annotations

import datetime

from subsidies.models import Application, ApplicationState
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.rules import Parameters
from zalainuoer.common.working_days import WorkingDays

ONE_DAY = datetime.timedelta(days=1)
LOOK = 400  # days; what is further away is said in days of the calendar


def limit_days(application: Application, state: str, parameters: Parameters) -> int:
    """How many working days a desk has; what comes from elsewhere (跨省通办) has ten altogether."""
    is_elsewhere = bool(application.accepted_elsewhere)
    if state == ApplicationState.FIRST_REVIEW:
        own, elsewhere = parameters["subsidy.first_review_days"], parameters["subsidy.elsewhere_first_review_days"]
    elif state == ApplicationState.FEDERATION_REVIEW:
        own = parameters["subsidy.federation_review_days"]
        elsewhere = parameters["subsidy.elsewhere_federation_review_days"]
    else:
        own, elsewhere = parameters["subsidy.civil_review_days"], parameters["subsidy.elsewhere_civil_review_days"]
    return int(elsewhere if is_elsewhere else own)


def arrive(application: Application, state: str, *, today: datetime.date) -> None:
    """Lays an application on a desk: its limit begins anew."""
    application.state, application.arrived_on = state, today
    days = limit_days(application, state, Parameters(on=today))
    application.due_on = WorkingDays.read().due(today, days)


def notify_by(decided_on: datetime.date) -> datetime.date | None:
    """The last day on which the applicant is to be told."""
    parameters = Parameters(on=decided_on)
    return WorkingDays.read().due(decided_on, parameters["subsidy.notify_days"])


def time_left(calendar: WorkingDays, due_on: datetime.date | None, today: datetime.date) -> tuple[str, str]:
    """(还剩 n 个工作日 / 今天到期 / 已超期 n 个工作日, the tone it is said in)."""
    if due_on is None:
        return "期限未算（工作日历未维护）", "idle"
    if due_on == today:
        return "今天到期", "warn"
    count = _between(calendar, min(today, due_on), max(today, due_on))
    if due_on < today:
        return f"已超期 {count}", "bad"
    return f"还剩 {count}", "wait"


def _between(calendar: WorkingDays, first: datetime.date, last: datetime.date) -> str:
    """The working days after a day, up to and with another, in words."""
    days = (last - first).days
    if days <= LOOK:
        try:
            return f"{sum(calendar.is_working(first + ONE_DAY * n) for n in range(1, days + 1))} 个工作日"
        except ParameterMissing:
            pass
    return f"{days} 天"
