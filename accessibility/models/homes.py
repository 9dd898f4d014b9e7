"""A home's way through the retrofit: candidate, assessment, plan, publicity, approval, works, acceptance, follow-up."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accessibility.models.retrofits import Hardship, HomeRetrofit
from registry.models import Household, Level, PersonFact
from zalainuoer.common.fields import BlindIndexField, EncryptedTextField
from zalainuoer.common.history import tracked
from zalainuoer.common.models import ScopedQuerySet


class HomeStage(models.TextChoices):
    """What a home waits for, or how it ended."""

    CANDIDATE = "candidate", "待入户评估"
    PLANNING = "planning", "待制定方案"
    PUBLICITY = "publicity", "待公示"
    ON_SHOW = "on_show", "公示中"
    APPROVING = "approving", "待审批"
    CONTRACTING = "contracting", "待签约"
    WAITING_FOR_WORKS = "waiting", "待开工"
    WORKS = "works", "施工中"
    ACCEPTING = "accepting", "待验收"
    CORRECTING = "correcting", "整改中"
    SETTLING = "settling", "待结算"
    FOLLOWING = "following", "待回访"
    FILING = "filing", "待归档"
    FILED = "filed", "已归档"
    ENDED = "ended", "已终止"


ENDED = (HomeStage.FILED, HomeStage.ENDED)


class EndReason(models.TextChoices):
    """Why a home left the way before its end."""

    DECLINED = "declined", "本人放弃"
    NOT_ALTERABLE = "not_alterable", "住房不具备改造条件"
    GONE = "gone", "死亡或迁出"
    ALREADY = "already", "已享受过改造"
    NOT_ELIGIBLE = "not_eligible", "不符合条件"
    REFUSED = "refused", "不予批准"


class RetrofitHomeQuerySet(ScopedQuerySet):
    """Homes in the retrofit."""

    def open(self) -> Self:
        """Not at their end."""
        return self.exclude(stage__in=ENDED)


@tracked
class RetrofitHome(PersonFact):
    """家庭无障碍改造办理 of one household; `person` is the disabled member it is done for.

    What is approved is written as a `HomeRetrofit`: that row, not this one, is what indicator 11 counts. Level and
    hardship are frozen at approval, with the evidence they rest on.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="retrofit_homes", verbose_name="户")
    year = models.PositiveSmallIntegerField("任务年度")
    stage = models.CharField("环节", max_length=12, choices=HomeStage.choices, default=HomeStage.CANDIDATE)
    since_on = models.DateField("进入本环节日期")
    due_on = models.DateField("本环节期限", null=True, blank=True)
    address = EncryptedTextField("改造住址", purpose="address", null=True, blank=True)  # null: as in the person's file
    address_index = BlindIndexField(purpose="address", null=True, blank=True, editable=False)
    wish = models.CharField("改造意愿", max_length=300)
    is_alterable = models.BooleanField("住房可以改造", null=True, blank=True)
    has_several_disabled = models.BooleanField("一户多残", default=False)
    is_old_caring = models.BooleanField("以老养残", default=False)
    opened_on = models.DateField("登记日期")
    # frozen at approval
    hardship = models.CharField("困难类型", max_length=20, choices=Hardship.choices, blank=True)
    level = models.CharField("残疾等级", max_length=1, choices=Level.choices, blank=True)
    evidence = models.CharField("认定依据", max_length=500, blank=True)
    retrofit = models.OneToOneField(
        HomeRetrofit, models.PROTECT, null=True, blank=True, related_name="home", verbose_name="改造台账"
    )
    contractor = models.ForeignKey(
        "accessibility.Contractor",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="homes",
        verbose_name="施工单位",
    )
    contract_number = models.CharField("合同编号", max_length=100, blank=True)
    contract_yuan = models.DecimalField("合同金额（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    works_due_on = models.DateField("合同完工日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=15, choices=EndReason.choices, blank=True)

    objects = RetrofitHomeQuerySet.as_manager()  # type: ignore[misc]  # the stubs take PersonFact's for a class variable

    class Meta:
        verbose_name = "家庭无障碍改造办理"
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("household",),
                condition=~Q(stage__in=ENDED),
                name="retrofit_home_one_open",
                violation_error_message="这一户正在办理改造，请打开它继续；一户不能同时办理两次。",
            ),
            models.CheckConstraint(
                condition=Q(retrofit__isnull=True) | ~Q(hardship="") & ~Q(level="") & ~Q(evidence=""),
                name="retrofit_home_frozen_with_evidence",
                violation_error_message="批准时必须固定困难类型、残疾等级和认定依据。",
            ),
            models.CheckConstraint(
                condition=~Q(stage=HomeStage.ENDED) | ~Q(end_reason=""),
                name="retrofit_home_ended_with_reason",
                violation_error_message="终止办理必须写明原因。",
            ),
        ]


