"""Rehabilitation needs and what was done about them (规划 指标9, 指标10; 残联发〔2019〕34号)."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from registry.models import Person
from registry.rules import PLAN, day_of, registered_or_child
from rehab.models import DeviceFitting, RehabNeed, RehabService
from zalainuoer.common.rules import Clause, Parameters, Rule

NO_NEED = ("", "无")


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
