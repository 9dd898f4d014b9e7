"""The yearly service plan made from the needs (年度康复服务计划)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from rehab.models.services import ServiceKind
from zalainuoer.common.history import tracked


class PlanDomain(models.TextChoices):
    """What a line of the plan is about: the kinds of service, needs in other words, and devices."""

    MEDICAL = ServiceKind.MEDICAL.value, ServiceKind.MEDICAL.label
    TRAINING = ServiceKind.TRAINING.value, ServiceKind.TRAINING.label
    NURSING = ServiceKind.NURSING.value, ServiceKind.NURSING.label
    PSYCHOLOGICAL = ServiceKind.PSYCHOLOGICAL.value, ServiceKind.PSYCHOLOGICAL.label
    KNOWLEDGE = ServiceKind.KNOWLEDGE.value, ServiceKind.KNOWLEDGE.label
    OTHER = "other", "其他康复需求"
    DEVICE = "device", "辅具适配"


@tracked
class PlanLine(PersonFact):
    """康复服务计划: one need of one person in a year, who is to meet it and when.

    Whether it is done is not stored: services and fittings say so (`rehab.planning.with_progress`).
    """

    year = models.PositiveSmallIntegerField("年度")
    domain = models.CharField("需求类别", max_length=20, choices=PlanDomain.choices)
    provider = models.CharField("服务机构", max_length=100, blank=True)
    month = models.PositiveSmallIntegerField("计划月份", null=True, blank=True)
    coordinator = models.CharField("康复协调员", max_length=50, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "康复服务计划"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("year", "person", "domain"),
                name="plan_line_once",
                violation_error_message="此人这一年的这类需求已经列入计划。",
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)),
                name="plan_line_month",
                violation_error_message="计划月份应在 1 至 12 之间。",
            ),
        ]
