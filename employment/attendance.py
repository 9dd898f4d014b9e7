"""How much of a class somebody was there for, and whether that is little."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from employment.models import Attendance, TrainingRecord, TrainingSession
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.rules import Parameters


@dataclass(frozen=True)
class Attended:
    """Hours of the sessions held so far, those the person was there for, and sessions of which nothing is noted."""

    held: Decimal
    present: Decimal
    unnoted: int

    @property
    def percent(self) -> Decimal | None:
        """None while no session has been held; what is not noted is not attended."""
        return self.present * 100 / self.held if self.held else None

    def is_below(self, minimum: Decimal | None) -> bool:
        """Below the required part; without a required part nobody is."""
        return minimum is not None and self.percent is not None and self.percent < minimum


def minimum_percent(on: datetime.date) -> Decimal | None:
    """The part of the hours that somebody has to be there for; None while no document says (参数未维护)."""
    parameters = Parameters(on=on)
    try:
        return Decimal(str(parameters["training.minimum_attendance_percent"]))
    except ParameterMissing:
        return None


def attendance_of(records: Collection[int], *, today: datetime.date) -> dict[int, Attended]:
    """{record: what its person attended of the sessions through today}, in three statements."""
    classes = dict(TrainingRecord.objects.filter(pk__in=records).values_list("pk", "training_class"))
    held = TrainingSession.objects.filter(training_class__in=set(classes.values()) - {None}, held_on__lte=today)
    totals = {
        row["training_class"]: (row["hours"], row["n"])
        for row in held.order_by().values("training_class").annotate(hours=Sum("hours"), n=Count("pk"))
    }
    noted = Attendance.objects.filter(record__in=records, session__held_on__lte=today).order_by()
    grouped = noted.values("record").annotate(hours=Sum("session__hours", filter=Q(is_present=True)), n=Count("pk"))
    there = {row["record"]: (row["hours"] or Decimal(0), row["n"]) for row in grouped}
    found = {}
    for record in records:
        hours, sessions = totals.get(classes.get(record) or 0, (Decimal(0), 0))
        present, known = there.get(record, (Decimal(0), 0))
        found[record] = Attended(hours, present, sessions - known)
    return found
