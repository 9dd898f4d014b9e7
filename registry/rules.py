"""What law and plan say about people and certificates, assistance, insurance and school.

Every rule is asked for a day (`on`) and answers from the statements that held on it. `parameters` are those in
force on that day (zalainuoer.common.rules.Parameters); a `year` or `school_year` is its first calendar year.
"""

from __future__ import annotations

import datetime
from typing import Any, TypeAlias

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from registry.models import (
    AssistanceKind,
    Category,
    Certificate,
    CertificateStatus,
    DibaoApplication,
    DibaoResult,
    Level,
    MedicalEnrolment,
    MedicalStatus,
    OtherBenefit,
    PensionEnrolment,
    PensionStatus,
    Person,
    Placement,
    SchoolEnrolment,
    SocialAssistance,
)
from zalainuoer.common.rules import Clause, Parameters, Rule, labels, latest_birth

# A day, or the outer query's column that holds one.
Day: TypeAlias = datetime.date | OuterRef

CERTIFICATE_RULES = "残疾人证管理办法（残联发〔2017〕34号）"
PLAN = "“十四五”残疾人事业发展规划"
PENSION_SCOPE = "国发〔2014〕8号 参保范围"
OFF_REGISTER = (CertificateStatus.CANCELLED, CertificateStatus.MOVED_OUT)


# certificates


def held(on: Day) -> Q:
    """Of Certificate: the statement that holds on the day."""
    return Q(held_from__lte=on, held_until__gt=on)


def registered(on: Day) -> Q:
    """Of Certificate: on the register (在册) on the day; 挂失, 冻结 and expired ones are."""
    return held(on) & Q(first_issued_on__lte=on) & ~_off_register(on)


def _off_register(on: Day) -> Q:
    return Q(status__in=OFF_REGISTER, status_on__lte=on)


def expired(on: Day) -> Q:
    """Of Certificate: past its last day of validity (过期), which is never stored (残疾人证管理办法 第十九条)."""
    return Q(expires_on__lt=on)


def frozen(on: Day) -> Q:
    """Of Certificate: 冻结 by the day."""
    return Q(status=CertificateStatus.FROZEN, status_on__lte=on)


def with_certificate(condition: Q) -> Exists:
    """Of Person: somebody of whose certificate statements one is so."""
    return Exists(Certificate.objects.filter(condition, person=OuterRef("pk")))


def _among(condition: Q) -> Q:
    # What _of_person says, for use beside an OR, where PostgreSQL can hash an IN but probes an EXISTS row by row.
    return Q(pk__in=Certificate.objects.filter(condition).values("person_id"))


def of_grades(categories: list[str], levels: list[str]) -> Q:
    """Of Certificate: of one of the categories at one of the levels, by itself or as a component of 多重."""
    stems = "|".join(Category(code).label.removesuffix("残疾") for code in categories)
    grades = "".join(f"{code}{Level(code).label.removesuffix('级')}" for code in levels)
    component = Q(category=Category.MULTIPLE, components__regex=f"({stems})(残疾)?[{grades}]级")
    return Q(category__in=categories, level__in=levels) | component


def on_register(on: datetime.date) -> Rule:
    """在册 on a day: a certificate first issued by then, neither 注销 nor 迁出 by then (残疾人证管理办法)."""
    return Rule(
        Person,
        Clause(
            with_certificate(held(on) & Q(first_issued_on__lte=on)), f"{on}尚未取得残疾人证", CERTIFICATE_RULES, "none"
        ),
        Clause(
            ~with_certificate(held(on) & _off_register(on)),
            _gone(on),
            f"{CERTIFICATE_RULES}第二十四条",
            "gone",
        ),
    )


def valid(on: datetime.date) -> Rule:
    """有效 on a day: on the register, not past its last day of validity, not 冻结 (残疾人证管理办法 第十九条)."""
    return on_register(on).but(
        Clause(
            ~with_certificate(held(on) & expired(on)),
            f"残疾人证在{on}已过有效期",
            f"{CERTIFICATE_RULES}第十九条",
            "expired",
        ),
        Clause(~with_certificate(held(on) & frozen(on)), f"残疾人证在{on}处于冻结状态", CERTIFICATE_RULES, "frozen"),
    )


def registered_or_child(
    *, on: datetime.date, cut_on: datetime.date, parameters: Parameters, listed: Q | None = None
) -> tuple[Clause, ...]:
    """On the register on the day, or an uncertified child: no certificate issued by then (注销 does not undo one)
    and, on the day of the cut, below `child.age_limit`.

    A child also stands in the school or needs sheet: the rule these clauses join asks for that, or `listed` does.
    """
    limit = parameters["child.age_limit"]
    child = Q(born_on__gt=latest_birth(age=limit, on=cut_on)) & (listed or Q())
    issued = held(on) & Q(first_issued_on__lte=on)
    return (
        Clause(
            child | _among(issued),
            f"{on}尚未取得残疾人证，也不是有台账的未满{limit}周岁未办证儿童",
            f"{PLAN} 指标8、指标9、指标10",
        ),
        Clause(~with_certificate(issued & _off_register(on)), _gone(on), f"{CERTIFICATE_RULES}第二十四条"),
    )


