"""Makes records in the tables directly, for tests of rules: one base fact, of which a test changes one thing.

Every ID number starts with 150799, a division code that is not assigned, so that none can be a real person's.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from accessibility.models import AcceptanceVerdict, Hardship, HomeRetrofit
from employment.models import TrainingRecord
from indicators.catalogue import indicator_of
from indicators.models import Figure, Plan, Snapshot
from indicators.periods import Basis
from registry import models as registry
from registry.models import Certificate, Household, HouseholdIncome, Person
from registry.services.identity import name_fields, number_fields
from rehab.models import DeviceFitting, RehabNeed, RehabService
from subsidies.models import LivingPayment, NursingPayment
from tests.deliveries import id_number
from zalainuoer.common.models import Division

DAY = datetime.date(2025, 12, 31)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def community(street: str = "第一街道") -> Division:
    found = Division.objects.communities().filter(parent__name=street).first()
    assert found is not None
    return found


def person(n: int = 1, *, born: str = "1980-01-01", street: str = "第一街道") -> Person:
    """Somebody without a certificate."""
    number = id_number(n, born=born)
    return Person.objects.create(
        **number_fields(number),
        **name_fields(f"某{n}"),
        community=community(street),
    )


def household(number: str) -> Household:
    index = Household._meta.get_field("head_id_index").of(number)
    return Household.objects.get_or_create(head_id_index=index, defaults={"head_id_number": number})[0]


def certificate(of: Person, *, home: Household | None = None, **change: Any) -> Certificate:
    """A statement about somebody's certificate that holds on every day, valid 2019-05-01 to 2029-04-30."""
    facts: dict[str, Any] = {
        "first_issued_on": "2019-05-01",
        "issued_on": "2019-05-01",
        "expires_on": "2029-04-30",
        "category": registry.Category.PHYSICAL,
        "level": registry.Level.SECOND,
        "status": registry.CertificateStatus.NORMAL,
        "community": of.community,
        "is_student": False,
        **change,
    }
    return Certificate.objects.create(person=of, household=home or household(of.id_number), **facts)


def holder(n: int = 1, *, born: str = "1980-01-01", street: str = "第一街道", **change: Any) -> Person:
    """Somebody with a valid certificate, 肢体二级, an adult and no student."""
    somebody = person(n, born=born, street=street)
    certificate(somebody, **change)
    return somebody


def assistance(of: Person, kind: str = "dibao", starts_on: str = "2023-01-01", ends_on: str | None = None) -> None:
    registry.SocialAssistance.objects.create(person=of, kind=kind, starts_on=starts_on, ends_on=ends_on)


def application(of: Person, applied_on: str, result: str = "eligible", decided_on: str | None = None) -> None:
    registry.DibaoApplication.objects.create(person=of, applied_on=applied_on, result=result, decided_on=decided_on)


def benefit(
    of: Person, kind: str, yuan: str | None = "300", starts_on: str = "2023-01-01", ends_on: str | None = None
) -> None:
    registry.OtherBenefit.objects.create(person=of, kind=kind, monthly_yuan=yuan, starts_on=starts_on, ends_on=ends_on)


def living(of: Person, month: str = "2025-12-01", amount: str = "125", standard: str = "125") -> None:
    LivingPayment.objects.create(person=of, month=month, standard_yuan=standard, amount_yuan=amount, paid_on=month)


def nursing(of: Person, month: str = "2025-12-01", amount: str = "125", standard: str = "125") -> None:
    NursingPayment.objects.create(person=of, month=month, standard_yuan=standard, amount_yuan=amount, paid_on=month)


def pension(of: Person, status: str = "paying", year: int = 2025, scheme: str = "resident") -> None:
    registry.PensionEnrolment.objects.create(person=of, status=status, year=year, scheme=scheme)


def medical(of: Person, status: str = "insured", year: int = 2025) -> None:
    registry.MedicalEnrolment.objects.create(person=of, status=status, year=year, scheme="resident")


def school(of: Person, placement: str = "mainstream", year: int = 2025) -> None:
    registry.SchoolEnrolment.objects.create(person=of, placement=placement, school_year=year, community=of.community)


def need(of: Person, rehab: str | None = "护理", device: str | None = None, year: int = 2025) -> None:
    RehabNeed.objects.create(person=of, rehab=rehab, device=device, year=year, community=of.community)


def service(of: Person, served_on: str) -> None:
    RehabService.objects.create(person=of, served_on=served_on, kind="nursing", provider="区医院")


def fitting(of: Person, fitted_on: str, device: str = "轮椅") -> None:
    DeviceFitting.objects.create(person=of, fitted_on=fitted_on, device=device, quantity=1)


def training(
    of: Person, starts_on: str, ends_on: str | None = None, *, completed: bool = True, name: str = "一班"
) -> None:
    TrainingRecord.objects.create(
        person=of, class_name=name, starts_on=starts_on, ends_on=ends_on or starts_on, is_completed=completed
    )


def retrofit(of: Person, home: Household, accepted_on: str | None = "2024-06-01", **change: Any) -> None:
    facts: dict[str, Any] = {
        "hardship": Hardship.DIBAO,
        "level": registry.Level.SECOND,
        "works": "坡道",
        "approved_on": "2024-04-01",
        "verdict": AcceptanceVerdict.PASSED,
        **change,
    }
    HomeRetrofit.objects.create(person=of, household=home, accepted_on=accepted_on, **facts)


def income(home: Household, year: int, yuan: str, members: int = 1) -> None:
    HouseholdIncome.objects.create(
        household=home, year=year, head_name="户主", members=members, disposable_income_yuan=Decimal(yuan)
    )


def figure(number: int, *, on: datetime.date = DAY) -> Figure:
    """One indicator for a day, computed and not saved."""
    plan = Plan.objects.get()
    found = indicator_of(plan, number).figure(Basis.read(plan=plan, day=on))
    found.snapshot = Snapshot(plan=plan, as_of=on, on_register=0)
    return found


def due(number: int, *, on: datetime.date = DAY) -> set[int]:
    """The denominator's primary keys."""
    return set(figure(number, on=on).denominator_ids)


def reached(number: int, *, on: datetime.date = DAY) -> set[int]:
    """The numerator's primary keys, or those counted."""
    return set(figure(number, on=on).numerator_ids)
