"""Referrals: sent, then accepted or declined by the receiver, or taken back. Done is what the receiver's service says."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Person
from rehab.models import Referral, ReferralState
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

SOURCE = "“十四五”残疾人事业发展规划 专栏4"
ANSWERS = (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WITHDRAWN)
OPEN_ALREADY = "此人转给这家机构的同类转介还没有答复，不能再转一次。请先登记答复，或者撤回那一次。"
ANSWERED = "这次转介已经有了答复，不能再改。情况有变化的，请另行转介。"
EARLY = "答复日期早于转出日期 {sent_on}，请核对。"
WHY = "没有接收或者撤回的，请写明原因，便于另行安排。"


def referral_send(
    *, person: Person, kind: str, from_provider: str, to_provider: str, sent_on: datetime.date, reason: str, by: User
) -> Referral:
    """Hands a person to the next provider."""
    referral = Referral(
        person=person, kind=kind, from_provider=from_provider, to_provider=to_provider, sent_on=sent_on, reason=reason
    )
    with transaction.atomic(), data_lock():
        open_ones = Referral.objects.filter(person=person, kind=kind, to_provider=to_provider, state=ReferralState.SENT)
        if open_ones.exists():
            raise RuleBroken(OPEN_ALREADY, source=SOURCE)
        try:
            referral.full_clean()
        except ValidationError as error:
            raise RuleBroken("；".join(error.messages), source=SOURCE) from error
        _open_context(by, "referral_send", reason)
        referral.save(force_insert=True)
    return referral


def referral_answer(
    *, referral: Referral, state: str, answered_on: datetime.date, answer: str = "", by: User
) -> Referral:
    """Notes that the receiver accepts or declines, or that the sender takes the referral back; once for all."""
    if state not in ANSWERS:
        raise ValueError(f"{state} is no answer")
    with transaction.atomic(), data_lock():
        row = Referral.objects.select_for_update().get(pk=referral.pk)
        if row.state != ReferralState.SENT:
            raise RuleBroken(ANSWERED, source=SOURCE)
        if answered_on < row.sent_on:
            raise RuleBroken(EARLY.format(sent_on=row.sent_on), source=SOURCE)
        if state != ReferralState.ACCEPTED and not answer:
            raise RuleBroken(WHY, source=SOURCE)
        row.state, row.answered_on, row.answer = ReferralState(state), answered_on, answer
        _open_context(by, "referral_answer", answer)
        row.save(update_fields=["state", "answered_on", "answer"])
    return row


def _open_context(by: User, act: str, reason: str) -> None:
    open_history_context(user=by.username, reason=reason, act=act, what="康复转介")
