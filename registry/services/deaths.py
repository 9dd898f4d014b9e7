"""What a person makes of a notice of death: the certificate is cancelled, or the notice found wrong (§2.4, 第二十四条)."""

from __future__ import annotations

import datetime

from django.db import transaction

from registry.acts import DEATH
from registry.models import (
    Certificate,
    CertificateAct,
    CertificateStatus,
    DeathNotice,
    DeathState,
    Person,
)
from registry.services.certificates import certificate_act
from registry.services.statements import earliest_day, statement_in_force
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

LIVE = (CertificateStatus.NORMAL, CertificateStatus.LOST, CertificateStatus.FROZEN)


def has_live_certificate(statement: Certificate | None) -> bool:
    """Whether there is a certificate that a death would end."""
    return statement is not None and CertificateStatus(statement.status) in LIVE


def cancellation_day(notice: DeathNotice, statement: Certificate) -> datetime.date:
    """From which day on the death can end the certificate: the day itself, or that of a change on file since."""
    return max(notice.died_on, earliest_day(statement))


def death_confirm(
    *,
    notice: DeathNotice,
    effective_on: datetime.date | None = None,
    note: str = "",
    by: User | None,
    today: datetime.date,
    accepted_by: str = "",
    decided_by: str = "",
) -> DeathNotice:
    """Confirms a death and cancels the certificate from that day on, or from a later one where that was agreed."""
    with transaction.atomic(), data_lock():
        notice = _waiting(notice)
        person = Person.objects.get(pk=notice.person_id)
        statement = statement_in_force(person)
        if statement is not None and has_live_certificate(statement):
            _refuse_overtaken(notice, statement, effective_on)
            certificate_act(
                person=person,
                act=CertificateAct.CANCEL,
                effective_on=effective_on or notice.died_on,
                died_on=notice.died_on,
                reason=DEATH,
                note=f"死亡信息来源：{notice.get_source_display()}。{note}"[:300],
                accepted_by=accepted_by,
                decided_by=decided_by,
                by=by,
                today=today,
            )
        else:
            open_history_context(user=by.username if by else "system", reason=DEATH)
        return _decided(notice, DeathState.CONFIRMED, note)


def death_reject(*, notice: DeathNotice, note: str, by: User | None) -> DeathNotice:
    """Notes that a notice is wrong, and why; nothing else changes."""
    if not note.strip():
        raise RuleBroken("请写明核实的情况，如：本人健在，已入户见到。")
    with transaction.atomic(), data_lock():
        notice = _waiting(notice)
        open_history_context(user=by.username if by else "system", reason=note)
        return _decided(notice, DeathState.REJECTED, note)


def _waiting(notice: DeathNotice) -> DeathNotice:
    found = DeathNotice.objects.select_for_update().get(pk=notice.pk)
    if found.state != DeathState.PROPOSED:
        raise RuleBroken(f"这条死亡信息已经处理过，结果是“{found.get_state_display()}”。")
    return found


def _decided(notice: DeathNotice, state: DeathState, note: str) -> DeathNotice:
    notice.state, notice.note = state, note.strip()[:200]
    notice.save(update_fields=["state", "note"])
    return notice


def _refuse_overtaken(notice: DeathNotice, statement: Certificate, effective_on: datetime.date | None) -> None:
    """A change dated after the death means that one of the two dates is wrong, or that the papers were late."""
    day = cancellation_day(notice, statement)
    if (effective_on or notice.died_on) >= day:
        return
    raise RuleBroken(
        f"该证在 {day}（死亡日期 {notice.died_on} 之后）已有变更，不能从死亡日期起注销。请先核实：死亡日期有误的，退回这条信息；"
        f"那项变更办错的，先撤回它；两者都对的，把注销的生效日期填为 {day} 或以后。"
    )
