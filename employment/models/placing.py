"""Places that are kept for disabled people: 公益性岗位 and 辅助性就业机构, and who has them (规划 专栏3第4、5项)."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from employment.models.staff import EmploymentRecord
from registry.models import PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class PublicPostKind(models.TextChoices):
    """公益性岗位, as the plan lists them (专栏3第5项)."""

    CLEANER = "cleaner", "保洁员"
    WATER_KEEPER = "water_keeper", "水管员"
    ROAD_KEEPER = "road_keeper", "护路员"
    FOREST_KEEPER = "forest_keeper", "护林员"
    ASSISTANCE_AIDE = "assistance_aide", "社会救助协理员"
    COMMUNITY_AIDE = "community_aide", "社区服务人员"
    OTHER = "other", "其他公益性岗位"


@tracked
class PublicPost(models.Model):
    """公益性岗位: so many of one kind at one unit. `subsidy_yuan` is by month and person; None where nothing is on file."""

    division_path = "street"

    kind = models.CharField("岗位种类", max_length=20, choices=PublicPostKind.choices)
    unit = models.CharField("设岗单位", max_length=100)
    street = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="街道（镇）")
    number = models.PositiveSmallIntegerField("岗位数", validators=[MinValueValidator(1)])
    subsidy_yuan = models.DecimalField(
        "岗位补贴（元/人月）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    subsidy_document = models.CharField("补贴标准的依据", max_length=200, blank=True)
    starts_on = models.DateField("设岗日期")
    ends_on = models.DateField("撤岗日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "公益性岗位"
        ordering = ("street__code", "unit", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("kind", "unit", "street", "starts_on"),
                name="public_post_one_start",
                violation_error_message="这个单位从这一天起的这种岗位已经登记，请打开它修改。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="public_post_runs_forward",
                violation_error_message="撤岗日期不能早于设岗日期。",
            ),
            models.CheckConstraint(
                condition=Q(subsidy_yuan__isnull=True) | ~Q(subsidy_document=""),
                name="public_post_subsidy_has_document",
                violation_error_message="填写了岗位补贴的，请写明补贴标准的依据。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.get_kind_display()}"


@tracked
class PublicPostHolder(PersonFact):
    """公益性岗位在岗人员: the person, whose `record` says since when; or a member of the person's 零就业残疾人家庭.

    A member holds no certificate and has no file here: the row names them, with the days on which they work.
    """

    post = models.ForeignKey(PublicPost, models.PROTECT, related_name="holders", verbose_name="公益性岗位")
    record = models.OneToOneField(
        EmploymentRecord, models.PROTECT, null=True, blank=True, related_name="public_post", verbose_name="就业登记"
    )
    is_of_jobless_household = models.BooleanField("零就业残疾人家庭", default=False)
    member_name = models.CharField("家庭成员姓名", max_length=50, blank=True)
    relation = models.CharField("与残疾人的关系", max_length=20, blank=True)
    member_from = models.DateField("家庭成员上岗日期", null=True, blank=True)
    member_until = models.DateField("家庭成员离岗日期", null=True, blank=True)

    class Meta:
        verbose_name = "公益性岗位在岗人员"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(record__isnull=False, member_name="", member_from__isnull=True, member_until__isnull=True)
                | (
                    Q(record__isnull=True, is_of_jobless_household=True, member_from__isnull=False)
                    & ~Q(member_name="")
                    & ~Q(relation="")
                ),
                name="public_post_holder_person_or_member",
                violation_error_message="在岗的是残疾人本人，或者是零就业残疾人家庭的一名成员；成员须有姓名、关系和上岗日期。",
            ),
            models.CheckConstraint(
                condition=Q(member_until__isnull=True) | Q(member_until__gte=F("member_from")),
                name="public_post_holder_runs_forward",
                violation_error_message="离岗日期不能早于上岗日期。",
            ),
        ]


@tracked
class ShelteredOrganisation(models.Model):
    """辅助性就业机构."""

    name = models.CharField("机构名称", max_length=100, unique=True, error_messages={"unique": "已有这个名称的机构。"})
    place = models.CharField("地址", max_length=200)
    capacity = models.PositiveSmallIntegerField("可安排人数", validators=[MinValueValidator(1)])
    since = models.DateField("建成日期")
    closed_on = models.DateField("停办日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "辅助性就业机构"
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("since")),
                name="sheltered_organisation_runs_forward",
                violation_error_message="停办日期不能早于建成日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class ShelteredPlace(models.Model):
    """辅助性就业人员: whose `record` is at the organisation."""

    division_path = "record__person__community"

    organisation = models.ForeignKey(
        ShelteredOrganisation, models.PROTECT, related_name="places", verbose_name="辅助性就业机构"
    )
    record = models.OneToOneField(
        EmploymentRecord, models.PROTECT, related_name="sheltered_place", verbose_name="就业登记"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "辅助性就业人员"
        ordering = ("pk",)
