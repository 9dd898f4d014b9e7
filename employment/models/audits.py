"""按比例就业年审: one employer's declaration for one year, from 未申报 to what the tax office has received."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

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


@tracked
class Audit(models.Model):
    """年审 of one employer for one year (the year whose placements are audited; it takes place in the next).

    Without a row, and until `declared_on` is set, the employer is 未申报.
    """

    division_path = "employer__street"

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="audits", verbose_name="用人单位")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=15, choices=AuditState.choices, default=AuditState.NOT_DECLARED)
    declared_on = models.DateField("申报日期", null=True, blank=True)

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
        ]
