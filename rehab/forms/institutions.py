"""The forms of 定点机构: the institution itself, what it is designated for, its yearly check."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.services.facts import version
from rehab.models import CheckResult, ChildCategory, Institution, InstitutionKind
from zalainuoer.common.bank import masked_account
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.identity import masked_phone


class InstitutionForm(PlainWords, forms.Form):
    """An institution; of a known one, phone and account stay masked: an empty field keeps them."""

    free_text = ("name", "address", "note", "reason")
    name = forms.CharField(label="机构名称", max_length=100)
    kinds = forms.MultipleChoiceField(
        label="机构性质", choices=InstitutionKind.choices, widget=forms.CheckboxSelectMultiple
    )
    address = forms.CharField(label="地址", max_length=200, required=False)
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(
        label="联系电话", max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    capacity = forms.IntegerField(
        label="核定容量（人）", min_value=1, max_value=9999, help_text="同一时间最多训练多少名儿童，满员后不能再选。"
    )
    bank = forms.CharField(label="开户银行", max_length=100, required=False, help_text="写到支行。没有账户不能结算。")
    account_number = forms.CharField(
        label="银行账号",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="12 至 30 位数字，可以带空格。加密保存。",
    )
    account_holder = forms.CharField(label="户名", max_length=100, required=False, help_text="与机构名称一致。")
    note = forms.CharField(label="备注", max_length=200, required=False)
    reason = forms.CharField(label="依据或理由", max_length=200, help_text="如：机构申报材料、银行来函。")

    def __init__(self, *args: Any, institution: Institution | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].error_messages["required"] = "请至少勾选一项。"
        if institution is None:
            return
        for name in ("name", "kinds", "address", "contact_name", "capacity", "bank", "account_holder", "note"):
            self.fields[name].initial = getattr(institution, name)
        self.fields["contact_phone"].required = False
        self.fields["contact_phone"].help_text = f"现为 {masked_phone(institution.contact_phone)}，不改就留空。"
        if institution.account_number:
            known = masked_account(institution.account_number)
            self.fields["account_number"].help_text = f"现为 {known}，不改就留空。"
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(institution))


class DesignationForm(PlainWords, forms.Form):
    """For which categories, from when to when, by which document."""

    free_text = ("document",)
    categories = forms.MultipleChoiceField(
        label="救助类别", choices=ChildCategory.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label="起始日期", widget=DateInput)
    ends_on = forms.DateField(
        label="截止日期", widget=DateInput, required=False, help_text="含这一天；长期有效的留空。"
    )
    document = forms.CharField(label="文号", max_length=200, help_text="写明公布定点机构的文件名称和文号。")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["categories"].error_messages["required"] = "请至少勾选一项。"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "截止日期不能早于起始日期。")
        return cleaned


class DesignationEndForm(PlainWords, forms.Form):
    """The last day a designation is good for."""

    ends_on = forms.DateField(label="截止日期", widget=DateInput, help_text="含这一天；之后的训练不再结算。")
    reason = forms.CharField(label="依据或理由", max_length=200)


class CheckForm(PlainWords, forms.Form):
    """A yearly check."""

    free_text = ("document", "note")
    checked_on = forms.DateField(label="检查日期", widget=DateInput)
    result = forms.ChoiceField(
        label="结果",
        choices=[("", "请选择"), *CheckResult.choices],
        help_text="不合格的从检查当天起暂停定点，到以后的检查合格为止。",
    )
    document = forms.CharField(label="文号", max_length=200, required=False)
    note = forms.CharField(
        label="检查意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="限期整改和不合格的必须填写，整改写明期限。",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["checked_on"].initial = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") not in ("", None, CheckResult.PASSED) and not cleaned.get("note"):
            self.add_error("note", "限期整改和不合格的，请写明检查意见。")
        return cleaned
