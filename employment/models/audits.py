"""按比例就业年审: one employer's declaration for one year, from 未申报 to what the tax office has received."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from employment.models.employers import Employer
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class AuditState(models.TextChoices):
    """年审状态."""

    NOT_DECLARED = "not_declared", "未申报"
    DECLARED = "declared", "已申报"
    INCOMPLETE = "incomplete", "待补正"
    FIRST_REVIEWED = "first_reviewed", "初审通过"
    CERTIFIED = "certified", "认证通过"
    PUSHED = "pushed", "已推送税务"
    SETTLED = "settled", "已缴清或达标"
    OWING = "owing", "欠缴"


# What follows from a certificate, and what follows from the push to the tax office.
AFTER_CERTIFICATE = (AuditState.CERTIFIED, AuditState.PUSHED, AuditState.SETTLED, AuditState.OWING)
AFTER_PUSH = (AuditState.PUSHED, AuditState.SETTLED, AuditState.OWING)


class AuditPaper(models.TextChoices):
    """申报材料 that a declaration is checked for; what departments share need not be handed in."""

    PLEDGE = "pledge", "真实性承诺书"
    CONTRACT = "contract", "劳动合同、服务协议或编制文件"
    CERTIFICATE = "certificate", "残疾人证或残疾军人证"
    WAGES = "wages", "上年度工资支付凭证"
    INSURANCE = "insurance", "养老保险、医疗保险缴费证明"
    DISPATCH = "dispatch", "劳务派遣协议"
    RELATED = "related", "关联单位证明"


# Without which no declaration is complete; the others only where the case arises.
ALWAYS_ASKED = (
    AuditPaper.PLEDGE,
    AuditPaper.CONTRACT,
    AuditPaper.CERTIFICATE,
    AuditPaper.WAGES,
    AuditPaper.INSURANCE,
)


@pgtrigger.register(
    pgtrigger.Protect(
        name="audit_certificate_is_not_edited",
        operation=pgtrigger.Update,
        # What it says stays; only that it has been taken back is written once.
        condition=pgtrigger.Condition(
            "OLD.revoked_on IS NOT NULL OR (to_jsonb(OLD) - 'revoked_on' - 'revoked_reason')"
            " IS DISTINCT FROM (to_jsonb(NEW) - 'revoked_on' - 'revoked_reason')"
        ),
    ),
    pgtrigger.Protect(name="audit_certificate_is_not_deleted", operation=pgtrigger.Delete),
)
@tracked
class AuditCertificate(models.Model):
    """审核确认书: the figures of a year as they were certified, copied from the sheet of that moment with its lines.

    `number` runs within the `year` it is issued in, and is never given twice: one that was taken back keeps its own.
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="certificates", verbose_name="用人单位")
    audit_year = models.PositiveSmallIntegerField("年审年度")
    year = models.PositiveSmallIntegerField("编号年份")
    number = models.PositiveIntegerField("编号")
    certified_on = models.DateField("认证日期")
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复审人"
    )
    headcount = models.DecimalField("在职职工人数（年平均）", max_digits=12, decimal_places=4)
    wage_total_yuan = models.DecimalField("工资总额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    placed = models.DecimalField("安排残疾人人数", max_digits=12, decimal_places=4)
    quota_ratio = models.DecimalField("应安排比例", max_digits=6, decimal_places=5)
    required = models.DecimalField("应安排人数", max_digits=14, decimal_places=6)
    gap = models.DecimalField("少安排人数", max_digits=14, decimal_places=6)
    average_wage_yuan = models.DecimalField("年平均工资（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    base_yuan = models.DecimalField("计费基数（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    gross_yuan = models.DecimalField("应纳费额（元）", max_digits=16, decimal_places=2)
    net_yuan = models.DecimalField("减免后应缴（元）", max_digits=16, decimal_places=2)
    lines = models.JSONField("测算过程", default=list, blank=True)
    reckoned_at = models.DateTimeField("测算时间")
    revoked_on = models.DateField("撤回日期", null=True, blank=True)
    revoked_reason = models.CharField("撤回的理由", max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "审核确认书"
        ordering = ("-year", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "number"), name="audit_certificate_numbered_once"),
            models.UniqueConstraint(
                fields=("employer", "audit_year"),
                condition=Q(revoked_on__isnull=True),
                name="audit_certificate_one_in_force",
                violation_error_message="这个单位这一年度已有有效的审核确认书。",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | ~Q(revoked_reason=""),
                name="audit_certificate_revoked_with_reason",
                violation_error_message="撤回审核确认书，请写明理由。",
            ),
        ]

    def __str__(self) -> str:
        return f"〔{self.year}〕第 {self.number} 号"

    @property
    def relief_yuan(self) -> Decimal:
        """本期减免费额."""
        return self.gross_yuan - self.net_yuan


@tracked
class Audit(models.Model):
    """年审 of one employer for one year (the year whose placements are audited; it takes place in the next).

    Without a row, and until `declared_on` is set, the employer is 未申报. `round` counts how often the reviews have
    begun: nobody does both of one round. `due_yuan` is what the certificate in force says, `paid_yuan` the sum of the
    payments; `owing_since` the day from which the tax office counts it as unpaid.
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="audits", verbose_name="用人单位")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=15, choices=AuditState.choices, default=AuditState.NOT_DECLARED)
    declared_on = models.DateField("申报日期", null=True, blank=True)
    papers = ArrayField(
        models.CharField(max_length=20, choices=AuditPaper.choices),
        verbose_name="已收材料",
        default=list,
        blank=True,
    )
    missing = models.CharField("需补正的内容", max_length=500, blank=True)
    complete_by = models.DateField("补正期限", null=True, blank=True)
    round = models.PositiveSmallIntegerField("审核轮次", default=1)
    first_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="初审人"
    )
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复审人"
    )
    certificate = models.OneToOneField(
        AuditCertificate, models.PROTECT, null=True, blank=True, related_name="audit", verbose_name="审核确认书"
    )
    due_yuan = models.DecimalField("应缴（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    pushed_on = models.DateField("推送税务日期", null=True, blank=True)
    push_document = models.CharField("推送文号", max_length=100, blank=True)
    paid_yuan = models.DecimalField("已缴（元）", max_digits=16, decimal_places=2, default=0)
    owing_since = models.DateField("欠缴起始日期", null=True, blank=True)
    objected_on = models.DateField("提出异议日期", null=True, blank=True)
    objection_due_on = models.DateField("异议复核期限", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "按比例就业年审"
        ordering = ("-year", "employer__name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("employer", "year"),
                name="audit_one_a_year",
                violation_error_message="这个单位这一年度的年审已经建立，请打开它办理。",
            ),
            models.CheckConstraint(
                condition=Q(state=AuditState.NOT_DECLARED, declared_on__isnull=True)
                | ~Q(state=AuditState.NOT_DECLARED) & Q(declared_on__isnull=False),
                name="audit_declared_on_a_day",
                violation_error_message="请填写申报日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditState.INCOMPLETE) | Q(complete_by__isnull=False) & ~Q(missing=""),
                name="audit_incomplete_says_what",
                violation_error_message="请写明需要补正的内容和期限。",
            ),
            models.CheckConstraint(
                condition=Q(first_reviewed_by__isnull=True)
                | Q(certified_by__isnull=True)
                | ~Q(first_reviewed_by=F("certified_by")),
                name="audit_two_people",
                violation_error_message="初审和复审不能是同一个人。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AFTER_CERTIFICATE, certificate__isnull=False, due_yuan__isnull=False)
                & Q(first_reviewed_by__isnull=False, certified_by__isnull=False)
                | ~Q(state__in=AFTER_CERTIFICATE) & Q(certificate__isnull=True, due_yuan__isnull=True, paid_yuan=0),
                name="audit_certified_by_certificate",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AFTER_PUSH, pushed_on__isnull=False) & ~Q(push_document="")
                | ~Q(state__in=AFTER_PUSH) & Q(pushed_on__isnull=True, push_document=""),
                name="audit_pushed_with_document",
                violation_error_message="请填写推送日期和文号。",
            ),
            models.CheckConstraint(
                condition=Q(paid_yuan__gte=0) & (Q(due_yuan__isnull=True) | Q(paid_yuan__lte=F("due_yuan"))),
                name="audit_paid_within_due",
                violation_error_message="已缴不能超过应缴。",
            ),
            models.CheckConstraint(
                condition=(~Q(state=AuditState.SETTLED) | Q(paid_yuan=F("due_yuan")))
                & (~Q(state__in=(AuditState.PUSHED, AuditState.OWING)) | Q(paid_yuan__lt=F("due_yuan"))),
                name="audit_settled_when_paid",
            ),
            models.CheckConstraint(
                condition=Q(objected_on__isnull=True, objection_due_on__isnull=True)
                | Q(objected_on__isnull=False, objection_due_on__gte=F("objected_on")),
                name="audit_objection_has_limit",
            ),
        ]

    @property
    def shown_state(self) -> AuditState:
        """The state with its label, as templates show it."""
        return AuditState(self.state)

    @property
    def outstanding_yuan(self) -> Decimal:
        """What is still to be paid; nothing before a certificate says what is due."""
        return Decimal(0) if self.due_yuan is None else self.due_yuan - self.paid_yuan


class AuditStepKind(models.TextChoices):
    """What was done to an audit."""

    DECLARE = "declare", "受理申报"
    ASK = "ask", "要求补正"
    COMPLETE = "complete", "补正完成"
    FIRST_REVIEW = "first_review", "初审"
    SECOND_REVIEW = "second_review", "复审"
    OBJECTION = "objection", "提出异议"
    JUDGE = "judge", "异议复核"
    PUSH = "push", "推送税务"
    PAY = "pay", "登记缴费"
    OWE = "owe", "登记欠缴"
    REMIND = "remind", "催缴"
    TAKE_BACK = "take_back", "撤回上一步"


class AuditOutcome(models.TextChoices):
    DONE = "done", "已办理"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


@pgtrigger.register(
    pgtrigger.Protect(name="audit_step_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
)
class AuditStep(models.Model):
    """One step of an audit, kept as it was done: a trigger refuses to change or delete it, so that it needs no history
    beside it. Nobody passes both reviews of one round: the database sees to it.

    `before` is what the audit said before the step: taking the step back puts it there again. `takes_back` is the step
    that one of kind 撤回 undoes.
    """

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="steps", verbose_name="年审")
    kind = models.CharField("环节", max_length=15, choices=AuditStepKind.choices)
    outcome = models.CharField("结果", max_length=10, choices=AuditOutcome.choices, default=AuditOutcome.DONE)
    opinion = models.CharField("意见", max_length=500, blank=True)
    papers = ArrayField(
        models.CharField(max_length=20, choices=AuditPaper.choices),
        verbose_name="已收材料",
        default=list,
        blank=True,
    )
    round = models.PositiveSmallIntegerField("审核轮次", default=1)
    done_on = models.DateField("办理日期")
    due_on = models.DateField("期限", null=True, blank=True)
    before = models.JSONField("办理前", default=dict)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by", verbose_name="撤回的环节"
    )
    done_at = models.DateTimeField("登记时间", auto_now_add=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )

    class Meta:
        verbose_name = "年审环节"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("audit", "round", "done_by"),
                condition=Q(outcome=AuditOutcome.PASSED),
                name="audit_step_one_decision_a_person",
                violation_error_message="同一人不能办理同一年审的初审和复审。",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=(AuditOutcome.RETURNED, AuditOutcome.UPHELD, AuditOutcome.DISMISSED))
                | ~Q(opinion=""),
                name="audit_step_says_why",
                violation_error_message="请写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(kind=AuditStepKind.TAKE_BACK, takes_back__isnull=False)
                | ~Q(kind=AuditStepKind.TAKE_BACK) & Q(takes_back__isnull=True),
                name="audit_step_takes_back_a_step",
            ),
        ]
