"""What is built in a home, by whom, from which money: catalogue, plan, contractors, acceptance, funds, follow-up."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accessibility.models.homes import Fund, HomeStep, RetrofitHome, Room
from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class ItemGroup(models.TextChoices):
    """工程类 alters the home; 辅具类 only adds a device, and devices alone are no retrofit."""

    ENGINEERING = "engineering", "工程类"
    DEVICE = "device", "辅具和设备类"


@tracked
class RetrofitItem(models.Model):
    """改造项目目录: what may stand in a plan. A price ceiling only where a document gives one."""

    name = models.CharField("项目名称", max_length=100, unique=True, error_messages={"unique": "目录里已有这个项目。"})
    group = models.CharField("类别", max_length=12, choices=ItemGroup.choices)
    unit = models.CharField("计量单位", max_length=10)
    requirement = models.CharField("技术要求", max_length=300, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    ceiling_yuan = models.DecimalField("单价上限（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "改造项目目录"
        ordering = ("group", "name")

    def __str__(self) -> str:
        return self.name


@tracked
class Contractor(models.Model):
    """施工单位."""

    name = models.CharField("单位名称", max_length=100, unique=True, error_messages={"unique": "已有同名的施工单位。"})
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = EncryptedTextField("联系电话", purpose="phone")
    contact_phone_index = BlindIndexField(purpose="phone", editable=False)
    document = models.CharField("采购文件或合同文号", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "施工单位"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ItemVerdict(models.TextChoices):
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


@tracked
class PlanItem(models.Model):
    """方案明细 of a home (一户一策): what is done where, budgeted, and how each was accepted.

    `amount_yuan` is quantity × price, rounded half up to 分; `settled_yuan` is what was paid for it in the end.
    """

    division_path = "home__person__community"

    home = models.ForeignKey(RetrofitHome, models.PROTECT, related_name="items", verbose_name="改造办理")
    item = models.ForeignKey(RetrofitItem, models.PROTECT, related_name="planned", verbose_name="项目")
    room = models.CharField("位置", max_length=10, choices=Room.choices)
    quantity = models.DecimalField("数量", max_digits=8, decimal_places=2)
    price_yuan = models.DecimalField("单价（元）", max_digits=10, decimal_places=2)
    amount_yuan = models.DecimalField("预算（元）", max_digits=12, decimal_places=2)
    note = models.CharField("做法", max_length=200, blank=True)
    verdict = models.CharField("验收结果", max_length=10, choices=ItemVerdict.choices, blank=True)
    verdict_note = models.CharField("验收说明", max_length=200, blank=True)
    settled_yuan = models.DecimalField("决算（元）", max_digits=12, decimal_places=2, null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "方案明细"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price_yuan__gte=0, amount_yuan__gte=0),
                name="plan_item_positive",
                violation_error_message="数量应大于 0，金额不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(settled_yuan__isnull=True) | Q(settled_yuan__gte=0),
                name="plan_item_settled_not_negative",
                violation_error_message="决算不能是负数。",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=ItemVerdict.FAILED) | ~Q(verdict_note=""),
                name="plan_item_failed_says_why",
                violation_error_message="不合格的项目请写明原因。",
            ),
        ]


@tracked
class FundingShare(models.Model):
    """资金构成: how much of a home's budget, and of what was paid, comes from one source."""

    division_path = "home__person__community"

    home = models.ForeignKey(RetrofitHome, models.PROTECT, related_name="shares", verbose_name="改造办理")
    fund = models.CharField("资金来源", max_length=10, choices=Fund.choices)
    budget_yuan = models.DecimalField("预算（元）", max_digits=12, decimal_places=2)
    spent_yuan = models.DecimalField("支出（元）", max_digits=12, decimal_places=2, default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "资金构成"
        ordering = ("fund",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("home", "fund"), name="funding_share_once", violation_error_message="同一来源只填一行。"
            ),
            models.CheckConstraint(
                condition=Q(budget_yuan__gte=0, spent_yuan__gte=0),
                name="funding_share_not_negative",
                violation_error_message="金额不能是负数。",
            ),
        ]


