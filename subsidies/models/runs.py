"""The monthly payment: runs, their lines, the bank's answer, and what has to come back."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import Person, PersonFact
from subsidies.models.standards import Standard, Subsidy
from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


@tracked
class BankAccount(PersonFact):
    """收款账户 of a person: the 社会保障卡 or bank card that both subsidies are paid to."""

    bank = models.CharField("开户银行", max_length=100)
    number = EncryptedTextField("银行账号", purpose="bank_account")
    number_index = BlindIndexField(purpose="bank_account", db_index=True, editable=False)
    holder = models.CharField("户名", max_length=50)  # another's where a guardian receives for the person

    class Meta:
        verbose_name = "收款账户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person",), name="bank_account_one_a_person"),
        ]


class RunState(models.TextChoices):
    DRAFT = "draft", "草拟"
    SUBMITTED = "submitted", "待复核"
    LOCKED = "locked", "已锁定"


@pgtrigger.register(
    pgtrigger.Protect(
        name="payment_run_locked_is_not_edited",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state="locked"),
    ),
    pgtrigger.Protect(
        name="payment_run_locked_is_not_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__state="locked"),
    ),
)
@tracked
class PaymentRun(models.Model):
    """月度发放批次 of one subsidy: proposed, submitted, approved by somebody else, and from then on locked.

    `digest` is the fingerprint of the lines as they were submitted: what is approved is what was looked at.
    `rules` are the clauses that carried the lines, by month: {"2025-12": [[sentence, source]]}.
    `differences` from the month before, with reasons, stand as they were when the lines were made (subsidies/runs).
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    month = models.DateField("发放月份")  # its first day
    state = models.CharField("状态", max_length=10, choices=RunState.choices, default=RunState.DRAFT)
    pay_on = models.DateField("计划发放日期")
    digest = models.CharField(max_length=64, blank=True, editable=False)
    rules = models.JSONField("依据", default=dict, editable=False)
    refused = models.JSONField("不能发放", default=list, editable=False)  # [[person id, month, sentence]]: 参数未维护
    differences = models.JSONField("与上月的差异", default=dict, editable=False)
    prepared_at = models.DateTimeField("生成时间")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="生成人"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交人"
    )
    approved_at = models.DateTimeField("锁定时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    note = models.CharField("退回意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "发放批次"
        ordering = ("-month", "subsidy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("subsidy", "month"), name="payment_run_one_a_month"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("prepared_by")) & ~Q(approved_by=F("submitted_by"))),
                name="payment_run_second_pair_of_eyes",
                violation_error_message="生成或提交批次的人不能复核自己的批次。",
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.LOCKED) | Q(approved_at__isnull=False),
                name="payment_run_locked_is_approved",
            ),
        ]

    @property
    def code(self) -> str:
        """批次号, as the bank's files carry it: A202601 of the living subsidy, B202601 of the nursing subsidy."""
        return f"{'A' if self.subsidy == Subsidy.LIVING else 'B'}{self.month:%Y%m}"

    @property
    def is_locked(self) -> bool:
        return self.state == RunState.LOCKED

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月{self.get_subsidy_display()}"


class LineKind(models.TextChoices):
    """What a line is. All amounts are positive; 追回 and 冲销 are never sent to the bank."""

    REGULAR = "regular", "当月发放"
    BACKPAY = "backpay", "补发"
    STANDARD_DIFF = "standard_diff", "补差"
    REISSUE = "reissue", "失败重发"
    RECOVERY = "recovery", "追回"
    CANCEL = "cancel", "冲销"


PAID_OUT = (LineKind.REGULAR, LineKind.BACKPAY, LineKind.STANDARD_DIFF, LineKind.REISSUE)
ONCE = (LineKind.REGULAR, LineKind.BACKPAY)
# Everything of a locked line but whose it is: a merge of two files of one person moves it, and nothing else does.
KEPT = (
    "run_id",
    "subsidy",
    "benefit_month",
    "kind",
    "seq",
    "amount_yuan",
    "standard_id",
    "standard_yuan",
    "code",
    "reason",
    "facts",
    "community_id",
    "of_id",
    "is_locked",
)
LOCKED_AND_CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)


