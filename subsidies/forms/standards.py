"""The forms of 补贴标准: a class with its conditions, and the month it ends with."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms

from registry.models import AssistanceKind, Category, HukouType, Level
from registry.services.facts import version
from subsidies.models import Standard, Subsidy
from subsidies.services.standards import PAID_BY
from zalainuoer.common.forms import MonthField, PlainWords

NO_CONDITION = "一项都不勾选表示不限。"


def _several(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=NO_CONDITION,
    )


class _Seen(PlainWords, forms.Form):
    """A form about a stored standard, which must not have changed meanwhile."""

    def __init__(self, *args: Any, standard: Standard | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.standard = standard
        if standard is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(standard))


class StandardForm(_Seen):
    """One class of a subsidy; `standard` is the stored one that is to be changed."""

    free_text = ("name", "document", "note", "reason")
    subsidy = forms.ChoiceField(label="补贴", choices=[("", "请选择"), *Subsidy.choices])
    name = forms.CharField(
        label="档次", max_length=50, help_text="如“统一标准”“一级低保”。发放明细和异常提示里用这个名称。"
    )
    amount_yuan = forms.DecimalField(
        label="月标准（元）",
        max_digits=10,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "请填写金额，如 125 或 125.50。",
            "min_value": "月标准应大于 0。",
            "max_decimal_places": "金额最多两位小数。",
        },
    )
    levels = _several("适用等级", Level.choices)
    categories = _several("适用类别", Category.choices)
    hukou_type = forms.ChoiceField(label="户口性质", choices=[("", "不限"), *HukouType.choices], required=False)
    assistance_kinds = _several("适用救助类型", AssistanceKind.choices)
    first_month = MonthField(
        label="执行起始月份", help_text="填到月，如 2024-07。按补贴所属的月份执行，与哪天发放无关。"
    )
    last_month = MonthField(
        label="执行截止月份", required=False, help_text="按这条标准发放的最后一个月，如 2024-06；还在执行的留空。"
    )
    document = forms.CharField(label="文号", max_length=200, help_text="写明依据的文件名称和文号。")
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, standard: Standard | None = None, is_paid_by: bool = False, **kwargs: Any):
        super().__init__(*args, standard=standard, **kwargs)
        if standard is None:
            return
        for name in self.values_of:
            self.fields[name].initial = getattr(standard, name)
        self.fields["reason"] = reason_field()
        if is_paid_by:  # what decided the amounts of locked months
            for name in PAID_BY:
                self.fields[name].disabled = True

    @property
    def values_of(self) -> list[str]:
        """The fields that are a standard's own."""
        return list(StandardForm.base_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "执行截止月份不能早于起始月份。")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the service is to store."""
        return {name: self.cleaned_data[name] for name in self.values_of}


class EndForm(_Seen):
    """The last month a standard is paid for."""

    free_text = ("reason",)
    last_month = MonthField(
        label="执行截止月份", help_text="按这条标准发放的最后一个月，如新标准从 2024-07 执行，这里填 2024-06。"
    )

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any):
        super().__init__(*args, standard=standard, **kwargs)
        self.fields["reason"] = reason_field()
        self.fields["last_month"].initial = standard.last_month

    def clean_last_month(self) -> datetime.date:
        month: datetime.date = self.cleaned_data["last_month"]
        if self.standard is not None and month < self.standard.first_month:
            raise forms.ValidationError(f"不能早于起始月份 {self.standard.first_month:%Y-%m}。")
        return month


def reason_field() -> forms.CharField:
    """Why something is changed, as the history keeps it."""
    field = forms.CharField(label="依据或理由", max_length=200, help_text="如：上级来文调整标准、文号录入有误。")
    field.error_messages["required"] = "请填写。"
    return field
