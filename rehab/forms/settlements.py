"""The forms of the monthly settlement, and of what leaves the system."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from registry.forms.reveal import NUMBER
from rehab.models import Institution, TrainingMonth
from rehab.services.settlements import Decision, Finding
from zalainuoer.common.forms import DateInput, MonthField, PlainWords

MONEY = {"inputmode": "decimal", "autocomplete": "off"}
MONEY_ERRORS = {"invalid": "请填写金额，如 1500 或 1500.50。", "max_decimal_places": "金额最多两位小数。"}


def money(label: str, **how: Any) -> forms.DecimalField:
    """An amount in yuan."""
    return forms.DecimalField(
        label=label,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(0),
        widget=forms.TextInput(attrs=MONEY),
        error_messages=MONEY_ERRORS,
        **how,
    )


class SettlementForm(PlainWords, forms.Form):
    """Whose month."""

    institution = forms.ModelChoiceField(Institution.objects.all(), label="定点机构", empty_label="请选择")
    month = MonthField(label="所属月份", help_text="填到月，如 2026-04。")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["month"].initial = (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


class MonthForm(PlainWords, forms.Form):
    """What the institution reports of one child's month."""

    attended_days = forms.IntegerField(label="出勤天数", min_value=0, max_value=31, help_text="没有出勤填 0。")
    first_on = forms.DateField(label="首次训练日期", widget=DateInput, required=False)
    last_on = forms.DateField(label="末次训练日期", widget=DateInput, required=False)
    requested_yuan = money("申报金额（元）")

    def __init__(self, *args: Any, line: TrainingMonth, **kwargs: Any):
        known = {name: getattr(line, name) for name in ("attended_days", "first_on", "last_on", "requested_yuan")}
        super().__init__(*args, initial=known, **kwargs)


class SettleForm(PlainWords, forms.Form):
    """The decision of every line of a sheet: an amount, and a reason where it is less than requested."""

    def __init__(self, *args: Any, lines: Iterable[TrainingMonth], found: dict[int, Finding], seen: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for place, line in enumerate(self.lines, 1):
            finding = found[line.pk]
            proposed = finding.payable(line.requested_yuan)
            amount = money(f"第 {place} 行核定金额（元）", initial=proposed)
            amount.error_messages["required"] = "请填写，不予结算的填 0。"
            self.fields[f"amount_{line.pk}"] = amount
            why = "；".join(finding.refusals) or ("超过年度救助限额余额" if proposed < line.requested_yuan else "")
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=f"第 {place} 行理由", max_length=300, required=False, initial=why
            )
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=seen)
        self.free_text = tuple(name for name in self.fields if name.startswith("reason_"))

    def rows(self) -> Iterable[tuple[TrainingMonth, Any, Any]]:
        """Each line with its two fields."""
        for line in self.lines:
            yield line, self[f"amount_{line.pk}"], self[f"reason_{line.pk}"]

    @property
    def decisions(self) -> dict[int, Decision]:
        cleaned = self.cleaned_data
        return {line.pk: Decision(cleaned[f"amount_{line.pk}"], cleaned[f"reason_{line.pk}"]) for line in self.lines}


class PayForm(PlainWords, forms.Form):
    """That the finance office has paid."""

    free_text = ()
    paid_on = forms.DateField(label="拨付日期", widget=DateInput)
    document = forms.CharField(label="拨付凭证", max_length=100, help_text="支付令或付款凭证的编号。")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = today


class OutForm(PlainWords, forms.Form):
    """Why people's full names and numbers leave the system."""

    reason = forms.CharField(label="事由", max_length=200, help_text="写明用途。事由会记入导出登记。")

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if NUMBER.search(reason):
            raise forms.ValidationError("事由会留在导出登记里，请不要写身份证号、电话等号码。")
        return reason
