"""The forms of the over-quota award."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from employment.forms.audits import happened, words
from zalainuoer.common.forms import PlainWords


class AwardForm(PlainWords, forms.Form):
    """What an act on an award asks; days begin as today."""

    free_text: tuple[str, ...] = ("opinion", "reason")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("applied_on", "paid_on"):
            if name in self.fields:
                self.fields[name].initial = today


class ApplyForm(AwardForm):
    applied_on = happened("申请日期", "在国家平台提交申请的日期。")
    hukou_checked = forms.BooleanField(
        label="已核对：超比例安置的残疾人具有内蒙古户籍",
        required=False,
        help_text="本系统没有户籍省份，须查看户口簿；勾选后记下核对人和日期。暂未核对的可以以后登记。",
    )


class HukouForm(AwardForm):
    confirm = forms.BooleanField(
        label="已核对：超比例安置的残疾人具有内蒙古户籍", help_text="确认后记下您的姓名和今天的日期。"
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["confirm"].error_messages["required"] = "核对后请勾选。"


class DecideForm(AwardForm):
    decision = forms.ChoiceField(
        label="审核结果", choices=[("yes", "同意奖励"), ("no", "不予奖励")], widget=forms.RadioSelect
    )
    opinion = words("审核意见", "不予奖励的必须写明理由。", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "no" and not (cleaned.get("opinion") or "").strip():
            self.add_error("opinion", "不予奖励的，请写明理由。")
        return cleaned


class PaidForm(AwardForm):
    paid_on = happened("发放日期")
    document = forms.CharField(label="发放凭证", max_length=100)


class DropForm(AwardForm):
    reason = words("撤销的理由", longest=200)
