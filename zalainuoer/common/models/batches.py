"""Upload batches: one workbook on its way into the tables."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from zalainuoer.common.locks import running_jobs
from zalainuoer.common.models.accounts import User
from zalainuoer.common.models.divisions import Department, DivisionLevel


class BatchState(models.TextChoices):
    """Where an upload stands. Lost is derived: running by its state, but nobody holds its lock."""

    QUEUED = "queued", "排队中"
    READING = "reading", "正在读取核对"
    PREVIEW = "preview", "待确认"
    CONFIRMING = "confirming", "正在入库"
    COMMITTED = "committed", "已入库"
    UNCHANGED = "unchanged", "没有变化"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"
    CANCELLED = "cancelled", "已取消"
    UNREADABLE = "unreadable", "无法读取"
    FAILED = "failed", "处理失败"


class Job(models.TextChoices):
    """What a worker is asked to do with a batch."""

    READ = "read", "读取核对"
    WRITE = "write", "入库"
    UNDO = "undo", "撤销"


RUNNING = frozenset({BatchState.READING, BatchState.CONFIRMING, BatchState.UNDOING})
PENDING = RUNNING | {BatchState.QUEUED}


class UploadBatchQuerySet(models.QuerySet["UploadBatch"]):
    def visible_to(self, user: User) -> Self:
        """One's own department's batches; the federation's district staff see all, whoever has a smaller area their own."""
        is_local = user.division is not None and user.division.level in (DivisionLevel.STREET, DivisionLevel.COMMUNITY)
        if user.has_perm("common.view_all_batches") and not is_local:
            return self
        if user.scope_ids is not None:
            return self.filter(uploaded_by=user)
        return self.filter(department=user.department_id)

    def committed(self) -> Self:
        return self.filter(state=BatchState.COMMITTED)


class UploadBatch(models.Model):
    """One workbook on its way into the tables: what was delivered, what became of every row, how to undo it."""

    sheet = models.CharField("报表", max_length=40)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="部门")
    file_name = models.CharField("文件名", max_length=255)
    file_hash = models.CharField("文件指纹", max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="batches", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    queued_at = models.DateTimeField("排队时间", auto_now_add=True)
    state = models.CharField("状态", max_length=12, choices=BatchState.choices, default=BatchState.QUEUED)
    job = models.CharField("任务", max_length=5, choices=Job.choices, default=Job.READ)
    stage = models.CharField("步骤", max_length=40, blank=True)
    done = models.PositiveIntegerField("已处理行数", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    cancel_requested = models.BooleanField("请求取消", default=False)
    message = models.TextField("说明", blank=True)

    rows = models.PositiveIntegerField("数据行", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    same = models.PositiveIntegerField("不变", default=0)
    refused = models.PositiveIntegerField("拒绝", default=0)
    absent = models.PositiveIntegerField("上次有、本次没有", default=0)
    withdraws_absent = models.BooleanField("撤下上次有、本次没有的记录", default=False)
    confirmed_rows = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    periods = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="所属期间")

    committed_at = models.DateTimeField("入库时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undo_report = models.JSONField("撤销结果", default=dict, blank=True)
    history_context = models.UUIDField(null=True, blank=True, editable=False)

    objects = UploadBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "上传批次"
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=("sheet", "state"))]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"

    @property
    def is_pending(self) -> bool:
        """Whether a worker has it, or is to get it."""
        return self.state in PENDING

    @property
    def is_lost(self) -> bool:
        """Unfinished, and nobody holds its lock: the worker died."""
        return self.state in RUNNING and self.pk not in running_jobs()

    @property
    def would_change(self) -> bool:
        """Whether confirming would write anything."""
        return bool(self.new or self.changed or self.absent)


class StoredFileKind(models.TextChoices):
    WORKBOOK = "workbook", "原工作簿"
    STAGED = "staged", "核对后的数据"
    PREVIEW = "preview", "预览"


class StoredFile(models.Model):
    """A batch's workbook or preview, encrypted. In the database, so that workers on other machines have it too."""

    batch = models.ForeignKey(UploadBatch, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=StoredFileKind.choices)
    content = models.BinaryField()

    class Meta:
        verbose_name = "暂存文件"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("batch", "kind"), name="stored_file_one_of_a_kind"),
        ]
