"""People and households: who somebody is, and under which 户主 they live."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import Division, ScopedQuerySet


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class CardGeneration(models.IntegerChoices):
    """证卡代次 (规划: 换发智能化残疾人证)."""

    SECOND = 2, "第二代残疾人证"
    THIRD = 3, "第三代（智能化）残疾人证"


@tracked
class Household(models.Model):
    """户: the people under one 户主, who may hold no certificate. Its place is its people's."""

    head_id_number = EncryptedTextField("户主身份证号", purpose="id_number")
    head_id_index = BlindIndexField(purpose="id_number", unique=True, editable=False)
    head_name = models.CharField("户主姓名", max_length=50, null=True, blank=True)  # of a head who holds no certificate
    head_born_on = models.DateField("户主出生日期", null=True, blank=True)  # read from the number, for 依老养残

    class Meta:
        verbose_name = "户"


@tracked
class Person(models.Model):
    """A person known to the system: a certificate holder, or a child of the school or needs sheet without one.

    `community` is today's, for scope and lists; what it was on a day, and the household, stand in Certificate.
    """

    division_path = "community"

    id_number = EncryptedTextField("身份证号", purpose="id_number")
    id_index = BlindIndexField(purpose="id_number", unique=True, editable=False)
    id_tail_index = BlindIndexField(purpose="id_tail", null=True, db_index=True, editable=False)  # of the last four
    name = models.CharField("姓名", max_length=50)
    pinyin = models.CharField("姓名拼音", max_length=200)
    initials = models.CharField("拼音首字母", max_length=50)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices)
    born_on = models.DateField("出生日期")
    ethnicity = models.CharField("民族", max_length=20, null=True, blank=True)
    phone = EncryptedTextField("联系电话", purpose="phone", null=True, blank=True)
    phone_index = BlindIndexField(purpose="phone", null=True, blank=True, db_index=True, editable=False)
    died_on = models.DateField("死亡日期", null=True, blank=True)  # known from a 注销 for death; the act may come later
    address = EncryptedTextField("住址", purpose="address", null=True, blank=True)
    address_index = BlindIndexField(purpose="address", null=True, blank=True, editable=False)
    guardian_name = models.CharField("监护人姓名", max_length=50, null=True, blank=True)
    guardian_phone = EncryptedTextField("监护人电话", purpose="phone", null=True, blank=True)
    guardian_phone_index = BlindIndexField(purpose="phone", null=True, blank=True, db_index=True, editable=False)
    card_generation = models.PositiveSmallIntegerField(
        "证卡代次", choices=CardGeneration.choices, null=True, blank=True
    )  # not in the registry sheet; null is not known
    community = models.ForeignKey(
        Division, models.PROTECT, db_index=False, related_name="people", verbose_name="所属社区"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name


@tracked
class FormerIdentity(models.Model):
    """曾用身份证号: a number the police have corrected, by which old papers still name the person (居民身份证法)."""

    division_path = "person__community"

    person = models.ForeignKey(Person, models.CASCADE, related_name="former_identities", verbose_name="人员")
    id_number = EncryptedTextField("身份证号", purpose="id_number")
    id_index = BlindIndexField(purpose="id_number", db_index=True, editable=False)
    until = models.DateField("变更日期")
    reason = models.CharField("变更原因", max_length=200)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "曾用身份证号"


class MergePairState(models.TextChoices):
    """What became of two records that look like one person."""

    MERGED = "merged", "已合并"
    UNDONE = "undone", "合并已撤销"
    DISTINCT = "distinct", "确认不是同一人"


@tracked
class MergePair(models.Model):
    """Two records somebody has looked at: merged (and by which history context, so that it can be undone), or distinct.

    `kept` and `gone` are primary keys without a foreign key: a merge deletes one of the rows.
    """

    kept = models.BigIntegerField("保留的档案编号")
    gone = models.BigIntegerField("并入的档案编号")
    state = models.CharField("结论", max_length=10, choices=MergePairState.choices)
    reason = models.CharField("理由", max_length=200)
    decided_at = models.DateTimeField("时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    history_context = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "疑似重复档案"
        constraints: ClassVar = [models.UniqueConstraint(fields=("kept", "gone"), name="merge_pair_once")]
