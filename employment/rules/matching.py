"""Which seeker suits which vacancy, and why: one set of clauses, asked of many vacancies for one seeker or of many
seekers for one vacancy.

A clause is written once over two sides; the side that is asked about is the rows of a queryset, the other one object.
Hard clauses must hold before somebody is recommended; soft ones are wishes, and rank by how many of them hold.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains, ArrayOverlap  # type: ignore[attr-defined]
from django.db.models import CharField, Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull, LessThanOrEqual

from employment.models import JobReferral, JobSeeker, ReferralOutcome, SeekerStatus, Vacancy
from employment.rules.working_age import working_age
from registry.models import Certificate
from registry.rules import CERTIFICATE_RULES, expired, frozen, held, registered
from zalainuoer.common.rules import Clause, Parameters, Rule, truth

FAIR = "就业促进法 第二十九条"
SERVICE = "残疾人就业条例 第二十二条"
WISH = "本人或单位登记的意愿，只排先后"
# What a clause says where it holds.
HOLDS = {
    "looking": "求职登记没有结束",
    "certificate": "残疾人证有效",
    "working_age": "在就业年龄段",
    "open": "招聘在有效期内",
    "room": "还有名额",
    "category": "残疾类别适合",
    "level": "残疾等级适合",
    "unsent": "没有推介过",
    "trade": "工种合乎意愿",
    "skill": "会做这个工种",
    "wage": "工资达到期望",
    "place": "工作地点合乎意愿",
    "education": "文化程度达到要求",
}
SOFT = ("trade", "skill", "wage", "place", "education")
TEXTS = ArrayField(CharField())


class Side(Protocol):
    """The seeker or the vacancy of a pair."""

    def value(self, path: str) -> Any:
        """The value of a field as an expression."""

    def outer(self, path: str) -> Any:
        """The same for use inside a subquery's filter."""


class Rows:
    """The side whose rows are asked about."""

    def value(self, path: str) -> Any:
        return F(path)

    def outer(self, path: str) -> Any:
        return OuterRef(path)


@dataclass(frozen=True)
class One:
    """The side of which there is one."""

    row: JobSeeker | Vacancy

    def value(self, path: str) -> Any:
        found, field = self._found(path)
        return Cast(Value(found, output_field=field), field) if isinstance(field, ArrayField) else Value(found, field)

    def outer(self, path: str) -> Any:
        return self._found(path)[0]

    def _found(self, path: str) -> tuple[Any, Any]:
        row: Any = self.row
        *way, name = path.split("__")
        for step in way:
            row = getattr(row, step)
        field = row._meta.pk if name == "pk" else row._meta.get_field(name)
        if field.is_relation:
            return getattr(row, field.attname), row._meta.pk
        if isinstance(field, ArrayField):
            return getattr(row, name), TEXTS
        return getattr(row, field.attname), field


