"""What residents and hotlines report of barriers, until they are answered (无障碍环境建设法 第六十二条)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accessibility.models.places import Facility
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class CaseChannel(models.TextChoices):
    RESIDENT = "resident", "居民当面或电话反映"
    HOTLINE_12385 = "12385", "12385 残疾人服务热线"
    HOTLINE_12345 = "12345", "12345 政务服务热线"
    LETTER = "letter", "来信来访"


class BarrierCaseState(models.TextChoices):
    OPEN = "open", "办理中"
    TRANSFERRED = "transferred", "已转办"
    REPLIED = "replied", "已答复"
    WITHDRAWN = "withdrawn", "已撤销"


@tracked
class BarrierCase(models.Model):
    """障碍反映 about a place. Who reported stays with the hotline: only its number is kept here."""

    division_path = "community"

    channel = models.CharField("来源", max_length=10, choices=CaseChannel.choices)
    source_number = models.CharField("来源编号", max_length=50, blank=True)
    received_on = models.DateField("收到日期")
    topic = models.CharField("反映事项", max_length=500)
    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在社区")
    place = models.CharField("具体地点", max_length=200)
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="设施"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="承办人")
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=12, choices=BarrierCaseState.choices, default=BarrierCaseState.OPEN)
    transferred_to = models.CharField("转办单位", max_length=100, blank=True)
    transferred_on = models.DateField("转办日期", null=True, blank=True)
    reply = models.CharField("答复内容", max_length=500, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField("满意度（1 到 5 分）", null=True, blank=True)
    withdrawn_reason = models.CharField("撤销原因", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "障碍反映"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("channel", "source_number"),
                condition=~Q(source_number=""),
                name="barrier_case_source_once",
                violation_error_message="这个来源编号已经登记过。",
            ),
            models.CheckConstraint(
                condition=~Q(state=BarrierCaseState.REPLIED) | Q(replied_on__isnull=False) & ~Q(reply=""),
                name="barrier_case_replied_says_what",
                violation_error_message="已答复的请写明答复日期和内容。",
            ),
            models.CheckConstraint(
                condition=~Q(state=BarrierCaseState.TRANSFERRED)
                | Q(transferred_on__isnull=False) & ~Q(transferred_to=""),
                name="barrier_case_transferred_says_where",
                violation_error_message="转办的请写明转办单位和日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=BarrierCaseState.WITHDRAWN) | ~Q(withdrawn_reason=""),
                name="barrier_case_withdrawn_says_why",
                violation_error_message="撤销请写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True)
                | Q(satisfaction__gte=1, satisfaction__lte=5, state=BarrierCaseState.REPLIED),
                name="barrier_case_satisfaction",
                violation_error_message="答复以后才登记满意度，填 1 到 5 分。",
            ),
        ]
