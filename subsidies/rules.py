"""The two subsidies: who is entitled, who is to be paid for a month, how much, and who was paid.

国发〔2015〕52号; 择高: 民发〔2021〕70号. `month` is a month's first day; `on` is the day people are looked at.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from registry.models import (
    AssistanceKind,
    BenefitKind,
    Category,
    Certificate,
    CertificateStatus,
    Level,
)
from registry.rules import assisted, held, of_grades, receiving, valid, with_certificate
from subsidies.models import LivingPayment, NursingPayment, Payment, Standard, Stop, StopCode, Subsidy
from zalainuoer.common.rules import Clause, Parameters, Rule, labels

SOURCE = "国发〔2015〕52号"
HIGHER_OF_TWO = "民发〔2021〕70号"
ROSTERS: dict[str, type[Payment]] = {Subsidy.LIVING: LivingPayment, Subsidy.NURSING: NursingPayment}

# What ends the right, as against what only suspends payment: T10 leaves somebody among those who should receive.
ENDING = (StopCode.MISSING, StopCode.PRISON, StopCode.FALSE_PAPERS, StopCode.WAIVER)
# The clauses that only suspend: when they hold again, payment goes on without a new application.
SUSPENDING = frozenset({"frozen", StopCode.REVIEW.value})


def living_entitled(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> Rule:
    """困难残疾人生活补贴: a valid certificate, on 低保, none of the things that exclude it."""
    return entitled(Subsidy.LIVING, on=on, month=month, parameters=parameters)


def nursing_entitled(*, on: datetime.date, month: datetime.date, parameters: Parameters) -> Rule:
    """重度残疾人护理补贴: a valid certificate, severe, none of the things that exclude it."""
    return entitled(Subsidy.NURSING, on=on, month=month, parameters=parameters)


def entitled(
    subsidy: str,
    *,
    on: datetime.date,
    month: datetime.date,
    parameters: Parameters,
    standards: Sequence[Standard] | None = None,
) -> Rule:
    """Who has a right to the subsidy on a day: the denominator of indicators 4 and 5; `standards` as in `fitting`."""
    group = _in_hardship if subsidy == Subsidy.LIVING else _in_need_of_care
    return Rule(
        valid(on).model,
        *(clause for clause in valid(on).clauses if clause.code != "expired" or parameters["subsidy.stops_on_expiry"]),
        Clause(~Q(died_on__lte=on), f"截至{on}已死亡", f"{SOURCE} 补贴对象", "dead"),
        group(on=on, parameters=parameters),
        *_not_excluded(subsidy, on=on, month=month, parameters=parameters, standards=standards),
        *(_not_stopped(subsidy, code, on=on) for code in ENDING),
    )


def decide(
    subsidy: str,
    *,
    on: datetime.date,
    month: datetime.date,
    parameters: Parameters,
    standards: Sequence[Standard] | None = None,
) -> Rule:
    """Who may be paid as things stand on a day: entitled, and not suspended for want of a review (T10); `standards` as
    in `fitting`."""
    rule = entitled(subsidy, on=on, month=month, parameters=parameters, standards=standards)
    return rule.but(_not_stopped(subsidy, StopCode.REVIEW, on=on))


def _in_hardship(*, on: datetime.date, parameters: Parameters) -> Clause:
    kinds = parameters["living.required_kinds"]
    reason = f"{on}不属于{labels(AssistanceKind, kinds)}家庭"
    return Clause(assisted(kinds, on=on), reason, f"{SOURCE} 补贴对象", "hardship")


def _in_need_of_care(*, on: datetime.date, parameters: Parameters) -> Clause:
    """重度, or in one of the groups that a local document has opened (三、四级智力、精神, also as a part of 多重)."""
    severe = parameters["severe.levels"]
    levels, categories = parameters["nursing.extension_levels"], parameters["nursing.extension_categories"]
    group = Q(level__in=severe)
    reason = f"残疾等级不是{labels(Level, severe)}"
    if categories and levels:
        group |= of_grades(categories, levels)
        reason += f"，也不是{labels(Level, levels)}{labels(Category, categories)}（含多重残疾中的）"
    return Clause(with_certificate(held(on) & group), reason, f"{SOURCE} 补贴对象", "level")


def _not_excluded(
    subsidy: str,
    *,
    on: datetime.date,
    month: datetime.date,
    parameters: Parameters,
    standards: Sequence[Standard] | None,
) -> tuple[Clause, ...]:
    assistance = parameters[f"{subsidy}.excluding_assistance"]
    barring, rivals = parameters[f"{subsidy}.barring_benefits"], parameters[f"{subsidy}.rival_benefits"]
    return (
        Clause(
            ~assisted(assistance, on=on),
            f"截至{on}已纳入{labels(AssistanceKind, assistance)}",
            f"{SOURCE} 政策衔接",
            "excluded",
        ),
        Clause(
            ~receiving(barring, on=on),
            f"{on}正在享受{labels(BenefitKind, barring)}",
            f"{SOURCE} 政策衔接",
            "barred",
        ),
        Clause(
            ~_outbid(subsidy, rivals, on=on, month=month, standards=standards),
            f"{on}正在享受不低于本补贴标准的{labels(BenefitKind, rivals)}（择高）",
            HIGHER_OF_TWO,
            "rival",
        ),
    )


def _outbid(
    subsidy: str,
    rivals: list[str],
    *,
    on: datetime.date,
    month: datetime.date,
    standards: Sequence[Standard] | None,
) -> Q:
    """Receiving a rival benefit of the same kind that is at least the person's own standard of the month.

    Where the month has no standard yet, the rosters tell what is paid: the most frequent amount.
    """
    rows = fitting(subsidy, on=on, month=month, standards=standards)
    if not rows:
        return Q(receiving(rivals, on=on, at_least_yuan=usual_standard(ROSTERS[subsidy], month=month)))
    outbid = (fits & Q(receiving(rivals, on=on, at_least_yuan=row.amount_yuan)) for row, fits in rows)
    return reduce(or_, outbid)


def fitting(
    subsidy: str, *, on: datetime.date, month: datetime.date, standards: Sequence[Standard] | None = None
) -> list[tuple[Standard, Q]]:
    """The month's standards, each with the condition of Person that it asks on the day. They are read in one statement,
    unless a caller who asks of many days gives them.

    Exactly one must fit whoever is to be paid.
    """
    rows = Standard.objects.in_month(subsidy, month) if standards is None else standards
    return [(row, _fits(row, on=on)) for row in rows]


def _fits(row: Standard, *, on: datetime.date) -> Q:
    asked = {
        "level__in": row.levels,
        "category__in": row.categories,
        "hukou_type": row.hukou_type,
    }
    of_statement = Q(**{name: value for name, value in asked.items() if value})
    fits = Q(with_certificate(held(on) & of_statement)) if of_statement else Q(pk__isnull=False)
    return fits & Q(assisted(row.assistance_kinds, on=on)) if row.assistance_kinds else fits


def usual_standard(roster: type[Payment], *, month: datetime.date) -> Subquery:
    """The most frequent standard on a month's roster, the higher on a tie (yuan a month)."""
    lines = roster.objects.filter(month=month).values("standard_yuan").annotate(lines=Count("pk"))
    return Subquery(lines.order_by("-lines", "-standard_yuan").values("standard_yuan")[:1])