def matching(*, seeker: Side, vacancy: Side, on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    """Every clause about a pair, the hard ones first."""
    return (
        *_about_seeker(seeker, on=on, parameters=parameters),
        *_about_vacancy(vacancy, on=on),
        *_suitable(seeker, vacancy, on=on),
        *_wishes(seeker, vacancy),
    )


def vacancies_for(seeker: JobSeeker, *, on: datetime.date, parameters: Parameters) -> Rule:
    """Of Vacancy: what suits one seeker (its person loaded)."""
    return Rule(Vacancy, *matching(seeker=One(seeker), vacancy=Rows(), on=on, parameters=parameters))


def seekers_for(vacancy: Vacancy, *, on: datetime.date, parameters: Parameters) -> Rule:
    """Of JobSeeker: who suits one vacancy."""
    return Rule(JobSeeker, *matching(seeker=Rows(), vacancy=One(vacancy), on=on, parameters=parameters))


def hard(rule: Rule) -> Rule:
    """What must hold before anybody is recommended."""
    return Rule(rule.model, *(clause for clause in rule.clauses if clause.code not in SOFT))


def soft(rule: Rule) -> tuple[Clause, ...]:
    """The wishes."""
    return tuple(clause for clause in rule.clauses if clause.code in SOFT)


def ranked(rule: Rule, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with `wishes_met`, the number of wishes that hold, the most first."""
    met: Any = Value(0)
    for clause in soft(rule):
        met = met + Cast(truth(clause.condition), IntegerField())
    return rows.annotate(wishes_met=met).order_by("-wishes_met", "pk")


def _about_seeker(seeker: Side, *, on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    valid = Certificate.objects.filter(registered(on), ~expired(on), ~frozen(on), person=seeker.outer("person"))
    age = working_age(
        on=on, parameters=parameters, born=seeker.value("person__born_on"), sex=seeker.value("person__sex")
    )
    status = seeker.value("status")
    return (
        Clause(
            Q(Exact(status, SeekerStatus.SEEKING.value)) | Q(Exact(status, SeekerStatus.REFERRED.value)),
            "求职登记已经结束",
            SERVICE,
            "looking",
        ),
        Clause(Exists(valid), f"{on}没有有效的残疾人证", f"{CERTIFICATE_RULES}第十九条", "certificate"),
        age,
    )


def _about_vacancy(vacancy: Side, *, on: datetime.date) -> tuple[Clause, ...]:
    hired = JobReferral.objects.filter(vacancy=vacancy.outer("pk"), outcome=ReferralOutcome.HIRED)
    counted = hired.order_by().values("vacancy").annotate(count=Count("pk")).values("count")
    taken = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    day = Value(on)
    return (
        Clause(
            Q(LessThanOrEqual(vacancy.value("registered_on"), day))
            & Q(GreaterThanOrEqual(vacancy.value("valid_until"), day))
            & Q(IsNull(vacancy.value("closed_on"), True)),
            f"招聘在{on}不在有效期内，或者已经停止",
            SERVICE,
            "open",
        ),
        Clause(Q(LessThanOrEqual(taken + 1, vacancy.value("number"))), "招聘人数已经满了", SERVICE, "room"),
    )


def _suitable(seeker: Side, vacancy: Side, *, on: datetime.date) -> tuple[Clause, ...]:
    def accepted(field: str, of_certificate: str) -> Q:
        held_today = Certificate.objects.filter(held(on), person=seeker.outer("person")).values(of_certificate)[:1]
        listed = Func(
            Subquery(held_today), function="ARRAY", template="%(function)s[%(expressions)s]", output_field=TEXTS
        )
        wanted = Cast(vacancy.value(field), TEXTS)
        return Q(_is_empty(wanted)) | Q(ArrayContains(wanted, Cast(listed, TEXTS)))

    sent = JobReferral.objects.filter(seeker=seeker.outer("pk"), vacancy=vacancy.outer("pk"))
    return (
        Clause(accepted("categories", "category"), "单位登记的残疾类别中没有此人的类别", FAIR, "category"),
        Clause(accepted("levels", "level"), "单位登记的残疾等级中没有此人的等级", FAIR, "level"),
        Clause(~Exists(sent.exclude(outcome=ReferralOutcome.WITHDRAWN)), "已向这个岗位推介过", SERVICE, "unsent"),
    )


def _wishes(seeker: Side, vacancy: Side) -> tuple[Clause, ...]:
    offered = Cast(vacancy.value("trades"), TEXTS)
    wanted, able = Cast(seeker.value("wanted"), TEXTS), Cast(seeker.value("skills"), TEXTS)
    least, place = seeker.value("least_wage_yuan"), seeker.value("wanted_street")
    return (
        Clause(
            Q(_is_empty(offered)) | Q(_is_empty(wanted)) | Q(ArrayOverlap(offered, wanted)),
            "岗位的工种不是本人想做的",
            WISH,
            "trade",
        ),
        Clause(Q(_is_empty(offered)) | Q(ArrayOverlap(offered, able)), "岗位的工种不是本人会做的", WISH, "skill"),
        Clause(
            Q(IsNull(least, True)) | Q(GreaterThanOrEqual(vacancy.value("wage_yuan"), least)),
            "工资低于本人的期望",
            WISH,
            "wage",
        ),
        Clause(
            Q(IsNull(place, True)) | Q(Exact(vacancy.value("street"), place)),
            "工作地点不在期望的街道（镇）",
            WISH,
            "place",
        ),
        Clause(
            Q(GreaterThanOrEqual(seeker.value("education"), vacancy.value("education"))),
            "文化程度低于岗位的要求",
            WISH,
            "education",
        ),
    )


def _is_empty(array: Any) -> Any:
    return Exact(Func(array, function="cardinality", output_field=IntegerField()), 0)
