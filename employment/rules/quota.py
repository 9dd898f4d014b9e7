"""按比例安排残疾人就业: which month of whose employment counts, at which employer, and for how many.

A *claim* is one recorded month of one employment (EmploymentMonth). Certificates, contract, age and agreement are asked
for on one day of the month, `decided_on`: its last day on which the employment still stood (the month's last day, or
the day the employment ended). For the quota goes by the 社会保险 month, so that the month of hiring counts whole however
late in it somebody is hired (残联厅函〔2022〕63号（四）: 10 月就业计 3 个月); and what lapsed before that day was not valid “在有效期内”
for the month. An employer exists in a month if it does on any of its days, for the same reason.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest, Least

from employment.models import (
    AT_AN_EMPLOYER,
    MONTHS,
    ContractKind,
    CountedAt,
    Employer,
    EmploymentMonth,
    MilitaryCertificate,
)
from employment.rules.terms import Asking, ParameterBook
from registry.models import Certificate, Sex
from registry.rules import expired, frozen, registered
from zalainuoer.common.rules import Clause, Rule

WHO_COUNTS = "内财非税规〔2018〕9号；残联厅函〔2022〕63号"
CERTIFIED = "残联厅函〔2022〕63号（一）（二）"
HIRED = "残疾人就业条例 第十二条；财税〔2015〕72号"
THREE_PARTIES = "残联厅函〔2022〕63号；财税〔2015〕72号"
HIGHEST_MILITARY_LEVEL = 8
MILITARY = "military"  # beside the categories in `employment.weights`
ELSEWHERE = "elsewhere"  # the clause about a second claim


# when


def month_end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def months_of(year: int) -> list[datetime.date]:
    """The first days of a year's months."""
    return [datetime.date(year, month, 1) for month in MONTHS]


def months_existing(year: int, *, established_on: datetime.date | None, closed_on: datetime.date | None) -> list[int]:
    """The months (1–12) of a year on any day of which an employer existed."""
    return [
        month
        for month in MONTHS
        if (established_on is None or established_on <= month_end(year, month))
        and (closed_on is None or closed_on >= datetime.date(year, month, 1))
    ]


@dataclass(frozen=True)
class MonthTerms:
    """The parameters of a month, by its last day; `missing` names those without a value."""

    month: datetime.date
    minimum_wage: Decimal | None
    age_min: int | None
    age_max: Mapping[str, int | None]  # by sex
    missing: tuple[str, ...]

    @classmethod
    def of(cls, month: datetime.date, parameters: Asking) -> MonthTerms:
        """Read from those in force on the month's last day."""
        wage = parameters["employment.minimum_wage_yuan"]
        youngest = parameters["employment.working_age_min"]
        oldest = {
            Sex.MALE.value: parameters["employment.working_age_max_male"],
            Sex.FEMALE.value: parameters["employment.working_age_max_female"],
        }
        decimal = None if wage is None else Decimal(str(wage))
        return cls(month, decimal, youngest, oldest, tuple(parameters.missing.values()))


def terms_of_months(year: int, book: ParameterBook) -> list[MonthTerms]:
    """Those of a year's twelve months."""
    return [MonthTerms.of(month, book.on(month_end(year, month.month))) for month in months_of(year)]


# which claims there are


class MonthEnd(Func):
    """The last day of the month that begins on a day."""

    template = "(%(expressions)s + interval '1 month - 1 day')::date"
    output_field = DateField()


class YearLater(Func):
    """The last day of the year that begins on a day (民法典 第二百零二条: where no such day is, the month's last)."""

    template = "(%(expressions)s + interval '1 year - 1 day')::date"
    output_field = DateField()


class DayBeforeAYearLater(Func):
    """The same reckoned from the day before, which is right for 29 February; the later of the two is the year's end."""

    template = "((%(expressions)s - interval '1 day') + interval '1 year')::date"
    output_field = DateField()


class CompletedYears(Func):
    """周岁 on the first day of somebody born on the second: full dates; born on 29 February, on 1 March."""

    template = "extract(year FROM age(%(expressions)s))::int"
    output_field = IntegerField()


def claims(year: int) -> QuerySet[EmploymentMonth]:
    """The recorded months of a year, each with `decided_on`, the age on that day and `claimed_by`: where it counts if it does.

    That is the 派遣单位, the employer of the record, unless an agreement in force on the day says the 用工单位: one of
    the two, never both (残联厅函〔2022〕63号; 财税〔2015〕72号).
    """
    host = Q(
        record__agreement__counted_at=CountedAt.HOST,
        record__agreement__dispatcher=F("record__employer"),
        record__agreement__starts_on__lte=F("decided_on"),
    ) & (Q(record__agreement__ends_on__isnull=True) | Q(record__agreement__ends_on__gte=F("decided_on")))
    rows = EmploymentMonth.objects.filter(month__gte=datetime.date(year, 1, 1), month__lte=datetime.date(year, 12, 1))
    return rows.annotate(decided_on=Least(MonthEnd("month"), F("record__ended_on"))).annotate(
        claimed_by=Case(
            When(host, then=F("record__agreement__host")),
            default=F("record__employer"),
            output_field=BigIntegerField(),
        ),
        age_then=CompletedYears(F("decided_on"), F("record__person__born_on")),
    )


