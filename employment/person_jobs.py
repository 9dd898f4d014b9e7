"""求职与就业服务 on the person page: registrations and referrals, what else was done, and what the reader may do next."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, F, Prefetch, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from employment.models import (
    FairAttendance,
    GraduateOutcome,
    GraduatePlan,
    JobReferral,
    JobSeeker,
    PublicPostHolder,
    PublicPostKind,
    RoleModel,
    RoleModelKind,
    ShelteredPlace,
    StartUp,
    StartUpSupport,
)
from employment.services.entries import MANAGE, RECORD
from registry.contributions import Happening, Section
from registry.models import Person
from registry.persons import rows_of
from zalainuoer.common.models import User

VIEW = "employment.view_employment"


@dataclass(frozen=True)
class Service:
    """One thing done for the person, as the page shows it."""

    kind: str
    on: datetime.date | None
    detail: str
    url: str


# What each kind is called, where it is opened, and what its code means.
KINDS: dict[str, tuple[str, str, Any]] = {
    "public_post": ("公益性岗位上岗", "public_post", PublicPostKind),
    "sheltered": ("辅助性就业上岗", "sheltered", None),
    "graduate": ("高校毕业，建立一人一策", "graduate", GraduateOutcome),
    "start_up": ("创业扶持", "start_up_list", StartUpSupport),
    "role_model": ("就业典型", "role_model_list", RoleModelKind),
    "fair": ("参加就业服务活动", "job_fair", None),
}
WITHOUT_PAGE = ("start_up", "role_model")


def job_services(person: Person, today: datetime.date, by: User) -> Mapping[str, Any] | None:
    """Registrations with their referrals, the other services, and the forms the reader may open."""
    if not by.has_perm(VIEW):
        return None
    seekers = seekers_of(person)
    found = {"seekers": seekers, "services": services_of(person), "acts": _acts(person, seekers, by)}
    return found if any(found.values()) else None


def seekers_of(person: Person) -> list[JobSeeker]:
    """The person's registrations, newest first; read once."""
    referrals = Prefetch("referrals", JobReferral.objects.select_related("vacancy__employer"))
    return rows_of(person, "jobseekers", newest="registered_on", queryset=JobSeeker.objects.prefetch_related(referrals))


def services_of(person: Person) -> list[Service]:
    """Everything else, the latest first; read once, in one statement."""
    known: list[Service] | None = getattr(person, "_job_services", None)
    if known is None:
        known = [_service(*row) for row in _rows(person)]
        known.sort(key=lambda each: each.on or datetime.date.min, reverse=True)
        person._job_services = known  # type: ignore[attr-defined]
    return known


def _rows(person: Person) -> Any:
    """(kind, key of its page, day, words, code) of every table, joined by the database."""
    day: Any = Coalesce("record__started_on", "member_from")
    parts = (
        _part(PublicPostHolder.objects.filter(person=person), "public_post", "post", day, "post__unit", "post__kind"),
        _part(
            ShelteredPlace.objects.filter(record__person=person),
            "sheltered",
            "organisation",
            F("record__started_on"),
            "organisation__name",
        ),
        _part(GraduatePlan.objects.filter(person=person), "graduate", "pk", F("graduated_on"), "school", "outcome"),
        _part(StartUp.objects.filter(person=person), "start_up", "pk", F("supported_on"), "project", "support"),
        _part(RoleModel.objects.filter(person=person), "role_model", "pk", F("published_on"), "deeds", "kind"),
        _part(FairAttendance.objects.filter(person=person), "fair", "fair", F("fair__held_on"), "fair__name"),
    )
    return parts[0].union(*parts[1:], all=True)


def _part(rows: Any, kind: str, key: str, day: Any, words: str, code: str = "") -> Any:
    text = CharField()
    return rows.order_by().values_list(
        Value(kind, output_field=text),
        F(key),
        Cast(day, DateField()),
        Cast(F(words), text),
        Cast(F(code), text) if code else Value("", output_field=text),
    )


def _service(kind: str, key: int, on: datetime.date | None, words: str, code: str) -> Service:
    label, page, choices = KINDS[kind]
    meaning = choices(code).label if choices is not None else ""
    url = reverse(page) if kind in WITHOUT_PAGE else reverse(page, args=[key])
    return Service(label, on, "，".join(filter(None, (words, meaning))), url)


def _acts(person: Person, seekers: list[JobSeeker], by: User) -> list[dict[str, str]]:
    """The forms about the person that the reader may open; none about the dead."""
    if person.died_on is not None:
        return []
    looking = any(each.ended_on is None for each in seekers)
    known = (
        (RECORD, "求职登记", "job_seeker_add", not looking),
        (RECORD, "公益性岗位上岗", "public_post_holder_add", True),
        (RECORD, "辅助性就业上岗", "sheltered_place_add", True),
        (RECORD, "毕业生一人一策", "graduate_add", True),
        (RECORD, "创业扶持", "start_up_add", True),
        (RECORD, "参加就业服务活动", "fair_attendance_add", True),
        (MANAGE, "就业典型", "role_model_of_person", True),
    )
    return [
        {"label": label, "url": reverse(name, args=[person.pk])}
        for permission, label, name, is_open in known
        if is_open and by.has_perm(permission)
    ]


def timeline(person: Person) -> Iterator[Happening]:
    """Registrations, referrals with what came of them, and the other services."""
    for seeker in seekers_of(person):
        yield Happening(seeker.registered_on, "求职登记", seeker.get_status_display())
        for referral in seeker.referrals.all():
            outcome = referral.get_outcome_display()
            yield Happening(referral.sent_on, "求职推介", f"{referral.vacancy}，{outcome}")
    for service in services_of(person):
        if service.on is not None:
            yield Happening(service.on, service.kind, service.detail)


SECTION = Section(92, "job-services", "求职与就业服务", "employment/jobs/person.html", job_services)
