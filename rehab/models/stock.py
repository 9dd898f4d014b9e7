"""The federation's own devices: each piece with its number, what became of it, and whom it is lent to."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.devices import DeviceItem
from zalainuoer.common.history import tracked


class StockState(models.TextChoices):
    """In what state a piece is; whether it is lent, its open loan says."""

    USABLE = "usable", "可用"
    REPAIR = "repair", "维修中"
    LOST = "lost", "丢失待核销"
    WRITTEN_OFF = "written_off", "已报废"


@tracked
class StockDevice(models.Model):
    """库存辅具: one piece of the federation's own."""

    inventory_number = models.CharField(
        "库存编号", max_length=30, unique=True, error_messages={"unique": "已有这个库存编号的辅具。"}
    )
    item = models.ForeignKey(DeviceItem, models.PROTECT, related_name="pieces", verbose_name="辅具")
    state = models.CharField("状态", max_length=20, choices=StockState.choices, default=StockState.USABLE)
    place = models.CharField("存放地点", max_length=50)
    serial_number = models.CharField("出厂编号", max_length=50, blank=True)

    class Meta:
        verbose_name = "库存辅具"
        ordering = ("inventory_number",)

    def __str__(self) -> str:
        return self.inventory_number


class MovementKind(models.TextChoices):
    """What became of a piece."""

    RECEIPT = "receipt", "入库"
    MOVE = "move", "移库"
    REPAIR = "repair", "送修"
    REPAIRED = "repaired", "修复入库"
    LOST = "lost", "登记丢失"
    WRITE_OFF = "write_off", "报废核销"


@tracked
class StockMovement(models.Model):
    """库存变动. A receipt and a write-off name their document."""

    device = models.ForeignKey(StockDevice, models.PROTECT, related_name="movements", verbose_name="库存辅具")
    kind = models.CharField("变动", max_length=20, choices=MovementKind.choices)
    moved_on = models.DateField("变动日期")
    document = models.CharField("凭证", max_length=100, blank=True)
    place = models.CharField("存放地点", max_length=50, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "库存变动"
        ordering = ("moved_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind__in=(MovementKind.RECEIPT, MovementKind.WRITE_OFF)) | ~Q(document=""),
                name="stock_movement_names_document",
                violation_error_message="入库和报废都要填写凭证。",
            ),
        ]


class ReturnCondition(models.TextChoices):
    """归还情况."""

    GOOD = "good", "完好"
    DAMAGED = "damaged", "损坏，需要维修"
    LOST = "lost", "丢失，没有归还"


@tracked
class DeviceLoan(PersonFact):
    """辅具借用: a piece lent to somebody. A lent device is not a fitting, and no indicator counts it."""

    device = models.ForeignKey(StockDevice, models.PROTECT, related_name="loans", verbose_name="库存辅具")
    lent_on = models.DateField("借出日期")
    due_on = models.DateField("应归还日期")
    lent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    returned_on = models.DateField("归还日期", null=True, blank=True)
    condition = models.CharField("归还情况", max_length=10, choices=ReturnCondition.choices, blank=True)
    return_note = models.CharField("归还说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "辅具借用"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("device",),
                condition=Q(returned_on__isnull=True),
                name="device_loan_one_open",
                violation_error_message="这件辅具已经借出，还没有归还。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("lent_on")),
                name="device_loan_runs_forward",
                violation_error_message="应归还日期不能早于借出日期。",
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True, condition="")
                | Q(returned_on__gte=F("lent_on")) & ~Q(condition=""),
                name="device_loan_returned_after_lent",
                violation_error_message="归还日期不能早于借出日期，并要登记归还情况。",
            ),
        ]
