"""What the reckoning of a year has found of each employer (employment.services.quota writes it, nobody else)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from employment.models.employers import Employer
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


@tracked
class QuotaSheet(models.Model):
    """按比例就业和残保金测算表 of one employer for one year (the year the figures are of; it is paid for in the next).

    Figures that could not be reckoned are None, and `missing` says which parameters or facts are wanted (参数未维护).
    `lines` is the sheet as it is printed: [{label, formula, figures, result, source}], frozen with the figures.
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="quota_sheets", verbose_name="用人单位")
    year = models.PositiveSmallIntegerField("年度")
    is_undeclared = models.BooleanField("期满未申报，视为未安排", default=False)
    headcount = models.DecimalField("在职职工人数（年平均）", max_digits=12, decimal_places=4, null=True)
    months_existing = models.PositiveSmallIntegerField("存续月数")
    placed_by_month = ArrayField(
        models.DecimalField(max_digits=8, decimal_places=0), verbose_name="各月安排人数", size=12
    )
    placed = models.DecimalField("安排残疾人人数", max_digits=12, decimal_places=4, null=True)
    required = models.DecimalField("应安排人数", max_digits=14, decimal_places=6, null=True)
    gap = models.DecimalField("少安排人数", max_digits=14, decimal_places=6, null=True)
    average_wage_yuan = models.DecimalField("年平均工资（元）", max_digits=14, decimal_places=2, null=True)
    base_yuan = models.DecimalField("计费基数（元）", max_digits=14, decimal_places=2, null=True)
    gross_yuan = models.DecimalField("应纳费额（元）", max_digits=16, decimal_places=2, null=True)
    factor = models.DecimalField("征收比例", max_digits=4, decimal_places=2, null=True)
    net_yuan = models.DecimalField("减免后应缴（元）", max_digits=16, decimal_places=2, null=True)
    over = models.DecimalField("超比例人数", max_digits=14, decimal_places=6, null=True)
    missing = ArrayField(models.CharField(max_length=200), verbose_name="未维护的参数和数据", default=list)
    lines = models.JSONField("测算过程", default=list)
    reckoned_at = models.DateTimeField("测算时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "残保金测算表"
        ordering = ("-year", "employer__name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("employer", "year"), name="quota_sheet_one_a_year"),
        ]
