"""Assistive devices: the catalogue with its dated terms, and devices handed over and fitted (辅助器具适配)."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked


@tracked
class DeviceFitting(PersonFact):
    """辅助器具适配: a device handed over and fitted on a day."""

    fitted_on = models.DateField("适配日期")
    device = models.CharField("辅具名称", max_length=100)
    quantity = models.PositiveIntegerField("数量")

    class Meta:
        verbose_name = "辅具适配"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("fitted_on", "person", "device"), name="device_fitting_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="device_fitting_at_least_one"),
        ]


@tracked
class DeviceClass(models.Model):
    """辅具主类: one of the two-digit classes of GB/T 16432 (ISO 9999). Editions rename them, so they are data."""

    code = models.CharField(
        "主类代码",
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^\d{2}$", "主类代码是两位数字，如 12。")],
        error_messages={"unique": "已有这个代码的主类。"},
    )
    name = models.CharField("主类名称", max_length=50)

    class Meta:
        verbose_name = "辅具主类"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@tracked
class DeviceItem(models.Model):
    """辅具目录 of one kind of device. What no class is known for stands unclassified.

    `other_names` are the names under which fittings of the same item were delivered: the years of use count from the
    last fitting by any of them.
    """

    device_class = models.ForeignKey(
        DeviceClass, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="主类"
    )
    code = models.CharField(
        "分类代码",
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^(\d{2}){1,3}$", "分类代码是二、四或六位数字，如 122203。")],
    )
    name = models.CharField("名称", max_length=100, unique=True, error_messages={"unique": "目录里已有同名的辅具。"})
    unit = models.CharField("计量单位", max_length=10)
    other_names = ArrayField(models.CharField(max_length=100), verbose_name="其他叫法", default=list, blank=True)
    is_active = models.BooleanField("可以选用", default=True)

    class Meta:
        verbose_name = "辅具目录"
        ordering = ("device_class__code", "code", "name")

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> list[str]:
        """Every name a fitting of this item may stand under."""
        return [self.name, *self.other_names]


class DeviceTermsQuerySet(models.QuerySet["DeviceTerms"]):
    """Terms."""

    def on(self, day: datetime.date) -> Self:
        """Those that had begun by a day, the one in force first."""
        return self.filter(effective_from__lte=day).order_by("-effective_from")


@tracked
class DeviceTerms(models.Model):
    """辅具补贴标准 of an item from a day on: after how many years a new one, and what is paid of one piece.

    Paid is the percentage of the price, at most the ceiling. Nothing is assumed where an item has no terms
    (参数未维护).
    """

    item = models.ForeignKey(DeviceItem, models.PROTECT, related_name="terms", verbose_name="辅具")
    effective_from = models.DateField("执行日期")
    years_of_use = models.PositiveSmallIntegerField("使用年限（年）")
    ceiling_yuan = models.DecimalField("每件补贴上限（元）", max_digits=10, decimal_places=2)
    percent = models.DecimalField("补贴比例（%）", max_digits=5, decimal_places=2)
    document = models.CharField("文号", max_length=200)

    objects = DeviceTermsQuerySet.as_manager()

    class Meta:
        verbose_name = "辅具补贴标准"
        ordering = ("item", "-effective_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("item", "effective_from"),
                name="device_terms_one_a_day",
                violation_error_message="这种辅具从这一天起已有标准，请修改原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(years_of_use__gte=1, years_of_use__lte=30),
                name="device_terms_years",
                violation_error_message="使用年限应在 1 至 30 年之间。",
            ),
            models.CheckConstraint(
                condition=Q(ceiling_yuan__gte=0),
                name="device_terms_ceiling",
                violation_error_message="补贴上限不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="device_terms_percent",
                violation_error_message="补贴比例应在 0 至 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}（{self.effective_from} 起）"
