"""The form of a person's 收款账户."""

from __future__ import annotations

from typing import Any

from django import forms

from registry.models import Person
from subsidies.models import BankAccount
from subsidies.services.accounts import account_version
from zalainuoer.common.bank import NotAnAccountNumber, checked_account_number, masked_account
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.identity import masked_name


class AccountForm(PlainWords, forms.Form):
    """Bank, number and holder. What is known stays masked: an empty field keeps it."""

    free_text = ("bank", "holder", "reason")
    bank = forms.CharField(label="开户银行", max_length=100, help_text="写到支行，如“某某银行某某支行”。")
    number = forms.CharField(
        label="银行账号",
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(label="户名", max_length=50, required=False)
    reason = forms.CharField(
        label="依据或理由", max_length=200, help_text="如：本人持社会保障卡到窗口登记、银行来函更换卡号。"
    )
    confirmed = forms.BooleanField(label="已核对，账号没有录错", required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person, account: BankAccount | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = account_version(account)
        if account is None:
            self.fields["number"].help_text = "12 至 30 位数字，可以带空格。"
            self.fields["holder"].help_text = f"留空为本人（{masked_name(person.name)}）；由监护人代收的填监护人姓名。"
            return
        self.fields["bank"].initial = account.bank
        self.fields["number"].required = False
        self.fields["number"].help_text = f"现为 {masked_account(account.number)}，不改就留空。"
        self.fields["holder"].help_text = f"现为“{masked_name(account.holder)}”，不改就留空。"

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        try:
            return checked_account_number(number) if number else ""
        except NotAnAccountNumber as error:
            raise forms.ValidationError(str(error)) from error

    def ask(self) -> None:
        """Shows the box to be ticked where something speaks for a slip of the pen."""
        self.fields["confirmed"].widget = forms.CheckboxInput()
