"""Employment: vocational training."""

from typing import ClassVar

from django.db import models

from registry.models import PersonFact
from zalainuoer.common.history import tracked


@tracked
class TrainingRecord(PersonFact):
    """职业技能培训: one person in one class."""

    class_name = models.CharField("培训班名称", max_length=100)
    trade = models.CharField("培训工种", max_length=50, null=True, blank=True)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结业日期", null=True, blank=True)
    is_completed = models.BooleanField("是否结业")

    class Meta:
        verbose_name = "培训记录"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("class_name", "person"), name="training_record_one_a_class"),
        ]