@tracked
@pgtrigger.register(
    pgtrigger.Protect(
        name="payment_line_locked_is_not_edited",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.is_locked AND ({LOCKED_AND_CHANGED})"),
    ),
    pgtrigger.Protect(
        name="payment_line_locked_is_not_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__is_locked=True),
    ),
)
class PaymentLine(models.Model):
    """One amount of one person for one month (`benefit_month`) in a run; from the run's lock on nothing changes it.

    What a month has come to is the sum of its lines: regular, backpay and standard_diff, less recovery; a cancel line
    takes back the line it is `of` (a demand not yet collected, a payment that never arrived). `reissue` pays again
    what the bank could not deliver and adds nothing. `facts` are those of the person as they were when the line was
    made: codes and dates, no name and no number.
    """

    division_path = "person__community"

    run = models.ForeignKey(PaymentRun, models.CASCADE, related_name="lines", verbose_name="批次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="payment_lines", verbose_name="人员")
    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    benefit_month = models.DateField("所属月份")
    kind = models.CharField("类型", max_length=15, choices=LineKind.choices)
    seq = models.PositiveSmallIntegerField("序号", default=1)
    amount_yuan = models.DecimalField("金额", max_digits=10, decimal_places=2)
    standard = models.ForeignKey(
        Standard, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="补贴标准"
    )
    standard_yuan = models.DecimalField("月标准", max_digits=10, decimal_places=2, null=True, blank=True)
    code = models.CharField("情形", max_length=20, blank=True)  # of a recovery: T1 to T11
    reason = models.CharField("原因", max_length=300, blank=True)
    facts = models.JSONField("核定时的情况", default=dict)
    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所属社区")
    of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="compensations", verbose_name="对应的发放"
    )
    is_locked = models.BooleanField("已锁定", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "发放明细"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_yuan__gt=0), name="payment_line_is_positive"),
            models.UniqueConstraint(
                fields=("person", "subsidy", "benefit_month"),
                condition=Q(kind__in=ONCE),
                name="payment_line_once_a_month",
                violation_error_message="此人这个月的这项补贴已有一笔发放。",
            ),
            models.UniqueConstraint(
                fields=("person", "subsidy", "benefit_month", "kind", "seq"),
                condition=~Q(kind__in=ONCE),
                name="payment_line_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(kind=LineKind.RECOVERY) | ~Q(reason=""), name="payment_line_recovery_has_reason"
            ),
        ]


@tracked
class PaymentReturn(PersonFact):
    """银行代发回盘: whether a person's amount of a run arrived."""

    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="returns", verbose_name="批次")
    amount_yuan = models.DecimalField("金额", max_digits=10, decimal_places=2)
    is_paid = models.BooleanField("是否到账")
    failure = models.CharField("失败原因", max_length=100, null=True, blank=True)
    returned_on = models.DateField("处理日期")

    class Meta:
        verbose_name = "银行代发回盘"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("run", "person"), name="payment_return_one_a_person"),
            models.CheckConstraint(
                condition=Q(is_paid=True) | Q(failure__isnull=False),
                name="payment_return_failed_with_reason",
                violation_error_message="发放失败的必须写明失败原因。",
            ),
        ]


class ReceiptMethod(models.TextChoices):
    CASH = "cash", "现金退回"
    TRANSFER = "transfer", "转账退回"
    WRITE_OFF = "write_off", "经批准核销"


@tracked
class RecoveryReceipt(models.Model):
    """追回登记: what came back of a recovery line, or was written off with a document."""

    division_path = "line__person__community"

    line = models.ForeignKey(PaymentLine, models.PROTECT, related_name="receipts", verbose_name="追回明细")
    amount_yuan = models.DecimalField("金额", max_digits=10, decimal_places=2)
    received_on = models.DateField("日期")
    method = models.CharField("方式", max_length=10, choices=ReceiptMethod.choices)
    document = models.CharField("凭证或批准文号", max_length=100)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "追回登记"
        ordering = ("received_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="recovery_receipt_is_positive",
                violation_error_message="金额应大于 0。",
            ),
        ]
