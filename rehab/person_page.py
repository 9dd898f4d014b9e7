"""康复与辅具 on the person page: what is on file, what the reader may do next, and the lines of the timeline."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from registry.contributions import Happening, Section
from registry.models import Person
from registry.persons import rows_of
from registry.services.drafts import OF_AGE
from rehab.device_worklist import TONES
from rehab.models import (
    OVER,
    CareStay,
    ChildCase,
    ChildStep,
    ChildStepKind,
    ChildStepResult,
    DeviceCase,
    DeviceLoan,
    RehabService,
)
from rehab.pipeline import RECORD, turn_of
from rehab.sheets import DeviceFittingSheet
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import Parameter, User


def rehabilitation(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Needs as surveyed, the plan, services, referrals, devices, doctors, stays, a child's way; and what the reader may do."""
    stays = CareStay.objects.select_related("home")
    services = RehabService.objects.select_related("item")
    found = {
        "needs": rows_of(person, "rehabneeds", newest="year"),
        "lines": rows_of(person, "planlines", newest="year"),
        "services": rows_of(person, "rehabservices", newest="served_on", queryset=services),
        "referrals": rows_of(person, "referrals", newest="sent_on"),
        "fittings": rows_of(person, "devicefittings", newest="fitted_on"),
        "contracts": rows_of(person, "doctorcontracts", newest="year"),
        "stays": rows_of(person, "carestays", newest="starts_on", queryset=stays),
        **devices_of(person, today),
        "children": children_of(person, today, by),
        "acts": acts(person, today, by),
    }
    may_add = by.has_perm("rehab.record_services")  # whose links stand in the section
    shown = {**found, "person": person, "today": today, "may_begin_device": may_add}
    return shown if may_add or any(found.values()) else None


def devices_of(person: Person, today: datetime.date) -> dict[str, Any]:
    """Cases on their way and ended, and what is lent to the person."""
    cases = DeviceCase.objects.select_related("item")
    loans = DeviceLoan.objects.select_related("device__item")
    lent = rows_of(person, "deviceloans", newest="lent_on", queryset=loans)
    for loan in lent:
        loan.is_overdue = loan.returned_on is None and loan.due_on < today
    found = rows_of(person, "devicecases", newest="opened_on", queryset=cases)
    for case in found:
        case.tone = TONES[case.state]
    return {"device_cases": found, "device_loans": lent}


def cases_of(person: Person) -> list[ChildCase]:
    """A child's cases with their steps, newest first; read once."""
    steps = Prefetch("steps", ChildStep.objects.order_by("pk"))
    queryset = ChildCase.objects.select_related("owner").prefetch_related(steps)
    return rows_of(person, "childcases", newest="screened_on", queryset=queryset)


def children_of(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """A child's way to rehabilitation, and whether a screening may be recorded; None for whoever is no child."""
    cases = cases_of(person) if by.has_perm("rehab.view_rehab") else []
    may_screen = (
        by.has_perm(RECORD)
        and person.died_on is None
        and all(case.stage in OVER for case in cases)
        and _is_of_screening_age(person, today)
    )
    if not cases and not may_screen:
        return None
    return {"cases": [{"case": case, "turn": turn_of(case)} for case in cases], "may_screen": may_screen}


def _is_of_screening_age(person: Person, today: datetime.date) -> bool:
    """0—7岁, as the parameter says; of whoever is of age it is not read."""
    if (age := age_on(person.born_on, today)) >= OF_AGE:
        return False
    limit = Parameter.objects.values_on(on=today).get("rehab.child_screen_max_age")
    return limit is not None and age <= limit


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
    """Surveys, services, referrals and fittings."""
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


def contracts_in_time(person: Person) -> Iterator[Happening]:
    """Contracts with family doctors, and refusals of one."""
    for contract in rows_of(person, "doctorcontracts", newest="year"):
        if contract.signed_on is None:
            on, year = datetime.date(contract.year, 1, 1), f"{contract.year}年"
            yield Happening(on, "不同意签约家庭医生", contract.declined_because, when=year)
        else:
            yield Happening(contract.signed_on, "家庭医生签约", f"{contract.team}，{contract.doctor}")


def stays_in_time(person: Person) -> Iterator[Happening]:
    """Stays in 阳光家园, from entry to leaving."""
    stays = CareStay.objects.select_related("home")
    for stay in rows_of(person, "carestays", newest="starts_on", queryset=stays):
        yield Happening(stay.starts_on, "阳光家园入托", f"{stay.home}，{stay.get_mode_display()}")
        if stay.ends_on is not None:
            yield Happening(stay.ends_on, "阳光家园离托", str(stay.home))


def children_in_time(person: Person) -> Iterator[Happening]:
    """The steps of a child's way to rehabilitation."""
    for case in cases_of(person):
        for step in case.steps.all():
            if step.kind != ChildStepKind.HAND_OVER:
                result = "" if step.result == ChildStepResult.DONE else step.get_result_display()
                yield Happening(
                    step.happened_on,
                    f"儿童康复：{step.get_kind_display()}",
                    "，".join(filter(None, (result, step.place))),
                )


def loans_in_time(person: Person) -> Iterator[Happening]:
    """Devices lent and given back; a fitted one stands in `timeline`."""
    loans = DeviceLoan.objects.select_related("device__item")
    for loan in rows_of(person, "deviceloans", newest="lent_on", queryset=loans):
        what = f"{loan.device.item.name}（{loan.device.inventory_number}）"
        yield Happening(loan.lent_on, "借用辅具", f"{what}，{loan.due_on} 前归还")
        if loan.returned_on is not None:
            yield Happening(loan.returned_on, "归还辅具", f"{what}，{loan.get_condition_display()}")


TIMELINES = (timeline, contracts_in_time, stays_in_time, children_in_time, loans_in_time)
SECTIONS = (Section(80, "rehab", "康复与辅具", "rehab/person.html", rehabilitation),)
