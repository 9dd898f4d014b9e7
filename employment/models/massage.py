"""盲人按摩: who practises and how they qualified, titles, practice filing, workplaces, yearly checks, education."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class MassageKind(models.TextChoices):
    """盲人医疗按摩 is a medical act (盲人医疗按摩管理办法 第二条); 保健按摩 is not."""

    MEDICAL = "medical", "医疗按摩"
    HEALTH = "health", "保健按摩"


class QualifiedBy(models.TextChoices):
    """The five ways to a 盲人医疗按摩人员资格证书 (盲人医疗按摩管理办法 第四条)."""

    TITLE_BEFORE = "title_before", "办法施行前已取得盲人医疗按摩专业技术职务"
    SECONDARY_BEFORE = "secondary_before", "办法施行前有中专以上学历并从业两年"
    FIFTEEN_YEARS = "fifteen_years", "办法施行前在医疗机构从业十五年"
    EXAM_BY_PRACTICE = "exam_by_practice", "办法施行前从业两年以上不满十五年，考试合格"
    EXAM_BY_SCHOOLING = "exam_by_schooling", "中专以上学历，考试合格"


class HealthLevel(models.TextChoices):
    """保健按摩师."""

    JUNIOR = "junior", "初级保健按摩师"
    MIDDLE = "middle", "中级保健按摩师"
    SENIOR = "senior", "高级保健按摩师"


class MassageTitle(models.TextChoices):
    """盲人医疗按摩专业技术职务, the lowest first."""

    ASSISTANT = "assistant", "医疗按摩士"
    MASSEUR = "masseur", "医疗按摩师"
    ATTENDING = "attending", "主治医疗按摩师"
    VICE_CHIEF = "vice_chief", "副主任医疗按摩师"
    CHIEF = "chief", "主任医疗按摩师"


class ShopKind(models.TextChoices):
    """按摩机构."""

    HOSPITAL = "hospital", "医疗机构"
    MEDICAL_CLINIC = "medical_clinic", "盲人医疗按摩所"
    HEALTH_SHOP = "health_shop", "盲人保健按摩机构"


# Where a medical act may take place (盲人医疗按摩管理办法 第二条: 在医疗机构中).
MEDICAL_PLACES = (ShopKind.HOSPITAL, ShopKind.MEDICAL_CLINIC)


class CheckOutcome(models.TextChoices):
    """Of a yearly check or a review."""

    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


@tracked
class MassageShop(models.Model):
    """盲人按摩机构: a workplace, open from `opened_on` through `closed_on`."""

    name = models.CharField(
        "机构名称", max_length=100, unique=True, error_messages={"unique": "已有这个名称的机构，请打开它修改。"}
    )
    kind = models.CharField("机构类型", max_length=20, choices=ShopKind.choices)
    licence = models.CharField("执业许可证或营业执照号", max_length=50, blank=True)
    owner_name = models.CharField("负责人", max_length=50)
    street = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在街道（镇）"
    )
    address = models.CharField("地址", max_length=200)
    opened_on = models.DateField("开业日期", null=True, blank=True)
    closed_on = models.DateField("停业日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "盲人按摩机构"
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="massage_shop_runs_forward",
                violation_error_message="停业日期不能早于开业日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class MassagePractitioner(PersonFact):
    """盲人按摩人员: one person of one kind. Medical ones say how they qualified, health ones their level."""

    kind = models.CharField("按摩类别", max_length=10, choices=MassageKind.choices)
    certificate_number = models.CharField("资格证书编号", max_length=50)
    qualified_on = models.DateField("取得资格日期")
    qualified_by = models.CharField("取得资格的途径", max_length=20, choices=QualifiedBy.choices, blank=True)
    level = models.CharField("保健按摩师等级", max_length=10, choices=HealthLevel.choices, blank=True)
    ended_on = models.DateField("不再从业日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "盲人按摩人员"
        ordering = ("kind", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("person", "kind"),
                name="massage_practitioner_one_a_kind",
                violation_error_message="此人的这类按摩资格已经登记，请打开修改。",
            ),
            models.UniqueConstraint(
                fields=("kind", "certificate_number"),
                name="massage_practitioner_certificate_once",
                violation_error_message="这个资格证书编号已经登记给别人，请核对。",
            ),
            models.CheckConstraint(
                condition=(Q(kind=MassageKind.MEDICAL, level="") & ~Q(qualified_by=""))
                | (Q(kind=MassageKind.HEALTH, qualified_by="") & ~Q(level="")),
                name="massage_practitioner_ground_of_its_kind",
                violation_error_message="医疗按摩人员请选取得资格的途径，保健按摩人员请选等级；另一项留空。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("qualified_on")),
                name="massage_practitioner_runs_forward",
                violation_error_message="不再从业日期不能早于取得资格日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}人员 {self.certificate_number}"


class OfPractitioner(models.Model):
    """Base: what is known of a practitioner beside the qualification."""

    division_path = "practitioner__person__community"

    practitioner = models.ForeignKey(
        MassagePractitioner, models.CASCADE, related_name="%(class)ss", verbose_name="盲人按摩人员"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked
class TitleReview(OfPractitioner):
    """职称评审: 初评, then the decision; the title is held from the day a review passes."""

    title = models.CharField("申报职称", max_length=10, choices=MassageTitle.choices)
    applied_on = models.DateField("申报日期")
    first_result = models.CharField("初评结果", max_length=10, choices=CheckOutcome.choices, blank=True)
    first_reviewed_on = models.DateField("初评日期", null=True, blank=True)
    result = models.CharField("评审结果", max_length=10, choices=CheckOutcome.choices, blank=True)
    decided_on = models.DateField("评审日期", null=True, blank=True)
    document = models.CharField("评审文件", max_length=200, blank=True)

    class Meta:
        verbose_name = "盲人医疗按摩职称评审"
        ordering = ("-applied_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("practitioner", "title", "applied_on"),
                name="title_review_once",
                violation_error_message="这一天的同一申报已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(first_result="", first_reviewed_on__isnull=True)
                | (~Q(first_result="") & Q(first_reviewed_on__gte=F("applied_on"))),
                name="title_review_first_dated",
                violation_error_message="初评结果和初评日期要一起填写，初评不能早于申报。",
            ),
            models.CheckConstraint(
                condition=Q(result="", decided_on__isnull=True)
                | (~Q(result="") & Q(first_result=CheckOutcome.PASSED, decided_on__gte=F("first_reviewed_on"))),
                name="title_review_decided_after_first",
                violation_error_message="评审结果和评审日期要一起填写；初评合格之后才能评审。",
            ),
        ]


@tracked
class PracticeFiling(OfPractitioner):
    """执业备案 at one workplace, from `starts_on` until it lapses (`valid_until`) or is stopped (`stopped_on`)."""

    shop = models.ForeignKey(MassageShop, models.PROTECT, related_name="filings", verbose_name="执业机构")
    starts_on = models.DateField("备案日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    stopped_on = models.DateField("停止日期", null=True, blank=True)
    document = models.CharField("备案编号或依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "盲人按摩执业备案"
        ordering = ("-starts_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("practitioner",),
                condition=Q(stopped_on__isnull=True),
                name="practice_filing_one_open",
                violation_error_message="还有没停止的执业备案。换机构的，先停止原备案再重新备案。",
            ),
            models.CheckConstraint(
                condition=(Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("starts_on")))
                & (Q(valid_until__isnull=True) | Q(valid_until__gte=F("starts_on"))),
                name="practice_filing_runs_forward",
                violation_error_message="有效期和停止日期不能早于备案日期。",
            ),
        ]


@tracked
class MassageCheck(OfPractitioner):
    """年审 of the qualification, once a year (规划: 资格证书年审)."""

    year = models.PositiveSmallIntegerField("年度")
    result = models.CharField("年审结果", max_length=10, choices=CheckOutcome.choices)
    checked_on = models.DateField("年审日期")
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "盲人按摩资格年审"
        ordering = ("-year", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("practitioner", "year"),
                name="massage_check_one_a_year",
                violation_error_message="这一年度的年审已经登记，请打开它修改。",
            ),
        ]


@tracked
class MassageCredit(OfPractitioner):
    """继续教育: what was learned on a day, and the credits it gives in a year."""

    year = models.PositiveSmallIntegerField("年度")
    learned_on = models.DateField("学习日期")
    topic = models.CharField("内容", max_length=100)
    credits = models.DecimalField("学分", max_digits=5, decimal_places=1)

    class Meta:
        verbose_name = "盲人按摩继续教育"
        ordering = ("-year", "-learned_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("practitioner", "learned_on", "topic"),
                name="massage_credit_once",
                violation_error_message="这一天的同一内容已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(credits__gt=0),
                name="massage_credit_positive",
                violation_error_message="学分要大于 0。",
            ),
        ]
