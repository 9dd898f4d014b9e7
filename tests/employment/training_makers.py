"""Classes, sessions and practitioners as the tests need them: one base, each test changes one thing. All invented."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from employment.models import MassagePractitioner, MassageShop, TrainingClass, TrainingRecord, TrainingSession
from employment.services import training as services
from registry.models import Person
from tests.deliveries import user
from tests.records import day, holder
from zalainuoer.common.models import Role, User

TODAY = day("2025-12-20")


def staff() -> User:
    """Of the federation."""
    return _found(Role.FEDERATION_STAFF, None)


def street(name: str = "第一街道") -> User:
    return _found(Role.STREET_STAFF, name)


def _found(role: str, place: str | None) -> User:
    return User.objects.filter(username=f"{role}-None-{place}").first() or user(role, street=place)


def course(name: str = "2025年电商一班", **change: Any) -> TrainingClass:
    """A class of 10 places in March 2025, 16 hours."""
    facts: dict[str, Any] = {
        "trade": "电子商务", "organiser": "federation_base", "provider": "甲乙丙培训学校", "starts_on": day("2025-03-03"),
        "ends_on": day("2025-03-28"), "hours": 16, "capacity": 10, "budget_yuan": Decimal(10000), **change,
    }  # fmt: skip
    return TrainingClass.objects.create(name=name, **facts)


def lesson(of: TrainingClass, held_on: str = "2025-03-03", hours: int = 8, topic: str = "开店") -> TrainingSession:
    return TrainingSession.objects.create(training_class=of, held_on=day(held_on), hours=hours, topic=topic)


def enrol(of: TrainingClass, *people: Person, by: User | None = None) -> list[TrainingRecord]:
    services.class_enrol(training_class=of, people=people, by=by or staff(), today=TODAY)
    return [TrainingRecord.objects.get(training_class=of, person=person) for person in people]


def complete(of: TrainingClass, *records: TrainingRecord, numbers: tuple[str, ...] = (), **change: Any) -> int:
    given = dict(zip((record.pk for record in records), numbers or [""] * len(records), strict=True))
    facts: dict[str, Any] = {"completed_on": day("2025-03-28"), "by": staff(), "today": TODAY, **change}
    if numbers:
        facts = {"certificate_kind": "completion", "certified_on": day("2025-04-01"), **facts}
    return services.class_complete(training_class=of, numbers=given, **facts)


def blind(n: int = 1, **change: Any) -> Person:
    return holder(n, **{"category": "1", "level": "1", **change})


def shop(name: str = "某盲人医疗按摩所", kind: str = "medical_clinic", **change: Any) -> MassageShop:
    facts = {"owner_name": "某负责", "address": "某路1号", **change}
    return MassageShop.objects.create(name=name, kind=kind, **facts)


def practitioner(
    of: Person | None = None, *, number: str = "M001", kind: str = "medical", **change: Any
) -> MassagePractitioner:
    own = {"qualified_by": "exam_by_schooling"} if kind == "medical" else {"level": "junior"}
    facts = {"qualified_on": day("2020-06-01"), **own, **change}
    return MassagePractitioner.objects.create(person=of or blind(), kind=kind, certificate_number=number, **facts)
