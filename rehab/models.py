"""Rehabilitation: the yearly needs survey, services given, assistive devices fitted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division


@tracked
class RehabNeed(PersonFact):
    """残疾人康复需求调查: what a person was found to need in a year; empty is no need."""

    year = models.PositiveSmallIntegerField("年度")
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    rehab = models.CharField("康复需求", max_length=200, null=True, blank=True)
    device = models.CharField("辅具需求", max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = "康复需求"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person"), name="rehab_need_one_a_year"),
        ]


class ServiceKind(models.TextChoices):
    """服务类别 of 残疾人基本康复服务."""

    MEDICAL = "medical", "康复医疗"
    TRAINING = "training", "康复训练"
    NURSING = "nursing", "护理"
    PSYCHOLOGICAL = "psychological", "心理疏导"
    KNOWLEDGE = "knowledge", "康复知识普及"


@tracked
class RehabService(PersonFact):
    """残疾人基本康复服务: one service on one day."""

    served_on = models.DateField("服务日期")
    kind = models.CharField("服务类别", max_length=20, choices=ServiceKind.choices)
    provider = models.CharField("服务机构", max_length=100)

    class Meta:
        verbose_name = "康复服务"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("served_on", "person", "kind", "provider"), name="rehab_service_once"),
        ]


@tracked
class DeviceFitting(PersonFact):
    """辅助器具适配: a device handed over and fitted on a day."""

    fitted_on = models.DateField("适配日期")
    device = models.CharField("辅具名称", max_length=100)
    quantity = models.PositiveIntegerField("数量")

    class Meta:
        verbose_name = "辅具适配"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("fitted_on", "person", "device"), name="device_fitting_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="device_fitting_at_least_one"),
        ]
