"""What a device's dated terms come to: the subsidy of a case, and whether it is too early for a new one.

Pure reading: nothing here writes, and the day is always told.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rehab.models import DeviceFitting, DeviceItem, DeviceTerms, Replacement
from zalainuoer.common.errors import RuleBroken

CENT = Decimal("0.01")
FOLLOW_UP_MONTHS = 3
SOURCE = "辅具补贴标准"


def terms_on(item: DeviceItem, day: datetime.date) -> DeviceTerms | None:
    """The terms in force on a day; None where none are maintained."""
    return DeviceTerms.objects.on(day).filter(item=item).first()


def terms_needed(item: DeviceItem, day: datetime.date) -> DeviceTerms:
    """As `terms_on`; raises RuleBroken where there are none: nothing is assumed."""
    terms = terms_on(item, day)
    if terms is None:
        raise RuleBroken(
            f"参数未维护：{day} 没有“{item.name}”的使用年限和补贴标准，不能按补贴审批。"
            "请在“辅具目录”里按文件维护标准，或选择“不补贴”。"
        )
    return terms


def subsidy_of(terms: DeviceTerms, *, price_yuan: Decimal, quantity: int) -> Decimal:
    """Yuan paid for all pieces: of each the percentage of its price, at most the ceiling, to the cent."""
    share = (price_yuan * terms.percent / 100).quantize(CENT, rounding=ROUND_HALF_UP)
    return (min(share, terms.ceiling_yuan) * quantity).quantize(CENT)


@dataclass(frozen=True)
class TooEarly:
    """A fitting of the same item whose years of use are not over yet."""

    item: str
    fitted_on: datetime.date
    terms: DeviceTerms
    next_on: datetime.date

    @property
    def sentence(self) -> str:
        reasons = "、".join(Replacement.labels)
        return (
            f"此人 {self.fitted_on} 已适配过“{self.item}”，使用年限 {self.terms.years_of_use} 年未满，"
            f"{self.next_on} 起才能再次适配。确需提前更换的，请在评估中注明更换理由（{reasons}）。"
        )

    @property
    def source(self) -> str:
        return f"{SOURCE}：{self.terms.document}（{self.terms.effective_from} 起执行）"


def too_early(
    item: DeviceItem, *, person: int, on: datetime.date, since: datetime.date | None = None
) -> TooEarly | None:
    """Whether the person (primary key) had the same item, under any of its names, less than its years of use before.

    Asked with the terms in force on the day; without terms there is no such rule, and nothing is refused by it. `since`
    is the last day whose fittings count, the day itself unless told.
    """
    terms = terms_on(item, on)
    last = last_fitted_on(item, person=person, on=since or on)
    if terms is None or last is None:
        return None
    next_on = years_later(last, terms.years_of_use)
    return TooEarly(item.name, last, terms, next_on) if next_on > on else None


def last_fitted_on(item: DeviceItem, *, person: int, on: datetime.date) -> datetime.date | None:
    """The latest day, up to a day, on which the person was fitted with the item."""
    fittings = DeviceFitting.objects.filter(person=person, device__in=item.names, fitted_on__lte=on)
    latest: datetime.date | None = fittings.order_by("-fitted_on").values_list("fitted_on", flat=True).first()
    return latest


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day of a later year; of 29 February, the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or that month's last."""
    index = day.year * 12 + day.month - 1 + months
    first = datetime.date(index // 12, index % 12 + 1, 1)
    following = datetime.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + datetime.timedelta(days=day.day - 1), following - datetime.timedelta(days=1))
