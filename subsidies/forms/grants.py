"""What is asked when a stop is recorded, withdrawn or ended, and when suspended months are put back."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from subsidies.models import Grant, StopCode
from subsidies.services.stops import PAPERS
from zalainuoer.common.forms import DateInput, MonthField, PlainWords


class StopForm(PlainWords, forms.Form):
    """A stop; what it would come to is shown before it is recorded. `seen` stands for what was shown."""

    free_text = ("reason", "document")
    code = forms.ChoiceField(
        label="停发情形",
        choices=[("", "请选择"), *((code, StopCode(code).label) for code in PAPERS)],
        help_text="死亡、迁出、证件、等级、低保、不得同享的待遇，改了台账自动停发，不在这里登记；未复核在“年度复核”页登记。",
    )
    effective_on = forms.DateField(
        label="发生日期", widget=DateInput, help_text="事情发生的那一天，当月照发，次月起停发，不论何时得知。"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="如：判决生效后在监狱服刑。")
    document = forms.CharField(
        label="依据",
        max_length=200,
        help_text="；".join(f"{StopCode(code).label}：{paper}" for code, paper in PAPERS.items()) + "。",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, grants: list[Grant], today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        if grants:
            before = min(grant.first_month for grant in grants) - datetime.timedelta(days=1)
            self.fields["effective_on"].help_text += f"材料从申请时就虚假的，填 {before}，已发的全部追回。"

    def clean_effective_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(f"不能晚于今天（{self.today}）。")
        return day


class StopWithdrawForm(PlainWords, forms.Form):
    """Why a stop should never have been."""

    reason = forms.CharField(label="撤销的原因", max_length=200, help_text="如：登记错人、判决被撤销。")


class StopEndForm(PlainWords, forms.Form):
    """From which day a stop's ground is gone."""

    until_on = forms.DateField(label="终止日期", widget=DateInput, help_text="从这一天起原因不再存在，如释放之日。")
    reason = forms.CharField(label="终止的原因", max_length=200, help_text="如：刑满释放、撤销失踪宣告、撤回放弃声明。")


class ResumptionForm(PlainWords, forms.Form):
    """Which suspended months are to be paid after all."""

    first_month = MonthField(label="补发起始月份", help_text="填到月，如 2025-07。只能是上面列出的月份。")
    last_month = MonthField(label="补发截止月份", help_text="只补一个月的，与起始月份相同。")
    reason = forms.CharField(label="理由", max_length=200, help_text="如：已补上年度复核，暂停期间一直符合条件。")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        first, last = self.cleaned_data.get("first_month"), self.cleaned_data.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "不能早于起始月份。")
        return cleaned
