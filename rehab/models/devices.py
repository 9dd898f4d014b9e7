"""Assistive devices handed over and fitted (辅助器具适配)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked


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
