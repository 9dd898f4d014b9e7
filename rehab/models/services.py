"""Services given (残疾人基本康复服务), and the catalogue they are chosen from."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked


class ServiceKind(models.TextChoices):
    """服务类别 of 残疾人基本康复服务."""

    MEDICAL = "medical", "康复医疗"
    TRAINING = "training", "康复训练"
    NURSING = "nursing", "护理"
    PSYCHOLOGICAL = "psychological", "心理疏导"
    KNOWLEDGE = "knowledge", "康复知识普及"


class ServiceForm(models.TextChoices):
    """How a service comes to a person (规划 精准康复: 上门服务、实施转介)."""

    HOME = "home", "上门"
    INSTITUTION = "institution", "机构"
    REFERRAL = "referral", "转介"


class CatalogueGroup(models.TextChoices):
    """The groups of 残疾人基本康复服务目录（2019年版）."""

    VISUAL = "visual", "视力残疾"
    HEARING = "hearing", "听力残疾"
    SPEECH = "speech", "言语残疾"
    PHYSICAL = "physical", "肢体残疾"
    INTELLECTUAL = "intellectual", "智力残疾"
    MENTAL = "mental", "精神残疾"
    AUTISM = "autism", "孤独症"


class AgeBand(models.TextChoices):
    """The catalogue's two lists; items that stand in both are for everybody."""

    CHILD = "child", "0—6岁"
    OLDER = "older", "7岁及以上"
    ANY = "any", "不分年龄"


@tracked
class CatalogueItem(models.Model):
    """康复服务目录项目: what may be given to whom, kept by the federation's staff (残联发〔2019〕34号).

    An item that is no longer given is closed, never deleted: services refer to it.
    """

    group = models.CharField("残疾类别", max_length=20, choices=CatalogueGroup.choices)
    age_band = models.CharField("年龄段", max_length=10, choices=AgeBand.choices)
    name = models.CharField("项目名称", max_length=60)
    kind = models.CharField("服务类别", max_length=20, choices=ServiceKind.choices)
    standard = models.CharField("服务内容和标准", max_length=300, blank=True)
    document = models.CharField("文号", max_length=100)
    is_open = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "康复服务目录项目"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("group", "age_band", "name"),
                name="catalogue_item_once",
                violation_error_message="同一残疾类别、年龄段里已有同名的项目。",
            ),
        ]

    def __str__(self) -> str:
        return item_label(self.group, self.age_band, self.name)


def item_label(group: Any, age_band: Any, name: str) -> str:
    """How an item is named on pages and in the sheet: 肢体残疾 7岁及以上 运动疗法."""
    return f"{CatalogueGroup(group).label} {AgeBand(age_band).label} {name}"


@tracked
class RehabService(PersonFact):
    """残疾人基本康复服务: one service on one day. What the sheet of the 卫生健康委员会 lacks may be empty."""

    served_on = models.DateField("服务日期")
    kind = models.CharField("服务类别", max_length=20, choices=ServiceKind.choices)
    provider = models.CharField("服务机构", max_length=100)
    item = models.ForeignKey(
        CatalogueItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="目录项目"
    )
    form = models.CharField("服务形式", max_length=20, choices=ServiceForm.choices, null=True, blank=True)
    worker = models.CharField("服务人员", max_length=50, null=True, blank=True)
    cost_yuan = models.DecimalField("费用", max_digits=10, decimal_places=2, null=True, blank=True)
    outcome = models.CharField("服务成效", max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = "康复服务"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("served_on", "person", "kind", "provider"), name="rehab_service_once"),
            models.CheckConstraint(
                condition=Q(cost_yuan__isnull=True) | Q(cost_yuan__gte=0),
                name="rehab_service_cost_not_negative",
                violation_error_message="费用不能是负数。",
            ),
        ]
