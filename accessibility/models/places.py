"""Public places: the inventory, and what the experience team (体验促进队) found there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class FacilityKind(models.TextChoices):
    """设施类别 (无障碍环境建设法 第二章; 规划 专栏6)."""

    ROAD = "road", "城市道路"
    CROSSING = "crossing", "天桥、地道和信号灯"
    BUILDING = "building", "公共建筑"
    SERVICE = "service", "政务和公共服务大厅"
    TOILET = "toilet", "公共厕所"
    TRANSPORT = "transport", "公共交通"
    PARKING = "parking", "停车场"
    ESTATE = "estate", "居住小区"
    WELFARE = "welfare", "康复、托养和集中就业场所"


@tracked
class Facility(models.Model):
    """无障碍设施台账: one place, where it is, who must keep it. Bays only of a car park."""

    division_path = "community"

    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=10, choices=FacilityKind.choices)
    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在社区")
    address = models.CharField("地址", max_length=200, blank=True)
    keeper = models.CharField("管理单位", max_length=100)
    supervisor = models.CharField("主管部门", max_length=100, blank=True)
    bays = models.PositiveIntegerField("停车泊位总数", null=True, blank=True)
    accessible_bays = models.PositiveIntegerField("无障碍停车位数", null=True, blank=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "无障碍设施"
        ordering = ("kind", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("community", "name"), name="facility_once", violation_error_message="这个社区已有同名的设施。"
            ),
            models.CheckConstraint(
                condition=Q(accessible_bays__isnull=True) | Q(bays__isnull=False),
                name="facility_bays_known",
                violation_error_message="填写无障碍停车位数的，也要填写停车泊位总数。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Inspection(models.Model):
    """体验检查 of a place on a day."""

    division_path = "facility__community"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="inspections", verbose_name="设施")
    inspected_on = models.DateField("检查日期")
    team = models.CharField("检查人员", max_length=200)
    note = models.CharField("总体情况", max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "体验检查"
        ordering = ("-inspected_on", "-pk")


@tracked
class RectificationNotice(models.Model):
    """整改通知书 to whoever keeps a place, numbered by year; `due_on` is `working_days` 工作日 after the day of issue."""

    division_path = "facility__community"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="notices", verbose_name="设施")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号")
    issued_on = models.DateField("发出日期")
    working_days = models.PositiveSmallIntegerField("整改期限（工作日）")
    due_on = models.DateField("整改截止日期")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "整改通知"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "number"), name="rectification_notice_number_once"),
            models.CheckConstraint(
                condition=Q(working_days__gt=0, due_on__gt=models.F("issued_on")),
                name="rectification_notice_due_later",
                violation_error_message="整改期限至少 1 个工作日。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_reason=""),
                name="rectification_notice_withdrawn_with_reason",
                violation_error_message="撤回整改通知必须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"〔{self.year}〕{self.number}号"


@tracked
class Barrier(models.Model):
    """问题 found at an inspection; `removed_in` is the re-inspection that found it removed."""

    division_path = "inspection__facility__community"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="barriers", verbose_name="体验检查")
    place = models.CharField("具体位置", max_length=100)
    found = models.CharField("障碍情况", max_length=300)
    standard = models.CharField("依据的标准", max_length=200, blank=True)
    notice = models.ForeignKey(
        RectificationNotice, models.PROTECT, null=True, blank=True, related_name="barriers", verbose_name="整改通知"
    )
    removed_in = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="removed", verbose_name="复查"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "障碍"
        ordering = ("pk",)
