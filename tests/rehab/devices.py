"""A device case on its way, as the tests of devices need it: one base, each test changes one thing."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from registry.models import Person
from rehab.models import DeviceCase, DeviceClass, DeviceItem, DeviceTerms, StockDevice
from rehab.services import device_cases, stock
from tests.deliveries import user
from tests.records import day
from zalainuoer.common.models import Role, User

TODAY = day("2025-12-20")


def item(name: str = "轮椅", *, terms: bool = True, **change: Any) -> DeviceItem:
    """An item of class 12; with terms: 3 years, 50 percent, at most 400 yuan a piece. All of it invented."""
    facts = {"device_class": DeviceClass.objects.get(code="12"), "code": "122203", "unit": "辆", **change}
    found = DeviceItem.objects.create(name=name, **facts)
    if terms:
        terms_of(found)
    return found


def terms_of(of: DeviceItem, effective_from: str = "2020-01-01", **change: Any) -> DeviceTerms:
    facts = {"years_of_use": 3, "ceiling_yuan": Decimal(400), "percent": Decimal(50), "document": "某文〔2020〕1号"}
    return DeviceTerms.objects.create(item=of, effective_from=effective_from, **{**facts, **change})


def assessor(street: str = "第一街道") -> User:
    return found(Role.STREET_STAFF, street)


def approver() -> User:
    return found(Role.FEDERATION_STAFF, None)


def found(role: str, street: str | None) -> User:
    known = User.objects.filter(username=f"{role}-None-{street}").first()
    return known or user(role, street=street)


def opened(person: Person, *, today: datetime.date = TODAY, **change: Any) -> DeviceCase:
    return device_cases.case_open(person=person, today=today, **{"by": assessor(), "wanted": "轮椅", **change})


def assessed(case: DeviceCase, of: DeviceItem, *, today: datetime.date = TODAY, **change: Any) -> DeviceCase:
    facts: dict[str, Any] = {
        "item": of, "quantity": 1, "price_yuan": Decimal(700), "assessed_on": today, "assessor": "辅具服务站",
        "measures": "座宽42厘米", "by": assessor(), "today": today,
    }  # fmt: skip
    return device_cases.case_assess(case=case, **{**facts, **change})


def decided(case: DeviceCase, *, today: datetime.date = TODAY, **change: Any) -> DeviceCase:
    return device_cases.case_decide(case=case, today=today, **{"approved": True, "by": approver(), **change})


def fit(case: DeviceCase, *, today: datetime.date = TODAY, **change: Any) -> DeviceCase:
    facts: dict[str, Any] = {
        "fitted_on": today, "price_yuan": Decimal(700), "signed_by": "self", "by": assessor(), "today": today
    }  # fmt: skip
    return device_cases.case_fit(case=case, **{**facts, **change})


def fitted_case(person: Person, of: DeviceItem, *, today: datetime.date = TODAY) -> DeviceCase:
    case = decided(assessed(opened(person, today=today), of, today=today), today=today)
    return fit(case, today=today)


def piece(number: str = "L001", *, of: DeviceItem | None = None) -> StockDevice:
    """A piece in stock since the beginning of the year."""
    return stock.device_receive(
        inventory_number=number,
        item=of or DeviceItem.objects.first() or item(),
        place="一号库房",
        document="验收单1号",
        received_on=day("2025-01-10"),
        by=approver(),
        today=TODAY,
    )


def lend(device: StockDevice, to: Person, **change: Any) -> Any:
    facts = {"lent_on": TODAY, "due_on": day("2026-01-20"), "by": assessor(), "today": TODAY, **change}
    return stock.loan_open(device=device, person=to, **facts)
