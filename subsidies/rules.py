"""The two subsidies: who is entitled in a month, and who was paid (国发〔2015〕52号; 择高: 民发〔2021〕70号).

`month` is a month's first day; `on` is the day people are looked at, at most the month's last.
"""

from __future__ import annotations

import datetime

from django.db.models import Count, Exists, OuterRef, Subquery

from registry.models import AssistanceKind, BenefitKind
from registry.rules import assisted, receiving, severe, valid
from subsidies.models import LivingPayment, NursingPayment, Payment
from zalainuoer.common.rules import Clause, Parameters, Rule, labels

SOURCE = "国发〔2015〕52号"
HIGHER_OF_TWO = "民发〔2021〕70号"


def living_entitled(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> Rule:
    """困难残疾人生活补贴: a valid certificate, on 低保, none of the things that exclude it."""
    required = parameters["living.required_kinds"]
    return valid(on).but(
        Clause(
            assisted(required, on=on),
            f"{on}不属于{labels(AssistanceKind, required)}家庭",
            f"{SOURCE} 补贴对象",
        ),
        *_not_excluded("living", LivingPayment, on=on, month=month, parameters=parameters),
    )


def nursing_entitled(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> Rule:
    """重度残疾人护理补贴: a valid certificate, severe, none of the things that exclude it."""
    return valid(on).but(
        severe(on=on, parameters=parameters),
        *_not_excluded("nursing", NursingPayment, on=on, month=month, parameters=parameters),
    )


def _not_excluded(
    subsidy: str, roster: type[Payment], *, on: datetime.date, month: datetime.date, parameters: Parameters
) -> tuple[Clause, ...]:
    assistance = parameters[f"{subsidy}.excluding_assistance"]
    barring, rivals = parameters[f"{subsidy}.barring_benefits"], parameters[f"{subsidy}.rival_benefits"]
    return (
        Clause(
            ~assisted(assistance, on=on),
            f"{on}已纳入{labels(AssistanceKind, assistance)}",
            f"{SOURCE} 政策衔接",
        ),
        Clause(~receiving(barring, on=on), f"{on}正在享受{labels(BenefitKind, barring)}", f"{SOURCE} 政策衔接"),
        Clause(
            ~receiving(rivals, on=on, at_least_yuan=standard(roster, month=month)),
            f"{on}正在享受不低于本补贴标准的{labels(BenefitKind, rivals)}（择高）",
            HIGHER_OF_TWO,
        ),
    )


def standard(roster: type[Payment], *, month: datetime.date) -> Subquery:
    """The month's standard: the most frequent on its roster, the higher on a tie (yuan a month)."""
    lines = roster.objects.filter(month=month).values("standard_yuan").annotate(lines=Count("pk"))
    return Subquery(lines.order_by("-lines", "-standard_yuan").values("standard_yuan")[:1])


def living_paid(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    """On the living subsidy's roster of the month, with an amount above 0."""
    return _paid(LivingPayment, month=month, title="困难残疾人生活补贴")


def nursing_paid(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    """On the nursing subsidy's roster of the month, with an amount above 0."""
    return _paid(NursingPayment, month=month, title="重度残疾人护理补贴")


def _paid(roster: type[Payment], *, month: datetime.date, title: str) -> tuple[Clause, ...]:
    lines = roster.objects.filter(person=OuterRef("pk"), month=month)
    name = f"{month.year}年{month.month}月{title}发放名册"
    return (
        Clause(Exists(lines), f"{name}中没有此人", f"{SOURCE} 补贴发放"),
        Clause(~Exists(lines.filter(amount_yuan=0)), f"{name}中的发放金额为0", f"{SOURCE} 补贴发放"),
    )
