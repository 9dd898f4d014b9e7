"""The foundation's tables: divisions, departments, accounts, dated parameters, upload batches, the access log."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.history import tracked_fields
from zalainuoer.common.locks import running_jobs


class DivisionLevel(models.TextChoices):
    REGION = "region", "省级"
    CITY = "city", "地市"
    DISTRICT = "district", "旗县区"
    STREET = "street", "街道（镇）"
    COMMUNITY = "community", "社区（村）"


class DivisionQuerySet(models.QuerySet["Division"]):
    def streets(self) -> Self:
        return self.filter(level=DivisionLevel.STREET)

    def communities(self) -> Self:
        return self.filter(level=DivisionLevel.COMMUNITY)

    def subtree_ids(self, root_id: int) -> frozenset[int]:
        """The ids of a division and of everything below it, in one statement."""
        parents = dict(self.values_list("id", "parent_id"))
        below = {root_id}
        grew = True
        while grew:
            found = {child for child, parent in parents.items() if parent in below and child not in below}
            below |= found
            grew = bool(found)
        return frozenset(below)


@tracked_fields("code", "name", "level", "parent")
class Division(models.Model):
    """行政区划: region, city, district, street or community. Codes get renumbered; ids do not."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=50)
    level = models.CharField("级别", max_length=10, choices=DivisionLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        ordering = ("code",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("parent", "name"), name="division_name_unique_below_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """部门: a member of the 残工委 that delivers sheets (民政局, 医疗保障局, …)."""

    name = models.CharField("名称", max_length=50, unique=True)
    short_name = models.CharField("简称", max_length=20)

    class Meta:
        verbose_name = "部门"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """岗位. What each may do stands in zalainuoer/roles.py."""

    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"
    FEDERATION_STAFF = "federation_staff", "区残联工作人员"
    STREET_STAFF = "street_staff", "街道（镇）工作人员"
    COMMUNITY_WORKER = "community_worker", "社区专职委员"
    LIAISON = "liaison", "部门联络员"
    LEADERSHIP = "leadership", "领导"
    SYSTEM_CLIENT = "system_client", "对接系统"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


TOKEN_ISSUED, TOKEN_REVOKED = "token_issued", "token_revoked"


@tracked_fields("username", "name", "role", "division", "department", "is_active", acts=(TOKEN_ISSUED, TOKEN_REVOKED))
class User(AbstractBaseUser):
    """An account. There is no superuser: whoever could bypass scope would, one day.

    `division` bounds what the person sees to that division and below (empty: the whole system);
    `department` is whose sheets the person delivers.
    """

    username = models.CharField("用户名", max_length=50, unique=True)
    name = models.CharField("姓名", max_length=50)
    role = models.CharField("岗位", max_length=30, choices=Role.choices)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, verbose_name="辖区")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, verbose_name="部门")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering = ("username",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(role__in=(Role.STREET_STAFF, Role.COMMUNITY_WORKER)) | Q(division__isnull=False),
                name="user_local_staff_has_division",
                violation_error_message="街道（镇）工作人员和社区专职委员必须选择辖区。",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.LIAISON) | Q(department__isnull=False),
                name="user_liaison_has_department",
                violation_error_message="部门联络员必须选择部门。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """True if the role grants the permission (`app.act`, table in zalainuoer/roles.py)."""
        if not self.is_active:
            return False
        for backend in get_backends():
            if not hasattr(backend, "has_perm"):
                continue
            try:
                if backend.has_perm(self, permission, obj):
                    return True
            except PermissionDenied:
                return False
        return False

    def has_perms(self, permissions: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(p, obj) for p in permissions)

    @cached_property
    def scope_ids(self) -> frozenset[int] | None:
        """The ids of the divisions this person may see, resolved once a request; None is everywhere."""
        return None if self.division_id is None else Division.objects.subtree_ids(self.division_id)


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows bounded by area: every such model names the path to its division once, as `division_path`."""

    def visible_to(self, user: User) -> Self:
        """The rows of the user's division and below."""
        if user.scope_ids is None:
            return self
        return self.filter(**{f"{self.model.division_path}__in": user.scope_ids})


class ParameterQuerySet(models.QuerySet["Parameter"]):
    def value(self, key: str, *, on: datetime.date) -> Any:
        """The parameter's value on a day; raises ParameterMissing (参数未维护) where none is in force."""
        found = self.filter(key=key, effective_from__lte=on).order_by("-effective_from").first()
        if found is None or found.value is None:
            raise ParameterMissing(key if found is None else found.name, on)
        return found.value

    def values_on(self, *, on: datetime.date) -> dict[str, Any]:
        """Every parameter in force on a day, in one statement."""
        rows = self.filter(effective_from__lte=on).order_by("key", "effective_from")
        return dict(rows.values_list("key", "value"))


@tracked_fields("key", "name", "value", "effective_from", "document", "note")
class Parameter(models.Model):
    """A figure or list that a document can change: dated, with the document's number, never a constant in code.

    A value holds from `effective_from` until the next one of the same key; null means "no longer in force".
    """

    key = models.CharField("代号", max_length=60)
    name = models.CharField("名称", max_length=100)
    value = models.JSONField("值", null=True)
    effective_from = models.DateField("生效日期")
    document = models.CharField("文号", max_length=200)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = "参数"
        ordering = ("key", "effective_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("key", "effective_from"),
                name="parameter_one_value_a_day",
                violation_error_message="该参数在这一天已有取值，请修改原取值或另选生效日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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


class SavedView(models.Model):
    """A list's filter that somebody has kept under a name: the page's own query string, for its owner alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="账号")
    page = models.CharField("页面", max_length=50)  # the URL's name
    name = models.CharField("名称", max_length=50)
    query = models.CharField("筛选条件", max_length=2000)

    class Meta:
        verbose_name = "常用筛选"
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("user", "page", "name"),
                name="saved_view_name_unique",
                violation_error_message="您已有同名的常用筛选，请换一个名称。",
            ),
        ]
