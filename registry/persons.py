"""What the person page shows of the registry's own tables: the card on top, and the sections (`SECTIONS`).

Each loader takes a constant number of statements, however much is on file. Rows that several parts need are read once
and kept on the person (`rows_of`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from registry import worklists
from registry.acts import acts_open_to
from registry.benefits import Finding, check
from registry.contributions import TIMELINES, Happening, Section
from registry.histories import number_history
from registry.households import household_on
from registry.models import (
    Attachment,
    Certificate,
    CertificateCase,
    DeathState,
    MedicalEnrolment,
    PensionEnrolment,
    Person,
)
from registry.rules import registered
from registry.standing import condition_of
from zalainuoer.common.identity import age_on, masked_name
from zalainuoer.common.models import User
from zalainuoer.common.rules import truth

# On whose lists a person stands is said on top of the page; the rest of the lists are about households.
ALERTS = {
    "expiring": "warn",
    "frozen": "warn",
    "no-guardian": "warn",
    "renewal": "info",
    "turning-7": "info",
    "turning-16": "info",
    "turning-60": "info",
}
TONES = ("bad", "warn", "info")


def rows_of(person: Person, name: str, *, newest: str, queryset: QuerySet[Any] | None = None) -> list[Any]:
    """The person's rows of a related table, newest first; read once, kept for whoever asks next."""
    prefetch_related_objects([person], name if queryset is None else Prefetch(name, queryset))
    return sorted(getattr(person, name).all(), key=lambda row: (getattr(row, newest), row.pk), reverse=True)


def statements(person: Person) -> list[Certificate]:
    """Every dated statement about the person's certificate, newest first."""
    queryset = Certificate.objects.select_related("community__parent", "household")
    found = rows_of(person, "certificates", newest="held_from", queryset=queryset)
    for statement in found:
        statement.person = person
    return found


def statement_on(person: Person, day: datetime.date) -> Certificate | None:
    """The statement that holds on a day; None for somebody without a certificate."""
    return next((each for each in statements(person) if each.held_from <= day < each.held_until), None)


# the card on top


def card(person: Person, today: datetime.date, findings: Sequence[Finding]) -> dict[str, Any]:
    """Who it is, at a glance, and what wants attention, the worst first."""
    alerts = [*_death_alerts(person), *_benefit_alerts(findings), *_list_alerts(person, today)]
    certificate = statement_on(person, today)
    return {
        "age": age_on(person.born_on, today),
        "certificate": certificate,
        "condition": certificate and condition_of(certificate, today),
        "alerts": sorted(alerts, key=lambda alert: TONES.index(alert["tone"])),
    }


def _death_alerts(person: Person) -> list[dict[str, str]]:
    notices = rows_of(person, "deathnotices", newest="died_on")
    return [
        {"tone": "bad", "text": f"{each.get_source_display()}报告死亡（{each.died_on}），待核实", "to": "certificate"}
        for each in notices
        if each.state == DeathState.PROPOSED
    ]


def _benefit_alerts(findings: Sequence[Finding]) -> list[dict[str, str]]:
    missing = [("warn", "应享未享", each) for each in findings if each.is_missing]
    wrong = [("bad", "不应享而享", each) for each in findings if each.is_wrong]
    return [
        {"tone": tone, "text": f"{words}：{each.entitlement.name}", "to": "entitlements"}
        for tone, words, each in [*wrong, *missing]
    ]


def _list_alerts(person: Person, today: datetime.date) -> list[dict[str, str]]:
    conditions, missing = worklists.conditions(ALERTS, on=today)
    columns = {f"on_{i}": truth(condition) for i, condition in enumerate(conditions.values())}
    held_today = Certificate.objects.filter(registered(today), person=person)
    found = held_today.annotate(**columns).values(*columns).first() or {}
    alerts = [
        {"tone": ALERTS[code], "text": worklists.WORKLISTS[code].label, "to": "certificate"}
        for i, code in enumerate(conditions)
        if found.get(f"on_{i}")
    ]
    return alerts + [{"tone": "warn", "text": each, "to": "certificate"} for each in missing]


