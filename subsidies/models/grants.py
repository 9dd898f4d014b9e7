"""Who has been granted a subsidy from which month on, and what stops, suspends or resumes it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from subsidies.models.applications import Application
from subsidies.models.standards import Subsidy
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class Origin(models.TextChoices):
    """Where a grant comes from."""

    APPLICATION = "application", "本系统审批"
    ROSTER = "roster", "存量名册接收"


@tracked
class Grant(PersonFact):
    """核定享受: granted from a month on, for as long as the conditions hold without a gap.

    When they cease to hold the grant is over and a new application is needed (T5, T6, T7); when it turns out that they
    never ceased (a correction) it goes on as if nothing had been. So its end is not stored but follows from the
    facts (subsidies/months.py).
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    first_month = models.DateField("享受起始月份")  # its first day
    origin = models.CharField("来源", max_length=12, choices=Origin.choices)
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True, related_name="grant", verbose_name="申请"
    )
    granted_on = models.DateField("核定日期")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )

    class Meta:
        verbose_name = "核定享受"
        ordering = ("person", "subsidy", "first_month")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "subsidy", "first_month"), name="grant_one_a_month"),
        ]


class StopCode(models.TextChoices):
    """停发情形. T1 and T3 to T7 follow from the register; the others are recorded."""

    DEATH = "T1", "死亡或宣告死亡"
    MISSING = "T2", "宣告失踪"
    MOVED = "T3", "户籍迁出"
    CERTIFICATE = "T4", "残疾人证过期、冻结或注销"
    GRADE = "T5", "类别等级变更后不符合"
    HARDSHIP = "T6", "退出低保等困难救助"
    EXCLUDED = "T7", "享受不得同享的待遇"
    PRISON = "T8", "服刑"
    FALSE_PAPERS = "T9", "虚假材料"
    REVIEW = "T10", "未参加或未通过复核"
    WAIVER = "T11", "书面自愿放弃"


RECORDED = (StopCode.MISSING, StopCode.PRISON, StopCode.FALSE_PAPERS, StopCode.REVIEW, StopCode.WAIVER)


class StopQuerySet(ScopedQuerySet):
    """Recorded stops."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked
class Stop(PersonFact):
    """停发 or 暂停 that no register tells: from `effective_on` (the event's day, whose month is still paid) until the
    day before `until_on`.

    T10 suspends; the others end the right. A stop that should never have been is withdrawn, and the months come back.
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    code = models.CharField("停发情形", max_length=3, choices=[(c.value, c.label) for c in RECORDED])
    effective_on = models.DateField("发生日期")
    until_on = models.DateField("终止日期（不含）", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)
    document = models.CharField("依据", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = StopQuerySet.as_manager()  # type: ignore[misc]  # the stubs take PersonFact's for a class variable

    class Meta:
        verbose_name = "停发登记"
        ordering = ("-effective_on", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("effective_on")),
                name="stop_runs_forward",
                violation_error_message="终止日期应晚于发生日期。",
            ),
            models.UniqueConstraint(
                fields=("person", "subsidy", "code"),
                condition=Q(until_on__isnull=True, withdrawn_at__isnull=True),
                name="stop_one_open_of_a_kind",
                violation_error_message="此人的这项补贴已有同样的停发登记。",
            ),
        ]


class Suspension(models.TextChoices):
    """What only suspends, so that the months may be paid afterwards."""

    FROZEN = "frozen", "残疾人证冻结"
    REVIEW = "review", "未参加复核"


@tracked
class Resumption(PersonFact):
    """恢复补发决定: suspended months that are to be paid after all, decided by 民政 (解冻: 残疾人证管理办法; T10)."""

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    cause = models.CharField("暂停原因", max_length=10, choices=Suspension.choices)
    first_month = models.DateField("补发起始月份")
    last_month = models.DateField("补发截止月份")
    reason = models.CharField("理由", max_length=200)
    decided_on = models.DateField("决定日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )

    class Meta:
        verbose_name = "恢复补发决定"
        ordering = ("-first_month", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")),
                name="resumption_runs_forward",
                violation_error_message="补发截止月份不能早于起始月份。",
            ),
        ]


class ReviewMethod(models.TextChoices):
    COUNTER = "counter", "窗口"
    VISIT = "visit", "入户"
    PHONE = "phone", "电话或视频"
    ONLINE = "online", "网上申报"


class ReviewResult(models.TextChoices):
    CONFIRMED = "confirmed", "符合，继续享受"
    FAILED = "failed", "不再符合"


@tracked
class Review(PersonFact):
    """年度复核 of a recipient (定期复核): one a person and year, for both subsidies."""

    year = models.PositiveSmallIntegerField("年度")
    result = models.CharField("结果", max_length=10, choices=ReviewResult.choices)
    method = models.CharField("方式", max_length=10, choices=ReviewMethod.choices)
    reviewed_on = models.DateField("复核日期")
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )

    class Meta:
        verbose_name = "年度复核"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "year"),
                name="review_one_a_year",
                violation_error_message="此人本年度已经复核。",
            ),
        ]
