"""What other departments know of people: each table is filled from a sheet, whose key is its unique constraint."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models.people import Household, Person
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class PersonFact(models.Model):
    """What a department's sheet says about a person."""

    division_path = "person__community"

    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss", verbose_name="人员")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked
class HouseholdIncome(models.Model):
    """A surveyed household's yearly income. Serves indicator 1 only, never a decision on benefits (统计法)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="incomes", verbose_name="户")
    year = models.PositiveSmallIntegerField("年度")
    head_name = models.CharField("户主姓名", max_length=50)
    members = models.PositiveSmallIntegerField("家庭人口数")
    disposable_income_yuan = models.DecimalField("家庭年可支配收入", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "家庭收入调查"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "household"), name="household_income_one_a_year"),
            models.CheckConstraint(condition=Q(members__gte=1), name="household_income_has_members"),
            models.CheckConstraint(condition=Q(disposable_income_yuan__gte=0), name="household_income_not_negative"),
        ]


class AssistanceKind(models.TextChoices):
    """救助类型 (社会救助暂行办法)."""

    DIBAO = "dibao", "低保"
    TEKUN = "tekun", "特困"
    DIBAO_EDGE = "dibao_edge", "低保边缘"
    RELAPSE_WATCH = "relapse_watch", "防返贫监测"


class AssistanceUnit(models.TextChoices):
    HOUSEHOLD = "household", "整户"
    SINGLE = "single", "单人户"


@tracked
class SocialAssistance(PersonFact):
    """社会救助: assisted with a kind from `starts_on`, until the day before `ends_on`."""

    kind = models.CharField("救助类型", max_length=20, choices=AssistanceKind.choices)
    unit = models.CharField("施保方式", max_length=10, choices=AssistanceUnit.choices, null=True, blank=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = "社会救助"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "kind", "starts_on"), name="social_assistance_one_start"),
        ]


class DibaoResult(models.TextChoices):
    ELIGIBLE = "eligible", "符合"
    NOT_ELIGIBLE = "not_eligible", "不符合"
    PENDING = "pending", "审核中"


@tracked
class DibaoApplication(PersonFact):
    """残疾人申请最低生活保障: an application and what was found."""

    applied_on = models.DateField("申请日期")
    result = models.CharField("认定结果", max_length=12, choices=DibaoResult.choices)
    decided_on = models.DateField("认定日期", null=True, blank=True)

    class Meta:
        verbose_name = "低保申请"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "applied_on"), name="dibao_application_one_a_day"),
            models.CheckConstraint(
                condition=Q(result=DibaoResult.PENDING, decided_on__isnull=True)
                | (~Q(result=DibaoResult.PENDING) & Q(decided_on__isnull=False)),
                name="dibao_application_decided_with_date",
            ),
        ]


class BenefitKind(models.TextChoices):
    """待遇类型: what may bar one of the two subsidies or rival it (民发〔2021〕70号)."""

    WORK_INJURY_CARE = "work_injury_care", "工伤保险生活护理费"
    ORPHAN = "orphan", "孤儿基本生活费"
    DE_FACTO_ORPHAN = "de_facto_orphan", "事实无人抚养儿童基本生活费"
    VETERAN_CARE = "veteran_care", "残疾军人护理费"
    ELDER_CARE = "elder_care", "老年护理补贴"
    OLD_AGE = "old_age", "高龄津贴"


@tracked
class OtherBenefit(PersonFact):
    """其他福利待遇: received from `starts_on`, until the day before `ends_on`."""

    kind = models.CharField("待遇类型", max_length=20, choices=BenefitKind.choices)
    monthly_yuan = models.DecimalField("月标准", max_digits=10, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = "其他福利待遇"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "kind", "starts_on"), name="other_benefit_one_start"),
            models.CheckConstraint(
                condition=Q(monthly_yuan__isnull=True) | Q(monthly_yuan__gte=0), name="other_benefit_not_negative"
            ),
        ]


class PensionScheme(models.TextChoices):
    RESIDENT = "resident", "城乡居民基本养老保险"
    EMPLOYEE = "employee", "企业职工基本养老保险"
    PUBLIC = "public", "机关事业单位养老保险"


class PensionStatus(models.TextChoices):
    PAYING = "paying", "正常缴费"
    GOVERNMENT_PAID = "government_paid", "政府代缴"
    DRAWING = "drawing", "待遇领取"
    PAUSED = "paused", "暂停缴费"
    ENDED = "ended", "终止"


@tracked
class PensionEnrolment(PersonFact):
    """基本养老保险 of a person in a year and scheme."""

    year = models.PositiveSmallIntegerField("年度")
    scheme = models.CharField("险种", max_length=10, choices=PensionScheme.choices)
    status = models.CharField("参保状态", max_length=20, choices=PensionStatus.choices)

    class Meta:
        verbose_name = "养老保险参保"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person", "scheme"), name="pension_enrolment_one_a_year"),
        ]


class MedicalScheme(models.TextChoices):
    RESIDENT = "resident", "城乡居民基本医疗保险"
    EMPLOYEE = "employee", "职工基本医疗保险"


class MedicalStatus(models.TextChoices):
    INSURED = "insured", "正常参保"
    SUBSIDISED = "subsidised", "资助参保"
    PAUSED = "paused", "暂停参保"
    ENDED = "ended", "终止"


@tracked
class MedicalEnrolment(PersonFact):
    """基本医疗保险 of a person in a year and scheme."""

    year = models.PositiveSmallIntegerField("年度")
    scheme = models.CharField("险种", max_length=10, choices=MedicalScheme.choices)
    status = models.CharField("参保状态", max_length=20, choices=MedicalStatus.choices)

    class Meta:
        verbose_name = "医疗保险参保"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person", "scheme"), name="medical_enrolment_one_a_year"),
        ]


class Placement(models.TextChoices):
    """安置方式 (残疾人教育条例 第十七条)."""

    MAINSTREAM = "mainstream", "随班就读"
    SPECIAL_CLASS = "special_class", "特教班"
    SPECIAL_SCHOOL = "special_school", "特教学校"
    HOME_TEACHING = "home_teaching", "送教上门"
    FINISHED = "finished", "已初中毕业"
    DEFERRED = "deferred", "缓学"
    NOT_ENROLLED = "not_enrolled", "未入学"


@tracked
class SchoolEnrolment(PersonFact):
    """义务教育安置 of a child in a school year, named by its first calendar year (2025 is 2025-2026)."""

    school_year = models.PositiveSmallIntegerField("学年")
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    school = models.CharField("就读学校", max_length=100, null=True, blank=True)
    placement = models.CharField("安置方式", max_length=20, choices=Placement.choices)

    class Meta:
        verbose_name = "义务教育安置"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school_year", "person"), name="school_enrolment_one_a_year"),
        ]


class DeathSource(models.TextChoices):
    """死亡信息的来源."""

    POLICE = "police", "公安"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    HEALTH = "health", "卫健"
    CREMATORIUM = "crematorium", "殡葬"


class DeathState(models.TextChoices):
    """What a person has made of a notice: nothing yet, the certificate cancelled, or found wrong."""

    PROPOSED = "proposed", "待核实"
    CONFIRMED = "confirmed", "已注销"
    REJECTED = "rejected", "核实有误"


@tracked
class DeathNotice(PersonFact):
    """死亡信息 from another office. It only proposes: a person confirms, and that cancels the certificate (§2.4)."""

    died_on = models.DateField("死亡日期")
    source = models.CharField("来源", max_length=15, choices=DeathSource.choices)
    state = models.CharField("核实结果", max_length=10, choices=DeathState.choices, default=DeathState.PROPOSED)
    note = models.CharField("核实说明", max_length=200, blank=True, db_default="")  # COPY leaves it out

    class Meta:
        verbose_name = "死亡信息"
        constraints: ClassVar = [models.UniqueConstraint(fields=("person",), name="death_notice_one_a_person")]
