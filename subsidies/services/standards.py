"""补贴标准: added, changed, ended. What a locked month was paid by stays as it was."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q

from registry.services.facts import version
from subsidies.models import PaymentLine, Standard
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

CONDITIONS = ("levels", "categories", "hukou_type", "assistance_kinds")
# What decided the amounts that were paid.
PAID_BY = ("subsidy", "amount_yuan", "first_month", *CONDITIONS)
FIELDS = (*PAID_BY, "name", "last_month", "document", "note")
GONE = "这条标准已经不在了，请回到列表核对。"
CHANGED_SINCE = "您打开之后，这条标准又被改过。请重新打开，核对后再改。"
UNCHANGED = "没有任何变化，不需要保存。"


def standard_add(*, by: User | None, reason: str = "", **values: Any) -> Standard:
    """Stores a new class of a subsidy, from a month on."""
    with transaction.atomic(), data_lock():
        _open_context(by, "standard_add", reason or str(values.get("document", "")))
        standard = Standard(**_in_months(values))
        _check(standard)
        standard.save(force_insert=True)
    return standard


def standard_change(
    *, standard: Standard, by: User | None, reason: str, seen: int | None = None, **values: Any
) -> Standard:
    """Corrects a standard; one that a locked month was paid by keeps its amount, its conditions and its first month."""
    with transaction.atomic(), data_lock():
        row = _locked(standard, seen=seen)
        changed = [name for name, value in _in_months(values).items() if getattr(row, name) != value]
        if not changed:
            raise RuleBroken(UNCHANGED)
        if set(changed) & set(PAID_BY):
            _refuse_paid(row)
        for name in changed:
            setattr(row, name, _in_months(values)[name])
        _open_context(by, "standard_change", reason)
        _check(row)
        row.save(update_fields=changed)
    return row


def standard_end(
    *, standard: Standard, last_month: datetime.date, by: User | None, reason: str, seen: int | None = None
) -> Standard:
    """Lets a standard run until a month, the last it is paid for; also of one that months were paid by already."""
    with transaction.atomic(), data_lock():
        row = _locked(standard, seen=seen)
        last_month = last_month.replace(day=1)
        if row.last_month == last_month:
            raise RuleBroken(UNCHANGED)
        row.last_month = last_month
        _open_context(by, "standard_end", reason)
        _check(row)
        row.save(update_fields=["last_month"])
    return row


def paid_until(standard: Standard) -> datetime.date | None:
    """The latest month that a locked run paid by the standard; None where there is none."""
    lines = PaymentLine.objects.filter(standard=standard, is_locked=True)
    latest: datetime.date | None = lines.aggregate(latest=Max("benefit_month"))["latest"]
    return latest


def paid_by(standards: Collection[Standard]) -> set[int]:
    """Those of the standards that a locked month was paid by: primary keys, in one statement."""
    lines = PaymentLine.objects.filter(standard__in=[row.pk for row in standards], is_locked=True)
    return set(lines.order_by().values_list("standard", flat=True).distinct())


def overlapping(standard: Standard) -> list[Standard]:
    """Other standards of the subsidy that could fit the same person in the same month.

    Whether they do is asked person by person at payment: somebody in two kinds of assistance at once, say.
    """
    same_time = Q(last_month__isnull=True) | Q(last_month__gte=standard.first_month)
    others = Standard.objects.filter(same_time, subsidy=standard.subsidy).exclude(pk=standard.pk)
    if standard.last_month is not None:
        others = others.filter(first_month__lte=standard.last_month)
    return [other for other in others.order_by("first_month", "name") if _may_fit_one(standard, other)]


def warnings_of(standard: Standard) -> list[str]:
    """What whoever has saved a standard should know, in sentences."""
    said = []
    if others := overlapping(standard):
        names = "、".join(f"“{other.name}”（{other.first_month:%Y-%m} 起）" for other in others[:5])
        more = f"等 {len(others)} 条" if len(others) > 5 else ""
        said.append(
            f"与{names}{more}的执行月份和条件有重叠：同一人在同一月份两条都适用时不能发放。"
            "请终止其中一条，或把条件填得互不相同。"
        )
    paid = paid_until(standard)
    if paid is not None and standard.last_month is not None and paid > standard.last_month:
        said.append(
            f"已锁定的批次按这条标准发到了 {paid:%Y-%m}。请接着新增终止之后各月的标准，"
            "差额由下一批次自动列出；没有新标准的月份会显示“参数未维护”。"
        )
    return said


def _may_fit_one(one: Standard, other: Standard) -> bool:
    lists = ((getattr(one, name), getattr(other, name)) for name in ("levels", "categories", "assistance_kinds"))
    if any(mine and theirs and not set(mine) & set(theirs) for mine, theirs in lists):
        return False
    return not (one.hukou_type and other.hukou_type and one.hukou_type != other.hukou_type)


def _locked(standard: Standard, *, seen: int | None) -> Standard:
    """The row as it stands now, held until the transaction ends."""
    row = Standard.objects.select_for_update().filter(pk=standard.pk).first()
    if row is None:
        raise RuleBroken(GONE)
    if seen is not None and version(row) != seen:
        raise RuleBroken(CHANGED_SINCE)
    return row


def _refuse_paid(row: Standard) -> None:
    paid = paid_until(row)
    if paid is not None:
        raise RuleBroken(
            f"已锁定的批次按这条标准发到了 {paid:%Y-%m}，金额、适用条件和起始月份不能再改。"
            "标准调整的，请把这条终止到调整前的最后一个月，再从调整的月份起新增一条；差额由下一批次自动补差或追回。"
        )


def _in_months(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with both months as their first day, and lists in the order of their codes."""
    found = {**values}
    for name in ("first_month", "last_month"):
        if found.get(name) is not None:
            found[name] = found[name].replace(day=1)
    for name in ("levels", "categories", "assistance_kinds"):
        if name in found:
            found[name] = sorted(found[name])
    return found


def _check(standard: Standard) -> None:
    """The fields and the constraints, in their own Chinese sentences."""
    try:
        standard.full_clean()
    except ValidationError as error:
        raise RuleBroken("".join(error.messages)) from error


def _open_context(by: User | None, act: str, reason: str) -> None:
    open_history_context(user=by.username if by else "system", reason=reason, act=act)
