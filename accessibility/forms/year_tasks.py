"""The forms of 年度任务."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accessibility.models import Fund, YearTask
from accessibility.services.year_tasks import YEARS
from registry.services.facts import version
from zalainuoer.common.forms import PlainWords

YUAN = {
    "invalid": "请填写金额，如 800000 或 800000.50。",
    "max_decimal_places": "金额最多两位小数。",
    "min_value": "金额不能是负数。",
}


class _Seen(PlainWords, forms.Form):
    """A form about a stored task, which must not have changed meanwhile."""

    def __init__(self, *args: Any, task: YearTask | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if task is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(task))


class YearTaskForm(_Seen):
    """One line: the homes of a year, or its yuan of one source."""

    free_text = ("document", "reason")
    year = forms.IntegerField(label="年度", min_value=YEARS[0], max_value=YEARS[-1])
    fund = forms.ChoiceField(
        label="内容",
        choices=[("", "任务户数"), *Fund.choices],
        required=False,
        help_text="户数一行，各资金来源各一行。",
    )
    homes = forms.IntegerField(
        label="任务户数", min_value=0, max_value=9999, required=False, help_text="内容选“任务户数”时填写。"
    )
    budget_yuan = forms.DecimalField(
        label="下达金额（元）",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="内容选资金来源时填写。",
        error_messages=YUAN,
    )
    document = forms.CharField(label="文号", max_length=200, help_text="下达任务或资金的文件名称和文号。")

    def __init__(self, *args: Any, task: YearTask | None = None, **kwargs: Any):
        super().__init__(*args, task=task, **kwargs)
        if task is not None:
            for name in self.base_fields:
                self.fields[name].initial = getattr(task, name)
            self.fields["reason"] = _reason()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wanted, other = ("budget_yuan", "homes") if cleaned.get("fund") else ("homes", "budget_yuan")
        if wanted not in self.errors and cleaned.get(wanted) is None:
            self.add_error(wanted, "请填写。")
        if cleaned.get(other) is not None:
            self.add_error(other, "这一行不填，请清空；户数和资金各填一行。")
        return cleaned


class YearTaskWithdrawForm(_Seen):
    """Why a line is taken out."""

    free_text = ("reason",)

    def __init__(self, *args: Any, task: YearTask | None = None, **kwargs: Any):
        super().__init__(*args, task=task, **kwargs)
        self.fields["reason"] = _reason()


def _reason() -> forms.CharField:
    field = forms.CharField(label="依据或理由", max_length=200, help_text="如：上级追加任务、文号录入有误。")
    field.error_messages["required"] = "请填写。"
    return field