# sections


def identity(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    certificate = statement_on(person, today)
    former = rows_of(person, "former_identities", newest="until")
    return {"certificate": certificate, "former": former, "age": age_on(person.born_on, today)}


def household(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Who else lives under the same 户主. Whoever lives in another area is counted, and not named."""
    certificate = statement_on(person, today)
    if certificate is None:
        return None
    home = certificate.household
    found = household_on(home, today, by)
    others = [each for each in found.seen if each.person_id != person.pk]
    head = found.head
    return {
        "household": home,
        "is_head": home.head_id_index == person.id_index,
        "head": head and head.person,
        "head_is_seen": head in others,
        "head_shown": home.head_name and masked_name(home.head_name),
        "head_age": home.head_born_on and age_on(home.head_born_on, today),
        "members": [found.shown(each) for each in others],
        "elsewhere": found.elsewhere,
        "marks": found.marks,
        "missing": found.missing,
    }


def cases_of(person: Person) -> list[CertificateCase]:
    files = Prefetch("attachments", Attachment.objects.defer("content"))
    queryset = CertificateCase.objects.select_related("recorded_by").prefetch_related(files)
    return rows_of(person, "certificate_cases", newest="effective_on", queryset=queryset)


def certificate(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    current = statement_on(person, today)
    later = [each for each in statements(person) if each.held_from > today]
    cases = cases_of(person)
    return {
        "certificate": current,
        "condition": current and condition_of(current, today),
        "later": later,
        "acts": acts_open_to(current, today=today),
        "numbers": number_history(person)[::-1],
        "cases": cases,
        "last_case": max((each.pk for each in cases if each.withdrawn_at is None), default=None),
        "notices": rows_of(person, "deathnotices", newest="died_on"),
    }


def entitlements(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    return {"findings": check(person, on=today)}


def assistance(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    return {
        "assistance": rows_of(person, "socialassistances", newest="starts_on"),
        "applications": rows_of(person, "dibaoapplications", newest="applied_on"),
        "benefits": rows_of(person, "otherbenefits", newest="starts_on"),
        "today": today,
    }


def insurance(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    pension: list[PensionEnrolment] = rows_of(person, "pensionenrolments", newest="year")
    medical: list[MedicalEnrolment] = rows_of(person, "medicalenrolments", newest="year")
    return {"kinds": [("基本养老保险", "pension-enrolment", pension), ("基本医疗保险", "medical-enrolment", medical)]}


def school(person: Person, today: datetime.date, by: User) -> Mapping[str, Any]:
    return {"enrolments": rows_of(person, "schoolenrolments", newest="school_year")}


def timeline(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Everything that has a date, of every app, newest first, by year."""
    happenings = [each for source in TIMELINES for each in source(person)]
    happenings.sort(key=lambda each: each.on, reverse=True)
    years: dict[int, list[Happening]] = {}
    for each in happenings:
        years.setdefault(each.on.year, []).append(each)
    return {"years": years.items()} if years else None


SECTIONS = (
    Section(10, "identity", "基本情况", "registry/person/identity.html", identity),
    Section(20, "household", "家庭", "registry/person/household.html", household),
    Section(30, "certificate", "残疾人证", "registry/person/certificate.html", certificate),
    Section(35, "entitlements", "应享与实享", "registry/person/entitlements.html", entitlements),
    Section(40, "assistance", "救助与待遇", "registry/person/assistance.html", assistance),
    Section(60, "insurance", "社会保险", "registry/person/insurance.html", insurance),
    Section(70, "school", "义务教育", "registry/person/school.html", school),
    Section(1000, "timeline", "时间线", "registry/person/timeline.html", timeline),
)
