"""A person's way to a device: need, assessment, approval, fitting, follow-up."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.devices import DeviceItem, DeviceTerms
from zalainuoer.common.history import tracked


class CaseState(models.TextChoices):
    """Where a case lies, or how it ended."""

    NEED = "need", "待评估"
    ASSESSED = "assessed", "待审批"
    APPROVED = "approved", "待适配"
    FITTED = "fitted", "待回访"
    DONE = "done", "已办结"
    REFUSED = "refused", "不予批准"
    WITHDRAWN = "withdrawn", "已撤回"


STAGES = (CaseState.NEED, CaseState.ASSESSED, CaseState.APPROVED, CaseState.FITTED)
ENDED = (CaseState.DONE, CaseState.REFUSED, CaseState.WITHDRAWN)
_DECIDED = (CaseState.APPROVED, CaseState.FITTED, CaseState.DONE, CaseState.REFUSED)
_FITTED = (CaseState.FITTED, CaseState.DONE)


class Replacement(models.TextChoices):
    """更换理由: why a device is replaced before its years of use are over."""

    DAMAGED = "damaged", "损坏且无法修复"
    GROWTH = "growth", "生长发育或身体状况变化"
    LOST = "lost", "丢失"


class Signatory(models.TextChoices):
    """签收人."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    RELATIVE = "relative", "其他亲属"
    AGENT = "agent", "其他代领人"


def _user(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


def _yuan(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=10, decimal_places=2, null=True, blank=True)


@tracked
class DeviceCase(PersonFact):
    """辅具适配办理. Each stage fills its own columns; `due_on` is the day by which the present one should be done.

    What is fitted is written as a `DeviceFitting` of (person, fitted_on, item's name): that row, not this one, is what
    indicator 10 counts. Prices are of one piece, subsidy and self-pay of all pieces. `terms` are those the subsidy was
    worked out by; none where it was approved without one.
    """

    state = models.CharField("状态", max_length=10, choices=CaseState.choices, default=CaseState.NEED)
    due_on = models.DateField("本环节提醒日期", null=True, blank=True)
    # need
    wanted = models.CharField("需要的辅具", max_length=200)
    need_year = models.PositiveSmallIntegerField("需求调查年度", null=True, blank=True)
    opened_on = models.DateField("登记日期")
    opened_by = _user("登记人")
    # assessment
    item = models.ForeignKey(
        DeviceItem, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="评估的辅具"
    )
    quantity = models.PositiveSmallIntegerField("数量", default=1)
    price_yuan = _yuan("单价（元）")
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    assessed_by = _user("评估登记人")
    assessor = models.CharField("评估人员或机构", max_length=100, blank=True)
    measures = models.CharField("评估结论和尺寸", max_length=500, blank=True)
    replacement = models.CharField("更换理由", max_length=10, choices=Replacement.choices, blank=True)
    replacement_note = models.CharField("更换情况说明", max_length=200, blank=True)
    # decision
    decided_on = models.DateField("审批日期", null=True, blank=True)
    decided_by = _user("审批人")
    reason = models.CharField("审批意见", max_length=300, blank=True)
    terms = models.ForeignKey(
        DeviceTerms, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="适用的补贴标准"
    )
    subsidy_yuan = _yuan("补贴金额（元）")
    # fitting
    fitted_on = models.DateField("适配日期", null=True, blank=True)
    fitted_by = _user("适配登记人")
    serial_number = models.CharField("出厂编号", max_length=50, blank=True)
    supplier = models.CharField("供应或适配机构", max_length=100, blank=True)
    self_pay_yuan = _yuan("个人自付（元）")
    signed_by = models.CharField("签收人", max_length=10, choices=Signatory.choices, blank=True)
    wrote_fitting = models.BooleanField("适配记录由本次办理写入", default=False)  # else a sheet had delivered it
    # end
    ended_on = models.DateField("办结日期", null=True, blank=True)
    end_note = models.CharField("办结说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "辅具适配办理"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=20),
                name="device_case_quantity",
                violation_error_message="数量应在 1 至 20 之间。",
            ),
            models.CheckConstraint(
                condition=Q(price_yuan__isnull=True) | Q(price_yuan__gte=0),
                name="device_case_price",
                violation_error_message="单价不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(CaseState.NEED, CaseState.WITHDRAWN))
                | Q(item__isnull=False, price_yuan__isnull=False, assessed_on__isnull=False, assessed_by__isnull=False),
                name="device_case_assessed_first",
                violation_error_message="先要登记评估，才能往下办理。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED) | Q(decided_on__isnull=False, decided_by__isnull=False),
                name="device_case_decided_by_somebody",
                violation_error_message="先要审批，才能往下办理。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(assessed_by__isnull=True) | ~Q(decided_by=F("assessed_by")),
                name="device_case_second_pair_of_eyes",
                violation_error_message="评估和审批不能是同一个人，请由其他人审批。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.REFUSED) | ~Q(reason=""),
                name="device_case_refused_with_reason",
                violation_error_message="不予批准必须写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(subsidy_yuan__isnull=True) | Q(subsidy_yuan=0) | Q(subsidy_yuan__gt=0, terms__isnull=False),
                name="device_case_subsidy_has_terms",
                violation_error_message="有补贴的必须注明适用的补贴标准。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_FITTED)
                | Q(fitted_on__isnull=False, fitted_by__isnull=False, self_pay_yuan__gte=0) & ~Q(signed_by=""),
                name="device_case_fitted_and_signed",
                violation_error_message="适配要登记日期、自付金额和签收人。",
            ),
        ]

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED


class FollowUpResult(models.TextChoices):
    """回访结果. The first and the last end a case; the others are looked into once more."""

    GOOD = "good", "正常使用"
    REPAIR = "repair", "需要维修"
    ADJUST = "adjust", "需要调整或改制"
    UNUSED = "unused", "不再使用"


@tracked
class DeviceFollowUp(models.Model):
    """辅具回访 of a fitted device: what was found, and what was repaired."""

    case = models.ForeignKey(DeviceCase, models.PROTECT, related_name="follow_ups", verbose_name="适配办理")
    done_on = models.DateField("回访日期")
    due_on = models.DateField("应回访日期", null=True, blank=True)
    result = models.CharField("回访结果", max_length=10, choices=FollowUpResult.choices)
    note = models.CharField("回访情况", max_length=300, blank=True)
    repair = models.CharField("维修或调整内容", max_length=300, blank=True)
    done_by = _user("回访人")

    class Meta:
        verbose_name = "辅具回访"
        ordering = ("done_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(result__in=(FollowUpResult.REPAIR, FollowUpResult.ADJUST)) | ~Q(repair=""),
                name="device_follow_up_says_repair",
                violation_error_message="需要维修或调整的，请写明维修或调整的内容。",
            ),
        ]
