"""托养月度结算: prepared by one person, approved by another, locked for good.

A month is judged on its first day, or on the day the stay began in it: whoever turned 60 within the month is settled
for it, and not for the next.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from registry.models import Person
from rehab.models import (
    CareBasis,
    CareHome,
    CareLine,
    CareMode,
    CareSettlement,
    CareSettlementState,
    CareStandard,
    CareStay,
)
from rehab.rules import may_stay
from rehab.services.daycare import days_in
from rehab.services.records import open_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import Parameters

PERMISSION = "rehab.settle_rehab"
CENT = Decimal("0.01")
GONE = "这张结算表已经撤销，请回到列表核对。"


def settlement_prepare(*, home: CareHome, month: datetime.date, by: User, today: datetime.date) -> CareSettlement:
    """A draft of an institution's month: a line for everybody who stayed and may be settled, days still open.

    Refuses a month that is not over, one that has a settlement, and one without a standard for a mode that somebody
    stayed in (参数未维护). At most thirty-one statements of judgement, however many people.
    """
    refuse_others(by)
    month = month.replace(day=1)
    if last_day(month) >= today:
        raise RuleBroken(f"{in_words(month)}还没有结束，请到下个月再制结算表。")
    with transaction.atomic(), data_lock():
        if CareSettlement.objects.filter(home=home, month=month).exists():
            raise RuleBroken(f"{home}{in_words(month)}已有结算表，请打开原来的一张。")
        stays = list(_stays(home, month))
        if not stays:
            raise RuleBroken(f"{home}在{in_words(month)}没有托养人员，不需要结算。")
        standards = _standards(stays, month)
        refused = _refused(stays, month)
        open_context(by, "settlement_prepare")
        settlement = CareSettlement.objects.create(
            home=home, month=month, prepared_by=by, prepared_at=Now(), refused=sorted(refused.items())
        )
        lines = [_line(settlement, stay, standards[stay.mode]) for stay in stays if stay.person_id not in refused]
        CareLine.objects.bulk_create(lines)
    settlement.refresh_from_db()
    return settlement


def _stays(home: CareHome, month: datetime.date) -> QuerySet[CareStay]:
    current = Q(ends_on__isnull=True) | Q(ends_on__gte=month)
    stays = CareStay.objects.filter(current, home=home, starts_on__lte=last_day(month)).select_related("person")
    return stays.order_by("person__pinyin", "pk")


def _standards(stays: list[CareStay], month: datetime.date) -> dict[str, CareStandard]:
    standards = CareStandard.objects.of_month(month)
    missing = [mode.label for mode in CareMode if mode not in standards and any(s.mode == mode for s in stays)]
    if missing:
        raise RuleBroken(
            f"参数未维护：{in_words(month)}没有{'、'.join(missing)}的补助标准，不能结算。"
            "请在“阳光家园”的“补助标准”里按文件填写金额和文号。"
        )
    return standards


def _refused(stays: list[CareStay], month: datetime.date) -> dict[int, list[str]]:
    """{person: every reason} of those who may not be settled for the month."""
    by_day: dict[datetime.date, list[int]] = defaultdict(list)
    refused: dict[int, list[str]] = {}
    for stay in stays:
        by_day[max(stay.starts_on, month)].append(stay.person_id)
    for day, people in by_day.items():
        rule = may_stay(on=day, parameters=Parameters(on=day))
        for person, verdicts in rule.explained(rule.failing(Person.objects.filter(pk__in=people))):
            refused[person.pk] = [verdict.clause.reason for verdict in verdicts if not verdict.holds]
    return refused


def _line(settlement: CareSettlement, stay: CareStay, standard: CareStandard) -> CareLine:
    ends = [day for day in (stay.ends_on, stay.person.died_on) if day is not None]
    return CareLine(
        settlement=settlement,
        person_id=stay.person_id,
        stay=stay,
        month=settlement.month,
        mode=stay.mode,
        most_days=days_in(settlement.month, stay.starts_on, min(ends, default=None)),
        standard=standard,
        standard_yuan=standard.amount_yuan,
        basis=standard.basis,
    )


def settlement_days(*, settlement: CareSettlement, days: Mapping[int, int | None], by: User) -> CareSettlement:
    """Notes the days attended, by line: only by whoever prepared the draft, so that the other pair of eyes is fresh."""
    refuse_others(by)
    with transaction.atomic(), data_lock():
        row = _held(settlement)
        if row.prepared_by_id != by.pk:
            raise RuleBroken("实到天数只能由制表人填写。换人制表的，请先撤销这张结算表，再重新制表。")
        open_context(by, "settlement_days")
        lines = list(row.lines.filter(pk__in=days))
        if len(lines) != len(days):
            raise RuleBroken("结算表的人员已有变化，没有保存。请刷新页面，核对后再填。")
        for line in lines:
            line.days = days[line.pk]
            if line.days is not None and not 0 <= line.days <= line.most_days:
                raise RuleBroken(f"有人的实到天数是 {line.days} 天，这个月在托 {line.most_days} 天，请核对。")
            line.amount_yuan = amount(line)
        CareLine.objects.bulk_update(lines, ["days", "amount_yuan"])
    return row


def amount(line: CareLine) -> Decimal | None:
    """Yuan for a line: the standard for a month with at least one day attended, or as often as days were attended."""
    if line.days is None:
        return None
    times = line.days if line.basis == CareBasis.DAY else min(line.days, 1)
    return (line.standard_yuan * times).quantize(CENT, ROUND_HALF_UP)


def settlement_approve(*, settlement: CareSettlement, by: User, total: Decimal) -> CareSettlement:
    """Locks a settlement for good, by another person than prepared it; `total` is what was looked at, in yuan."""
    refuse_others(by)
    with transaction.atomic(), data_lock():
        row = _held(settlement)
        if row.prepared_by_id == by.pk:
            raise RuleBroken("这张结算表是您制的，须由另一人审核。")
        lines = list(row.lines.all())
        if open_lines := sum(line.days is None for line in lines):
            raise RuleBroken(f"还有 {open_lines} 人没有填实到天数，不能审核。请制表人填好后再审核。")
        if total != sum((line.amount_yuan for line in lines if line.amount_yuan is not None), Decimal(0)):
            raise RuleBroken("您打开之后，结算表又有变化，没有审核。请刷新页面，核对后再审核。")
        open_context(by, "settlement_approve")
        row.lines.update(is_locked=True)
        row.state, row.approved_by, row.approved_at = CareSettlementState.LOCKED, by, Now()
        row.save(update_fields=["state", "approved_by", "approved_at"])
    row.refresh_from_db()
    return row


def settlement_discard(*, settlement: CareSettlement, reason: str, by: User) -> None:
    """Takes a draft away with its lines; a locked one stays."""
    refuse_others(by)
    if not reason.strip():
        raise RuleBroken("请写明撤销（退回）的原因。")
    with transaction.atomic(), data_lock():
        row = _held(settlement)
        open_context(by, "settlement_discard", reason)
        row.delete()


def refuse_others(by: User) -> None:
    """An institution's month is about people of the whole district: nobody of a smaller area has it in hand."""
    if not by.has_perm(PERMISSION):
        raise RuleBroken("您的账号不能办理托养结算。")
    if not by.is_of_whole_district:
        raise RuleBroken("托养结算按机构办理，涉及全区的人员，您的账号只管本辖区，不能办理。")


def in_words(month: datetime.date) -> str:
    """2025年12月."""
    return f"{month.year}年{month.month}月"


def _held(settlement: CareSettlement) -> CareSettlement:
    row = CareSettlement.objects.select_for_update().filter(pk=settlement.pk).first()
    if row is None:
        raise RuleBroken(GONE)
    if row.is_locked:
        raise RuleBroken(f"{row}的结算表已经锁定，不能再改。")
    return row
