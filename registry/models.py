"""The ground floor's tables: people, households, certificates, and what other departments know of people.

Every table here is filled from a sheet (registry/sheets.py); the sheet's key is the table's unique constraint.
"""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked, tracked_fields
from zalainuoer.common.models import Division, ScopedQuerySet

# A statement that has held "for every day so far" begins here; one that still holds ends here.
BEGINNING = datetime.date.min
FOREVER = datetime.date.max


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Category(models.TextChoices):
    """残疾类别 (GB/T 26341-2010); the value is the digit in the certificate number."""

    VISUAL = "1", "视力残疾"
    HEARING = "2", "听力残疾"
    SPEECH = "3", "言语残疾"
    PHYSICAL = "4", "肢体残疾"
    INTELLECTUAL = "5", "智力残疾"
    MENTAL = "6", "精神残疾"
    MULTIPLE = "7", "多重残疾"


class Level(models.TextChoices):
    """残疾等级, 一级 the most severe; the value is the digit in the certificate number."""

    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    FOURTH = "4", "四级"


class CertificateStatus(models.TextChoices):
    """证件状态. 过期 is derived from the last day of validity, never stored."""

    NORMAL = "normal", "正常"
    LOST = "lost", "挂失"
    FROZEN = "frozen", "冻结"
    CANCELLED = "cancelled", "注销"
    MOVED_OUT = "moved_out", "迁出"


class HukouType(models.TextChoices):
    AGRICULTURAL = "agricultural", "农业"
    NON_AGRICULTURAL = "non_agricultural", "非农业"


@tracked
class Household(models.Model):
    """户: the people under one 户主, who may hold no certificate. Its place is its people's."""

    head_id_number = EncryptedTextField("户主身份证号", purpose="id_number")
    head_id_index = BlindIndexField(purpose="id_number", unique=True, editable=False)
    head_name = models.CharField("户主姓名", max_length=50, null=True, blank=True)  # of a head who holds no certificate
    head_born_on = models.DateField("户主出生日期", null=True, blank=True)  # read from the number, for 依老养残

    class Meta:
        verbose_name = "户"


class CardGeneration(models.IntegerChoices):
    """证卡代次 (规划: 换发智能化残疾人证)."""

    SECOND = 2, "第二代残疾人证"
    THIRD = 3, "第三代（智能化）残疾人证"


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


class CertificateQuerySet(ScopedQuerySet):
    """Statements about certificates."""

    def current(self) -> Self:
        """The statements that hold until further notice: one a holder."""
        return self.filter(held_until=FOREVER)


@tracked
class Certificate(models.Model):
    """残疾人证 as stated for a span of days: holds on every day with held_from ≤ day < held_until.

    What the registry sheet says without a date holds for every day until a later 发证日期 or 状态日期 begins a new
    span; a statement with the same dates corrects the old one. A person's spans follow each other without gap from
    BEGINNING to FOREVER, so that a past day's register never changes through a later event.
    The certificate number is derived (ID number, category, level, suffix) and never a key.
    """

    division_path = "person__community"

    person = models.ForeignKey(
        Person, models.CASCADE, db_index=False, related_name="certificates", verbose_name="人员"
    )  # the unique constraint below is its index
    held_from = models.DateField("适用自", default=BEGINNING)
    held_until = models.DateField("适用至（不含）", default=FOREVER)
    first_issued_on = models.DateField("首次发证日期")
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至")
    category = models.CharField("残疾类别", max_length=1, choices=Category.choices)
    level = models.CharField("残疾等级", max_length=1, choices=Level.choices)
    components = models.CharField("多重残疾明细", max_length=100, null=True, blank=True)
    suffix = EncryptedTextField("补发序号", purpose="certificate_suffix", null=True, blank=True)
    suffix_index = BlindIndexField(purpose="certificate_suffix", null=True, blank=True, editable=False)
    status = models.CharField("证件状态", max_length=10, choices=CertificateStatus.choices)
    status_on = models.DateField("状态日期", null=True, blank=True)
    status_reason = models.CharField("状态原因", max_length=100, null=True, blank=True)
    hukou_type = models.CharField("户口性质", max_length=20, choices=HukouType.choices, null=True, blank=True)
    is_student = models.BooleanField("在校学生", null=True, blank=True)
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    household = models.ForeignKey(Household, models.PROTECT, related_name="certificates", verbose_name="户")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "残疾人证"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "held_from"), name="certificate_one_statement_a_day"),
            models.CheckConstraint(condition=Q(held_from__lt=F("held_until")), name="certificate_span_runs_forward"),
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("issued_on")),
                name="certificate_expires_after_issue",
                violation_error_message="有效期至不能早于发证日期。",
            ),
            models.CheckConstraint(
                condition=Q(status=CertificateStatus.NORMAL) | Q(status_on__isnull=False),
                name="certificate_status_has_date",
                violation_error_message="证件状态不是“正常”时必须填写状态日期。",
            ),
        ]

    @property
    def number(self) -> str:
        """残疾人证号: ID number, category, level, and B with the count of re-issues."""
        return f"{self.person.id_number}{self.category}{self.level}{self.suffix or ''}"


