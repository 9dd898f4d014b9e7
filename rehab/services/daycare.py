"""阳光家园: institutions, places and standards; who is taken in, and until when (规划 （二）3)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from registry.models import Person
from rehab.models import CareHome, CareLine, CareMode, CarePlaces, CareStandard, CareStay
from rehab.rules import SUNSHINE_HOMES, may_stay
from rehab.services.records import checked, held_as_seen, open_context, record_save, record_withdraw
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import Parameters, Verdict

PERMISSION = "rehab.manage_rehab"
PRICED = ("mode", "basis", "amount_yuan", "first_month")
NO_LONGER = "这条托养记录已经撤下，请回到列表核对。"


def stay_add(
    *,
    person: Person,
    home: CareHome,
    mode: str,
    starts_on: datetime.date,
    care_plan: str,
    is_dispersed: bool = False,
    by: User,
    today: datetime.date,
) -> CareStay:
    """Takes somebody in from a day on. Refuses with every reason where the person may not stay, and where the
    institution is closed or full in the mode."""
    _refuse_without_permission(by)
    if starts_on > today:
        raise RuleBroken(f"起始日期 {starts_on} 还没有到，请在入托当天或之后登记。")
    with transaction.atomic(), data_lock():
        if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
            raise RuleBroken("此人不在您的辖区内，或档案已经合并，不能办理托养。")
        open_context(by, "stay_add", care_plan)
        _refuse_full(home, mode, on=starts_on)
        stay = CareStay(
            person=person, home=home, mode=mode, starts_on=starts_on, care_plan=care_plan, is_dispersed=is_dispersed,
            approved_by=by,
        )  # fmt: skip
        checked(stay)
        stay.save()
        # Judged with the stay in place, since it may say what the register does not know of 特困.
        obstacles = [v.clause.reason for v in stay_verdicts(person=person, on=starts_on) if not v.holds]
        if obstacles:
            raise RuleBroken(f"不符合阳光家园托养的条件：{'；'.join(obstacles)}。", source=SUNSHINE_HOMES)
    return stay


def stay_verdicts(*, person: Person, on: datetime.date) -> list[Verdict]:
    """Every condition of a stay for one person on a day, holding or not, in one statement beside the parameters."""
    return may_stay(on=on, parameters=Parameters(on=on)).explain(person)


def stay_end(*, stay: CareStay, ends_on: datetime.date, reason: str, by: User, seen: int | None = None) -> CareStay:
    """Sets the last day of a stay: also another one than before, but never so that a locked month's days are cut."""
    _refuse_without_permission(by)
    if not reason.strip():
        raise RuleBroken("请写明结束的原因。")
    with transaction.atomic(), data_lock():
        row = _held(stay, by=by, seen=seen)
        row.ends_on = ends_on
        open_context(by, "stay_end", reason)
        checked(row)
        _refuse_settled_after(row)
        row.save(update_fields=["ends_on"])
    return row


def stay_withdraw(*, stay: CareStay, reason: str, by: User, seen: int | None = None) -> None:
    """Takes a stay back that never was; one that a settlement rests on stays."""
    _refuse_without_permission(by)
    with transaction.atomic(), data_lock():
        _held(stay, by=by, seen=seen)
        record_withdraw(record=stay, by=by, reason=reason, seen=seen)


def places_save(*, places: CarePlaces, by: User | None, reason: str = "", seen: int | None = None) -> CarePlaces:
    """Stores places; two numbers for one institution, mode and day are refused."""
    with transaction.atomic(), data_lock():
        others = CarePlaces.objects.filter(home=places.home, mode=places.mode).exclude(pk=places.pk)
        others = others.filter(Q(until__isnull=True) | Q(until__gte=places.since))
        if places.until is not None:
            others = others.filter(since__lte=places.until)
        if (other := others.first()) is not None:
            raise RuleBroken(
                f"与 {other.since} 起的{other.get_mode_display()}名额（{other.capacity} 个）时间重叠。"
                "请先给原来的一条填写截止日期。"
            )
        return record_save(record=places, by=by, reason=reason, seen=seen)


