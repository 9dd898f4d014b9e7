"""How a certificate stands on a day, in words; 过期 is derived here, never stored (残疾人证管理办法 第十九条)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from registry.models import Certificate, CertificateStatus
from registry.rules import OFF_REGISTER


def states_of(certificate: Certificate | None, *, on: datetime.date) -> list[str]:
    """The state in words, with what is derived: 过期 beside 正常 replaces it, 未办证 is to have no certificate."""
    if certificate is None or certificate.first_issued_on > on:
        return ["未办证"]
    has_begun = certificate.status_on is None or certificate.status_on <= on
    status = CertificateStatus(certificate.status) if has_begun else CertificateStatus.NORMAL
    is_expired = certificate.expires_on < on and status not in OFF_REGISTER
    stored = [] if is_expired and status == CertificateStatus.NORMAL else [status.label]
    return [*stored, "过期"] if is_expired else stored


@dataclass(frozen=True)
class Condition:
    """How a certificate stands on a day, in words and tone; 过期 is derived here as everywhere."""

    text: str
    tone: str


def condition_of(certificate: Certificate, day: datetime.date) -> Condition:
    """注销, 迁出, 冻结 and 挂失 count from their day on; then 过期; else 正常: the words of the lists."""
    begun = certificate.status_on is None or certificate.status_on <= day
    if certificate.status != CertificateStatus.NORMAL and begun:
        gone = certificate.status in (CertificateStatus.CANCELLED, CertificateStatus.MOVED_OUT)
        return Condition(certificate.get_status_display(), "idle" if gone else "warn")
    if certificate.expires_on < day:
        return Condition("过期", "bad")
    return Condition("正常", "good")
