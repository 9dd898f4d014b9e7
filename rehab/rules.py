"""Rehabilitation needs and what was done about them (规划 指标9, 指标10; 残联发〔2019〕34号); who should have a family
doctor, who may stay in 阳光家园, and how well prevention is known (规划 专栏4第5项, （二）3, （三）4)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import AssistanceKind, Category, Level, Person
from registry.rules import (
    PLAN,
    assisted,
    day_of,
    held,
    of_grades,
    on_register,
    registered_or_child,
    valid,
    with_certificate,
)
from rehab.models import (
    AwarenessSurvey,
    CareStay,
    ContractOutcome,
    DeviceFitting,
    DoctorContract,
    RehabNeed,
    RehabService,
)
from zalainuoer.common.rules import Clause, Parameters, Rule, labels, latest_birth

NO_NEED = ("", "无")
FAMILY_DOCTORS = f"{PLAN} 专栏4第5项"
SUNSHINE_HOMES = f"{PLAN}（二）3 阳光家园计划"


def in_need_of_rehab(*, on: datetime.date, year: int, parameters: Parameters) -> Rule:
    """Surveyed in the year with at least one rehabilitation need; on the register or an uncertified child."""
    needs = RehabNeed.objects.filter(person=OuterRef("pk"), year=year, rehab__isnull=False).exclude(rehab__in=NO_NEED)
    return Rule(
        Person,
        Clause(Exists(needs), f"{year}年康复需求调查中没有康复需求", f"{PLAN} 指标9"),
        *_surveyed_person(on=on, year=year, parameters=parameters),
    )


def served(*, on: datetime.date, year: int, parameters: Parameters) -> tuple[Clause, ...]:
    """At least one service dated in the year, by the day."""
    services = RehabService.objects.filter(
        person=OuterRef("pk"), served_on__gte=datetime.date(year, 1, 1), served_on__lte=_last(on, year)
    )
    return (Clause(Exists(services), f"{year}年没有康复服务记录（截至{_last(on, year)}）", f"{PLAN} 指标9"),)


def in_need_of_device(*, on: datetime.date, year: int, parameters: Parameters) -> Rule:
    """With a device need of this year, or of an earlier one that no fitting met before the year began."""
    return Rule(
        Person,
        Clause(Exists(_open_device_needs(year)), f"截至{year}年没有尚未满足的辅助器具需求", f"{PLAN} 指标10"),
        *_surveyed_person(on=on, year=year, parameters=parameters),
    )


def fitted(*, on: datetime.date, year: int, parameters: Parameters) -> tuple[Clause, ...]:
    """At least one fitting in the year, by the day; it meets every open need, whatever the device."""
    fittings = DeviceFitting.objects.filter(
        person=OuterRef("pk"), fitted_on__gte=datetime.date(year, 1, 1), fitted_on__lte=_last(on, year)
    )
    return (Clause(Exists(fittings), f"{year}年没有辅助器具适配记录（截至{_last(on, year)}）", f"{PLAN} 指标10"),)


def to_survey(*, on: datetime.date, year: int, parameters: Parameters) -> Rule:
    """Who is to be asked in the year's survey: on the register, or an uncertified child on file (规划 专栏4)."""
    return Rule(Person, *_surveyed_person(on=on, year=year, parameters=parameters))


def surveyed(year: int) -> Exists:
    """Of Person: asked in the year, whether or not a need was found."""
    return Exists(RehabNeed.objects.filter(person=OuterRef("pk"), year=year))


def _open_device_needs(year: int) -> QuerySet[RehabNeed]:
    met = DeviceFitting.objects.filter(
        person=OuterRef("person"),
        fitted_on__year__gte=OuterRef("year"),
        fitted_on__lt=datetime.date(year, 1, 1),
    )
    needs = RehabNeed.objects.filter(~Exists(met), year__lte=year, device__isnull=False)
    return needs.filter(person=OuterRef("pk")).exclude(device__in=NO_NEED)


