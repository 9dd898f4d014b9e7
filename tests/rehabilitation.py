"""Children on their way to rehabilitation, for tests: every stage reached through the services, one base fact each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from registry.models import Person
from rehab.models import ChildApplication, ChildCase, ChildSettlement, Institution, TrainingMonth
from rehab.services import children, settlements
from rehab.services.institutions import designation_add, institution_save
from rehab.services.settlements import Decision
from tests.records import day, person
from zalainuoer.common.models import Role, User

TODAY = day("2026-11-20")
ACCOUNT = "6200001234567890128"


def federation(name: str) -> User:
    """An account of the federation's for the whole district; another name is another person."""
    return User.objects.get_or_create(username=name, defaults={"name": "陈同志", "role": Role.FEDERATION_STAFF})[0]


def approver() -> User:
    return federation("shenhe")


def settler() -> User:
    return federation("jiesuan")


def institution(
    name: str = "某康复中心", *, categories: Iterable[str] = ("autism",), since: str = "2026-01-01", capacity: int = 10
) -> Institution:
    """A designated institution with an account."""
    found = institution_save(
        institution=None,
        by=None,
        reason="登记",
        name=name,
        kinds=["centre"],
        contact_name="赵主任",
        contact_phone="13800001111",
        bank="某行",
        account_number=ACCOUNT,
        account_holder=name,
        capacity=capacity,
    )
    designation_add(
        institution=found,
        categories=list(categories),
        starts_on=day(since),
        ends_on=None,
        document="某文〔2026〕1号",
        by=None,
    )
    return found


def child(n: int = 1, *, born: str = "2022-03-01", **how: Any) -> Person:
    return person(n, born=born, **how)


def screened(of: Person, on: str = "2026-02-01", result: str = "positive") -> ChildCase:
    return children.case_screen(
        person=of, screened_on=day(on), result=result, place="社区卫生服务中心", done_by="李医生", by=None, today=TODAY
    )


def step(case: ChildCase, act: str, on: str, **facts: Any) -> ChildCase:
    """One act, by the system; the case as it stands afterwards."""
    {
        "rescreen": children.case_rescreen,
        "diagnose": children.case_diagnose,
        "inform": children.case_inform,
    }[act](case=case, on=day(on), by=None, today=TODAY, **facts)
    case.refresh_from_db()
    return case


def diagnosed(of: Person, category: str = "autism", on: str = "2026-02-20") -> ChildCase:
    case = screened(of)
    step(case, "rescreen", "2026-02-10", result="positive", place="妇幼保健院", done_by="王医生")
    step(case, "diagnose", on, result="confirmed", category=category, place="区医院", done_by="赵医生")
    return case


def applied(of: Person, *, on: str = "2026-03-01", category: str = "autism") -> ChildCase:
    case = step(diagnosed(of, category), "inform", "2026-02-25", done_by="社区")
    children.case_apply(
        case=case, on=day(on), guardian_name="王监护", guardian_phone="13900002222", by=None, today=TODAY
    )
    case.refresh_from_db()
    return case


def approved(of: Person, **how: Any) -> ChildCase:
    case = applied(of, **how)
    children.case_decide(case=case, on=day("2026-03-05"), is_approved=True, by=approver(), today=TODAY)
    case.refresh_from_db()
    return case


def training(of: Person, at: Institution, *, on: str = "2026-03-10", **how: Any) -> ChildCase:
    case = approved(of, **how)
    children.case_place(case=case, institution=at, on=day(on), by=None, today=TODAY)
    case.refresh_from_db()
    return case


def sheet(at: Institution, month: str = "2026-04-01") -> ChildSettlement:
    return settlements.settlement_open(institution=at, month=day(month), by=settler(), today=TODAY)


def attended(line: TrainingMonth, yuan: str = "1500", *, days: int = 20, until: int = 28) -> TrainingMonth:
    first = line.month + datetime.timedelta(days=1)
    return settlements.month_save(
        month=line,
        attended_days=days,
        first_on=first,
        last_on=line.month.replace(day=until),
        requested_yuan=Decimal(yuan),
        by=settler(),
        today=TODAY,
    )


def settle(settlement: ChildSettlement, *amounts: str, reason: str = "", by: User | None = None) -> ChildSettlement:
    """Settles with an amount a line, in the sheet's order."""
    lines = settlement.months.order_by("person__pinyin", "pk")
    decisions = {line.pk: Decision(Decimal(amount), reason) for line, amount in zip(lines, amounts, strict=True)}
    return settlements.settlement_settle(settlement=settlement, decisions=decisions, by=by or settler(), today=TODAY)


def month(of: Person, at: Institution, of_month: str = "2026-04-01", yuan: str = "1500") -> ChildSettlement:
    """A child's month on a sheet of its own, ready to be settled."""
    found = sheet(at, of_month)
    for line in found.months.exclude(person=of):
        line.delete()
    attended(found.months.get(person=of), yuan)
    return found


def grant(of: Person) -> ChildApplication:
    return ChildApplication.objects.get(person=of)
