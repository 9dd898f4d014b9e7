"""The forms of a home before the works, one for each act."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from accessibility.forms.fields import CHOOSE, as_choice, day, millimetres, words, yes_or_no, yuan
from accessibility.models import (
    EndReason,
    Fund,
    HomeAssessment,
    HomeRoom,
    HomeStepOutcome,
    ItemGroup,
    PlanItem,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from accessibility.services.homes.opening import BY_HAND
from accessibility.services.homes.steps import last_step
from zalainuoer.common.forms import PlainWords


class OpenForm(PlainWords, forms.Form):
    """登记."""

    free_text = ("wish", "reason")
    opened_on = day("登记日期")
    year = forms.IntegerField(
        label="任务年度",
        min_value=2016,
        max_value=2050,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="算在哪一年的改造任务里。",
    )
    wish = words("改造意愿", longest=300, help_text="本人和家属想改哪里，如：卫生间装扶手、门口做坡道。")
    address = forms.CharField(
        label="改造住址", max_length=200, required=False, help_text="与档案里的住址相同的，留空。"
    )
    reason = words(
        "重新登记的理由",
        longest=200,
        required=False,
        rows=2,
        help_text="以前登记过放弃，或住房曾认定不能改造的，写明现在为什么可以；其他情况留空。",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["opened_on"].initial, self.fields["year"].initial = today, today.year


class AssessmentForm(PlainWords, forms.Form):
    """入户评估: the visit as a whole."""

    free_text = ("assessors", "moves_by", "wishes", "note")
    assessed_on = day("评估日期")
    assessors = forms.CharField(label="评估人员", max_length=100, help_text="写明单位和姓名。")
    is_own = yes_or_no("自有住房", unknown=True)
    owner_agrees = yes_or_no(
        "房屋所有人同意改造", unknown=True, help_text="租住、借住和公房须房屋所有人同意；自有住房不用填。"
    )
    moves_by = words("日常活动和行动方式", longest=300, required=False, rows=2, help_text="如：室内扶拐，外出坐轮椅。")
    wishes = words("本人和家属的意见", longest=500, required=False)
    note = words("其他情况", longest=500, required=False, rows=2)

    def __init__(self, *args: Any, row: HomeAssessment | None, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["assessed_on"].initial = today
        if row is not None:
            for name in ("assessed_on", "assessors", "moves_by", "wishes", "note"):
                self.fields[name].initial = getattr(row, name)
            for name in ("is_own", "owner_agrees"):
                self.fields[name].initial = as_choice(getattr(row, name))


class RoomForm(PlainWords, forms.Form):
    """One room: what hinders, and the measures."""

    free_text = ("barrier", "wish")
    room = forms.ChoiceField(label="位置", choices=[*CHOOSE, *Room.choices])
    barrier = words("障碍情况", longest=300, help_text="如：门槛高，轮椅过不去。")
    door_width_mm = millimetres("门洞净宽（毫米）")
    height_gap_mm = millimetres("高差或门槛（毫米）")
    length_mm = millimetres("长（毫米）")
    width_mm = millimetres("宽（毫米）", help_text="量到的才填，没有量的留空。")
    wish = words("改造意愿", longest=200, required=False, rows=2)

    def __init__(self, *args: Any, row: HomeRoom | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if row is not None:
            for name, field in self.fields.items():
                field.initial = getattr(row, name)


class PlanItemForm(PlainWords, forms.Form):
    """An item of the plan."""

    free_text = ("note",)
    item = forms.ModelChoiceField(label="项目", queryset=RetrofitItem.objects.none(), empty_label="请选择")
    room = forms.ChoiceField(label="位置", choices=[*CHOOSE, *Room.choices])
    quantity = yuan("数量", lowest="0.01")
    price_yuan = yuan("单价（元）", help_text="预算由系统按数量乘单价计算。")
    note = forms.CharField(label="做法", max_length=200, required=False, help_text="如：坡度 1:12，两侧扶手。")

    def __init__(self, *args: Any, row: PlanItem | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        items = RetrofitItem.objects.filter(is_active=True)
        if row is not None:
            items = items | RetrofitItem.objects.filter(pk=row.item_id)
        self.fields["item"].queryset = items
        grouped: dict[str, list[tuple[int, str]]] = {}
        for item in items:
            ceiling = f"，单价不超过 {item.ceiling_yuan} 元" if item.ceiling_yuan is not None else ""
            label = ItemGroup(item.group).label
            grouped.setdefault(label, []).append((item.pk, f"{item.name}（{item.unit}{ceiling}）"))
        self.fields["item"].choices = [*CHOOSE, *grouped.items()]
        if row is not None:
            for name, field in self.fields.items():
                field.initial = row.item_id if name == "item" else getattr(row, name)


class SharesForm(forms.Form):
    """资金构成: an amount for each fund that pays."""

    def __init__(self, *args: Any, home: RetrofitHome, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = {share.fund: share.budget_yuan for share in home.shares.all()}
        for fund in Fund:
            self.fields[fund.value] = yuan(f"{fund.label}（元）", required=False, initial=known.get(fund.value))


class ActForm(PlainWords, forms.Form):
    """An act on a home: `seen` is the last step that the page showed."""

    free_text: tuple[str, ...] = ("opinion",)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, home: RetrofitHome, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.home, self.today = home, today
        self.fields["seen"].initial = last_step(home)
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField) and field.initial is None:
                self.fields[name].initial = today


class AssessForm(ActForm):
    """完成评估."""

    is_alterable = yes_or_no("评估结论", yes="可以改造，编制方案", no="不具备改造条件，终止办理")
    opinion = words("评估意见", longest=500, required=False, help_text="不具备改造条件的，写明理由。")


class PlanForm(ActForm):
    """提交方案."""

    free_text = ("over_cap_reason",)
    planned_on = day("方案日期")
    over_cap_reason = words("超过每户上限的理由", longest=500, required=False, help_text="预算没有超过上限的留空。")


class ShowForm(ActForm):
    """开始公示."""

    free_text = ("place",)
    shown_on = day("公示开始日期", "按工作日计算，开始的当天不算。")
    place = forms.CharField(label="公示的地点或网址", max_length=200, help_text="如：友谊社区公告栏。")


class ObjectionForm(PlainWords, forms.Form):
    """登记异议; who objected is not asked for."""

    free_text = ("content",)
    received_on = day("收到日期")
    content = words("异议内容", longest=500, help_text="不要写提出人的姓名和电话。")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = today


class JudgeForm(PlainWords, forms.Form):
    """处理异议."""

    free_text = ("opinion",)
    is_upheld = yes_or_no("结论", yes="异议成立，公示结束后退回修改方案", no="异议不成立")
    opinion = words("核实意见", longest=400)


class ShowEndForm(ActForm):
    """公示结束."""

    free_text = ()
    ended_on = day("公示结束日期", "公示期满的次日起才能登记。")


class DecideForm(ActForm):
    """审批."""

    outcome = forms.ChoiceField(
        label="审批结论",
        choices=[
            (HomeStepOutcome.PASSED.value, "批准，固定困难类型和残疾等级"),
            (HomeStepOutcome.RETURNED.value, "退回修改方案"),
            (HomeStepOutcome.FAILED.value, "不予批准，终止办理"),
        ],
        widget=forms.RadioSelect,
    )
    decided_on = day("审批日期")
    opinion = words(
        "审批意见", longest=500, required=False, help_text="退回、不予批准，或预算超过上限仍批准的，必须写明。"
    )


class EndForm(ActForm):
    """终止."""

    end_reason = forms.ChoiceField(
        label="终止原因", choices=[*CHOOSE, *((reason.value, EndReason(reason).label) for reason in BY_HAND)]
    )
    ended_on = day("终止日期")
    opinion = words("终止的情况", longest=400, help_text="本人放弃的，写明谁在哪一天签字确认。")


class TakeBackForm(ActForm):
    """撤回上一步."""

    free_text = ("reason",)
    reason = words("撤回的理由", longest=300)
