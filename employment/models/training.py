"""Vocational training: classes with their sessions, who takes part, who was there, who holds what certificate."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class OrganiserKind(models.TextChoices):
    """培训主体."""

    FEDERATION_BASE = "federation_base", "残联培训基地"
    EMPLOYMENT_SERVICE = "employment_service", "残疾人就业服务机构"
    LABOUR_AUTHORITY = "labour_authority", "人社部门机构"
    PRIVATE = "private", "社会民办机构"
    EDUCATION = "education", "教育机构"
    OTHER = "other", "其他"


class TrainingPeriod(models.TextChoices):
    """周期: 短期 up to a month, 中期 up to half a year, 长期 longer; derived, never stored."""

    SHORT = "short", "短期"
    MIDDLE = "middle", "中期"
    LONG = "long", "长期"


class TrainingCertificateKind(models.TextChoices):
    """What somebody who has finished may be given."""

    COMPLETION = "completion", "培训结业证书"
    SKILL_LEVEL = "skill_level", "职业技能等级证书"
    SPECIAL_SKILL = "special_skill", "专项职业能力证书"
    OTHER = "other", "其他证书"


@tracked
class TrainingClass(models.Model):
    """培训班. Its name is how the sheet knows it, so that it belongs to one class only; its 年度 is that of its start."""

    name = models.CharField(
        "培训班名称",
        max_length=100,
        unique=True,
        error_messages={"unique": "已有这个名称的培训班。名称是花名册认班的依据，请加上年度或期次。"},
    )
    trade = models.CharField("培训工种", max_length=50)
    organiser = models.CharField("培训主体", max_length=20, choices=OrganiserKind.choices)
    provider = models.CharField("承办机构", max_length=100)
    place = models.CharField("培训地点", max_length=200, blank=True)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结业日期")
    hours = models.PositiveSmallIntegerField("学时", validators=[MinValueValidator(1)])
    capacity = models.PositiveSmallIntegerField("名额", validators=[MinValueValidator(1)])
    budget_yuan = models.DecimalField("预算（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    spent_yuan = models.DecimalField("支出（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    document = models.CharField("依据文件", max_length=200, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "培训班"
        ordering = ("-starts_on", "name")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="training_class_runs_forward",
                violation_error_message="结业日期不能早于开班日期。",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1, capacity__gte=1),
                name="training_class_has_hours_and_places",
                violation_error_message="学时和名额都至少为 1。",
            ),
            models.CheckConstraint(
                condition=(Q(budget_yuan__isnull=True) | Q(budget_yuan__gte=0))
                & (Q(spent_yuan__isnull=True) | Q(spent_yuan__gte=0)),
                name="training_class_money_not_negative",
                violation_error_message="预算和支出不能为负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def year(self) -> int:
        """培训年度: of a class that crosses New Year the one in which it starts."""
        return self.starts_on.year


@tracked
class TrainingRecord(PersonFact):
    """职业技能培训: one person in one class, whoever records it (docs/decisions/0022).

    The sheet gives the first five columns. `training_class` says that it belongs to a class kept here; `enrolled_on`
    that the class's page has written the row (None: it came by sheet), and with it goes what becomes of an enrolment.
    """

    class_name = models.CharField("培训班名称", max_length=100)
    trade = models.CharField("培训工种", max_length=50, null=True, blank=True)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结业日期", null=True, blank=True)
    is_completed = models.BooleanField("是否结业")
    training_class = models.ForeignKey(
        TrainingClass, models.PROTECT, null=True, blank=True, related_name="records", verbose_name="培训班"
    )
    enrolled_on = models.DateField("报名日期", null=True, blank=True)
    certificate_kind = models.CharField(
        "证书种类", max_length=20, choices=TrainingCertificateKind.choices, null=True, blank=True
    )
    certificate_number = models.CharField("证书编号", max_length=50, null=True, blank=True)
    certified_on = models.DateField("发证日期", null=True, blank=True)

    class Meta:
        verbose_name = "培训记录"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("class_name", "person"), name="training_record_one_a_class"),
            models.UniqueConstraint(
                fields=("certificate_kind", "certificate_number"),
                condition=Q(certificate_number__isnull=False),
                name="training_record_certificate_once",
                violation_error_message="这个证书编号已经登记给别的培训记录，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(certificate_number__isnull=True)
                | Q(certificate_kind__isnull=False, certified_on__isnull=False),
                name="training_record_certificate_whole",
                violation_error_message="有证书编号的，请同时写明证书种类和发证日期。",
            ),
        ]


@tracked
class TrainingSession(models.Model):
    """课次: one lesson of a class, on a day within it."""

    training_class = models.ForeignKey(TrainingClass, models.CASCADE, related_name="sessions", verbose_name="培训班")
    held_on = models.DateField("上课日期")
    hours = models.DecimalField("课时（学时）", max_digits=4, decimal_places=1)
    topic = models.CharField("上课内容", max_length=100)

    class Meta:
        verbose_name = "培训课次"
        ordering = ("held_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("training_class", "held_on", "topic"),
                name="training_session_once",
                violation_error_message="这一天的同一内容已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=24),
                name="training_session_hours",
                violation_error_message="一次课的学时要大于 0，不超过 24。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%m-%d} {self.topic}"


@tracked
class Attendance(models.Model):
    """出勤: whether a participant was there. A session without a row has not been noted yet, which is not an absence."""

    division_path = "record__person__community"

    record = models.ForeignKey(TrainingRecord, models.CASCADE, related_name="attendances", verbose_name="培训记录")
    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="attendances", verbose_name="培训课次")
    is_present = models.BooleanField("出勤")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "培训出勤"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("record", "session"),
                name="attendance_one_a_session",
                violation_error_message="这个人这一次课的出勤已经登记。",
            ),
        ]
