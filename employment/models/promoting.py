"""What is done for employment beside finding a job: fairs, graduates, start-ups, role models (规划（二）1、2)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from employment.models.employers import Employer
from registry.models import Person, PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class FairKind(models.TextChoices):
    """就业援助月 and 专场招聘会 (规划（二）2)."""

    ASSISTANCE_MONTH = "assistance_month", "就业援助月"
    JOB_FAIR = "job_fair", "残疾人专场招聘会"
    OTHER = "other", "其他就业服务活动"


@tracked
class JobFair(models.Model):
    """就业服务活动: one row an event with its head counts; None is not known."""

    kind = models.CharField("活动种类", max_length=20, choices=FairKind.choices)
    name = models.CharField("活动名称", max_length=100)
    held_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=100)
    units = models.PositiveIntegerField("参加单位数", null=True, blank=True)
    posts = models.PositiveIntegerField("提供岗位数", null=True, blank=True)
    participants = models.PositiveIntegerField("参加残疾人数", null=True, blank=True)
    agreements = models.PositiveIntegerField("达成意向人数", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "就业服务活动"
        ordering = ("-held_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("name", "held_on"),
                name="job_fair_one_a_day",
                violation_error_message="这一天的这场活动已经登记，请打开它修改。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("held_on")),
                name="job_fair_runs_forward",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(agreements__isnull=True)
                | Q(participants__isnull=True)
                | Q(agreements__lte=F("participants")),
                name="job_fair_agreements_of_participants",
                violation_error_message="达成意向的人数不能多于参加的残疾人数。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class FairAttendance(PersonFact):
    """参加就业服务活动: who came, where names were taken."""

    fair = models.ForeignKey(JobFair, models.PROTECT, related_name="attendances", verbose_name="就业服务活动")

    class Meta:
        verbose_name = "就业服务活动参加人"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("fair", "person"),
                name="fair_attendance_once",
                violation_error_message="这个人已经列为这场活动的参加人。",
            ),
        ]


class GraduateOutcome(models.TextChoices):
    """毕业去向."""

    OPEN = "open", "未落实"
    EMPLOYED = "employed", "已就业"
    SELF_EMPLOYED = "self_employed", "自主创业"
    STUDYING = "studying", "升学"
    OTHER = "other", "其他"


# Who has found work, of those who want it.
GRADUATES_AT_WORK = (GraduateOutcome.EMPLOYED, GraduateOutcome.SELF_EMPLOYED)


@tracked
class GraduatePlan(PersonFact):
    """一人一策: a graduate's plan. `wants_work` None has not been asked yet; the rate counts those who want work."""

    school = models.CharField("毕业院校", max_length=100)
    major = models.CharField("专业", max_length=50, blank=True)
    graduated_on = models.DateField("毕业日期")
    wants_work = models.BooleanField("有就业意愿", null=True, blank=True)
    intention = models.CharField("就业意向", max_length=200, blank=True)
    steps = models.TextField("帮扶措施", max_length=1000, blank=True)
    outcome = models.CharField("毕业去向", max_length=15, choices=GraduateOutcome.choices, default=GraduateOutcome.OPEN)
    outcome_on = models.DateField("落实日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "高校毕业残疾人一人一策"
        ordering = ("-graduated_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "graduated_on"),
                name="graduate_plan_one_a_graduation",
                violation_error_message="这个人这次毕业的一人一策已经建立，请打开它。",
            ),
            models.CheckConstraint(
                condition=Q(outcome=GraduateOutcome.OPEN, outcome_on__isnull=True)
                | (~Q(outcome=GraduateOutcome.OPEN) & Q(outcome_on__isnull=False)),
                name="graduate_plan_outcome_with_a_day",
                violation_error_message="去向落实了的，请填写落实日期；没有落实的，不填日期。",
            ),
        ]


@tracked
class GraduateContact(models.Model):
    """联系记录 of a graduate's plan."""

    division_path = "plan__person__community"

    plan = models.ForeignKey(GraduatePlan, models.CASCADE, related_name="contacts", verbose_name="一人一策")
    contacted_on = models.DateField("联系日期")
    note = models.CharField("联系情况", max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "毕业生联系记录"
        ordering = ("-contacted_on", "-pk")


class StartUpSupport(models.TextChoices):
    """创业扶持方式."""

    MONEY = "money", "资金补助"
    EQUIPMENT = "equipment", "设备、物资"
    PREMISES = "premises", "场地"
    LOAN = "loan", "贷款贴息"
    GUIDANCE = "guidance", "培训、指导"
    OTHER = "other", "其他"


@tracked
class StartUp(PersonFact):
    """创业扶持: one support of one person's project."""

    project = models.CharField("创业项目", max_length=100)
    support = models.CharField("扶持方式", max_length=15, choices=StartUpSupport.choices)
    amount_yuan = models.DecimalField(
        "金额（元）", max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    supported_on = models.DateField("扶持日期")
    document = models.CharField("依据", max_length=200)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "创业扶持"
        ordering = ("-supported_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "project", "support", "supported_on"),
                name="start_up_once_a_day",
                violation_error_message="这个人这一天的这项扶持已经登记。",
            ),
        ]


class RoleModelKind(models.TextChoices):
    """就业典型 (规划 专栏3第3项)."""

    WORKING = "working", "就业典型"
    FOUNDING = "founding", "创业典型"
    UNIT = "unit", "安置残疾人就业突出的单位"
    HELPER = "helper", "为残疾人就业作出突出贡献的个人"


@tracked
class RoleModel(models.Model):
    """就业典型: a person on file, an employer, or somebody whose name is all that is kept."""

    division_path = "person__community"

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="rolemodels", verbose_name="人员"
    )
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用人单位"
    )
    name = models.CharField("个人姓名", max_length=50, blank=True)
    kind = models.CharField("种类", max_length=10, choices=RoleModelKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    deeds = models.CharField("主要事迹", max_length=500)
    document = models.CharField("表彰文件", max_length=200, blank=True)
    published_on = models.DateField("宣传日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "就业典型"
        ordering = ("-year", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, employer__isnull=True, name="")
                | Q(person__isnull=True, employer__isnull=False, name="")
                | (Q(person__isnull=True, employer__isnull=True) & ~Q(name="")),
                name="role_model_is_one",
                violation_error_message="典型是一名残疾人、一个单位或一名其他个人，请只填一项。",
            ),
        ]