def _surveyed_person(*, on: datetime.date, year: int, parameters: Parameters) -> tuple[Clause, ...]:
    cut_on = day_of(year, parameters["rehab.cut_day"])
    return registered_or_child(on=on, cut_on=cut_on, parameters=parameters)


def _last(on: datetime.date, year: int) -> datetime.date:
    return min(on, datetime.date(year, 12, 31))


# family doctors


def should_sign(*, on: datetime.date) -> Rule:
    """应签尽签: everybody on the register on the day who is alive."""
    return on_register(on).but(Clause(~Q(died_on__lte=on), f"{on}已死亡", FAMILY_DOCTORS, "dead"))


def doctor_signed(*, on: datetime.date, year: int) -> tuple[Clause, ...]:
    """Of those who should: a contract of the year, signed by the day and still running on it (its last day counts)."""
    signed = contract_of_year(year).filter(outcome=ContractOutcome.SIGNED, signed_on__lte=on)
    return (
        Clause(Exists(signed), f"{year}年没有签约（截至{on}）", FAMILY_DOCTORS),
        Clause(
            ~Exists(signed.filter(until__lt=on)), f"{year}年的签约在{on}前已到期，没有续签", FAMILY_DOCTORS, "expired"
        ),
    )


def doctor_declined(*, year: int) -> Exists:
    """Of Person: would not sign in the year."""
    return Exists(contract_of_year(year).filter(outcome=ContractOutcome.DECLINED))


def contract_of_year(year: int) -> QuerySet[DoctorContract]:
    """Of Person (the outer query): what is on file about the year, signed or declined."""
    return DoctorContract.objects.filter(person=OuterRef("pk"), year=year)


# 阳光家园


ANY_LEVEL = [Category.INTELLECTUAL.value, Category.MENTAL.value]
IF_SEVERE = [Category.PHYSICAL.value]


def may_stay(*, on: datetime.date, parameters: Parameters) -> Rule:
    """Who may be in 阳光家园 on a day: a valid certificate, of working age, 智力 or 精神 of any level or severe 肢体 (also
    as a component of 多重), and not supported in an institution as 特困.

    The register does not know how 特困 are supported: a stay says that somebody has looked (`is_dispersed`).
    """
    youngest, oldest = parameters["daycare.ages"]
    severe = parameters["severe.levels"]
    group = of_grades(ANY_LEVEL, Level.values) | of_grades(IF_SEVERE, severe)
    dispersed = CareStay.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), person=OuterRef("pk"), starts_on__lte=on, is_dispersed=True
    )
    return valid(on).but(
        Clause(~Q(died_on__lte=on), f"{on}已死亡", SUNSHINE_HOMES, "dead"),
        Clause(Q(born_on__lte=latest_birth(age=youngest, on=on)), f"{on}未满{youngest}周岁", SUNSHINE_HOMES, "young"),
        Clause(Q(born_on__gt=latest_birth(age=oldest + 1, on=on)), f"{on}已满{oldest + 1}周岁", SUNSHINE_HOMES, "old"),
        Clause(
            with_certificate(held(on) & group),
            f"不是{labels(Category, ANY_LEVEL)}，也不是{labels(Level, severe)}{labels(Category, IF_SEVERE)}（含多重残疾中的）",
            SUNSHINE_HOMES,
            "group",
        ),
        Clause(
            Q(~assisted([AssistanceKind.TEKUN], on=on)) | Q(Exists(dispersed)),
            f"{on}已纳入特困供养，没有核实为分散供养（集中供养的不能同时托养）",
            SUNSHINE_HOMES,
            "tekun",
        ),
    )


# prevention


def is_aware(survey: AwarenessSurvey, *, parameters: Parameters) -> bool:
    """Whether a year's survey reaches the rate asked for, inclusive; compared exactly (规划 （三）4: 达60%以上)."""
    return survey.rate >= Fraction(Decimal(str(parameters["prevention.awareness_percent"])))


def held_enough(campaigns: int, *, parameters: Parameters) -> bool:
    """Whether so many campaigns in a year are enough (规划 （三）4: 每年开展一次)."""
    return campaigns >= int(parameters["prevention.campaigns_a_year"])
