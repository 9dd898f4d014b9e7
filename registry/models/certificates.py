"""残疾人证: what it states for which days, and the acts that changed it (残疾人证管理办法)."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models.people import Household, Person
from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked, tracked_fields
from zalainuoer.common.models import Division, ScopedQuerySet

# A statement that has held "for every day so far" begins here; one that still holds ends here.
BEGINNING = datetime.date.min
FOREVER = datetime.date.max


class Category(models.TextChoices):
    """残疾类别 (GB/T 26341-2010); the value is the digit in the certificate number."""

    VISUAL = "1", "视力残疾"
    HEARING = "2", "听力残疾"
    SPEECH = "3", "言语残疾"
    PHYSICAL = "4", "肢体残疾"
    INTELLECTUAL = "5", "智力残疾"
    MENTAL = "6", "精神残疾"
    MULTIPLE = "7", "多重残疾"


class Level(models.TextChoices):
    """残疾等级, 一级 the most severe; the value is the digit in the certificate number."""

    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    FOURTH = "4", "四级"


class CertificateStatus(models.TextChoices):
    """证件状态. 过期 is derived from the last day of validity, never stored."""

    NORMAL = "normal", "正常"
    LOST = "lost", "挂失"
    FROZEN = "frozen", "冻结"
    CANCELLED = "cancelled", "注销"
    MOVED_OUT = "moved_out", "迁出"


class HukouType(models.TextChoices):
    AGRICULTURAL = "agricultural", "农业"
    NON_AGRICULTURAL = "non_agricultural", "非农业"


class CertificateQuerySet(ScopedQuerySet):
    """Statements about certificates."""

    def current(self) -> Self:
        """The statements that hold until further notice: one a holder."""
        return self.filter(held_until=FOREVER)


@tracked
class Certificate(models.Model):
    """残疾人证 as stated for a span of days: holds on every day with held_from ≤ day < held_until.

    What the registry sheet says without a date holds for every day until a later 发证日期 or 状态日期 begins a new
    span; a statement with the same dates corrects the old one. A person's spans follow each other without gap from
    BEGINNING to FOREVER, so that a past day's register never changes through a later event.
    The certificate number is derived (ID number, category, level, suffix) and never a key.
    """

    division_path = "person__community"

    person = models.ForeignKey(
        Person, models.CASCADE, db_index=False, related_name="certificates", verbose_name="人员"
    )  # the unique constraint below is its index
    held_from = models.DateField("适用自", default=BEGINNING)
    held_until = models.DateField("适用至（不含）", default=FOREVER)
    first_issued_on = models.DateField("首次发证日期")
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至")
    category = models.CharField("残疾类别", max_length=1, choices=Category.choices)
    level = models.CharField("残疾等级", max_length=1, choices=Level.choices)
    components = models.CharField("多重残疾明细", max_length=100, null=True, blank=True)
    suffix = EncryptedTextField("补发序号", purpose="certificate_suffix", null=True, blank=True)
    suffix_index = BlindIndexField(purpose="certificate_suffix", null=True, blank=True, editable=False)
    status = models.CharField("证件状态", max_length=10, choices=CertificateStatus.choices)
    status_on = models.DateField("状态日期", null=True, blank=True)
    status_reason = models.CharField("状态原因", max_length=100, null=True, blank=True)
    hukou_type = models.CharField("户口性质", max_length=20, choices=HukouType.choices, null=True, blank=True)
    is_student = models.BooleanField("在校学生", null=True, blank=True)
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    household = models.ForeignKey(Household, models.PROTECT, related_name="certificates", verbose_name="户")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "残疾人证"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "held_from"), name="certificate_one_statement_a_day"),
            models.CheckConstraint(condition=Q(held_from__lt=F("held_until")), name="certificate_span_runs_forward"),
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("issued_on")),
                name="certificate_expires_after_issue",
                violation_error_message="有效期至不能早于发证日期。",
            ),
            models.CheckConstraint(
                condition=Q(status=CertificateStatus.NORMAL) | Q(status_on__isnull=False),
                name="certificate_status_has_date",
                violation_error_message="证件状态不是“正常”时必须填写状态日期。",
            ),
        ]

    @property
    def number(self) -> str:
        """残疾人证号: ID number, category, level, and B with the count of re-issues."""
        return f"{self.person.id_number}{self.category}{self.level}{self.suffix or ''}"


class CertificateAct(models.TextChoices):
    """残疾人证业务 (残疾人证管理办法; 跨省通办). What each asks for and does stands in registry/services."""

    ISSUE = "issue", "新办"
    RENEW = "renew", "换领"
    REISSUE = "reissue", "补办"
    REGRADE = "regrade", "类别等级变更"
    MOVE_IN = "move_in", "迁入"
    MOVE_OUT = "move_out", "迁出"
    REPORT_LOSS = "report_loss", "挂失"
    FREEZE = "freeze", "冻结"
    UNFREEZE = "unfreeze", "解冻"
    CANCEL = "cancel", "注销"
    DETAILS = "details", "信息变更"


@tracked
class CertificateCase(models.Model):
    """One act on somebody's certificate: what was done, from which day on, on what ground, by whom.

    The statement it led to stands in Certificate; here stands the file. `accepted_by` differs from `decided_by` where
    the application came in elsewhere (跨省通办: accepted where one lives, decided where the hukou is).
    """

    division_path = "person__community"

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificate_cases", verbose_name="人员")
    act = models.CharField("业务", max_length=12, choices=CertificateAct.choices)
    effective_on = models.DateField("生效日期")
    reason = models.CharField("原因", max_length=100, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    basis = models.CharField("依据", max_length=200)
    accepted_by = models.CharField("受理机关", max_length=100, blank=True)
    decided_by = models.CharField("决定机关", max_length=100, blank=True)
    changes = models.JSONField(
        "变动", default=list
    )  # [[heading, before, after]], certificate numbers by their ends only
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    history_context = models.UUIDField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "残疾人证业务记录"
        ordering = ("-effective_on", "-id")


@tracked_fields("case", "name", "content_type")
class Attachment(models.Model):
    """附件 of an act on a certificate: a scan or photograph, encrypted."""

    case = models.ForeignKey(CertificateCase, models.CASCADE, related_name="attachments", verbose_name="业务记录")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("文件类型", max_length=50)
    content = models.BinaryField("内容")  # sealed with ciphers.encrypt_bytes(purpose="file.attachment")

    class Meta:
        verbose_name = "附件"
