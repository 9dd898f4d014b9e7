"""Family doctors: a contract a year, and the visits made under it (规划 专栏4第5项: 应签尽签)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.services import RehabService
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class ContractOutcome(models.TextChoices):
    """签约情况: a contract, or the person's own no."""

    SIGNED = "signed", "已签约"
    DECLINED = "declined", "不同意签约"


@tracked
class DoctorContract(PersonFact):
    """家庭医生签约 of a person and year: with whom and until when, or why the person would not."""

    year = models.PositiveSmallIntegerField("年度")
    outcome = models.CharField("签约情况", max_length=10, choices=ContractOutcome.choices)
    team = models.CharField("签约团队", max_length=100, null=True, blank=True)
    doctor = models.CharField("签约医生", max_length=50, null=True, blank=True)
    signed_on = models.DateField("签约日期", null=True, blank=True)
    until = models.DateField("有效期至", null=True, blank=True)  # the last day of the agreement
    package = models.CharField("服务包", max_length=100, null=True, blank=True)
    declined_because = models.CharField("不同意原因", max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = "家庭医生签约"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person"), name="doctor_contract_one_a_year"),
            models.CheckConstraint(
                condition=Q(
                    outcome=ContractOutcome.SIGNED,
                    team__isnull=False,
                    doctor__isnull=False,
                    signed_on__isnull=False,
                    until__isnull=False,
                    declined_because__isnull=True,
                )
                | Q(
                    outcome=ContractOutcome.DECLINED,
                    declined_because__isnull=False,
                    team__isnull=True,
                    doctor__isnull=True,
                    signed_on__isnull=True,
                    until__isnull=True,
                    package__isnull=True,
                ),
                name="doctor_contract_signed_or_declined",
                violation_error_message="已签约的写明团队、医生、签约日期和有效期，不同意签约的只写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("signed_on")),
                name="doctor_contract_runs_forward",
                violation_error_message="有效期至不能早于签约日期。",
            ),
        ]


@tracked
class DoctorVisit(models.Model):
    """履约服务 under a contract on a day. One that was also a rehabilitation service stands among those (`service`)."""

    division_path = "contract__person__community"

    contract = models.ForeignKey(DoctorContract, models.PROTECT, related_name="visits", verbose_name="签约")
    visited_on = models.DateField("服务日期")
    content = models.CharField("服务内容", max_length=300)
    service = models.OneToOneField(
        RehabService, models.PROTECT, null=True, blank=True, related_name="doctor_visit", verbose_name="康复服务"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "家庭医生服务"
        ordering = ("-visited_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("contract", "visited_on", "content"),
                name="doctor_visit_once",
                violation_error_message="这一天的这项服务已经登记过。",
            ),
        ]
