"""Worklists: what is to be looked at before somebody comes to the counter and asks, each a named condition.

Every condition is one of Certificate and is asked of the statements registered on a day (在册), so that one statement
counts all of them and the people list filters by any of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from registry.models import CardGeneration, Certificate, Level
from registry.rules import CERTIFICATE_RULES, PLAN, expired, frozen, registered
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters, latest_birth

# How long before a birthday it is time to prepare: as long as before the end of a certificate's validity.
TURNING_DAYS = 90
OWN = "本系统的工作提示"


@dataclass(frozen=True)
class Worklist:
    """One list: `explanation` says in Chinese who stands on it, with today's parameters filled in."""

    code: str
    label: str
    group: str
    explanation: str  # names of parameters in braces are filled in
    source: str
    condition: Callable[[datetime.date, Parameters], Q]
    sort: str = "pinyin"

    def explained(self, parameters: Parameters) -> str:
        """The explanation, with the figures that hold today."""
        return self.explanation.format_map(_Shown(parameters))


class _Shown(dict[str, Any]):
    """The parameters by the last part of their key, as explanations name them; looked up only where one does."""

    KEYS = (
        "certificate.renewal_after_years",
        "certificate.expiring_days",
        "certificate.frozen_months",
        "household.elder_age",
    )

    def __init__(self, parameters: Parameters):
        super().__init__()
        self.parameters = parameters

    def __missing__(self, name: str) -> Any:
        return next(self.parameters[key] for key in self.KEYS if key.endswith(f".{name}"))


def expiring_within(on: datetime.date, *, days: int) -> Q:
    """Of Certificate: still within its validity, and past it after so many days at the latest."""
    return ~expired(on) & Q(expires_on__lte=on + datetime.timedelta(days=days))


def _renewable(on: datetime.date, parameters: Parameters) -> Q:
    years = parameters["certificate.renewal_after_years"]
    return ~expired(on) & ~frozen(on) & Q(issued_on__lte=latest_birth(age=years, on=on))


def _expiring(on: datetime.date, parameters: Parameters) -> Q:
    return expiring_within(on, days=parameters["certificate.expiring_days"])


def _expired(on: datetime.date, parameters: Parameters) -> Q:
    return expired(on)


def _frozen_long(on: datetime.date, parameters: Parameters) -> Q:
    return frozen(on) & Q(status_on__lt=months_before(on, parameters["certificate.frozen_months"]))


def _turning(age: int) -> Callable[[datetime.date, Parameters], Q]:
    def condition(on: datetime.date, parameters: Parameters) -> Q:
        last = on + datetime.timedelta(days=TURNING_DAYS)
        return Q(person__born_on__gt=latest_birth(age=age, on=on), person__born_on__lte=latest_birth(age=age, on=last))

    return condition


def _unguarded(on: datetime.date, parameters: Parameters) -> Q:
    unnamed = Q(person__guardian_name__isnull=True) | Q(person__guardian_name="")
    return Q(level__in=(Level.FIRST, Level.SECOND)) & unnamed


def _old_card(on: datetime.date, parameters: Parameters) -> Q:
    return ~Q(person__card_generation=CardGeneration.THIRD)


def _several_in_household(on: datetime.date, parameters: Parameters) -> Q:
    return several_among(Certificate.objects.all(), on=on)


def several_among(certificates: QuerySet[Certificate], *, on: datetime.date) -> Q:
    """一户多残, counted among some certificates: a page about one household does not count everybody's."""
    holders = certificates.filter(registered(on)).values("household").annotate(holders=Count("pk"))
    return Q(household__in=holders.filter(holders__gt=1).values("household"))


def _kept_by_an_elder(on: datetime.date, parameters: Parameters) -> Q:
    born_by = latest_birth(age=parameters["household.elder_age"], on=on)
    is_head = Q(person__id_index=F("household__head_id_index"))
    return Q(household__head_born_on__lte=born_by, level__in=parameters["severe.levels"]) & ~is_head


