"""康复训练结算: what an institution asks for a month, child by child, and what is paid of it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.children import ChildApplication
from rehab.models.institutions import Institution
from zalainuoer.common.history import tracked


class SettlementState(models.TextChoices):
    DRAFT = "draft", "草拟"
    SETTLED = "settled", "已核定"
    PAID = "paid", "已拨付"


@tracked
class ChildSettlement(models.Model):
    """康复训练结算表 of an institution and month; a further one of the same month (补报) has the next `number`."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="settlements", verbose_name="定点机构")
    month = models.DateField("所属月份")  # its first day
    number = models.PositiveSmallIntegerField("序号", default=1)
    state = models.CharField("状态", max_length=10, choices=SettlementState.choices, default=SettlementState.DRAFT)
    prepared_on = models.DateField("编制日期")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="编制人"
    )
    settled_on = models.DateField("核定日期", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    paid_document = models.CharField("拨付凭证", max_length=100, blank=True)

    class Meta:
        verbose_name = "康复训练结算表"
        ordering = ("-month", "institution__name", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("institution", "month", "number"), name="child_settlement_numbered"),
            models.CheckConstraint(
                condition=Q(state=SettlementState.DRAFT) | Q(settled_on__isnull=False, settled_by__isnull=False),
                name="child_settlement_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=SettlementState.PAID) | Q(paid_on__isnull=False) & ~Q(paid_document=""),
                name="child_settlement_paid_with_document",
                violation_error_message="请填写拨付日期和拨付凭证。",
            ),
        ]

    def __str__(self) -> str:
        again = f"（第{self.number}次）" if self.number > 1 else ""
        return f"{self.institution}{self.month.year}年{self.month.month}月{again}"


class MonthState(models.TextChoices):
    PENDING = "pending", "待核"
    APPROVED = "approved", "核定"
    REJECTED = "rejected", "不予结算"


# Everything of a settled month but whose it is: a merge of two files of one child moves it, and nothing else does.
KEPT = (
    "settlement_id",
    "application_id",
    "month",
    "attended_days",
    "first_on",
    "last_on",
    "requested_yuan",
    "approved_yuan",
    "state",
    "reason",
    "granted_by_id",
    "settled_by_id",
    "balance_yuan",
)
CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)


@pgtrigger.register(
    pgtrigger.Protect(
        name="training_month_settled_is_not_edited",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.state <> 'pending' AND ({CHANGED})"),
    ),
    pgtrigger.Protect(
        name="training_month_settled_is_not_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state <> 'pending'"),
    ),
)
@tracked
class TrainingMonth(PersonFact):
    """训练月: how long a child attended in a month, what the institution asks for it, and what is paid.

    `granted_by` is who approved the grant, as it was when the month was settled: not who settles it. `balance_yuan` is
    what is left of the year's grant afterwards.
    """

    settlement = models.ForeignKey(ChildSettlement, models.CASCADE, related_name="months", verbose_name="结算表")
    application = models.ForeignKey(
        ChildApplication, models.PROTECT, null=True, blank=True, related_name="months", verbose_name="救助申请"
    )
    month = models.DateField("所属月份")  # its first day, the settlement's
    attended_days = models.PositiveSmallIntegerField("出勤天数", null=True, blank=True)
    first_on = models.DateField("首次训练日期", null=True, blank=True)
    last_on = models.DateField("末次训练日期", null=True, blank=True)
    requested_yuan = models.DecimalField("申报金额", max_digits=10, decimal_places=2, default=0)
    approved_yuan = models.DecimalField("核定金额", max_digits=10, decimal_places=2, default=0)
    state = models.CharField("状态", max_length=10, choices=MonthState.choices, default=MonthState.PENDING)
    reason = models.CharField("核减或不予结算的理由", max_length=300, blank=True)
    balance_yuan = models.DecimalField("核定后余额", max_digits=10, decimal_places=2, null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="救助审核人"
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结算核定人"
    )

    class Meta:
        verbose_name = "训练月"
        ordering = ("settlement", "person__pinyin", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("settlement", "person"),
                name="training_month_once_a_settlement",
                violation_error_message="这名儿童已在这份结算表中。",
            ),
            models.UniqueConstraint(
                fields=("person", "month"),
                condition=Q(state=MonthState.APPROVED),
                name="training_month_one_institution",
                violation_error_message="这名儿童这个月已经结算过。",
            ),
            models.CheckConstraint(
                condition=Q(requested_yuan__gte=0, approved_yuan__gte=0, approved_yuan__lte=F("requested_yuan")),
                name="training_month_within_request",
                violation_error_message="核定金额不能超过申报金额。",
            ),
            models.CheckConstraint(
                condition=Q(state=MonthState.APPROVED, approved_yuan__gt=0)
                | (~Q(state=MonthState.APPROVED) & Q(approved_yuan=0)),
                name="training_month_approved_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(state=MonthState.PENDING)
                | Q(approved_yuan=F("requested_yuan"), approved_yuan__gt=0)
                | ~Q(reason=""),
                name="training_month_less_with_reason",
                violation_error_message="核减或不予结算的，请写明理由。",
            ),
            models.CheckConstraint(
                condition=~Q(state=MonthState.APPROVED)
                | Q(application__isnull=False, granted_by__isnull=False, settled_by__isnull=False)
                & ~Q(granted_by=F("settled_by")),
                name="training_month_second_pair_of_eyes",
                violation_error_message="批准救助的人不能核定这名儿童的结算。",
            ),
            models.CheckConstraint(
                condition=~Q(state=MonthState.APPROVED) | Q(first_on__isnull=False, last_on__gte=F("first_on")),
                name="training_month_attended_on_days",
            ),
        ]
