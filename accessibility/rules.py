"""Home retrofits: which households count (无障碍环境建设法 第十九条; 规划 指标11)."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accessibility.models import AcceptanceVerdict, Hardship, HomeRetrofit
from registry.models import Household, Level
from zalainuoer.common.rules import Clause, Parameters, Rule, labels


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
            "无障碍环境建设法 第十九条",
        ),
    )
