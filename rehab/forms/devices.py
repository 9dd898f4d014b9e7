"""The forms of a device case, and what is asked before a list leaves the system."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.models import Person
from rehab.forms.device_catalogue import yuan_field
from rehab.models import DeviceCase, DeviceItem, FollowUpResult, Replacement, Signatory
from zalainuoer.common.forms import DateInput, PlainWords

CHOOSE = [("", "请选择")]


class _CaseForm(PlainWords, forms.Form):
    """A form of an act on a case: `seen` is the state it was opened upon."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: DeviceCase, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today
        self.fields["seen"].initial = case.state

    def not_later_than_today(self, name: str) -> datetime.date:
        day: datetime.date = self.cleaned_data[name]
        if day > self.today:
            raise forms.ValidationError(f"不能晚于今天（{self.today}）。")
        return day


class OpenForm(PlainWords, forms.Form):
    """A need that a case is opened for."""

    free_text = ("wanted",)
    need_year = forms.ChoiceField(
        label="需求来自",
        required=False,
        help_text="选需求调查的年度；本人到窗口提出、调查中没有的，选“不是调查出的需求”。",
    )
    wanted = forms.CharField(label="需要的辅具", max_length=200, help_text="如：轮椅、助听器。具体型号在评估时确定。")

    def __init__(self, *args: Any, person: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        needs = person.rehabneeds.filter(device__isnull=False).order_by("-year")
        self.needs = [need for need in needs if need.device not in ("", "无")]
        years = [(str(need.year), f"{need.year} 年需求调查：{need.device}") for need in self.needs]
        self.fields["need_year"].choices = [*years, ("", "不是调查出的需求")]
        if self.needs:
            self.fields["need_year"].initial = str(self.needs[0].year)
            self.fields["wanted"].initial = self.needs[0].device

    def clean_need_year(self) -> int | None:
        return int(self.cleaned_data["need_year"]) if self.cleaned_data["need_year"] else None


class AssessForm(_CaseForm):
    """评估: which item, for what price, and why before its time."""

    free_text = ("measures", "replacement_note", "assessor")
    assessed_on = forms.DateField(label="评估日期", widget=DateInput)
    assessor = forms.CharField(label="评估人员或机构", max_length=100, help_text="如：区残联辅具服务站，李技师。")
    item = forms.ModelChoiceField(
        label="适配的辅具", queryset=DeviceItem.objects.none(), empty_label="请选择", help_text="只列目录中可以选用的。"
    )
    quantity = forms.IntegerField(
        label="数量", min_value=1, max_value=20, initial=1, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    price_yuan = yuan_field("单价（元）", help_text="每件的报价；捐赠等不收费的填 0。")
    measures = forms.CharField(
        label="评估结论和尺寸",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：座宽 42 厘米，可自行驱动，需配防褥疮坐垫。",
    )
    replacement = forms.ChoiceField(
        label="更换理由",
        choices=[("", "不是提前更换"), *Replacement.choices],
        required=False,
        help_text="同种辅具使用年限未满、确需更换的才选。",
    )
    replacement_note = forms.CharField(
        label="更换情况说明", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        items = DeviceItem.objects.filter(is_active=True).select_related("device_class")
        self.fields["item"].queryset = items
        grouped: dict[str, list[tuple[int, str]]] = {}
        for item in items:
            grouped.setdefault(str(item.device_class or "未分类"), []).append((item.pk, item.name))
        self.fields["item"].choices = [*CHOOSE, *grouped.items()]
        self.fields["assessed_on"].initial = self.case.assessed_on or self.today
        for name in ("assessor", "item", "quantity", "price_yuan", "measures", "replacement", "replacement_note"):
            self.fields[name].initial = self.fields[name].initial if self.case.item_id is None else _value(self, name)

    def clean_assessed_on(self) -> datetime.date:
        return self.not_later_than_today("assessed_on")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        reason, note = self.cleaned_data.get("replacement"), self.cleaned_data.get("replacement_note")
        if reason and not note:
            self.add_error("replacement_note", "提前更换的，请说明情况。")
        if note and not reason:
            self.add_error("replacement", "写了更换情况的，请选择更换理由；不是提前更换的，请清空更换情况。")
        return cleaned


def _value(form: _CaseForm, name: str) -> Any:
    return form.case.item_id if name == "item" else getattr(form.case, name)


SUBSIDISED, UNSUBSIDISED, REFUSE = "subsidised", "unsubsidised", "refuse"


class DecideForm(_CaseForm):
    """审批."""

    free_text = ("reason",)
    decision = forms.ChoiceField(
        label="审批结论",
        choices=[
            (SUBSIDISED, "批准，按标准补贴"),
            (UNSUBSIDISED, "批准，不补贴（本人自付或捐赠）"),
            (REFUSE, "不予批准"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="审批意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不予批准的必须写明理由。",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("decision") == REFUSE and not self.cleaned_data.get("reason"):
            self.add_error("reason", "不予批准的，请写明理由。")
        return cleaned


class FitForm(_CaseForm):
    """适配: the handing over."""

    free_text = ("supplier",)
    fitted_on = forms.DateField(label="适配日期", widget=DateInput)
    price_yuan = yuan_field("实际单价（元）", help_text="比评估时便宜的，补贴按实际价格重算；贵出的部分由本人自付。")
    serial_number = forms.CharField(label="出厂编号", max_length=50, required=False, help_text="没有编号的留空。")
    supplier = forms.CharField(label="供应或适配机构", max_length=100, required=False)
    signed_by = forms.ChoiceField(
        label="签收人", choices=[*CHOOSE, *Signatory.choices], help_text="在纸质签收单上签字的人；签收单由经办人存档。"
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fitted_on"].initial, self.fields["price_yuan"].initial = self.today, self.case.price_yuan

    def clean_fitted_on(self) -> datetime.date:
        return self.not_later_than_today("fitted_on")


class FollowUpForm(_CaseForm):
    """回访."""

    free_text = ("note", "repair")
    done_on = forms.DateField(label="回访日期", widget=DateInput)
    result = forms.ChoiceField(label="回访结果", choices=[*CHOOSE, *FollowUpResult.choices])
    note = forms.CharField(
        label="回访情况",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不再使用的，请写明原因和辅具的去向。",
    )
    repair = forms.CharField(
        label="维修或调整内容",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="需要维修或调整的，写明修什么、谁来修；一个月后会再列入回访。",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = self.today

    def clean_done_on(self) -> datetime.date:
        return self.not_later_than_today("done_on")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        result = self.cleaned_data.get("result")
        if result in (FollowUpResult.REPAIR, FollowUpResult.ADJUST) and not self.cleaned_data.get("repair"):
            self.add_error("repair", "请写明维修或调整的内容。")
        if result == FollowUpResult.UNUSED and not self.cleaned_data.get("note"):
            self.add_error("note", "请写明不再使用的原因和辅具的去向。")
        return cleaned


class ReasonForm(_CaseForm):
    """Why a case is withdrawn, or a fitting taken back."""

    free_text = ("reason",)
    reason = forms.CharField(label="原因", max_length=200)
