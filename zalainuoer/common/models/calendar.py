"""工作日历: which days are holidays and which weekend days are worked instead."""

from typing import ClassVar

from django.db import models

from zalainuoer.common.history import tracked_fields


@tracked_fields("day", "is_working", "name", "document")
class CalendarDay(models.Model):
    """A day that is not what its weekday says: 放假, or a weekend day worked instead (调休上班).

    From the State Council's yearly notice (国务院办公厅关于部分节假日安排的通知). A year without any row is not
    maintained, and no working day of it can be counted.
    """

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("是否上班")
    name = models.CharField("节日", max_length=50)
    document = models.CharField("文号", max_length=200)

    class Meta:
        verbose_name = "节假日"
        ordering: ClassVar = ("day",)
