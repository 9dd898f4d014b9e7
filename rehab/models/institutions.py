"""定点机构 that rehabilitate children: what they may do on which day, and where they are paid."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked


class ChildCategory(models.TextChoices):
    """救助类别 (国发〔2018〕20号: 视力、听力、言语、肢体、智力残疾儿童和孤独症儿童)."""

    VISION = "vision", "视力"
    HEARING = "hearing", "听力"
    SPEECH = "speech", "言语"
    LIMB = "limb", "肢体"
    INTELLECTUAL = "intellectual", "智力"
    AUTISM = "autism", "孤独症"


class InstitutionKind(models.TextChoices):
    HOSPITAL = "hospital", "医疗机构"
    SCHOOL = "school", "特殊教育学校"
    CENTRE = "centre", "康复中心"
    OTHER = "other", "其他机构"


@tracked
class Institution(models.Model):
    """定点机构 of the children's rehabilitation. `capacity` is how many children may train there at one time."""

    name = models.CharField(
        "机构名称", max_length=100, unique=True, error_messages={"unique": "已有同名的机构，请打开它修改。"}
    )
    kinds = ArrayField(
        models.CharField(max_length=10, choices=InstitutionKind.choices), verbose_name="机构性质", default=list
    )
    address = models.CharField("地址", max_length=200, blank=True)
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = EncryptedTextField("联系电话", purpose="phone")
    contact_phone_index = BlindIndexField(purpose="phone", editable=False)
    bank = models.CharField("开户银行", max_length=100, blank=True)
    account_number = EncryptedTextField("银行账号", purpose="bank_account", null=True, blank=True)
    account_index = BlindIndexField(purpose="bank_account", null=True, blank=True, editable=False)
    account_holder = models.CharField("户名", max_length=100, blank=True)
    capacity = models.PositiveSmallIntegerField("核定容量（人）")
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "定点机构"
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="institution_has_room",
                violation_error_message="核定容量至少为 1 人。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Designation(models.Model):
    """定点资格 of an institution for one category: through `ends_on`, or until further notice."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="designations", verbose_name="定点机构")
    category = models.CharField("救助类别", max_length=12, choices=ChildCategory.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期（含）", null=True, blank=True)
    document = models.CharField("文号", max_length=200)

    class Meta:
        verbose_name = "定点资格"
        ordering = ("category", "-starts_on")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("institution", "category", "starts_on"),
                name="designation_one_start",
                violation_error_message="这一类别从这一天起已有定点资格。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="designation_runs_forward",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]


class CheckResult(models.TextChoices):
    PASSED = "passed", "合格"
    RECTIFY = "rectify", "限期整改"
    FAILED = "failed", "不合格"


@tracked
class InstitutionCheck(models.Model):
    """年度检查. From the day of a failed one the institution is suspended, until a later check does not fail it."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="checks", verbose_name="定点机构")
    year = models.PositiveSmallIntegerField("年度")
    checked_on = models.DateField("检查日期")
    result = models.CharField("结果", max_length=10, choices=CheckResult.choices)
    document = models.CharField("文号", max_length=200, blank=True)
    note = models.CharField("检查意见", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "机构年度检查"
        ordering = ("-checked_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("institution", "checked_on"),
                name="institution_check_one_a_day",
                violation_error_message="这一天的检查已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(result=CheckResult.PASSED) | ~Q(note=""),
                name="institution_check_says_why",
                violation_error_message="限期整改和不合格的，请写明检查意见。",
            ),
        ]