ALL = (
    Worklist(
        "renewal",
        "可以换领",
        "证件",
        "证件在有效期内，发证已满{renewal_after_years}年，可以提前申请换领",
        f"{CERTIFICATE_RULES}第十九条；残疾人证“跨省通办”（2021年）",
        _renewable,
        "expires",
    ),
    Worklist(
        "expiring",
        "即将到期",
        "证件",
        "有效期在{expiring_days}天以内到期",
        f"{CERTIFICATE_RULES}第十九条",
        _expiring,
        "expires",
    ),
    Worklist(
        "expired",
        "已过期",
        "证件",
        "在册，有效期至早于今天；过期的证件不能享受两项补贴",
        f"{CERTIFICATE_RULES}第十九条",
        _expired,
        "expires",
    ),
    Worklist(
        "frozen",
        "长期冻结",
        "证件",
        "冻结已超过{frozen_months}个月，应当查明原因后解冻或注销",
        CERTIFICATE_RULES,
        _frozen_long,
    ),
    Worklist(
        "old-card",
        "未换发第三代证",
        "证件",
        "尚未换发第三代（智能化）残疾人证，包括没有登记证卡代次的人",
        f"{PLAN} 智能化残疾人证换发",
        _old_card,
    ),
    Worklist(
        "turning-7",
        "即将满7周岁",
        "年龄",
        f"{TURNING_DAYS}天以内满7周岁，儿童康复救助和入学安排应当衔接",
        f"{PLAN} 残疾儿童康复救助",
        _turning(7),
    ),
    Worklist(
        "turning-16",
        "即将满16周岁",
        "年龄",
        f"{TURNING_DAYS}天以内满16周岁，不再在校的应当参加基本养老保险",
        "国发〔2014〕8号 参保范围",
        _turning(16),
    ),
    Worklist(
        "turning-60",
        "即将满60周岁",
        "年龄",
        f"{TURNING_DAYS}天以内满60周岁，参加居民养老保险的可以申领待遇",
        "国发〔2014〕8号",
        _turning(60),
    ),
    Worklist(
        "no-guardian",
        "一二级无监护人",
        "家庭",
        "残疾等级为一级或二级，没有登记监护人",
        OWN,
        _unguarded,
    ),
    Worklist(
        "several",
        "一户多残",
        "家庭",
        "同一户中有两名以上在册持证残疾人",
        f"{OWN}（口径为本系统所定）",
        _several_in_household,
    ),
    Worklist(
        "elder-head",
        "依老养残",
        "家庭",
        "户主年满{elder_age}周岁，户中有户主以外的重度残疾人",
        "老年人权益保障法 第二条（口径为本系统所定）",
        _kept_by_an_elder,
    ),
)
WORKLISTS = {each.code: each for each in ALL}


def condition_of(code: str, *, on: datetime.date, parameters: Parameters) -> Q:
    """The list's condition on Certificate, 在册 included."""
    return registered(on) & WORKLISTS[code].condition(on, parameters)


def conditions(codes: Iterable[str], *, on: datetime.date) -> tuple[dict[str, Q], list[str]]:
    """The lists' conditions on Certificate by code, and the sentences of those whose parameter is missing."""
    parameters = Parameters(on=on)
    found, missing = {}, []
    for code in codes:
        try:
            found[code] = WORKLISTS[code].condition(on, parameters)
        except ParameterMissing as error:
            missing.append(error.message)
    return found, missing


def counts(user: User, *, on: datetime.date, parameters: Parameters) -> dict[str, int | str]:
    """How many people of the user's area stand on each list, in one statement.

    In the place of a number stands the sentence of a missing parameter, which stops one list and not the others.
    """
    columns: dict[str, Count] = {}
    answers: dict[str, int | str] = {}
    for each in ALL:
        try:
            columns[each.code.replace("-", "_")] = Count("pk", filter=each.condition(on, parameters))
        except ParameterMissing as missing:
            answers[each.code] = missing.message
    found = Certificate.objects.visible_to(user).filter(registered(on)).aggregate(**columns)
    return answers | {name.replace("_", "-"): count for name, count in found.items()}


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day of an earlier month, or that month's last."""
    place = day.year * 12 + day.month - 1 - months
    first = datetime.date(place // 12, place % 12 + 1, 1)
    last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
