"""The form of a child without a certificate."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.forms.act_fields import CleanedField
from registry.forms.facts import CommunityField
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.identity import born_on
from zalainuoer.common.models import User
from zalainuoer.common.sheets.widgets import IdNumberWidget, NameWidget, PhoneWidget


class ChildForm(PlainWords, forms.Form):
    """Who the child is, where it lives, who its guardian is."""

    free_text = ("reason",)
    id_number = CleanedField(IdNumberWidget(), label="身份证号", help_text="18 位，户口簿上有。")
    name = CleanedField(NameWidget(50), label="姓名")
    guardian_name = CleanedField(NameWidget(50), label="监护人姓名")
    guardian_phone = CleanedField(PhoneWidget(), label="监护人电话")
    reason = forms.CharField(
        label="依据或理由", max_length=200, help_text="如：卫健部门筛查报告、监护人到窗口登记、社区入户走访。"
    )
    field_order = ("id_number", "name", "community", "guardian_name", "guardian_phone", "reason")

    def __init__(self, *args: Any, user: User, today: datetime.date, **kwargs: Any):
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["community"] = CommunityField(user)
        self.order_fields(self.field_order)
        for field in self.fields.values():
            chooses = isinstance(field, forms.ModelChoiceField)
            field.error_messages["required"] = "请选择。" if chooses else "请填写。"

    def clean_id_number(self) -> str:
        number: str = self.cleaned_data["id_number"]
        if number and born_on(number) > self.today.isoformat():
            raise forms.ValidationError(f"号码中的出生日期 {born_on(number)} 晚于今天，请核对。")
        return number
