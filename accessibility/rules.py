"""Home retrofits: which households count (无障碍环境建设法 第十九条; 规划 指标11)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from accessibility.models import AcceptanceVerdict, EndReason, Hardship, HomeRetrofit, RetrofitHome
from registry import worklists
from registry.models import AssistanceUnit, Certificate, Household, Level, SocialAssistance
from registry.rules import CERTIFICATE_RULES, PLAN, held, registered, valid, with_certificate
from zalainuoer.common.rules import Clause, Parameters, Rule, labels, truth

LAW = "无障碍环境建设法 第十九条"
WORKS = f"{PLAN}（五）3"  # a retrofit is works in the home, not a device handed out
ONCE = f"{PLAN} 指标11"  # households are counted, each once


def counting_projects(
    *, starts_on: datetime.date, until: datetime.date, parameters: Parameters
) -> QuerySet[HomeRetrofit]:
    """Projects accepted 合格 in starts_on … until, of a household in hardship and severe when they were approved."""
    return HomeRetrofit.objects.filter(
        verdict=AcceptanceVerdict.PASSED,
        accepted_on__gte=starts_on,
        accepted_on__lte=until,
        hardship__in=parameters["retrofit.hardship_kinds"],
        level__in=parameters["severe.levels"],
    )


def retrofitted(*, on: datetime.date, starts_on: datetime.date, until: datetime.date, parameters: Parameters) -> Rule:
    """Households with a project accepted 合格 in starts_on … until, in hardship and severe when it was approved.

    Each once, whatever the number of its disabled members, projects or years.
    """
    hardships, levels = parameters["retrofit.hardship_kinds"], parameters["severe.levels"]
    projects = counting_projects(starts_on=starts_on, until=until, parameters=parameters)
    return Rule(
        Household,
        Clause(
            Exists(projects.filter(household=OuterRef("pk"))),
            f"没有{starts_on}至{until}验收合格、批准时为{labels(Hardship, hardships)}且"
            f"残疾等级为{labels(Level, levels)}的改造项目",
            LAW,
        ),
    )


# Of a candidate's clauses, those that a new wish or another dwelling may lift when the home is opened again.
SOFT = ("declined", "not_alterable")


def candidates(*, on: datetime.date, parameters: Parameters) -> Rule:
    """Who may be a retrofit's 残疾人 on a day: severe, in hardship, at a home not retrofitted, wished for, alterable.

    A household is retrofitted once (规划 指标11), whichever member it was done for. Wish and alterability are known of
    homes that have been visited; the others are asked on the spot.
    """
    levels, kinds = parameters["severe.levels"], parameters["retrofit.hardship_kinds"]
    homes = RetrofitHome.objects
    return valid(on).but(
        Clause(Q(died_on__isnull=True) | Q(died_on__gt=on), "此人已死亡", CERTIFICATE_RULES, "dead"),
        Clause(with_certificate(held(on) & Q(level__in=levels)), f"残疾等级不是{labels(Level, levels)}", LAW, "severe"),
        Clause(
            with_certificate(held(on) & hardship_of_holder(kinds, on=on)),
            f"本人和同户都没有{labels(Hardship, kinds)}的在享救助",
            LAW,
            "hardship",
        ),
        Clause(
            ~_at_home(HomeRetrofit.objects.filter(verdict=AcceptanceVerdict.PASSED), on=on),
            "这一户已有验收合格的改造，一户只改造一次",
            ONCE,
            "already",
        ),
        Clause(~_at_home(homes.open(), on=on), "这一户正在办理改造", ONCE, "open"),
        Clause(~_at_home(homes.filter(end_reason=EndReason.DECLINED), on=on), "这一户登记过放弃改造", LAW, "declined"),
        Clause(
            ~_at_home(homes.filter(end_reason=EndReason.NOT_ALTERABLE), on=on),
            "入户评估认为住房不具备改造条件",
            LAW,
            "not_alterable",
        ),
    )


def hardship_of_holder(kinds: list[str], *, on: datetime.date) -> Q:
    """Of Certificate: the holder is assisted with a kind on the day, or the whole household through another holder."""
    running = SocialAssistance.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    running = running.filter(kind__in=kinds)
    of_all = running.filter(unit=AssistanceUnit.HOUSEHOLD).values("person")
    homes = Certificate.objects.filter(held(on), person__in=of_all).values("household")
    return Q(person__in=running.values("person")) | Q(household__in=homes)


def _at_home(rows: Any, *, on: datetime.date) -> Exists:
    """Of Person: the household of the day is among those of the rows."""
    return with_certificate(held(on) & Q(household__in=rows.values("household")))


def by_priority(people: Any, *, on: datetime.date) -> tuple[Any, list[str]]:
    """Candidates with `several` (一户多残) and `elder` (以老养残) first, then the more severe.

    The second answer are sentences about marks that cannot be told, for want of a parameter.
    """
    conditions, missing = worklists.conditions(("several", "elder-head"), on=on)
    marks = {
        name: with_certificate(registered(on) & conditions[code]) if code in conditions else Value(False)
        for name, code in (("several", "several"), ("elder", "elder-head"))
    }
    level = Certificate.objects.filter(held(on), person=OuterRef("pk")).values("level")[:1]
    rows = people.annotate(**{name: truth(each) if isinstance(each, Exists) else each for name, each in marks.items()})
    rows = rows.annotate(level=Subquery(level), first=_one("several") + _one("elder"))
    return rows.order_by("-first", "level", "pinyin", "pk"), missing


def _one(mark: str) -> Case:
    return Case(When(**{mark: True}, then=Value(1)), default=Value(0), output_field=IntegerField())
