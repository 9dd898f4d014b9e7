"""超比例安置奖励 (内残联发〔2024〕36号): applied for in the year after, paid once in the year after that."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from employment.models.audits import Audit, AuditCertificate
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class AwardState(models.TextChoices):
    APPLIED = "applied", "待审核"
    APPROVED = "approved", "同意奖励"
    REFUSED = "refused", "不予奖励"
    PAID = "paid", "已发放"


@tracked
class QuotaAward(models.Model):
    """超比例奖励 of one audit. The figures are the certificate's; clauses and amount as they stood when it was decided.

    `over` is exact, `persons` what of it is paid for. That the people placed beyond the quota have 内蒙古户籍 is not in
    the register: somebody has seen it, and stands for it with name and day.
    """

    division_path = "audit__employer__street"

    audit = models.OneToOneField(Audit, models.PROTECT, related_name="award", verbose_name="年审")
    certificate = models.ForeignKey(AuditCertificate, models.PROTECT, related_name="+", verbose_name="审核确认书")
    state = models.CharField("状态", max_length=10, choices=AwardState.choices, default=AwardState.APPLIED)
    applied_on = models.DateField("申请日期")
    hukou_checked_on = models.DateField("核对内蒙古户籍日期", null=True, blank=True)
    hukou_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="户籍核对人"
    )
    over = models.DecimalField("超比例人数", max_digits=17, decimal_places=9)
    persons = models.DecimalField("计奖人数", max_digits=17, decimal_places=9, null=True, blank=True)
    months = models.PositiveSmallIntegerField("奖励月数", null=True, blank=True)
    minimum_wage_yuan = models.DecimalField("月最低工资（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    amount_yuan = models.DecimalField("奖励金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    clauses = models.JSONField(
        "核对结果", default=list, blank=True
    )  # [[sentence, source, holds]], as they stood when decided
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    opinion = models.CharField("审核意见", max_length=500, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)
    document = models.CharField("发放凭证", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "超比例奖励"
        ordering = ("-audit__year", "applied_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hukou_checked_on__isnull=True, hukou_checked_by__isnull=True)
                | Q(hukou_checked_on__isnull=False, hukou_checked_by__isnull=False),
                name="quota_award_hukou_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AwardState.APPROVED, AwardState.PAID))
                | Q(
                    hukou_checked_on__isnull=False,
                    persons__gt=0,
                    months__gt=0,
                    minimum_wage_yuan__gt=0,
                    amount_yuan__gt=0,
                    decided_on__isnull=False,
                ),
                name="quota_award_approved_with_figures",
            ),
            models.CheckConstraint(
                condition=~Q(state=AwardState.REFUSED) | ~Q(opinion=""),
                name="quota_award_refused_with_reason",
                violation_error_message="不予奖励的，请写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(recorded_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
                name="quota_award_two_people",
                violation_error_message="受理和审核不能是同一个人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=AwardState.PAID) | Q(paid_on__gte=F("decided_on")) & ~Q(document=""),
                name="quota_award_paid_with_document",
                violation_error_message="请填写发放日期和发放凭证，日期不能早于决定日期。",
            ),
        ]
