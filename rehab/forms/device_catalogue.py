"""The forms of 辅具目录: a main class, an item, its dated terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from registry.services.facts import version
from rehab.models import DeviceClass, DeviceItem, DeviceTerms
from zalainuoer.common.forms import DateInput, PlainWords


def yuan_field(label: str, **how: Any) -> forms.DecimalField:
    """An amount in yuan, at most two decimals, typed on any keyboard."""
    return forms.DecimalField(
        label=label,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(0),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "请填写金额，如 800 或 799.50。",
            "min_value": "金额不能是负数。",
            "max_decimal_places": "金额最多两位小数。",
        },
        **how,
    )


class _Stored(PlainWords, forms.Form):
    """A form about a row that is stored already, or a new one; a stored one must not have changed meanwhile."""

    shown: tuple[str, ...] = ()

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.row = row
        if row is not None:
            for name in self.shown:
                self.fields[name].initial = getattr(row, name)
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(row))

    @property
    def values(self) -> dict[str, Any]:
        """What the service is to store."""
        return {name: self.cleaned_data[name] for name in self.shown}


class ClassForm(PlainWords, forms.Form):
    """A two-digit class."""

    code = forms.CharField(label="主类代码", max_length=2, help_text="GB/T 16432 的两位主类代码，如 12。")
    name = forms.CharField(label="主类名称", max_length=50)

    def __init__(self, *args: Any, row: DeviceClass | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if row is not None:
            self.fields["code"].initial, self.fields["name"].initial = row.code, row.name


class ItemForm(_Stored):
    """One kind of device."""

    shown = ("device_class", "code", "name", "unit", "other_names", "is_active")
    device_class = forms.ModelChoiceField(
        label="主类", queryset=DeviceClass.objects.all(), required=False, empty_label="未分类"
    )
    code = forms.CharField(
        label="分类代码", max_length=10, required=False, help_text="GB/T 16432 的代码，如 12 22 03；不清楚的留空。"
    )
    name = forms.CharField(label="名称", max_length=100)
    unit = forms.CharField(label="计量单位", max_length=10, help_text="如：辆、副、台。")
    other_names = forms.CharField(
        label="其他叫法",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个。报表里用这些名称登记的适配，也算同一种辅具，使用年限从最近一次起算。",
    )
    is_active = forms.BooleanField(label="可以选用", required=False, initial=True, help_text="取消勾选后不能再评估。")

    def __init__(self, *args: Any, row: DeviceItem | None = None, **kwargs: Any):
        super().__init__(*args, row=row, **kwargs)
        if row is not None:
            self.fields["other_names"].initial = "\n".join(row.other_names)

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())

    def clean_other_names(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["other_names"].splitlines() if line.strip()]


class TermsForm(_Stored):
    """The terms of an item from a day on."""

    free_text = ("document",)
    shown = ("effective_from", "years_of_use", "ceiling_yuan", "percent", "document")
    effective_from = forms.DateField(
        label="执行日期", widget=DateInput, help_text="审批日期在这一天及以后的，按这条标准。"
    )
    years_of_use = forms.IntegerField(
        label="使用年限（年）",
        min_value=1,
        max_value=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "请填写整数，如 3。",
            "min_value": "使用年限应在 1 至 30 年之间。",
            "max_value": "使用年限应在 1 至 30 年之间。",
        },
        help_text="从最近一次适配起算，满了才能再次适配。",
    )
    ceiling_yuan = yuan_field("每件补贴上限（元）")
    percent = forms.DecimalField(
        label="补贴比例（%）",
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(100),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "请填写数字，如 50。",
            "min_value": "补贴比例应在 0 至 100 之间。",
            "max_value": "补贴比例应在 0 至 100 之间。",
        },
        help_text="全额补贴的填 100。",
    )
    document = forms.CharField(label="文号", max_length=200, help_text="写明依据的文件名称和文号。")

    def __init__(self, *args: Any, row: DeviceTerms | None = None, **kwargs: Any):
        super().__init__(*args, row=row, **kwargs)
