"""Homes and inspections to be photographed, written directly: one base fact each."""

from __future__ import annotations

from typing import Any

from accessibility.models import (
    Facility,
    FacilityKind,
    HomeStage,
    Inspection,
    ItemGroup,
    PlanItem,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from accessibility.services.photos.keeping import PhotoOf
from tests.deliveries import id_number
from tests.records import community, day, holder, household


def home(n: int = 1, *, street: str = "第一街道", stage: str = HomeStage.PLANNING, **change: Any) -> RetrofitHome:
    facts: dict[str, Any] = {
        "person": holder(n, street=street),
        "household": household(id_number(n)),
        "year": 2026,
        "stage": stage,
        "since_on": day("2026-11-02"),
        "opened_on": day("2026-11-02"),
        "address": "某路1号",
        "wish": "卫生间改造",
        **change,
    }
    return RetrofitHome.objects.create(**facts)


def planned(of: RetrofitHome) -> PlanItem:
    kind = RetrofitItem.objects.get_or_create(name="扶手", defaults={"group": ItemGroup.ENGINEERING, "unit": "米"})[0]
    return PlanItem.objects.create(home=of, item=kind, room=Room.TOILET, quantity=2, price_yuan=100, amount_yuan=200)


def inspection(street: str = "第一街道") -> Inspection:
    place = Facility.objects.create(
        name=f"{street}便民大厅", kind=FacilityKind.SERVICE, community=community(street), keeper="某单位"
    )
    return Inspection.objects.create(facility=place, inspected_on=day("2026-11-03"), team="某队")


def of(row: RetrofitHome, purpose: str = "before", **how: Any) -> PhotoOf:
    return PhotoOf(purpose=purpose, home=row, **how)
