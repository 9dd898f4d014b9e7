"""The forms of 家庭医生: which people of which year, one contract for many, a visit."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from rehab.forms.areas import AreaFilter
from rehab.models import ServiceKind
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import User

MISSING, SIGNED, DECLINED = "missing", "signed", "declined"
SHOWS = [(MISSING, "应签未签"), (SIGNED, "已签约"), (DECLINED, "不同意签约")]
YEARS_BACK = 5


class DoctorFilter(AreaFilter):
    """Year, place, and which of the three kinds of people."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    show = forms.ChoiceField(label="名单", choices=SHOWS, required=False)
    field_order = ("year", "street", "community", "show")

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(data, user=user)
        self.today = today
        self.fields["year"].choices = [(y, f"{y}年") for y in range(today.year, today.year - YEARS_BACK, -1)]

    @property
    def year_of(self) -> int:
        """The year chosen, or this one."""
        return int(self.cleaned_data.get("year") or self.today.year) if self.is_valid() else self.today.year

    @property
    def on(self) -> datetime.date:
        """The day people are looked at: the year's last, or today."""
        return min(self.today, datetime.date(self.year_of, 12, 31))

    @property
    def showing(self) -> str:
        return str(self.cleaned_data.get("show") or MISSING) if self.is_valid() else MISSING


class SignForm(PlainWords, forms.Form):
    """One contract, for everybody who was ticked."""

    free_text = ("team", "doctor", "package")
    team = forms.CharField(label="签约团队", max_length=100, help_text="如：某社区卫生服务中心第一团队。")
    doctor = forms.CharField(label="签约医生", max_length=50)
    signed_on = forms.DateField(label="签约日期", widget=DateInput)
    until = forms.DateField(label="有效期至", widget=DateInput, help_text="协议的最后一天，这一天仍算有效。")
    package = forms.CharField(label="服务包", max_length=100, required=False)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        signed_on, until = self.cleaned_data.get("signed_on"), self.cleaned_data.get("until")
        if signed_on and until and until < signed_on:
            self.add_error("until", "有效期至不能早于签约日期。")
        return cleaned


class VisitForm(PlainWords, forms.Form):
    """What was done under a contract."""

    free_text = ("content",)
    visited_on = forms.DateField(label="服务日期", widget=DateInput)
    content = forms.CharField(
        label="服务内容",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：上门测血压、康复指导。",
    )
    kind = forms.ChoiceField(
        label="同时计为康复服务",
        choices=[("", "不计"), *ServiceKind.choices],
        required=False,
        help_text="本次确实提供了基本康复服务的才选；选了会同时登记一条康复服务记录（计入指标9）。",
    )


class ReasonForm(PlainWords, forms.Form):
    """Why something is taken back or taken out."""

    reason = forms.CharField(label="理由", max_length=200)

    def __init__(self, *args: Any, label: str = "理由", help_text: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, help_text
