"""Who read what, sealed; and the keys that encrypt fields."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q


class AccessAct(models.TextChoices):
    """行为 that the access log notes."""

    LIST = "list", "查看名单"
    SEARCH = "search", "查询"
    READ = "read", "查看档案"
    UNMASK = "unmask", "显示号码"
    PRINT = "print", "打印"
    EXPORT = "export", "导出"
    DOWNLOAD = "download", "下载"
    COMMAND = "command", "命令"


@pgtrigger.register(
    pgtrigger.Protect(name="access_log_is_not_edited", operation=pgtrigger.Update),
    pgtrigger.Protect(name="access_log_is_not_deleted", operation=pgtrigger.Delete),
)
class AccessLog(models.Model):
    """Reads and exports of personal data, which no trigger sees. No foreign keys: it outlives what it names.

    Rows are only added; the database refuses to change or delete one. `what` never holds an ID number, a phone or a
    name: the log is read by administrators, who see no personal data. A task seals the rows in blocks (AuditBlock).
    """

    at = models.DateTimeField("时间", auto_now_add=True)
    username = models.CharField("用户名", max_length=50)
    act = models.CharField("行为", max_length=10, choices=AccessAct.choices)
    what = models.CharField("对象", max_length=200)
    people = models.PositiveIntegerField("涉及人数", default=0)
    person = models.BigIntegerField("人员编号", null=True, blank=True)  # the primary key of the one person read
    reason = models.CharField("事由", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)

    class Meta:
        verbose_name = "访问记录"
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=("person", "id"), name="access_log_of_person", condition=Q(person__isnull=False))
        ]


class AuditBlock(models.Model):
    """A run of access log rows sealed by a hash over them and over the block before (GB/T 22239-2019 8.1.4.3).

    Whoever edits, removes or inserts a sealed row breaks the chain (`manage.py audit_verify`). Retention removes the
    rows of whole blocks and keeps the blocks.
    """

    first = models.BigIntegerField("首条", unique=True)
    last = models.BigIntegerField("末条", unique=True)
    rows = models.PositiveIntegerField("条数")
    previous_hash = models.CharField("前块指纹", max_length=64, unique=True)
    hash = models.CharField("指纹", max_length=64, unique=True)
    sealed_at = models.DateTimeField("封存时间")
    removed_at = models.DateTimeField("到期删除时间", null=True, blank=True)

    class Meta:
        verbose_name = "审计块"
        ordering = ("id",)


class DataKey(models.Model):
    """A key that encrypts fields, itself encrypted ("wrapped") by a master key of the environment.

    Stored values name the data key by `key_id`. Changing the master key re-wraps these few rows and no others, so
    that history, which is append-only, stays as it was written (docs/decisions/0003).
    """

    key_id = models.CharField("代号", max_length=20, primary_key=True)
    wrapped = models.TextField("加密后的密钥")
    master_id = models.CharField("主密钥代号", max_length=20)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "数据密钥"
        ordering = ("created_at", "key_id")