STOPPED: dict[str, str] = {
    StopCode.MISSING: "已宣告失踪",
    StopCode.PRISON: "在服刑",
    StopCode.FALSE_PAPERS: "因虚假材料停发",
    StopCode.REVIEW: "因未参加或未通过年度复核暂停",
    StopCode.WAIVER: "已书面放弃",
}


def _not_stopped(subsidy: str, code: StopCode, *, on: datetime.date) -> Clause:
    return Clause(~stopped(subsidy, [code], on=on), f"{on}{STOPPED[code]}", f"{SOURCE} 动态管理", code.value)


def stopped(subsidy: str, codes: list[StopCode], *, on: datetime.date) -> Exists:
    """Of Person: a stop of one of the kinds is recorded and stands on the day."""
    rows = Stop.objects.standing().filter(Q(until_on__isnull=True) | Q(until_on__gt=on), effective_on__lte=on)
    return Exists(rows.filter(person=OuterRef("pk"), subsidy=subsidy, code__in=codes))


# why somebody is not paid, as T1 to T11

_CODES: dict[str, StopCode] = {
    "dead": StopCode.DEATH,
    "expired": StopCode.CERTIFICATE,
    "frozen": StopCode.CERTIFICATE,
    "level": StopCode.GRADE,
    "hardship": StopCode.HARDSHIP,
    "excluded": StopCode.EXCLUDED,
    "barred": StopCode.EXCLUDED,
    "rival": StopCode.EXCLUDED,
    **{code.value: code for code in (*ENDING, StopCode.REVIEW)},
}


def stop_code(failed: list[Clause], statement: Certificate | None) -> str:
    """T1 to T11 for the clauses that do not hold (in the rule's order: the weightiest first), or "none".

    `statement` is the certificate statement of the day: what has gone may be dead, moved away or cancelled.
    """
    codes = [clause.code for clause in failed]
    if "dead" in codes:
        return StopCode.DEATH
    if "gone" in codes:
        return _gone(statement)
    return next((_CODES[code].value for code in codes if code in _CODES), "none")


def _gone(statement: Certificate | None) -> str:
    if statement is None or statement.status == CertificateStatus.CANCELLED:
        reason = "" if statement is None else statement.status_reason or ""
        known = {"死亡": StopCode.DEATH, "宣告死亡": StopCode.DEATH, "宣告失踪": StopCode.MISSING}
        return known.get(reason, StopCode.CERTIFICATE)
    return StopCode.MOVED


# who was paid


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