@tracked
class YearTask(models.Model):
    """年度任务: how many of the 321 homes a year is to finish, and its budget by source, by document."""

    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("资金来源", max_length=10, choices=Fund.choices, blank=True)  # empty: the homes' row
    homes = models.PositiveSmallIntegerField("任务户数", null=True, blank=True)
    budget_yuan = models.DecimalField("预算（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    document = models.CharField("文号", max_length=200)

    class Meta:
        verbose_name = "年度任务"
        ordering = ("year", "fund")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "fund"), name="year_task_once"),
            models.CheckConstraint(
                condition=Q(fund="", homes__isnull=False) | ~Q(fund="") & Q(budget_yuan__gte=0),
                name="year_task_says_one",
            ),
        ]


class Signer(models.TextChoices):
    """Who signs an acceptance."""

    HOUSEHOLD = "household", "本人或家属"
    FEDERATION = "federation", "验收人"


@tracked
class HomeSignature(models.Model):
    """签名 under a step: a PNG drawn on the screen, sealed; or the typed name, with why nothing was drawn."""

    division_path = "step__home__person__community"

    step = models.ForeignKey(HomeStep, models.PROTECT, related_name="signatures", verbose_name="事项")
    signer = models.CharField("签名人", max_length=12, choices=Signer.choices)
    name = models.CharField("姓名", max_length=50)
    image = models.BinaryField("签名图样", null=True, blank=True)
    typed_reason = models.CharField("不手写签名的原因", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "签名"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("step", "signer"), name="home_signature_once"),
            models.CheckConstraint(
                condition=Q(image__isnull=False, typed_reason="") | Q(image__isnull=True) & ~Q(typed_reason=""),
                name="home_signature_drawn_or_says_why",
                violation_error_message="签名要么手写，要么写明不手写的原因。",
            ),
        ]


@tracked
class ItemCheck(models.Model):
    """One item as one acceptance judged it; the item itself says what the last acceptance in force found."""

    division_path = "step__home__person__community"

    step = models.ForeignKey(HomeStep, models.PROTECT, related_name="checks", verbose_name="验收")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="checks", verbose_name="方案明细")
    verdict = models.CharField("验收结果", max_length=10, choices=ItemVerdict.choices)
    note = models.CharField("验收说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "验收明细"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("step", "item"), name="item_check_once"),
            models.CheckConstraint(
                condition=~Q(verdict=ItemVerdict.FAILED) | ~Q(note=""),
                name="item_check_failed_says_why",
                violation_error_message="不合格的项目请写明原因。",
            ),
        ]


class FollowUpUse(models.TextChoices):
    """使用情况."""

    GOOD = "good", "正常使用"
    REPAIR = "repair", "需要维修"
    UNUSED = "unused", "没有使用"


@tracked
class FollowUp(models.Model):
    """回访 after 3 and after 12 months: use, satisfaction, what was repaired."""

    division_path = "home__person__community"

    home = models.ForeignKey(RetrofitHome, models.PROTECT, related_name="follow_ups", verbose_name="改造办理")
    months = models.PositiveSmallIntegerField("验收后第几个月")
    due_on = models.DateField("应回访日期")
    done_on = models.DateField("回访日期", null=True, blank=True)
    use = models.CharField("使用情况", max_length=10, choices=FollowUpUse.choices, blank=True)
    satisfaction = models.PositiveSmallIntegerField("满意度（1 到 5 分）", null=True, blank=True)
    note = models.CharField("回访情况", max_length=300, blank=True)
    repair = models.CharField("维修内容", max_length=300, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "改造回访"
        ordering = ("due_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("home", "months"), name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="follow_up_satisfaction",
                violation_error_message="满意度填 1 到 5 分。",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | ~Q(use="") & Q(satisfaction__isnull=False),
                name="follow_up_done_says_use",
            ),
        ]