def _gone(on: datetime.date) -> str:
    return f"残疾人证在{on}已注销或已迁出"


# assistance and benefits


def assisted(kinds: list[str], *, on: Day) -> Exists:
    """Of Person: assisted with one of the kinds on the day (社会救助暂行办法)."""
    return Exists(_running(SocialAssistance.objects, on=on).filter(person=OuterRef("pk"), kind__in=kinds))


def receiving(kinds: list[str], *, on: Day, at_least_yuan: Any = None) -> Exists:
    """Of Person: receiving one of the benefits on the day; with an amount, only one of at least so much a month."""
    benefits = _running(OtherBenefit.objects, on=on).filter(person=OuterRef("pk"), kind__in=kinds)
    return Exists(benefits if at_least_yuan is None else benefits.filter(monthly_yuan__gte=at_least_yuan))


def _running(rows: Any, *, on: Day) -> QuerySet[Any]:
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


def dibao_due(*, on: datetime.date, parameters: Parameters) -> Rule:
    """Who has a right to be on 低保 or 特困 by their own application (indicator 3).

    The latest application was found 符合, or has waited longer than `dibao.limit_days` (民发〔2021〕57号); not
    those who were included upon it and have left again.
    """
    kinds, days = parameters["dibao.counted_kinds"], parameters["dibao.limit_days"]
    names = labels(AssistanceKind, kinds)
    return on_register(on).but(
        Clause(
            Exists(_latest_applications(on).filter(_eligible(on) | _overdue(on, days=days))),
            f"没有已认定符合、或超过{days}天仍未认定的低保申请",
            "最低生活保障审核确认办法（民发〔2021〕57号）",
        ),
        Clause(
            ~Exists(_left_since_application(kinds, on=on)),
            f"申请后已纳入{names}，并在{on}前退出",
            f"{PLAN} 指标3",
        ),
    )


def dibao_included(*, on: datetime.date, parameters: Parameters) -> tuple[Clause, ...]:
    """Of those due: assisted with 低保 or 特困 on the day (规划 专栏2第1项 joins the two)."""
    kinds = parameters["dibao.counted_kinds"]
    names = labels(AssistanceKind, kinds)
    return (Clause(assisted(kinds, on=on), f"{on}未享受{names}", f"{PLAN} 专栏2"),)


def _latest_applications(on: datetime.date) -> QuerySet[DibaoApplication]:
    made = DibaoApplication.objects.filter(applied_on__lte=on)
    later = made.filter(person=OuterRef("person"), applied_on__gt=OuterRef("applied_on"))
    return made.filter(~Exists(later), person=OuterRef("pk"))


def _eligible(on: datetime.date) -> Q:
    return Q(result=DibaoResult.ELIGIBLE, decided_on__lte=on)


def _overdue(on: datetime.date, *, days: int) -> Q:
    undecided = Q(decided_on__isnull=True) | Q(decided_on__gt=on)
    return undecided & Q(applied_on__lt=on - datetime.timedelta(days=days))


def _left_since_application(kinds: list[str], *, on: datetime.date) -> QuerySet[SocialAssistance]:
    """Assistance begun on or after the latest application and over by the day, of people not assisted again."""
    later = DibaoApplication.objects.filter(
        person=OuterRef("person"), applied_on__lte=on, applied_on__gt=OuterRef("starts_on")
    )
    again = _running(SocialAssistance.objects, on=on).filter(person=OuterRef("person"), kind__in=kinds)
    ended = SocialAssistance.objects.filter(person=OuterRef("pk"), kind__in=kinds, ends_on__lte=on)
    return ended.filter(~Exists(later), ~Exists(again))


# insurance


def pension_due(*, on: datetime.date, year: int, parameters: Parameters) -> Rule:
    """Who should have a basic pension insurance: on the register, of age, not at school (国发〔2014〕8号)."""
    age = parameters["pension.minimum_age"]
    return on_register(on).but(
        Clause(Q(born_on__lte=latest_birth(age=age, on=on)), f"{on}未满{age}周岁", PENSION_SCOPE),
        Clause(~with_certificate(held(on) & Q(is_student=True)), f"{on}为在校学生", PENSION_SCOPE),
    )


def pension_insured(*, on: datetime.date, year: int, parameters: Parameters) -> tuple[Clause, ...]:
    """Of those due: in any scheme of the year with a counted status."""
    statuses = parameters["pension.counted_statuses"]
    rows = PensionEnrolment.objects.filter(person=OuterRef("pk"), year=year)
    return _insured(rows, statuses=statuses, names=labels(PensionStatus, statuses), roster=f"{year}年养老保险参保名册")


