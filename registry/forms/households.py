"""The forms of a household's page: moving somebody, splitting off, merging two."""

from __future__ import annotations

from typing import Any

from django import forms

from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.identity import NotAnIdNumber, checked_id_number


class HouseholdActForm(PlainWords, forms.Form):
    """What every act asks: from which day on, and why."""

    effective_on = forms.DateField(
        label="生效日期", widget=DateInput, help_text="从这一天起属于新的户；以前各天不变。不能晚于今天。"
    )
    reason = forms.CharField(label="理由", max_length=200, help_text="如：结婚迁户、分家另立户、户主变更。")


class SplitForm(HouseholdActForm):
    """A person becomes head of a household of their own."""


class MergeForm(HouseholdActForm):
    """Everybody moves into another household."""

    head_number = forms.CharField(label="并入哪一户（户主身份证号）", max_length=30)
    field_order = ("head_number",)

    def clean_head_number(self) -> str:
        try:
            return checked_id_number(self.cleaned_data["head_number"])
        except NotAnIdNumber as error:
            raise forms.ValidationError(str(error)) from error


class MoveForm(MergeForm):
    """One person moves into another household, whose head may be new to the system."""

    head_name = forms.CharField(
        label="户主姓名", max_length=50, required=False, help_text="户主没有残疾人证、又是第一次登记的，须填写。"
    )
    field_order = ("head_number", "head_name")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["head_number"].label = "迁入哪一户（户主身份证号）"

    def clean_head_name(self) -> str:
        return str(self.cleaned_data["head_name"]).replace(" ", "").strip()
