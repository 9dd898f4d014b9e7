"""How a referral stands on a day: done when the receiver has given the service, else so many days waiting."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from rehab.models import Referral, ReferralState, RehabService

WAITING = Q(state=ReferralState.SENT) | Q(state=ReferralState.ACCEPTED, done_on__isnull=True)


def with_outcome(referrals: QuerySet[Referral], *, on: datetime.date) -> QuerySet[Referral]:
    """The referrals with `done_on`, the receiver's first service of the kind since it was sent, by the day; and
    `since`, the day from which somebody has been waiting: of an answer, or of the service."""
    given: QuerySet[Any] = RehabService.objects.filter(
        person=OuterRef("person"),
        provider=OuterRef("to_provider"),
        kind=OuterRef("kind"),
        served_on__gte=OuterRef("sent_on"),
        served_on__lte=on,
    )
    return referrals.annotate(
        done_on=Subquery(given.order_by("served_on").values("served_on")[:1], output_field=DateField()),
        since=Coalesce("answered_on", "sent_on"),
    )


def is_done(referral: Any) -> bool:
    """Of a row from `with_outcome`: accepted, and the service given."""
    return bool(referral.state == ReferralState.ACCEPTED and referral.done_on)


def days_waiting(referral: Any, *, on: datetime.date) -> int | None:
    """Of a row from `with_outcome`: since when nothing has come of it; None where nobody waits."""
    waits = referral.state == ReferralState.SENT or (
        referral.state == ReferralState.ACCEPTED and referral.done_on is None
    )
    return (on - referral.since).days if waits else None
