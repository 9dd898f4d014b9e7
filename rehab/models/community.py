"""Community rehabilitation: sites, coordinators and their trainings; prevention: campaigns and awareness surveys."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class SiteOffer(models.TextChoices):
    """What a site offers, in the plan's own words (规划 （三）3)."""

    MEDICAL = "medical", "康复医疗"
    TRAINING = "training", "训练指导"
    PSYCHOLOGICAL = "psychological", "心理支持"
    KNOWLEDGE = "knowledge", "知识普及"
    DEVICES = "devices", "用品用具"
    ADVICE = "advice", "康复咨询"
    REFERRAL = "referral", "转介"
    INFORMATION = "information", "信息"


@tracked
class CommunitySite(models.Model):
    """社区康复站点 of a community, from the day it opened until the day it closed."""

    division_path = "community"

    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所属社区")
    name = models.CharField("名称", max_length=100)
    place = models.CharField("地点", max_length=200)
    offers = ArrayField(models.CharField(max_length=20, choices=SiteOffer.choices), verbose_name="服务内容")
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)  # the first day it is no longer open

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "社区康复站点"
        ordering = ("community__code", "opened_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("community", "name"),
                name="community_site_name_unique",
                violation_error_message="这个社区已有同名的站点，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="community_site_closes_after_opening",
                violation_error_message="停用日期应当晚于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def offers_in_words(self) -> str:
        return "、".join(SiteOffer(code).label for code in self.offers)


@tracked
class Coordinator(models.Model):
    """社区康复协调员: who it is in a community, since when; a worker, not somebody who is served."""

    division_path = "community"

    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所属社区")
    name = models.CharField("姓名", max_length=50)
    since = models.DateField("任职日期")
    until = models.DateField("离任日期", null=True, blank=True)  # the first day no longer in office

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "社区康复协调员"
        ordering = ("community__code", "since", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("community", "name", "since"),
                name="coordinator_once",
                violation_error_message="这名协调员已经登记过，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="coordinator_leaves_after_coming",
                violation_error_message="离任日期应当晚于任职日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class CoordinatorTraining(models.Model):
    """康复协调员培训 (规划 （三）3: 规范化培训)."""

    division_path = "coordinator__community"

    coordinator = models.ForeignKey(Coordinator, models.PROTECT, related_name="trainings", verbose_name="协调员")
    trained_on = models.DateField("培训日期")
    topic = models.CharField("培训内容", max_length=100)
    hours = models.PositiveSmallIntegerField("学时")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "协调员培训"
        ordering = ("-trained_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("coordinator", "trained_on", "topic"),
                name="coordinator_training_once",
                violation_error_message="这次培训已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1),
                name="coordinator_training_has_hours",
                violation_error_message="学时至少是 1。",
            ),
        ]


@tracked
class PreventionCampaign(models.Model):
    """残疾预防宣传教育活动 (规划 （三）4: 每年开展一次)."""

    held_on = models.DateField("活动日期")
    topic = models.CharField("主题", max_length=100)
    place = models.CharField("地点", max_length=100)
    people_reached = models.PositiveIntegerField("参加人数")
    evidence = models.CharField("佐证材料", max_length=300)  # where the photographs and papers are kept

    class Meta:
        verbose_name = "残疾预防活动"
        ordering = ("-held_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("held_on", "place", "topic"),
                name="prevention_campaign_once",
                violation_error_message="这次活动已经登记过，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(people_reached__gte=1),
                name="prevention_campaign_reached_somebody",
                violation_error_message="参加人数至少是 1。",
            ),
        ]


@tracked
class AwarenessSurvey(models.Model):
    """残疾预防知识知晓率调查 of a year among the key groups (规划 （三）4).

    The rate is who knew, of those whose answers were valid: exact, never rounded before it is compared.
    """

    year = models.PositiveSmallIntegerField("年度")
    surveyed_on = models.DateField("调查日期")
    sample = models.PositiveIntegerField("调查人数")
    valid = models.PositiveIntegerField("有效答卷")
    aware = models.PositiveIntegerField("知晓人数")
    method = models.CharField("调查方式和对象", max_length=300)

    class Meta:
        verbose_name = "知晓率调查"
        ordering = ("-year",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("year",),
                name="awareness_survey_one_a_year",
                violation_error_message="这个年度已有调查结果，请改正原来的一条。",
            ),
            models.CheckConstraint(
                condition=Q(valid__gte=1),
                name="awareness_survey_has_answers",
                violation_error_message="有效答卷至少是 1 份，否则算不出知晓率。",
            ),
            models.CheckConstraint(
                condition=Q(valid__lte=F("sample")),
                name="awareness_survey_valid_of_sample",
                violation_error_message="有效答卷不能多于调查人数。",
            ),
            models.CheckConstraint(
                condition=Q(aware__lte=F("valid")),
                name="awareness_survey_aware_of_valid",
                violation_error_message="知晓人数不能多于有效答卷。",
            ),
        ]

    @property
    def rate(self) -> Fraction:
        """Percent, exact."""
        return Fraction(self.aware * 100, self.valid)