# which of them count


def counted(year: int, terms: Iterable[MonthTerms]) -> Rule:
    """Claims of a year that count: every condition holds in that month, and nobody has claimed the person before.

    For `claims(year)`. Of several claims to a person's month that fulfil everything else, the first recorded counts
    (its row's primary key), at one employer or at two; the others are 重复申报，待核. In a month without a minimum wage
    or an age limit (参数未维护) nothing counts; `undecided` says who might.
    """
    terms = list(terms)
    conditions = _conditions(year, terms)
    holding = claims(year).filter(*(clause.condition for clause in conditions))
    before = holding.filter(record__person=OuterRef("record__person"), month=OuterRef("month"), pk__lt=OuterRef("pk"))
    twice = Clause(~Exists(before), "重复申报，待核：同一个月已有先登记的申报计入", THREE_PARTIES, ELSEWHERE)
    return Rule(EmploymentMonth, *conditions, twice)


def undecided(year: int, terms: Iterable[MonthTerms]) -> QuerySet[EmploymentMonth]:
    """Claims in months that lack a parameter, for which all that can be asked holds: they may count or not."""
    terms = list(terms)
    months = [each.month for each in terms if each.missing]
    asked = (clause.condition for clause in _conditions(year, terms, lenient=True))
    return claims(year).filter(*asked, month__in=months)


def _conditions(year: int, terms: list[MonthTerms], *, lenient: bool = False) -> tuple[Clause, ...]:
    """All but the last; `lenient` lets what a missing parameter would decide pass."""
    return (
        Clause(Q(record__form__in=AT_AN_EMPLOYER), "就业形式不是按比例就业或集中就业", WHO_COUNTS, "form"),
        Clause(
            Q(record__started_on__lte=F("decided_on"))
            & (Q(record__ended_on__isnull=True) | Q(record__ended_on__gte=F("month"))),
            "当月不在就业期间内",
            WHO_COUNTS,
            "span",
        ),
        Clause(_exists_then(), "计入单位当月没有存续", HIRED, "employer"),
        *_certified(),
        *_hired(),
        Clause(
            _known(Q(wage_yuan__gte=_by_month(terms, "minimum_wage")), terms, "minimum_wage", lenient),
            "实发工资低于当月最低工资标准，或最低工资标准未维护",
            WHO_COUNTS,
            "wage",
        ),
        Clause(Q(is_pension_paid=True), "当月没有缴纳养老保险", WHO_COUNTS, "pension"),
        Clause(Q(is_medical_paid=True), "当月没有缴纳医疗保险", WHO_COUNTS, "medical"),
        *_of_age(terms, lenient),
    )


def _exists_then() -> Exists:
    """The employer at which it would count exists on some day of the month."""
    return Exists(
        Employer.objects.filter(
            Q(established_on__isnull=True) | Q(established_on__lte=MonthEnd(OuterRef("month"))),
            Q(closed_on__isnull=True) | Q(closed_on__gte=OuterRef("month")),
            pk=OuterRef("claimed_by"),
        )
    )


def _certificates(*conditions: Q) -> QuerySet[Certificate]:
    """The statement about the person's 残疾人证 that held on the day; 挂失 does not undo it (registry.rules.valid)."""
    return Certificate.objects.filter(
        registered(OuterRef("decided_on")), *conditions, person=OuterRef("record__person")
    )


def _valid_certificates() -> QuerySet[Certificate]:
    return _certificates(~expired(OuterRef("decided_on")), ~frozen(OuterRef("decided_on")))


def _military() -> QuerySet[MilitaryCertificate]:
    """残疾军人证 of a level that counts, valid on the day."""
    return MilitaryCertificate.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=OuterRef("decided_on")),
        person=OuterRef("record__person"),
        level__lte=HIGHEST_MILITARY_LEVEL,
        valid_from__lte=OuterRef("decided_on"),
    )


def _certified() -> tuple[Clause, ...]:
    veteran = Q(Exists(_military()))
    return (
        Clause(
            veteran | Q(Exists(_certificates())),
            "没有在册的残疾人证，也没有有效的残疾军人证（1至8级）",
            CERTIFIED,
            "certificate",
        ),
        Clause(
            veteran | ~Q(Exists(_certificates(expired(OuterRef("decided_on"))))),
            "残疾人证已过有效期",
            CERTIFIED,
            "expired",
        ),
        Clause(
            veteran | ~Q(Exists(_certificates(frozen(OuterRef("decided_on"))))),
            "残疾人证处于冻结状态",
            CERTIFIED,
            "frozen",
        ),
    )


