"""What has become of a person's numbers: read from the dated statements and from corrected ID numbers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from registry.models import BEGINNING, FOREVER, Certificate, CertificateStatus, FormerIdentity, Person

FIRST, CORRECTED, REGRADED, REISSUED = "首次发证", "身份证号更正", "类别等级变更", "补办"
ANEW, BACK = "重新发证", "迁入"
GONE = (CertificateStatus.CANCELLED, CertificateStatus.MOVED_OUT)


@dataclass(frozen=True)
class NumberPeriod:
    """A certificate number, from a day (None: not known) until a day (None: still), and why it began."""

    number: str
    since: datetime.date | None
    until: datetime.date | None
    why: str


def number_history(person: Person) -> list[NumberPeriod]:
    """Every certificate number of the person's, oldest first, in two statements (none, if both are prefetched).

    It ends with the day from which another holds, or on which the certificate was cancelled or moved out.
    """
    former = sorted(person.former_identities.all(), key=lambda identity: (identity.until, identity.pk))
    spans = sorted(person.certificates.all(), key=lambda statement: statement.held_from)
    periods: list[NumberPeriod] = []
    before: tuple[str, Certificate] | None = None
    for begins, id_number, statement in _pieces(person, spans, former):
        number = f"{id_number}{statement.category}{statement.level}{statement.suffix or ''}"
        ended = _ended_on(statement)
        if before is not None and before[0] == number and not _is_new(before[1], statement):
            if ended is not None and periods[-1].until is None:
                periods[-1] = _until(periods[-1], ended)
        else:
            if periods and periods[-1].until is None:
                periods[-1] = _until(periods[-1], begins)
            since = _began_on(statement) if before is None else begins
            periods.append(NumberPeriod(number, since, ended, _why(before, id_number, statement)))
        before = (number, statement)
    return periods


def _pieces(
    person: Person, spans: list[Certificate], former: list[FormerIdentity]
) -> Iterator[tuple[datetime.date, str, Certificate]]:
    """Each span, cut where the police corrected the ID number: (first day, the ID number then, statement)."""
    numbers = [(identity.id_number, identity.until) for identity in former] + [(person.id_number, FOREVER)]
    for statement in spans:
        begins = statement.held_from
        for id_number, until in numbers:
            if begins < min(until, statement.held_until):
                yield begins, id_number, statement
                begins = min(until, statement.held_until)


def _began_on(statement: Certificate) -> datetime.date | None:
    """The first number's day: of a re-issue known only from the register, nobody has noted it."""
    if statement.suffix and statement.held_from == BEGINNING:
        return None
    return statement.first_issued_on


def _ended_on(statement: Certificate) -> datetime.date | None:
    return statement.status_on if statement.status in GONE else None


def _is_new(old: Certificate, new: Certificate) -> bool:
    """What is issued after a cancellation is another certificate, and one that has come back was away, even under the
    same number."""
    return old.status in GONE and new.status not in GONE


def _until(period: NumberPeriod, day: datetime.date) -> NumberPeriod:
    return NumberPeriod(period.number, period.since, day, period.why)


def _why(before: tuple[str, Certificate] | None, id_number: str, statement: Certificate) -> str:
    if before is None:
        return FIRST
    number, old = before
    if _is_new(old, statement):
        return ANEW if old.status == CertificateStatus.CANCELLED else BACK
    if number[:18] != id_number:
        return CORRECTED
    return REGRADED if (old.category, old.level) != (statement.category, statement.level) else REISSUED
