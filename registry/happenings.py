"""The registry's part of a person's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry.contributions import Happening
from registry.models import BEGINNING, CertificateStatus, DeathState, Person
from registry.persons import cases_of, rows_of, statements


def timeline(person: Person) -> Iterator[Happening]:
    """Everything of the registry's tables that has a date, in no order."""
    yield from _certificate(person)
    yield from _assistance(person)
    yield from _insurance_and_school(person)
    for former in rows_of(person, "former_identities", newest="until"):
        yield Happening(former.until, "身份证号变更", former.reason)
    for notice in rows_of(person, "deathnotices", newest="died_on"):
        detail = f"来源：{notice.get_source_display()}，{DeathState(notice.state).label}"
        yield Happening(notice.died_on, "死亡信息", detail)


def _certificate(person: Person) -> Iterator[Happening]:
    """Acts on file; then what the statements tell of which there is no file, because a sheet brought it."""
    filed: set[date] = set()
    for case in cases_of(person):
        if case.withdrawn_at is None:
            filed.add(case.effective_on)
            yield Happening(case.effective_on, f"残疾人证{case.get_act_display()}", case.reason)
    told: set[tuple[date, str]] = set()
    for each in statements(person):
        told.add((each.first_issued_on, "首次发证"))
        if each.issued_on != each.first_issued_on:
            told.add((each.issued_on, "换发残疾人证"))
        if each.status != CertificateStatus.NORMAL and each.status_on is not None:
            told.add((each.status_on, f"残疾人证{each.get_status_display()}"))
        if each.held_from != BEGINNING and each.held_from not in (each.issued_on, each.status_on):
            told.add((each.held_from, "残疾人证信息变更"))
    yield from (Happening(on, what) for on, what in told if on not in filed)


def _assistance(person: Person) -> Iterator[Happening]:
    for each in rows_of(person, "dibaoapplications", newest="applied_on"):
        yield Happening(each.applied_on, "申请最低生活保障")
        if each.decided_on:
            yield Happening(each.decided_on, "最低生活保障认定", each.get_result_display())
    for each in rows_of(person, "socialassistances", newest="starts_on"):
        yield Happening(each.starts_on, f"纳入{each.get_kind_display()}")
        if each.ends_on:
            yield Happening(each.ends_on, f"退出{each.get_kind_display()}")
    for each in rows_of(person, "otherbenefits", newest="starts_on"):
        yield Happening(each.starts_on, f"开始享受{each.get_kind_display()}")
        if each.ends_on:
            yield Happening(each.ends_on, f"停止享受{each.get_kind_display()}")


def _insurance_and_school(person: Person) -> Iterator[Happening]:
    for name, what in (("pensionenrolments", "养老保险"), ("medicalenrolments", "医疗保险")):
        for each in rows_of(person, name, newest="year"):
            detail = f"{each.get_scheme_display()}，{each.get_status_display()}"
            yield Happening(date(each.year, 1, 1), what, detail, when=f"{each.year}年")
    for each in rows_of(person, "schoolenrolments", newest="school_year"):
        detail = "，".join(part for part in (each.get_placement_display(), each.school) if part)
        yield Happening(
            date(each.school_year, 9, 1), "义务教育安置", detail, when=f"{each.school_year}—{each.school_year + 1}学年"
        )
