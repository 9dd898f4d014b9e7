"""Photographs of homes and places: made anew from what was sent, sealed, served to whoever may see the home."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accessibility.models.homes import RetrofitHome, Room
from accessibility.models.places import Inspection
from accessibility.models.works import PlanItem
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class PhotoPurpose(models.TextChoices):
    ASSESSMENT = "assessment", "入户评估"
    BEFORE = "before", "改造前"
    DURING = "during", "施工中"
    AFTER = "after", "改造后"
    FOLLOW_UP = "follow_up", "回访"
    INSPECTION = "inspection", "体验检查"


@tracked
class Photo(models.Model):
    """One photograph of a home (of a room or of a planned item) or of an inspection. `sha256` is of what was sent."""

    home = models.ForeignKey(
        RetrofitHome, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="改造办理"
    )
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="体验检查"
    )
    item = models.ForeignKey(
        PlanItem, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="方案明细"
    )
    room = models.CharField("位置", max_length=10, choices=Room.choices, blank=True)
    purpose = models.CharField("用途", max_length=12, choices=PhotoPurpose.choices)
    caption = models.CharField("说明", max_length=100, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    sha256 = models.CharField("原文件摘要", max_length=64)
    width = models.PositiveIntegerField("宽（像素）")
    height = models.PositiveIntegerField("高（像素）")
    added_at = models.DateTimeField("上传时间", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "照片"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(home__isnull=False, inspection__isnull=True)
                | Q(home__isnull=True, inspection__isnull=False, item__isnull=True),
                name="photo_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=("home", "purpose", "sha256"),
                name="photo_once_a_purpose",
                violation_error_message="这张照片已经上传过。",
            ),
        ]
