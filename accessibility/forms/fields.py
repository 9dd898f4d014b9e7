"""Fields that the forms of homes share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from zalainuoer.common.forms import DateInput

MONEY_ERRORS = {"invalid": "请填写数字，如 1500 或 1500.50。", "max_decimal_places": "最多两位小数。"}
CHOOSE = [("", "请选择")]


def yuan(label: str, *, lowest: str = "0", **how: Any) -> forms.DecimalField:
    """An amount in yuan, or a quantity, of two decimal places."""
    return forms.DecimalField(
        label=label,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(lowest),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=MONEY_ERRORS,
        **how,
    )


def millimetres(label: str, **how: Any) -> forms.IntegerField:
    """A measure; empty where nobody measured."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=20_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "请填写整数，单位毫米；没有量的留空。"},
        **how,
    )


def words(label: str, *, longest: int, help_text: str = "", required: bool = True, rows: int = 3) -> forms.CharField:
    """A few sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def day(label: str, help_text: str = "") -> forms.DateField:
    """A day, the browser's own field."""
    return forms.DateField(label=label, widget=DateInput, help_text=help_text)


def yes_or_no(label: str, *, unknown: bool = False, help_text: str = "", **words_for: str) -> forms.TypedChoiceField:
    """True or False by radio buttons; with `unknown`, None as well."""
    choices = [("yes", words_for.get("yes", "是")), ("no", words_for.get("no", "否"))]
    return forms.TypedChoiceField(
        label=label,
        choices=[*choices, ("", "没有填写")] if unknown else choices,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=not unknown,
        widget=forms.RadioSelect,
        help_text=help_text,
    )


def as_choice(value: bool | None) -> str:
    """The choice of `yes_or_no` that stands for a value."""
    return "" if value is None else "yes" if value else "no"
