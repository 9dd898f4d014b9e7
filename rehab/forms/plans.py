"""The forms of the yearly plan: a line, many lines at once, withdrawing."""

from __future__ import annotations

from typing import Any

from django import forms

from registry.services.facts import version
from rehab.forms.fields import SuggestInput, providers_of, reason_field
from rehab.models import PlanLine
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.models import User

MONTHS = [(str(month), f"{month}月") for month in range(1, 13)]


class ArrangeForm(PlainWords, forms.Form):
    """Who is to serve, when, and who sees to it. Of one line (`line`), or of many, where empty leaves things be."""

    free_text = ("provider", "coordinator", "note")
    provider = forms.CharField(label="服务机构", max_length=100, required=False)
    month = forms.TypedChoiceField(label="计划月份", coerce=int, empty_value=None, required=False)
    coordinator = forms.CharField(
        label="康复协调员", max_length=50, required=False, help_text="负责落实的社区康复协调员或经办人。"
    )
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, line: PlanLine | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["provider"].widget = SuggestInput(providers_of(user), attrs={"maxlength": 100})
        self.fields["month"].choices = [("", "未定" if line else "不改"), *MONTHS]
        if line is not None:
            self.initial.update(provider=line.provider, month=line.month, coordinator=line.coordinator, note=line.note)
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(line))


class WithdrawForm(PlainWords, forms.Form):
    """Why a line is taken out of the plan."""

    reason = reason_field("撤下理由", "如：本人明确不接受服务、已迁出。")
    seen = forms.IntegerField(widget=forms.HiddenInput)