class HomeStepKind(models.TextChoices):
    """What was done."""

    OPEN = "open", "登记"
    ASSESS = "assess", "入户评估"
    PLAN = "plan", "制定方案"
    SHOW = "show", "开始公示"
    SHOW_END = "show_end", "公示结束"
    DECIDE = "decide", "审批"
    CONTRACT = "contract", "签订合同"
    START = "start", "开工"
    FINISH = "finish", "完工报验"
    ACCEPT = "accept", "验收"
    CORRECT = "correct", "整改完成"
    SETTLE = "settle", "结算"
    FOLLOW_UP = "follow_up", "回访"
    FILE = "file", "归档"
    END = "end", "终止"
    TAKE_BACK = "take_back", "撤回上一步"


class HomeStepOutcome(models.TextChoices):
    DONE = "done", "已办理"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"
    FAILED = "failed", "不合格"


@pgtrigger.register(
    pgtrigger.Protect(name="home_step_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
)
class HomeStep(models.Model):
    """One step as it was done, kept: a trigger refuses to change or delete it, so it needs no history beside it.

    `before` is what the home said before the step: taking the step back puts it there again.
    """

    division_path = "home__person__community"

    home = models.ForeignKey(RetrofitHome, models.PROTECT, related_name="steps", verbose_name="改造办理")
    kind = models.CharField("事项", max_length=12, choices=HomeStepKind.choices)
    outcome = models.CharField("结果", max_length=10, choices=HomeStepOutcome.choices, default=HomeStepOutcome.DONE)
    opinion = models.CharField("意见", max_length=500, blank=True)
    done_on = models.DateField("办理日期")
    before = models.JSONField("办理前", default=dict)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by", verbose_name="撤回的事项"
    )
    done_at = models.DateTimeField("登记时间", auto_now_add=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "改造办理经过"
        ordering = ("pk",)


@tracked
class HomeObjection(models.Model):
    """异议 received while a home is on show: what it says, and what became of it. Who objected is not kept."""

    division_path = "home__person__community"

    home = models.ForeignKey(RetrofitHome, models.PROTECT, related_name="objections", verbose_name="改造办理")
    show = models.ForeignKey(HomeStep, models.PROTECT, related_name="objections", verbose_name="公示")
    received_on = models.DateField("收到日期")
    content = models.CharField("异议内容", max_length=500)
    is_upheld = models.BooleanField("异议成立", null=True, blank=True)
    opinion = models.CharField("核实意见", max_length=400, blank=True)
    judged_on = models.DateField("处理日期", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "改造公示异议"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_upheld__isnull=True) | Q(judged_on__isnull=False) & ~Q(opinion=""),
                name="home_objection_judged_says_why",
                violation_error_message="处理异议必须写明核实意见和日期。",
            ),
        ]


class Room(models.TextChoices):
    """Where in the home (家庭无障碍建设指南: by room)."""

    ENTRANCE = "entrance", "出入口和院落"
    HALL = "hall", "过道和客厅"
    DOOR = "door", "门窗"
    KITCHEN = "kitchen", "厨房"
    TOILET = "toilet", "卫生间"
    BEDROOM = "bedroom", "卧室"
    BALCONY = "balcony", "阳台"
    POWER = "power", "电路、照明和报警"


@tracked
class HomeAssessment(models.Model):
    """入户评估 of a home, made on the spot: one, corrected until the plan is made."""

    division_path = "home__person__community"

    home = models.OneToOneField(RetrofitHome, models.PROTECT, related_name="assessment", verbose_name="改造办理")
    assessed_on = models.DateField("评估日期")
    assessors = models.CharField("评估人员", max_length=100)
    is_own = models.BooleanField("自有住房", null=True, blank=True)
    owner_agrees = models.BooleanField("房屋所有人同意改造", null=True, blank=True)
    moves_by = models.CharField("日常活动和行动方式", max_length=300, blank=True)
    wishes = models.CharField("本人和家属的意见", max_length=500, blank=True)
    note = models.CharField("其他情况", max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "入户评估"


@tracked
class HomeRoom(models.Model):
    """One room of an assessment: what hinders, and the measures in millimetres (0 is not measured: leave it empty)."""

    division_path = "assessment__home__person__community"

    assessment = models.ForeignKey(HomeAssessment, models.CASCADE, related_name="rooms", verbose_name="入户评估")
    room = models.CharField("位置", max_length=10, choices=Room.choices)
    barrier = models.CharField("障碍情况", max_length=300)
    door_width_mm = models.PositiveIntegerField("门洞净宽（毫米）", null=True, blank=True)
    height_gap_mm = models.PositiveIntegerField("高差或门槛（毫米）", null=True, blank=True)
    length_mm = models.PositiveIntegerField("长（毫米）", null=True, blank=True)
    width_mm = models.PositiveIntegerField("宽（毫米）", null=True, blank=True)
    wish = models.CharField("改造意愿", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评估位置"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("assessment", "room"),
                name="home_room_once",
                violation_error_message="同一位置只填一次，请在原来的一条里补充。",
            ),
        ]


class Fund(models.TextChoices):
    """资金来源."""

    CENTRAL = "central", "中央补助"
    LOTTERY = "lottery", "彩票公益金"
    REGION = "region", "自治区"
    CITY = "city", "市级"
    DISTRICT = "district", "区本级"
    LEVY = "levy", "残疾人就业保障金"
    OTHER = "other", "社会捐助和其他"
