"""What follows the push to the tax office: payments it tells of, 催缴通知书, 失信记录."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from employment.models.audits import Audit, AuditStep
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


@tracked
class LevyPayment(models.Model):
    """缴费: an amount the tax office has received of what a certificate says is due, without 滞纳金; may be a part."""

    division_path = "audit__employer__street"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="payments", verbose_name="年审")
    step = models.OneToOneField(AuditStep, models.PROTECT, related_name="payment", verbose_name="年审环节")
    paid_on = models.DateField("缴费日期")
    amount_yuan = models.DecimalField("缴费金额（元）", max_digits=16, decimal_places=2)
    document = models.CharField("缴费凭证", max_length=100)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "残保金缴费"
        ordering = ("paid_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="levy_payment_of_something",
                violation_error_message="缴费金额应大于 0。",
            ),
            models.CheckConstraint(
                condition=~Q(document=""), name="levy_payment_has_document", violation_error_message="请填写缴费凭证。"
            ),
        ]


@tracked
class LevyReminder(models.Model):
    """催缴通知书: what is owed and until when it is to be paid. `number` runs within the `year` it is issued in."""

    division_path = "audit__employer__street"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="reminders", verbose_name="年审")
    step = models.OneToOneField(AuditStep, models.PROTECT, related_name="reminder", verbose_name="年审环节")
    year = models.PositiveSmallIntegerField("编号年份")
    number = models.PositiveIntegerField("编号")
    issued_on = models.DateField("出具日期")
    due_on = models.DateField("缴费期限")
    amount_yuan = models.DecimalField("催缴金额（元）", max_digits=16, decimal_places=2)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "催缴通知书"
        ordering = ("year", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "number"), name="levy_reminder_numbered_once"),
            models.CheckConstraint(condition=Q(amount_yuan__gt=0), name="levy_reminder_of_something"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("issued_on")),
                name="levy_reminder_leaves_time",
                violation_error_message="缴费期限应晚于出具日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"〔{self.year}〕第 {self.number} 号"


@tracked
class CreditRecord(models.Model):
    """失信记录 of an employer that owes after its reminders: what was due and paid on the day it was decided."""

    division_path = "audit__employer__street"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="credit_records", verbose_name="年审")
    year = models.PositiveSmallIntegerField("年度")
    due_yuan = models.DecimalField("应缴（元）", max_digits=16, decimal_places=2)
    paid_yuan = models.DecimalField("已缴（元）", max_digits=16, decimal_places=2)
    reminders = models.JSONField("催缴情况", default=list)  # [[number, issued on, due on]], as they stood then
    decided_on = models.DateField("决定日期")
    document = models.CharField("决定文号", max_length=100)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    pushed_on = models.DateField("推送信用平台日期", null=True, blank=True)
    removed_on = models.DateField("移出日期", null=True, blank=True)
    removed_reason = models.CharField("移出的理由", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "失信记录"
        ordering = ("-decided_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("audit",),
                condition=Q(removed_on__isnull=True),
                name="credit_record_one_standing",
                violation_error_message="这个单位这一年度已有一条失信记录。",
            ),
            models.CheckConstraint(
                condition=Q(paid_yuan__lt=F("due_yuan")),
                name="credit_record_of_something_owed",
                violation_error_message="没有欠缴，不能列入失信记录。",
            ),
            models.CheckConstraint(
                condition=~Q(document=""),
                name="credit_record_has_document",
                violation_error_message="请填写决定文号。",
            ),
            models.CheckConstraint(
                condition=Q(pushed_on__isnull=True) | Q(pushed_on__gte=F("decided_on")),
                name="credit_record_pushed_after_decision",
                violation_error_message="推送日期不能早于决定日期。",
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("decided_on")) & ~Q(removed_reason=""),
                name="credit_record_removed_with_reason",
                violation_error_message="移出失信记录，请写明理由，日期不能早于决定日期。",
            ),
        ]