class CertificateAct(models.TextChoices):
    """残疾人证业务 (残疾人证管理办法; 跨省通办). What each asks for and does stands in registry/services."""

    ISSUE = "issue", "新办"
    RENEW = "renew", "换领"
    REISSUE = "reissue", "补办"
    REGRADE = "regrade", "类别等级变更"
    MOVE_IN = "move_in", "迁入"
    MOVE_OUT = "move_out", "迁出"
    REPORT_LOSS = "report_loss", "挂失"
    FREEZE = "freeze", "冻结"
    UNFREEZE = "unfreeze", "解冻"
    CANCEL = "cancel", "注销"
    DETAILS = "details", "信息变更"


@tracked
class CertificateCase(models.Model):
    """One act on somebody's certificate: what was done, from which day on, on what ground, by whom.

    The statement it led to stands in Certificate; here stands the file. `accepted_by` differs from `decided_by` where
    the application came in elsewhere (跨省通办: accepted where one lives, decided where the hukou is).
    """

    division_path = "person__community"

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificate_cases", verbose_name="人员")
    act = models.CharField("业务", max_length=12, choices=CertificateAct.choices)
    effective_on = models.DateField("生效日期")
    reason = models.CharField("原因", max_length=100, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    basis = models.CharField("依据", max_length=200)
    accepted_by = models.CharField("受理机关", max_length=100, blank=True)
    decided_by = models.CharField("决定机关", max_length=100, blank=True)
    changes = models.JSONField(
        "变动", default=list
    )  # [[heading, before, after]], certificate numbers by their ends only
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    history_context = models.UUIDField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "残疾人证业务记录"
        ordering = ("-effective_on", "-id")


@tracked_fields("case", "name", "content_type")
class Attachment(models.Model):
    """附件 of an act on a certificate: a scan or photograph, encrypted."""

    case = models.ForeignKey(CertificateCase, models.CASCADE, related_name="attachments", verbose_name="业务记录")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("文件类型", max_length=50)
    content = models.BinaryField("内容")  # sealed with ciphers.encrypt_bytes(purpose="file.attachment")

    class Meta:
        verbose_name = "附件"


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


class PersonFact(models.Model):
    """What a department's sheet says about a person."""

    division_path = "person__community"

    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss", verbose_name="人员")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked
class HouseholdIncome(models.Model):
    """A surveyed household's yearly income. Serves indicator 1 only, never a decision on benefits (统计法)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="incomes", verbose_name="户")
    year = models.PositiveSmallIntegerField("年度")
    head_name = models.CharField("户主姓名", max_length=50)
    members = models.PositiveSmallIntegerField("家庭人口数")
    disposable_income_yuan = models.DecimalField("家庭年可支配收入", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "家庭收入调查"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "household"), name="household_income_one_a_year"),
            models.CheckConstraint(condition=Q(members__gte=1), name="household_income_has_members"),
            models.CheckConstraint(condition=Q(disposable_income_yuan__gte=0), name="household_income_not_negative"),
        ]


class AssistanceKind(models.TextChoices):
    """救助类型 (社会救助暂行办法)."""

    DIBAO = "dibao", "低保"
    TEKUN = "tekun", "特困"
    DIBAO_EDGE = "dibao_edge", "低保边缘"
    RELAPSE_WATCH = "relapse_watch", "防返贫监测"


class AssistanceUnit(models.TextChoices):
    HOUSEHOLD = "household", "整户"
    SINGLE = "single", "单人户"


@tracked
class SocialAssistance(PersonFact):
    """社会救助: assisted with a kind from `starts_on`, until the day before `ends_on`."""

    kind = models.CharField("救助类型", max_length=20, choices=AssistanceKind.choices)
    unit = models.CharField("施保方式", max_length=10, choices=AssistanceUnit.choices, null=True, blank=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = "社会救助"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "kind", "starts_on"), name="social_assistance_one_start"),
        ]


class DibaoResult(models.TextChoices):
    ELIGIBLE = "eligible", "符合"
    NOT_ELIGIBLE = "not_eligible", "不符合"
    PENDING = "pending", "审核中"


@tracked
class DibaoApplication(PersonFact):
    """残疾人申请最低生活保障: an application and what was found."""

    applied_on = models.DateField("申请日期")
    result = models.CharField("认定结果", max_length=12, choices=DibaoResult.choices)
    decided_on = models.DateField("认定日期", null=True, blank=True)

    class Meta:
        verbose_name = "低保申请"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "applied_on"), name="dibao_application_one_a_day"),
            models.CheckConstraint(
                condition=Q(result=DibaoResult.PENDING, decided_on__isnull=True)
                | (~Q(result=DibaoResult.PENDING) & Q(decided_on__isnull=False)),
                name="dibao_application_decided_with_date",
            ),
        ]


class BenefitKind(models.TextChoices):
    """待遇类型: what may bar one of the two subsidies or rival it (民发〔2021〕70号)."""

    WORK_INJURY_CARE = "work_injury_care", "工伤保险生活护理费"
    ORPHAN = "orphan", "孤儿基本生活费"
    DE_FACTO_ORPHAN = "de_facto_orphan", "事实无人抚养儿童基本生活费"
    VETERAN_CARE = "veteran_care", "残疾军人护理费"
    ELDER_CARE = "elder_care", "老年护理补贴"
    OLD_AGE = "old_age", "高龄津贴"


@tracked
class OtherBenefit(PersonFact):
    """其他福利待遇: received from `starts_on`, until the day before `ends_on`."""

    kind = models.CharField("待遇类型", max_length=20, choices=BenefitKind.choices)
    monthly_yuan = models.DecimalField("月标准", max_digits=10, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = "其他福利待遇"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("person", "kind", "starts_on"), name="other_benefit_one_start"),
            models.CheckConstraint(
                condition=Q(monthly_yuan__isnull=True) | Q(monthly_yuan__gte=0), name="other_benefit_not_negative"
            ),
        ]


class PensionScheme(models.TextChoices):
    RESIDENT = "resident", "城乡居民基本养老保险"
    EMPLOYEE = "employee", "企业职工基本养老保险"
    PUBLIC = "public", "机关事业单位养老保险"


class PensionStatus(models.TextChoices):
    PAYING = "paying", "正常缴费"
    GOVERNMENT_PAID = "government_paid", "政府代缴"
    DRAWING = "drawing", "待遇领取"
    PAUSED = "paused", "暂停缴费"
    ENDED = "ended", "终止"


@tracked
class PensionEnrolment(PersonFact):
    """基本养老保险 of a person in a year and scheme."""

    year = models.PositiveSmallIntegerField("年度")
    scheme = models.CharField("险种", max_length=10, choices=PensionScheme.choices)
    status = models.CharField("参保状态", max_length=20, choices=PensionStatus.choices)

    class Meta:
        verbose_name = "养老保险参保"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person", "scheme"), name="pension_enrolment_one_a_year"),
        ]


class MedicalScheme(models.TextChoices):
    RESIDENT = "resident", "城乡居民基本医疗保险"
    EMPLOYEE = "employee", "职工基本医疗保险"


class MedicalStatus(models.TextChoices):
    INSURED = "insured", "正常参保"
    SUBSIDISED = "subsidised", "资助参保"
    PAUSED = "paused", "暂停参保"
    ENDED = "ended", "终止"


@tracked
class MedicalEnrolment(PersonFact):
    """基本医疗保险 of a person in a year and scheme."""

    year = models.PositiveSmallIntegerField("年度")
    scheme = models.CharField("险种", max_length=10, choices=MedicalScheme.choices)
    status = models.CharField("参保状态", max_length=20, choices=MedicalStatus.choices)

    class Meta:
        verbose_name = "医疗保险参保"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("year", "person", "scheme"), name="medical_enrolment_one_a_year"),
        ]


class Placement(models.TextChoices):
    """安置方式 (残疾人教育条例 第十七条)."""

    MAINSTREAM = "mainstream", "随班就读"
    SPECIAL_CLASS = "special_class", "特教班"
    SPECIAL_SCHOOL = "special_school", "特教学校"
    HOME_TEACHING = "home_teaching", "送教上门"
    FINISHED = "finished", "已初中毕业"
    DEFERRED = "deferred", "缓学"
    NOT_ENROLLED = "not_enrolled", "未入学"


@tracked
class SchoolEnrolment(PersonFact):
    """义务教育安置 of a child in a school year, named by its first calendar year (2025 is 2025-2026)."""

    school_year = models.PositiveSmallIntegerField("学年")
    community = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="+", verbose_name="所属社区")
    school = models.CharField("就读学校", max_length=100, null=True, blank=True)
    placement = models.CharField("安置方式", max_length=20, choices=Placement.choices)

    class Meta:
        verbose_name = "义务教育安置"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school_year", "person"), name="school_enrolment_one_a_year"),
        ]


class DeathSource(models.TextChoices):
    """死亡信息的来源."""

    POLICE = "police", "公安"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    HEALTH = "health", "卫健"
    CREMATORIUM = "crematorium", "殡葬"


class DeathState(models.TextChoices):
    """What a person has made of a notice: nothing yet, the certificate cancelled, or found wrong."""

    PROPOSED = "proposed", "待核实"
    CONFIRMED = "confirmed", "已注销"
    REJECTED = "rejected", "核实有误"


@tracked
class DeathNotice(PersonFact):
    """死亡信息 from another office. It only proposes: a person confirms, and that cancels the certificate (§2.4)."""

    died_on = models.DateField("死亡日期")
    source = models.CharField("来源", max_length=15, choices=DeathSource.choices)
    state = models.CharField("核实结果", max_length=10, choices=DeathState.choices, default=DeathState.PROPOSED)
    note = models.CharField("核实说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "死亡信息"
        constraints: ClassVar = [models.UniqueConstraint(fields=("person",), name="death_notice_one_a_person")]
