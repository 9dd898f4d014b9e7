"""Photographs of homes and places: made anew from what was sent, sealed, served to whoever may see the home."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accessibility.models.homes import RetrofitHome, Room
from accessibility.models.places import Inspection
from accessibility.models.works import PlanItem
from zalainuoer.common.history import tracked, tracked_fields
from zalainuoer.common.models import ScopedQuerySet, User


class PhotoPurpose(models.TextChoices):
    ASSESSMENT = "assessment", "入户评估"
    BEFORE = "before", "改造前"
    DURING = "during", "施工中"
    AFTER = "after", "改造后"
    FOLLOW_UP = "follow_up", "回访"
    INSPECTION = "inspection", "体验检查"


class PhotoQuerySet(ScopedQuerySet):
    """Photographs: whoever may see the home, or the place, may see its photographs."""

    def visible_to(self, user: User) -> Self:
        if user.scope_ids is None:
            return self
        return self.filter(
            Q(home__person__community__in=user.scope_ids) | Q(inspection__facility__community__in=user.scope_ids)
        )


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

    division_path = "home__person__community"  # of a home's; the queryset knows the other way too

    objects = PhotoQuerySet.as_manager()

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
            models.UniqueConstraint(
                fields=("inspection", "sha256"),
                name="photo_once_an_inspection",
                violation_error_message="这张照片已经上传过。",
            ),
        ]

    @property
    def words(self) -> str:
        """What it is of, for whoever does not see it; names no one."""
        where = f"{self.item.item.name}（{self.get_room_display()}）" if self.item else self.get_room_display()
        return "，".join(part for part in (self.get_purpose_display(), where, self.caption) if part)


@tracked_fields("photo")
class PhotoContent(models.Model):
    """The picture and its thumbnail, as they were made anew: JPEGs, each sealed (purpose "photo").

    Beside the photograph, so that lists never load it; its history knows that it was, not the picture: removed, it is gone.
    """

    photo = models.OneToOneField(Photo, models.CASCADE, primary_key=True, related_name="content", verbose_name="照片")
    image = models.BinaryField("图像")
    thumbnail = models.BinaryField("缩略图")

    class Meta:
        verbose_name = "照片内容"


class PhotoUpload(models.Model):
    """A photograph on its way, in parts: on a bad line it goes on where it stopped.

    `fingerprint` is a digest of the file's name, size and time on the sender's telephone, by which the same file,
    chosen again, finds what has already arrived. Kept until the nightly task removes it.
    """

    home = models.ForeignKey(
        RetrofitHome, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="改造办理"
    )
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="体验检查"
    )
    item = models.ForeignKey(PlanItem, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="方案明细")
    room = models.CharField("位置", max_length=10, choices=Room.choices, blank=True)
    purpose = models.CharField("用途", max_length=12, choices=PhotoPurpose.choices)
    caption = models.CharField("说明", max_length=100, blank=True)
    fingerprint = models.CharField("文件特征", max_length=64)
    size = models.PositiveIntegerField("文件大小（字节）")
    received = models.PositiveIntegerField("已收到（字节）", default=0)
    photo = models.ForeignKey(Photo, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="照片")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="上传人")

    class Meta:
        verbose_name = "照片上传"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("by", "home", "inspection", "item", "room", "purpose", "fingerprint"),
                name="photo_upload_once",
                nulls_distinct=False,
            ),
        ]


class PhotoPart(models.Model):
    """What has arrived of a photograph on its way, piece by piece, sealed (purpose "photo")."""

    upload = models.ForeignKey(PhotoUpload, models.CASCADE, related_name="parts", verbose_name="照片上传")
    start = models.PositiveIntegerField("起点（字节）")
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "照片片段"
        ordering = ("start",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("upload", "start"), name="photo_part_once")]
