"""盲人按摩: who may be registered, and whom the office should remind of what (盲人医疗按摩管理办法)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from employment.models import (
    CheckOutcome,
    MassageCheck,
    MassageCredit,
    MassageKind,
    MassagePractitioner,
    PracticeFiling,
)
from registry.models import Category, Certificate, Level, Person
from registry.rules import CERTIFICATE_RULES, PLAN, expired, frozen, of_grades, registered, with_certificate
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.rules import Clause, Parameters, Rule, truth

MEDICAL_RULES = "盲人医疗按摩管理办法"
CHECK, CREDITS, FILING, UNFILED, DISABILITY = "check", "credits", "filing", "unfiled", "disability"
REMINDERS = {
    CHECK: "本年度没有年审合格",
    CREDITS: "继续教育学分不足",
    FILING: "执业备案即将到期或已过期",
    UNFILED: "没有执业备案",
    DISABILITY: "残疾人证即将到期或已失效",
}


def may_practise(*, on: datetime.date) -> Rule:
    """Of Person: somebody whose 残疾人证 says 视力残疾, by itself or within 多重 (办法 第二条: 盲人)."""
    return Rule(
        Person,
        Clause(
            with_certificate(registered(on) & of_grades([Category.VISUAL], list(Level.values))),
            f"{on}没有视力残疾的残疾人证",
            f"{MEDICAL_RULES} 第二条",
        ),
        Clause(Q(died_on__isnull=True), "已登记死亡", CERTIFICATE_RULES),
    )


def required_credits(parameters: Parameters) -> Decimal | None:
    """What a year of 继续教育 has to give; None while no document says (参数未维护)."""
    try:
        return Decimal(str(parameters["massage.required_credits"]))
    except ParameterMissing:
        return None


def with_reminders(
    rows: QuerySet[MassagePractitioner], *, on: datetime.date, parameters: Parameters
) -> QuerySet[MassagePractitioner]:
    """Practitioners with a column `remind_…` for each of REMINDERS, and `credits_of_year`; in the same statement.

    Whoever no longer practises is reminded of nothing. Without a required number of credits nobody is short.
    """
    soon = on + datetime.timedelta(days=parameters["massage.expiring_days"])
    learned = MassageCredit.objects.filter(practitioner=OuterRef("pk"), year=on.year).order_by()
    total = learned.values("practitioner").annotate(total=Sum("credits")).values("total")
    rows = rows.annotate(
        credits_of_year=Coalesce(Subquery(total), Value(Decimal(0)), output_field=DecimalField(decimal_places=1))
    )
    conditions = {name: truth(working(on), *found) for name, found in _conditions(on, soon, parameters).items()}
    return rows.annotate(**{f"remind_{name}": condition for name, condition in conditions.items()})


def working(on: datetime.date) -> Q:
    """Of MassagePractitioner: still practising on the day."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=on)


def _conditions(on: datetime.date, soon: datetime.date, parameters: Parameters) -> dict[str, tuple[Any, ...]]:
    checked = MassageCheck.objects.filter(practitioner=OuterRef("pk"), year=on.year, result=CheckOutcome.PASSED)
    filings = PracticeFiling.objects.filter(practitioner=OuterRef("pk"), stopped_on__isnull=True)
    good = Certificate.objects.filter(registered(on), ~expired(on), ~frozen(on), person=OuterRef("person"))
    required = required_credits(parameters)
    return {
        # 规划: 资格证书年审; in the year somebody qualified there is nothing to check yet
        CHECK: (~Exists(checked), Q(qualified_on__year__lt=on.year)),
        CREDITS: (Q(pk__in=()) if required is None else Q(credits_of_year__lt=required),),
        FILING: (Exists(filings.filter(valid_until__lte=soon)),),
        UNFILED: (~Exists(filings), Q(kind=MassageKind.MEDICAL)),
        DISABILITY: (~Exists(good.filter(expires_on__gt=soon)),),
    }


SOURCES = {
    CHECK: f"{PLAN} 盲人按摩",
    CREDITS: f"{PLAN} 盲人按摩",
    FILING: "国中医药医政发〔2014〕2号",
    UNFILED: "国中医药医政发〔2014〕2号",
    DISABILITY: f"{CERTIFICATE_RULES}第十九条",
}
