"""One application and the people at its desks, for the tests of the flow: a base case, of which a test changes one
thing. Everything goes through the services."""

from __future__ import annotations

import datetime
from typing import Any

from registry.models import Person
from subsidies.models import Application, Paper, Standard, Subsidy
from subsidies.services import applications as services
from tests.records import assistance, day, holder
from zalainuoer.common.models import Division, Role, User

LIVING, NURSING = Subsidy.LIVING, Subsidy.NURSING
APPLIED = day("2025-09-22")  # a Monday, a week before the National Day's holiday
BASIC = [Paper.FORM, Paper.IDENTITY, Paper.CERTIFICATE, Paper.ACCOUNT]
PAPERS = {LIVING: [*BASIC, Paper.HARDSHIP], NURSING: [*BASIC, Paper.CARE]}
HERE = "第一街道"


def account(role: str, name: str, street: str | None = None) -> User:
    """An account, the same for the same name and place."""
    place = None if street is None else Division.objects.get(name=street)
    facts = {"name": name, "role": role, "division": place}
    return User.objects.get_or_create(username=f"{role}-{name}-{street}", defaults=facts)[0]


def counter(name: str = "窗口甲", street: str = HERE) -> User:
    """Somebody at a street's counter."""
    return account(Role.STREET_STAFF, name, street)


def federation(name: str = "残联甲") -> User:
    return account(Role.FEDERATION_STAFF, name)


def civil(name: str = "民政甲") -> User:
    return account(Role.CIVIL_STAFF, name)


def standard(subsidy: str = LIVING, yuan: str = "125", since: str = "2020-01-01", **more: Any) -> Standard:
    facts = {"name": f"{yuan}元档", "document": "某文", **more}
    return Standard.objects.create(subsidy=subsidy, amount_yuan=yuan, first_month=since, **facts)


def poor(n: int = 1, **change: Any) -> Person:
    """Somebody with a right to the living subsidy (and, 肢体二级, to the nursing one)."""
    somebody = holder(n, **change)
    assistance(somebody)
    return somebody


def accept(of: Person, *, subsidy: str = LIVING, by: User | None = None, **change: Any) -> Application:
    """Taken in at the person's own street on the day of applying, papers complete."""
    by = by or counter(street=of.community.parent.name)
    facts: dict[str, Any] = {
        "applied_on": APPLIED,
        "today": change.get("applied_on", APPLIED),
        "accepted_in": None if change.get("accepted_elsewhere") else of.community.parent,
        "needs_care": True if subsidy == NURSING else None,
        "papers": PAPERS[Subsidy(subsidy)],
        **change,
    }
    return services.application_accept(person=of, subsidy=subsidy, by=by, **facts)


def review(row: Application, by: User, *, passed: bool = True, on: datetime.date = APPLIED, **how: Any) -> Application:
    opinion = how.pop("opinion", "" if passed else "不符合条件")
    return services.application_review(application=row, passed=passed, opinion=opinion, by=by, today=on, **how)


def at_civil(of: Person, *, on: datetime.date = APPLIED, **how: Any) -> Application:
    """Passed by the street and by the federation: with 民政."""
    row = accept(of, **{"applied_on": on, **how})
    row = review(row, counter("初审甲", of.community.parent.name), on=on)
    return review(row, federation(), on=on)


def on_show(of: Person, *, on: datetime.date = APPLIED, **how: Any) -> Application:
    """Passed by 民政 too: 公示中."""
    return review(at_civil(of, on=on, **how), civil(), on=on)


def close(on: datetime.date | str) -> int:
    """What the night does."""
    return services.publicity_close(today=day(on) if isinstance(on, str) else on)
