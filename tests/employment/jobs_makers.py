"""Seekers, employers and vacancies as the tests of jobs need them: one base, each test changes one thing. All invented."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from employment.models import Employer, EmploymentRecord, JobSeeker, Vacancy
from employment.services import seeking
from registry.models import Person
from tests.deliveries import user
from tests.records import community, day
from zalainuoer.common.models import Role, User

TODAY = day("2025-06-20")


def employer(n: int = 1, *, street: str = "第一街道", **change: Any) -> Employer:
    body = f"91150799MA{n:07d}"
    facts = {"name": f"甲乙丙第{n}有限公司", "kind": "enterprise", "street": community(street).parent, **change}
    return Employer.objects.get_or_create(credit_code=body + uscc.calc_check_digit(body), defaults=facts)[0]


def vacancy(**change: Any) -> Vacancy:
    """An offer for one, of whatever category, at 2500 yuan in 第一街道, from January to December 2025."""
    facts: dict[str, Any] = {
        "post": "保洁员", "number": 1, "trades": ["cleaning"], "wage_yuan": Decimal(2500), "street": community().parent,
        "registered_on": day("2025-01-01"), "valid_until": day("2025-12-31"), **change,
    }  # fmt: skip
    if "employer" not in facts:
        facts["employer"] = employer()
    return Vacancy.objects.create(**facts)


def seeker(person: Person, **change: Any) -> JobSeeker:
    """Somebody who can clean and wants to, for 2000 yuan, in 第一街道."""
    facts: dict[str, Any] = {
        "registered_on": day("2025-05-01"), "education": 2, "skills": ["cleaning"], "wanted": ["cleaning"],
        "least_wage_yuan": Decimal(2000), "wanted_street": community().parent, **change,
    }  # fmt: skip
    return JobSeeker.objects.create(person=person, **facts)


def worked(
    person: Person, started_on: str, ended_on: str | None = None, *, form: str = "flexible", **change: Any
) -> EmploymentRecord:
    return EmploymentRecord.objects.create(
        person=person, form=form, workplace="某处", started_on=started_on, ended_on=ended_on, **change
    )


def clerk(street: str | None = "第一街道") -> User:
    """Whoever helps people find work in a street."""
    return _account(Role.STREET_STAFF, street)


def federation() -> User:
    return _account(Role.FEDERATION_STAFF, None)


def _account(role: str, street: str | None) -> User:
    known = User.objects.filter(username=f"{role}-None-{street}").first()
    return known or user(role, street=street)


def sent(who: JobSeeker, offer: Vacancy, *, on: datetime.date = TODAY, **change: Any) -> Any:
    return seeking.referral_send(seeker=who, vacancy=offer, sent_on=on, **{"by": clerk(), "today": TODAY, **change})
