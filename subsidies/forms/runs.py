"""What is asked about runs: which month, which lines, why a run goes back or leaves the system."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from registry.finding import search
from registry.forms.reveal import NUMBER
from registry.models import Person
from subsidies.models import LineKind, PaymentLine, Subsidy
from subsidies.runs.exporting import BANK, FINANCE
from zalainuoer.common.forms import MonthField, PlainWords
from zalainuoer.common.models import Division

FILTERS = ("kind", "street", "q")
ALL = [("", "全部")]


class PrepareForm(PlainWords, forms.Form):
    """Of which subsidy and month a run is made; offered are those whose turn it is."""

    subsidy = forms.ChoiceField(label="补贴", choices=[("", "请选择"), *Subsidy.choices])
    month = MonthField(label="发放月份", help_text="填到月，如 2026-01。以前各月的补发、补差、追回会一并列出。")

    def __init__(self, *args: Any, subsidy: str | None, month: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["subsidy"].initial, self.fields["month"].initial = subsidy, month


class LineFilter(forms.Form):
    """Which of a run's lines are shown. What is no choice shows nothing, and says so."""

    kind = forms.ChoiceField(label="明细", choices=[*ALL, *LineKind.choices], required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    q = forms.CharField(label="姓名或拼音", max_length=30, required=False)

    def __init__(self, data: QueryDict):
        super().__init__(kept(data))
        streets = Division.objects.streets().order_by("code")
        self.fields["street"].choices = [*ALL, *((str(street.pk), street.name) for street in streets)]

    def clean_q(self) -> str:
        text = self.cleaned_data["q"].strip()
        found = search(text)
        if found is not None and found.is_by_number:
            raise forms.ValidationError("这里按姓名或拼音查找，号码不要写进网址；按号码查人请到“人员查询”。")
        return text

    def found(self, lines: QuerySet[PaymentLine]) -> QuerySet[PaymentLine]:
        """Those of the lines that the filter shows, by street, community and name."""
        if not self.is_valid():
            return lines.none()
        chosen = self.cleaned_data
        if chosen["kind"]:
            lines = lines.filter(kind=chosen["kind"])
        if chosen["street"]:
            lines = lines.filter(community__parent=chosen["street"])
        if asked := search(chosen["q"]):
            lines = lines.filter(person__in=Person.objects.filter(asked.condition))
        return lines.order_by("community__code", "person__pinyin", "person", "benefit_month", "kind", "seq")

    @property
    def query(self) -> str:
        """The filter as an address; a number that was typed is not repeated."""
        data = self.data.copy()
        if not self.is_valid():
            data.pop("q", None)
        return data.urlencode()


def kept(data: QueryDict) -> QueryDict:
    """The filter's own parameters of an address that say something."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        if value := data.get(name, "").strip():
            query[name] = value
    return query


class SubmitForm(PlainWords, forms.Form):
    """The version of the run that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput)


class ReturnForm(PlainWords, forms.Form):
    """Why a run goes back."""

    note = forms.CharField(
        label="退回意见",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪里要改，如：第一街道新增的两人材料还没有核对。",
    )


class ApproveForm(PlainWords, forms.Form):
    """That the run has been looked at, and which one."""

    digest = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(label="我已核对合计、与上月的差异、不能发放的人和没有收款账户的人")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["confirmed"].error_messages["required"] = "请核对后勾选。"


class RunExportForm(PlainWords, forms.Form):
    """What leaves the system, and why."""

    kind = forms.ChoiceField(
        label="内容",
        choices=[
            (FINANCE, "发放表（送财政）：汇总、核对、明细、与上月差异"),
            (BANK, "银行代发文件：每人一笔，附没有收款账户的人"),
        ],
        widget=forms.RadioSelect,
        initial=FINANCE,
    )
    reason = forms.CharField(
        label="导出事由", max_length=200, help_text="写明用途，如“送区财政局请款”。事由会记入导出登记。"
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if NUMBER.search(reason):
            raise forms.ValidationError("事由会留在导出登记里，请不要写身份证号、电话等号码。")
        return reason


class TakeoverForm(PlainWords, forms.Form):
    """Whose recipients are taken over, as the preview showed them."""

    subsidy = forms.ChoiceField(choices=Subsidy.choices, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
