"""Accessibility: home retrofits (家庭无障碍改造)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import Household, Level, PersonFact
from zalainuoer.common.history import tracked


class Hardship(models.TextChoices):
    """困难类型 of the household when the project was approved."""

    DIBAO = "dibao", "低保"
    TEKUN = "tekun", "特困"
    DIBAO_EDGE = "dibao_edge", "低保边缘"
    RELAPSE_WATCH = "relapse_watch", "防返贫监测"
    OTHER = "other", "其他"


class AcceptanceVerdict(models.TextChoices):
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


@tracked
class HomeRetrofit(PersonFact):
    """困难重度残疾人家庭无障碍改造: one project; level and hardship as they were at approval."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="retrofits", verbose_name="户")
    hardship = models.CharField("困难类型", max_length=20, choices=Hardship.choices)
    level = models.CharField("残疾等级", max_length=1, choices=Level.choices)
    works = models.CharField("改造内容", max_length=300)
    approved_on = models.DateField("批准日期")
    started_on = models.DateField("开工日期", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    verdict = models.CharField("验收结论", max_length=10, choices=AcceptanceVerdict.choices, null=True, blank=True)
    settled_yuan = models.DecimalField("决算金额", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "家庭无障碍改造"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("household", "person", "approved_on"), name="home_retrofit_one_approval"),
            models.CheckConstraint(
                condition=Q(settled_yuan__isnull=True) | Q(settled_yuan__gte=0), name="home_retrofit_not_negative"
            ),
        ]
