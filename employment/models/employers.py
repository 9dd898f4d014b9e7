"""用人单位: who is bound by the quota, and the figures of a year that it is reckoned from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class EmployerKind(models.TextChoices):
    """单位性质 (残疾人就业条例 第三条: 机关、团体、企业、事业单位和民办非企业单位)."""

    ORGAN = "organ", "机关"
    MASS_ORGANISATION = "mass_organisation", "人民团体"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业"
    SOCIAL_ORGANISATION = "social_organisation", "社会组织"


class AdminLevel(models.TextChoices):
    """隶属层级: which authority an organ or institution belongs to."""

    CENTRAL = "central", "中央"
    REGION = "region", "自治区"
    CITY = "city", "市"
    DISTRICT = "district", "区（旗县）"
    TOWNSHIP = "township", "街道（镇）"


@tracked
class Employer(models.Model):
    """用人单位, known by its 统一社会信用代码. `street` is where it lies, None where that is not in the district.

    It exists from `established_on` (None: for as long as anybody asks) through `closed_on`.
    """

    division_path = "street"

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("单位名称", max_length=100)
    kind = models.CharField("单位性质", max_length=20, choices=EmployerKind.choices)
    level = models.CharField("隶属层级", max_length=10, choices=AdminLevel.choices, null=True, blank=True)
    is_school = models.BooleanField("中小学或幼儿园", default=False)
    is_budget_funded = models.BooleanField("财政拨款单位", default=False)
    is_concentrated = models.BooleanField("享受增值税即征即退的集中安置单位", default=False)
    street = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在街道（镇）"
    )
    established_on = models.DateField("成立日期", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    address = models.CharField("通讯地址", max_length=200, null=True, blank=True)
    contact_name = models.CharField("联系人", max_length=50, null=True, blank=True)
    contact_phone = EncryptedTextField("联系电话", purpose="phone", null=True, blank=True)
    contact_phone_index = BlindIndexField(purpose="phone", null=True, blank=True, editable=False)
    note = models.CharField("备注", max_length=300, null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "用人单位"
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("credit_code",),
                name="employer_one_a_code",
                violation_error_message="已有这个统一社会信用代码的单位，请打开它修改。",
            ),
            models.CheckConstraint(
                condition=Q(established_on__isnull=True)
                | Q(closed_on__isnull=True)
                | Q(closed_on__gte=F("established_on")),
                name="employer_exists_forward",
                violation_error_message="注销日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


MONTHS = range(1, 13)


@tracked
class EmployerYear(models.Model):
    """单位年度情况: 编制, staff at work by month and the year's 工资总额, as declared for the year they are of.

    A month without a figure is None; a month in which the employer did not exist stays None.
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="years", verbose_name="用人单位")
    year = models.PositiveSmallIntegerField("年度")
    posts = models.PositiveIntegerField("编制数", null=True, blank=True)
    headcount_01 = models.PositiveIntegerField("1月职工人数", null=True, blank=True)
    headcount_02 = models.PositiveIntegerField("2月职工人数", null=True, blank=True)
    headcount_03 = models.PositiveIntegerField("3月职工人数", null=True, blank=True)
    headcount_04 = models.PositiveIntegerField("4月职工人数", null=True, blank=True)
    headcount_05 = models.PositiveIntegerField("5月职工人数", null=True, blank=True)
    headcount_06 = models.PositiveIntegerField("6月职工人数", null=True, blank=True)
    headcount_07 = models.PositiveIntegerField("7月职工人数", null=True, blank=True)
    headcount_08 = models.PositiveIntegerField("8月职工人数", null=True, blank=True)
    headcount_09 = models.PositiveIntegerField("9月职工人数", null=True, blank=True)
    headcount_10 = models.PositiveIntegerField("10月职工人数", null=True, blank=True)
    headcount_11 = models.PositiveIntegerField("11月职工人数", null=True, blank=True)
    headcount_12 = models.PositiveIntegerField("12月职工人数", null=True, blank=True)
    wage_total_yuan = models.DecimalField("工资总额（元）", max_digits=14, decimal_places=2, null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "单位年度情况"
        ordering = ("-year",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("employer", "year"),
                name="employer_year_one",
                violation_error_message="这个单位这一年度的情况已经登记，请打开它修改。",
            ),
            models.CheckConstraint(
                condition=Q(wage_total_yuan__isnull=True) | Q(wage_total_yuan__gte=0),
                name="employer_year_wages_not_negative",
                violation_error_message="工资总额不能为负数。",
            ),
        ]

    @property
    def headcounts(self) -> tuple[int | None, ...]:
        """Staff at work in January … December."""
        return tuple(getattr(self, f"headcount_{month:02d}") for month in MONTHS)
