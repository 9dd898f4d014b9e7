"""Homes in the retrofit for tests of the board: the one place that writes their rows."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from accessibility.models import (
    Contractor,
    FundingShare,
    HomeStage,
    ItemGroup,
    PlanItem,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from registry.models import Person
from tests import records
from tests.records import day

TODAY = day("2025-11-20")
_households = itertools.count(1)


def home_of(person: Person, *, year: int = 2025, stage: HomeStage = HomeStage.CANDIDATE, **how: Any) -> RetrofitHome:
    """A home at a stage, of a household of its own."""
    if stage == HomeStage.ENDED:
        how.setdefault("end_reason", "declined")
    if "household" not in how:
        how["household"] = records.household(f"B{next(_households)}")
    return RetrofitHome.objects.create(
        person=person,
        year=year,
        stage=stage,
        since_on="2025-10-01",
        address="某路1号",
        wish="坡道",
        opened_on="2025-10-01",
        **how,
    )


def share(home: RetrofitHome, fund: str, budget: str, spent: str = "0") -> FundingShare:
    return FundingShare.objects.update_or_create(
        home=home, fund=fund, defaults={"budget_yuan": Decimal(budget), "spent_yuan": Decimal(spent)}
    )[0]


def planned(home: RetrofitHome, amount: str, settled: str | None = None) -> PlanItem:
    item, _ = RetrofitItem.objects.get_or_create(name="坡道", group=ItemGroup.ENGINEERING, unit="处")
    return PlanItem.objects.create(
        home=home,
        item=item,
        room=Room.ENTRANCE,
        quantity=1,
        price_yuan=amount,
        amount_yuan=amount,
        settled_yuan=settled,
    )


def contractor(name: str = "某建筑公司", code: str = "91150703MA0N000001") -> Contractor:
    phone = "13800001111"
    index: Any = Contractor._meta.get_field("contact_phone_index")
    facts = {"contact_name": "赵主任", "contact_phone": phone, "contact_phone_index": index.of(phone)}
    return Contractor.objects.get_or_create(name=name, defaults={"credit_code": code, **facts})[0]
