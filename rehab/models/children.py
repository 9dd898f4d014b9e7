"""残疾儿童康复救助: a child's way from screening to rehabilitation, the grant of a year, and where the child trains."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.institutions import ChildCategory, Institution
from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class ChildStage(models.TextChoices):
    """What a child's case waits for, or how it ended."""

    RESCREENING = "rescreening", "待复筛"
    DIAGNOSIS = "diagnosis", "待诊断"
    INFORMING = "informing", "待告知监护人"
    APPLYING = "applying", "待申请"
    DECIDING = "deciding", "待审核"
    CHOOSING = "choosing", "待选机构"
    TRAINING = "training", "在训"
    CLOSED = "closed", "年度已结"
    REFUSED = "refused", "不予批准"
    NEGATIVE = "negative", "筛查阴性"
    EXCLUDED = "excluded", "诊断排除"
    ENDED = "ended", "已结束"


# Between screening and rehabilitation: where nobody trains the child yet and somebody has to act.
WAITING = (
    ChildStage.RESCREENING,
    ChildStage.DIAGNOSIS,
    ChildStage.INFORMING,
    ChildStage.APPLYING,
    ChildStage.DECIDING,
    ChildStage.CHOOSING,
)
OVER = (ChildStage.NEGATIVE, ChildStage.EXCLUDED, ChildStage.ENDED)


class ChildCaseQuerySet(ScopedQuerySet):
    """Cases of children."""

    def open(self) -> Self:
        """Not at their end."""
        return self.exclude(stage__in=OVER)

    def waiting(self) -> Self:
        """Between screening and rehabilitation."""
        return self.filter(stage__in=WAITING)


@tracked
class ChildCase(PersonFact):
    """儿童个案: one way of one child from a screening on. `since_on` is the day it came to its present stage.

    Whose turn it is: `owner`, an account, where one is named, else the office in `office`.
    """

    stage = models.CharField("环节", max_length=12, choices=ChildStage.choices)
    since_on = models.DateField("进入本环节日期")
    office = models.CharField("责任单位", max_length=100, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    category = models.CharField("救助类别", max_length=12, choices=ChildCategory.choices, blank=True)
    screened_on = models.DateField("初筛日期")
    diagnosed_on = models.DateField("确诊日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = ChildCaseQuerySet.as_manager()  # type: ignore[misc]  # the stubs take PersonFact's for a class variable

    class Meta:
        verbose_name = "儿童个案"
        ordering = ("since_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person",),
                condition=~Q(stage__in=OVER),
                name="child_case_one_open",
                violation_error_message="这名儿童已有一份个案正在办理，请打开它继续。",
            ),
            models.CheckConstraint(
                condition=Q(diagnosed_on__isnull=True) | ~Q(category=""),
                name="child_case_diagnosed_with_category",
                violation_error_message="确诊的必须选择救助类别。",
            ),
        ]


class ChildStepKind(models.TextChoices):
    """What was done in a case."""

    SCREENING = "screening", "初筛"
    RESCREENING = "rescreening", "复筛"
    DIAGNOSIS = "diagnosis", "诊断"
    INFORMING = "informing", "告知监护人"
    APPLICATION = "application", "申请"
    DECISION = "decision", "审核"
    PLACEMENT = "placement", "选择机构"
    CLOSING = "closing", "年度结项"
    END = "end", "结束个案"
    HAND_OVER = "hand_over", "移交责任人"


class ChildStepResult(models.TextChoices):
    POSITIVE = "positive", "阳性"
    NEGATIVE = "negative", "阴性"
    CONFIRMED = "confirmed", "确诊"
    EXCLUDED = "excluded", "排除"
    APPROVED = "approved", "批准"
    REFUSED = "refused", "不予批准"
    DONE = "done", "已办理"


@tracked
class ChildStep(models.Model):
    """个案经过: one step as it was done, by whom, and whose turn it was."""

    division_path = "case__person__community"

    case = models.ForeignKey(ChildCase, models.CASCADE, related_name="steps", verbose_name="儿童个案")
    kind = models.CharField("事项", max_length=12, choices=ChildStepKind.choices)
    happened_on = models.DateField("日期")
    result = models.CharField("结果", max_length=10, choices=ChildStepResult.choices)
    place = models.CharField("办理机构", max_length=100, blank=True)
    done_by = models.CharField("办理人", max_length=50, blank=True)  # a doctor, say, who has no account
    note = models.CharField("说明", max_length=300, blank=True)
    stage_before = models.CharField("原环节", max_length=12, choices=ChildStage.choices, blank=True)
    since_before = models.DateField("原环节起始", null=True, blank=True)
    office_before = models.CharField("原责任单位", max_length=100, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "个案经过"
        ordering = ("pk",)


class ChildApplicationState(models.TextChoices):
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "不予批准"
    CLOSED = "closed", "年度已结"


GRANTED = (ChildApplicationState.APPROVED, ChildApplicationState.CLOSED)


@tracked
class ChildApplication(PersonFact):
    """救助申请 of a year. `cap_yuan` is the grant as the day of application says; `settled_yuan` what it has paid so far."""

    case = models.ForeignKey(ChildCase, models.PROTECT, related_name="applications", verbose_name="儿童个案")
    year = models.PositiveSmallIntegerField("年度")
    applied_on = models.DateField("申请日期")
    guardian_name = models.CharField("监护人姓名", max_length=50)
    guardian_phone = EncryptedTextField("监护人电话", purpose="phone")
    guardian_phone_index = BlindIndexField(purpose="phone", editable=False)
    family_note = models.CharField("家庭经济情况", max_length=200, blank=True)  # noted, never judged by
    state = models.CharField("状态", max_length=10, choices=ChildApplicationState.choices)
    decided_on = models.DateField("审核日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    reason = models.CharField("理由", max_length=300, blank=True)
    cap_yuan = models.DecimalField("年度救助限额", max_digits=10, decimal_places=2, null=True, blank=True)
    settled_yuan = models.DecimalField("已结算金额", max_digits=10, decimal_places=2, default=0)
    closed_on = models.DateField("结项日期", null=True, blank=True)
    assessment = models.CharField("结项评估", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )

    class Meta:
        verbose_name = "救助申请"
        ordering = ("-year", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "year"),
                condition=~Q(state=ChildApplicationState.REFUSED),
                name="child_application_one_a_year",
                violation_error_message="这名儿童本年度已有申请。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChildApplicationState.REFUSED) | ~Q(reason=""),
                name="child_application_refused_with_reason",
                violation_error_message="不予批准必须书面说明理由。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=GRANTED) | Q(cap_yuan__isnull=False, decided_by__isnull=False),
                name="child_application_granted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled_yuan=0) | Q(cap_yuan__isnull=False, settled_yuan__lte=F("cap_yuan")),
                name="child_application_within_cap",
                violation_error_message="结算金额超过年度救助限额。",
            ),
            models.CheckConstraint(condition=Q(settled_yuan__gte=0), name="child_application_settled_not_negative"),
        ]


@tracked
class ChildPlacement(models.Model):
    """选定机构: the institution a child trains at, through `ends_on` or until further notice."""

    division_path = "case__person__community"

    case = models.ForeignKey(ChildCase, models.PROTECT, related_name="placements", verbose_name="儿童个案")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="placements", verbose_name="定点机构")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期（含）", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "选定机构"
        ordering = ("-starts_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("case",), condition=Q(ends_on__isnull=True), name="child_placement_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="child_placement_runs_forward"
            ),
        ]