def medical_due(*, on: datetime.date, year: int, parameters: Parameters) -> Rule:
    """Who should have a basic medical insurance: everyone on the register, of every age (社会保险法 第二十五条)."""
    return on_register(on)


def medical_insured(*, on: datetime.date, year: int, parameters: Parameters) -> tuple[Clause, ...]:
    """Of those due: insured or subsidised in any scheme of the year."""
    statuses = parameters["medical.counted_statuses"]
    rows = MedicalEnrolment.objects.filter(person=OuterRef("pk"), year=year)
    return _insured(rows, statuses=statuses, names=labels(MedicalStatus, statuses), roster=f"{year}年医疗保险参保名册")


def _insured(rows: QuerySet[Any], *, statuses: list[str], names: str, roster: str) -> tuple[Clause, ...]:
    return (
        Clause(Exists(rows), f"{roster}中没有此人", "残疾人保障法 第四十七条"),
        Clause(Exists(rows.filter(status__in=statuses)), f"{roster}中的状态不是{names}", "残疾人保障法 第四十七条"),
    )


# school


def school_aged(*, on: datetime.date, school_year: int, parameters: Parameters) -> Rule:
    """Children of the age of compulsory schooling: on the register, or uncertified and in the year's sheet.

    The age band `school.age_band` is in completed years on `school.cut_day` of the school year's first year
    (残疾人教育条例 第十四条, 第十五条).
    """
    youngest, oldest = parameters["school.age_band"]
    cut_on = day_of(school_year, parameters["school.cut_day"])
    listed = Exists(SchoolEnrolment.objects.filter(person=OuterRef("pk"), school_year=school_year))
    band = Q(born_on__lte=latest_birth(age=youngest, on=cut_on), born_on__gt=latest_birth(age=oldest + 1, on=cut_on))
    return Rule(
        Person,
        Clause(band, f"{cut_on}不满{youngest}周岁或已超过{oldest}周岁", "残疾人教育条例 第十四条"),
        *registered_or_child(on=on, cut_on=cut_on, parameters=parameters, listed=Q(listed)),
    )


def schooled(*, on: datetime.date, school_year: int, parameters: Parameters) -> tuple[Clause, ...]:
    """Of those of age: placed in one of the counted ways; 缓学 and 未入学 are not (残疾人教育条例 第十七条)."""
    placements = parameters["school.counted_placements"]
    rows = SchoolEnrolment.objects.filter(person=OuterRef("pk"), school_year=school_year)
    year = f"{school_year}—{school_year + 1}学年"
    return (
        Clause(Exists(rows), f"{year}义务教育安置台账中没有此人", "残疾人教育条例 第十五条"),
        Clause(
            Exists(rows.filter(placement__in=placements)),
            f"{year}安置方式不是{labels(Placement, placements)}",
            "残疾人教育条例 第十七条",
        ),
    )


def day_of(year: int, month_day: str) -> datetime.date:
    """The day that a parameter like "08-31" names in a year."""
    return datetime.date.fromisoformat(f"{year:04d}-{month_day}")


# places


def streets(*, on: datetime.date) -> dict[int, int]:
    """Person id to street id for everybody on file: of the day's certificate statement, else of the first one after it
    (whoever was issued one by a form has none for the days before), else where they live today.

    An uncertified child's is that of its latest row.
    """
    covering = FilteredRelation(
        "certificates", condition=Q(certificates__held_from__lte=on, certificates__held_until__gt=on)
    )
    first = Certificate.objects.filter(person=OuterRef("pk")).order_by("held_from").values("community__parent_id")[:1]
    places = (F("day_certificate__community__parent_id"), Subquery(first), F("community__parent_id"))
    street = Coalesce(*places, output_field=BigIntegerField())
    everybody = Person.objects.annotate(day_certificate=covering, street_id=street).values("street_id")
    grouped = everybody.annotate(people=ArrayAgg("pk")).values_list("street_id", "people")
    return {person: street_id for street_id, people in grouped for person in people}


def household_streets(households: QuerySet[Any], *, on: datetime.date) -> dict[int, int]:
    """Household id to street id: the head's, if the head is a holder, else that of the holder first accepted."""
    certificates = Certificate.objects.order_by("person_id", "held_from")
    head = certificates.filter(held(on), person__id_index=OuterRef("head_id_index"))
    member = certificates.filter(held(on), household=OuterRef("pk"))
    former = certificates.filter(household=OuterRef("pk"))  # they have since moved to another household
    places = (Subquery(rows.values("community__parent_id")[:1]) for rows in (head, member, former))
    return dict(households.values_list("pk", Coalesce(*places)))
