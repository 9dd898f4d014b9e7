"""What rehabilitation contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse

from registry.contributions import Filter, Happening, Section, contribute
from registry.models import Person
from registry.persons import rows_of
from rehab.models import RehabNeed, RehabService
from rehab.rules import fitted, in_need_of_device, in_need_of_rehab, served
from rehab.sheets import DeviceFittingSheet, RehabNeedSheet, RehabServiceSheet
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, truth

NEEDS = {
    "rehab": (in_need_of_rehab, None),
    "unserved": (in_need_of_rehab, served),
    "device": (in_need_of_device, None),
    "unfitted": (in_need_of_device, fitted),
}
NEED_CHOICES = (
    ("rehab", "有康复需求"),
    ("unserved", "有康复需求，本年度尚无服务"),
    ("device", "有辅具需求"),
    ("unfitted", "有辅具需求，本年度尚未适配"),
)


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(
        filters=filters(),
        sections=SECTIONS,
        timelines=(timeline,),
        sheets_by_hand=(RehabNeedSheet, RehabServiceSheet, DeviceFittingSheet),
    )


def in_need(value: str, on: datetime.date, parameters: Parameters) -> Any:
    """Of Person, in the latest year surveyed; as indicators 9 and 10 look at it."""
    year = latest_year(on=on)
    if year is None:
        return Q(pk__in=())
    due, met = NEEDS[value]
    condition = Q(*(clause.condition for clause in due(on=on, year=year, parameters=parameters).clauses))
    if met is None:
        return condition
    done = (clause.condition for clause in met(on=on, year=year, parameters=parameters))
    return condition & Q(truth(*done, negated=True))


def latest_year(*, on: datetime.date) -> int | None:
    """The latest year with a survey of needs, at most the day's."""
    return RehabNeed.objects.filter(year__lte=on.year).aggregate(latest=Max("year"))["latest"]


def filters() -> tuple[Filter, ...]:
    """康复需求 and 辅具需求, and whether they are met."""
    return (Filter(20, "need", "康复和辅具需求", NEED_CHOICES, in_need),)


# the person page


def rehabilitation(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Needs as surveyed, the plan, services given, referrals, devices fitted; and what the reader may do next."""
    services = RehabService.objects.select_related("item")
    found = {
        "needs": rows_of(person, "rehabneeds", newest="year"),
        "lines": rows_of(person, "planlines", newest="year"),
        "services": rows_of(person, "rehabservices", newest="served_on", queryset=services),
        "referrals": rows_of(person, "referrals", newest="sent_on"),
        "fittings": rows_of(person, "devicefittings", newest="fitted_on"),
        "acts": acts(person, today, by),
    }
    return found if any(found.values()) else None


def acts(person: Person, today: datetime.date, by: User) -> list[dict[str, str]]:
    """The forms about the person that the reader may open."""
    known = (
        ("rehab.record_survey", f"{today.year} 年需求调查", "rehab_survey", [person.pk, today.year]),
        ("rehab.record_services", "登记康复服务", "rehab_service_add", [person.pk]),
        ("rehab.record_services", "转介", "rehab_referral_add", [person.pk]),
        ("registry.change_facts", "登记辅具适配", "fact_add", [person.pk, DeviceFittingSheet.code]),
    )
    return [
        {"label": label, "url": reverse(name, args=arguments)}
        for permission, label, name, arguments in known
        if by.has_perm(permission)
    ]


def timeline(person: Person) -> Iterator[Happening]:
    """Surveys, services and fittings."""
    for need in rows_of(person, "rehabneeds", newest="year"):
        wanted = "；".join(
            f"{label}：{value}" for label, value in (("康复", need.rehab), ("辅具", need.device)) if value
        )
        yield Happening(datetime.date(need.year, 1, 1), "康复需求调查", wanted or "没有需求", when=f"{need.year}年")
    for service in rows_of(person, "rehabservices", newest="served_on"):
        yield Happening(service.served_on, "康复服务", f"{service.get_kind_display()}，{service.provider}")
    for referral in rows_of(person, "referrals", newest="sent_on"):
        yield Happening(referral.sent_on, "康复转介", f"{referral.get_kind_display()}，转至{referral.to_provider}")
    for fitting in rows_of(person, "devicefittings", newest="fitted_on"):
        yield Happening(fitting.fitted_on, "辅具适配", f"{fitting.device}，{fitting.quantity}件")


SECTIONS = (Section(80, "rehab", "康复与辅具", "rehab/person.html", rehabilitation),)
