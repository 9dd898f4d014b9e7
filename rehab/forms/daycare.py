"""The forms of 阳光家园: the list's filter, taking in, ending, and a month's settlement."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict

from registry.services.facts import version
from rehab.forms.areas import ALL, AreaFilter
from rehab.models import CareHome, CareLine, CareMode, CareStay
from zalainuoer.common.forms import DateInput, MonthField, PlainWords
from zalainuoer.common.models import User

CURRENT, ENDED = "current", "ended"


class StayFilter(AreaFilter):
    """Which stays are shown: those running today unless asked otherwise."""

    home = forms.ChoiceField(label="托养机构", required=False)
    mode = forms.ChoiceField(label="托养方式", choices=[*ALL, *CareMode.choices], required=False)
    state = forms.ChoiceField(
        label="状态", choices=[(CURRENT, "在托"), (ENDED, "已结束"), ("all", "全部")], required=False
    )

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date, homes: list[CareHome]):
        super().__init__(data, user=user)
        self.today = today
        self.fields["home"].choices = [*ALL, *((str(home.pk), home.name) for home in homes)]

    def found(self, stays: Any) -> Any:
        """Those of the stays that the filter shows, the latest first."""
        where = self.place("person__community")
        if self.is_valid():
            chosen = self.cleaned_data
            where &= Q(**{name: chosen[name] for name in ("home", "mode") if chosen[name]})
            ended = Q(ends_on__lt=self.today)
            if chosen["state"] != "all":
                where &= ended if chosen["state"] == ENDED else Q(ends_on__isnull=True) | Q(ends_on__gte=self.today)
        return stays.filter(where).order_by("home__name", "person__pinyin", "-starts_on", "pk")


class StayForm(PlainWords, forms.Form):
    """Taking somebody in."""

    free_text = ("care_plan",)
    home = forms.ModelChoiceField(label="托养机构", queryset=CareHome.objects.none(), empty_label="请选择")
    mode = forms.ChoiceField(label="托养方式", choices=[("", "请选择"), *CareMode.choices])
    starts_on = forms.DateField(label="起始日期", widget=DateInput, help_text="条件按这一天核对。")
    care_plan = forms.CharField(
        label="照护计划",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：生活自理训练，每周五天；家属周末接回。",
    )
    is_dispersed = forms.BooleanField(
        label="已核实为特困分散供养",
        required=False,
        help_text="只有特困人员需要：集中供养的不能同时托养，台账分不清，须逐人核实后勾选。",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        open_today = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
        self.fields["home"].queryset = CareHome.objects.filter(open_today)
        self.fields["starts_on"].initial = today


class StayEndForm(PlainWords, forms.Form):
    """The last day of a stay, and why."""

    ends_on = forms.DateField(label="结束日期", widget=DateInput, help_text="在托的最后一天。")
    reason = forms.CharField(label="结束原因", max_length=200, help_text="如：家属接回、转其他机构、年满 60 周岁。")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stay: CareStay, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = stay.ends_on
        self.fields["seen"].initial = version(stay)


class SettlementForm(PlainWords, forms.Form):
    """Which institution's month."""

    home = forms.ModelChoiceField(label="托养机构", queryset=CareHome.objects.all(), empty_label="请选择")
    month = MonthField(label="结算月份", help_text="填到月，如 2025-11；结束了的月份才能结算。")


class DaysForm(PlainWords, forms.Form):
    """Days attended, a field a line; an empty one is not known yet."""

    def __init__(self, *args: Any, lines: list[CareLine], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for number, line in enumerate(lines, 1):
            field = forms.IntegerField(
                label=f"第 {number} 行的实到天数",
                min_value=0,
                max_value=line.most_days,
                required=False,
                initial=line.days,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "form-control form-control-sm"}),
            )
            field.error_messages |= {
                "invalid": "请填写整数。",
                "max_value": f"最多 {line.most_days} 天。",
                "min_value": "不能小于 0。",
            }
            self.fields[f"days_{line.pk}"] = field

    @property
    def days(self) -> dict[int, int | None]:
        """The cleaned days by line."""
        return {line.pk: self.cleaned_data[f"days_{line.pk}"] for line in self.lines}
