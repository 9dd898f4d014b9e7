"""A sheet while it is being prepared: opened with a line for each child, filled in, thrown away."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q

from rehab.models import (
    ChildCase,
    ChildPlacement,
    ChildSettlement,
    Institution,
    MonthState,
    SettlementState,
    TrainingMonth,
)
from rehab.services.acting import refuse_others
from rehab.services.settlements.checking import grants_of
from rehab.services.settlements.common import FOREIGN, SETTLE, draft_of
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day


def settlement_open(
    *, institution: Institution, month: datetime.date, by: User | None, today: datetime.date
) -> ChildSettlement:
    """A new sheet with a line for every child placed there in the month whose month is not settled yet.

    A further one of the month is for those who came late (补报). Raises RuleBroken where one is being prepared.
    """
    refuse_others(by, SETTLE)
    month = month.replace(day=1)
    if month > today:
        raise RuleBroken(f"{month:%Y-%m} 还没有到，不能编制结算表。")
    with transaction.atomic(), data_lock():
        sheets = ChildSettlement.objects.filter(institution=institution, month=month)
        if sheets.filter(state=SettlementState.DRAFT).exists():
            raise RuleBroken("这家机构这个月的结算表正在编制，请打开它继续。")
        children = _placed(institution, month, by=by)
        if not children:
            raise RuleBroken(f"{month:%Y-%m} 没有在这家机构训练、还没有结算的儿童。")
        open_history_context(user=by.username if by else "system", act="settlement_open")
        settlement = ChildSettlement.objects.create(
            institution=institution,
            month=month,
            number=(sheets.aggregate(last=Max("number"))["last"] or 0) + 1,
            prepared_on=today,
            prepared_by=by,
        )
        grants = grants_of(children, month.year)
        TrainingMonth.objects.bulk_create(
            TrainingMonth(settlement=settlement, person_id=child, application=grants.get(child), month=month)
            for child in children
        )
    return settlement


def _placed(institution: Institution, month: datetime.date, *, by: User | None) -> list[int]:
    """The children placed at an institution on a day of a month, less those settled already: primary keys."""
    placements = ChildPlacement.objects if by is None else ChildPlacement.objects.visible_to(by)
    there = placements.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=month), institution=institution, starts_on__lte=last_day(month)
    )
    settled = TrainingMonth.objects.filter(month=month, state=MonthState.APPROVED).values("person")
    cases = set(there.values_list("case", flat=True))
    keys = ChildCase.objects.filter(pk__in=cases).exclude(person__in=settled)
    return list(keys.order_by("person__pinyin", "person").values_list("person", flat=True).distinct())


def month_save(
    *,
    month: TrainingMonth,
    attended_days: int,
    first_on: datetime.date | None,
    last_on: datetime.date | None,
    requested_yuan: Decimal,
    by: User | None,
    today: datetime.date,
) -> TrainingMonth:
    """What the institution reports of one child's month."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = _pending(month, by)
        if attended_days and not (first_on and last_on):
            raise RuleBroken("有出勤的，请填写首次和末次训练日期。")
        if not attended_days and (first_on or last_on or requested_yuan):
            raise RuleBroken("没有出勤的，训练日期和申报金额应当空着。")
        if first_on and last_on:
            _refuse_days(row, attended_days, first_on, last_on, today)
        row.attended_days, row.first_on, row.last_on = attended_days, first_on, last_on
        row.requested_yuan = requested_yuan
        open_history_context(user=by.username if by else "system", act="month_save")
        try:
            row.full_clean()
        except ValidationError as error:
            raise RuleBroken("".join(error.messages)) from error
        row.save(update_fields=["attended_days", "first_on", "last_on", "requested_yuan"])
    return row


def _refuse_days(
    row: TrainingMonth, attended: int, first_on: datetime.date, last_on: datetime.date, today: datetime.date
) -> None:
    if not row.month <= first_on <= last_on <= last_day(row.month):
        raise RuleBroken(f"训练日期应在 {row.month:%Y-%m} 之内，末次不早于首次。")
    if last_on > today:
        raise RuleBroken(f"末次训练日期 {last_on} 晚于今天，请核对。")
    if attended > (days := (last_on - first_on).days + 1):
        raise RuleBroken(f"从 {first_on} 到 {last_on} 只有 {days} 天，出勤不能是 {attended} 天。")


def _pending(month: TrainingMonth, by: User | None) -> TrainingMonth:
    rows = TrainingMonth.objects if by is None else TrainingMonth.objects.visible_to(by)
    row: TrainingMonth | None = rows.select_for_update(of=("self",)).filter(pk=month.pk).first()
    if row is None or row.state != MonthState.PENDING:
        raise RuleBroken("这一行已经核定或不在了，不能再改。")
    return row


def settlement_drop(*, settlement: ChildSettlement, by: User | None) -> None:
    """Throws a draft away with its lines."""
    refuse_others(by, SETTLE)
    with transaction.atomic(), data_lock():
        row = draft_of(settlement, seen=None)
        if (
            by is not None
            and by.scope_ids is not None
            and row.months.exclude(person__community__in=by.scope_ids).exists()
        ):
            raise RuleBroken(FOREIGN)
        open_history_context(user=by.username if by else "system", act="settlement_drop")
        row.delete()
