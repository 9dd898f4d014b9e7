"""比对: what the rosters and the register say against each other, line by line, until somebody or the facts end it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from subsidies.models.standards import Subsidy
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class FindingKind(models.TextChoices):
    """比对类别."""

    UNPAID = "unpaid", "应享未享"
    UNENTITLED = "unentitled", "不应享已享"
    DUPLICATE = "duplicate", "重复享受"
    AMOUNT = "amount", "金额不符"


class FindingState(models.TextChoices):
    OPEN = "open", "待处理"
    RESOLVED = "resolved", "已处理"
    GONE = "gone", "已消除"


class Resolution(models.TextChoices):
    """处理结论. Each holds for as long as the finding's ground is the same, and at most until `holds_until`."""

    APPLYING = "applying", "已指导申请或正在办理"
    REFUSES = "refuses", "本人不愿申请"
    UNREACHABLE = "unreachable", "无法联系"
    PAID_ELSEWHERE = "paid_elsewhere", "已在外地享受"
    STOPPING = "stopping", "已通知停发并追回"
    DATA = "data", "数据有误，已通知更正"
    CORRECT = "correct", "经核实无误"


class FindingQuerySet(ScopedQuerySet):
    """Findings."""

    def standing(self) -> Self:
        """Those the facts still bear out, resolved or not."""
        return self.exclude(state=FindingState.GONE)


@tracked
class Finding(PersonFact):
    """比对结果: one person, one subsidy, one kind and one ground (`cause`).

    `ground` is the fingerprint of what it rests on: a resolution holds while it is the same. `months`, `amount_yuan` and
    `evidence` follow the facts day by day; a finding that the facts no longer bear out is gone by itself.
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    kind = models.CharField("比对类别", max_length=12, choices=FindingKind.choices)
    cause = models.CharField("情形代码", max_length=20)  # T1 to T11, or what subsidies/comparison names
    clause = models.CharField("条款", max_length=300)
    source = models.CharField("依据", max_length=200)
    since_month = models.DateField("起始月份")
    months = models.PositiveSmallIntegerField("月数", default=1)
    amount_yuan = models.DecimalField("涉及金额", max_digits=10, decimal_places=2, null=True, blank=True)
    evidence = models.JSONField("证据", default=list)  # [{"table", "id", "what", "batch", "row"}]: no names, no numbers
    ground = models.CharField(max_length=64, editable=False)
    state = models.CharField("状态", max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="承办人"
    )
    note = models.CharField("备注", max_length=300, blank=True)
    resolution = models.CharField("处理结论", max_length=20, choices=Resolution.choices, blank=True)
    resolved_reason = models.CharField("处理说明", max_length=300, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    resolved_on = models.DateField("处理日期", null=True, blank=True)
    holds_until = models.DateField("结论有效至", null=True, blank=True)
    found_on = models.DateField("首次发现")
    seen_on = models.DateField("最近比对")
    gone_on = models.DateField("消除日期", null=True, blank=True)

    objects = FindingQuerySet.as_manager()  # type: ignore[misc]  # the stubs take PersonFact's for a class variable

    class Meta:
        verbose_name = "比对结果"
        ordering = ("kind", "-amount_yuan", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "subsidy", "kind", "cause"),
                condition=~Q(state="gone"),
                name="finding_one_standing",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | (~Q(resolution="") & ~Q(resolved_reason="")),
                name="finding_resolved_with_reason",
                violation_error_message="处理必须写明结论和说明。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("state", "kind", "subsidy"))]
