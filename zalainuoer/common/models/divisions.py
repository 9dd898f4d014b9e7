"""Divisions and departments: where people live, and who delivers what."""

from typing import ClassVar, Self

from django.db import models

from zalainuoer.common.history import tracked_fields


class DivisionLevel(models.TextChoices):
    REGION = "region", "省级"
    CITY = "city", "地市"
    DISTRICT = "district", "旗县区"
    STREET = "street", "街道（镇）"
    COMMUNITY = "community", "社区（村）"


class DivisionQuerySet(models.QuerySet["Division"]):
    def streets(self) -> Self:
        return self.filter(level=DivisionLevel.STREET)

    def communities(self) -> Self:
        return self.filter(level=DivisionLevel.COMMUNITY)

    def subtree_ids(self, root_id: int) -> frozenset[int]:
        """The ids of a division and of everything below it, in one statement."""
        parents = dict(self.values_list("id", "parent_id"))
        below = {root_id}
        grew = True
        while grew:
            found = {child for child, parent in parents.items() if parent in below and child not in below}
            below |= found
            grew = bool(found)
        return frozenset(below)


@tracked_fields("code", "name", "level", "parent")
class Division(models.Model):
    """行政区划: region, city, district, street or community. Codes get renumbered; ids do not."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=50)
    level = models.CharField("级别", max_length=10, choices=DivisionLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        ordering = ("code",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("parent", "name"), name="division_name_unique_below_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """部门: a member of the 残工委 that delivers sheets (民政局, 医疗保障局, …)."""

    name = models.CharField("名称", max_length=50, unique=True)
    short_name = models.CharField("简称", max_length=20)

    class Meta:
        verbose_name = "部门"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
