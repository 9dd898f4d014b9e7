"""The yearly survey of needs (残疾人基本服务状况和需求调查)."""

from typing import ClassVar

from django.db import models

from registry.models import PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division


@tracked
class RehabNeed(PersonFact):
    """残疾人康复需求调查: what a person was found to need in a year; empty is no need.

    `rehab` is text, as offices write it: the words that `rehab.domains` knows and any others, which are kept.
    """

    year = models.PositiveSmallIntegerField("年度")
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    rehab = models.CharField("康复需求", max_length=200, null=True, blank=True)
    device = models.CharField("辅具需求", max_length=200, null=True, blank=True)
    surveyed_on = models.DateField("调查日期", null=True, blank=True)

    class Meta:
        verbose_name = "康复需求"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person"), name="rehab_need_one_a_year"),
        ]
