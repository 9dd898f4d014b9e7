"""The two subsidies as paid: the monthly payment rosters (国发〔2015〕52号)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked


class Payment(PersonFact):
    """One person's line on one month's payment roster."""

    month = models.DateField("所属月份")  # its first day
    standard_yuan = models.DecimalField("补贴标准", max_digits=10, decimal_places=2)
    amount_yuan = models.DecimalField("发放金额", max_digits=10, decimal_places=2)
    paid_on = models.DateField("发放日期")
    row_number = models.PositiveIntegerField("原表行号", null=True, blank=True)  # None: from a run of this system

    class Meta:
        abstract = True


@tracked
class LivingPayment(Payment):
    """困难残疾人生活补贴 of one month."""

    class Meta:
        verbose_name = "困难残疾人生活补贴发放"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("month", "person"), name="living_payment_one_a_month"),
            models.CheckConstraint(
                condition=Q(standard_yuan__gte=0, amount_yuan__gte=0), name="living_payment_not_negative"
            ),
        ]


@tracked
class NursingPayment(Payment):
    """重度残疾人护理补贴 of one month."""

    class Meta:
        verbose_name = "重度残疾人护理补贴发放"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("month", "person"), name="nursing_payment_one_a_month"),
            models.CheckConstraint(
                condition=Q(standard_yuan__gte=0, amount_yuan__gte=0), name="nursing_payment_not_negative"
            ),
        ]
