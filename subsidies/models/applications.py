"""Applications for a subsidy on their way through the desks: 街道初审, 区残联审核, 民政审定, 公示."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from subsidies.models.standards import Subsidy
from zalainuoer.common.fields import EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class ApplicationState(models.TextChoices):
    """Where an application lies, or how it ended."""

    SUPPLEMENT = "supplement", "待补正材料"
    FIRST_REVIEW = "first_review", "待街道初审"
    FEDERATION_REVIEW = "federation_review", "待区残联审核"
    CIVIL_REVIEW = "civil_review", "待民政审定"
    PUBLICITY = "publicity", "公示中"
    GRANTED = "granted", "已核发"
    REFUSED = "refused", "不予批准"
    WITHDRAWN = "withdrawn", "已撤回"


class Applicant(models.TextChoices):
    """申请人: who hands the application in (国发〔2015〕52号 三)."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    SUPPORTER = "supporter", "法定赡养、抚养、扶养义务人"
    COMMITTEE = "committee", "所在社区居委会"
    AGENT = "agent", "其他委托人"


class Paper(models.TextChoices):
    """申请材料 that an application is checked for."""

    FORM = "form", "两项补贴申请审批表"
    IDENTITY = "identity", "居民身份证和户口簿"
    CERTIFICATE = "certificate", "残疾人证"
    ACCOUNT = "account", "社会保障卡或银行卡"
    GUARDIAN = "guardian", "监护人身份证明和监护关系证明"
    MANDATE = "mandate", "委托书和代办人身份证"
    HARDSHIP = "hardship", "低保等困难家庭证明"
    CARE = "care", "长期照护需求说明（六个月以上）"


ENDED = (ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN)


class ApplicationQuerySet(ScopedQuerySet):
    """Applications."""

    def open(self) -> Self:
        """Not decided and not withdrawn."""
        return self.exclude(state__in=ENDED)

    def on_show(self, today: object) -> Self:
        """公示 on a day: from its first day through its last, and then no longer."""
        return self.filter(
            state=ApplicationState.PUBLICITY, publicity_from__lte=today, publicity_until__gte=today
        ).select_related("person__community__parent")


@tracked
class Application(PersonFact):
    """补贴申请. Entitlement begins in the month of `applied_on`, whenever it is decided (自递交申请当月计发).

    `completed_on` is the day the papers were complete: the time limits run from it. `due_on` is the last day of the
    step it lies at, None where the papers are wanting or that year's working days are not maintained.
    """

    subsidy = models.CharField("补贴", max_length=10, choices=Subsidy.choices)
    state = models.CharField("状态", max_length=20, choices=ApplicationState.choices)
    applied_on = models.DateField("申请日期")
    applicant = models.CharField("申请人", max_length=10, choices=Applicant.choices, default=Applicant.SELF)
    applicant_name = models.CharField("代办人姓名", max_length=50, blank=True)
    applicant_phone = EncryptedTextField("代办人电话", purpose="phone", null=True, blank=True)
    accepted_in = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理街道（镇）"
    )
    accepted_elsewhere = models.CharField("受理机关（跨省通办）", max_length=100, blank=True)
    needs_care = models.BooleanField("需要长期照护（六个月以上）", null=True, blank=True)
    papers = ArrayField(models.CharField(max_length=20, choices=Paper.choices), default=list, blank=True)
    missing = models.CharField("需补正的内容", max_length=500, blank=True)
    noticed_on = models.DateField("一次性告知日期", null=True, blank=True)
    completed_on = models.DateField("材料齐全日期", null=True, blank=True)
    arrived_on = models.DateField("到达本环节日期")
    due_on = models.DateField("本环节办结期限", null=True, blank=True)
    resumes_at = models.CharField("补正后回到", max_length=20, choices=ApplicationState.choices, blank=True)
    publicity_from = models.DateField("公示开始", null=True, blank=True)
    publicity_until = models.DateField("公示截止", null=True, blank=True)
    amount_yuan = models.DecimalField("审定月标准", max_digits=10, decimal_places=2, null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    notified_on = models.DateField("告知结果日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )

    objects = ApplicationQuerySet.as_manager()  # type: ignore[misc]  # the stubs take PersonFact's for a class variable

    class Meta:
        verbose_name = "补贴申请"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "subsidy"),
                condition=~Q(state__in=ENDED),
                name="application_one_open",
                violation_error_message="此人的这项补贴已有一份申请正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(accepted_in__isnull=False) | ~Q(accepted_elsewhere=""),
                name="application_accepted_somewhere",
                violation_error_message="请选择受理的街道（镇），或填写跨省通办的受理机关。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.REFUSED) | ~Q(reason=""),
                name="application_refused_with_reason",
                violation_error_message="不予批准必须书面说明理由。",
            ),
        ]

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED


class StepKind(models.TextChoices):
    """What was done to an application. The first three reviews and the judgement of an objection decide."""

    ACCEPT = "accept", "受理"
    NOTICE = "notice", "一次性告知"
    COMPLETE = "complete", "材料补齐"
    FIRST_REVIEW = "first_review", "街道初审"
    FEDERATION_REVIEW = "federation_review", "区残联审核"
    CIVIL_REVIEW = "civil_review", "民政审定"
    OBJECTION = "objection", "异议处理"
    PUBLICITY_OVER = "publicity_over", "公示期满"
    WITHDRAW = "withdraw", "撤回申请"


class Outcome(models.TextChoices):
    DONE = "done", "已办理"
    PASSED = "passed", "同意"
    REFUSED = "refused", "不同意"
    RETURNED = "returned", "退回补正"


DECIDING = (Outcome.PASSED, Outcome.REFUSED)


@pgtrigger.register(
    pgtrigger.Protect(name="application_step_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
)
class ApplicationStep(models.Model):
    """One step of an application, kept as it was done: a trigger refuses to change or delete it, so that it needs no
    history beside it. Nobody decides two steps of one case: the database sees to it.

    `verdicts` are the clauses as they stood then: [[sentence, source, holds]].
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps", verbose_name="申请")
    kind = models.CharField("环节", max_length=20, choices=StepKind.choices)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    opinion = models.CharField("意见", max_length=500, blank=True)
    verdicts = models.JSONField("核对结果", default=list)
    done_on = models.DateField("办理日期")
    due_on = models.DateField("期限", null=True, blank=True)
    done_at = models.DateTimeField("登记时间", auto_now_add=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )

    class Meta:
        verbose_name = "申请环节"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("application", "done_by"),
                condition=Q(outcome__in=DECIDING),
                name="application_step_one_decision_a_person",
                violation_error_message="同一人不能办理同一申请的两个审核环节。",
            ),
        ]


class ObjectionState(models.TextChoices):
    OPEN = "open", "核实中"
    DISMISSED = "dismissed", "异议不成立"
    UPHELD = "upheld", "异议成立"


@tracked
class Objection(models.Model):
    """异议 against an application on show: it is not granted while one is open."""

    division_path = "application__person__community"

    application = models.ForeignKey(Application, models.CASCADE, related_name="objections", verbose_name="申请")
    received_on = models.DateField("收到日期")
    said_by = EncryptedTextField("提出人及联系方式", purpose="text.objector", null=True, blank=True)
    content = models.CharField("内容", max_length=500)
    state = models.CharField("状态", max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN)
    opinion = models.CharField("处理意见", max_length=500, blank=True)
    resolved_on = models.DateField("处理日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "公示异议"
        ordering = ("pk",)