def standard_save(
    *, standard: CareStandard, by: User | None, reason: str = "", seen: int | None = None
) -> CareStandard:
    """Stores a standard; two of one mode and month are refused, and what a locked month was priced by stays."""
    standard.first_month = standard.first_month.replace(day=1)
    if standard.last_month is not None:
        standard.last_month = standard.last_month.replace(day=1)
    with transaction.atomic(), data_lock():
        _refuse_overlap(standard)
        if standard.pk is not None:
            _refuse_priced(standard)
        return record_save(record=standard, by=by, reason=reason, seen=seen)


def _refuse_overlap(standard: CareStandard) -> None:
    others = CareStandard.objects.filter(mode=standard.mode).exclude(pk=standard.pk)
    others = others.filter(Q(last_month__isnull=True) | Q(last_month__gte=standard.first_month))
    if standard.last_month is not None:
        others = others.filter(first_month__lte=standard.last_month)
    if (other := others.first()) is not None:
        raise RuleBroken(
            f"与 {other.first_month:%Y-%m} 起的标准（{other}）执行月份重叠。请先给原来的一条填写执行截止月份。"
        )


def _refuse_priced(standard: CareStandard) -> None:
    latest = CareLine.objects.filter(standard=standard, is_locked=True).aggregate(latest=Max("month"))["latest"]
    if latest is None:
        return
    stored = CareStandard.objects.get(pk=standard.pk)
    if any(getattr(stored, name) != getattr(standard, name) for name in PRICED):
        raise RuleBroken(
            f"已锁定的结算按这条标准算到了 {latest:%Y-%m}，方式、金额和起始月份不能再改。"
            "标准调整的，请给这条填写执行截止月份，再新增一条。"
        )
    if standard.last_month is not None and standard.last_month < latest:
        raise RuleBroken(f"已锁定的结算按这条标准算到了 {latest:%Y-%m}，截止月份不能更早。")


def _refuse_full(home: CareHome, mode: str, *, on: datetime.date) -> None:
    if home.opened_on > on or (home.closed_on is not None and home.closed_on <= on):
        raise RuleBroken(f"{home}在 {on} 没有启用，不能入托。")
    current = Q(until__isnull=True) | Q(until__gte=on)
    places = CarePlaces.objects.filter(current, home=home, mode=mode, since__lte=on).first()
    words = CareMode(mode).label
    if places is None:
        raise RuleBroken(f"{home}在 {on} 没有{words}的名额。请先在“阳光家园”登记名额。")
    # Whoever is there on the day or comes later takes a place: a stay entered late must not overfill.
    taken = CareStay.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), home=home, mode=mode).count()
    if taken >= places.capacity:
        raise RuleBroken(f"{home}的{words}名额（{places.capacity} 个）已满，不能入托。请先办理离托，或登记新的名额。")


def _refuse_settled_after(stay: CareStay) -> None:
    """Days that a settlement counts are days of the stay."""
    for line in stay.lines.select_related("settlement").order_by("month"):
        most = days_in(line.month, stay.starts_on, stay.ends_on)
        if most < line.most_days:
            what = "已锁定" if line.is_locked else "还没有审核"
            advice = "" if line.is_locked else "请先撤销那张结算表，改好后重新制表。"
            raise RuleBroken(
                f"{line.month:%Y-%m} 的结算表（{what}）按在托 {line.most_days} 天制表，结束日期不能更早。{advice}"
            )


def days_in(month: datetime.date, starts_on: datetime.date, ends_on: datetime.date | None) -> int:
    """Days of a month (its first day) between two days, both counted."""
    last = last_day(month)
    first = max(starts_on, month)
    until = last if ends_on is None else min(ends_on, last)
    return max((until - first).days + 1, 0)


def _held(stay: CareStay, *, by: User, seen: int | None) -> CareStay:
    held_as_seen(stay, seen=seen)
    row: Any = CareStay.objects.visible_to(by).filter(pk=stay.pk).first()
    if row is None:
        raise RuleBroken(NO_LONGER)
    return row


def _refuse_without_permission(by: User) -> None:
    if not by.has_perm(PERMISSION):
        raise RuleBroken("您的账号不能办理托养。")
