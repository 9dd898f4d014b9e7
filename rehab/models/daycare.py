"""阳光家园 (托养): institutions and their places, who stays where, what a month comes to (规划 （二）3)."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear

from registry.models import PersonFact
from zalainuoer.common.history import tracked


class CareMode(models.TextChoices):
    """托养方式."""

    DAY = "day", "日间照料"
    BOARDING = "boarding", "寄宿托养"
    HOME = "home", "居家托养"


class CareBasis(models.TextChoices):
    """How a standard counts."""

    MONTH = "month", "按月"
    DAY = "day", "按到托天数"


@tracked
class CareHome(models.Model):
    """托养机构."""

    name = models.CharField("机构名称", max_length=100, unique=True)
    address = models.CharField("地址", max_length=200)
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)  # the first day it is no longer open

    class Meta:
        verbose_name = "托养机构"
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="care_home_closes_after_opening",
                violation_error_message="停用日期应当晚于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class CarePlaces(models.Model):
    """托养名额: how many people an institution takes in one mode, from a day until (the last day) another."""

    home = models.ForeignKey(CareHome, models.PROTECT, related_name="places", verbose_name="托养机构")
    mode = models.CharField("托养方式", max_length=10, choices=CareMode.choices)
    capacity = models.PositiveIntegerField("名额")
    since = models.DateField("起始日期")
    until = models.DateField("截止日期", null=True, blank=True)

    class Meta:
        verbose_name = "托养名额"
        ordering = ("home", "mode", "since")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("home", "mode", "since"),
                name="care_places_one_start",
                violation_error_message="这家机构的这种方式从这一天起已有名额，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="care_places_at_least_one",
                violation_error_message="名额至少是 1。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="care_places_run_forward",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]


class CareStandardQuerySet(models.QuerySet["CareStandard"]):
    """Standards."""

    def of_month(self, month: datetime.date) -> dict[str, CareStandard]:
        """The standard in force in a month (its first day) by mode, in one statement; the later one where two meet."""
        current = Q(last_month__isnull=True) | Q(last_month__gte=month)
        return {row.mode: row for row in self.filter(current, first_month__lte=month).order_by("first_month")}


@tracked
class CareStandard(models.Model):
    """托养补助标准 of a mode from a month on: yuan a month, or a day attended. Without one a month is not settled."""

    mode = models.CharField("托养方式", max_length=10, choices=CareMode.choices)
    basis = models.CharField("计算方式", max_length=10, choices=CareBasis.choices)
    amount_yuan = models.DecimalField("标准", max_digits=10, decimal_places=2)
    first_month = models.DateField("执行起始月份")  # its first day
    last_month = models.DateField("执行截止月份", null=True, blank=True)
    document = models.CharField("文号", max_length=200)

    objects = CareStandardQuerySet.as_manager()

    class Meta:
        verbose_name = "托养补助标准"
        ordering = ("mode", "-first_month")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("mode", "first_month"),
                name="care_standard_one_a_month",
                violation_error_message="这种托养方式从该月起已有标准，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="care_standard_is_positive",
                violation_error_message="标准应大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("first_month")),
                name="care_standard_runs_forward",
                violation_error_message="执行截止月份不能早于起始月份。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}（{self.amount_yuan.normalize():f}元，{self.get_basis_display()}）"


def _month_number(field: str) -> Any:
    """Months since 1900, of a date field: null where the date is."""
    day = Cast(field, models.DateField())  # a null of no type, as Django's own check asks with, is no date
    return (ExtractYear(day) - 1900) * 12 + ExtractMonth(day)


# A person's months as one range of whole numbers, a stretch of 12 000 for each person: so an exclusion constraint
# tells people apart without an extension of the database, which needs rights this system does not ask for (0009).
STRETCH = 12_000
PERSON_MONTHS = Func(
    Cast(F("person") * STRETCH + _month_number("starts_on"), models.BigIntegerField()),
    Cast(F("person") * STRETCH + Coalesce(_month_number("ends_on"), STRETCH - 1), models.BigIntegerField()),
    Value("[]"),
    function="int8range",
    output_field=BigIntegerRangeField(),
)


@tracked
class CareStay(PersonFact):
    """托养: a person in one institution and mode, from a day until (the last day) another; a month has one stay at most.

    `is_dispersed`: somebody on 特困供养, found to be supported at home (分散供养), not in an institution.
    """

    home = models.ForeignKey(CareHome, models.PROTECT, related_name="stays", verbose_name="托养机构")
    mode = models.CharField("托养方式", max_length=10, choices=CareMode.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    care_plan = models.CharField("照护计划", max_length=300)
    is_dispersed = models.BooleanField("特困分散供养，已核实", default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )

    class Meta:
        verbose_name = "托养"
        ordering = ("-starts_on", "-pk")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="care_stay_one_a_month",
                expressions=[(PERSON_MONTHS, RangeOperators.OVERLAPS)],
                violation_error_message="同一个月只能有一家机构、一种托养方式。转机构、换方式的，从下一个月起。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="care_stay_runs_forward",
                violation_error_message="结束日期不能早于起始日期。",
            ),
        ]


class CareSettlementState(models.TextChoices):
    DRAFT = "draft", "待审核"
    LOCKED = "locked", "已锁定"


KEPT_SETTLEMENT = pgtrigger.Q(old__state="locked")


@pgtrigger.register(
    pgtrigger.Protect(
        name="care_settlement_locked_stays",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=KEPT_SETTLEMENT,
    ),
)
@tracked
class CareSettlement(models.Model):
    """月度结算 of an institution: prepared by one person, approved by another, and from then on locked.

    `refused` are those who stayed and cannot be settled: [[person, [sentence]]].
    """

    home = models.ForeignKey(CareHome, models.PROTECT, related_name="settlements", verbose_name="托养机构")
    month = models.DateField("结算月份")  # its first day
    state = models.CharField(
        "状态", max_length=10, choices=CareSettlementState.choices, default=CareSettlementState.DRAFT
    )
    refused = models.JSONField("不能结算", default=list, editable=False)
    prepared_at = models.DateTimeField("制表时间")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="制表人"
    )
    approved_at = models.DateTimeField("审核时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )

    class Meta:
        verbose_name = "托养结算"
        ordering = ("-month", "home")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("home", "month"),
                name="care_settlement_one_a_month",
                violation_error_message="这家机构这个月已有结算表。",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="care_settlement_second_pair_of_eyes",
                violation_error_message="制表人不能审核自己的结算表。",
            ),
            models.CheckConstraint(
                condition=Q(state=CareSettlementState.DRAFT, approved_at__isnull=True, approved_by__isnull=True)
                | Q(state=CareSettlementState.LOCKED, approved_at__isnull=False, approved_by__isnull=False),
                name="care_settlement_locked_is_approved",
            ),
        ]

    @property
    def is_locked(self) -> bool:
        return self.state == CareSettlementState.LOCKED

    def __str__(self) -> str:
        return f"{self.home} {self.month.year}年{self.month.month}月"


# Everything of a locked line but whose it is: a merge of two files of one person moves it, and nothing else does.
KEPT = ("settlement_id", "stay_id", "month", "mode", "days", "most_days", "standard_id", "standard_yuan", "basis",
        "amount_yuan", "is_locked")  # fmt: skip
LOCKED_AND_CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)


@pgtrigger.register(
    pgtrigger.Protect(
        name="care_line_locked_is_not_edited",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.is_locked AND ({LOCKED_AND_CHANGED})"),
    ),
    pgtrigger.Protect(
        name="care_line_locked_is_not_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__is_locked=True),
    ),
)
@tracked
class CareLine(PersonFact):
    """结算明细: what a person's month comes to. `standard_yuan` and `basis` are those it was priced by."""

    settlement = models.ForeignKey(CareSettlement, models.CASCADE, related_name="lines", verbose_name="结算")
    stay = models.ForeignKey(CareStay, models.PROTECT, related_name="lines", verbose_name="托养记录")
    month = models.DateField("结算月份")
    mode = models.CharField("托养方式", max_length=10, choices=CareMode.choices)
    most_days = models.PositiveSmallIntegerField("在托天数")  # days of the stay in the month
    days = models.PositiveSmallIntegerField("实到天数", null=True, blank=True)
    standard = models.ForeignKey(CareStandard, models.PROTECT, related_name="+", verbose_name="补助标准")
    standard_yuan = models.DecimalField("标准", max_digits=10, decimal_places=2)
    basis = models.CharField("计算方式", max_length=10, choices=CareBasis.choices)
    amount_yuan = models.DecimalField("金额", max_digits=10, decimal_places=2, null=True, blank=True)
    is_locked = models.BooleanField("已锁定", default=False)

    class Meta:
        verbose_name = "托养结算明细"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "month"),
                name="care_line_once_a_month",
                violation_error_message="此人这个月已在一张结算表里。",
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__lte=F("most_days")),
                name="care_line_days_within_stay",
                violation_error_message="实到天数不能多于这个月的在托天数。",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__gte=0), name="care_line_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(is_locked=False) | Q(days__isnull=False, amount_yuan__isnull=False),
                name="care_line_locked_is_complete",
            ),
        ]
