"""The attic's tables: plans and their targets, and the figures of each night."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from zalainuoer.common.models import User


class Plan(models.Model):
    """规划: a five-year plan. The next one is a second row with its own targets, not an edit of this one."""

    code = models.CharField("代号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")

    class Meta:
        verbose_name = "规划"

    def __str__(self) -> str:
        return self.name


class Nature(models.TextChoices):
    BINDING = "binding", "约束性"
    EXPECTED = "expected", "预期性"


class Operator(models.TextChoices):
    ABOVE = "above", "＞"
    AT_LEAST = "at_least", "≥"
    EXACTLY = "exactly", "＝"


class Target(models.Model):
    """One row of the plan's table of main indicators (专栏“主要指标”)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="targets")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("指标", max_length=60)
    unit = models.CharField("单位", max_length=4)
    nature = models.CharField("属性", max_length=10, choices=Nature.choices)
    value = models.DecimalField("目标值", max_digits=10, decimal_places=2)
    table_operator = models.CharField("表中要求", max_length=10, choices=Operator.choices)
    text_operator = models.CharField("正文要求", max_length=10, choices=Operator.choices, blank=True)
    region_value = models.DecimalField("自治区目标值", max_digits=10, decimal_places=2, null=True, blank=True)
    source = models.CharField("数据来源", max_length=200)

    class Meta:
        verbose_name = "规划指标"
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("plan", "number"), name="target_one_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class SnapshotKind(models.TextChoices):
    NIGHTLY = "nightly", "夜间计算"
    MANUAL = "manual", "人工计算"


class Snapshot(models.Model):
    """The eleven figures as one night, or one press of the button, knew them."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="snapshots")
    night = models.DateField("计算日")
    kind = models.CharField("类别", max_length=10, choices=SnapshotKind.choices)
    as_of = models.DateField("数据截至")
    computed_at = models.DateTimeField("计算时间")
    is_makeup = models.BooleanField("补算", default=False)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    rule_version = models.CharField("规则版本", max_length=20)
    on_register = models.PositiveIntegerField("在册人数")

    class Meta:
        verbose_name = "指标快照"
        get_latest_by = ("night", "computed_at")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("plan", "night", "kind"), name="snapshot_one_a_night"),
        ]


class FigureState(models.TextChoices):
    COMPUTED = "computed", "已计算"
    NOT_COMPUTABLE = "not_computable", "无法计算"
    FAILED = "failed", "计算失败"


class Figure(models.Model):
    """One indicator in one snapshot. Sets are kept as primary keys, never as ID numbers.

    A rate is numerator ÷ denominator, divided only when shown; a count has its set in `numerator_ids` and no
    denominator; the growth (number 1) has `value` and its arithmetic in `details`.
    """

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="figures")
    number = models.PositiveSmallIntegerField("序号")
    state = models.CharField("状态", max_length=15, choices=FigureState.choices)
    reason = models.CharField("原因", max_length=300, blank=True)
    value = models.DecimalField("数值", max_digits=20, decimal_places=10, null=True, blank=True)
    numerator = models.PositiveIntegerField("分子", null=True, blank=True)
    denominator = models.PositiveIntegerField("分母", null=True, blank=True)
    numerator_ids = ArrayField(models.BigIntegerField(), default=list)
    denominator_ids = ArrayField(models.BigIntegerField(), default=list)
    by_street = models.JSONField("分街道", default=dict)  # {division id: [numerator, denominator]}
    details = models.JSONField("说明数据", default=dict)
    data_period = models.CharField("数据期间", max_length=40, blank=True)
    batches = ArrayField(models.BigIntegerField(), default=list, verbose_name="依据批次")

    class Meta:
        verbose_name = "指标数值"
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("snapshot", "number"), name="figure_one_number"),
        ]
