"""Finding work: who looks for it (求职登记), who offers it (招聘登记), and who was recommended to whom (推介)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from employment.models.employers import Employer
from employment.models.staff import EmploymentRecord
from registry.models import Category, Level, PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class Education(models.IntegerChoices):
    """文化程度, so numbered that more is higher."""

    NONE = 0, "未上过学"
    PRIMARY = 1, "小学"
    JUNIOR = 2, "初中"
    SENIOR = 3, "高中（中专、技校）"
    COLLEGE = 4, "大专"
    BACHELOR = 5, "本科"
    MASTER = 6, "研究生"


class Trade(models.TextChoices):
    """工种: one list for what somebody can do, wants to do, and is offered, so that the three can be compared."""

    CLEANING = "cleaning", "保洁"
    GUARDING = "guarding", "门卫、保安"
    CATERING = "catering", "餐饮、面点"
    SEWING = "sewing", "缝纫、编织"
    HANDICRAFT = "handicraft", "手工制作"
    ASSEMBLY = "assembly", "装配、包装"
    WAREHOUSE = "warehouse", "仓储、分拣"
    SALES = "sales", "销售、收银"
    SERVICE_LINE = "service_line", "电话客服"
    ONLINE_SHOP = "online_shop", "电商、直播"
    CLERK = "clerk", "文员、数据录入"
    COMPUTING = "computing", "计算机、设计"
    ACCOUNTING = "accounting", "财务会计"
    REPAIR = "repair", "维修"
    DRIVING = "driving", "驾驶、配送"
    MASSAGE = "massage", "按摩"
    CARE = "care", "护理、家政"
    FARMING = "farming", "种植、养殖"
    GREENING = "greening", "绿化、养护"
    COMMUNITY = "community", "社区服务"
    OTHER = "other", "其他"


class SeekerStatus(models.TextChoices):
    """求职状态; what referrals make of it, the services write."""

    SEEKING = "seeking", "求职中"
    REFERRED = "referred", "已推荐"
    EMPLOYED = "employed", "已就业"
    ENDED = "ended", "终止"


LOOKING = (SeekerStatus.SEEKING, SeekerStatus.REFERRED)


@tracked
class JobSeeker(PersonFact):
    """求职登记: free of charge (残疾人就业条例 第二十二条). One open registration a person; the next follows its end.

    `wanted_street` None is anywhere, `least_wage_yuan` None any wage.
    """

    registered_on = models.DateField("登记日期")
    education = models.PositiveSmallIntegerField("文化程度", choices=Education.choices)
    skills = ArrayField(
        models.CharField(max_length=15, choices=Trade.choices), verbose_name="会做的工种", default=list, blank=True
    )
    wanted = ArrayField(
        models.CharField(max_length=15, choices=Trade.choices), verbose_name="想做的工种", default=list, blank=True
    )
    least_wage_yuan = models.DecimalField(
        "期望月工资（元，不低于）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    wanted_street = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="期望工作地点"
    )
    health_limits = models.CharField("身体条件和限制", max_length=200, blank=True)
    status = models.CharField("状态", max_length=10, choices=SeekerStatus.choices, default=SeekerStatus.SEEKING)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "求职登记"
        ordering = ("-registered_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(ended_on__isnull=True),
                name="job_seeker_one_open",
                violation_error_message="这个人已有一份没有结束的求职登记，请打开那一份。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LOOKING, ended_on__isnull=True)
                | (~Q(status__in=LOOKING) & Q(ended_on__isnull=False)),
                name="job_seeker_ended_with_a_day",
                violation_error_message="已就业和终止的求职登记须有结束日期。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("registered_on")),
                name="job_seeker_runs_forward",
                violation_error_message="结束日期不能早于登记日期。",
            ),
        ]

    @property
    def skills_text(self) -> str:
        return trades_text(self.skills)

    @property
    def wanted_text(self) -> str:
        return trades_text(self.wanted)


def trades_text(codes: list[str]) -> str:
    """The names of trades, in words."""
    return "、".join(Trade(code).label for code in codes)


@tracked
class Vacancy(models.Model):
    """招聘登记: an employer's offer; told to everybody who helps people find work, wherever it is.

    Empty `categories`, `levels` or `trades` are no limit: an offer must not discriminate (就业促进法 第二十九条).
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="vacancies", verbose_name="用人单位")
    post = models.CharField("岗位", max_length=50)
    number = models.PositiveSmallIntegerField("招聘人数", validators=[MinValueValidator(1)])
    trades = ArrayField(
        models.CharField(max_length=15, choices=Trade.choices), verbose_name="工种", default=list, blank=True
    )
    categories = ArrayField(
        models.CharField(max_length=1, choices=Category.choices),
        verbose_name="适合的残疾类别",
        default=list,
        blank=True,
    )
    levels = ArrayField(
        models.CharField(max_length=1, choices=Level.choices), verbose_name="适合的残疾等级", default=list, blank=True
    )
    education = models.PositiveSmallIntegerField("最低文化程度", choices=Education.choices, default=Education.NONE)
    wage_yuan = models.DecimalField("月工资（元）", max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    street = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工作地点所在街道（镇）"
    )
    place = models.CharField("工作地点", max_length=100, blank=True)
    registered_on = models.DateField("登记日期")
    valid_until = models.DateField("有效期至")
    closed_on = models.DateField("停止招聘日期", null=True, blank=True)
    conditions = models.CharField("岗位条件和无障碍情况", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "招聘登记"
        ordering = ("valid_until", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="vacancy_for_somebody",
                violation_error_message="招聘人数至少 1 人。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("registered_on")),
                name="vacancy_runs_forward",
                violation_error_message="有效期不能早于登记日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer}：{self.post}"

    @property
    def trades_text(self) -> str:
        return trades_text(self.trades)

    @property
    def suits_text(self) -> str:
        """For which categories and levels it is, in words."""
        categories = "、".join(Category(code).label for code in self.categories) or "类别不限"
        levels = "、".join(Level(code).label for code in self.levels) or "等级不限"
        return f"{categories}，{levels}"


class ReferralOutcome(models.TextChoices):
    """推介结果."""

    WAITING = "waiting", "待反馈"
    INTERVIEW = "interview", "面试"
    HIRED = "hired", "录用"
    REFUSED = "refused", "未录用"
    DECLINED = "declined", "本人放弃"
    WITHDRAWN = "withdrawn", "已撤回"


UNDECIDED = (ReferralOutcome.WAITING, ReferralOutcome.INTERVIEW)


@tracked
class JobReferral(models.Model):
    """推介: a seeker is recommended for a vacancy. A hired one led to `employment`, which goes when that is taken back."""

    division_path = "seeker__person__community"

    seeker = models.ForeignKey(JobSeeker, models.PROTECT, related_name="referrals", verbose_name="求职登记")
    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="referrals", verbose_name="招聘登记")
    sent_on = models.DateField("推介日期")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推介人"
    )
    outcome = models.CharField("结果", max_length=10, choices=ReferralOutcome.choices, default=ReferralOutcome.WAITING)
    outcome_on = models.DateField("结果日期", null=True, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)
    employment = models.OneToOneField(
        EmploymentRecord, models.PROTECT, null=True, blank=True, related_name="referral", verbose_name="就业登记"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "求职推介"
        ordering = ("-sent_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("seeker", "vacancy"),
                condition=~Q(outcome=ReferralOutcome.WITHDRAWN),
                name="job_referral_once",
                violation_error_message="已向这个岗位推介过这个人。",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ReferralOutcome.WAITING, outcome_on__isnull=True)
                | (~Q(outcome=ReferralOutcome.WAITING) & Q(outcome_on__gte=F("sent_on"))),
                name="job_referral_outcome_with_a_day",
                violation_error_message="有了结果的推介须有结果日期，且不早于推介日期。",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ReferralOutcome.HIRED, employment__isnull=False)
                | (~Q(outcome=ReferralOutcome.HIRED) & Q(employment__isnull=True)),
                name="job_referral_hired_is_employed",
                violation_error_message="录用的推介须有就业登记。",
            ),
        ]
