"""Which subsidy, and what it pays: amounts by class, dated, each with the document that sets it."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from registry.models import AssistanceKind, Category, HukouType, Level
from zalainuoer.common.history import tracked


class Subsidy(models.TextChoices):
    """The two subsidies (国发〔2015〕52号)."""

    LIVING = "living", "困难残疾人生活补贴"
    NURSING = "nursing", "重度残疾人护理补贴"


class StandardQuerySet(models.QuerySet["Standard"]):
    """Standards."""

    def in_month(self, subsidy: str, month: datetime.date) -> Self:
        """The rows in force in a month (its first day), in a fixed order."""
        current = Q(last_month__isnull=True) | Q(last_month__gte=month)
        return self.filter(current, subsidy=subsidy, first_month__lte=month).order_by("pk")


@tracked
class Standard(models.Model):
    """补贴标准 of one class (档次) from a month on: yuan a month for whoever all its conditions fit.

    An empty list, or an empty 户口性质, asks for nothing: one row without conditions is one amount for everybody. The
    amount is looked up by the month it is for, never by the day of payment. Whoever no row fits, or more than one,
    cannot be paid for that month (参数未维护).
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    name = models.CharField("档次", max_length=50)
    levels = ArrayField(models.CharField(max_length=1, choices=Level.choices), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=1, choices=Category.choices), default=list, blank=True)
    hukou_type = models.CharField("户口性质", max_length=20, choices=HukouType.choices, blank=True)
    assistance_kinds = ArrayField(
        models.CharField(max_length=20, choices=AssistanceKind.choices), default=list, blank=True
    )
    amount_yuan = models.DecimalField("月标准", max_digits=10, decimal_places=2)
    first_month = models.DateField("执行起始月份")  # its first day
    last_month = models.DateField("执行截止月份", null=True, blank=True)  # the last month it is paid for
    document = models.CharField("文号", max_length=200)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = "补贴标准"
        ordering = ("subsidy", "first_month", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("subsidy", "name", "first_month"),
                name="standard_one_a_class_and_month",
                violation_error_message="这一档次从该月起已有标准，请修改原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="standard_is_positive",
                violation_error_message="月标准应大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("first_month")),
                name="standard_runs_forward",
                violation_error_message="执行截止月份不能早于起始月份。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.amount_yuan.normalize():f}元）"
