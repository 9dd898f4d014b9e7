"""Services given (残疾人基本康复服务)."""

from typing import ClassVar

from django.db import models

from registry.models import PersonFact
from zalainuoer.common.history import tracked


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