def _hired() -> tuple[Clause, ...]:
    on_the_books = Q(record__contract=ContractKind.ESTABLISHED)
    open_ended = Q(record__contract_until__isnull=True)
    a_year = Greatest(YearLater("record__contract_from"), DayBeforeAYearLater("record__contract_from"))
    return (
        Clause(Q(record__contract__in=ContractKind.values), "没有登记在编、劳动合同或服务协议", HIRED, "contract"),
        Clause(
            on_the_books
            | (Q(record__contract_from__isnull=False) & (open_ended | Q(record__contract_until__gte=a_year))),
            "劳动合同或服务协议不满一年，或没有登记起始日期",
            HIRED,
            "contract_year",
        ),
        Clause(
            on_the_books
            | (
                Q(record__contract_from__lte=F("decided_on"))
                & (open_ended | Q(record__contract_until__gte=F("decided_on")))
            ),
            "当月不在劳动合同或服务协议的期限内",
            HIRED,
            "contract_covers",
        ),
    )


def _of_age(terms: list[MonthTerms], lenient: bool) -> tuple[Clause, ...]:
    """Of working age by the full date of birth, not by the difference of years."""
    oldest = Case(
        *(
            When(month=each.month, record__person__sex=sex, then=Value(limit))
            for each in terms
            for sex, limit in each.age_max.items()
            if limit is not None
        ),
        default=Value(None, output_field=IntegerField()),
        output_field=IntegerField(),
    )
    young_enough = Q(record__is_retirement_deferred=True) | Q(age_then__lte=oldest)
    without = [each.month for each in terms if None in each.age_max.values()]
    if lenient and without:
        young_enough |= Q(month__in=without)
    old_enough = _known(Q(age_then__gte=_by_month(terms, "age_min")), terms, "age_min", lenient)
    return (
        Clause(old_enough, "未达到就业年龄", WHO_COUNTS, "too_young"),
        Clause(young_enough, "已超过就业年龄，也没有依法延迟退休", WHO_COUNTS, "too_old"),
    )


def _by_month(terms: list[MonthTerms], name: str) -> Case:
    """The parameter of a claim's month; NULL where it has no value, which fulfils nothing."""
    output = DecimalField() if name == "minimum_wage" else IntegerField()
    known = [(each.month, getattr(each, name)) for each in terms if getattr(each, name) is not None]
    return Case(
        *(When(month=month, then=Value(value, output_field=output)) for month, value in known),
        default=Value(None, output_field=output),
        output_field=output,
    )


def _known(condition: Q, terms: list[MonthTerms], name: str, lenient: bool) -> Q:
    without = [each.month for each in terms if getattr(each, name) is None]
    return condition | Q(month__in=without) if lenient and without else condition


# for how many


def with_grades(rows: QuerySet[EmploymentMonth]) -> QuerySet[EmploymentMonth]:
    """Claims with what the weight goes by: `category` and `level` of the 残疾人证 valid on the day, `military` the most
    severe level of a valid 残疾军人证; None where there is none."""
    certificate = _valid_certificates()
    return rows.annotate(
        category=Subquery(certificate.values("category")[:1]),
        level=Subquery(certificate.values("level")[:1]),
        military=Subquery(_military().order_by("level").values("level")[:1]),
    )


class Weights:
    """折算系数 of an audit year by category and level of the certificate, and by the level of a 残疾军人证.

    残联厅函〔2022〕63号: 残疾人证 一、二级 and 残疾军人证 1–3级 count as two, all others as one. The earlier 内财非税规〔2018〕9号
    counts 智力、精神 三、四级 as two: the matrix is a parameter, and the federation decides. Of two certificates the heavier
    counts.
    """

    def __init__(self, matrix: Mapping[str, Mapping[str, Any]]):
        self._matrix = matrix

    def of(self, category: str | None, level: str | None, military: int | None) -> int | None:
        """How many a person counts for; None where the matrix does not say."""
        asked = [(category, level)] if category is not None else []
        asked += [(MILITARY, str(military))] if military is not None else []
        found = [self._matrix.get(str(row), {}).get(str(column)) for row, column in asked]
        return None if not found or None in found else max(int(weight) for weight in found if weight is not None)


def weights(parameters: Asking) -> Weights | None:
    """Those of the year on whose last day the parameters are; None where there are none (参数未维护)."""
    matrix = parameters["employment.weights"]
    return None if matrix is None else Weights(matrix)


# by when it has to be declared


def audit_window_until(year: int, book: ParameterBook) -> datetime.date | None:
    """The last day on which the placements of a year can be declared, in the year after; None: 参数未维护.

    `employment.audit_window_until` is a day of that year (月-日), or a whole date which then is of that year alone.
    """
    parameters = book.on(datetime.date(year + 1, 12, 31))
    value = parameters["employment.audit_window_until"]
    try:
        until = None if value is None else datetime.date.fromisoformat(_whole(str(value), year + 1))
    except ValueError:
        return None
    return until if until is None or until.year == year + 1 else None


def _whole(text: str, year: int) -> str:
    return f"{year}-{text}" if len(text) == len("10-31") else text
