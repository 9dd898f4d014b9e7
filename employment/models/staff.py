"""就业登记: who works where and how, month by month; what the quota and 新增就业 are counted from."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from employment.models.employers import Employer
from registry.models import Person, PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class CountedAt(models.TextChoices):
    """Where the staff of an agreement count, both as placed and in the head count (残联厅函〔2022〕63号)."""

    DISPATCHER = "dispatcher", "派遣单位"
    HOST = "host", "用工单位"


@tracked
class DispatchAgreement(models.Model):
    """劳务派遣协议: without one that names the 用工单位, dispatched staff count at the 派遣单位."""

    dispatcher = models.ForeignKey(Employer, models.PROTECT, related_name="agreements_out", verbose_name="派遣单位")
    host = models.ForeignKey(Employer, models.PROTECT, related_name="agreements_in", verbose_name="用工单位")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期（含）", null=True, blank=True)
    counted_at = models.CharField("计入方", max_length=10, choices=CountedAt.choices, default=CountedAt.DISPATCHER)
    document = models.CharField("协议编号或依据", max_length=200)

    class Meta:
        verbose_name = "劳务派遣协议"
        ordering = ("-starts_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("dispatcher", "host", "starts_on"),
                name="dispatch_agreement_one_start",
                violation_error_message="这两个单位从这一天起的协议已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(dispatcher=F("host")),
                name="dispatch_agreement_of_two",
                violation_error_message="派遣单位和用工单位不能是同一个单位。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="dispatch_agreement_runs_forward",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispatcher}派往{self.host}"


class EmploymentForm(models.TextChoices):
    """就业形式."""

    QUOTA = "quota", "按比例就业"
    CONCENTRATED = "concentrated", "集中就业"
    SELF_EMPLOYED = "self_employed", "个体就业（自主创业）"
    FARMING = "farming", "农村种养加"
    PUBLIC_POST = "public_post", "公益性岗位"
    SHELTERED = "sheltered", "辅助性就业"
    FLEXIBLE = "flexible", "灵活就业"


# Forms in which an employer stands behind the work.
AT_AN_EMPLOYER = (
    EmploymentForm.QUOTA,
    EmploymentForm.CONCENTRATED,
)


class ContractKind(models.TextChoices):
    """用工依据 (残疾人就业条例 第十二条: 劳动合同或者服务协议; 在编人员)."""

    ESTABLISHED = "established", "在编"
    LABOUR_CONTRACT = "labour_contract", "劳动合同"
    SERVICE_AGREEMENT = "service_agreement", "服务协议"


@tracked
class EmploymentRecord(PersonFact):
    """就业登记（实名制）: one person's work at one place from `started_on` through `ended_on` (None: still).

    Two employers may both claim somebody: the rows stand, and only one of them counts (employment.rules.quota).
    `contract_until` None is an open-ended contract.
    """

    form = models.CharField("就业形式", max_length=15, choices=EmploymentForm.choices)
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="用人单位"
    )
    workplace = models.CharField(
        "工作单位或项目", max_length=100, null=True, blank=True
    )  # where no employer stands behind it
    post = models.CharField("岗位", max_length=50, null=True, blank=True)
    started_on = models.DateField("就业日期")
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=100, null=True, blank=True)
    contract = models.CharField("用工依据", max_length=20, choices=ContractKind.choices, null=True, blank=True)
    contract_from = models.DateField("合同起始日期", null=True, blank=True)
    contract_until = models.DateField("合同截止日期", null=True, blank=True)
    agreement = models.ForeignKey(
        DispatchAgreement, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="劳务派遣协议"
    )
    is_retirement_deferred = models.BooleanField("依法延迟退休仍在职", default=False)
    deferral_document = models.CharField("延迟退休的依据", max_length=200, null=True, blank=True)
    note = models.CharField("备注", max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = "就业登记"
        ordering = ("-started_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "employer", "started_on"),
                name="employment_record_one_start",
                violation_error_message="这个人在这个单位从这一天起的就业已经登记。",
            ),
            models.UniqueConstraint(
                fields=("person", "form", "started_on"),
                condition=Q(employer__isnull=True),
                name="employment_record_one_start_a_form",
                violation_error_message="这个人从这一天起的这种就业已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="employment_record_runs_forward",
                violation_error_message="终止日期不能早于就业日期。",
            ),
            models.CheckConstraint(
                condition=~Q(form__in=AT_AN_EMPLOYER) | Q(employer__isnull=False),
                name="employment_record_names_employer",
                violation_error_message="按比例就业和集中就业须填写用人单位。",
            ),
            models.CheckConstraint(
                condition=Q(contract_from__isnull=True)
                | Q(contract_until__isnull=True)
                | Q(contract_until__gte=F("contract_from")),
                name="employment_record_contract_runs_forward",
                violation_error_message="合同截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(is_retirement_deferred=False) | Q(deferral_document__isnull=False),
                name="employment_record_deferral_has_document",
                violation_error_message="依法延迟退休仍在职的，请写明依据。",
            ),
        ]


@tracked
class EmploymentMonth(models.Model):
    """One month of an employment: 工资 paid and social insurance paid; a month without a row was neither."""

    division_path = "record__person__community"

    record = models.ForeignKey(EmploymentRecord, models.CASCADE, related_name="months", verbose_name="就业登记")
    month = models.DateField("月份")  # its first day
    wage_yuan = models.DecimalField("实发工资（元）", max_digits=10, decimal_places=2)
    is_pension_paid = models.BooleanField("养老保险已缴")
    is_medical_paid = models.BooleanField("医疗保险已缴")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "就业月份"
        ordering = ("month",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("record", "month"),
                name="employment_month_one",
                violation_error_message="这个月已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="employment_month_first_day", violation_error_message="月份无效。"
            ),
            models.CheckConstraint(
                condition=Q(wage_yuan__gte=0),
                name="employment_month_wage_not_negative",
                violation_error_message="工资不能为负数。",
            ),
        ]

    @property
    def person(self) -> Person:
        return self.record.person


@tracked
class MilitaryCertificate(PersonFact):
    """残疾军人证: levels 1–8 count for the quota beside 残疾人证 (残联厅函〔2022〕63号); a veteran may have no other."""

    number = models.CharField("证号", max_length=30)
    level = models.PositiveSmallIntegerField("等级", validators=[MinValueValidator(1), MaxValueValidator(10)])
    valid_from = models.DateField("发证日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "残疾军人证"
        ordering = ("-valid_from",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "valid_from"),
                name="military_certificate_one_start",
                violation_error_message="这一天起的残疾军人证已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=10),
                name="military_certificate_level",
                violation_error_message="残疾军人证的等级为 1 至 10 级。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="military_certificate_runs_forward",
                violation_error_message="有效期不能早于发证日期。",
            ),
        ]
